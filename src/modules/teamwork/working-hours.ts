import { addDays, dayIn, instantIn, localIn, weekday } from '#kernel/fields/calendar.ts';
import type { HoursOfDay } from '#kernel/fields/weeklyHours/format.ts';

/** A usual week, as the field type `weeklyHours` keeps it. */
export type WorkingHours = readonly HoursOfDay[];

const MINUTE_MS = 60_000;
/** A week and a day, as the first day may have begun already; and once more, for a day that a zone leaves out. */
const LOOK_AHEAD_DAYS = 15;

/** A person's own hours, or those of the company; null when neither says any. */
export function hoursOf(
  user: { readonly workingHours?: unknown },
  company: { readonly workingHours?: WorkingHours },
): WorkingHours | null {
  return (user.workingHours as WorkingHours | null | undefined) ?? company.workingHours ?? null;
}

/** @param timeZone IANA name of the zone on whose clock the hours are read */
export function isWorking(hours: WorkingHours, at: Date, timeZone: string): boolean {
  return stretchesOf(hours, dayIn(at, timeZone), timeZone).some(([from, to]) => from <= at && at < to);
}

/** The moment itself during the hours, else when they begin next; null where there are none. */
export function nextWorkingMoment(hours: WorkingHours, at: Date, timeZone: string): Date | null {
  const today = dayIn(at, timeZone);
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead++) {
    for (const [from, to] of stretchesOf(hours, addDays(today, ahead), timeZone)) {
      if (at < to) return at < from ? from : at;
    }
  }
  return null;
}

/**
 * Minutes that pass within the hours, with fractions; 0 when `until` is not after `from`. A night in which the clocks
 * change has as many as really pass.
 */
export function workingMinutesBetween(hours: WorkingHours, from: Date, until: Date, timeZone: string): number {
  if (hours.length === 0 || until <= from) return 0;
  const last = dayIn(until, timeZone);
  let passed = 0;
  for (let day = dayIn(from, timeZone); day <= last; day = addDays(day, 1)) {
    for (const [start, end] of stretchesOf(hours, day, timeZone))
      passed += Math.max(0, Math.min(+end, +until) - Math.max(+start, +from));
  }
  return passed / MINUTE_MS;
}

/** The stretches of the hours that touch a time, cut to it, in their order. */
export function workingStretches(
  hours: WorkingHours,
  from: Date,
  until: Date,
  timeZone: string,
): { from: Date; until: Date }[] {
  const found: { from: Date; until: Date }[] = [];
  const last = dayIn(until, timeZone);
  for (let day = dayIn(from, timeZone); day <= last; day = addDays(day, 1)) {
    for (const [start, end] of stretchesOf(hours, day, timeZone)) {
      const one = { from: start < from ? from : start, until: end > until ? until : end };
      if (one.from < one.until) found.push(one);
    }
  }
  return found;
}

/** The stretches of a day as instants, in their order; what the clock leaps over is no time at all. */
function stretchesOf(hours: WorkingHours, day: string, timeZone: string): (readonly [from: Date, to: Date])[] {
  const today = weekday(day);
  return hours
    .filter((one) => one.day === today)
    .map(({ from, to }) => [moment(day, from, timeZone), moment(day, to, timeZone)] as const)
    .filter(([from, to]) => from < to);
}

/** When the clock shows a time: for the first time where it does twice, and the first later one where it never does. */
function moment(day: string, time: string, timeZone: string): Date {
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  for (let minutes = hour * 60 + minute; ; minutes++) {
    const local = new Date(midnight + minutes * MINUTE_MS).toISOString().slice(0, -1);
    const instant = instantIn(local, timeZone);
    if (localIn(instant, timeZone) === local) return instant;
  }
}
