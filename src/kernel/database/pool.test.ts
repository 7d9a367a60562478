import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Problem } from '#kernel/problems/problem.ts';
import { testDatabase } from '#test/database.ts';
import { raw, sql } from '../query/sql.ts';
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

test('what comes a second time is prepared, on each connection the last few hundred', async () => {
  const one = openDatabase(connection, { max: 1 });
  const countOf = async () =>
    (
      await one.run('select count(*), count(*) filter (where statement like $1) from pg_prepared_statements', [
        '%once%',
      ])
    )[0];
  const shape = (n: number, word: string) => sql`select ${n}::int, ${raw(`'${word} ${n}'`)}`;
  await one.run(shape(0, 'once'));
  for (let n = 0; n < 320; n++) for (let time = 0; time < 3; time++) await one.run(shape(n, 'again'));
  const [all, once] = (await countOf()) as [number, number];
  assert.ok(all >= 299 && all <= 301, `${all}`);
  assert.equal(once, 0);
  // The first ones were let go, and are prepared once more.
  for (let time = 0; time < 3; time++) assert.deepEqual(await one.run(shape(0, 'again')), [[0, 'again 0']]);
  // Letting go fails in a failed transaction: the statement stays, and works.
  await assert.rejects(
    one.transaction(async (inside) => {
      await assert.rejects(inside.run('select 1/0'));
      await assert.rejects(inside.run(shape(1, 'again')));
    }),
  );
  for (let n = 0; n < 320; n++) assert.deepEqual(await one.run(shape(n, 'again')), [[n, `again ${n}`]]);
  await one.close();
});
