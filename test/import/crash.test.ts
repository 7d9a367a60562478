import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRuntime } from '#app/runtime.ts';
import { setUpCompany } from '#app/set-up.ts';
import { memberRole } from '#kernel/access/access.ts';
import { startEmbedded } from '#kernel/database/embedded.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { catchUp, countRecordsReader } from '#kernel/events/readers.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import { configureImport, queueImport } from '#kernel/transfer/import/imports.ts';
import { readImport, updateImport } from '#kernel/transfer/import/store.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { uploaded } from './house.ts';

const ROWS = 100_000;
/** More rows than there are: indexes are taken away, and a kill may come while they are being built. */
const KILLS = 10;

const folder = mkdtempSync(join(tmpdir(), 'tendero-crash-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('an import that is killed again and again, alone and with its database, brings every row once', {
  timeout: 600_000,
}, async () => {
  const embedded = await startEmbedded({ dataFolder: folder });
  const database = openDatabase(embedded.connection);
  await preparePlatform(database, 'test');
  await prepareJobs(database);
  const runtime = createRuntime(database, folder);
  const { workspaceId } = await setUpCompany(runtime, {
    company: 'Crash',
    email: 'i@example.com',
    password: 'kava ir pyragas',
    language: 'en',
    currency: 'EUR',
    timeZone: 'UTC',
  });
  const workspace = await runtime.workspace(workspaceId);
  const [identity] = await database.run('select user_id::text from platform.identity');
  const principal = { userId: identity![0] as string, roles: [memberRole], language: 'en', timeZone: 'UTC' };
  const crm = { runtime, workspace, principal };

  let text = 'Key,Name,Email,Company\n';
  for (let n = 0; n < ROWS; n++) text += `K${n},Person ${n},p${n}@example.com,Company ${n % 300}\n`;
  const { id } = await uploaded(crm, 'contact', text);
  const columns = {
    0: { target: 'externalId' },
    1: { target: 'lastName' },
    2: { target: 'emails' },
    3: { target: 'account', createMissing: true },
  };
  await configureImport(workspace, principal, id, { settings: { columns, mode: 'upsert', key: ['externalId'] } });
  await queueImport(workspace, principal, id, ['ready']);

  const indexes = () =>
    database.run(`select indexname from pg_indexes where schemaname = $1 and tablename = 'contact' order by 1`, [
      workspace.schema,
    ]);
  const indexesBefore = await indexes();
  const state = async () => {
    for (;;) {
      try {
        return await readImport(database, workspace.schema, id);
      } catch {
        await sleep(100);
      }
    }
  };
  let killed = 0;
  for (let round = 0; ; round++) {
    const child = run(id, principal.userId);
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    if (killed < KILLS) {
      const from = (await state()).position;
      // Somewhere behind the next batches, wherever those may be at that moment.
      const until = Date.now() + 60_000;
      while (Date.now() < until && child.exitCode === null && (await state()).position === from) await sleep(20);
      await sleep(Math.random() * 400);
      // The process, the database, both. The server's keeper in this process starts it again.
      if (killed % 5 < 4) child.kill('SIGKILL');
      if (killed % 5 > 2)
        process.kill(Number(readFileSync(join(embedded.pgdata, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
      killed++;
    }
    await ended;
    const now = await state();
    if (now.state === 'done') break;
    assert.equal(now.state === 'running' || now.state === 'queued', true, JSON.stringify([now.state, now.message]));
    assert.ok(round < 40, 'the import comes to no end');
  }

  const done = await readImport(database, workspace.schema, id);
  assert.deepEqual([done.position, done.counts.created, done.counts.updated, done.counts.failed], [ROWS, ROWS, 0, 0]);
  const rows = await database.run(
    `select c.external_id, c.last_name, c.emails, a.name from "${workspace.schema}".contact c join "${workspace.schema}".account a on a.id = c.account_id order by c.external_id collate "C"`,
  );
  const wanted = Array.from({ length: ROWS }, (_, n) => [
    `K${n}`,
    `Person ${n}`,
    `p${n}@example.com`,
    `Company ${n % 300}`,
  ]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  assert.equal(rows.length, ROWS);
  assert.equal(checksum(rows), checksum(wanted));
  const [events] = await database.run(
    `select count(*), count(distinct record_id), count(distinct position), max(position) - min(position) + 1 from "${workspace.schema}".event where change_set = $1::uuid`,
    [done.changeSet],
  );
  assert.deepEqual(events, [ROWS + 300, ROWS + 300, ROWS + 300, ROWS + 300]);
  assert.deepEqual(await indexes(), indexesBefore);
  await catchUp(workspace, countRecordsReader);
  const [counted] = await database.run(`select live from "${workspace.schema}".object_count where object = 'contact'`);
  assert.equal(counted![0], ROWS);
  await updateImport(database, workspace.schema, id, {});
  await database.close();
  await embedded.stop();
  assert.ok(killed >= 3, `only ${killed} kills before it was done`);
});

/** A process of its own, as the worker is. */
function run(id: string, userId: string): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'crash-run.ts'), folder, id, userId], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function checksum(rows: unknown): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
