import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldShape } from '../api/types.ts';
import { optionsOf, unknownValues } from './meanings.ts';

const field = (type: string) =>
  ({
    name: 'status',
    type,
    options: {
      options: [
        { value: 'customer', label: 'Klientas' },
        { value: 'prospect', label: 'Galimas' },
      ],
    },
  }) as unknown as FieldShape;

test('a text that names an option by value or label is known, whatever its case and accents', () => {
  const texts = ['CUSTOMER', 'klientas', ' Galimas ', 'Gálimas', 'Partner', ''].map((text) => ({ text }));
  assert.deepEqual(unknownValues(texts, field('select'), {}), ['Partner', '']);
  assert.deepEqual(unknownValues(texts, field('select'), { Partner: null, '': null }), []);
  assert.deepEqual(unknownValues([{ text: 'klientas; prospect' }, { text: 'klientas; x' }], field('multiSelect'), {}), [
    'klientas; x',
  ]);
});

test('only a field with options asks what texts mean', () => {
  assert.equal(optionsOf(field('text')), null);
  assert.deepEqual(unknownValues([{ text: 'x' }], field('text'), {}), []);
});
