import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve } from '#test/http.ts';
import { Problem } from '../problems/problem.ts';
import { type JobDefinition, type JobProgress, queueJob, readJob, runJobs } from './jobs.ts';

const { runtime, workspace } = await buildWorkspace();
const { call, userId, person } = await serve(runtime, workspace);
const { database } = runtime;

/** What happens when a job of a test runs. */
const acts: Record<string, JobDefinition['run']> = {
  fine: async (payload) => payload,
  broken: async () => {
    throw new Problem('record.not-found');
  },
  endless: async (_, { signal }) => {
    await sleep(60_000, undefined, { signal });
  },
};
const jobs = Object.keys(acts).map((kind): JobDefinition => ({ kind, run: (...given) => acts[kind]!(...given) }));
const worker = () => runJobs(database, jobs, () => {});
const queue = (kind: string) =>
  queueJob(database, { workspaceId: workspace.id, kind, payload: { object: 'account' }, createdBy: userId });
const told = async (id: string) => (await (await call(`/api/jobs/${id}`)).json()) as JobProgress;

let running: Awaited<ReturnType<typeof worker>>;
before(async () => {
  running = await worker();
});
beforeDrop(() => running.stop());

async function reaches(id: string, state: JobProgress['state']): Promise<JobProgress> {
  for (let tries = 0; tries < 400; tries++, await sleep(25)) {
    const job = await readJob(database, workspace.id, id);
    if (job?.state === state) return told(id);
  }
  throw new Error(`${JSON.stringify(await told(id))} is not ${state}`);
}

test('a job that fails says why in words, and is begun again by whoever asked for it', async () => {
  const id = await queue('broken');
  const { message } = await reaches(id, 'failed');
  assert.match(message!, /^[A-Z].*\w{3}/);
  assert.ok(!message!.includes('problem.'));
  const { key } = await person();
  assert.equal((await call(`/api/jobs/${id}/retry`, { method: 'POST', key })).status, 404);
  const broken = acts.broken!;
  acts.broken = async (payload) => payload;
  const again = await call(`/api/jobs/${id}/retry`, { method: 'POST' });
  assert.deepEqual([again.status, ((await again.json()) as JobProgress).message], [200, null]);
  assert.deepEqual((await reaches(id, 'done')).result, { object: 'account' });
  assert.equal((await call(`/api/jobs/${id}/retry`, { method: 'POST' })).status, 409);
  acts.broken = broken;
});

test('a job whose process was killed each time it was begun has failed, and can be begun again', async () => {
  const id = await queue('endless');
  await reaches(id, 'running');
  await running.stop();
  // As the fifth process left it that was killed a minute ago.
  await database.run(
    `update graphile_worker._private_jobs set attempts = max_attempts, locked_at = now() - interval '1 minute', locked_by = 'gone'`,
  );
  await database.run(`update platform.job_progress set updated_at = now() - interval '1 minute' where id = $1`, [id]);
  running = await worker();
  const { state, message } = await reaches(id, 'failed');
  assert.deepEqual([state, message], ['failed', 'The work was interrupted too often']);
  assert.deepEqual(await database.run('select count(*) from graphile_worker._private_jobs'), [[0]]);

  acts.endless = async () => 'after all';
  assert.equal((await call(`/api/jobs/${id}/retry`, { method: 'POST' })).status, 200);
  assert.equal((await reaches(id, 'done')).result, 'after all');
});

test('being asked to stop is no attempt, however often', async () => {
  let begun = 0;
  acts.endless = async (_, { signal }) => {
    begun++;
    await sleep(60_000, undefined, { signal });
  };
  const restart = async () => {
    await running.stop();
    // The queue would wait some seconds.
    await database.run('update graphile_worker._private_jobs set run_at = now()');
    running = await worker();
  };
  const id = await queue('endless');
  for (let times = 1; times <= 7; times++) {
    for (let tries = 0; tries < 400 && begun < times; tries++) await sleep(25);
    assert.equal(begun, times);
    if (times === 7) acts.endless = async () => 'done at last';
    await restart();
  }
  assert.equal((await reaches(id, 'done')).result, 'done at last');
});
