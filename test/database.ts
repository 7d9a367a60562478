/**
 * A fresh database for a test file. All files of a test run share one PostgreSQL server, which test/run.ts starts; a
 * file that is run alone (`node --test some.test.ts`) starts one for itself, 1 s, and removes it when it ends.
 */
import { randomBytes } from 'node:crypto';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startTestServer } from './server.ts';

export type TestDatabase = {
  connection: pg.ClientConfig;
  pool: pg.Pool;
  /** Called by itself when all tests of the file have ended. */
  drop(): Promise<void>;
};

/** An empty database, or a copy of the template that `prepareTemplate` made (50 ms for 120 tables). */
export async function testDatabase({ template }: { template?: string } = {}): Promise<TestDatabase> {
  const server = await testServer();
  const database = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await administer(server, (client) =>
    whenFree(() =>
      client.query(`create database ${database} template ${template ? templateName(template) : 'template1'}`),
    ),
  );
  const connection = { ...server, database };
  const pool = new pg.Pool({ ...connection, max: 10, allowExitOnIdle: true });
  pool.on('error', () => {});
  const drop = async (): Promise<void> => {
    drops.delete(drop);
    await pool.end();
    await administer(server, (client) => client.query(`drop database if exists ${database} with (force)`));
  };
  drops.add(drop);
  return { connection, pool, drop };
}

/**
 * Makes a database for `testDatabase({ template })` to copy, once per server, however many test processes ask for it at
 * the same moment. `fill` must close the connections that it opens.
 */
export async function prepareTemplate(
  name: string,
  fill: (connection: pg.ClientConfig) => Promise<void>,
): Promise<void> {
  const server = await testServer();
  const template = templateName(name);
  const unfinished = `${template}_unfinished`;
  await administer(server, async (client) => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount) return;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished}`);
    await fill({ ...server, database: unfinished });
    await whenFree(() => client.query(`alter database ${unfinished} rename to ${template}`));
  });
}

/** Ends what uses a database before it is dropped, what came last first: hooks run in the order they were registered. */
export function beforeDrop(close: () => Promise<unknown>): void {
  closings.unshift(close);
}

const closings: (() => Promise<unknown>)[] = [];
const drops = new Set<() => Promise<void>>();

let ownServer: ReturnType<typeof startTestServer> | undefined;

// Here, where it belongs to the whole file: made inside a `before` hook, it would run at the end of that hook.
after(async () => {
  for (const close of closings) await close();
  await Promise.all([...drops].map((drop) => drop()));
  await (await ownServer)?.stop();
});

async function testServer(): Promise<pg.ClientConfig> {
  const shared = process.env.TENDERO_TEST_SERVER;
  if (shared) return JSON.parse(shared) as pg.ClientConfig;
  ownServer ??= startTestServer();
  return (await ownServer).connection;
}

function templateName(name: string): string {
  return `tendero_test_template_${name.replaceAll(/\W/g, '_').toLowerCase()}`;
}

async function administer(server: pg.ClientConfig, act: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

/** A connection to a template that was closed a moment ago still counts as open (55006). */
async function whenFree(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await act();
      return;
    } catch (error) {
      if ((error as pg.DatabaseError).code !== '55006' || tries === 100) throw error;
      await sleep(20);
    }
  }
}
