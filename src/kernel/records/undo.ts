import { isDeepStrictEqual } from 'node:util';
import { v7 as uuid } from 'uuid';
import type { EventRow } from '../events/event.ts';
import { objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { identifier, raw, sql } from '../query/sql.ts';
import { bulk, updateBatch } from './bulk.ts';
import type { Door } from './door.ts';
import { eventOf, openRecords } from './open.ts';
import type { UndoResult } from './records.ts';
import { removeRecords, restoreRecords } from './trash.ts';

/** Events taken back in one go; a change set of a million is undone in pieces, newest first. */
const PIECE = 1_000;

/**
 * Takes back a change set as a new one, newest event first, with the rights of whoever asks.
 *
 * A field that somebody changed again since keeps its newer value, and a record that somebody changed since it was created
 * stays: both are reported as conflicts. Taking back the undo does the change again.
 */
export async function undoChangeSet(door: Door, changeSet: string): Promise<UndoResult> {
  const undoing: Door = { ...door, via: 'undo', trusted: true };
  const result: UndoResult = { changeSet: uuid(), undone: 0, conflicts: [] };
  let before = Number.MAX_SAFE_INTEGER;
  let found = false;
  for (;;) {
    const events = await eventsOf(door, changeSet, before);
    if (events.length === 0) break;
    found = true;
    before = events.at(-1)!.position;
    for (const run of runsOf(events)) await undoRun(undoing, run, result);
  }
  if (!found) throw new Problem('change.not-found', { changeSet });
  return result;
}

async function eventsOf(door: Door, changeSet: string, before: number): Promise<EventRow[]> {
  const rows = await (door.unit?.connection ?? door.workspace.database).run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${raw(identifier(door.workspace.schema))}.event
    where change_set = ${changeSet}::uuid and position < ${before}::bigint order by position desc limit ${raw(String(PIECE))}`);
  return rows.map(eventOf);
}

/** Neighbours that are undone the same way, each record once. */
function runsOf(events: readonly EventRow[]): EventRow[][] {
  const runs: EventRow[][] = [];
  for (const event of events) {
    if (event.operation === 'derive') continue;
    const run = runs.at(-1);
    const isSame = run && run[0]!.object === event.object && run[0]!.operation === event.operation && !run.some((other) => other.record === event.record);
    if (isSame && run.length < 500) run.push(event);
    else runs.push([event]);
  }
  return runs;
}

async function undoRun(door: Door, run: readonly EventRow[], result: UndoResult): Promise<void> {
  const { object: name, operation } = run[0]!;
  const object = door.workspace.model.objects.get(name) ?? objectOf(door.workspace.model, name);
  const options = { changeSet: result.changeSet };
  const conflict = (record: string, fields: string[]) => result.conflicts.push({ object: name, record, fields });

  if (operation === 'update') {
    const ids = run.map((event) => event.record);
    const current = new Map<string, Record<string, unknown>>();
    for (let start = 0; start < ids.length; start += 500) {
      const page = await openRecords(door).list(name, { filter: { id: { in: ids.slice(start, start + 500) } }, limit: 500 });
      for (const record of page.items) current.set(record.id, record);
    }
    const rows = run.flatMap((event) => {
      const record = current.get(event.record);
      if (!record) {
        conflict(event.record, Object.keys(event.changes ?? {}));
        return [];
      }
      const back: Record<string, unknown> = {};
      const kept: string[] = [];
      for (const [field, [from, to]] of Object.entries(event.changes ?? {})) {
        if (isDeepStrictEqual(record[field] ?? null, to)) back[field] = from;
        else kept.push(field);
      }
      if (kept.length > 0) conflict(event.record, kept);
      return Object.keys(back).length > 0 ? [{ id: event.record, version: record.version as number, changes: back }] : [];
    });
    const outcome = await bulk(door, rows, options, (inside, batch) => updateBatch(inside, object, batch, true));
    result.undone += outcome.succeeded;
    for (const row of outcome.results) if (row.problem) conflict(row.id ?? '', Object.keys(rows[row.index]!.changes));
    return;
  }

  if (operation === 'create' || operation === 'restore') {
    const rows = run.map((event) => ({ id: event.record, version: event.version }));
    const outcome = await bulk(door, rows, options, async (inside, batch) =>
      (await removeRecords(inside, object, batch)).map((problem, index) => ({ id: batch[index]!.id, problem })),
    );
    result.undone += outcome.succeeded;
    for (const row of outcome.results) if (row.problem && row.problem.code !== 'record.not-found') conflict(row.id ?? '', []);
    return;
  }

  if (operation === 'remove') {
    const ids = run.map((event) => event.record);
    const outcome = await bulk(door, ids, options, async (inside, batch) =>
      (await restoreRecords(inside, object, batch)).map((problem, index) => ({ id: batch[index]!, problem })),
    );
    result.undone += outcome.succeeded;
  }
}
