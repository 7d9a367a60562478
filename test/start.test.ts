/** The program as people start, stop, kill and ask it: real processes on a real data folder. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { testDatabase } from './database.ts';
import { type Ended, runProgram, type Server, startServer, startServerInShell, tendero } from './program.ts';

const temporary = mkdtempSync(join(tmpdir(), 'tendero-start-'));
const data = join(temporary, 'data');
const env = { TENDERO_DATA: data };
const running = new Set<Server>();
after(async () => {
  await Promise.all([...running].map((server) => server.stop('SIGKILL')));
  for (const folder of [data, join(temporary, 'other')]) killPostgres(folder);
  rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function start(variables: Record<string, string> = env, ...args: string[]): Promise<Server> {
  const server = await startServer(variables, ...args);
  running.add(server);
  server.process.once('exit', () => running.delete(server));
  return server;
}

function postgresOf(folder: string): number | undefined {
  const file = join(folder, 'postgres', 'data', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

function killPostgres(folder: string): void {
  const pid = postgresOf(folder);
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** An ended process that init has not yet taken notice of is no running one. */
async function hasEnded(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    if (/\) Z /.test(state)) return true;
    await sleep(100);
  }
  return false;
}

/** One line on stderr, nothing that looks like a stack, and the right exit code. */
function assertRefused({ code, stderr, stdout }: Ended, exitCode: number, words: RegExp): void {
  assert.equal(code, exitCode, stdout + stderr);
  assert.match(stderr, words);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  assert.doesNotMatch(stderr, /\bat .*:\d+:\d+/);
}

function addressOf({ user, password, database, host, port }: pg.ClientConfig): string {
  return `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(host!)}&port=${port}`;
}

const account = { name: 'Žuvėdra, UAB' };
let key = '';

async function ask(
  server: Server,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${server.url}/api/${path}`, {
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('what cannot be started is refused in one line, before anything is made', async () => {
  const untouched = { TENDERO_DATA: join(temporary, 'untouched') };
  const server = 'src/server/main.ts';
  assertRefused(await runProgram(server, [], { ...untouched, PORT: 'eighty' }), 2, /PORT/);
  assertRefused(await runProgram(server, ['--run=all'], untouched), 2, /--run/);
  const [reached, named, spelled] = await Promise.all([
    runProgram(server, [], { PORT: '0', DATABASE_URL: 'postgresql://ona:secret@127.0.0.1:1/tendero' }),
    runProgram(server, [], { PORT: '0', DATABASE_URL: 'postgresql://ona:secret@nowhere.invalid/tendero' }),
    runProgram(server, [], { PORT: '0', DATABASE_URL: 'mysql://ona:secret@127.0.0.1/tendero' }),
  ]);
  assertRefused(reached, 5, /nothing listens at 127\.0\.0\.1:1/);
  assertRefused(named, 5, /nowhere\.invalid/);
  assertRefused(spelled, 5, /postgresql:\/\//);
  for (const { stderr } of [reached, named, spelled]) assert.doesNotMatch(stderr, /secret/);

  const file = join(temporary, 'file');
  writeFileSync(file, '');
  assertRefused(await runProgram(server, [], { TENDERO_DATA: join(file, 'data'), PORT: '0' }), 4, /cannot be written/);
  const future = join(temporary, 'future');
  mkdirSync(join(future, 'postgres', 'data'), { recursive: true });
  writeFileSync(join(future, 'postgres', 'data', 'PG_VERSION'), '99\n');
  assertRefused(await runProgram(server, [], { TENDERO_DATA: future, PORT: '0' }), 6, /PostgreSQL 99/);
  assert.equal(existsSync(untouched.TENDERO_DATA), false);
});

test('a database that a newer Tendero upgraded, or that does not let us in, is refused', async () => {
  const { connection, pool } = await testDatabase();
  await pool.query('create schema platform');
  await pool.query('create table platform.meta (single boolean, schema_version integer, program_version text)');
  await pool.query(`insert into platform.meta values (true, 999, '9.0.0')`);
  const newer = await runProgram('src/server/main.ts', [], { PORT: '0', DATABASE_URL: addressOf(connection) });
  assertRefused(newer, 6, /newer Tendero/);
  const wrong = await runProgram('src/server/main.ts', [], {
    PORT: '0',
    DATABASE_URL: addressOf({ ...connection, password: 'wrong' }),
  });
  assertRefused(wrong, 5, /not let in/);
});

test('set up by the command line, served, and every write is there after kill -9', async (t) => {
  const made = await tendero(
    env,
    'setup',
    '--company',
    'Žalia',
    '--email',
    'ona@zalia.lt',
    '--password',
    'kava ir pyragas',
    '--language',
    'lt',
    '--json',
  );
  assert.equal(made.code, 0, made.stderr);
  assert.ok(JSON.parse(made.stdout).workspaceId);
  assert.equal(postgresOf(data), undefined, 'a command that started the database stops it');

  const began = performance.now();
  const first = await start();
  t.diagnostic(`ready ${Math.round(performance.now() - began)} ms after the start`);
  const health = await fetch(`${first.url}/api/health`);
  assert.equal(health.status, 200);
  assert.equal(((await health.json()) as { status: string }).status, 'ok');

  const again = await tendero(
    env,
    'setup',
    '--company',
    'B',
    '--email',
    'b@b.lt',
    '--password',
    'kava ir pyragas',
    '--json',
  );
  assert.equal(again.code, 1);
  assert.equal(JSON.parse(again.stdout).error.code, 'setup.done');

  const { stdout } = await tendero(env, 'key', 'create', '--email', 'ona@zalia.lt', '--name', 'test', '--json');
  key = JSON.parse(stdout).key;
  const created = await ask(first, 'records/account', account);
  assert.equal(created.status, 201, JSON.stringify(created.body));

  const [second, busy] = await Promise.all([
    runProgram('src/server/main.ts', [], { ...env, PORT: '0' }),
    runProgram('src/server/main.ts', [], { TENDERO_DATA: join(temporary, 'untouched'), PORT: new URL(first.url).port }),
  ]);
  assertRefused(second, 7, /already running/);
  assertRefused(busy, 3, /Port \d+ is in use/);
  assert.equal(existsSync(join(temporary, 'untouched')), false);
  assert.equal((await fetch(`${first.url}/api/health`)).status, 200);

  await first.stop('SIGKILL');
  const next = await start();
  const found = await ask(next, `records/account/${created.body.id}`);
  assert.equal(found.body.name, account.name, JSON.stringify(found.body));

  await t.test('PostgreSQL killed under it is started again, and takes its lock back', async () => {
    const before = postgresOf(data)!;
    process.kill(before, 'SIGKILL');
    const away = await ask(next, 'records/account?limit=1');
    if (away.status !== 200) assert.deepEqual([away.status, away.body.code], [503, 'database.unavailable']);
    for (let tries = 0; (await ask(next, 'records/account?limit=1')).status !== 200; tries++) {
      assert.ok(tries < 100, next.output());
      await sleep(100);
    }
    assert.notEqual(postgresOf(data), before);
    await sleep(1_000);
    assertRefused(await runProgram('src/server/main.ts', [], { ...env, PORT: '0' }), 7, /already running/);
  });

  const other = { TENDERO_DATA: join(temporary, 'other') };
  let isCopied = false;
  await t.test('a backup of the running server comes back somewhere else', async () => {
    const file = join(temporary, 'backup.tar.gz');
    const written = await tendero(env, 'backup', file, '--json');
    assert.equal(written.code, 0, written.stderr);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assertRefused(await tendero(env, 'restore', file, '--force'), 7, /Stop it first/);

    const restored = await tendero(other, 'restore', file, '--json');
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(JSON.parse(restored.stdout).rows, JSON.parse(written.stdout).rows);
    const copy = await start(other);
    const there = await ask(copy, `records/account/${created.body.id}`);
    assert.equal(there.body.name, account.name, JSON.stringify(there.body));
    assert.equal((await ask(copy, 'records/account', { name: 'Nauja' })).status, 201);
    assert.equal((await copy.stop('SIGINT')).code, 0);
    isCopied = true;
  });

  const shells = { skip: process.platform === 'win32' && 'there is no shell between' };
  await t.test(
    'below npm, whose shell alone gets the signal, it stops too, and can be started at once',
    shells,
    async () => {
      assert.ok(isCopied);
      const below = await startServerInShell(other);
      running.add(below);
      below.process.kill('SIGTERM');
      const next = await start({ ...other, PORT: new URL(below.url).port });
      running.delete(below);
      assert.equal((await ask(next, `records/account/${created.body.id}`)).status, 200);
      const pid = postgresOf(other.TENDERO_DATA)!;
      assert.equal((await next.stop()).code, 0);
      assert.ok(await hasEnded(pid));
    },
  );

  await t.test('a new password signs everybody out, a revoked key opens nothing', async () => {
    const { stdout } = await tendero(env, 'password', '--email', 'ona@zalia.lt', '--json');
    const signedIn = await fetch(`${next.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ona@zalia.lt', password: JSON.parse(stdout).password }),
    });
    assert.equal(signedIn.status, 200);
    const revoked = await tendero(env, 'key', 'revoke', key.slice(0, 8));
    assert.equal(revoked.code, 0, revoked.stderr);
    for (let tries = 0; (await ask(next, 'records/account?limit=1')).status !== 401; tries++) {
      assert.ok(tries < 100, 'the key still opens the door');
      await sleep(100);
    }
  });

  await t.test('SIGTERM finishes what is under way and leaves no process behind', async () => {
    const pid = postgresOf(data)!;
    const { code, stderr } = await next.stop();
    assert.equal(code, 0, stderr);
    assert.ok(await hasEnded(pid));
    assert.equal(postgresOf(data), undefined);
  });
});

test('web and worker as two processes on one database: one is served, the other counts', async () => {
  const { connection } = await testDatabase();
  const variables = { DATABASE_URL: addressOf(connection), TENDERO_DATA: join(temporary, 'files-only') };
  const made = await tendero(
    variables,
    'setup',
    '--company',
    'A',
    '--email',
    'a@a.lt',
    '--password',
    'kava ir pyragas',
  );
  assert.equal(made.code, 0, made.stderr);
  const web = await start(variables, '--run=web');
  const client = new pg.Client(connection);
  await client.connect();
  const count = async () =>
    (await client.query(`select coalesce(sum(live), 0)::integer as live from ws_a.object_count where object = 'user'`))
      .rows[0].live;
  assert.equal(await count(), 0, 'the web process counts nothing');
  const worker = await start(variables, '--run=worker');
  for (let tries = 0; (await count()) !== 1; tries++) {
    assert.ok(tries < 100, worker.output());
    await sleep(100);
  }
  await client.end();
  for (const { code, stderr } of await Promise.all([web.stop(), worker.stop()])) assert.equal(code, 0, stderr);
});
