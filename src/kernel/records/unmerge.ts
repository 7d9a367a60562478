import { identifier, raw, sql } from '../database/sql.ts';
import { objectOf, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { connectionOf, type Door, type Unit } from './door.ts';
import { lockInOrder, withAllRights } from './merge.ts';
import { lockRows } from './pipeline.ts';
import type { UndoResult } from './records.ts';
import { undoChangeSet } from './undo.ts';
import { inUnit } from './unit.ts';

/** Takes back any change set; a merge as a whole, in one transaction. @throws Problem `change.not-found`, `merge.undone` */
export async function takeBack(door: Door, changeSet: string): Promise<UndoResult> {
  const [row] = await connectionOf(door).run(sql`
    select operation from ${raw(identifier(door.workspace.schema))}.event
    where change_set = ${changeSet}::uuid and operation in ('merge', 'unmerge') limit 1`);
  if (!row) return undoChangeSet(door, changeSet);
  // Taking back an un-merge would leave what came to the separated records since behind: merging anew does not.
  if (row[0] === 'unmerge') throw new Problem('merge.undone', { changeSet });
  return unmergeRecords(door, changeSet);
}

/**
 * Separates what a merge made one. Who may change the survivor and delete the others may do so; everything that the merge
 * moved goes back, but for what somebody changed since: that stays and is reported.
 *
 * @throws Problem `change.not-found`, `merge.undone`, `record.not-found`, `access.denied`
 */
export async function unmergeRecords(door: Door, changeSet: string): Promise<UndoResult> {
  return inUnit({ ...door, via: 'unmerge' }, {}, async (inside) => {
    const schema = raw(identifier(door.workspace.schema));
    const merged = (await inside.unit.connection.run(sql`
      select object, record_id::text, survivor_id::text from ${schema}.merged_record
      where change_set = ${changeSet}::uuid order by record_id for update`)) as [string, string, string][];
    if (merged.length === 0) throw await neverOrNoLonger(inside, changeSet);
    for (const [object, pairs] of Map.groupBy(merged, ([object]) => object)) await checkRights(inside, object, pairs);
    return undoChangeSet({ ...inside, principal: withAllRights(door.principal) }, changeSet);
  });
}

async function checkRights(
  door: Door & { unit: Unit },
  name: string,
  pairs: readonly [string, string, string][],
): Promise<void> {
  const object = objectOf(door.workspace.model, name);
  const survivors = [...new Set(pairs.map(([, , survivor]) => survivor))];
  const others = pairs.map(([, record]) => record);
  await lockInOrder(door, object, [...survivors, ...others]);
  for (const id of others) {
    if ((await lockRows(door, object, [id], 'delete', true)).size === 0)
      throw new Problem('record.not-found', { object: name, id });
  }
  for (const id of survivors) {
    if ((await lockRows(door, object, [id], 'update', 'any')).size > 0) continue;
    const [row] = await door.unit.connection.run(
      sql`select 1 from ${raw(tableOf(door.workspace.schema, object))} where id = ${id}::uuid`,
    );
    // Purged, it is nobody's any more.
    if (row) throw new Problem('record.not-found', { object: name, id });
  }
}

async function neverOrNoLonger(door: Door & { unit: Unit }, changeSet: string): Promise<Problem> {
  const [row] = await door.unit.connection.run(sql`
    select 1 from ${raw(identifier(door.workspace.schema))}.event where change_set = ${changeSet}::uuid and operation = 'merge' limit 1`);
  return new Problem(row ? 'merge.undone' : 'change.not-found', { changeSet });
}
