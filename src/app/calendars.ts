import { randomUUID } from 'node:crypto';
import { asSystem } from '#kernel/access/access.ts';
import { type OpenCalendar, openCalendar } from '#kernel/calendar/caldav.ts';
import {
  CalendarLeaseLost,
  type CalendarLink,
  type ConnectedCalendar,
  calendarsOf,
  dropLink,
  dropObject,
  holdCalendar,
  keepBusy,
  keepLink,
  keepObject,
  leaveCalendar,
  linkedAmong,
  linksOf,
  objectsOf,
  passwordOf,
  takeCalendar,
} from '#kernel/calendar/calendar-state.ts';
import { changeEvent, withoutOccurrence } from '#kernel/calendar/change-event.ts';
import { writeCalendar } from '#kernel/calendar/ics.ts';
import { type CalendarEvents, type Occurrence, readEvents, UnreadableEvent } from '#kernel/calendar/read-events.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { asFault, MailFault } from '#kernel/mail/imap/fault.ts';
import { waitAfter } from '#kernel/mail/imap/watch.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import {
  agreedOn,
  changedSince,
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
  mergeMeetings,
  ownMeetingIn,
  remembered,
} from '#modules/channels/index.ts';
import { every } from './rounds.ts';
import type { Runtime } from './runtime.ts';

/** How often a calendar is asked whether something is new. */
const EVERY_MS = 60_000;
/** Finds calendars whose time has come. */
const SWEEP_MS = 5_000;
const AT_ONCE = 4;
/** Events are read from so long ago until so far ahead: an endless series has no end. */
const PAST_DAYS = 30;
const AHEAD_DAYS = 180;
/** A series is looked at again after so long, for what has come into sight. */
const AGAIN_DAYS = 14;
const DAY_MS = 24 * 3600 * 1_000;
/** Events in one request. */
const BATCH = 50;
const PAGE = 500;
const VIA = 'calendar';

const program = asSystem('a meeting is with whom it is, whatever the owner of the calendar may see of them');

/** What both sides last agreed on, as `remembered`, and hashes of the addresses that the calendar named. */
interface Base extends Meeting {
  readonly attendees: readonly string[];
  /** False for a colleague's meeting of which a copy stands in this calendar: what becomes of it is theirs to say. */
  readonly isOwn: boolean;
}

/** Keeps every connected calendar in step. Whatever goes wrong is noted, told, and tried again. */
export function keepCalendars(
  runtime: Runtime,
  onError: (error: unknown) => void,
  { everyMs = EVERY_MS, sweepMs = SWEEP_MS }: { everyMs?: number; sweepMs?: number } = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const sweep = async (): Promise<void> => {
    for (const id of await readyWorkspaces(runtime.database)) {
      const workspace = await runtime.workspace(id);
      while (running.size < AT_ONCE && !stopping.signal.aborted) {
        const runner = randomUUID();
        const calendar = await takeCalendar(runtime.database, workspace.schema, runner);
        if (calendar === null) break;
        const round = syncTaken(runtime, workspace, calendar, runner, everyMs)
          .catch(onError)
          .then(() => void running.delete(round));
        running.add(round);
      }
    }
  };
  const sweeping = every(sweepMs, sweep, onError);
  return {
    async stop() {
      stopping.abort();
      await sweeping.stop();
      await Promise.all(running);
    },
  };
}

/** One round of one calendar, by whoever takes it; for tests and *Try now*. @returns false when another process has it */
export async function syncCalendar(runtime: Runtime, workspace: Workspace, id: string): Promise<boolean> {
  const runner = randomUUID();
  const taken = await takeCalendar(runtime.database, workspace.schema, runner);
  if (taken === null) return false;
  await syncTaken(runtime, workspace, taken, runner, EVERY_MS);
  return taken === id;
}

async function syncTaken(
  runtime: Runtime,
  workspace: Workspace,
  id: string,
  runner: string,
  everyMs: number,
): Promise<void> {
  const { database } = runtime;
  const { schema } = workspace;
  const [connected] = await calendarsOf(database, schema, { id });
  try {
    const end = await round(runtime, workspace, connected!, runner);
    await leaveCalendar(database, schema, id, runner, everyMs, end);
  } catch (error) {
    if (error instanceof CalendarLeaseLost) return;
    const fault = asFault(error);
    const wait = waitAfter(fault, connected!.attempts);
    const told =
      fault instanceof MailFault ? { fault: fault.code, detail: fault.detail } : { fault: 'other', detail: fault.name };
    await leaveCalendar(database, schema, id, runner, wait, told);
    if (!(fault instanceof MailFault)) throw error;
  }
}

/** What a round works with. */
interface Round {
  readonly workspace: Workspace;
  readonly connected: ConnectedCalendar;
  readonly open: OpenCalendar;
  readonly timeZone: string;
  readonly now: Date;
  /** In one transaction, while the calendar is ours. */
  keep<Result>(work: (records: Records, connection: Connection) => Promise<Result>): Promise<Result>;
}

async function round(
  runtime: Runtime,
  workspace: Workspace,
  connected: ConnectedCalendar,
  runner: string,
): Promise<{ tag: string | null; position: number } | null> {
  const { database, schema } = workspace;
  const records = recordsFor(workspace, program, VIA);
  const { id, user, address, calendar, username } = connected;
  const owner = await records.find('user', { id: user, active: true }, { fields: ['timeZone'] });
  if (!owner) return null;
  const password = await passwordOf(database, schema, await openSecrets(runtime.dataFolder), id);
  const open = openCalendar(networkGuard(), { url: address, username, password }, calendar);
  const ours: Round = {
    ...{ workspace, connected, open, timeZone: String(owner.timeZone), now: new Date() },
    keep: (work) =>
      inTransaction(workspace, program, VIA, async (inside, connection) => {
        await holdCalendar(connection, schema, id, runner);
        return work(inside, connection);
      }),
  };
  const position = await lastPosition(database, schema);
  const tag = await open.tag();
  const due = (await objectsOf(database, schema, id)).some(
    ({ againAt, etag }) => isDue(againAt, ours.now) || etag === '',
  );
  if (tag === null || tag !== connected.tag || due) await readIn(ours);
  if (position > connected.position || connected.position === 0 || due) await writeOut(ours);
  // What was written changed the tag: the next round reads what the server made of it.
  return { tag, position };
}

/** What is new, changed and gone on the server. */
async function readIn(ours: Round): Promise<void> {
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
      const againAt = events?.some((one) => one.repeats) ? new Date(now.getTime() + AGAIN_DAYS * DAY_MS) : null;
      await keep(async (records, connection) => {
        if (events) await takeIn(ours, records, connection, href, events);
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
  events: readonly CalendarEvents[],
): Promise<void> {
  const { workspace, connected, now } = ours;
  const { schema } = workspace;
  const links = new Map(
    (await linksOf<Base>(connection, schema, connected.id, href)).map((one) => [one.recurrence, one]),
  );
  const seen = new Set<string>();
  const taken = [];
  for (const event of events) {
    for (const one of event.occurrences) {
      const link = links.get(one.recurrence);
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
      await agree(ours, records, connection, { href, event, one, link });
    }
  }
  const { from } = windowOf(ours);
  for (const link of links.values()) {
    if (seen.has(link.recurrence) || new Date(link.base.start) < from) continue;
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
}

/** Brings one meeting in step: what changed there comes here; what changed here is written by `writeOut`. */
async function agree(
  ours: Round,
  records: Records,
  connection: Connection,
  { href, event, one, link }: Met,
): Promise<void> {
  const { workspace, connected, now } = ours;
  const there = meetingThere(one);
  const attendees = one.attendees.map(({ address }) => hashOf(address));
  const own = link?.interaction ?? ownMeetingIn(event.uid);
  const key = meetingKey(event.uid, one.recurrence);
  const which: Filter = own ? { id: own } : { messageKey: key };
  const existing =
    (await records.find(interaction, which)) ?? (await records.find(interaction, which, { deleted: true }));
  const keepBase = (id: string, base: Meeting, isOwn = true) =>
    keepLink(connection, workspace.schema, connected.id, {
      ...{ href, recurrence: one.recurrence, interaction: id },
      base: { ...base, attendees, isOwn } satisfies Base,
    });
  if (!existing) {
    const given = { key, owner: connected.user, attendees: one.attendees, now };
    const id = await createMeeting(records, there, given);
    const made = await records.read(interaction, id);
    await keepBase(id, remembered(meetingOf(made)));
    return;
  }
  // Deleted here: `writeOut` takes it away there.
  if (existing.deletedAt !== null)
    return keepBase(existing.id, link?.base ?? remembered(there), existing.owner === connected.user);
  const isOwners = existing.owner === connected.user;
  // A colleague's copy of the same meeting.
  if (!isOwners) {
    await keepColleague(records, existing.id, connected.user);
    return keepBase(existing.id, remembered(there), false);
  }
  const here = meetingOf(existing);
  const merged = mergeMeetings(link?.base ?? null, here, there);
  const changes = changesOf(here, merged, existing.state);
  if (Object.keys(changes).length > 0) await records.update(interaction, existing.id, changes as never);
  await keepAttendees(records, existing.id, link?.base.attendees ?? [], one.attendees);
  await keepBase(existing.id, agreedOn(link?.base ?? null, merged, there));
}

/** A meeting that is no longer in the calendar does not take place; what has been stays as it was. */
async function calledOff({ connected, now }: Round, records: Records, link: CalendarLink<Base>): Promise<void> {
  const found = await records.find(interaction, { id: link.interaction, state: 'planned', owner: connected.user });
  if (found && new Date(found.at) > now) await records.update(interaction, found.id, { state: 'cancelled' });
}

/** What changed here goes to the server, and what was planned here. */
async function writeOut(ours: Round): Promise<void> {
  const { workspace, connected, open, timeZone, now, keep } = ours;
  const { database, schema } = workspace;
  const records = recordsFor(workspace, program, VIA);
  const links = await linksOf<Base>(database, schema, connected.id);
  const rows = await byId(
    records,
    links.map((one) => one.interaction),
  );
  for (const link of links) {
    const row = rows.get(link.interaction);
    if (row ? row.owner !== connected.user : !link.base.isOwn) continue;
    const here = row ? meetingOf(row) : null;
    const changed = here ? changedSince(link.base, here) : null;
    if (changed?.size === 0) continue;
    const [object] = await open.read([link.href]);
    if (!object) continue;
    const owner = { timeZone };
    let text: string | null;
    try {
      text = here
        ? changeEvent(object.text, link.recurrence, eventChanges(changed!, here), owner, now)
        : withoutOccurrence(object.text, link.recurrence, owner, now);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      continue;
    }
    const isDone =
      text === null ? await open.remove(link.href, object.etag) : await open.write(link.href, text, object.etag);
    // Somebody was faster: the next round reads what they wrote first.
    await keep(async (_, connection) => {
      if (isDone && here)
        await keepLink(connection, schema, connected.id, { ...link, base: { ...link.base, ...remembered(here) } });
      if (isDone && !here) await dropLink(connection, schema, connected.id, link);
      if (text === null && isDone) await dropObject(connection, schema, connected.id, link.href);
      else
        await keepObject(connection, schema, connected.id, { href: link.href, etag: '', againAt: null, fault: null });
    });
  }
  const [first] = await calendarsOf(database, schema, { user: connected.user });
  // Somebody with several calendars has what is planned here in the first.
  if (first?.id === connected.id) await writeNew(ours, records);
}

async function writeNew(ours: Round, records: Records): Promise<void> {
  const { workspace, connected, open, now, keep } = ours;
  const { database, schema } = workspace;
  const planned = [];
  for (let cursor: string | undefined; ; ) {
    const page = await records.list(interaction, {
      filter: {
        owner: connected.user,
        channel: { in: ['meeting', 'visit'] },
        state: 'planned',
        at: { gte: inDays(now, -1).toISOString(), lt: inDays(now, AHEAD_DAYS).toISOString() },
      },
      ...{ expand: ['account', 'contact'], limit: PAGE },
      ...(cursor ? { cursor } : {}),
    });
    planned.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  const linked = await linkedAmong(
    database,
    schema,
    planned.map(({ id }) => id),
  );
  for (const row of planned) {
    if (linked.has(row.id)) continue;
    const here = meetingOf(row);
    const href = open.hrefOf(`${row.id}.ics`);
    const text = writeCalendar(null, [
      {
        ...{ uid: `${row.id}${OWN}`, start: new Date(here.start), end: endOf(here), changedAt: now },
        ...{ summary: here.subject, description: here.body, location: here.place },
      },
    ]);
    // False when a round that was ended half way wrote it before: it is ours by its name.
    await open.write(href, text, null);
    await keep(async (_, connection) => {
      await keepLink(connection, schema, connected.id, {
        ...{ href, recurrence: '', interaction: row.id },
        base: { ...remembered(here), attendees: [], isOwn: true } satisfies Base,
      });
      await keepObject(connection, schema, connected.id, { href, etag: '', againAt: null, fault: null });
    });
  }
}

async function byId(records: Records, ids: readonly string[]) {
  const found = new Map<string, Awaited<ReturnType<typeof records.read<typeof interaction>>>>();
  for (let at = 0; at < ids.length; at += PAGE) {
    const filter = { id: { in: [...new Set(ids.slice(at, at + PAGE))] } };
    for (const row of (await records.list(interaction, { filter, limit: PAGE })).items) found.set(row.id, row);
  }
  return found;
}

function eventChanges(changed: ReadonlySet<keyof Meeting>, here: Meeting) {
  const isMoved = changed.has('start') || changed.has('length');
  return {
    ...(isMoved ? { start: new Date(here.start), end: endOf(here) } : {}),
    ...(changed.has('subject') ? { summary: here.subject } : {}),
    ...(changed.has('body') ? { description: here.body } : {}),
    ...(changed.has('place') ? { location: here.place } : {}),
    ...(changed.has('isCancelled') ? { isCancelled: here.isCancelled } : {}),
  };
}

function meetingThere({ start, end, summary, description, location, isCancelled }: Occurrence): Meeting {
  return {
    start: start.toISOString(),
    length: Math.min(30 * 24 * 3600, Math.round((end.getTime() - start.getTime()) / 1_000)),
    ...{ subject: summary, body: description, place: location, isCancelled },
  };
}

const endOf = ({ start, length }: Meeting) => new Date(Date.parse(start) + length * 1_000);

/** What was planned here is called so there. */
const OWN = '@tendero';

function windowOf({ now, timeZone }: Round) {
  return { from: inDays(now, -PAST_DAYS), until: inDays(now, AHEAD_DAYS), timeZone };
}

const inDays = (now: Date, days: number) => new Date(now.getTime() + days * DAY_MS);
const isDue = (at: Date | null, now: Date) => at !== null && at <= now;

async function lastPosition(connection: Connection, schema: string): Promise<number> {
  const [row] = await connection.run(sql`select value from ${raw(identifier(schema))}.counter where name = 'event'`);
  return Number(row?.[0] ?? 0);
}
