import { dayIn } from '#kernel/fields/calendar.ts';
import type { Workspace } from '#kernel/records/door.ts';
import type { Records } from '#kernel/records/records.ts';
import { freeBusy, freeTimes, type PersonTimes, type Stretch } from '#modules/channels/index.ts';
import { type WorkingHours, workingStretches } from '#modules/teamwork/index.ts';
import { booking } from './booking.object.ts';

/** What of a booking page decides about its times. */
export interface BookingTimes {
  readonly id: string;
  readonly hosts: readonly string[] | null;
  readonly mode: 'inTurn' | 'together';
  readonly bufferBefore: number;
  readonly bufferAfter: number;
  readonly noticeHours: number;
  readonly aheadDays: number;
  readonly perDay: number | null;
}

/** A time that can be chosen, and who would be there. */
export interface Slot extends Stretch {
  readonly hosts: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Meetings begin at the half or the quarter. */
const STEP_MS = { long: 30 * MINUTE_MS, short: 15 * MINUTE_MS };
/** Where nobody says when they work. */
const usualWeek: WorkingHours = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' }));

/**
 * The times of a page that are free between two moments, in their order: within the hours of its hosts, without what is in their way
 * and what stays free around it, not too soon, not too far ahead, not too many on a day.
 *
 * @param records of the program
 * @param except a booking that is being moved, and so is not in its own way
 */
export async function freeSlots(
  workspace: Workspace,
  records: Records,
  page: BookingTimes,
  wanted: { minutes: number; from: Date; until: Date; except?: { id: string; interaction: string | null } },
  now = new Date(),
): Promise<Slot[]> {
  const stepMs = wanted.minutes < 30 ? STEP_MS.short : STEP_MS.long;
  const soonest = Math.max(+wanted.from, +now + page.noticeHours * 60 * MINUTE_MS);
  const from = new Date(Math.ceil(soonest / stepMs) * stepMs);
  const until = new Date(Math.min(+wanted.until, +now + page.aheadDays * DAY_MS));
  const hosts = page.hosts ?? [];
  if (hosts.length === 0 || from >= until) return [];
  const around = { before: page.bufferBefore * MINUTE_MS, after: page.bufferAfter * MINUTE_MS };
  const asked = [new Date(+from - DAY_MS), new Date(+until + DAY_MS)] as const;
  const people = (await freeBusy(workspace, hosts, ...asked)).map((person) => ({
    ...person,
    working: person.working ?? workingStretches(usualWeek, from, until, person.timeZone),
    busy: person.busy
      .filter(({ id }) => id !== wanted.except?.interaction)
      // What was before needs its time after it, and what comes its time before.
      .map((one) => ({
        ...one,
        from: new Date(+one.from - around.after),
        until: new Date(+one.until + around.before),
      })),
  }));
  const isFull = await fullDays(records, page, people, { from, until, except: wanted.except?.id });
  const times = { from, until, lengthMs: wanted.minutes * MINUTE_MS, stepMs, most: 5_000 };
  if (page.mode === 'together') {
    if (people.length < hosts.length) return [];
    const users = people.map(({ user }) => user);
    return freeTimes(people, times)
      .filter((slot) => !people.some((person) => isFull(person, slot.from)))
      .map((slot) => ({ ...slot, hosts: users }));
  }
  const slots = new Map<number, Slot>();
  for (const person of people)
    for (const slot of freeTimes([person], times)) {
      if (isFull(person, slot.from)) continue;
      const known = slots.get(+slot.from);
      slots.set(+slot.from, { ...slot, hosts: [...(known?.hosts ?? []), person.user] });
    }
  return [...slots.values()].sort((a, b) => +a.from - +b.from);
}

/** Of those who could: whoever had the fewest meetings by this page in the last and the coming month. */
export async function fairest(
  records: Records,
  page: string,
  hosts: readonly string[],
  now = new Date(),
): Promise<string> {
  const counts = new Map(hosts.map((host) => [host, 0]));
  const near = { gte: new Date(+now - 30 * DAY_MS).toISOString(), lt: new Date(+now + 30 * DAY_MS).toISOString() };
  const { items } = await records.list(booking, {
    filter: { page, state: 'booked', at: near },
    fields: ['hosts'],
    sort: ['-at'],
    limit: 500,
  });
  for (const one of items)
    for (const host of one.hosts ?? []) if (counts.has(host)) counts.set(host, counts.get(host)! + 1);
  return hosts.toSorted((a, b) => counts.get(a)! - counts.get(b)!)[0]!;
}

async function fullDays(
  records: Records,
  page: BookingTimes,
  people: readonly PersonTimes[],
  { from, until, except }: { from: Date; until: Date; except?: string | undefined },
): Promise<(person: PersonTimes, at: Date) => boolean> {
  const { perDay } = page;
  if (perDay === null) return () => false;
  const { items } = await records.list(booking, {
    filter: {
      page: page.id,
      state: 'booked',
      at: { gte: new Date(+from - DAY_MS).toISOString(), lt: new Date(+until + DAY_MS).toISOString() },
    },
    fields: ['hosts', 'at'],
    limit: 500,
  });
  const counts = new Map<string, number>();
  for (const person of people)
    for (const one of items) {
      if (one.id === except || !one.hosts?.includes(person.user)) continue;
      const day = `${person.user} ${dayIn(new Date(one.at), person.timeZone)}`;
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
  return ({ user, timeZone }, at) => (counts.get(`${user} ${dayIn(at, timeZone)}`) ?? 0) >= perDay;
}
