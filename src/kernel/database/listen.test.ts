import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeDrop, testDatabase } from '#test/database.ts';
import { listen } from './listen.ts';
import { openDatabase } from './pool.ts';

const { connection } = await testDatabase();
const database = openDatabase(connection);
beforeDrop(() => database.close());

const backends = async () => {
  const rows = await database.run(
    `select pid from pg_stat_activity where datname = current_database() and query like 'listen %'`,
  );
  return rows.map(([pid]) => pid as number);
};

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++, await sleep(20)) assert.ok(tries < 300, 'in vain');
}

test('all who listen share a connection, hear their own channel, and hear again after it was lost', async () => {
  const heard: string[] = [];
  const say = (channel: string, payload: string) => database.run('select pg_notify($1, $2)', [channel, payload]);
  const one = listen(database, 'one', (payload) => heard.push(`one ${payload}`));
  const two = listen(database, 'Two"', (payload) => heard.push(`two ${payload}`));
  await until(async () => (await backends()).length === 1);
  const late = listen(database, 'one', (payload) => heard.push(`late ${payload}`));
  const other = listen(database, 'other', (payload) => heard.push(`other ${payload}`));
  await until(async () => {
    await say('other', '');
    return heard.includes('other ');
  });
  await say('one', '1');
  await say('Two"', '2');
  await until(() => heard.includes('two 2'));
  const ofOthers = heard.filter((text) => !text.startsWith('other'));
  assert.deepEqual(ofOthers, ['one 1', 'late 1', 'two 2']);

  const [lost] = await backends();
  await database.run('select pg_terminate_backend($1)', [lost]);
  heard.length = 0;
  await until(async () => {
    await say('one', 'again');
    return heard.includes('one again') && heard.includes('late again');
  });

  await Promise.all([one.stop(), late.stop(), other.stop()]);
  assert.equal((await backends()).length, 1);
  await two.stop();
  await until(async () => (await backends()).length === 0);
});

test('whoever stops at once leaves no connection behind', async () => {
  await listen(database, 'short', () => {}).stop();
  await until(async () => (await backends()).length === 0);
});
