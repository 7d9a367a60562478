import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createRuntime, shippedDefinitions } from '#app/runtime.ts';
import { startEmbedded } from '#kernel/database/embedded.ts';
import { type DatabaseOptions, openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { createWorkspace, listWorkspaces } from '#kernel/workspace/workspace.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const company = { name: 'Test', language: 'en', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' } as const;

test('the database killed under load: requests are told to try again, and what was acknowledged is there', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tendero-outage-'));
  const embedded = await startEmbedded({ dataFolder, fsync: false });
  const database = openDatabase(embedded.connection);
  after(async () => {
    await database.close();
    await embedded.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  await preparePlatform(database, 'test');
  await prepareJobs(database);
  await createWorkspace(database, company, shippedDefinitions());
  const runtime = createRuntime(database, dataFolder);
  const [entry] = await listWorkspaces(database);
  const { call } = await serve(runtime, await runtime.workspace(entry!.id));

  const acknowledged: string[] = [];
  const statuses = new Map<number, number>();
  let isOver = false;
  const ask = async (worker: number): Promise<void> => {
    for (let number = 0; !isOver; number++) {
      const name = `Account ${worker}.${number}`;
      const answer = await call('/api/records/account', { json: { name } });
      const body = (await answer.json()) as { id: string; code: string };
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 201) acknowledged.push(body.id);
      else {
        assert.equal(answer.status, 503, JSON.stringify(body));
        assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
        assert.ok(Number(answer.headers.get('retry-after')) > 0);
        await sleep(50);
      }
    }
  };
  const workers = Promise.all([1, 2, 3, 4].map(ask));
  workers.catch(() => {});
  for (let kill = 0; kill < 3; kill++) {
    await sleep(400);
    process.kill(Number(readFileSync(join(embedded.pgdata, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    const before = acknowledged.length;
    for (let wait = 0; acknowledged.length < before + 10; wait++) {
      assert.ok(wait < 200, `not back after 20 s: ${JSON.stringify([...statuses])}`);
      await sleep(100);
    }
  }
  isOver = true;
  await workers;

  const { items } = (await (
    await call('/api/records/account/query', { json: { fields: ['name'], limit: 500, count: 'exact' } })
  ).json()) as { items: { id: string; name: string }[] };
  const kept = new Set(items.map((item) => item.id));
  if (items.length < 500)
    assert.deepEqual(
      acknowledged.filter((id) => !kept.has(id)),
      [],
    );
  for (const id of acknowledged.slice(-50)) assert.equal((await call(`/api/records/account/${id}`)).status, 200);
  assert.equal(new Set(items.map((item) => item.name)).size, items.length, 'nothing twice');
});

test('no free connection, and a query that takes too long', async () => {
  const { runtime, workspace, records } = await buildWorkspace();
  await buildAccount(records);
  const { call, key } = await serve(runtime, workspace);
  assert.equal((await call('/api/records/account')).status, 200);

  const tired = await serve(
    createRuntime(reopened(runtime.database.pool, { statementTimeout: 150 }), runtime.dataFolder),
    workspace,
  );
  await runtime.database.transaction(async (connection) => {
    await connection.run(`lock table "${workspace.schema}".account in access exclusive mode`);
    const answer = await tired.call('/api/records/account', { key });
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [422, 'query.too-slow']);
  });
  assert.equal((await tired.call('/api/records/account', { key })).status, 200);

  const narrow = reopened(runtime.database.pool, { max: 1, connectTimeout: 150 });
  const busy = await serve(createRuntime(narrow, runtime.dataFolder), workspace);
  assert.equal((await busy.call('/api/records/account', { key })).status, 200);
  await narrow.transaction(async () => {
    const answer = await busy.call('/api/records/account', { key });
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [503, 'database.busy']);
    assert.equal(answer.headers.get('retry-after'), '2');
  });
  assert.equal((await busy.call('/api/records/account', { key })).status, 200);
});

test('HEAD is GET without a body; what a route does not know is not there', async () => {
  const { runtime, workspace } = await buildWorkspace();
  const { call } = await serve(runtime, workspace);
  const head = await call('/api/records/account', { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  for (const method of ['OPTIONS', 'PUT']) {
    const answer = await call('/api/records/account', { method });
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [404, 'request.route-unknown']);
  }
});

function reopened(pool: pg.Pool, options: DatabaseOptions) {
  const { host, port, user, password, database } = pool.options;
  const opened = openDatabase({ host, port, user, password, database }, options);
  after(() => opened.close());
  return opened;
}
