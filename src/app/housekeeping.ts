import type { Connection } from '#kernel/database/connection.ts';
import { sweepDeliveries } from '#kernel/events/webhooks.ts';
import { sweepFiles } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { sweepIncoming } from '#kernel/files/storage.ts';
import { withLocks } from '#kernel/schema/apply.ts';
import { ensurePartitions } from '#kernel/schema/partitions.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { expireAudit } from './audit.ts';
import { queueRetention } from './privacy.ts';
import type { Runtime } from './runtime.ts';

/** A request is not repeated after a day. */
const IDEMPOTENCY_DAYS = 2;
/** People look at how an import went for some weeks. */
const JOB_DAYS = 30;

/** What has to be done daily; doing it twice does no harm. */
export async function keepHouse(runtime: Runtime): Promise<void> {
  const { database, dataFolder } = runtime;
  const storage = openStorage(dataFolder);
  await sweepIncoming(dataFolder);
  await database.run('delete from platform.session where expires_at < now()');
  await database.run('delete from platform.pending_sign_in where expires_at < now()');
  // Who has signed in from where is known for a month.
  await database.run(
    `delete from platform.throttle where greatest(last_at, succeeded_at) < now() - interval '30 days'`,
  );
  await database.run(`delete from platform.idempotency where created_at < now() - interval '${IDEMPOTENCY_DAYS} days'`);
  await database.run(
    `delete from platform.job_progress where state in ('done', 'failed', 'cancelled') and updated_at < now() - interval '${JOB_DAYS} days'`,
  );
  for (const id of await readyWorkspaces(database)) {
    const workspace = await runtime.workspace(id);
    const { schema } = workspace;
    await sweepDeliveries(database, schema);
    await sweepFiles(database, schema, storage);
    await expireAudit(workspace);
    await queueRetention(runtime, id, null);
    await withLocks(() =>
      database.transaction(async (connection) => {
        await connection.run(`set local lock_timeout = '2s'`);
        await alone(connection, () => ensurePartitions(connection, schema, new Date()));
      }),
    );
  }
}

/** Two workers tidy up at the same time of day. */
async function alone(connection: Connection, work: () => Promise<void>): Promise<void> {
  await connection.run(`select pg_advisory_xact_lock(hashtextextended('tendero housekeeping', 0))`);
  await work();
}
