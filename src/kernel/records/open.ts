import { isShown, type Operation, type Principal, requireAllowed, withoutHidden } from '../access/access.ts';
import type { Connection } from '../database/connection.ts';
import { and, identifier, or, raw, sql } from '../database/sql.ts';
import type { EventRow } from '../events/event.ts';
import { type ObjectModel, objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { begin, from, visibility } from '../query/compilation.ts';
import type { ListQuery, ReadOptions } from '../query/query.ts';
import { select } from '../query/selection.ts';
import { bulk, createBatch, idsOf, updateBatch } from './bulk.ts';
import { connectionOf, type Door, scopeOf, type Workspace } from './door.ts';
import { type Draft, refuse } from './draft.ts';
import { aggregate } from './kept-aggregate.ts';
import { countRecords, listRecords } from './list.ts';
import { mergeRecords, notThere } from './merge.ts';
import { mergedInto } from './merged.ts';
import { newId } from './new-id.ts';
import { createDrafts, updateDrafts, within } from './pipeline.ts';
import type { BulkTarget, HistoryPage, MergeRequest, Records, WriteOptions } from './records.ts';
import { purgeRecord, removeRecords, restoreRecords } from './trash.ts';
import { inUnit } from './unit.ts';
import { takeBack, unmergeRecords } from './unmerge.ts';

/** Opens the door for somebody. @param changeSet of all that is written through it; each write has its own without it */
export function recordsFor(workspace: Workspace, principal: Principal, via: string, changeSet?: string): Records {
  return openRecords({ workspace, principal, via, unit: null, trusted: principal.userId === null, changeSet });
}

/** One transaction of records and of tables that are no records: both are kept, or nothing. */
export function inTransaction<T>(
  workspace: Workspace,
  principal: Principal,
  via: string,
  work: (records: Records, connection: Connection) => Promise<T>,
  options: WriteOptions = {},
): Promise<T> {
  const door: Door = { workspace, principal, via, unit: null, trusted: principal.userId === null };
  return inUnit(door, options, (inside) => work(openRecords(inside), inside.unit.connection));
}

/** The door as `Records`, in the transaction of `door` when it has one. */
export function openRecords(door: Door): Records {
  const model = door.workspace.model;
  const resolve = (object: unknown) =>
    objectOf(model, typeof object === 'string' ? object : (object as { name: string }).name);
  /** What a rule writes within a transaction is its own matter, however many records it is. */
  const manyOf = (ref: unknown) => {
    const object = resolve(ref);
    if (!door.unit) requireAllowed(door.principal, object.name, 'bulk');
    return object;
  };

  const records = {
    async read(ref: unknown, id: string, options: ReadOptions = {}) {
      const record = await readOne(door, resolve(ref), id, options);
      if (!record) throw await notThere(door, resolve(ref), id);
      return record;
    },
    list: (ref: unknown, query: ListQuery = {}) => listRecords(door, resolve(ref), query),
    async find(ref: unknown, filter: ListQuery['filter'], options: ReadOptions = {}) {
      const page = await listRecords(door, resolve(ref), { ...options, filter, limit: 1 });
      return page.items[0] ?? null;
    },
    count: (ref: unknown, filter?: ListQuery['filter'], how: 'exact' | 'estimate' = 'exact') =>
      countRecords(door, resolve(ref), { filter }, how),
    aggregate: async (ref: unknown, query: Parameters<Records['aggregate']>[1]) => aggregate(door, resolve(ref), query),
    create: (ref: unknown, input: Record<string, unknown>, options: Parameters<Records['create']>[2] = {}) =>
      inUnit(door, options, async (inside) => {
        const object = resolve(ref);
        const [draft] = await createDrafts(inside, object.name, [input], door.trusted);
        return written(draft!);
      }).then((draft) => draft.written?.() ?? reread(door, resolve(ref), draft.id)),
    update: (
      ref: unknown,
      id: string,
      changes: Record<string, unknown>,
      options: Parameters<Records['update']>[3] = {},
    ) =>
      inUnit(door, options, async (inside) => {
        const object = resolve(ref);
        const [result] = await updateDrafts(
          inside,
          object.name,
          [{ id, version: options.version, changes }],
          door.trusted,
        );
        if (result instanceof Problem) throw result;
        return written(result!);
      }).then((draft) => draft.written?.() ?? reread(door, resolve(ref), draft.id)),
    remove: (ref: unknown, id: string, options: Parameters<Records['remove']>[2] = {}) =>
      inUnit(door, options, async (inside) => {
        const [problem] = await removeRecords(inside, resolve(ref), [{ id, version: options.version }]);
        if (problem) throw problem;
      }),
    restore: (ref: unknown, id: string, options: Parameters<Records['restore']>[2] = {}) =>
      inUnit(door, options, async (inside) => {
        const [problem] = await restoreRecords(inside, resolve(ref), [id]);
        if (problem) throw problem;
        return id;
      }).then((restored) => reread(door, resolve(ref), restored)),
    purge: (ref: unknown, id: string, options: Parameters<Records['purge']>[2] = {}) =>
      inUnit(door, options, (inside) => purgeRecord(inside, resolve(ref), id)),
    createMany: async (
      ref: unknown,
      inputs: readonly Record<string, unknown>[],
      options: Parameters<Records['createMany']>[2] = {},
    ) => {
      const object = manyOf(ref);
      return bulk(door, inputs, options, (inside, batch) => createBatch(inside, object, batch, door.trusted));
    },
    async updateMany(
      ref: unknown,
      target: BulkTarget,
      changes: Record<string, unknown>,
      options: Parameters<Records['updateMany']>[3] = {},
    ) {
      const object = manyOf(ref);
      const rows = (await idsOf(door, object, target)).map((id) => ({ id, changes }));
      return bulk(door, rows, options, (inside, batch) => updateBatch(inside, object, batch, door.trusted));
    },
    updateEach: async (
      ref: unknown,
      rows: Parameters<Records['updateEach']>[1],
      options: Parameters<Records['updateEach']>[2] = {},
    ) => {
      const object = manyOf(ref);
      return bulk(door, rows, options, (inside, batch) => updateBatch(inside, object, batch, door.trusted));
    },
    async removeMany(ref: unknown, target: BulkTarget, options: Parameters<Records['removeMany']>[2] = {}) {
      const object = manyOf(ref);
      const rows = (await idsOf(door, object, target)).map((id) => ({ id }));
      return bulk(door, rows, options, async (inside, batch) =>
        (await removeRecords(inside, object, batch)).map((problem, index) => ({ id: batch[index]!.id, problem })),
      );
    },
    restoreMany: async (ref: unknown, ids: readonly string[], options: Parameters<Records['restoreMany']>[2] = {}) => {
      const object = manyOf(ref);
      return bulk(door, ids, options, async (inside, batch) =>
        (await restoreRecords(inside, object, batch)).map((problem, index) => ({ id: batch[index]!, problem })),
      );
    },
    allowed: (ref: unknown, operation: Operation, ids: readonly string[]) => within(door, resolve(ref), operation, ids),
    history: (ref: unknown, id: string, page: HistoryPage = {}) => historyOf(door, resolve(ref), id, page),
    undo: (changeSet: string) => takeBack(door, changeSet),
    async merge(ref: unknown, request: MergeRequest, options: Parameters<Records['merge']>[2] = {}) {
      const object = resolve(ref);
      const changeSet = door.unit?.changeSet ?? options.changeSet ?? door.changeSet ?? newId();
      const outcome = await inUnit({ ...door, via: 'merge' }, { ...options, changeSet }, (inside) =>
        mergeRecords(inside, object, request),
      );
      return { changeSet, ...outcome, record: await reread(door, object, request.survivor) };
    },
    unmerge: (changeSet: string) => unmergeRecords(door, changeSet),
    transaction: <T>(work: (records: Records) => Promise<T>) => inUnit(door, {}, (inside) => work(openRecords(inside))),
  };
  return records as unknown as Records;
}

function written(draft: Draft): Draft {
  if (draft.errors.length > 0) throw refuse(draft);
  return draft;
}

/** A record as its writer may see it after the write: generated and derived fields included. */
async function reread(door: Door, object: ObjectModel, id: string): Promise<Record<string, unknown>> {
  return (await readOne(door, object, id, {})) ?? { id };
}

async function readOne(
  door: Door,
  object: ObjectModel,
  id: string,
  options: ReadOptions,
): Promise<Record<string, unknown> | null> {
  requireAllowed(door.principal, object.name, 'read');
  const scope = scopeOf(door);
  const compilation = begin(scope, object);
  const selection = select(compilation, options.fields, options.expand);
  const conditions = [sql`r.id = ${id}::uuid`];
  if (!options.deleted) conditions.push(raw('r.deleted_at is null'));
  const rights = visibility(scope, object, 'read', 'r', true);
  if (rights !== 'all') conditions.push(or(rights));
  const [row] = await connectionOf(door).run(
    sql`select ${selection.columns} from ${from(compilation)} where ${and(conditions)}`,
  );
  return row ? selection.read(row) : null;
}

async function historyOf(door: Door, object: ObjectModel, id: string, page: HistoryPage): Promise<EventRow[]> {
  const { fields, actor } = page;
  for (const field of fields ?? []) {
    if (!object.fields.has(field) || !isShown(door.principal, object.name, field))
      throw new Problem('field.unknown', { object: object.name, field });
  }
  if (!(await readOne(door, object, id, { fields: [], deleted: true })))
    throw new Problem('record.not-found', { object: object.name, id });
  const merged = await mergedInto(door, id);
  const events = raw(`${identifier(door.workspace.schema)}.event`);
  const at = sql`select at from ${events} where position <= ${page.before}::bigint order by position desc limit 1`;
  const earlier = page.before === undefined ? raw('true') : sql`(at, position) < ((${at}), ${page.before}::bigint)`;
  const rows = await connectionOf(door).run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${events}
    where ${merged.length > 0 ? sql`record_id = any(${[id, ...merged]}::uuid[])` : sql`record_id = ${id}::uuid`}
      and ${earlier} and version > 0
      ${fields ? sql`and changes ?| ${fields}::text[]` : raw('')}
      ${actor ? sql`and actor_id = ${actor}::uuid` : raw('')}
      ${page.derived === false ? raw("and operation <> 'derive'") : raw('')}
    order by at desc, position desc limit ${Math.min(page.limit ?? 50, 500)}`);
  return rows.map((row) => {
    const event = maskHidden(door, object, eventOf(row));
    return event.record === id ? event : { ...event, merged: true };
  });
}

export function eventOf(row: readonly unknown[]): EventRow {
  const [position, at, changeSet, object, record, operation, version, actor, via, changes, note] = row;
  return { position, at, changeSet, object, record, operation, version, actor, via, changes, note } as EventRow;
}

function maskHidden(door: Door, object: ObjectModel, event: EventRow): EventRow {
  if (!event.changes) return event;
  return { ...event, changes: withoutHidden(door.principal, object.name, event.changes) };
}
