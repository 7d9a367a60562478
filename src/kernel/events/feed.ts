import type { EventEmitter } from 'node:events';
import type { Principal } from '../access/access.ts';
import type { Connection } from '../database/connection.ts';
import { listen } from '../database/listen.ts';
import type { Database } from '../database/pool.ts';
import { and, identifier, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { JOB_CHANNEL, readJobById, tellJob } from '../jobs/jobs.ts';
import { columnsOf, tableOf } from '../object/model.ts';
import { visibility } from '../query/compilation.ts';
import { type Door, scopeOf, type Workspace } from '../records/door.ts';
import { recordsFor } from '../records/open.ts';
import { DEFINITIONS_CHANNEL } from '../workspace/workspace.ts';
import { EVENT_CHANNEL, type EventOperation } from './event.ts';
import { lastPosition } from './position.ts';

/** What a screen hears of one change. */
export interface Change {
  position: number;
  object: string;
  id: string;
  operation: EventOperation;
  version: number;
  actor: string | null;
  changeSet: string;
}

/** Somebody who listens. */
export interface Listener {
  readonly principal: Principal;
  /** Whole frames of `text/event-stream`. Many listeners get the same buffer. */
  send(frames: Buffer): void;
}

export interface Feeds {
  /**
   * Begins to send to a listener, first what came after `since`: at most 10,000 events, otherwise `reset` tells that
   * anything may have changed.
   *
   * @returns how to end it
   */
  connect(workspaceId: string, listener: Listener, since: number | null): Promise<() => void>;
  /** To some people of a workspace who listen now; nobody hears of it later. */
  tell(workspaceId: string, users: ReadonlySet<string>, event: string, data: unknown): void;
  close(): Promise<void>;
}

interface FeedSource {
  readonly database: Database;
  readonly commits: EventEmitter<{ commit: [workspace: Workspace, position: number] }>;
  workspace(id: string): Promise<Workspace>;
  /** An object whose records only their addressee hears of; its new records come as `event: notification` as well. */
  readonly addressed: { readonly object: string; readonly to: string };
  onError(error: unknown): void;
}

/** Changes that come together go out together. The first one after a silence waits for nobody. */
const WINDOW_MS = 50;
/**
 * More changes than this at once are told as "look again". It is also the most in a second: after that many the next
 * reading waits a second. An import makes 40,000 a second, and a thousand browsers cannot be sent 8 GB of them.
 */
const MOST_AT_ONCE = 500;
/** NOTIFY is a wake-up that may get lost; this is how late a change can then be. */
const SWEEP_MS = 2_000;
const HEARTBEAT_MS = 20_000;
const MOST_MISSED = 10_000;

interface Feed {
  readonly workspaceId: string;
  /** Everything up to here was read. */
  position: number;
  readonly groups: Map<string, Group>;
  timer: NodeJS.Timeout | null;
  isReading: boolean;
  isWanted: boolean;
  /** Time of the next reading, at the earliest. */
  notBefore: number;
  /** Of the workspace when the rights of the groups were looked up. */
  rights: number;
}

/** Listeners with the same rights: what they may hear is asked once. */
interface Group {
  principal: Principal;
  readonly seats: Set<Seat>;
}

interface Seat {
  readonly listener: Listener;
  /** It heard, or may not hear, everything up to here. */
  position: number;
}

/**
 * The live feeds of this process: one per workspace with listeners, reading the event table once for all of them. Woken
 * by this process's own commits and by the NOTIFY of others.
 */
export function openFeeds(source: FeedSource): Feeds {
  const feeds = new Map<string, Feed>();
  const onCommit = (workspace: Workspace, position: number) => {
    const feed = feeds.get(workspace.id);
    if (feed && feed.position < position) wake(source, feed);
  };
  source.commits.on('commit', onCommit);
  const { database } = source;
  const listening = [
    listen(database, EVENT_CHANNEL, (id) => {
      const feed = feeds.get(id);
      if (feed) wake(source, feed);
    }),
    listen(database, JOB_CHANNEL, (id) => {
      if (feeds.size > 0) sendJob(database, feeds, id).catch(source.onError);
    }),
    // Screens are made of the definitions: an open form has to know that a field is there no more.
    listen(database, DEFINITIONS_CHANNEL, (id) => {
      const feed = feeds.get(id);
      if (feed) tellAll(seatsOf(feed), 'definitions', {});
    }),
  ];
  const sweep = setInterval(() => {
    for (const feed of feeds.values()) wake(source, feed);
  }, SWEEP_MS);
  const heartbeat = setInterval(() => {
    for (const { listener, position } of [...feeds.values()].flatMap(seatsOf)) {
      // The id moves on although nothing was to be heard, so that a new connection need not read it all again.
      listener.send(Buffer.from(`:\nid: ${position}\n\n`));
    }
  }, HEARTBEAT_MS);

  return {
    async connect(workspaceId, listener, since) {
      const feed = feeds.get(workspaceId) ?? {
        workspaceId,
        position: 0,
        groups: new Map<string, Group>(),
        timer: null,
        isReading: false,
        isWanted: false,
        notBefore: 0,
        rights: 0,
      };
      feeds.set(workspaceId, feed);
      const workspace = await source.workspace(workspaceId);
      if (feed.groups.size === 0) {
        feed.rights = workspace.rightsVersion();
        const head = await lastPosition(source.database, workspace.schema);
        // Nobody listened when this was asked; whoever does by now relies on the position as it is.
        if (feed.groups.size === 0) feed.position = head;
      }
      const seat: Seat = { listener, position: since ?? feed.position };
      const isLost =
        feed.position - seat.position > MOST_MISSED ||
        // Whoever looked a moment ago may know of more than was read here yet.
        (seat.position > feed.position && seat.position > (await lastPosition(source.database, workspace.schema)));
      if (isLost) seat.position = feed.position;
      listener.send(frame(isLost ? 'reset' : 'ready', seat.position, { position: seat.position }));
      while (seat.position < feed.position) await tellMissed(source, workspace, feed, seat);
      return sit(feed, seat);
    },
    tell(workspaceId, users, event, data) {
      const feed = feeds.get(workspaceId);
      if (!feed) return;
      const theirs = seatsOf(feed).filter(({ listener }) => users.has(listener.principal.userId ?? ''));
      tellAll(theirs, event, data);
    },
    async close() {
      source.commits.off('commit', onCommit);
      clearInterval(sweep);
      clearInterval(heartbeat);
      for (const feed of feeds.values()) {
        if (feed.timer) clearTimeout(feed.timer);
        feed.groups.clear();
      }
      feeds.clear();
      await Promise.all(listening.map((one) => one.stop()));
    },
  };
}

/** Reads soon; calls that come meanwhile are one. */
function wake(source: FeedSource, feed: Feed): void {
  feed.isWanted = true;
  if (feed.timer || feed.isReading || feed.groups.size === 0) return;
  feed.timer = setTimeout(
    async () => {
      feed.timer = null;
      feed.isReading = true;
      feed.isWanted = false;
      let pause = WINDOW_MS;
      try {
        pause = await tellNew(source, feed);
      } catch (error) {
        pause = SWEEP_MS;
        source.onError(error);
      }
      feed.isReading = false;
      feed.notBefore = performance.now() + pause;
      if (feed.isWanted) wake(source, feed);
    },
    Math.max(0, feed.notBefore - performance.now()),
  );
}

/** @returns milliseconds to wait before the next reading */
async function tellNew(source: FeedSource, feed: Feed): Promise<number> {
  const workspace = await source.workspace(feed.workspaceId);
  const rows = await changesAfter(source.database, workspace.schema, feed.position);
  if (rows.length === 0) return WINDOW_MS;
  const from = feed.position;
  const head =
    rows.length > MOST_AT_ONCE ? await lastPosition(source.database, workspace.schema) : rows.at(-1)!.position;
  // Set before anybody is told: whoever sits down from here on has read that far, and is passed over below.
  feed.position = head;
  if (rows.length > MOST_AT_ONCE) {
    const objects = await objectsBetween(source.database, workspace.schema, from, head);
    await renewRights(workspace, feed, objects);
    for (const group of feed.groups.values()) tell(group, head, lookAgain(workspace, group.principal, objects, head));
    return 1_000;
  }
  await renewRights(
    workspace,
    feed,
    rows.map(({ object }) => object),
  );
  const telling = tellingOf(source, workspace, rows);
  await eachOf([...feed.groups.values()], 4, async (group) => tell(group, head, await telling(group.principal)));
  return Math.max(WINDOW_MS, (rows.length / MOST_AT_ONCE) * 1_000);
}

/** What changes somebody's rights stands in the stream itself: what comes after it is told to nobody who lost them. */
async function renewRights(workspace: Workspace, feed: Feed, objects: readonly string[]): Promise<void> {
  const decides = objects.some((name) => workspace.model.objects.get(name)?.definition.decidesRights);
  const version = workspace.rightsVersion();
  if (!decides && version === feed.rights) return;
  feed.rights = version;
  await eachOf([...feed.groups.values()], 4, async (group) => {
    group.principal = await workspace.renewed(group.principal);
  });
}

function tell(group: Group, position: number, frames: Buffer | null): void {
  for (const seat of group.seats) {
    if (seat.position >= position) continue;
    seat.position = position;
    if (frames) seat.listener.send(frames);
  }
}

/** One portion of what a listener missed. */
async function tellMissed(source: FeedSource, workspace: Workspace, feed: Feed, seat: Seat): Promise<void> {
  const upTo = feed.position;
  const rows = await changesAfter(source.database, workspace.schema, seat.position);
  const missed = rows.filter(({ position }) => position <= upTo).slice(0, MOST_AT_ONCE);
  if (missed.length > 0) {
    const frames = await tellingOf(source, workspace, missed)(seat.listener.principal);
    if (frames) seat.listener.send(frames);
  }
  seat.position = missed.at(-1)?.position ?? upTo;
}

/** What a principal may hear of some changes, ready to be sent; what everybody may hear is written once. */
function tellingOf(
  source: FeedSource,
  workspace: Workspace,
  rows: readonly Change[],
): (principal: Principal) => Promise<Buffer | null> {
  const { object, to } = source.addressed;
  const head = rows.at(-1)!.position;
  const common = rows.filter((row) => row.object !== object && row.version > 0);
  const personal = rows.filter((row) => row.object === object);
  const addressees = personal.length > 0 ? addresseesOf(workspace, personal, to) : null;
  // Awaited for each listener; when what is common fails first, nobody may call its failure unhandled.
  addressees?.catch(() => {});
  let commonFrame: Buffer | null = null;
  return async (principal) => {
    const seen = await visibleTo(workspace, principal, common);
    if (seen === common && common.length > 0) commonFrame ??= changesFrame(common, head);
    const frames = seen === common ? commonFrame : changesFrame(seen, head);
    const own = principal.userId === null ? undefined : (await addressees)?.get(principal.userId);
    if (!own) return frames;
    const mine = await personalFrames(workspace, principal, own, head);
    return frames ? Buffer.concat([frames, mine]) : mine;
  };
}

/** The same array when all of it may be heard. One statement for the objects of which only some records are visible. */
async function visibleTo(
  workspace: Workspace,
  principal: Principal,
  rows: readonly Change[],
): Promise<readonly Change[]> {
  const door: Door = { workspace, principal, via: 'live', trusted: false, unit: null };
  const open = new Set<string>();
  const parts: Sql[] = [];
  const byObject = Map.groupBy(rows, (row) => row.object);
  for (const [name, changes] of byObject) {
    const object = workspace.model.objects.get(name);
    const rights = object ? visibility(scopeOf(door), object, 'read', 't') : [];
    if (rights === 'all') open.add(name);
    else if (object && rights.length > 0) {
      const ids = [...new Set(changes.map(({ id }) => id))];
      parts.push(sql`select ${raw(`'${object.name}'`)}, t.id::text from ${raw(tableOf(workspace.schema, object))} t
        where ${and([sql`t.id = any(${ids}::uuid[])`, or(rights)])}`);
    }
  }
  if (open.size === byObject.size) return rows;
  const found = parts.length > 0 ? await workspace.database.run(join(parts, ' union all ')) : [];
  const visible = new Set(found.map(([object, id]) => `${object} ${id}`));
  return rows.filter(({ object, id }) => open.has(object) || visible.has(`${object} ${id}`));
}

async function addresseesOf(workspace: Workspace, rows: readonly Change[], to: string): Promise<Map<string, Change[]>> {
  const addressees = new Map<string, Change[]>();
  const object = workspace.model.objects.get(rows[0]!.object);
  const field = object?.fields.get(to);
  if (!object || !field) return addressees;
  const found = await workspace.database.run(sql`
    select t.id::text, ${raw(columnsOf(field, 't', workspace.schema)[0]!)}::text from ${raw(tableOf(workspace.schema, object))} t
    where t.id = any(${rows.map(({ id }) => id)}::uuid[])`);
  const userOf = new Map(found as [string, string][]);
  for (const row of rows) {
    const user = userOf.get(row.id);
    if (user) addressees.set(user, [...(addressees.get(user) ?? []), row]);
  }
  return addressees;
}

async function personalFrames(
  workspace: Workspace,
  principal: Principal,
  rows: readonly Change[],
  head: number,
): Promise<Buffer> {
  const object = rows[0]!.object;
  const seen = await visibleTo(workspace, principal, rows);
  const created = seen.filter(({ operation }) => operation === 'create').map(({ id }) => id);
  const records = recordsFor(workspace, principal, 'live');
  const { items } =
    created.length > 0 ? await records.list(object, { filter: { id: { in: created } }, limit: 500 }) : { items: [] };
  return Buffer.concat([
    changesFrame(seen, head) ?? Buffer.alloc(0),
    ...items.map((item) => frame('notification', head, item)),
  ]);
}

function lookAgain(
  workspace: Workspace,
  principal: Principal,
  objects: readonly string[],
  position: number,
): Buffer | null {
  const door: Door = { workspace, principal, via: 'live', trusted: false, unit: null };
  const readable = objects.filter((name) => {
    const object = workspace.model.objects.get(name);
    return object && visibility(scopeOf(door), object, 'read', 't').length > 0;
  });
  return readable.length > 0 ? frame('refresh', position, { position, objects: readable }) : null;
}

function changesFrame(changes: readonly Change[], position: number): Buffer | null {
  if (changes.length === 0) return null;
  return changes.length === 1 ? frame('change', position, changes[0]) : frame('changes', position, { changes });
}

function frame(event: string, id: number, data: unknown): Buffer {
  return Buffer.from(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Whoever asked for the job hears how it goes. */
async function sendJob(database: Database, feeds: ReadonlyMap<string, Feed>, id: string): Promise<void> {
  const job = await readJobById(database, id);
  const feed = job && feeds.get(job.workspaceId);
  if (!feed || job.createdBy === null) return;
  for (const { listener } of seatsOf(feed)) {
    const { userId, language } = listener.principal;
    if (userId === job.createdBy)
      listener.send(Buffer.from(`event: job\ndata: ${JSON.stringify(tellJob(job, language))}\n\n`));
  }
}

/** Without an id: whoever comes back later is not told again. */
function tellAll(seats: readonly Seat[], event: string, data: unknown): void {
  const frames = Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  for (const { listener } of seats) listener.send(frames);
}

function seatsOf(feed: Feed): Seat[] {
  return [...feed.groups.values()].flatMap(({ seats }) => [...seats]);
}

/** @returns how to leave */
function sit(feed: Feed, seat: Seat): () => void {
  const { principal } = seat.listener;
  const key = JSON.stringify([principal.userId, principal.timeZone, principal.roles, principal.limits]);
  const group = feed.groups.get(key) ?? { principal, seats: new Set() };
  feed.groups.set(key, group);
  group.seats.add(seat);
  return () => {
    group.seats.delete(seat);
    if (group.seats.size === 0 && feed.groups.get(key) === group) feed.groups.delete(key);
  };
}

/** One more than may be told at once. */
async function changesAfter(database: Connection, schema: string, position: number): Promise<Change[]> {
  const rows = await database.run(sql`
    select position, object, record_id::text, operation, version, actor_id::text, change_set::text
    from ${raw(identifier(schema))}.event where position > ${position}::bigint order by position limit ${raw(String(MOST_AT_ONCE + 1))}`);
  return rows.map(
    ([position, object, id, operation, version, actor, changeSet]) =>
      ({ position, object, id, operation, version, actor, changeSet }) as Change,
  );
}

async function objectsBetween(database: Connection, schema: string, after: number, upTo: number): Promise<string[]> {
  const rows = await database.run(sql`
    select distinct object from ${raw(identifier(schema))}.event
    where position > ${after}::bigint and position <= ${upTo}::bigint and version > 0`);
  return rows.map(([object]) => object as string);
}

async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
