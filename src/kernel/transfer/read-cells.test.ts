import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door } from '#kernel/records/door.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { readCells } from './read-cells.ts';

const { records, workspace, principal } = await buildWorkspace();
const door: Door = { workspace, principal, via: 'test', trusted: false, unit: null };

test('numbers, days and options are read as their column writes them', async () => {
  const rows = await readCells(
    door,
    'opportunity',
    ['amount', 'closeOn', 'forecast'],
    [
      ['1.234,56 €', '31/12/2026', 'Commit'],
      ['99,5', '1/2/2026', 'bestCase'],
      ['', '-', 'no such thing'],
    ],
  );
  assert.deepEqual(rows[0], [
    { value: { amount: 1234.56, currency: 'EUR' } },
    { value: '2026-12-31' },
    { value: 'commit' },
  ]);
  assert.deepEqual(rows[1]!.slice(1), [{ value: '2026-02-01' }, { value: 'bestCase' }]);
  assert.deepEqual(rows[2]!.slice(0, 2), [{ value: null }, { value: null }]);
  assert.ok('code' in rows[2]![2]!);
});

test('what the texts leave open is read as the reader has it written', async () => {
  const read = (locale?: string) => readCells(door, 'opportunity', ['closeOn'], [['3/4/2026']], locale);
  assert.deepEqual(await read(), [[{ value: '2026-03-04' }]]);
  assert.deepEqual(await read('en-GB'), [[{ value: '2026-04-03' }]]);
  assert.deepEqual(await readCells(door, 'opportunity', ['closeOn'], [['3/24/2026']], 'en-GB'), [
    [{ value: '2026-03-24' }],
  ]);
});

test('references are found by name, people also by e-mail; what is missing or not the only one is said', async () => {
  const litera = await buildAccount(records, { name: 'Litera UAB' });
  for (let n = 0; n < 2; n++) await buildAccount(records, { name: 'Twice' });
  const me = await records.read('user', principal.userId!);
  const rows = await readCells(
    door,
    'opportunity',
    ['account', 'owner'],
    [
      ['litera uab', String(me.email)],
      ['Twice', String(me.name)],
      ['Nobody', ''],
      [litera.id, me.id],
    ],
  );
  assert.deepEqual(rows[0], [{ value: litera.id }, { value: me.id }]);
  assert.equal((rows[1]![0] as { code: string }).code, 'import.reference-ambiguous');
  assert.deepEqual(rows[1]![1], { value: me.id });
  assert.equal((rows[2]![0] as { code: string }).code, 'import.reference-missing');
  assert.deepEqual(rows[3], [{ value: litera.id }, { value: me.id }]);
});

test('hostile texts are refused or kept as text, never thrown on', async () => {
  const hostile = ['<script>', '\u0000', 'x'.repeat(10_000), '-- drop table', '\ud800', '=1+1'];
  const fields = ['name', 'amount', 'closeOn', 'forecast', 'account', 'tags'];
  const rows = await readCells(
    door,
    'opportunity',
    fields,
    hostile.map((text) => fields.map(() => text)),
  );
  assert.equal(rows.length, hostile.length);
  assert.deepEqual(rows[0]![0], { value: '<script>' });
});

test('unknown fields and too much at once are refused', async () => {
  const code = (wanted: string) => (error: unknown) => error instanceof Problem && error.code === wanted;
  await assert.rejects(readCells(door, 'opportunity', ['secret'], [['x']]), code('field.unknown'));
  const many = Array.from({ length: 20_001 }, () => ['x']);
  await assert.rejects(readCells(door, 'opportunity', ['name'], many), code('bulk.too-many'));
});
