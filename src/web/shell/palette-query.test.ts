import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPalette } from './palette-query.ts';

const objects = [
  { name: 'contact', label: { one: 'Kontaktas', many: 'Kontaktai' } },
  { name: 'account', label: { one: 'Klientas', many: 'Klientai' } },
];
const read = (typed: string) => readPalette(typed, objects);

test('a sign or a kind before the words says where to look', () => {
  assert.deepEqual(read('> nauj'), { onlyActions: true, object: null, number: null, words: 'nauj' });
  assert.deepEqual(read('kontaktai: rasa'), { onlyActions: false, object: 'contact', number: null, words: 'rasa' });
  assert.deepEqual(read('Account:'), { onlyActions: false, object: 'account', number: null, words: '' });
  assert.deepEqual(read('#2026-014'), { onlyActions: false, object: null, number: '2026-014', words: '2026-014' });
  assert.deepEqual(read('#'), { onlyActions: false, object: null, number: null, words: '' });
});

test('anything else is words, also with a colon in it', () => {
  assert.equal(read('susitarti 10:30').words, 'susitarti 10:30');
  assert.equal(read('re: pasiūlymas').object, null);
});
