/** A rule of RFC 5545 for days, taken apart: what an editor sets and words are made of. */
export interface Recurrence {
  freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  /** 1 (Monday) to 7; `nth` of the month or year, -1 the last. */
  days: readonly { day: number; nth?: number }[];
  /** -1 is the last. */
  monthDays: readonly number[];
  months: readonly number[];
  /** Which of the days of a period, -1 the last; empty for all. */
  positions: readonly number[];
  /** How many are left, this one among them. */
  count?: number;
  /** The last day that may be one. */
  until?: string;
}

const dayCodes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const frequencies: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const MOST = 999;

/** Null for what is no rule of days, or one with parts that are not kept here. */
export function readRecurrence(text: string): Recurrence | null {
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
    .split(';')) {
    const [, name, value] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (!name || !value || parts.has(name)) return null;
    parts.set(name, value);
  }
  const take = (name: string) => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const freq = take('FREQ');
  const interval = number(take('INTERVAL') ?? '1', 1, MOST);
  const days = take('BYDAY')?.split(',').map(readDay) ?? [];
  const monthDays = numbers(take('BYMONTHDAY'), -31, 31);
  const months = numbers(take('BYMONTH'), 1, 12);
  const positions = numbers(take('BYSETPOS'), -366, 366);
  const count = take('COUNT');
  const until = take('UNTIL');
  const isWeekOfMonday = (take('WKST') ?? 'MO') === 'MO';
  if (parts.size > 0 || !freq || !frequencies.includes(freq) || !isWeekOfMonday || (count && until)) return null;
  if (interval === null || !monthDays || !months || !positions || days.some((day) => day === null)) return null;
  const left = count === undefined ? undefined : number(count, 1, MOST);
  const end = until === undefined ? undefined : readUntil(until);
  if (left === null || end === null) return null;
  // RFC 5545: a day of the month says nothing in a week, nor does the second Tuesday of a day.
  if (monthDays.length > 0 && freq === 'WEEKLY') return null;
  if ((freq === 'DAILY' || freq === 'WEEKLY') && days.some((day) => day!.nth !== undefined)) return null;
  if (positions.length > 0 && days.length + monthDays.length + months.length === 0) return null;
  return {
    freq: freq as Recurrence['freq'],
    interval,
    days: days as Recurrence['days'],
    monthDays,
    months,
    positions,
    ...(left !== undefined && { count: left }),
    ...(end !== undefined && { until: end }),
  };
}

/** Its parts in the usual order, without those that say nothing. */
export function writeRecurrence(rule: Recurrence): string {
  const list = (name: string, values: readonly (string | number)[]) =>
    values.length > 0 ? [`${name}=${values.join(',')}`] : [];
  return [
    `FREQ=${rule.freq}`,
    ...(rule.interval > 1 ? [`INTERVAL=${rule.interval}`] : []),
    ...list('BYMONTH', rule.months),
    ...list('BYMONTHDAY', rule.monthDays),
    ...list(
      'BYDAY',
      rule.days.map(({ day, nth }) => `${nth ?? ''}${dayCodes[day - 1]}`),
    ),
    ...list('BYSETPOS', rule.positions),
    ...(rule.count === undefined ? [] : [`COUNT=${rule.count}`]),
    ...(rule.until === undefined ? [] : [`UNTIL=${rule.until.replaceAll('-', '')}`]),
  ].join(';');
}

/**
 * The rule with what it leaves to its first day said: every week on its weekday, every month on its date. The 29th to the
 * 31st are the last of the days from the 28th on, so that no month is left out; so is 29 February.
 */
export function anchored(rule: Recurrence, first: string): Recurrence {
  const [, month, date] = first.split('-').map(Number) as [number, number, number];
  if (rule.days.length + rule.monthDays.length + rule.positions.length > 0) return rule;
  if (rule.freq === 'WEEKLY') return { ...rule, days: [{ day: weekday(first) }] };
  if (rule.freq === 'MONTHLY') return { ...rule, ...orLast(date, 31) };
  if (rule.freq === 'YEARLY' && rule.months.length === 0)
    return { ...rule, months: [month], ...(month === 2 ? orLast(date, 29) : { monthDays: [date] }) };
  return rule;
}

/** The rule as it is on another day: the same kind of day there. */
export function reanchored(rule: Recurrence, first: string): Recurrence {
  const bare = { ...rule, days: [], monthDays: [], months: [], positions: [] };
  const [, month, date] = first.split('-').map(Number) as [number, number, number];
  const isNth = rule.days.length === 1 && rule.days[0]!.nth !== undefined;
  // Weekdays, or several days of a week, are no day that could be moved.
  if (rule.days.length > 1 || rule.freq === 'DAILY') return rule;
  if (!isNth) return anchored(bare, first);
  const nth = rule.days[0]!.nth! < 0 || date > 28 ? -1 : Math.ceil(date / 7);
  return { ...bare, days: [{ day: weekday(first), nth }], months: rule.months.length > 0 ? [month] : [] };
}

function orLast(date: number, longest: number): Pick<Recurrence, 'monthDays' | 'positions'> {
  if (date <= 28) return { monthDays: [date], positions: [] };
  const days = Array.from({ length: Math.min(date, longest) - 27 }, (_, index) => 28 + index);
  return { monthDays: days, positions: [-1] };
}

/** 1 (Monday) to 7. */
function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

function readDay(text: string): { day: number; nth?: number } | null {
  const [, nth, code] = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text) ?? [];
  if (!code) return null;
  const day = dayCodes.indexOf(code as 'MO') + 1;
  if (nth === undefined) return { day };
  const which = Number(nth);
  return which === 0 || Math.abs(which) > 53 ? null : { day, nth: which };
}

function readUntil(text: string): string | null {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?$/.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return year && !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === date ? date : null;
}

function number(text: string, least: number, most: number): number | null {
  const value = /^[+-]?\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most && value !== 0 ? value : null;
}

function numbers(text: string | undefined, least: number, most: number): number[] | null {
  const values = text === undefined ? [] : text.split(',').map((one) => number(one, least, most));
  return values.every((value) => value !== null) ? values : null;
}
