import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { Compile } from 'typebox/compile';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { join, raw, type Sql, sql } from '#kernel/database/sql.ts';
import { foldText } from '#kernel/fields/clean.ts';
import type { FieldEnv, FieldOf, FieldType, Operator } from '#kernel/fields/field-type.ts';
import type { LabelledValue } from '#kernel/fields/labelled.ts';
import type { Money } from '#kernel/fields/money/index.ts';
import { sampleId } from '#kernel/fields/reference/index.ts';
import { behaviourOf, fieldTypes } from '#kernel/fields/registry.ts';
import { defineObject, type RecordOf } from '#kernel/object/definition.ts';
import { FieldProblem } from '#kernel/problems/problem.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { testDatabase } from '#test/database.ts';
import { fc } from '#test/property.ts';

const env: FieldEnv = {
  now: new Date('2026-02-10T12:00:00Z'),
  timeZone: 'UTC',
  language: 'en',
  country: 'LT',
  currency: 'EUR',
  rate: (currency) => (currency === 'USD' ? 0.9 : undefined),
  userId: sampleId(9),
};

/** A type with one set of options, and its samples under them. */
interface Variant {
  title: string;
  type: FieldType;
  field: FieldOf & { returns?: string };
  samples: FieldType['samples'];
  /** The type it behaves as. */
  behaviour: FieldType;
  table: string;
}

const variants = Object.values(fieldTypes as unknown as Record<string, FieldType>).flatMap((type) => {
  const groups = Map.groupBy(type.samples, (sample) => JSON.stringify(sample.field ?? {}));
  return [...groups].map(([options, samples], index): Variant => {
    const field = { name: 'value', type: type.name, ...JSON.parse(options) };
    const title = options === '{}' ? type.name : `${type.name} ${options}`;
    return {
      title,
      type,
      field,
      samples,
      behaviour: behaviourOf(field),
      table: `public.${type.name}_${index}`.toLowerCase(),
    };
  });
});

/** Text for people does not have all of every value: these do not survive the way through it. */
const lossy: Record<string, { reason: string; loses(value: never): boolean }> = {
  richText: { reason: 'the text has no formatting', loses: (html: string) => /<(?!\/?p>|br)/.test(html) },
  money: { reason: 'the text has the decimals of the currency', loses: ({ amount }: Money) => amount % 0.01 > 0.001 },
  datetime: { reason: 'the text ends with the minute', loses: (instant: string) => !instant.endsWith(':00.000Z') },
  address: {
    reason: 'a line alone is taken for a street',
    loses: ({ street }: { street: unknown }) => street === null,
  },
  file: { reason: 'the text has only the names', loses: () => true },
  checklist: { reason: 'the points of a text get ids of their own', loses: () => true },
};

let database: Database;

before(async () => {
  const { connection } = await testDatabase();
  database = openDatabase(connection);
  await preparePlatform(database, 'test');
});
after(() => database.close());

for (const variant of variants) {
  const { type, field, samples, behaviour } = variant;

  describe(variant.title, () => {
    test('takes its samples', () => {
      const schema = type.schema(field);
      const [input, output] = [Compile(schema.input), Compile(schema.output)];
      for (const sample of samples) {
        assert.ok(input.Check(sample.input), `input schema takes ${show(sample.input)}`);
        const value = type.normalise(sample.input, field, env);
        assert.deepEqual(value, sample.value);
        assert.deepEqual(type.normalise(value, field, env), value, 'a value is left as it is');
        assert.ok(output.Check(value), `output schema takes ${show(value)}`);
        assert.ok(input.Check(value), `input schema takes ${show(value)}`);
        assert.equal(type.write(value, field).length, type.columns(field).length);
      }
    });

    test('reads its own text', () => {
      for (const { value, text } of samples) {
        assert.equal(type.format(value, field, env), text);
        if (lossy[behaviour.name]?.loses(value as never)) continue;
        assert.deepEqual(type.normalise(type.parse(text, field, env), field, env), value);
      }
    });

    test('folds its words', () => {
      for (const { value } of samples) {
        for (const word of type.words?.(value, field) ?? []) assert.equal(word, foldText(word));
      }
    });

    test('keeps, finds and sorts its samples in the database', async () => {
      await createTable(variant);
      const rows = new Map([...samples.map(({ value }, index): [number, unknown] => [index, value]), [NOTHING, null]]);
      await insert(variant, rows);
      assert.deepEqual(await readAll(variant), rows);
      for (const [name, operator] of Object.entries(behaviour.operators)) {
        assert.equal(type.operators[name]?.takes, operator.takes);
        for (const [operand, expected] of expectations(variant, name)) {
          const condition = operator.sql(quoted(variant), operandOf(variant, operator, operand), field, env);
          assert.deepEqual(await find(variant, condition), expected, `${name} ${show(operand)}`);
        }
      }
      const order = type.order?.(quoted(variant), field);
      if (order) {
        const sorted = await find(variant, raw(`id <> ${NOTHING}`), `order by ${order.join(', ')}, id`);
        assert.deepEqual(sorted, [...samples.keys()]);
      }
    });

    test('refuses or keeps whatever it is given', async () => {
      const output = Compile(type.schema(field).output);
      const accepted = new Map<number, unknown>();
      fc.assert(
        fc.property(hostile(samples.map(({ input }) => input)), (input) => {
          for (const attempt of [
            () => input,
            () => type.parse(typeof input === 'string' ? input : show(input), field, env),
          ]) {
            const value = orRefusal(() => type.normalise(attempt(), field, env));
            if (value instanceof FieldProblem || value === null || value === '' || isEmptyList(value)) continue;
            assert.deepEqual(type.normalise(value, field, env), value);
            assert.ok(output.Check(value), show(value));
            assert.equal(typeof type.format(value, field, env), 'string');
            type.words?.(value, field);
            accepted.set(accepted.size, value);
          }
        }),
        { numRuns: 150 },
      );
      await createTable(variant);
      await insert(variant, accepted);
      assert.deepEqual(await readAll(variant), accepted);
    });
  });
}

test('refused inputs are refused with their code, before the work on them', () => {
  for (const type of Object.values(fieldTypes as unknown as Record<string, FieldType>)) {
    assert.ok(type.refused.length >= 2, type.name);
    const isComputed = type.name === 'formula' || type.name === 'rollup';
    const tooMuch = isComputed ? [] : endless.map((input) => ({ input, code: undefined, field: undefined }));
    for (const { input, code, field } of [...type.refused, ...tooMuch]) {
      const settings = { name: 'value', ...type.samples[0]!.field, ...field };
      const refusal = orRefusal(() => type.normalise(input, settings, env));
      assert.ok(refusal instanceof FieldProblem, `${type.name} ${show(input)}`);
      if (code) assert.equal(refusal.code, code, `${type.name} ${show(input)}`);
    }
    for (const cell of [' ', ',', '9', '<', '(', 'a', '\n', '-', '1:']) {
      const field = { name: 'value', ...type.samples[0]!.field };
      orRefusal(() => type.normalise(type.parse(cell.repeat(300_000), field, env), field, env));
    }
  }
});

test('every refusal has words in every language', async () => {
  const folder = new URL('../src/kernel/fields/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const codes = new Set(sources.flatMap((source) => source.match(/(?<=')field\.[a-z-]+(?=')/g) ?? []));
  assert.ok(codes.size > 20);
  const english = await catalogue('en');
  for (const language of ['en', 'es', 'lt']) {
    const words = await catalogue(language);
    assert.deepEqual(Object.keys(words).sort(), [...codes].sort());
    for (const [code, text] of Object.entries(words)) {
      assert.deepEqual(text.match(/\{\{\w+\}\}/g), english[code]!.match(/\{\{\w+\}\}/g), `${language} ${code}`);
    }
  }

  async function catalogue(language: string): Promise<Record<string, string>> {
    return JSON.parse(await readFile(new URL(`i18n/${language}.json`, folder), 'utf8'));
  }
});

test('a record has the types of its fields', () => {
  const sample = defineObject({
    name: 'sample',
    plural: 'samples',
    title: 'title',
    icon: 'box',
    fields: {
      title: { type: 'text', required: true },
      amount: { type: 'money' },
      stage: { type: 'select', required: true, options: [{ value: 'open' }, { value: 'won' }] },
      kinds: { type: 'multiSelect', options: [{ value: 'a' }, { value: 'b' }] },
      email: { type: 'email' },
      phones: { type: 'phone', many: true, required: true },
      labels: { type: 'tags', required: true },
      account: { type: 'reference', to: 'account', required: true },
      due: { type: 'date', required: true },
      done: { type: 'boolean', required: true },
      weighted: { type: 'formula', returns: 'money', formula: 'amount * 2' },
      count: { type: 'rollup', returns: 'integer', from: 'task', via: 'sample', measure: 'count', required: true },
    },
  });
  type Sample = RecordOf<typeof sample>;
  const checks: [
    Equal<Sample['title'], string>,
    Equal<Sample['amount'], Money | null>,
    Equal<Sample['stage'], 'open' | 'won'>,
    Equal<Sample['kinds'], ('a' | 'b')[] | null>,
    Equal<Sample['email'], string | null>,
    Equal<Sample['phones'], LabelledValue[]>,
    Equal<Sample['labels'], string[]>,
    Equal<Sample['account'], string>,
    Equal<Sample['due'], string>,
    Equal<Sample['done'], boolean>,
    Equal<Sample['weighted'], Money | null>,
    Equal<Sample['count'], number>,
    Equal<Sample['version'], number>,
  ] = [true, true, true, true, true, true, true, true, true, true, true, true, true];
  assert.ok(checks.every(Boolean));
});

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Id of the row without a value. */
const NOTHING = 999;

/** Operand → ids of the rows it finds, for each operator: a reference in plain JavaScript, or written out by hand. */
function expectations({ samples, behaviour, field, title }: Variant, name: string): [unknown, number[]][] {
  const ids = [...samples.keys()];
  const values = samples.map(({ value }) => value);
  const per = (expected: (index: number) => number[]): [unknown, number[]][] =>
    ids.map((index) => [samples[index]!.input, expected(index)]);
  const except = (found: number[]) => [...ids.filter((id) => !found.includes(id)), NOTHING];
  const pair = samples.slice(0, 2).map(({ input }) => input);
  const texts = values.map(
    (value) => (Array.isArray(value) ? value.map((each) => each.value ?? each) : [value]) as string[],
  );
  const matching = (piece: (text: string) => string, test: (text: string, part: string) => boolean) =>
    ids.map((index): [unknown, number[]] => {
      const part = piece(texts[index]![0]!);
      return [
        part.toUpperCase().replace(/X(?=\d)/, 'x'),
        ids.filter((id) => texts[id]!.some((text) => test(text.toLowerCase(), part.toLowerCase()))),
      ];
    });
  const found = byHand[`${behaviour.name}.${name}`];
  if (found) return found(values as never[]);
  switch (name) {
    case 'is':
      return per((index) => [index]);
    case 'isNot':
      return per((index) => except([index]));
    case 'in':
      return [
        [pair, ids.slice(0, 2)],
        [[], []],
      ];
    case 'notIn':
      return [
        [pair, except(ids.slice(0, 2))],
        [[], except([])],
      ];
    case 'gt':
      return per((index) => ids.filter((id) => id > index));
    case 'gte':
      return per((index) => ids.filter((id) => id >= index));
    case 'lt':
      return per((index) => ids.filter((id) => id < index));
    case 'lte':
      return per((index) => ids.filter((id) => id <= index));
    case 'contains':
      return matching(
        (text) => text.slice(1, 6),
        (text, part) => text.includes(part),
      );
    case 'notContains':
      return matching(
        (text) => text.slice(1, 6),
        (text, part) => text.includes(part),
      ).map(([part, has]) => [part, except(has)]);
    case 'startsWith':
      return matching(
        (text) => text.slice(0, 4),
        (text, part) => text.startsWith(part),
      );
    case 'endsWith':
      return matching(
        (text) => text.slice(-4),
        (text, part) => text.endsWith(part),
      );
    case 'hasAny':
      return [
        [texts[0]!, ids.filter((id) => texts[id]!.some((each) => texts[0]!.includes(each)))],
        [[], []],
      ];
    case 'hasAll':
      return [[texts[1]!, ids.filter((id) => texts[1]!.every((each) => texts[id]!.includes(each)))]];
    case 'hasNone':
      return [[texts[0]!, except(ids.filter((id) => texts[id]!.some((each) => texts[0]!.includes(each))))]];
    case 'empty':
      return [
        [true, [NOTHING]],
        [false, ids],
      ];
  }
  throw new Error(`No expectation for ${title} ${name} ${JSON.stringify(field)}`);
}

const byHand: Record<string, (values: never[]) => [unknown, number[]][]> = {
  'longText.contains': () => [
    ['100 %_\\ P', [2]],
    ['%', [2]],
    ['TWO', [0]],
  ],
  'longText.notContains': () => [['100 %_\\ P', [0, 1, NOTHING]]],
  'richText.contains': () => [
    ['aldona', [0]],
    ['SAFE &', [1]],
    ['1 <', [3]],
    ['%', []],
  ],
  'money.currency': (values: Money[]) => [
    ['USD', [...values.keys()].filter((index) => values[index]!.currency === 'USD')],
  ],
  'date.within': () => [
    ['past', [0, 1, 2]],
    ['future', [3]],
    ['this-month', []],
  ],
  'datetime.within': () => [
    ['last-month', [1, 2, 3]],
    ['last-90-days', [1, 2, 3]],
    ['past', [0, 1, 2, 3]],
    ['future', []],
  ],
  'address.contains': () => [
    ['alcal', [0]],
    ['LT-44238', [1]],
  ],
  'address.city': () => [
    ['kaunas', [1]],
    ['Ka%', []],
  ],
  'address.postcode': () => [
    ['288', [0]],
    ['LT-44238', [1]],
  ],
  'address.country': () => [
    ['es', [0]],
    ['LT', [1]],
  ],
  'geo.near': () => [
    [{ latitude: 54.68, longitude: 25.28, km: 5 }, [0]],
    // Vilnius is 2,655 km from Madrid.
    [{ latitude: 40.4168, longitude: -3.7038, km: 2640 }, [1]],
    [{ latitude: 40.4168, longitude: -3.7038, km: 2670 }, [0, 1]],
    // Across the date line.
    [{ latitude: 0.5, longitude: 179.9, km: 70 }, [2]],
    [{ latitude: 90, longitude: 0, km: 20_100 }, [0, 1, 2]],
  ],
  'autoNumber.contains': () => [
    ['case-', [0, 1, 2]],
    ['0007', [0]],
    ['10000', [2]],
  ],
};

/** As the query compiler does it. */
function operandOf({ type, field }: Variant, operator: Operator, operand: unknown): unknown {
  const one = (value: unknown) => type.normalise(value, field, env);
  if (operator.takes === 'value') return one(operand);
  return operator.takes === 'list' ? (operand as unknown[]).flatMap((value) => one(value)) : operand;
}

function quoted({ type, field, table }: Variant): string[] {
  if (type.storage === 'link') return ['t."key"', linkTable(table)];
  return type.columns(field).map(({ suffix }) => `t."value${suffix}"`);
}

async function createTable({ type, field, table }: Variant): Promise<void> {
  const columns = type.columns(field).map((column) => `"value${column.suffix}" ${column.type}`);
  await database.execute(`drop table if exists ${table}, ${linkTable(table)}`);
  await database.execute(
    `create table ${table} (${['id int primary key', 'key uuid not null', ...columns].join(', ')})`,
  );
  if (type.storage === 'link') {
    await database.execute(`create table ${linkTable(table)} (from_id uuid, to_id uuid, position int)`);
  }
}

/** Rows with the ids of `values`, in one statement. */
async function insert({ type, field, table }: Variant, values: ReadonlyMap<number, unknown>): Promise<void> {
  if (values.size === 0) return;
  const columns = type.columns(field).map(({ suffix }) => `"value${suffix}"`);
  const rows = [...values].map(([id, value]) => {
    const written = value === null ? columns.map(() => null) : type.write(value, field);
    return sql`(${join([id, keyOf(id), ...written].map((part) => sql`${part}`))})`;
  });
  await database.execute(
    sql`insert into ${raw(table)} (${raw(['id', 'key', ...columns].join(', '))}) values ${join(rows)}`,
  );
  if (type.storage !== 'link') return;
  const links = [...values].flatMap(([id, value]) =>
    ((value ?? []) as string[]).map((to, position) => sql`(${keyOf(id)}, ${to}, ${position})`),
  );
  if (links.length > 0) await database.execute(sql`insert into ${raw(linkTable(table))} values ${join(links)}`);
}

function keyOf(id: number): string {
  return `0190bbbb-0000-7000-8000-${String(id).padStart(12, '0')}`;
}

async function readAll(variant: Variant): Promise<Map<unknown, unknown>> {
  const { type, field, table } = variant;
  const columns =
    type.storage === 'link'
      ? [`(select array_agg(to_id order by position) from ${linkTable(table)} where from_id = t.key)`]
      : quoted(variant);
  const rows = await database.run(`select ${['id', ...columns].join(', ')} from ${table} t order by id`);
  return new Map(
    rows.map(([id, ...values]) => [id, values.every((value) => value === null) ? null : type.read(values, field)]),
  );
}

async function find({ table }: Variant, condition: Sql, tail = 'order by id'): Promise<unknown[]> {
  const rows = await database.run(sql`select id from ${raw(table)} t where ${condition} ${raw(tail)}`);
  return rows.map(([id]) => id);
}

function linkTable(table: string): string {
  return `${table}__link`;
}

/** Anything at all, and samples with a part of them spoilt. */
function hostile(inputs: readonly unknown[]): fc.Arbitrary<unknown> {
  const nasty = fc.constantFrom(
    ...[
      '',
      ' ',
      '\u0000',
      '\ud800',
      '٣',
      '1e999',
      '-0',
      '__proto__',
      'constructor',
      '2024-02-30',
      'a'.repeat(300),
      '<b>\u0338',
      '&#x338;',
    ],
    ...[
      'javascript:alert(1)',
      "'; drop table x --",
      '\\',
      '{"a":1}',
      '{',
      '"',
      'null',
      '1,5',
      '1:30',
      'me',
      'today',
      '+370 612 34567',
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, 5e-324, 2 ** 53, -1, 0.1, true, null, undefined, [], {}, [[]]],
    ...['x@y.lt', 'x.lt', { value: 'x@y.lt' }, Object.create(null), JSON.parse('{"__proto__":{"a":1}}'), new Array(3)],
  );
  const spoilt = fc.tuple(fc.constantFrom(...inputs), fc.nat(), nasty).map(([input, at, part]) => {
    if (typeof input === 'string')
      return `${input.slice(0, at % (input.length + 1))}${typeof part === 'object' ? show(part) : part}${input.slice(at % (input.length + 1))}`;
    if (typeof input === 'number') return typeof part === 'number' ? input + part : input;
    if (Array.isArray(input)) return [...input, part];
    if (typeof input !== 'object' || input === null) return part;
    const keys = Object.keys(input);
    return { ...input, [keys[at % keys.length]!]: part };
  });
  return fc.oneof(
    nasty,
    spoilt,
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.integer(),
    fc.jsonValue(),
    fc.array(nasty),
  );
}

/** Ten million characters or a million elements, which no type may work through before it refuses them. */
const endless: readonly unknown[] = [
  ...['9', ' ', 'a', '<b>', '\u0301', ','].map((piece) => piece.repeat(10_000_000 / piece.length)),
  new Array(1_000_000).fill('a'),
];

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function orRefusal<T>(attempt: () => T): T | FieldProblem {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof FieldProblem) return error;
    throw error;
  }
}

function show(value: unknown): string {
  if (Array.isArray(value) && value.length > 1000) return `a list of ${value.length}`;
  const text = typeof value === 'string' ? value.slice(0, 200) : value;
  return (JSON.stringify(text) ?? String(text)).slice(0, 200);
}
