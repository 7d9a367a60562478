import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { testDatabase } from '#test/database.ts';
import { fc } from '#test/property.ts';
import { openDatabase } from '../database/pool.ts';
import type { FieldDefinition } from '../fields/registry.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { buildModel } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { ownObjects } from '../workspace/own-objects.ts';
import { extensionSchema, preparePlatform } from '../workspace/platform.ts';
import { createTables, runSteps } from './apply.ts';
import { ensurePartitions } from './partitions.ts';
import { derivedChanges, plan, reached, type Site, sameSnapshot } from './plan.ts';
import { snapshotOf } from './snapshot.ts';
import type { Index, Snapshot } from './table.ts';

const { connection } = await testDatabase();
const db = openDatabase(connection, { max: 4 });
await preparePlatform(db, '0.0.0');
const extensions = await extensionSchema(db);
after(() => db.close());

type Definitions = readonly ObjectDefinition[];

const account: ObjectDefinition = {
  name: 'account',
  plural: 'accounts',
  title: 'name',
  icon: 'building',
  fields: {
    name: { type: 'text', required: true, search: 'prefix', index: true },
    size: { type: 'select', options: [{ value: 'small' }, { value: 'large' }] },
    amount: { type: 'money' },
    share: { type: 'percent' },
    weighted: { type: 'formula', returns: 'money', formula: 'amount * share / 100', index: true },
    parent: { type: 'reference', to: 'account', acyclic: true },
    tags: { type: 'tags', index: true },
    partners: { type: 'references', to: 'account' },
  },
};

const visit: ObjectDefinition = {
  name: 'visit',
  plural: 'visits',
  title: 'subject',
  icon: 'car',
  fields: {
    subject: { type: 'text', required: true },
    account: { type: 'reference', to: 'account', required: true, onDelete: 'restrict' },
    on: { type: 'date', index: true },
    code: { type: 'text', unique: true },
  },
  indexes: { ofDay: ['account', '-on'] },
  unique: { once: ['account', 'on'] },
};

describe('the tables of a model', () => {
  const { tables } = snapshotOf(modelOf([account, visit]));

  test('hold the fields, the system columns and the search text', () => {
    assert.deepEqual(Object.keys(tables.visit!.columns), [
      'id',
      'subject',
      'account_id',
      'on',
      'code',
      'owner_id',
      'created_at',
      'created_by_id',
      'updated_at',
      'updated_by_id',
      'version',
      'deleted_at',
    ]);
    assert.equal(tables.account!.columns.search_text!.derived, 'name');
    assert.equal(tables.visit!.columns.subject!.notNull, true);
    assert.match(tables.account!.columns.weighted!.generated!, /"amount"/);
  });

  test('a required reference restricts, since it cannot be cleared', () => {
    const definition = {
      ...visit,
      fields: { ...visit.fields, account: { type: 'reference', to: 'account', required: true } },
    };
    const keys = snapshotOf(modelOf([account, definition as ObjectDefinition])).tables.visit!.foreignKeys;
    assert.equal(keys.fk_visit__account_id!.onDelete, 'restrict');
  });

  test('have keys for their own references only, none for those who act', () => {
    assert.deepEqual(Object.keys(tables.visit!.foreignKeys), ['fk_visit__account_id']);
    assert.deepEqual(Object.keys(tables.account__partners!.foreignKeys), [
      'fk_account__partners__from_id',
      'fk_account__partners__to_id',
    ]);
  });

  test('have an index of the records without a value where `!` asks for one', () => {
    const definition = { ...visit, indexes: { open: ['!account', '-on'] } };
    const { indexes } = snapshotOf(modelOf([account, definition as ObjectDefinition])).tables.visit!;
    assert.deepEqual(indexes.ix_visit__by__open, {
      keys: ['"on" desc', '"id" desc'],
      where: '"deleted_at" is null and "account_id" is null',
    });
  });

  test('have names that PostgreSQL and Citus can hold', () => {
    const long = 'a'.repeat(40);
    const definition: ObjectDefinition = {
      name: long,
      plural: `${long}s`,
      title: 'name',
      icon: 'x',
      fields: {
        name: { type: 'text' },
        [`${long}One`]: { type: 'references', to: long },
        [`${long}Two`]: { type: 'references', to: long },
        [`${long}Three`]: { type: 'text', unique: true, search: 'prefix' },
      },
    };
    const snapshot = snapshotOf(modelOf([definition]));
    const all = Object.entries(snapshot.tables).flatMap(([name, table]) => [
      name,
      ...Object.keys(table.indexes),
      ...Object.keys(table.foreignKeys),
    ]);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.every((name) => name.length <= 50));
  });

  test('refuse two fields for one column and an index on a text that is too long', () => {
    const twice = { ...account.fields, amountCurrency: { type: 'text' } } as Record<string, FieldDefinition>;
    assert.throws(() => snapshotOf(modelOf([{ ...account, fields: twice }])), hasCode('field.name-taken'));
    const long = { name: { type: 'text', unique: true, maxLength: 4000 } } as Record<string, FieldDefinition>;
    const definition = { ...account, fields: long } as ObjectDefinition;
    assert.throws(() => snapshotOf(modelOf([definition])), hasCode('field.index-too-long'));
  });
});

describe('a plan', () => {
  test('from a snapshot to itself is empty, also after the snapshot was kept as jsonb', async () => {
    const snapshot = snapshotOf(modelOf([account, visit]));
    const [row] = await db.run('select $1::jsonb', [JSON.stringify(snapshot)]);
    assert.deepEqual(plan(row![0] as Snapshot, snapshot, { schema: 'x', extensions }), []);
    assert.ok(sameSnapshot(row![0] as Snapshot, snapshot));
  });

  test('builds indexes of large tables beside the writers, and no others', () => {
    const from = snapshotOf(modelOf([account, visit]));
    const indexed = { ...visit, fields: { ...visit.fields, subject: { type: 'text', required: true, index: true } } };
    const wanted = { ...account, fields: { ...account.fields, size: { ...account.fields.size, index: true } } };
    const to = snapshotOf(modelOf([wanted as ObjectDefinition, { ...indexed, indexes: {} } as ObjectDefinition]));
    const steps = plan(from, to, { schema: 'x', extensions }, { isLarge: (table) => table === 'account' });
    const built = steps.filter((step) => step.kind === 'create-index');
    assert.deepEqual(
      built.map((step) => [step.table, step.transactional]),
      [['account', false]],
    );
    assert.match(built[0]!.sql, /index concurrently if not exists/);
  });

  test('drops columns and tables only in destructive steps at its end', () => {
    const { size: _, ...fields } = account.fields;
    const from = snapshotOf(modelOf([account, visit]));
    const to = snapshotOf(modelOf([{ ...account, fields } as ObjectDefinition]));
    const steps = plan(from, to, { schema: 'x', extensions });
    const destructive = steps.filter((step) => step.destructive);
    assert.deepEqual(
      destructive.map((step) => step.description),
      ['Drop column account.size', 'Drop table visit'],
    );
    assert.deepEqual(steps.slice(-2), destructive);
    const left = reached(from, to);
    assert.deepEqual(
      plan(left, to, { schema: 'x', extensions }).map((step) => step.description),
      ['Drop column account.size', 'Drop table visit'],
    );
    assert.deepEqual(reached(left, to, destructive), to);
  });

  test('refuses what could lose data', () => {
    const from = snapshotOf(modelOf([account]));
    for (const type of ['integer', 'date', 'json']) {
      const fields = { ...account.fields, size: { type } } as Record<string, FieldDefinition>;
      const to = snapshotOf(modelOf([{ ...account, fields } as ObjectDefinition]));
      assert.throws(() => plan(from, to, { schema: 'x', extensions }), hasCode('field.type-change'));
    }
    const fields = { ...account.fields, size: { type: 'formula', returns: 'text', formula: 'name' } };
    const to = snapshotOf(modelOf([{ ...account, fields } as ObjectDefinition]));
    assert.throws(() => plan(from, to, { schema: 'x', extensions }), hasCode('field.type-change'));
  });

  test('names the columns that the program computes anew', () => {
    const counted = (where: object): ObjectDefinition =>
      ({
        ...account,
        fields: {
          ...account.fields,
          size: { ...account.fields.size, search: true },
          visits: { type: 'rollup', returns: 'decimal', from: 'visit', via: 'account', measure: 'count', where },
        },
      }) as ObjectDefinition;
    const [before, one, other] = [account, counted({}), counted({ code: 'a' })].map((definition) =>
      snapshotOf(modelOf([definition as ObjectDefinition, visit])),
    );
    assert.deepEqual(derivedChanges(before!, one!), [{ object: 'account', columns: ['search_text', 'visits'] }]);
    assert.deepEqual(derivedChanges(one!, other!), [{ object: 'account', columns: ['visits'] }]);
    assert.deepEqual(derivedChanges(null, one!), []);
  });
});

describe('an evolution reaches what a new schema has', () => {
  const with_ = (fields: object, more: object = {}): ObjectDefinition =>
    ({ ...account, fields: { ...account.fields, ...fields }, ...more }) as ObjectDefinition;
  const cases: Record<string, [Definitions, Definitions]> = {
    'an object more': [[account], [account, visit]],
    'an object less': [[account, visit], [account]],
    'fields of every kind': [
      [account],
      [
        with_({
          emails: { type: 'email', many: true, search: 'prefix', unique: true },
          phones: { type: 'phone', many: true, search: true },
          address: { type: 'address', search: true },
          place: { type: 'geo', index: true },
          number: { type: 'autoNumber', prefix: 'A-' },
          files: { type: 'file' },
          stars: { type: 'rating', index: true },
          extra: { type: 'json' },
          head: { type: 'user', index: true },
          site: { type: 'url', index: true },
          notes: { type: 'longText', search: true },
        }),
      ],
    ],
    'another formula, index kept': [
      [account],
      [with_({ weighted: { type: 'formula', returns: 'money', formula: 'amount * 2', index: true } })],
    ],
    'a formula that looks away, and back': [
      [account],
      [with_({ weighted: { type: 'formula', returns: 'money', formula: 'parent.amount * 2', index: true } })],
    ],
    'another action on delete': [
      [account],
      [with_({ parent: { type: 'reference', to: 'account', onDelete: 'cascade' } })],
    ],
    'required, unique and searched or not': [
      [account, visit],
      [
        with_({ size: { type: 'select', required: true, options: [{ value: 'small' }] }, name: { type: 'text' } }),
        { ...visit, unique: {}, indexes: {} },
      ],
    ],
    'a wider number that a formula reads': [
      [with_({ n: { type: 'rating' }, twice: { type: 'formula', returns: 'decimal', formula: 'n * 2', index: true } })],
      [
        with_({
          n: { type: 'integer' },
          twice: { type: 'formula', returns: 'decimal', formula: 'n * 2', index: true },
        }),
      ],
    ],
  };
  for (const [name, [from, to]] of Object.entries(cases)) {
    test(`${name}`, () => evolve(from, to));
    if (!/wider/.test(name)) test(`${name}, the other way`, () => evolve(to, from));
  }

  test('generated pairs of definitions', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(definitions, definitions, async (from, to) => {
        try {
          plan(snapshotOf(modelOf(from)), snapshotOf(modelOf(to)), { schema: 'x', extensions });
        } catch (error) {
          // Another type under the same name is refused; everything else has to work.
          if (error instanceof Problem && error.errors[0]?.code === 'field.type-change') return;
          throw error;
        }
        await evolve(from, to);
      }),
      { numRuns: 15 },
    );
  });
});

test('an index of an earlier version gets the storage parameters of this one without being built anew', async () => {
  const to = snapshotOf(modelOf([account]));
  const name = Object.keys(to.tables.account!.indexes).find((index) => index.endsWith('search_text'))!;
  const { with: parameters, ...shape } = to.tables.account!.indexes[name]!;
  const from = structuredClone(to) as typeof to;
  (from.tables.account!.indexes as Record<string, Index>)[name] = shape;
  const site = await create([account]);
  await db.run(`alter index "${site.schema}"."${name}" reset (gin_pending_list_limit)`);
  const steps = plan(from, to, site);
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['change-index'],
  );
  for (const { sql } of steps) await db.run(sql);
  const [row] = await db.run(
    `select reloptions::text from pg_class where oid = '"${site.schema}"."${name}"'::regclass`,
  );
  assert.equal(row![0], `{${parameters!.replaceAll(' ', '')}}`);
});

test('partitions of this month and the next two, made once, and around events that are there', async () => {
  const site = await create([account]);
  const at = new Date('2026-11-15T12:00:00Z');
  await db.run(
    `insert into "${site.schema}"."event" (position, at, change_set, object, record_id, operation, version, via)
     values (1, '2026-12-05', gen_random_uuid(), 'account', gen_random_uuid(), 'create', 1, 'rest')`,
  );
  await db.transaction((connection) => ensurePartitions(connection, site.schema, at));
  await db.transaction((connection) => ensurePartitions(connection, site.schema, at));
  const rows = await db.run(
    `select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass order by 1`,
    [`"${site.schema}"."event"`],
  );
  assert.deepEqual(rows.flat(), ['event_2026_11', 'event_2027_01', 'event_default']);
});

/** Definitions that stay valid whatever is combined: two objects that refer to each other, with optional fields. */
const optionalFields: Record<string, readonly object[]> = {
  note: [
    { type: 'text' },
    { type: 'text', index: true },
    { type: 'text', unique: true },
    { type: 'longText', search: true },
  ],
  amount: [{ type: 'money' }, { type: 'money', index: true }],
  count: [{ type: 'rating' }, { type: 'integer' }, { type: 'integer', required: true }],
  double: [
    { type: 'formula', returns: 'decimal', formula: 'base * 2' },
    { type: 'formula', returns: 'decimal', formula: 'base + 1', index: true },
    { type: 'formula', returns: 'decimal', formula: 'other.base + 1', index: true },
  ],
  tags: [{ type: 'tags' }, { type: 'tags', index: true }],
  link: [
    { type: 'reference', to: 'beta' },
    { type: 'reference', to: 'beta', onDelete: 'cascade' },
    { type: 'reference', to: 'alpha', onDelete: 'restrict' },
  ],
  links: [
    { type: 'references', to: 'alpha' },
    { type: 'references', to: 'beta' },
  ],
  emails: [
    { type: 'email', many: true, search: 'prefix' },
    { type: 'email', unique: true },
    { type: 'email', many: true },
  ],
};

const fields = fc.record(
  Object.fromEntries(Object.entries(optionalFields).map(([name, choices]) => [name, fc.constantFrom(...choices)])),
  { requiredKeys: [] },
);

const definitions: fc.Arbitrary<Definitions> = fc
  .tuple(fields, fields, fc.boolean(), fc.boolean())
  .map(([ofAlpha, ofBeta, unique, third]) =>
    (['alpha', 'beta', ...(third ? ['gamma'] : [])] as const).map(
      (name) =>
        ({
          name,
          plural: `${name}s`,
          title: 'name',
          icon: 'x',
          fields: {
            name: { type: 'text', required: true, search: unique },
            base: { type: 'integer' },
            other: { type: 'reference', to: name === 'alpha' ? 'beta' : 'alpha' },
            ...(name === 'alpha' ? ofAlpha : name === 'beta' ? ofBeta : {}),
          },
          ...(unique ? { unique: { pair: ['name', 'other'] }, indexes: { sorted: ['other', '-base'] } } : {}),
        }) as unknown as ObjectDefinition,
    ),
  );

function modelOf(definitions: Definitions) {
  return buildModel([...ownObjects, ...(definitions as readonly ObjectDefinition[])]);
}

let schemas = 0;

async function create(definitions: Definitions): Promise<Site> {
  const site = { schema: `ws_${++schemas}`, extensions };
  await db.transaction(async (connection) => {
    await connection.run(`create schema "${site.schema}"`);
    await createTables(connection, plan(null, snapshotOf(modelOf(definitions)), site));
  });
  return site;
}

/** Old tables with the steps (destructive ones too) must be what a new schema is. */
async function evolve(from: Definitions, to: Definitions): Promise<void> {
  const [evolved, fresh] = [await create(from), await create(to)];
  const steps = plan(snapshotOf(modelOf(from)), snapshotOf(modelOf(to)), evolved);
  await db.transaction((connection) => runSteps(connection, steps));
  assert.deepEqual(await catalogue(evolved.schema), await catalogue(fresh.schema));
  await db.run(`drop schema "${evolved.schema}" cascade`);
  await db.run(`drop schema "${fresh.schema}" cascade`);
}

/** Columns, constraints and indexes as PostgreSQL describes them, without the schema's name. */
async function catalogue(schema: string): Promise<string[]> {
  const rows = await db.run(
    `select format('%s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
         a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
     union all
     select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
       where connamespace = $1::regnamespace and contype <> 'n'
     union all
     select format('%s %s', indisvalid, pg_get_indexdef(indexrelid)) from pg_index
       join pg_class on pg_class.oid = indexrelid where relnamespace = $1::regnamespace`,
    [schema],
  );
  return rows.map(([line]) => (line as string).replaceAll(`${schema}.`, '')).sort();
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof Problem && error.errors[0]?.code === code;
}
