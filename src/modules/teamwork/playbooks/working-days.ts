import { addDays, weekday } from '#kernel/fields/calendar.ts';
import type { WorkingHours } from '../working-hours.ts';

const usual: ReadonlySet<number> = new Set([1, 2, 3, 4, 5]);

/**
 * The day so many working days after another; 0 is the day itself, or the next one on which people work.
 * @param hours a usual week; Monday to Friday where nobody says any
 */
export function workingDayAfter(day: string, count: number, hours: WorkingHours | null): string {
  const named = new Set((hours ?? []).map((one) => one.day));
  const working = named.size > 0 ? named : usual;
  const isWorking = (one: string) => working.has(weekday(one));
  let at = day;
  while (!isWorking(at)) at = addDays(at, 1);
  for (let left = count; left > 0; left--)
    do at = addDays(at, 1);
    while (!isWorking(at));
  return at;
}
