import { RRuleTemporal } from 'rrule-temporal';
import { dayOf } from '../calendar.ts';
import { type Recurrence, writeRecurrence } from './format.ts';

/** A rule of days that exist has one within so many of its periods: 29 February, every third time, within 100 years. */
const TRIES = 1_000;

/**
 * The first day of a rule after another one; null when there is none, also within what can be looked through. Ends by number
 * are the caller's to count: `passed` says how many days of the rule came before this one and not before `first`.
 * @param first a day of the rule, from which intervals count
 */
export function nextDay(rule: Recurrence, first: string, after: string): { day: string; passed: number } | null {
  const { count, until, ...endless } = rule;
  const days = new RRuleTemporal({
    rruleString: `DTSTART;TZID=UTC:${first.replaceAll('-', '')}T000000\nRRULE:${writeRecurrence(endless)}`,
    maxIterations: TRIES,
  });
  const last = until ?? '9999-12-31';
  let passed = 1;
  try {
    let day = first;
    // An end by number has to be counted to; without one the library leaps.
    if (count === undefined) day = textOf(days.next(midnight(after > first ? after : first), false)) ?? '';
    else {
      do {
        day = textOf(days.next(midnight(day), false)) ?? '';
        if (day !== '' && day <= after) passed++;
      } while (day !== '' && day <= after && passed < count);
    }
    if (day === '' || day <= after || day > last || (count !== undefined && passed >= count)) return null;
    return { day, passed };
  } catch {
    // It gave up, or left the calendar.
    return null;
  }
}

/** Whether a rule has any day. */
export function hasDays(rule: Recurrence): boolean {
  const { count: _count, until: _until, ...endless } = rule;
  // An interval only decides which of them.
  return nextDay({ ...endless, interval: 1 }, '2000-01-01', '2000-01-01') !== null;
}

function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function textOf(day: { year: number; month: number; day: number } | null): string | undefined {
  return day ? dayOf(day.year, day.month, day.day) : undefined;
}
