import { FieldProblem } from '../problems/problem.ts';
import { addDays, addMonths, dayIn, startOfDay, weekday } from './calendar.ts';
import { excerpt } from './clean.ts';
import type { FieldEnv } from './field-type.ts';

/** `[from, to)`; null is open. */
export interface Period<Moment> {
  from: Moment | null;
  to: Moment | null;
}

type Clock = Pick<FieldEnv, 'now' | 'timeZone'>;

/** The periods without a number in them; besides, `last-7-days`, `next-3-months` and the like. */
export const periodNames = [
  ...['today', 'yesterday', 'tomorrow', 'past', 'future'],
  ...['week', 'month', 'quarter', 'year'].flatMap((unit) => [`this-${unit}`, `last-${unit}`, `next-${unit}`]),
] as const;

/**
 * A period as calendar days in the reader's zone. Weeks begin on Monday. `last-N-…` ends with today and `next-N-…`
 * begins with it: `last-7-days` are today and the six days before. `past` is before today, `future` after it.
 * @throws FieldProblem `field.unknown-period`
 */
export function daysOf(name: unknown, { now, timeZone }: Clock): Period<string> {
  const today = dayIn(now, timeZone);
  const tomorrow = addDays(today, 1);
  switch (name) {
    case 'today':
      return { from: today, to: tomorrow };
    case 'yesterday':
      return { from: addDays(today, -1), to: today };
    case 'tomorrow':
      return { from: tomorrow, to: addDays(today, 2) };
    case 'past':
      return { from: null, to: today };
    case 'future':
      return { from: tomorrow, to: null };
  }
  const text = typeof name === 'string' ? name.slice(0, 50) : '';
  const whole = /^(this|last|next)-(week|month|quarter|year)$/.exec(text);
  if (whole) {
    const step = { this: 0, last: -1, next: 1 }[whole[1] as 'this'];
    const from = shift(beginning(today, whole[2]!), whole[2]!, step);
    return { from, to: shift(from, whole[2]!, 1) };
  }
  const rolling = /^(last|next)-([1-9]\d{0,2})-(day|week|month|quarter|year)s?$/.exec(text);
  if (!rolling) throw new FieldProblem('field.unknown-period', { period: excerpt(name) });
  const [, direction, count, unit] = rolling as unknown as [string, string, string, string];
  return direction === 'last'
    ? { from: addDays(shift(today, unit, -Number(count)), 1), to: tomorrow }
    : { from: today, to: shift(today, unit, Number(count)) };
}

/** The same as instants, right across changes of the clock; `past` and `future` are divided by now. */
export function instantsOf(name: unknown, clock: Clock): Period<string> {
  if (name === 'past') return { from: null, to: clock.now.toISOString() };
  if (name === 'future') return { from: clock.now.toISOString(), to: null };
  const { from, to } = daysOf(name, clock);
  const start = (day: string | null) => day && startOfDay(day, clock.timeZone).toISOString();
  return { from: start(from), to: start(to) };
}

/** `today`, `today+7`, `today-2w` as a day; undefined for anything else. */
export function relativeDay(text: string, { now, timeZone }: Clock): string | undefined {
  const found = /^today(?:([+-]\d{1,4})([dw])?)?$/.exec(text);
  return found ? shift(dayIn(now, timeZone), found[2] === 'w' ? 'week' : 'day', Number(found[1] ?? 0)) : undefined;
}

/** `now`, `now-2h`, `now+30m` (also d, w), or the beginning of `today+7`, as an instant; undefined for anything else. */
export function relativeInstant(text: string, clock: Clock): string | undefined {
  const found = /^now(?:([+-]\d{1,4})([mhdw]))?$/.exec(text);
  if (found)
    return new Date(clock.now.getTime() + Number(found[1] ?? 0) * (minutes[found[2]!] ?? 0) * 60_000).toISOString();
  const day = relativeDay(text, clock);
  return day && startOfDay(day, clock.timeZone).toISOString();
}

const minutes: Record<string, number> = { m: 1, h: 60, d: 1440, w: 10_080 };
const months: Record<string, number> = { month: 1, quarter: 3, year: 12 };

function shift(day: string, unit: string, count: number): string {
  return unit in months ? addMonths(day, count * months[unit]!) : addDays(day, count * (unit === 'week' ? 7 : 1));
}

function beginning(day: string, unit: string): string {
  const [year, month] = day.split('-') as [string, string];
  if (unit === 'week') return addDays(day, 1 - weekday(day));
  if (unit === 'month') return `${year}-${month}-01`;
  if (unit === 'year') return `${year}-01-01`;
  return `${year}-${String(Math.floor((Number(month) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`;
}
