import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginsWith, fitsWords } from './words.ts';

test('entries are found by any of their words, whatever case and accents', () => {
  assert.ok(fitsWords('Atvirų galimybių lenta', 'LENTA atviru'));
  assert.ok(fitsWords('Anything', ''));
  assert.ok(!fitsWords('Lenta', 'sąrašas'));
});

test('what begins with the letters typed is meant, whatever their case and accents', () => {
  assert.ok(beginsWith('Užduotys', 'uzd'));
  assert.ok(!beginsWith('Mis tareas', 'tar'));
});
