import { RRuleTemporal } from 'rrule-temporal';
import { addDays, dayIn, instantIn, localIn, weekday } from '../fields/calendar.ts';
import { anchored, type Recurrence, readRecurrence, reanchored, writeRecurrence } from '../fields/recurrence/format.ts';

/** When a series takes place: by a clock on a wall, so that 9 o'clock stays 9 o'clock when the clocks change. */
export interface Pattern {
  /** What the clock shows when the first one begins: `2026-11-24T09:00:00`. */
  readonly start: string;
  /** Whose clock: IANA. */
  readonly timeZone: string;
  /** As the field type `recurrence` keeps it. */
  readonly rule: string;
}

/** An end by number has to be counted to; without one the library leaps. */
const TRIES = 10_000;
/** Of a series that nobody looks further ahead in. */
const MOST = 1_000;
const DAY_MS = 24 * 3600 * 1_000;

/** The moment at which its clock shows the first one. */
export function startOf({ start, timeZone }: Pattern): Date {
  return instantIn(start, timeZone);
}

/** When its occurrences begin, from a moment on until one that is not among them. Of a rule that nobody understands, none. */
export function occurrencesOf(pattern: Pattern, from: Date, until: Date): Date[] {
  const rule = readRecurrence(pattern.rule);
  if (!rule) return [];
  const { start, timeZone } = pattern;
  // A day more on each side, for the zone.
  const days = daysOf(rule, start.slice(0, 10), new Date(+from - DAY_MS), new Date(+until + DAY_MS));
  return days
    .map((day) => instantIn(`${day}T${start.slice(11)}`, timeZone))
    .filter((at) => at >= from && at < until)
    .slice(0, MOST);
}

/** A series that begins at a moment, or on the first day after it that the rule means; null for a rule without any. */
export function patternFrom(rule: Recurrence, at: Date, timeZone: string): Pattern | null {
  const wall = localIn(at, timeZone).slice(0, 19);
  const day = wall.slice(0, 10);
  const whole = anchored(rule, day);
  const midnight = new Date(`${day}T00:00:00Z`);
  const { count: _count, ...counted } = whole;
  const [first] = daysOf(counted, day, midnight, new Date(+midnight + 4 * 366 * DAY_MS));
  return first === undefined ? null : { start: `${first}${wall.slice(10)}`, timeZone, rule: writeRecurrence(whole) };
}

/** The rule of what is left of a series once it ends before a moment. */
export function endedBefore({ rule, timeZone }: Pattern, at: Date): string {
  const { count: _count, ...endless } = readRecurrence(rule)!;
  return writeRecurrence({ ...endless, until: addDays(dayIn(at, timeZone), -1) });
}

/**
 * A series from one of its occurrences on, when one of them moves: the others follow it by as many days, to the same hour.
 * @param from when the first one that is meant would have begun
 * @param was the same of the one that moves
 */
export function movedFrom(pattern: Pattern, from: Date, was: Date, at: Date): Pattern {
  const { timeZone } = pattern;
  const rule = readRecurrence(pattern.rule)!;
  const passed = rule.count === undefined ? 0 : occurrencesOf(pattern, new Date(0), from).length;
  const left = rule.count === undefined ? rule : { ...rule, count: Math.max(1, rule.count - passed) };
  const [before, after, first] = [was, at, from].map((one) => dayIn(one, timeZone)) as [string, string, string];
  const shifted = addDays(first, (Date.parse(after) - Date.parse(before)) / DAY_MS);
  const time = localIn(at, timeZone).slice(10, 19);
  const isSeveral = rule.days.length > 1;
  const day = isSeveral && first < shifted ? first : shifted;
  const moved = before === after ? left : onDay(left, before, after);
  return patternFrom(moved, instantIn(`${day}T${time.slice(1)}`, timeZone), timeZone)!;
}

/** Whether it has no occurrence from a moment on. */
export function isOver(pattern: Pattern, from: Date): boolean {
  const rule = readRecurrence(pattern.rule);
  if (!rule) return true;
  if (rule.until !== undefined) return rule.until < dayIn(from, pattern.timeZone);
  return rule.count !== undefined && occurrencesOf(pattern, new Date(0), from).length >= rule.count;
}

/** Of several weekdays the one that moved is another one; everything else is a kind of day, as it is there. */
function onDay(rule: Recurrence, from: string, to: string): Recurrence {
  if (rule.freq !== 'WEEKLY' || rule.days.length < 2) return reanchored(rule, to);
  const others = rule.days.filter(({ day }) => day !== weekday(from) && day !== weekday(to));
  return { ...rule, days: [...others, { day: weekday(to) }].sort((a, b) => a.day - b.day) };
}

function daysOf(rule: Recurrence, first: string, from: Date, until: Date): string[] {
  const text = writeRecurrence(rule).replace(/UNTIL=(\d{8})/, 'UNTIL=$1T235959Z');
  try {
    const days = new RRuleTemporal({
      rruleString: `DTSTART;TZID=UTC:${first.replaceAll('-', '')}T000000\nRRULE:${text}`,
      maxIterations: TRIES,
    });
    return days.between(from, until, true).map((one) => new Date(one.epochMilliseconds).toISOString().slice(0, 10));
  } catch {
    // It gave up, or left the calendar.
    return [];
  }
}
