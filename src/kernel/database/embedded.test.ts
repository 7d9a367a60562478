import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbedded, tryOwnData } from './embedded.ts';

const isLinux = process.platform === 'linux';
const temporary = mkdtempSync(join(tmpdir(), 'tendero-embedded-'));
const running = new Set<EmbeddedDatabase>();
after(() => {
  for (const database of running) database.kill();
  rmSync(temporary, { recursive: true, force: true });
});

async function start(dataFolder: string, fsync = false): Promise<EmbeddedDatabase> {
  const database = await startEmbedded({ dataFolder, fsync });
  running.add(database);
  return database;
}

async function query(database: Pick<EmbeddedDatabase, 'connection'>, text: string) {
  const client = new pg.Client(database.connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(database: EmbeddedDatabase): number {
  return Number(readFileSync(join(database.pgdata, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}

test('the first start makes a database in UTF-8 with the extensions that search and lists need', async () => {
  const data = join(temporary, 'first');
  const database = await start(data);
  assert.equal(database.adopted, false);
  for (const extension of ['pg_trgm', 'btree_gin', 'unaccent', 'fuzzystrmatch']) {
    await query(database, `create extension ${extension}`);
  }
  const [row] = await query(
    database,
    `select current_database() as name, lower('ŽUVĖDRA') as lower, unaccent('Žuvėdra ñandú') as plain,
       word_similarity('ruv', 'žuvėdra') < 0.5 as tells_letters, levenshtein('Vilnius', 'Vilnus') as distance,
       current_setting('TimeZone') as zone, current_setting('jit') as jit`,
  );
  assert.deepEqual(row, {
    name: 'tendero',
    lower: 'žuvėdra',
    plain: 'Zuvedra nandu',
    tells_letters: true,
    distance: 1,
    zone: 'UTC',
    jit: 'off',
  });
  if (process.platform !== 'win32') assert.equal(statSync(join(data, 'postgres.secret')).mode & 0o777, 0o600);
  await assert.rejects(query({ connection: { ...database.connection, password: 'guess' } }, 'select'), {
    code: '28P01',
  });
  await database.stop();
  assert.equal(existsSync(join(database.pgdata, 'postmaster.pid')), false);

  const again = await start(data);
  assert.equal(again.adopted, false);
  assert.equal((await query(again, 'select 1 as one'))[0].one, 1);
  await again.stop();
});

test('the log tells about the server, not about the data', async () => {
  const data = join(temporary, 'log');
  const database = await start(data);
  await query(database, "create table person (mail text unique); insert into person values ('ona@example.lt')");
  await assert.rejects(query(database, "insert into person values ('ona@example.lt')"), { code: '23505' });
  await database.stop();
  const log = readFileSync(join(data, 'postgres.log'), 'utf8');
  assert.match(log, /ready to accept connections/);
  assert.doesNotMatch(log, /ona@example/);
});

test('a killed server is started again by the program, and nothing acknowledged is lost', async () => {
  const database = await start(join(temporary, 'killed'), true);
  await query(database, 'create table kept (n int)');
  for (let round = 1; round <= 3; round++) {
    await query(database, `insert into kept values (${round})`);
    process.kill(postmaster(database), 'SIGKILL');
    await sleep(20);
    const rows = await eventually(() => query(database, 'select n from kept order by n'));
    assert.equal(rows.length, round);
  }
  await database.stop();
});

test('a server and all its children killed with the program: the next start recovers', { skip: !isLinux }, async () => {
  const data = join(temporary, 'all-killed');
  const child = await startInProcess(data);
  await query(child, 'create table kept (n int); insert into kept values (7)');
  child.process.kill('SIGKILL');
  await once(child.process, 'exit');
  const children = readFileSync(`/proc/${child.postmaster}/task/${child.postmaster}/children`, 'utf8')
    .trim()
    .split(' ');
  for (const pid of [child.postmaster, ...children.map(Number)]) process.kill(pid, 'SIGKILL');
  const database = await start(data);
  assert.equal(database.adopted, false);
  assert.deepEqual(await query(database, 'select n from kept'), [{ n: 7 }]);
  await database.stop();
});

test('a killed program leaves a server that the next start adopts, owns and stops', async () => {
  const data = join(temporary, 'adopted');
  const child = await startInProcess(data);
  child.process.kill('SIGKILL');
  await once(child.process, 'exit');
  const database = await start(data);
  assert.equal(database.adopted, true);
  assert.equal(postmaster(database), child.postmaster);
  const client = new pg.Client(database.connection);
  client.on('error', () => {});
  await client.connect();
  await tryOwnData(client);
  await client.end();
  await database.stop();
  assert.equal(existsSync(join(database.pgdata, 'postmaster.pid')), false);
});

test('two starts at the same moment on a new folder share one server, and one of them owns the data', async () => {
  const data = join(temporary, 'race');
  const [child, own] = await Promise.all([startInProcess(data), start(data)]);
  assert.equal(postmaster(own), child.postmaster);
  const [first, second] = [new pg.Client(own.connection), new pg.Client(child.connection)];
  for (const client of [first, second]) client.on('error', () => {});
  await Promise.all([first.connect(), second.connect()]);
  await tryOwnData(first);
  await assert.rejects(tryOwnData(second), { name: 'StartError', code: 'already-running' });
  await first.end();
  await tryOwnData(second);
  await second.end();
  child.process.kill('SIGKILL');
  await own.stop();
});

test('a lock file whose number is another process by now does not keep the server from starting', async () => {
  const data = join(temporary, 'stale');
  const database = await start(data);
  await database.stop();
  const lines = [process.pid, '/proc/self/cwd', 1, 5432, '../run', '', '  1 1', 'ready   '];
  writeFileSync(join(database.pgdata, 'postmaster.pid'), `${lines.join('\n')}\n`);
  const again = await start(data);
  assert.equal(again.adopted, false);
  await again.stop();
});

test('a lost password file is replaced', async () => {
  const data = join(temporary, 'lost');
  await (await start(data)).stop();
  rmSync(join(data, 'postgres.secret'));
  const database = await start(data);
  assert.equal((await query(database, 'select 1 as one'))[0].one, 1);
  await database.stop();
});

test('a data folder far from the root of the disk, and below a private folder, works', async () => {
  const deep = join(temporary, 'private', 'ž'.repeat(60), 'data');
  mkdirSync(join(temporary, 'private'), { mode: 0o700 });
  const database = await start(deep);
  assert.ok(Buffer.byteLength(database.connection.host ?? '') < 90);
  assert.equal((await query(database, 'select 1 as one'))[0].one, 1);
  await database.stop();
  if (isLinux) assert.equal(existsSync(database.connection.host ?? ''), false);
});

test('what keeps it from starting is one clear line', async () => {
  const file = join(temporary, 'file');
  writeFileSync(file, '');
  await assert.rejects(start(join(file, 'data')), { code: 'data-folder-read-only', message: /cannot be written to/ });

  const versions = join(temporary, 'versions');
  mkdirSync(join(versions, 'postgres', 'data'), { recursive: true });
  for (const [version, code] of [
    ['99', 'database-too-new'],
    ['9.6', 'database-too-old'],
  ] as const) {
    writeFileSync(join(versions, 'postgres', 'data', 'PG_VERSION'), `${version}\n`);
    await assert.rejects(start(versions), { name: 'StartError', code, message: /^[^\n]+$/ });
  }

  const broken = join(temporary, 'broken');
  const database = await start(broken);
  await database.stop();
  rmSync(join(database.pgdata, 'global', 'pg_control'));
  await assert.rejects(start(broken), { code: 'database-did-not-start', message: /pg_control[^\n]+$/ });
});

test('a folder that may not be written to is told', { skip: process.getuid?.() === 0 }, async () => {
  const readOnly = join(temporary, 'read-only');
  mkdirSync(readOnly);
  chmodSync(readOnly, 0o500);
  await assert.rejects(start(join(readOnly, 'data')), { code: 'data-folder-read-only' });
});

/** A program of its own that holds the server, to be killed. */
async function startInProcess(data: string) {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)});
    const database = await startEmbedded({ dataFolder: ${JSON.stringify(data)}, fsync: false });
    console.log(JSON.stringify(database));
    setInterval(() => {}, 1000);`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const database = JSON.parse(String(line)) as EmbeddedDatabase;
  return { ...database, process: child, postmaster: postmaster(database) };
}
