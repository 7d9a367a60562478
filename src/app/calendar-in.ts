import {
  type CalendarLink,
  dropLink,
  dropObject,
  keepBusy,
  keepLink,
  keepObject,
  linksOf,
  objectsOf,
} from '#kernel/calendar/calendar-state.ts';
import { noteAnswer, receivedOf } from '#kernel/calendar/invitation-state.ts';
import { type CalendarEvents, type Occurrence, readEvents, UnreadableEvent } from '#kernel/calendar/read-events.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import {
  agreedOn,
  changesOf,
  createMeeting,
  hasCustomer,
  hashOf,
  interaction,
  keepAttendees,
  keepColleague,
  type Meeting,
  meetingKey,
  meetingOf,
  meetingThere,
  mergeMeetings,
  ownMeetingIn,
  remembered,
  type Series,
} from '#modules/channels/index.ts';
import { type Base, inDays, isDue, type Round, windowOf } from './calendar-round.ts';
import { endThere, joinSeries, OF_SERIES, takeSeries } from './calendar-series.ts';

/** A series is looked at again after so long, for what has come into sight. */
const AGAIN_DAYS = 14;
/** Events in one request. */
const BATCH = 50;

/** What is new, changed and gone on the server. */
export async function readIn(ours: Round): Promise<void> {
  const { workspace, connected, open, now, keep } = ours;
  const { database, schema } = workspace;
  const known = new Map((await objectsOf(database, schema, connected.id)).map((one) => [one.href, one]));
  const tags = await open.tags();
  const changed = [...tags].flatMap(([href, etag]) => {
    const was = known.get(href);
    return was?.etag === etag && !isDue(was.againAt, now) ? [] : [href];
  });
  for (let at = 0; at < changed.length; at += BATCH) {
    for (const { href, etag, text } of await open.read(changed.slice(at, at + BATCH))) {
      let events: CalendarEvents[] | null = null;
      let fault: string | null = null;
      try {
        events = readEvents(text, windowOf(ours));
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        fault = error.message;
      }
      const againAt = events?.some((one) => one.repeats) ? inDays(now, AGAIN_DAYS) : null;
      await keep(async (records, connection) => {
        if (events) await takeIn(ours, records, connection, href, text, events);
        await keepObject(connection, schema, connected.id, { href, etag, againAt, fault });
      });
    }
  }
  for (const href of known.keys()) {
    if (tags.has(href)) continue;
    await keep(async (records, connection) => {
      for (const link of await linksOf<Base>(connection, schema, connected.id, href))
        await calledOff(ours, records, link);
      await dropObject(connection, schema, connected.id, href);
    });
  }
}

async function takeIn(
  ours: Round,
  records: Records,
  connection: Connection,
  href: string,
  text: string,
  events: readonly CalendarEvents[],
): Promise<void> {
  const { workspace, connected, now } = ours;
  const { schema } = workspace;
  const linked = async () =>
    new Map((await linksOf<Base>(connection, schema, connected.id, href)).map((one) => [one.recurrence, one]));
  let links = await linked();
  const seen = new Set<string>();
  const taken = [];
  for (const event of events) {
    const first = event.occurrences.find((one) => !one.isCancelled);
    const isSeries =
      event.repeats &&
      !event.occurrences.some((one) => one.isPrivate) &&
      (links.has(OF_SERIES) || (first !== undefined && (await isMeeting(ours, records, event, first))));
    const given = { href, text, event, link: links.get(OF_SERIES) };
    const series = isSeries ? await takeSeries(ours, records, connection, given) : null;
    if (series) links = await linked();
    const met = new Map<string, string>();
    for (const one of event.occurrences) {
      const link = links.get(one.recurrence);
      // Of a series that was deleted here: `writeOut` takes it away there.
      if (!link && !series && event.repeats && ownMeetingIn(event.uid)) continue;
      if (!link && !(await isMeeting(ours, records, event, one))) {
        if (!one.isFree && !one.isCancelled)
          taken.push({ recurrence: one.recurrence, user: connected.user, from: one.start, until: one.end });
        continue;
      }
      // What became private there is so here.
      if (link && (one.isPrivate || one.isAllDay)) {
        taken.push({ recurrence: one.recurrence, user: connected.user, from: one.start, until: one.end });
        continue;
      }
      seen.add(one.recurrence);
      met.set(one.recurrence, await agree(ours, records, connection, { href, event, one, link, series }));
    }
    if (series) await joinSeries(ours, records, series, met);
  }
  const { from } = windowOf(ours);
  for (const link of links.values()) {
    if (link.recurrence === OF_SERIES || seen.has(link.recurrence) || new Date(link.base.start) < from) continue;
    await calledOff(ours, records, link);
    await dropLink(connection, schema, connected.id, link);
  }
  await keepBusy(
    connection,
    schema,
    connected.id,
    href,
    taken.filter(({ until }) => until > now),
  );
}

/** Whether an event is a meeting that stands here too; others are times that are taken. */
async function isMeeting(ours: Round, records: Records, event: CalendarEvents, one: Occurrence): Promise<boolean> {
  if (one.isPrivate || one.isAllDay || one.isCancelled || ownMeetingIn(event.uid))
    return ownMeetingIn(event.uid) !== null;
  return ours.connected.choice === 'all' || hasCustomer(records, one.attendees);
}

interface Met {
  readonly href: string;
  readonly event: CalendarEvents;
  readonly one: Occurrence;
  readonly link: CalendarLink<Base> | undefined;
  readonly series: Series | null;
}

/** Brings one meeting in step: what changed there comes here; what changed here is written by `writeOut`. @returns its id */
async function agree(
  ours: Round,
  records: Records,
  connection: Connection,
  { href, event, one, link, series }: Met,
): Promise<string> {
  const { workspace, connected, now } = ours;
  const there = meetingThere(one);
  const attendees = one.attendees.map(({ address }) => hashOf(address));
  const key = meetingKey(event.uid, one.recurrence);
  const own = link?.interaction ?? (series ? null : ownMeetingIn(event.uid));
  const ofSeries: Filter[] = series ? [{ series: series.id, occursAt: one.recurrence }] : [];
  const existing = await anyOf(records, own ? [{ id: own }] : [...ofSeries, { messageKey: key }]);
  const received = existing ? await receivedOf(connection, workspace.schema, [existing.id]) : [];
  const invited = received.find(({ address }) => one.attendees.some((other) => other.address === address));
  const answer = one.attendees.find(({ address }) => address === invited?.address)?.response;
  const keepBase = (id: string, base: Meeting, isOwn = true) =>
    keepLink(connection, workspace.schema, connected.id, {
      ...{ href, recurrence: one.recurrence, interaction: id },
      base: { ...base, attendees, isOwn, answer } satisfies Base,
    });
  if (!existing) {
    const given = { key, owner: connected.user, attendees: one.attendees, now };
    const id = await createMeeting(records, there, given);
    const made = await records.read(interaction, id);
    await keepBase(id, remembered(meetingOf(made)));
    return id;
  }
  const { id } = existing;
  // Deleted here: `writeOut` takes it away there.
  if (existing.deletedAt !== null) {
    await keepBase(id, link?.base ?? remembered(there), existing.owner === connected.user);
    return id;
  }
  const isOwners = existing.owner === connected.user;
  // A colleague's copy of the same meeting.
  if (!isOwners) {
    await keepColleague(records, id, connected.user);
    await keepBase(id, remembered(there), false);
    return id;
  }
  const here = meetingOf(existing);
  const merged = mergeMeetings(link?.base ?? null, here, there);
  const changes = changesOf(here, merged, existing.state);
  if (Object.keys(changes).length > 0) await records.update(interaction, existing.id, changes as never);
  // What was said here and not there yet stays so.
  const isSaidHere = invited?.answer && answer === (link ? link.base.answer : 'needs-action');
  const present = one.attendees.map((other) =>
    isSaidHere && other.address === invited.address ? { ...other, response: invited.answer! } : other,
  );
  await keepAttendees(records, existing.id, link?.base.attendees ?? [], present);
  if (invited && answer && answer !== 'needs-action' && !isSaidHere && answer !== invited.answer)
    await noteAnswer(connection, workspace.schema, invited, answer);
  await keepBase(id, agreedOn(link?.base ?? null, merged, there));
  return id;
}

/** The first that there is, also of what was deleted. */
async function anyOf(records: Records, filters: readonly Filter[]) {
  for (const deleted of [false, true])
    for (const filter of filters) {
      const found = await records.find(interaction, filter, { deleted });
      if (found) return found;
    }
  return null;
}

/** A meeting that is no longer in the calendar does not take place; what has been stays as it was. */
async function calledOff({ connected, now }: Round, records: Records, link: CalendarLink<Base>): Promise<void> {
  if (link.recurrence === OF_SERIES) return endThere(records, link.interaction);
  const found = await records.find(interaction, { id: link.interaction, state: 'planned', owner: connected.user });
  if (found && new Date(found.at) > now) await records.update(interaction, found.id, { state: 'cancelled' });
}
