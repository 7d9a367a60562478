import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Problem } from '#kernel/problems/problem.ts';
import { testDatabase } from '#test/database.ts';
import { openDatabase } from './pool.ts';

const { connection } = await testDatabase();
const database = openDatabase(connection, { max: 2, statementTimeout: 200, connectTimeout: 300 });
after(() => database.close());

const code = (wanted: string) => (error: unknown) => (error as Problem).code === wanted;

test('a statement that takes too long is ended; a transaction takes its time', async () => {
  await assert.rejects(database.run('select pg_sleep(5)'), code('query.too-slow'));
  await database.transaction((inside) => inside.run('select pg_sleep(0.4)'));
  const own = await database.dedicated();
  await own.query('select pg_sleep(0.4)');
  await own.end();
  // The limit does not stay lifted on the connection of the transaction.
  await Promise.all([1, 2].map(() => assert.rejects(database.run('select pg_sleep(5)'), code('query.too-slow'))));
});

test('who finds no free connection is told that too much is going on', async () => {
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const holders = [1, 2].map(() => database.transaction(() => held));
  await assert.rejects(database.run('select 1'), code('database.busy'));
  release();
  await Promise.all(holders);
  assert.deepEqual(await database.run('select 1'), [[1]]);
});
