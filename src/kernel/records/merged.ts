import { identifier, raw, sql } from '../database/sql.ts';
import { connectionOf, type Door } from './door.ts';

/** Longer than any chain of merges that people make. */
const LONGEST_CHAIN = 100;
/** Records whose history is shown with that of their survivor. */
const MOST_MERGED = 1_000;

/** Where merged records are now: the end of the chain of merges that each went through. Others are left out. */
export async function survivorsOf(door: Door, ids: readonly string[]): Promise<Map<string, string>> {
  const schema = raw(identifier(door.workspace.schema));
  const rows = await connectionOf(door).run(sql`
    with recursive up(id, at, depth) as (
      select record_id, survivor_id, 1 from ${schema}.merged_record where record_id = any(${ids}::uuid[])
      union all
      select up.id, m.survivor_id, up.depth + 1 from ${schema}.merged_record m join up on m.record_id = up.at
      where up.depth < ${raw(String(LONGEST_CHAIN))}
    )
    select distinct on (id) id::text, at::text from up order by id, depth desc`);
  return new Map(rows as [string, string][]);
}

/** What was merged into a record, directly and before. */
export async function mergedInto(door: Door, id: string): Promise<string[]> {
  const schema = raw(identifier(door.workspace.schema));
  const rows = await connectionOf(door).run(sql`
    with recursive down(id, depth) as (
      select record_id, 1 from ${schema}.merged_record where survivor_id = ${id}::uuid
      union all
      select m.record_id, down.depth + 1 from ${schema}.merged_record m join down on m.survivor_id = down.id
      where down.depth < ${raw(String(LONGEST_CHAIN))}
    )
    select id::text from down limit ${raw(String(MOST_MERGED))}`);
  return rows.map(([merged]) => merged as string);
}
