import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '#test/database.ts';
import { type Database, openDatabase } from '../database/pool.ts';
import { StartError } from '../database/start-error.ts';
import { Problem } from '../problems/problem.ts';
import { ownObjects } from './own-objects.ts';
import { preparePlatform } from './platform.ts';
import { createWorkspace, listWorkspaces, type NewWorkspace, openWorkspace } from './workspace.ts';

const { connection } = await testDatabase();
const db = openDatabase(connection, { max: 4 });
await preparePlatform(db, '1.0.0');
after(() => db.close());

const shipped = [...ownObjects];
const litera: NewWorkspace = {
  name: 'Litera UAB',
  language: 'lt',
  currency: 'EUR',
  timeZone: 'Europe/Vilnius',
  country: 'LT',
};

test('the platform is prepared by several processes at once, and again', async () => {
  await Promise.all([1, 2, 3].map(() => preparePlatform(db, '1.0.1')));
  assert.deepEqual(await db.run('select program_version from platform.meta'), [['1.0.1']]);
});

test('a database of a newer program, an old server and a missing extension are told apart in one line', async () => {
  await db.run('update platform.meta set schema_version = schema_version + 1');
  await assert.rejects(preparePlatform(db, '1.0.0'), isStartError('database-too-new'));
  await db.run('update platform.meta set schema_version = schema_version - 1');

  const old = { ...db, run: async () => [[140_012, '14.12']] } as unknown as Database;
  await assert.rejects(preparePlatform(old, '1.0.0'), isStartError('database-too-old'));

  const bare = await testDatabase();
  await bare.pool.query(
    `create role poor_${process.pid}; grant connect on database "${bare.connection.database}" to poor_${process.pid}`,
  );
  const poor = openDatabase({ ...bare.connection }, { max: 1 });
  await poor.run(`set role poor_${process.pid}`);
  await assert.rejects(preparePlatform(poor, '1.0.0'), isStartError('extension-missing'));
  await poor.close();
  await bare.pool.query(
    `revoke all on database "${bare.connection.database}" from poor_${process.pid}; drop role poor_${process.pid}`,
  );
});

test('an extension that is there already is used where it is', async () => {
  const managed = await testDatabase();
  await managed.pool.query('create extension pg_trgm schema public');
  const other = openDatabase(managed.connection, { max: 2 });
  await preparePlatform(other, '1.0.0');
  await createWorkspace(other, litera, shipped);
  const [row] = await other.run(`select pg_get_indexdef('ws_litera_uab.ix_user__search_text'::regclass)`);
  assert.match(row![0] as string, /public\.gin_trgm_ops/);
  await other.close();
});

test('a workspace has its schema, its settings, its model and a counter for its events', async () => {
  const workspace = await createWorkspace(db, litera, shipped);
  assert.equal(workspace.slug, 'litera_uab');
  assert.equal(workspace.schema, 'ws_litera_uab');
  assert.deepEqual(workspace.settings, { language: 'lt', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' });
  assert.equal(workspace.model.objects.get('user')!.title.name, 'name');
  assert.equal(workspace.version, 1);
  assert.deepEqual(await db.run('select name, value from ws_litera_uab.counter'), [['event', 0]]);
  assert.deepEqual(
    await db.run('select object, live, trash from ws_litera_uab.object_count'),
    ownObjects.map(({ name }) => [name, 0, 0]),
  );
  assert.equal(await openWorkspace(db, 'litera_uab', shipped), workspace);
});

test('names of companies become slugs, also hostile ones and ones without a Latin letter', async () => {
  const slugs = ['Žalioji Girininkija', '李小龍', `"; drop schema platform cascade; --`, '42', `'\\"`, 'x'.repeat(200)];
  for (const name of slugs) await createWorkspace(db, { ...litera, name }, shipped);
  const again = await createWorkspace(db, { ...litera, name: 'Žalioji girininkija!' }, shipped);
  assert.equal(again.slug, 'zalioji_girininkija_2');
  const made = (await listWorkspaces(db)).map((entry) => entry.slug);
  assert.deepEqual(made.slice(1), [
    'zalioji_girininkija',
    'company',
    'drop_schema_platform_ca',
    'company_2',
    'company_3',
    'x'.repeat(24),
    'zalioji_girininkija_2',
  ]);
});

test('settings that make no sense are refused field by field, and nothing is made', async () => {
  const before = await listWorkspaces(db);
  const bad = { name: ' ', slug: 'a-b"', language: 'xx', currency: 'XXXX', timeZone: 'Mars/Olympus', country: 'lt' };
  await assert.rejects(createWorkspace(db, bad as unknown as NewWorkspace, shipped), (error: Problem) => {
    assert.equal(error.code, 'request.invalid');
    assert.deepEqual(
      error.errors.map(({ field }) => field),
      ['name', 'slug', 'language', 'currency', 'timeZone', 'country'],
    );
    return true;
  });
  await assert.rejects(createWorkspace(db, { ...litera, slug: 'litera_uab' }, shipped), hasProblem('workspace.exists'));
  await assert.rejects(createWorkspace(db, { ...litera, name: 'a\u0000b' }, shipped), hasProblem('request.invalid'));
  assert.deepEqual(await listWorkspaces(db), before);
  await assert.rejects(openWorkspace(db, 'nowhere', shipped), hasProblem('workspace.not-found'));
});

test('a table or index without a primary key, a trigger, a sequence or a long name does not exist', async () => {
  const rows = await db.run(
    `select format('%s.%s', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where (n.nspname like 'ws\\_%' or n.nspname = 'platform')
       and (length(c.relname) > 50 or c.relkind = 'S' or c.relhastriggers and exists
              (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
            or c.relkind in ('r', 'p') and not exists
              (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p'))`,
  );
  assert.deepEqual(rows, []);
});

function isStartError(code: string) {
  return (error: unknown) => error instanceof StartError && error.code === code && !error.message.includes('\n');
}

function hasProblem(code: string) {
  return (error: unknown) => error instanceof Problem && error.code === code;
}
