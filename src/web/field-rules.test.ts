import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldShape } from './api/types.ts';
import { decidingFields, fieldNow, formNow } from './field-rules.ts';

const kind: FieldShape = {
  name: 'kind',
  type: 'select',
  label: 'Kind',
  options: { options: [{ value: 'person' }, { value: 'broker' }] },
};
const licence: FieldShape = {
  name: 'licence',
  type: 'text',
  label: 'Licence',
  options: { showWhen: { kind: 'broker' }, requireWhen: { kind: 'broker' } },
};
const level: FieldShape = {
  name: 'level',
  type: 'select',
  label: 'Level',
  options: { options: [{ value: 'basic' }, { value: 'gold', when: { kind: 'broker' } }] },
};
const values = (field: FieldShape | null) =>
  (field?.options?.options as { value: string }[] | undefined)?.map(({ value }) => value);

test('a field is shown, required and offers options by what the others hold', () => {
  assert.equal(fieldNow(licence, { kind: 'person' }), null);
  assert.equal(fieldNow(licence, { kind: 'broker' })?.required, true);
  assert.deepEqual(values(fieldNow(level, {})), ['basic']);
  assert.deepEqual(values(fieldNow(level, { kind: 'broker' })), ['basic', 'gold']);
  // What a record holds already stays visible.
  assert.deepEqual(values(fieldNow(level, { level: 'gold' })), ['basic', 'gold']);
  assert.equal(fieldNow(kind, {}), kind);
  assert.deepEqual([licence, level, kind].map(decidingFields), [['kind', 'kind'], ['kind'], []]);
});

test('a short form asks for what became required', () => {
  const names = (chosen: object) => formNow([kind], [kind, licence, level], { ...chosen }).map(({ name }) => name);
  assert.deepEqual(names({}), ['kind']);
  assert.deepEqual(names({ kind: 'broker' }), ['kind', 'licence']);
});
