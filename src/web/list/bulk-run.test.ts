import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retagged } from './bulk-run.ts';

test('tags are added once, whatever their case, and taken away; the others keep their order', () => {
  assert.deepEqual(retagged(['VIP', 'žalia'], ['vip', 'new'], []), ['VIP', 'žalia', 'new']);
  assert.deepEqual(retagged(['VIP', 'Žalia', 'x'], [], ['žalia']), ['VIP', 'x']);
  assert.deepEqual(retagged([], ['a'], ['a']), ['a']);
});
