import { addDays, instantIn, weekday } from '#kernel/fields/calendar.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { RuleContext } from '#kernel/object/rules.ts';
import type { Records } from '#kernel/records/records.ts';
import { task } from './task.object.ts';
import { hoursOf, type WorkingHours } from './working-hours.ts';

/** Whose clock and week count. */
export interface OwnersTime {
  /** IANA name */
  readonly timeZone: string;
  readonly hours: WorkingHours | null;
}

type Reminded = Pick<RecordOf<typeof task>, 'dueOn' | 'dueTime' | 'remindBefore' | 'remindOn'>;

/** When a day begins for somebody who says no hours. */
const USUAL_START = '09:00';
const MINUTE_MS = 60_000;
const before: Readonly<Record<string, { minutes: number } | { days: number }>> = {
  due: { minutes: 0 },
  minutes15: { minutes: 15 },
  hour: { minutes: 60 },
  hours4: { minutes: 240 },
  day: { days: 1 },
  days2: { days: 2 },
  week: { days: 7 },
};

/**
 * The moments at which somebody is reminded of a task, the first one first. What has no time of day is due when the work of
 * that day begins. Days before are days of the calendar, also where the clocks change meanwhile; where nobody works then,
 * it is the beginning of the last working day before: earlier is of use, later is not.
 */
export function reminderMoments(one: Reminded, { timeZone, hours }: OwnersTime): Date[] {
  const moments = (one.dueOn === null ? [] : (one.remindBefore ?? [])).flatMap((name) => {
    const distance = before[name];
    if (!distance) return [];
    if ('days' in distance) return [momentOn(addDays(one.dueOn!, -distance.days), one.dueTime)];
    const due = one.dueTime ? at(one.dueOn!, one.dueTime) : momentOn(one.dueOn!, null);
    return [new Date(due.getTime() - distance.minutes * MINUTE_MS)];
  });
  if (one.remindOn) moments.push(new Date(one.remindOn));
  const distinct = new Set(moments.map((moment) => moment.getTime()));
  return [...distinct].sort((a, b) => a - b).map((time) => new Date(time));

  function momentOn(day: string, time: string | null): Date {
    for (let back = 0; hours && back < 7; back++) {
      const earlier = addDays(day, -back);
      const first = hours.find((stretch) => stretch.day === weekday(earlier));
      if (first) return at(earlier, back === 0 && time ? time : first.from);
    }
    return at(day, time ?? USUAL_START);
  }

  function at(day: string, time: string): Date {
    return instantIn(`${day}T${time}:00.000`, timeZone);
  }
}

/**
 * When somebody is to be reminded next; null when never. A moment that has come and was not told of yet stays: the program
 * may not have run.
 * @param was the record before, with the moment it was to be reminded at
 */
export function nextReminder(
  was: Pick<RecordOf<typeof task>, 'remindAt'> | null,
  after: Reminded & Pick<RecordOf<typeof task>, 'remindedAt'>,
  time: OwnersTime,
  now: Date,
): string | null {
  const told = after.remindedAt ? Date.parse(after.remindedAt) : 0;
  const waiting = was?.remindAt ? Date.parse(was.remindAt) : 0;
  const next = reminderMoments(after, time).find(
    (moment) => moment.getTime() > told && (moment > now || moment.getTime() === waiting),
  );
  return next?.toISOString() ?? null;
}

/** @param owner of the task; whoever acts lends the clock where they may not see the owner's */
export async function timeOf(owner: string, context: RuleContext): Promise<OwnersTime> {
  const user = await context.records.find('user', { id: owner }, { fields: ['timeZone', 'workingHours'] });
  return {
    timeZone: (user?.timeZone as string | undefined) ?? context.timeZone,
    hours: hoursOf(
      { workingHours: user?.workingHours },
      { ...(context.workingHours && { workingHours: context.workingHours }) },
    ),
  };
}

/** Tasks in one transaction. */
const AT_ONCE = 200;

/**
 * Notes on the tasks whose moment has come that it has; whoever reads the stream tells of it. The moment itself is noted, and
 * only on the version that was read: two workers, or one that was killed half way, tell of it once all the same.
 * @param records of the program
 * @returns how many
 */
export async function remind(records: Records, now: Date): Promise<number> {
  let reminded = 0;
  for (;;) {
    const { items } = await records.list(task, {
      filter: { remindAt: { lte: now.toISOString() } },
      fields: ['remindAt', 'version'],
      sort: ['remindAt'],
      limit: AT_ONCE,
    });
    if (items.length === 0) return reminded;
    const { succeeded } = await records.updateEach(
      task,
      items.map(({ id, version, remindAt }) => ({ id, version, changes: { remindedAt: remindAt } })),
    );
    reminded += succeeded;
    // What somebody else changes at this moment is looked at with the next round.
    if (succeeded < items.length || items.length < AT_ONCE) return reminded;
  }
}
