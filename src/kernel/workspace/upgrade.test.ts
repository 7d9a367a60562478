import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { v7 as newId } from 'uuid';
import { testDatabase } from '#test/database.ts';
import { openDatabase } from '../database/pool.ts';
import { StartError } from '../database/start-error.ts';
import type { FieldDefinition } from '../fields/registry.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { changeDefinitions } from './definitions.ts';
import { ownObjects } from './own-objects.ts';
import { preparePlatform } from './platform.ts';
import { upgradeWorkspaces } from './upgrade.ts';
import { createWorkspace, type NewWorkspace, openWorkspace } from './workspace.ts';

const { connection } = await testDatabase();
const db = openDatabase(connection, { max: 6 });
await preparePlatform(db, '1.0.0');
after(() => db.close());

const litera: NewWorkspace = {
  name: 'Litera',
  language: 'lt',
  currency: 'EUR',
  timeZone: 'Europe/Vilnius',
  country: 'LT',
};

/** What a version shipped. */
const account: ObjectDefinition = {
  name: 'account',
  plural: 'accounts',
  title: 'name',
  icon: 'building',
  fields: {
    name: { type: 'text', required: true, search: true },
    stars: { type: 'rating' },
    fax: { type: 'text', required: true },
    score: { type: 'formula', returns: 'decimal', formula: 'stars * 2', index: true },
    parent: { type: 'reference', to: 'account' },
  },
};
const older: ObjectDefinition[] = [...ownObjects, account];

/** What the next one ships: fields more and fewer, another formula, a wider number, an object more. */
const { fax: _fax, ...rest } = account.fields;
const newer: ObjectDefinition[] = [
  ...ownObjects,
  {
    ...account,
    fields: {
      ...rest,
      stars: { type: 'integer' },
      score: { type: 'formula', returns: 'decimal', formula: 'stars * 3', index: true },
      status: { type: 'select', required: true, default: 'open', index: true, options: [{ value: 'open' }] },
      parent: { type: 'reference', to: 'account', onDelete: 'restrict' },
      phones: { type: 'phone', many: true, search: true },
    } as Record<string, FieldDefinition>,
  },
  {
    name: 'task',
    plural: 'tasks',
    title: 'subject',
    icon: 'checkbox',
    fields: { subject: { type: 'text', required: true }, account: { type: 'reference', to: 'account' } },
  },
];

test('an upgrade that is killed again and again arrives, with the data of the older version', {
  timeout: 120_000,
}, async () => {
  await createWorkspace(db, litera, older);
  await changeDefinitions(
    db,
    await openWorkspace(db, 'litera', older),
    { kind: 'addField', object: 'account', name: 'segment', definition: { type: 'text', index: true } },
    { shipped: older, userId: null },
  );
  await db.run(
    `insert into ws_litera.account (id, name, stars, fax, x_segment, created_at, updated_at)
     select gen_random_uuid(), 'Account ' || n, n % 5, '+370', 'a', now(), now() from generate_series(1, 1000) n`,
  );
  // As if it were large, so that indexes are built outside transactions.
  await db.run(`update ws_litera.object_count set live = 1000000 where object = 'account'`);

  let kills = 0;
  while ((await upgradeInChild(newer)) === 'SIGKILL') {
    kills++;
    const [row] = await db.run('select state, journal_done from platform.workspace');
    assert.equal(row![0], 'upgrading');
    assert.ok(kills < 100);
  }
  assert.ok(kills >= 5, `killed ${kills} times`);

  assert.deepEqual(await db.run('select state, journal from platform.workspace'), [['ready', null]]);
  assert.deepEqual(
    await db.run(`select count(*), sum(score), min(status), min(fax), min(x_segment) from ws_litera.account`),
    [[1000, 6000, 'open', '+370', 'a']],
  );
  const invalid = await db.run('select indexrelid::regclass::text from pg_index where not indisvalid');
  assert.deepEqual(invalid, []);
  // The older version's required field is in nobody's way.
  await db.run(
    `insert into ws_litera.account (id, name, status, created_at, updated_at) values ($1, 'New', 'open', now(), now())`,
    [newId()],
  );
  assert.deepEqual(await upgradeWorkspaces(db, newer), []);
  const { model, version } = await openWorkspace(db, 'litera', newer);
  assert.ok(model.objects.get('account')!.fields.has('segment'));
  assert.equal(version, 3);
});

test('two programs that start at once upgrade once; the backup comes first, the jobs are told', async () => {
  await createWorkspace(db, { ...litera, name: 'Nova' }, older);
  const events: string[] = [];
  const start = () =>
    upgradeWorkspaces(db, newer, {
      backUp: async (slugs) => {
        const [row] = await db.run(`select to_regclass('ws_nova.task') is null`);
        events.push(`backup ${slugs} ${row![0] ? 'before' : 'after'}`);
      },
      onProgress: ({ workspace, done, total }) => {
        if (done === 0) events.push(`${workspace} ${total > 5}`);
      },
      onDerived: async (_connection, workspace, changes) => {
        events.push(`${workspace.schema} ${JSON.stringify(changes)}`);
      },
    });
  const results = await Promise.all([start(), start()]);
  assert.deepEqual(results.flat(), ['nova']);
  assert.deepEqual(events, [
    'backup nova before',
    'nova true',
    'ws_nova [{"object":"account","columns":["search_text"]}]',
  ]);
});

test('an upgrade that the records or the names do not allow is refused before anything is changed', async () => {
  await db.run('delete from platform.workspace');
  const workspace = await createWorkspace(db, { ...litera, name: 'Third' }, older);
  await db.run(
    `insert into ws_third.account (id, name, fax, created_at, updated_at) values ($1, 'A', '1', now(), now())`,
    [newId()],
  );
  const state = () => db.run('select snapshot, journal, definitions_version from platform.workspace');
  let before = await state();
  const withFields = (fields: Record<string, unknown>): ObjectDefinition[] => [
    ...ownObjects,
    { ...account, fields: { ...account.fields, ...fields } as Record<string, FieldDefinition> },
  ];
  const refusals: [Record<string, unknown>, RegExp][] = [
    [{ name: { type: 'integer' } }, /third cannot be upgraded: account\.name would have to change its type/],
    [
      { code: { type: 'text', required: true } },
      /third .*account\.code is required now, and some records have no value/,
    ],
    [{ score: { type: 'text' }, stars: { type: 'formula', returns: 'text', formula: 'name' } }, /account\.stars would/],
  ];
  for (const [fields, words] of refusals) {
    const backUp = async () => assert.fail('nothing is backed up');
    await assert.rejects(upgradeWorkspaces(db, withFields(fields), { backUp }), (error: unknown) => {
      assert.ok(error instanceof StartError);
      assert.equal(error.code, 'upgrade-refused');
      assert.match(error.message, words);
      return !error.message.includes('\n');
    });
  }
  assert.deepEqual(await state(), before);
  await changeDefinitions(
    db,
    workspace,
    { kind: 'addField', object: 'account', name: 'region', definition: { type: 'text' } },
    { shipped: older, userId: null },
  );
  before = await state();
  await assert.rejects(upgradeWorkspaces(db, withFields({ region: { type: 'text' } })), /region was added at run time/);
  assert.deepEqual(await state(), before);
});

/** Runs an upgrade in a process of its own, which kills itself after three more steps. */
function upgradeInChild(shipped: readonly ObjectDefinition[]): Promise<string | number> {
  const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `
    const { openDatabase } = await import(${here('../database/pool.ts')});
    const { upgradeWorkspaces } = await import(${here('./upgrade.ts')});
    const db = openDatabase(JSON.parse(process.env.CONNECTION));
    let steps = 0;
    const onProgress = () => { if (++steps > 3) process.kill(process.pid, 'SIGKILL'); };
    await upgradeWorkspaces(db, JSON.parse(process.env.SHIPPED), { onProgress });
    await db.close();
  `;
  const env = { ...process.env, CONNECTION: JSON.stringify(connection), SHIPPED: JSON.stringify(shipped) };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => resolve(signal ?? exitCode ?? 0));
  });
}
