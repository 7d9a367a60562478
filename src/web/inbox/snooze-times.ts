import { addDays, localMoment, momentOf, weekday } from '../calendar/days.ts';

export type SnoozeTime = 'laterToday' | 'tomorrow' | 'nextWeek';

const MORNING = '09:00';
const LATER_MS = 3 * 3_600_000;
const STEP_MS = 30 * 60_000;

/** Moments to which people put something off, as ISO; later today only while there is some of it left. */
export function snoozeTimes(now: Date, timeZone: string): [SnoozeTime, string][] {
  const [day] = localMoment(now.toISOString(), timeZone);
  const later = new Date(Math.ceil((now.getTime() + LATER_MS) / STEP_MS) * STEP_MS).toISOString();
  const monday = addDays(day, 8 - weekday(day));
  return [
    ...(localMoment(later, timeZone)[0] === day ? ([['laterToday', later]] as [SnoozeTime, string][]) : []),
    ['tomorrow', momentOf(addDays(day, 1), MORNING, timeZone)],
    ['nextWeek', momentOf(monday, MORNING, timeZone)],
  ];
}
