import { addDays, weekday } from '#kernel/fields/calendar.ts';
import type { RuleContext } from '#kernel/object/rules.ts';

/** On which days the company works: its usual week, Monday to Friday where it says none, without its holidays. */
export type WorkingDays = Pick<RuleContext, 'workingHours' | 'holidays'>;

const usual: ReadonlySet<number> = new Set([1, 2, 3, 4, 5]);

/** The day so many working days after another; 0 is the day itself, or the next one on which people work. */
export function workingDayAfter(day: string, count: number, { workingHours, holidays }: WorkingDays): string {
  const named = new Set((workingHours ?? []).map((one) => one.day));
  const working = named.size > 0 ? named : usual;
  const off = new Set((holidays ?? []).map(({ on }) => on));
  const isWorking = (one: string) => working.has(weekday(one)) && !off.has(one);
  let at = day;
  while (!isWorking(at)) at = addDays(at, 1);
  for (let left = count; left > 0; left--)
    do at = addDays(at, 1);
    while (!isWorking(at));
  return at;
}

/**
 * When the steps of a playbook are due that is started on a day, if each is done on the day it is due: what is counted from
 * the step before begins with that one.
 */
export function dueDays(
  steps: readonly { readonly days: number; readonly after: string }[],
  start: string,
  company: WorkingDays,
): string[] {
  const days: string[] = [];
  for (const [index, { days: count, after }] of steps.entries())
    days.push(workingDayAfter(after === 'previous' && index > 0 ? days[index - 1]! : start, count, company));
  return days;
}
