import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Problem } from '#kernel/problems/problem.ts';
import { testDatabase } from '#test/database.ts';
import { openDatabase } from './pool.ts';
import { raw, sql } from './sql.ts';

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

test('a server at its end is not available, whatever was asked of it', async () => {
  const fail = (errcode: string) => `do $$ begin raise exception using errcode = '${errcode}'; end $$`;
  for (const errcode of ['53100', '53200', '53300', '58030']) {
    await assert.rejects(database.run(fail(errcode)), code('database.unavailable'));
    await assert.rejects(
      database.transaction((inside) => inside.run(fail(errcode))),
      code('database.unavailable'),
    );
  }
  await assert.rejects(database.run(fail('23505')), code('23505'));
});

test('a transaction begins with its first statement and ends with its last', async () => {
  const one = openDatabase(connection, { max: 1 });
  await one.run('create table if not exists public.kept (n int primary key)');
  const insert = (n: number) =>
    sql`insert into public.kept values (${n}::int) returning n, current_setting('statement_timeout')`;
  const kept = async () => (await one.run('select n from public.kept order by n')).flat();

  // Each statement first and last, of which the second time it is prepared; then alone, and without parameters.
  assert.deepEqual(await one.transaction((inside) => inside.finish(insert(1))), [[1, '0']]);
  assert.deepEqual(await one.transaction((inside) => inside.finish(insert(2))), [[2, '0']]);
  assert.deepEqual(await one.transaction((inside) => inside.run(insert(3))), [[3, '0']]);
  await one.transaction(async (inside) => {
    await inside.run('insert into public.kept values (4); insert into public.kept values (5)');
    await inside.finish(insert(6));
    await assert.rejects(inside.run(insert(7)));
  });
  // Two at once, and the driver's own client.
  await one.transaction((inside) => Promise.all([inside.run(insert(8)), inside.run(insert(9))]));
  await one.transaction(async ({ client }) => {
    await client.query('insert into public.kept values (10)');
  });
  assert.deepEqual(await kept(), [1, 2, 3, 4, 5, 6, 8, 9, 10]);

  // What fails leaves nothing, wherever it fails; the connection goes on.
  const refusals = [
    () => one.transaction((inside) => inside.finish(insert(1))),
    () => one.transaction((inside) => inside.run(insert(1))),
    () => one.transaction(async (inside) => [await inside.run(insert(20)), await inside.finish(insert(1))]),
    () =>
      one.transaction(async (inside) => {
        await inside.run(insert(21));
        throw new Error('no');
      }),
    () => one.transaction((inside) => inside.finish(sql`insert into public.nowhere values (${1}::int)`)),
    () =>
      one.transaction(async (inside) => [await inside.run(insert(22)), await inside.run(insert(1)).catch(() => {})]),
  ];
  for (const refused of refusals) for (let time = 0; time < 3; time++) await assert.rejects(refused());
  assert.deepEqual(await kept(), [1, 2, 3, 4, 5, 6, 8, 9, 10]);
  assert.deepEqual(await one.transaction(async () => 'nothing asked'), 'nothing asked');
  await one.close();
});

test('a statement may go out with the next one, with the commit, or when its answer is asked for', async () => {
  const one = openDatabase(connection, { max: 1 });
  await one.run('create table if not exists public.later (n int primary key, t text)');
  const text = 'insert into public.later values ($1, $2) returning n, t';
  const kept = async () => (await one.run('select n from public.later order by n')).flat();
  const counted = sql`select count(*), ${1}::int from public.later`;
  for (let time = 0; time < 3; time++) {
    const n = time * 10;
    const answers = await one.transaction(async (inside) => {
      const first = inside.later(text, [n, 'a']);
      assert.deepEqual(await inside.run(counted), [[n === 0 ? 1 : time * 5 + 1, 1]]);
      const second = inside.later(text, [n + 1, 'b']);
      const third = inside.later(text, [n + 2, 'c']);
      assert.deepEqual(await third(), [[n + 2, 'c']]);
      const fourth = inside.later(text, [n + 3, null]);
      await inside.run('select 1; select 2');
      const fifth = inside.later(text, [n + 4, 'e']);
      return [first, second, fourth, fifth];
    });
    const rows = await Promise.all(answers.map((answer) => answer()));
    assert.deepEqual(rows, [[[n, 'a']], [[n + 1, 'b']], [[n + 3, null]], [[n + 4, 'e']]]);
  }
  const all = await kept();
  assert.equal(all.length, 15);
  // The same statement twice in one message, at first not prepared.
  const fresh = openDatabase(connection, { max: 1 });
  const twice = await fresh.transaction(async (inside) => {
    const first = inside.later(text, [100, 'x']);
    return [await inside.run(text, [101, 'y']), await first()];
  });
  assert.deepEqual(twice, [[[101, 'y']], [[100, 'x']]]);
  assert.deepEqual(await fresh.run(text, [102, null]), [[102, null]]);
  await fresh.close();

  const refusals = [
    () => one.transaction(async (inside) => void inside.later(text, [0, ''])),
    () => one.transaction(async (inside) => [inside.later(text, [0, '']), await inside.run(counted)]),
    () => one.transaction(async (inside) => [inside.later(text, [0, '']), await inside.finish(counted)]),
    () => one.transaction(async (inside) => [inside.later(text, [200, '']), await inside.run(text, [0, ''])]),
    () => one.transaction((inside) => inside.later(text, [0, ''])()),
    () =>
      one.transaction(async (inside) => {
        inside.later(text, [201, '']);
        throw new Error('no');
      }),
    () => one.transaction(async (inside) => [inside.later('insert into public.nowhere values ($1)', [1])]),
  ];
  for (const refused of refusals) for (let time = 0; time < 3; time++) await assert.rejects(refused());
  assert.deepEqual(await kept(), [...all, 100, 101, 102]);
  await one.close();
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
