import type { EventRow } from '#kernel/events/event.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import { defineReader, type ReaderContext } from '#kernel/object/module.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import { readPreferenceOf } from '#kernel/workspace/preferences.ts';
import { comment } from './comment.object.ts';
import { mentionsIn } from './comment.rules.ts';
import { EVERY, follow } from './follow.object.ts';
import { notification } from './notification.object.ts';
import { awayBetween, whoDoes } from './standing-in.ts';
import { task } from './task.object.ts';

/**
 * Tells people what they should hear of: that somebody mentioned them, gave them a record, commented on a record they
 * follow or changed it, and that the moment has come at which they wanted to be reminded. Nobody hears of what they did
 * themselves.
 */
export const notify = defineReader({
  name: 'teamwork.notify',
  async run(events, context) {
    const { records } = context;
    // What an upgrade put elsewhere happened long ago.
    const heard = events.filter((event) => !silent.has(event.object) && event.via !== 'upgrade');
    const titles: Titles = (object) => context.door.workspace.model.objects.get(object)?.title.name;
    const targets = await readTargets(records, heard, titles);
    const told = [
      ...(await tellOfComments(records, heard, titles)),
      ...tellOfAssignments(heard, targets),
      ...(await tellOfChanges(records, heard, targets)),
      ...tellOfReminders(heard, targets),
      ...tellOfAnswers(heard, targets),
    ];
    await tell(told, context);
  },
});

/** Gives news to those who want them and may see what they are of, and to whoever does somebody's work meanwhile. */
export async function tell(
  told: readonly Told[],
  { records, connection, schema, as, now, timeZone }: ReaderContext,
): Promise<void> {
  const collected = await seen(as, collapse(withoutRepeats(await forDelegates(records, told, { now, timeZone }))));
  const unwanted = await readUnwanted({ database: connection, schema }, [
    ...new Set(collected.map(({ user }) => user)),
  ]);
  const rows = collected.filter(({ user, kind }) => !unwanted.get(user)?.has(typeOf(kind)));
  if (rows.length > 0) await records.createMany(notification, rows);
}

/** Whoever does somebody's work meanwhile hears of it too. */
async function forDelegates(
  records: Records,
  told: readonly Told[],
  at: { now: Date; timeZone: string },
): Promise<Told[]> {
  if (told.length === 0) return [];
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: at.timeZone }).format(at.now);
  const away = await awayBetween(records, today, today);
  return told.flatMap((one) => [
    one,
    ...whoDoes(one.user, one.targetObject, away)
      .filter((delegate) => delegate !== one.actor)
      .map((delegate) => ({ ...one, user: delegate, params: { ...one.params, insteadOf: one.user } })),
  ]);
}

/** News of a record are only for who may see it: a follower may have lost that right, and anybody can be mentioned. */
async function seen<One extends Omit<Told, 'changeSet'>>(
  as: (userId: string) => Promise<Records>,
  told: readonly One[],
): Promise<One[]> {
  const visible = new Set<string>();
  for (const [user, own] of Map.groupBy(told, (one) => one.user)) {
    const records = await as(user);
    for (const [object, ofObject] of Map.groupBy(own, (one) => one.targetObject)) {
      const ids = [...new Set(ofObject.flatMap(({ targetId }) => targetId ?? []))];
      for (const id of await allowed(records, object, ids)) visible.add(`${user} ${id}`);
    }
  }
  return told.filter(({ user, targetId }) => targetId === null || visible.has(`${user} ${targetId}`));
}

/** None of an object that was removed since, whose events are still in the stream. */
async function allowed(records: Records, object: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  try {
    return await records.allowed(object, 'read', ids);
  } catch (error) {
    if (error instanceof Problem && error.code === 'object.unknown') return new Set();
    throw error;
  }
}

/** What a person may switch off; one of many and many at once are the same to them. */
export const notificationTypes = ['mentioned', 'assigned', 'commented', 'changed', 'reminder', 'delegated'] as const;

function typeOf(kind: Told['kind']): string {
  if (kind === 'asked') return 'assigned';
  return answers.has(kind) ? 'delegated' : kind.replace(/Many$/, '');
}

/** What comes back to whoever gave a task away. */
const answers: ReadonlySet<string> = new Set(['accepted', 'declined', 'finished']);

/** By person: the types they want to hear nothing of, as they set it under `notifications`. */
async function readUnwanted(
  house: Parameters<typeof readPreferenceOf>[0],
  users: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const set = users.length > 0 ? await readPreferenceOf(house, users, 'notifications') : new Map<string, unknown>();
  return new Map(
    [...set].map(([user, value]) => {
      const off = Object.entries((value ?? {}) as Record<string, unknown>).filter(([, wanted]) => wanted === false);
      return [user, new Set(off.map(([type]) => type))];
    }),
  );
}

/** Their events concern nobody else. */
const silent: ReadonlySet<string> = new Set([notification.name, follow.name, 'user', 'participant']);

/** What comes over a channel waits in the inbox and stands in the calendar; news it is when a person gives it to another one. */
const waiting: ReadonlySet<string> = new Set(['conversation', 'interaction']);

/** More than this of one kind from one change set (a bulk edit, an import) become one notification with their number. */
const mostAtOnce = 5;

/** Ids in one filter: the longest page there is. */
const chunkSize = 500;

export interface Told {
  user: string;
  kind:
    | ('mentioned' | 'assigned' | 'assignedMany' | 'commented' | 'changed' | 'changedMany' | 'reminder')
    | ('asked' | 'accepted' | 'declined' | 'finished');
  actor: string | null;
  targetObject: string;
  targetId: string | null;
  params: { title?: string; fields?: readonly string[]; count?: number; insteadOf?: string; answer?: string };
  changeSet: string;
}

/** A record that events are about. */
interface Target {
  owner: string | null;
  title: string | undefined;
  /** A task with nothing left to do. */
  isOver: boolean;
  /** Who gave it to its owner. */
  givenBy: string | null;
}

type Targets = ReadonlyMap<string, Target>;

/** The field that names the records of an object. */
type Titles = (object: string) => string | undefined;

async function tellOfComments(records: Records, events: readonly EventRow[], titles: Titles): Promise<Told[]> {
  const created = events.filter((event) => event.object === comment.name && event.operation === 'create');
  const comments = await readAll(
    records,
    comment.name,
    created.map((event) => event.record),
  );
  const told: Told[] = [];
  for (const event of created) {
    const row = comments.get(event.record) as RecordOf<typeof comment> | undefined;
    if (!row) continue;
    const key = { object: row.targetObject, id: row.targetId };
    const target = await readTarget(records, row.targetObject, row.targetId, titles);
    const follows = await readFollows(records, row.targetObject, [row.targetId]);
    const mentioned = mentionsIn(row.body);
    const tell = (kind: Told['kind']) => (user: string) =>
      tellAbout(event, key, user, kind, target?.title === undefined ? {} : { title: target.title });
    told.push(...mentioned.filter((user) => user !== event.actor).map(tell('mentioned')));
    const listeners = followersOf(row.targetId, target, follows).filter((user) => !mentioned.includes(user));
    told.push(...listeners.filter((user) => user !== event.actor).map(tell('commented')));
  }
  return told;
}

function tellOfAssignments(events: readonly EventRow[], targets: Targets): Told[] {
  return events.flatMap((event) => {
    const target = targets.get(keyOf(event));
    const given = event.operation === 'create' ? target?.owner : event.changes?.owner?.[1];
    if (typeof given !== 'string' || given === event.actor || !target) return [];
    if (event.operation === 'create' && event.actor === null && waiting.has(event.object)) return [];
    // Given away again since: the one who has it now hears of it. One that comes back was declined.
    if (given !== target.owner || acceptanceIn(event) === 'declined') return [];
    const kind = acceptanceIn(event) === 'asked' ? 'asked' : 'assigned';
    return [tellAbout(event, { object: event.object, id: event.record }, given, kind, titleOf(target))];
  });
}

async function tellOfChanges(records: Records, events: readonly EventRow[], targets: Targets): Promise<Told[]> {
  const changes = events.filter(
    (event) =>
      event.operation === 'update' &&
      event.via !== 'import' &&
      event.object !== comment.name &&
      // A thread changes with every mail.
      !(event.object === 'conversation' && event.actor === null) &&
      !leftIn(event) &&
      !remindedIn(event) &&
      Object.keys(event.changes ?? {}).length > 0,
  );
  const byObject = Map.groupBy(changes, (event) => event.object);
  const told: Told[] = [];
  for (const [object, ofObject] of byObject) {
    const follows = await readFollows(records, object, [...new Set(ofObject.map((event) => event.record))]);
    for (const event of ofObject) {
      const target = targets.get(keyOf(event));
      if (!target) continue;
      const params = { ...titleOf(target), fields: Object.keys(event.changes ?? {}) };
      const assigned = event.changes?.owner?.[1];
      told.push(
        ...followersOf(event.record, target, follows)
          .filter((user) => user !== event.actor && user !== assigned && !(user === target.givenBy && answerIn(event)))
          .map((user) => tellAbout(event, { object, id: event.record }, user, 'changed', params)),
      );
    }
  }
  return told;
}

/** Whoever gave a task away, of what the other one says and of its end. */
function tellOfAnswers(events: readonly EventRow[], targets: Targets): Told[] {
  return events.flatMap((event) => {
    const target = targets.get(keyOf(event));
    if (event.object !== task.name || event.operation !== 'update' || !target?.givenBy) return [];
    const kind = answerIn(event);
    if (!kind || target.givenBy === event.actor) return [];
    const answer = event.changes?.answer?.[1];
    const params = { ...titleOf(target), ...(typeof answer === 'string' && { answer }) };
    return [tellAbout(event, { object: event.object, id: event.record }, target.givenBy, kind, params)];
  });
}

function answerIn(event: EventRow): 'accepted' | 'declined' | 'finished' | null {
  const acceptance = acceptanceIn(event);
  if (acceptance === 'accepted' || acceptance === 'declined') return acceptance;
  return event.changes?.status?.[1] === 'done' ? 'finished' : null;
}

function acceptanceIn({ object, changes }: EventRow): unknown {
  return object === task.name ? changes?.acceptance?.[1] : undefined;
}

/** Its owner, of what is still to be done. */
function tellOfReminders(events: readonly EventRow[], targets: Targets): Told[] {
  return events.flatMap((event) => {
    const target = targets.get(keyOf(event));
    if (!remindedIn(event) || !target?.owner || target.isOver) return [];
    return [tellAbout(event, { object: event.object, id: event.record }, target.owner, 'reminder', titleOf(target))];
  });
}

/** A mail that was written here is on its way: its writer sent it, and hears of it only when it does not arrive. */
function leftIn({ object, actor, changes }: EventRow): boolean {
  return object === 'interaction' && actor === null && ['delivery', 'original'].some((name) => name in (changes ?? {}));
}

function remindedIn({ object, operation, changes }: EventRow): boolean {
  return object === task.name && operation === 'update' && typeof changes?.remindedAt?.[1] === 'string';
}

function tellAbout(
  event: EventRow,
  target: { object: string; id: string },
  user: string,
  kind: Told['kind'],
  params: Told['params'],
): Told {
  return {
    user,
    kind,
    actor: event.actor,
    targetObject: target.object,
    targetId: target.id,
    params,
    changeSet: event.changeSet,
  };
}

/** Several saves of one change set on one record are one piece of news. */
function withoutRepeats(told: readonly Told[]): Told[] {
  const groups = Map.groupBy(told, (one) =>
    [one.user, one.kind, one.changeSet, one.targetObject, one.targetId].join(' '),
  );
  return [...groups.values()].map((same) => {
    const fields = [...new Set(same.flatMap((one) => one.params.fields ?? []))];
    return fields.length === 0 ? same[0]! : { ...same[0]!, params: { ...same[0]!.params, fields } };
  });
}

/** Turns floods into one notification each, and gives every one to the person it is for. */
export function collapse(told: readonly Told[]): (Omit<Told, 'changeSet'> & { owner: string })[] {
  const groups = Map.groupBy(told, (one) => [one.user, one.kind, one.changeSet, one.targetObject].join(' '));
  return [...groups.values()].flatMap((group) => {
    const many = manyOf[group[0]!.kind];
    const kept: Told[] =
      many && group.length > mostAtOnce
        ? [{ ...group[0]!, kind: many, targetId: null, params: { count: group.length } }]
        : group;
    return kept.map(({ changeSet: _changeSet, ...row }) => ({ ...row, owner: row.user }));
  });
}

const manyOf: Partial<Record<Told['kind'], Told['kind']>> = { assigned: 'assignedMany', changed: 'changedMany' };

function titleOf(target: Target): { title?: string } {
  return target.title === undefined ? {} : { title: target.title };
}

/** The owner and whoever follows it or all of its object, but those who want to hear nothing of it. */
function followersOf(id: string, target: Target | undefined, follows: readonly RecordOf<typeof follow>[]): string[] {
  const rows = follows.filter((row) => row.targetId === id || (row.targetId === EVERY && !row.muted));
  const muted = new Set(rows.filter((row) => row.muted).map((row) => row.user));
  const listening = [target?.owner ?? null, ...rows.map((row) => row.user)];
  return [...new Set(listening)].filter((user): user is string => user !== null && !muted.has(user));
}

function keyOf(event: EventRow): string {
  return `${event.object} ${event.record}`;
}

/** The records that create and update events are about, as they are now; those in the trash are nobody's concern. */
async function readTargets(records: Records, events: readonly EventRow[], titles: Titles): Promise<Targets> {
  const wanted = events.filter((event) => event.operation === 'create' || event.operation === 'update');
  const targets = new Map<string, Target>();
  for (const [object, ofObject] of Map.groupBy(wanted, (event) => event.object)) {
    const title = titles(object);
    const rows = await readAll(records, object, [...new Set(ofObject.map((event) => event.record))], title);
    for (const [id, row] of rows) targets.set(`${object} ${id}`, targetOf(row, title));
  }
  return targets;
}

async function readTarget(records: Records, object: string, id: string, titles: Titles): Promise<Target | undefined> {
  const title = titles(object);
  const row = (await readAll(records, object, [id], title)).get(id);
  return row && targetOf(row, title);
}

function targetOf(row: Readonly<Record<string, unknown>>, title: string | undefined): Target {
  const text = title === undefined ? undefined : row[title];
  return {
    owner: (row.owner as string | null) ?? null,
    title: typeof text === 'string' ? text : undefined,
    isOver: row.status === 'done' || row.status === 'cancelled',
    givenBy: (row.givenBy as string | null | undefined) ?? null,
  };
}

/** Records by id; none of an object that was removed since, whose events are still in the stream. */
async function readAll(
  records: Records,
  object: string,
  ids: readonly string[],
  title?: string,
): Promise<Map<string, Record<string, unknown>>> {
  const fields =
    object === comment.name
      ? undefined
      : ['id', 'owner', ...(title ? [title] : []), ...(object === task.name ? ['status', 'givenBy'] : [])];
  const found = new Map<string, Record<string, unknown>>();
  try {
    for (let start = 0; start < ids.length; start += chunkSize) {
      const filter = { id: { in: ids.slice(start, start + chunkSize) } };
      const page = await records.list(object, { filter, limit: chunkSize, fields });
      for (const row of page.items) found.set(row.id, row);
    }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'object.unknown')) throw error;
  }
  return found;
}

async function readFollows(
  records: Records,
  object: string,
  ids: readonly string[],
): Promise<RecordOf<typeof follow>[]> {
  const found: RecordOf<typeof follow>[] = [];
  const wanted = [EVERY, ...ids];
  for (let start = 0; start < wanted.length; start += chunkSize) {
    let cursor: string | undefined;
    do {
      const filter = { targetObject: object, targetId: { in: wanted.slice(start, start + chunkSize) } };
      const page = await records.list(follow, { filter, limit: chunkSize, ...(cursor && { cursor }) });
      found.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
  }
  return found;
}
