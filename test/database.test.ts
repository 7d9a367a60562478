import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { prepareTemplate, type TestDatabase, testDatabase } from './database.ts';

let early: TestDatabase;
before(async () => {
  early = await testDatabase();
});

test('a test database is empty, the file’s own, and knows Lithuanian letters', async () => {
  const { rows } = await early.pool.query("select count(*)::int as tables from pg_tables where schemaname = 'public'");
  assert.equal(rows[0].tables, 0);
  await early.pool.query('create table mine (name text)');
  const other = await testDatabase();
  await assert.rejects(other.pool.query('select * from mine'), { code: '42P01' });
  const lower = await other.pool.query("select lower('ŽUVĖDRA') as name");
  assert.equal(lower.rows[0].name, 'žuvėdra');
});

test('a template is filled once, however many ask, and every copy is separate', async () => {
  let fills = 0;
  const name = `shelf ${process.pid}`;
  const prepare = () =>
    prepareTemplate(name, async (connection) => {
      fills++;
      const client = new pg.Client(connection);
      await client.connect();
      await client.query('create table shelf (label text)');
      await client.query("insert into shelf values ('tea')");
      await client.end();
    });
  await Promise.all([prepare(), prepare(), prepare()]);
  assert.equal(fills, 1);
  const [one, two] = await Promise.all([testDatabase({ template: name }), testDatabase({ template: name })]);
  await one.pool.query("insert into shelf values ('coffee')");
  assert.deepEqual((await two.pool.query('select label from shelf')).rows, [{ label: 'tea' }]);
});

test('a template whose filling failed is made anew', async () => {
  const name = `broken ${process.pid}`;
  await assert.rejects(
    prepareTemplate(name, async () => {
      throw new Error('no paint');
    }),
    /no paint/,
  );
  await prepareTemplate(name, async () => {});
  await testDatabase({ template: name });
});

test('a dropped database is gone', async () => {
  const database = await testDatabase();
  await database.drop();
  const client = new pg.Client(database.connection);
  await assert.rejects(client.connect(), { code: '3D000' });
});
