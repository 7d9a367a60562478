import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testDatabase } from '#test/database.ts';
import { openDatabase } from './pool.ts';
import { sql } from './sql.ts';

const { connection } = await testDatabase();
const database = openDatabase(connection, { max: 1 });
const outside = openDatabase(connection, { max: 1 });
const add = (id: number, word: string | null) => sql`insert into public.kept (id, word) values (${id}, ${word})`;
const kept = async () => (await outside.run('select id, word from public.kept order by id')) as [number, string][];

before(() => database.run('create table public.kept (id int primary key, word text not null)'));
after(async () => {
  await database.close();
  await outside.close();
});

test('a transaction that ends with its last statement, with a commit of its own, or without a word', async () => {
  await database.transaction(async (inside) => {
    assert.equal(await inside.execute(add(1, 'one')), 1);
    assert.deepEqual(await kept(), []);
    assert.deepEqual(await inside.finish(sql`update public.kept set word = ${'uno'} where id = ${1} returning word`), [
      ['uno'],
    ]);
    assert.deepEqual(await kept(), [[1, 'uno']]);
    await assert.rejects(inside.run(add(2, 'two')), /has ended/);
  });
  await database.transaction((inside) => inside.finish(add(2, 'two')));
  await database.transaction((inside) => inside.run(add(3, 'three')));
  await database.transaction(async () => {});
  await database.transaction(async (inside) => {
    await inside.client.query("insert into public.kept values (4, 'four')");
  });
  assert.deepEqual(
    (await kept()).map(([id]) => id),
    [1, 2, 3, 4],
  );
});

test('a failure at any place keeps nothing, and leaves the connection and its statements usable', async () => {
  const before = await kept();
  for (const failing of [add(1, 'again'), add(5, null), sql`select ${'x'}::int`, sql`select nonsense(${1})`]) {
    // Thrice: new, seen for the second time and so prepared, and prepared.
    for (let time = 0; time < 3; time++) {
      await assert.rejects(database.transaction((inside) => inside.run(failing)));
      await assert.rejects(database.transaction((inside) => inside.finish(failing)));
      await assert.rejects(
        database.transaction(async (inside) => {
          await inside.run(add(6, 'six'));
          await inside.finish(failing);
        }),
      );
      await assert.rejects(
        database.transaction(async (inside) => {
          await inside.run(add(6, 'six'));
          await inside.run(failing).catch(() => {});
        }),
        /had failed/,
      );
    }
  }
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  await assert.rejects(database.run('select $1::jsonb', [circle]), /circular/i);
  assert.deepEqual(await kept(), before);
  await database.transaction((inside) => inside.run(add(5, 'five')));
  assert.equal((await kept()).length, before.length + 1);
});

test('a prepared statement whose table was changed is prepared anew, in a transaction as well', async () => {
  const read = () => database.run('select id, word from public.kept where id = $1', [1]);
  for (let time = 0; time < 3; time++) assert.deepEqual(await read(), [[1, 'uno']]);
  await outside.run('alter table public.kept alter column word type varchar(20)');
  assert.deepEqual(await read(), [[1, 'uno']]);
  await outside.run("alter table public.kept alter column word type text[] using array[word, 'x']");
  assert.deepEqual(
    await database.transaction((inside) => inside.run('select id, word from public.kept where id = $1', [1])),
    [[1, ['uno', 'x']]],
  );
  assert.deepEqual(await read(), [[1, ['uno', 'x']]]);
});
