/** A job whose process or database is killed is begun again, soon, and does nothing twice. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openDatabase } from '#kernel/database/pool.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { eventually, openSite, signal } from './site.ts';

test('the demo company, its program killed and then its database, is loaded once and whole', async () => {
  const site = await openSite();
  const database = openDatabase(site.connection);
  after(() => database.close());
  const [workspace] = await database.run('select id::text from platform.workspace');
  const id = await queueJob(database, {
    workspaceId: workspace![0] as string,
    kind: 'demo',
    payload: {},
    createdBy: null,
  });
  const look = async () => {
    const [row] = await site.inside(
      async (client) => (await client.query('select * from platform.job_progress where id = $1', [id])).rows,
    );
    return row as { state: string; done: string; message: string | null };
  };
  const reaches = (what: string, holds: (job: Awaited<ReturnType<typeof look>>) => boolean) =>
    eventually(what, 90_000, async () => {
      const job = await look();
      return holds(job) ? [] : [JSON.stringify(job), site.server.output()];
    });

  await reaches('begun', ({ done }) => Number(done) > 0);
  await site.server.stop('SIGKILL');
  const { state, done } = await look();
  assert.equal(state, 'running', 'killed in its middle');
  // As if the minute had passed after which a job without a word is somebody else's.
  await site.inside(async (client) => {
    await client.query(`update platform.job_progress set updated_at = now() - interval '1 minute'`);
    await client.query(`update graphile_worker._private_jobs set locked_at = now() - interval '1 minute'`);
  });
  await site.start();
  await reaches('went on', (job) => Number(job.done) > Number(done));
  signal(site.postmaster(), 'SIGKILL');
  await reaches('loaded', (job) => job.state === 'done' || job.state === 'failed');
  assert.equal((await look()).state, 'done', JSON.stringify(await look()));

  await site.inside(async (client) => {
    const { rows } = await client.query(
      `select (select count(*) from ws_kill.account)::integer as accounts, (select count(*) from ws_kill.interaction where conversation_id is null)::integer as talks,
         (select count(*) from ws_kill.event where operation = 'create' and object = 'account')::integer as created`,
    );
    assert.deepEqual(rows, [{ accounts: 500, talks: 1_200, created: 500 }]);
  });
  assert.equal((await site.server.stop()).code, 0);
});
