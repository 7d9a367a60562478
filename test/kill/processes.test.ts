/** Two whole servers on one database, both with readers and jobs, one of them killed: each event is read once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pg from 'pg';
import { seeded } from '#test/seeded.ts';
import { testDatabase } from '../database.ts';
import { type Server, startServer, tendero } from '../program.ts';
import { auditHistory, auditReaders, auditTables, lagOfReaders } from './audit.ts';
import { openShop, type Shop, work } from './clients.ts';
import { asker, type Entry, newLedger, settle } from './ledger.ts';
import { eventually } from './site.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendero-processes-'));
const running = new Set<Server>();
after(() => {
  for (const server of running) server.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('two servers on one database, one killed and started again: nothing is read or written twice', async () => {
  const { connection } = await testDatabase();
  const { user, password, database, host, port } = connection;
  const env = {
    TENDERO_DATA: folder,
    DATABASE_URL: `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(host!)}&port=${port}`,
  };
  const made = await tendero(
    env,
    'setup',
    '--company',
    'Kill',
    '--email',
    'ona@example.com',
    '--password',
    'kava ir pyragas',
  );
  assert.equal(made.code, 0, made.stderr);
  const { stdout } = await tendero(env, 'key', 'create', '--email', 'ona@example.com', '--json');
  const { key } = JSON.parse(stdout) as { key: string };
  const start = async () => {
    const server = await startServer(env);
    running.add(server);
    return server;
  };
  const servers = await Promise.all([start(), start()]);
  const ledger = newLedger();
  const asks = [0, 1].map((index) => asker(ledger, () => servers[index]!.url, key));
  const shop: Shop = { ledger, ask: asks[0]!, random: seeded(7), ...(await openShop(asks[0]!)) };
  const owned: Entry[][] = [[], [], [], []];

  const write = async (number: number, meanwhile: () => Promise<unknown>): Promise<void> => {
    const enough = ledger.told.acknowledged + number;
    let isOver = false;
    const writing = Promise.all(owned.map((own, index) => work({ ...shop, ask: asks[index % 2]! }, own, () => isOver)));
    await meanwhile();
    await eventually('written', 60_000, async () => (ledger.told.acknowledged < enough ? ['writes'] : []));
    isOver = true;
    await writing;
    assert.deepEqual(await settle(asks[0]!, [...ledger.entries.values()]), []);
  };
  await write(150, async () => {});
  await write(100, async () => {
    await servers[1]!.stop('SIGKILL');
    servers[1] = await start();
  });

  assert.deepEqual(ledger.unexpected, []);
  const client = new pg.Client(connection);
  await client.connect();
  await eventually('every reader at the end', 30_000, () => lagOfReaders(client));
  assert.deepEqual(await auditTables(client), []);
  assert.deepEqual(await auditHistory(client, ledger), []);
  assert.deepEqual(await auditReaders(client, shop.colleague), []);
  await client.end();
  for (const { code, stderr } of await Promise.all(servers.map((server) => server.stop())))
    assert.equal(code, 0, stderr);
});
