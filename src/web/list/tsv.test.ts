import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { readTsv, writeTsv } from './tsv.ts';

test('what spreadsheets leave in the clipboard is read', () => {
  assert.deepEqual(readTsv('Litera\t12\r\nAkmenė\t\r\n'), [
    ['Litera', '12'],
    ['Akmenė', ''],
  ]);
  assert.deepEqual(readTsv('"two\nlines"\t"say ""hi"""'), [['two\nlines', 'say "hi"']]);
  assert.deepEqual(readTsv('"Litera" UAB\tx'), [['"Litera" UAB', 'x']]);
  assert.deepEqual(readTsv('"never closed\tx'), [['"never closed', 'x']]);
  assert.deepEqual(readTsv(''), [['']]);
  assert.deepEqual(readTsv('a\n\nb'), [['a'], [''], ['b']]);
});

test('what is written is read back as it was', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'ž', '"', '\t', '\n', ' ', '🙂', ',') });
  const range = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(range, (rows) => assert.deepEqual(readTsv(writeTsv(rows)), rows)));
});
