import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate, version } from 'uuid';
import { newId } from './new-id.ts';

test('ids are of version 7, ascend, and none comes twice', () => {
  const ids = Array.from({ length: 100_000 }, newId);
  assert.ok(ids.every((id) => validate(id) && version(id) === 7));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids, [...ids].sort());
  const since = Date.now() - Number.parseInt(ids.at(-1)!.replaceAll('-', '').slice(0, 12), 16);
  assert.ok(since >= 0 && since < 5_000, `${since}`);
});
