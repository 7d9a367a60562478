import { isDeepStrictEqual } from 'node:util';
import { identifier, raw, sql } from '../database/sql.ts';
import type { EventRow } from '../events/event.ts';
import { type Model, type ObjectModel, objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { bulk } from './bulk.ts';
import { connectionOf, type Door, type Unit } from './door.ts';
import { type Draft, refuse } from './draft.ts';
import { checkExact, exactDraft, writeExactly } from './exact.ts';
import { survivorsOf } from './merged.ts';
import { newId } from './new-id.ts';
import { eventOf } from './open.ts';
import { lockRows } from './pipeline.ts';
import type { UndoResult } from './records.ts';
import { removeRecords, restoreRecords } from './trash.ts';

type Writing = Door & { unit: Unit };

/** Events taken back in one go; a change set of a million is undone in pieces, newest first. */
const PIECE = 1_000;

/**
 * Takes back a change set as a new one, newest event first, with the rights of whoever asks. Values come back exactly as
 * they were: rules and defaults had their say when they were first written.
 *
 * A field that somebody changed again since keeps its newer value, and a record that somebody changed since it was created
 * stays: both are reported as conflicts. Taking back the undo does the change again.
 * Of several merges, any may be taken back first.
 */
export async function undoChangeSet(
  door: Door,
  changeSet: string,
  options: { signal?: AbortSignal; onProgress?(undone: number): void } = {},
): Promise<UndoResult> {
  const undoing: Door = { ...door, via: door.unit ? door.via : 'undo', trusted: true };
  const result: UndoResult = { changeSet: door.unit?.changeSet ?? door.changeSet ?? newId(), undone: 0, conflicts: [] };
  let before = Number.MAX_SAFE_INTEGER;
  let found = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const events = await eventsOf(door, changeSet, before);
    if (events.length === 0) break;
    found = true;
    before = events.at(-1)!.position;
    for (const run of runsOf(door.workspace.model, events)) await undoRun(undoing, run, result);
    options.onProgress?.(result.undone);
  }
  if (!found) throw new Problem('change.not-found', { changeSet });
  return result;
}

/** A million events in a row are found by their positions: by the change set alone, each piece would sort them all. */
const NEIGHBOURHOOD = 50_000;

async function eventsOf(door: Door, changeSet: string, before: number): Promise<EventRow[]> {
  const query = (after: number) =>
    connectionOf(door).run(sql`
      select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
      from ${raw(identifier(door.workspace.schema))}.event
      where change_set = ${changeSet}::uuid and position < ${before}::bigint and position > ${after}::bigint
      order by position desc limit ${raw(String(PIECE))}`);
  const near = before === Number.MAX_SAFE_INTEGER ? [] : await query(before - NEIGHBOURHOOD);
  return (near.length === PIECE ? near : await query(0)).map(eventOf);
}

/** Neighbours that are undone the same way, each record once. Steps in a hierarchy go one by one: each is checked for circles. */
function runsOf(model: Model, events: readonly EventRow[]): EventRow[][] {
  const runs: EventRow[][] = [];
  let records = new Set<string>();
  for (const event of events) {
    if (event.operation === 'derive') continue;
    const run = runs.at(-1);
    const isSame =
      run &&
      run[0]!.object === event.object &&
      run[0]!.operation === event.operation &&
      !records.has(event.record) &&
      !isStep(model, event);
    if (isSame && run.length < 500) run.push(event);
    else {
      runs.push([event]);
      records = new Set();
    }
    records.add(event.record);
  }
  return runs;
}

function isStep(model: Model, { object, changes }: EventRow): boolean {
  const fields = model.objects.get(object)?.fields;
  return Object.keys(changes ?? {}).some(
    (name) => (fields?.get(name)?.definition as { acyclic?: boolean } | undefined)?.acyclic,
  );
}

async function undoRun(door: Door, run: readonly EventRow[], result: UndoResult): Promise<void> {
  const { object: name, operation } = run[0]!;
  const object = objectOf(door.workspace.model, name);
  const options = { changeSet: result.changeSet };
  const conflict = (record: string, fields: string[]) => result.conflicts.push({ object: name, record, fields });
  const ids = run.map((event) => event.record);

  if (operation === 'update') {
    const kept = new Map<string, string[]>();
    const outcome = await bulk(door, run, options, (inside, batch) => undoUpdates(inside, object, batch, kept));
    result.undone += outcome.results.filter((row) => row.id !== null && !row.problem).length;
    for (const [record, fields] of kept) conflict(record, fields);
    return;
  }

  if (operation === 'create' || operation === 'restore') {
    const outcome = await bulk(door, run, options, async (inside, batch) => {
      const targets = await asWeLeftThem(inside, batch, [run[0]!.changeSet, result.changeSet]);
      return (await removeRecords(inside, object, targets)).map((problem, index) => ({
        id: targets[index]!.id,
        problem,
      }));
    });
    result.undone += outcome.succeeded;
    for (const row of outcome.results)
      if (row.problem && row.problem.code !== 'record.not-found') conflict(ids[row.index]!, []);
    return;
  }

  if (operation === 'remove' || operation === 'merge') {
    const outcome = await bulk(door, ids, options, async (inside, batch) =>
      (await restoreRecords(inside, object, batch, operation === 'merge' ? 'unmerge' : 'restore')).map(
        (problem, index) => ({
          id: batch[index]!,
          problem,
        }),
      ),
    );
    result.undone += outcome.succeeded;
    // Somebody brought it back already.
    for (const row of outcome.results)
      if (row.problem && row.problem.code !== 'record.not-deleted') conflict(ids[row.index]!, []);
  }
}

/**
 * Records with the version they have if nobody but the change set (an import writes some rows twice), its undo and the
 * program, which followed it up by a reader of the stream, has touched them since.
 */
async function asWeLeftThem(door: Writing, events: readonly EventRow[], ours: readonly string[]) {
  const rows = await door.unit.connection.run(sql`
    select e.record_id::text, count(*)
    from unnest(${events.map((event) => event.record)}::uuid[], ${events.map((event) => event.position)}::bigint[]) w(record_id, position)
    join ${raw(identifier(door.workspace.schema))}.event e on e.record_id = w.record_id and e.position > w.position
    where (e.change_set = any(${ours}::uuid[]) or (e.actor_id is null and e.via = 'reader'))
      and e.operation in ('update', 'remove', 'restore')
    group by 1`);
  const steps = new Map(rows as [string, number][]);
  return events.map((event) => ({ id: event.record, version: event.version + (steps.get(event.record) ?? 0) }));
}

/**
 * Fields that still have the value the change gave them get back the one they had.
 * @param kept gathers by record the fields that somebody changed since
 */
async function undoUpdates(
  door: Writing,
  object: ObjectModel,
  events: readonly EventRow[],
  kept: Map<string, string[]>,
) {
  const rows = await lockRows(
    door,
    object,
    events.map((event) => event.record),
    'update',
    'any',
  );
  const moves = await survivorsOfValues(door, object, events);
  const separated = await separatedBefore(door, events);
  const drafts: Draft[] = [];
  for (const event of events) {
    const row = rows.get(event.record);
    const changes = Object.entries(event.changes ?? {}).filter(([name]) => object.fields.has(name));
    if (!row) {
      kept.set(
        event.record,
        changes.map(([name]) => name),
      );
      continue;
    }
    const isMerge = event.via === 'merge';
    const back: Record<string, unknown> = {};
    const since: string[] = [];
    for (const [name, [was, became]] of changes) {
      if (isSame(row[name], became) || isSame(row[name], movedOn(became, moves))) {
        back[name] = separated.has(event.record) ? await originOf(door, event, name, was) : was;
      } else if (isMerge && hasOnlyGrown(was, became) && Array.isArray(row[name])) {
        back[name] = without(row[name], was, became);
      } else if (!isMerge || !(await isSettled(door, event, name))) since.push(name);
    }
    if (since.length > 0) kept.set(event.record, since);
    else kept.delete(event.record);
    const differing = Object.entries(back).filter(([name, value]) => !isSame(value, row[name]));
    if (differing.length > 0) drafts.push(exactDraft(row, Object.fromEntries(differing)));
  }
  await checkExact(door, object, drafts);
  const good = drafts.filter((draft) => draft.errors.length === 0);
  for (const draft of drafts) {
    if (draft.errors.length > 0) kept.set(draft.id, [...(kept.get(draft.id) ?? []), ...draft.changed]);
  }
  await writeExactly(door, object, good);
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  return events.map(({ record }) => {
    const draft = byId.get(record);
    if (!draft) return { id: null };
    return draft.errors.length > 0 ? { id: record, problem: refuse(draft) } : { id: record };
  });
}

/** Nothing and an empty list are the same. */
function isSame(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => (Array.isArray(value) && value.length === 0 ? null : (value ?? null));
  return isDeepStrictEqual(plain(a), plain(b));
}

/** Where the records are now that a change pointed to: a later merge moved what points to them, and nobody's mind changed. */
async function survivorsOfValues(
  door: Writing,
  object: ObjectModel,
  events: readonly EventRow[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set<string>();
  for (const { changes } of events) {
    for (const [name, [, became]] of Object.entries(changes ?? {})) {
      const isPointing = object.fields.get(name)?.target || object.definition.target?.id === name;
      if (isPointing && became !== null) for (const id of [became].flat()) ids.add(id as string);
    }
  }
  return ids.size > 0 ? survivorsOf(door, [...ids]) : new Map();
}

function movedOn(value: unknown, survivors: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((id) => survivors.get(id) ?? id))];
  return survivors.get(value as string) ?? value;
}

/** A merge added to a list; what came to the list since may stay when that is taken away again. */
function hasOnlyGrown(was: unknown, became: unknown): boolean {
  if (!Array.isArray(became) || !(was === null || Array.isArray(was))) return false;
  return (was ?? []).every((entry: unknown) => became.some((other) => isDeepStrictEqual(entry, other)));
}

function without(now: readonly unknown[], was: unknown, became: unknown): unknown[] | null {
  const had = (was ?? []) as unknown[];
  const added = (became as unknown[]).filter((entry) => !had.some((other) => isDeepStrictEqual(entry, other)));
  const left = now.filter((entry) => !added.some((other) => isDeepStrictEqual(entry, other)));
  return left.length > 0 ? left : null;
}

/**
 * Nobody changed their mind about a field that has another value now: the next change of it was the undo of an earlier
 * merge, which took it where it belongs, or another merge, whose own undo brings it back.
 */
async function isSettled(door: Writing, event: EventRow, field: string): Promise<boolean> {
  const [row] = await door.unit.connection.run(sql`
    select via from ${raw(identifier(door.workspace.schema))}.event
    where record_id = ${event.record}::uuid and position > ${event.position}::bigint and changes ? ${field} order by position limit 1`);
  return row?.[0] === 'unmerge' || row?.[0] === 'merge';
}

/** Records that an earlier merge changed which was taken back since. */
async function separatedBefore(door: Writing, events: readonly EventRow[]): Promise<ReadonlySet<string>> {
  const merges = events.filter(({ via }) => via === 'merge');
  if (merges.length === 0) return new Set();
  const schema = raw(identifier(door.workspace.schema));
  const rows = await door.unit.connection.run(sql`
    select distinct e.record_id::text from ${schema}.event e
    where e.record_id = any(${merges.map(({ record }) => record)}::uuid[]) and e.via = 'merge' and e.operation = 'update'
      and e.position < ${merges[0]!.position}::bigint
      and not exists (select 1 from ${schema}.merged_record m where m.change_set = e.change_set)`);
  return new Set(rows.map(([id]) => id as string));
}

/** The value before this merge and those right before it that were taken back since, out of their order. */
async function originOf(door: Writing, event: EventRow, field: string, was: unknown): Promise<unknown> {
  const schema = raw(identifier(door.workspace.schema));
  let value = was;
  for (let { position } = event; ; ) {
    const [row] = await door.unit.connection.run(sql`
      select e.position, e.changes, e.via = 'merge' and not exists (select 1 from ${schema}.merged_record m where m.change_set = e.change_set)
      from ${schema}.event e where e.record_id = ${event.record}::uuid and e.position < ${position}::bigint and e.changes ? ${field}
      order by e.position desc limit 1`);
    const [from, to] = (row?.[1] as EventRow['changes'])?.[field] ?? [];
    if (!row?.[2] || !isSame(to, value)) return value;
    position = row[0] as number;
    value = from ?? null;
  }
}
