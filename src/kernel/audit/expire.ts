import { sql } from '../database/sql.ts';
import type { Workspace } from '../records/door.ts';
import { newId } from '../records/new-id.ts';
import { eraseEventData, schemaOf } from './seal.ts';
import { appendSecurityEvents } from './security-events.ts';

const AT_ONCE = 5_000;

/** Events from before a moment lose their changes and notes; the chain stays. @returns how many did */
export async function expireEvents(workspace: Workspace, before: Date, signal?: AbortSignal): Promise<number> {
  const { database, schema } = workspace;
  for (let expired = 0; ; ) {
    signal?.throwIfAborted();
    const count = await database.transaction(async (connection) => {
      const [old] = await connection.run(sql`
        select 1 from ${schemaOf(schema)}.event e
        where e.at < ${before.toISOString()}::timestamptz and (e.changes is not null or e.note is not null) limit 1`);
      if (!old) return 0;
      const changeSet = newId();
      const condition = sql`e.at < ${before.toISOString()}::timestamptz`;
      const count = await eraseEventData(connection, schema, changeSet, condition, AT_ONCE);
      const details = { before: before.toISOString(), rows: count };
      await appendSecurityEvents(
        connection,
        workspace,
        [{ operation: 'expire', object: 'event', actor: null, via: 'job', details }],
        changeSet,
      );
      return count;
    });
    expired += count;
    if (count < AT_ONCE) return expired;
  }
}
