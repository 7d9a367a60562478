import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { testDatabase } from '#test/database.ts';
import { openDatabase } from '../database/pool.ts';
import type { FieldDefinition } from '../fields/registry.ts';
import type { DefinitionChange } from '../object/change-overlay.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { Problem } from '../problems/problem.ts';
import { changeDefinitions, type DefinitionsOptions } from './definitions.ts';
import { ownObjects } from './own-objects.ts';
import { preparePlatform } from './platform.ts';
import { createWorkspace, openWorkspace, watchDefinitions } from './workspace.ts';

const { connection } = await testDatabase();
const db = openDatabase(connection, { max: 6 });
await preparePlatform(db, '1.0.0');
after(() => db.close());

const account: ObjectDefinition = {
  name: 'account',
  plural: 'accounts',
  title: 'name',
  icon: 'building',
  fields: {
    name: { type: 'text', required: true, search: true },
    industry: { type: 'select', options: [{ value: 'retail' }, { value: 'food' }] },
    amount: { type: 'money' },
  },
};
const shipped = [...ownObjects, account];
const visit: ObjectDefinition = {
  name: 'visit',
  plural: 'visits',
  title: 'subject',
  icon: 'car',
  label: { en: { one: 'Visit', many: 'Visits' }, lt: { one: 'Vizitas', many: 'Vizitai' } },
  fields: {
    subject: { type: 'text', required: true, search: true },
    account: { type: 'reference', to: 'account', onDelete: 'restrict' },
    minutes: { type: 'integer', required: true, index: true },
    hours: { type: 'formula', returns: 'decimal', formula: 'minutes / 60', index: true },
  },
};

const workspace = await createWorkspace(
  db,
  { name: 'Litera', language: 'lt', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' },
  shipped,
);
const options: DefinitionsOptions = { shipped, userId: null };
const change = (what: DefinitionChange, more: Partial<DefinitionsOptions> = {}) =>
  changeDefinitions(db, workspace, what, { ...options, ...more });
const addField = (name: string, definition: object, object = 'account') =>
  change({ kind: 'addField', object, name, definition: definition as FieldDefinition });
const columns = async (table: string) =>
  (
    await db.run(
      `select attname::text from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
      [`${workspace.schema}.${table}`],
    )
  ).flat();
const insertAccount = (name: string, more: Record<string, unknown> = {}) => {
  const row = { id: newId(), name, created_at: new Date(), updated_at: new Date(), ...more };
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  return db.run(`insert into ${workspace.schema}.account (${names}) values (${places})`, Object.values(row));
};

describe('objects and fields at run time', () => {
  test('an object is a real table, known at once here and in other processes', async () => {
    const elsewhere = openDatabase(connection, { max: 2 });
    const watching = watchDefinitions(elsewhere);
    assert.equal((await openWorkspace(elsewhere, 'litera', shipped)).model.objects.has('visit'), false);
    const changed = await change({ kind: 'addObject', definition: visit });
    assert.equal(changed.version, 2);
    assert.equal(changed.model.objects.get('visit')!.table, 'x_visit');
    assert.ok((await columns('x_visit')).includes('hours'));
    const heard = async () => (await openWorkspace(elsewhere, 'litera', shipped)).version === 2;
    for (let tries = 0; !(await heard()); tries++, await sleep(20)) assert.ok(tries < 100);
    await watching.stop();
    await elsewhere.close();
  });

  test('a field is a column with its index; the program hears what it has to compute', async () => {
    const told: unknown[] = [];
    const counted = { type: 'rollup', returns: 'integer', from: 'visit', via: 'account', measure: 'count' };
    const definition = counted as unknown as FieldDefinition;
    const changed = await change(
      { kind: 'addField', object: 'account', name: 'visitCount', definition },
      {
        onDerived: async (_connection, at, changes) => {
          told.push(at.schema, changes);
        },
      },
    );
    assert.deepEqual(told, ['ws_litera', [{ object: 'account', columns: ['x_visit_count'] }]]);
    assert.equal(changed.model.objects.get('account')!.fields.get('visitCount')!.custom, true);
    await addField('segment', { type: 'select', index: true, options: [{ value: 'a', label: { en: 'A' } }] });
    const [index] = await db.run(`select pg_get_indexdef('ws_litera.ix_account__segment'::regclass)`);
    assert.match(index![0] as string, /\(x_segment, id\) WHERE \(deleted_at IS NULL\)/);
  });

  test('a removed field goes out of sight, keeps its values, comes back, and is purged when told', async () => {
    await addField('region', { type: 'text', required: false, unique: true });
    await insertAccount('Baltica', { x_region: 'north' });
    const removed = await change({ kind: 'removeField', object: 'account', name: 'region' });
    assert.equal(removed.model.objects.get('account')!.fields.has('region'), false);
    await insertAccount('Nova', { x_region: 'north' });
    await db.run(`delete from ws_litera.account where name = 'Nova'`);
    const restored = await change({ kind: 'restoreField', object: 'account', name: 'region' });
    assert.equal(restored.model.objects.get('account')!.fields.has('region'), true);
    assert.deepEqual(await db.run('select x_region from ws_litera.account'), [['north']]);
    await change({ kind: 'removeField', object: 'account', name: 'region' });
    await change({ kind: 'purgeField', object: 'account', name: 'region' });
    assert.ok(!(await columns('account')).includes('x_region'));
    await addField('region', { type: 'integer' });
    await change({ kind: 'removeField', object: 'account', name: 'region' });
    await change({ kind: 'purgeField', object: 'account', name: 'region' });
  });

  test('what others need is not removed', async () => {
    await refuses(change({ kind: 'removeObject', object: 'visit' }), 'object.in-use', { by: ['account.visitCount'] });
    await refuses(change({ kind: 'removeField', object: 'visit', name: 'minutes' }), 'object.in-use', {
      by: ['visit.hours'],
    });
    await refuses(change({ kind: 'removeField', object: 'visit', name: 'subject' }), 'object.in-use');
    await refuses(change({ kind: 'removeObject', object: 'account' }), 'access.denied');
    await refuses(change({ kind: 'removeField', object: 'account', name: 'industry' }), 'access.denied');
  });

  test('a removed object keeps its records and holds nobody back', async () => {
    await change({ kind: 'removeField', object: 'account', name: 'visitCount' });
    const [row] = await db.run(`select id from ws_litera.account where name = 'Baltica'`);
    await db.run(
      `insert into ws_litera.x_visit (id, subject, account_id, minutes, created_at, updated_at) values ($1, 'First', $2, 30, now(), now())`,
      [newId(), row![0]],
    );
    const removed = await change({ kind: 'removeObject', object: 'visit' });
    assert.equal(removed.model.objects.has('visit'), false);
    await db.run('delete from ws_litera.account where id = $1', [row![0]]);
    const restored = await change({ kind: 'restoreObject', object: 'visit' });
    assert.equal(restored.model.objects.has('visit'), true);
    assert.deepEqual(await db.run('select subject, account_id, hours from ws_litera.x_visit'), [['First', null, 0.5]]);
  });

  test('shipped fields can be labelled, given options and made stricter, never looser', async () => {
    const field = { kind: 'changeField', object: 'account', name: 'industry' } as const;
    const changed = await change({
      ...field,
      changes: { label: { lt: 'Šaka' }, index: true, options: [{ value: 'space', label: { en: 'Space' } }] },
    });
    const { definition } = changed.model.objects.get('account')!.fields.get('industry')!;
    assert.deepEqual(
      (definition as unknown as { options: { value: string }[] }).options.map(({ value }) => value),
      ['space', 'retail', 'food'],
    );
    for (const changes of [{ type: 'text' }, { required: false }, { readOnly: true }, { to: 'user' }]) {
      await refuses(change({ ...field, changes }), 'object.invalid', {}, ['field.setting-fixed']);
    }
  });

  test('a required field needs a default for the records that exist', async () => {
    await insertAccount('Litera');
    await refuses(addField('kind', { type: 'text', required: true }), 'object.invalid', {}, ['field.has-empty']);
    const changed = await addField('kind', { type: 'text', required: true, default: `it's \\ "new"` });
    assert.equal(changed.model.objects.get('account')!.fields.has('kind'), true);
    assert.deepEqual(await db.run(`select distinct x_kind from ws_litera.account`), [[`it's \\ "new"`]]);
    await change({ kind: 'changeField', object: 'account', name: 'kind', changes: { required: null } });
    await insertAccount('Empty');
    const again = { kind: 'changeField', object: 'account', name: 'kind', changes: { required: true } } as const;
    await refuses(change(again), 'object.invalid', {}, ['field.has-empty']);
  });

  test('a value that two records share refuses to become unique', async () => {
    await insertAccount('Same', { x_kind: 'TWICE' });
    await insertAccount('Same', { x_kind: 'twice' });
    const unique = { kind: 'changeField', object: 'account', name: 'kind', changes: { unique: true } } as const;
    await refuses(change(unique), 'object.invalid', {}, ['field.has-duplicates']);
  });

  test('a change of a large table is made beside its writers, and taken back when it fails half-way', async () => {
    await db.run(`update ws_litera.object_count set live = 1000000 where object = 'account'`);
    const before = await snapshotAndColumns();
    const definition = { type: 'text', unique: true, default: 'x', required: true } as unknown as FieldDefinition;
    // Every row gets the same value: the index, built after the column, finds it.
    await refuses(change({ kind: 'addField', object: 'account', name: 'late', definition }), 'object.invalid', {}, [
      'field.has-duplicates',
    ]);
    assert.deepEqual(await snapshotAndColumns(), before);

    const changed = await addField('later', { type: 'integer', index: true });
    assert.equal(changed.model.objects.get('account')!.fields.has('later'), true);
    const [index] = await db.run(
      `select indisvalid from pg_index where indexrelid = 'ws_litera.ix_account__later'::regclass`,
    );
    assert.deepEqual(index, [true]);
  });

  test('changes of a large table at the same time, and one that lost its database, all come to their end', async () => {
    const lost = { type: 'integer', index: true } as FieldDefinition;
    let steps = 0;
    const onProgress = () => {
      if (++steps === 2) throw new Problem('database.unavailable');
    };
    const losing = change({ kind: 'addField', object: 'account', name: 'lost', definition: lost }, { onProgress });
    await refuses(losing, 'database.unavailable');
    assert.deepEqual(await db.run('select state from platform.workspace'), [['changing']]);
    const names = ['big', 'bigger', 'biggest'];
    await Promise.all(names.map((name) => addField(name, { type: 'integer', index: true })));
    const { model } = await openWorkspace(db, 'litera', shipped);
    const { fields } = model.objects.get('account')!;
    assert.deepEqual(
      ['lost', ...names].filter((name) => !fields.has(name)),
      [],
    );
    await db.run(`update ws_litera.object_count set live = 0 where object = 'account'`);
  });

  test('changes at the same time are made one after the other', async () => {
    const names = ['one', 'two', 'three', 'four'];
    await Promise.all(names.map((name) => addField(name, { type: 'integer' })));
    const { model } = await openWorkspace(db, 'litera', shipped);
    assert.ok(names.every((name) => model.objects.get('account')!.fields.has(name)));
  });

  test('a busy table is waited for, not stood upon', async () => {
    const blocker = await db.dedicated();
    await blocker.query('begin');
    await blocker.query('lock table ws_litera.account in access share mode');
    const changing = addField('patient', { type: 'integer' });
    await sleep(500);
    await blocker.query('commit');
    await blocker.end();
    assert.ok((await changing).model.objects.get('account')!.fields.has('patient'));
  });
});

test('hostile definitions are refused with the place and a reason, and nothing is made', async () => {
  const before = await snapshotAndColumns();
  const fields: [string, unknown, string][] = [
    ['a"; drop table x; --', { type: 'text' }, 'field.name-invalid'],
    ['__proto__', { type: 'text' }, 'field.name-invalid'],
    ['constructor', { type: 'text' }, 'field.name-reserved'],
    ['aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgHiJkLm', { type: 'text' }, 'field.name-invalid'],
    ['Name', { type: 'text' }, 'field.name-invalid'],
    ['and', { type: 'text' }, 'field.name-reserved'],
    ['ok', null, 'field.type-unknown'],
    ['ok', { type: 'toString' }, 'field.type-unknown'],
    ['ok', { type: 'text', maxLength: -1 }, 'field.setting-invalid'],
    ['ok', { type: 'text', evil: 1 }, 'field.setting-invalid'],
    ['ok', { type: 'text', label: { en: 'a\u0000b' } }, 'field.not-text'],
    ['ok', { type: 'text', label: { en: '\ud800' } }, 'field.not-text'],
    ['ok', { type: 'text', default: 7 }, 'field.not-text'],
    ['ok', { type: 'reference', to: 'nowhere' }, 'field.target-unknown'],
    ['ok', { type: 'formula', returns: 'decimal', formula: 'nothing + 1' }, 'formula.unknown-field'],
    ['ok', { type: 'formula', returns: 'decimal', formula: 'ok + 1' }, 'formula.circle'],
    [
      'ok',
      { type: 'rollup', returns: 'integer', from: 'visit', via: 'account', measure: 'count', where: { x: 1 } },
      'field.unknown',
    ],
  ];
  for (const [name, definition, code] of fields) {
    await refuses(addField(name, definition as object), 'object.invalid', {}, [code]);
  }
  for (const name of ['name', 'deletedAt']) await refuses(addField(name, { type: 'text' }), 'object.exists');
  await refuses(addField('x', { type: 'text' }, 'constructor'), 'object.unknown');
  for (const definition of [null, 7, [], { name: 'x' }, { ...visit, name: 'a b' }, { ...visit, fields: { x: 1 } }]) {
    await refuses(change({ kind: 'addObject', definition: definition as ObjectDefinition }), 'object.invalid');
  }
  await refuses(
    change({ kind: 'addObject', definition: { ...visit, name: 'Accounts'.toLowerCase() } }),
    'object.exists',
  );
  assert.deepEqual(await snapshotAndColumns(), before);
});

async function snapshotAndColumns(): Promise<unknown> {
  return [
    await db.run('select snapshot, state, journal, definitions_version from platform.workspace'),
    (await columns('account')).sort(),
  ];
}

async function refuses(
  work: Promise<unknown>,
  code: string,
  params: Record<string, unknown> = {},
  errors: readonly string[] = [],
): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code, error.message);
    for (const [name, value] of Object.entries(params)) assert.deepEqual(error.params[name], value);
    for (const wanted of errors)
      assert.ok(
        error.errors.some((one) => one.code === wanted),
        `${wanted}: ${error.message}`,
      );
    return true;
  });
}
