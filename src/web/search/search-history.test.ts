import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSearch } from './search-history.ts';

test('the newest search stands first, once, and in place of what it was typed from', () => {
  assert.deepEqual(withSearch(['b', 'a'], 'a'), ['a', 'b']);
  assert.deepEqual(withSearch(['Ona'], 'ona'), ['ona']);
  assert.deepEqual(withSearch(['on', 'x'], 'ona'), ['ona', 'x']);
  assert.deepEqual(withSearch(['x', 'on'], 'ona'), ['ona', 'x', 'on']);
  assert.equal(
    withSearch(
      Array.from({ length: 20 }, (_, n) => `w${n}`),
      'new',
    ).length,
    20,
  );
});
