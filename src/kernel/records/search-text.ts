import { raw, sql } from '../database/sql.ts';
import { type ObjectModel, tableOf } from '../object/model.ts';
import type { Door, Unit } from './door.ts';
import { lockRows } from './pipeline.ts';
import { searchText } from './rows.ts';

/** Brings the words of records up to date after another field became searchable. Neither a change nor an event. */
export async function rewriteSearchText(
  door: Door & { unit: Unit },
  object: ObjectModel,
  ids: readonly string[],
): Promise<void> {
  if (object.searched.length === 0) return;
  const rows = [...(await lockRows(door, object, ids, 'update', 'any')).values()];
  await door.unit.connection.execute(sql`
    update ${raw(tableOf(door.workspace.schema, object))} t set search_text = n.words
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => searchText(object, row))}::text[]) n(id, words)
    where t.id = n.id and t.search_text is distinct from n.words`);
}
