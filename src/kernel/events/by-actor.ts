import { identifier, raw, sql } from '../database/sql.ts';
import type { Workspace } from '../records/door.ts';
import { eventOf } from '../records/open.ts';
import type { EventRow } from './event.ts';

/**
 * What somebody did between two instants, newest first; what follows from it by itself is left out. Looked for month by
 * month: a report of some days reads a partition or two, some 0.3 s for a million events.
 */
export async function eventsBy(
  { database, schema }: Workspace,
  { actor, from, until, limit }: { actor: string; from: string; until: string; limit: number },
): Promise<EventRow[]> {
  const rows = await database.run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${raw(identifier(schema))}.event
    where at >= ${from}::timestamptz and at < ${until}::timestamptz and actor_id = ${actor}::uuid
      and version > 0 and operation <> 'derive'
    order by position desc limit ${raw(String(limit))}`);
  return rows.map(eventOf);
}
