import { createHash } from 'node:crypto';
import type { Attendee, Occurrence } from '#kernel/calendar/read-events.ts';
import type { Records } from '#kernel/records/records.ts';
import { identify, normalAddress } from '../identify.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';

/** A meeting as both sides know it: the calendar, and the interaction here. */
export interface Meeting {
  /** ISO. */
  readonly start: string;
  /** Seconds. */
  readonly length: number;
  readonly subject: string;
  readonly body: string;
  readonly place: string;
  readonly isCancelled: boolean;
}

const fields = ['start', 'length', 'subject', 'body', 'place', 'isCancelled'] as const;

/** Seconds, of a meeting that nobody said the length of. */
const USUAL_S = 3_600;
/** The longest that an interaction may take. */
const LONGEST_S = 30 * 24 * 3600;

/**
 * A meeting as it is remembered: its texts as hashes. What somebody is taken out of must not stand on in a table beside, and all
 * that is asked is whether something changed.
 */
export function remembered(meeting: Meeting): Meeting {
  const { subject, body, place } = meeting;
  return { ...meeting, subject: hashOf(subject), body: hashOf(body), place: hashOf(place) };
}

/**
 * What a meeting is when both sides may have changed since they last agreed: of each field what changed; where both changed
 * the same field, the calendar's.
 * @param agreed as `remembered` made it; null when they never did: the calendar's counts
 */
export function mergeMeetings(agreed: Meeting | null, here: Meeting, there: Meeting): Meeting {
  if (agreed === null) return there;
  const now = remembered(there);
  const merged = fields.map((name) => [name, now[name] === agreed[name] ? here[name] : there[name]]);
  return Object.fromEntries(merged) as unknown as Meeting;
}

/**
 * What both sides agree on after what changed there came here: what changed here too stays open until the calendar has it.
 * @param agreed until now @returns as `remembered` makes it
 */
export function agreedOn(agreed: Meeting | null, merged: Meeting, there: Meeting): Meeting {
  const now = remembered(there);
  const open = fields.filter((name) => merged[name] !== there[name]);
  return { ...now, ...(agreed ? Object.fromEntries(open.map((name) => [name, agreed[name]])) : {}) };
}

/** The fields in which a meeting is another one than what was agreed on. */
export function changedSince(agreed: Meeting, here: Meeting): ReadonlySet<keyof Meeting> {
  const now = remembered(here);
  return new Set(fields.filter((name) => now[name] !== agreed[name]));
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

export function meetingOf(row: {
  at: string;
  duration: number | null;
  subject: string | null;
  body: string | null;
  place: string | null;
  state: string;
}): Meeting {
  return {
    start: new Date(row.at).toISOString(),
    length: row.duration ?? USUAL_S,
    ...{ subject: row.subject ?? '', body: row.body ?? '', place: row.place ?? '' },
    isCancelled: row.state === 'cancelled',
  };
}

/** What a calendar or an invitation says of a meeting. */
export function meetingThere({ start, end, summary, description, location, isCancelled }: Occurrence): Meeting {
  return {
    start: start.toISOString(),
    length: Math.min(LONGEST_S, Math.round((end.getTime() - start.getTime()) / 1_000)),
    ...{ subject: summary, body: description, place: location, isCancelled },
  };
}

/** What of a meeting is written when it becomes another one. What is done stays done. */
export function changesOf(before: Meeting, after: Meeting, state: string): Record<string, unknown> {
  return {
    ...(after.start === before.start ? {} : { at: after.start }),
    ...(after.length === before.length ? {} : { duration: after.length }),
    ...(after.subject === before.subject ? {} : { subject: after.subject || null }),
    ...(after.body === before.body ? {} : { body: after.body || null }),
    ...(after.place === before.place ? {} : { place: after.place || null }),
    ...(after.isCancelled ? { state: 'cancelled' } : {}),
    ...(!after.isCancelled && state === 'cancelled' ? { state: 'planned' } : {}),
  };
}

/** The same for every copy of a meeting, in whosesoever calendar and mailbox. */
export function meetingKey(uid: string, recurrence: string): string {
  return `calendar:${createHash('sha256').update(uid).digest('base64url').slice(0, 32)}:${recurrence}`;
}

/** What was planned here is called so elsewhere: `<id>@tendero`. */
export function uidOf(id: string): string {
  return `${id}@tendero`;
}

/** @returns the id of what was planned here */
export function ownMeetingIn(uid: string): string | null {
  return /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@tendero$/.exec(uid)?.[1] ?? null;
}

/** Makes an interaction of a meeting in somebody's calendar. @param records of the program; in a transaction */
export async function createMeeting(
  records: Records,
  meeting: Meeting,
  {
    key,
    owner,
    attendees,
    now,
    direction = 'out',
  }: { key: string; owner: string; attendees: readonly Attendee[]; now: Date; direction?: 'in' | 'out' },
): Promise<string> {
  const known = [...(await whoever(records, attendees)).values()];
  const customer = known.find((one) => one.contact) ?? known.find((one) => one.account);
  const isOver = new Date(meeting.start).getTime() + meeting.length * 1_000 < now.getTime();
  const { id } = await records.create(interaction, {
    ...{ channel: 'meeting', direction, owner, messageKey: key },
    ...{ at: meeting.start, duration: meeting.length },
    ...{ subject: meeting.subject || null, body: meeting.body || null },
    ...{ place: meeting.place || null, state: meeting.isCancelled ? 'cancelled' : isOver ? 'done' : 'planned' },
    ...{ contact: customer?.contact ?? null, account: customer?.account ?? null },
  } as never);
  await keepAttendees(records, id, [], attendees);
  return id;
}

/**
 * Those who take part, as the calendar says it. Whoever was added here stays.
 * @param before hashes of the addresses that the calendar named when both sides last agreed
 */
export async function keepAttendees(
  records: Records,
  id: string,
  before: readonly string[],
  attendees: readonly Attendee[],
): Promise<void> {
  const { items } = await records.list(participant, { filter: { interaction: id }, limit: 500 });
  const identities = await whoever(records, attendees);
  const wanted = new Map(attendees.map((one) => [one.address, one]));
  const isUser = (user: string | null | undefined) => Boolean(user) && items.some((one) => one.user === user);
  for (const { address, name, response } of attendees) {
    const known = identities.get(address);
    const there = items.find((one) => one.address === address || (known?.contact && one.contact === known.contact));
    const said = response === 'needs-action' ? null : response;
    if (there) {
      if (said !== null && there.response !== said) await records.update(participant, there.id, { response: said });
      continue;
    }
    if (isUser(known?.user)) continue;
    await records.create(participant, {
      ...{ interaction: id, role: 'attendee', name: name || address, address, response: said },
      ...{ contact: known?.contact ?? null, user: known?.user ?? null },
    });
  }
  const gone = items.filter(({ address }) => address && before.includes(hashOf(address)) && !wanted.has(address));
  for (const one of gone) await records.remove(participant, one.id);
}

/** A colleague takes part. */
export async function keepColleague(records: Records, id: string, user: string): Promise<void> {
  if (await records.find(participant, { interaction: id, user })) return;
  const { name } = await records.read('user', user, { fields: ['name'] });
  await records.create(participant, { interaction: id, role: 'attendee', user, name: String(name) });
}

/** Whether anybody whom the company knows takes part, beside colleagues. */
export async function hasCustomer(records: Records, attendees: readonly Attendee[]): Promise<boolean> {
  return [...(await whoever(records, attendees)).values()].some((one) => one.contact !== null || one.account !== null);
}

async function whoever(records: Records, attendees: readonly Attendee[]) {
  const normal = attendees.map(({ address }) => normalAddress(address) ?? address);
  const found = await identify(records, normal);
  return new Map(attendees.map(({ address }, index) => [address, found.get(normal[index]!)!]));
}
