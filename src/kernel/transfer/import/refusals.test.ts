import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Role } from '#kernel/access/access.ts';
import { defineObject } from '#kernel/object/definition.ts';
import { defineModule } from '#kernel/object/module.ts';
import { defineRules } from '#kernel/object/rules.ts';
import { type FieldError, Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { imported } from '#test/import/house.ts';
import { readErrors } from './store.ts';

const box = defineObject({
  name: 'box',
  plural: 'boxes',
  title: 'label',
  icon: 'package',
  fields: { label: { type: 'text' } },
});
const order = defineObject({
  name: 'order',
  plural: 'orders',
  title: 'code',
  icon: 'package',
  fields: {
    code: { type: 'text', maxLength: 10, required: true, unique: true },
    kind: { type: 'select', options: [{ value: 'gift' }, { value: 'loan', when: { pieces: { gte: 3 } } }] },
    pieces: { type: 'integer', min: 1, max: 9 },
    wrapping: { type: 'text', requireWhen: { kind: 'gift' } },
    due: { type: 'date' },
    contact: { type: 'email' },
    box: { type: 'reference', to: 'box' },
    secret: { type: 'text' },
    settled: { type: 'text', readOnly: true },
    price: { type: 'money' },
    remark: { type: 'longText' },
  },
});
const rules = defineRules(order, {
  beforeSave({ after, refuse }) {
    if (after.code === 'FORBIDDEN') refuse('code', 'field.invalid');
  },
});
/** Asks the door, so that an import applies it inside its transaction. */
const askingRules = defineRules(order, {
  async beforeSave({ after, refuse, context }) {
    if (after.wrapping && (await context.records.find(order, { code: after.wrapping })))
      refuse('wrapping', 'field.invalid');
  },
});
const shop = (...shopRules: (typeof rules)[]) =>
  defineModule({ name: 'shop', objects: [box, order], rules: shopRules, catalogues: { en: {}, es: {}, lt: {} } });

const nobody = '01900000-0000-7000-8000-000000000000';
/** Wrong in one way each, the last in several. */
const bad: readonly Readonly<Record<string, string>>[] = [
  { pieces: '3' },
  { code: 'x'.repeat(11) },
  { code: 'TAKEN' },
  { code: 'other' },
  { code: 'FORBIDDEN' },
  { code: 'A1', kind: 'theft' },
  { code: 'A2', kind: 'loan' },
  { code: 'A3', kind: 'loan', pieces: '2' },
  { code: 'A4', kind: 'gift' },
  { code: 'A5', pieces: '0' },
  { code: 'A6', pieces: '10' },
  { code: 'A7', pieces: '1.5' },
  { code: 'A8', due: '2026-02-30' },
  { code: 'A9', contact: 'nobody' },
  { code: 'B1', box: nobody },
  { code: 'B2', price: '99999999999999999999' },
  { kind: 'gift', pieces: '3' },
];
const badForOthers = { code: 'C1', kind: 'gift', wrapping: 'TAKEN' };

/** What a client sends: numbers where a file has texts. */
function asInput({ pieces, price, ...row }: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    ...row,
    ...(pieces && { pieces: Number(pieces) }),
    ...(price && { price: { amount: Number(price), currency: 'EUR' } }),
  };
}

function told(errors: readonly FieldError[]): string[] {
  return errors.map(({ field, code }) => `${field} ${code}`).sort();
}

/** Of a reference a file says that its text finds nothing. */
function asOfOne(error: FieldError): FieldError {
  return error.code === 'import.reference-missing' ? { ...error, code: 'field.unknown-reference' } : error;
}

async function oneByOne(records: Records, rows: typeof bad): Promise<string[][]> {
  const refusals: string[][] = [];
  for (const row of rows) {
    const problem = await records.create('order', asInput(row)).catch((error: unknown) => error);
    assert.ok(problem instanceof Problem, `${JSON.stringify(row)} was let through`);
    refusals.push(told(problem.errors));
  }
  return refusals;
}

async function atOnce(records: Records, rows: typeof bad): Promise<string[][]> {
  const { results } = await records.createMany('order', rows.map(asInput));
  return results.map(({ problem }) => told(problem?.errors ?? []));
}

async function fromFile(crm: TestWorkspace, rows: typeof bad): Promise<string[][]> {
  const names = Object.keys(order.fields).filter((name) => rows.some((row) => name in row));
  const text = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))].map(
    (cells) => `${cells.join(',')}\n`,
  );
  const columns = Object.fromEntries(names.map((name, at) => [at, { target: name === 'box' ? 'box.id' : name }]));
  const done = await imported(crm, 'order', text.join(''), { columns, duplicates: 'create' });
  assert.equal(done.state, 'done', JSON.stringify(done.message));
  const refused = await readErrors(crm.workspace.database, crm.workspace.schema, done.id);
  return rows.map((_, at) => told(refused.find(({ row }) => row === at + 1)?.errors.map(asOfOne) ?? []));
}

for (const [words, given, rows] of [
  ['whose rules look at the record alone', [rules], bad],
  ['whose rules ask for others', [rules, askingRules], [...bad, badForOthers]],
] as const) {
  test(`a record ${words} is refused for the same reasons by itself, among many and in a file`, async () => {
    const crm = await buildWorkspace({ modules: [shop(...given)] });
    for (const code of ['TAKEN', 'Other']) await crm.records.create('order', { code });
    const wanted = await oneByOne(crm.records, rows);
    for (const [at, reasons] of wanted.entries()) assert.ok(reasons.length > 0, JSON.stringify(rows[at]));
    assert.deepEqual(await atOnce(crm.records, rows), wanted);
    assert.deepEqual(await fromFile(crm, rows), wanted);
    assert.deepEqual((await crm.records.count('order')).value, 2);
  });
}

let crm: TestWorkspace;
before(async () => {
  crm = await buildWorkspace({ modules: [shop(rules)] });
});

test('rows beside a refused one are written as they are', async () => {
  await crm.records.create('order', { code: 'HELD' });
  const remarks = ['two\nlines, Ąžuolas', 'tab\tand \\N', '\\.', ''];
  const codes = ['R1', 'HELD', 'R2', 'held', 'R3', 'R4'];
  const rows = codes.map((code, at) => `${code},"${remarks[at >> 1] ?? ''}"\n`).join('');
  const columns = { 0: { target: 'code' }, 1: { target: 'remark' } };
  const done = await imported(crm, 'order', `code,remark\n${rows}`, { columns, duplicates: 'create' });
  assert.deepEqual([done.state, done.counts.created, done.counts.failed], ['done', 4, 2]);
  const { items } = await crm.records.list('order', { filter: { code: { startsWith: 'R' } }, sort: ['code'] });
  assert.deepEqual(
    items.map(({ code, remark }) => [code, remark]),
    [
      ['R1', remarks[0]],
      ['R2', remarks[1]],
      ['R3', remarks[2]],
      ['R4', remarks[2]],
    ],
  );
});

test('what a person may not write is refused by itself and among many, and is no target of a file', async () => {
  const role: Role = {
    name: 'packer',
    grants: { '*': { read: 'all', create: 'all', update: 'all', import: 'all', bulk: 'all' } },
    fields: { 'order.secret': 'read', 'order.contact': 'hidden' },
  };
  const { records, principal } = await crm.as([role]);
  const rows: typeof bad = [
    { code: 'B', secret: 'x' },
    { code: 'B', contact: 'a@example.com' },
    { code: 'B', settled: 'x' },
    { code: 'B', colour: 'red' },
  ];
  const wanted = [
    ['secret field.read-only'],
    ['contact field.unknown'],
    ['settled field.read-only'],
    ['colour field.unknown'],
  ];
  assert.deepEqual(await oneByOne(records, rows), wanted);
  assert.deepEqual(await atOnce(records, rows), wanted);
  for (const name of ['secret', 'contact', 'settled', 'colour']) {
    const columns = { 0: { target: 'code' }, 1: { target: name } };
    await assert.rejects(
      imported({ ...crm, principal }, 'order', `code,${name}\nB,x\n`, { columns }),
      (problem: Problem) => problem.code === 'import.invalid',
      name,
    );
  }
  assert.equal(await crm.records.find('order', { code: 'B' }), null);
});
