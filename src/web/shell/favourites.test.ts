import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Favourite } from '../preferences.ts';
import { keyOf, type Leaf, leavesOf, moveBy, moveLeaf, pathOf, withoutLeaf } from './favourites.ts';

const place: Leaf = { kind: 'place', path: '/o/task?view=mine', title: 'Mine' };
const record: Leaf = { kind: 'record', object: 'account', id: 'a1', title: 'Malūnas' };
const folder: Favourite = { kind: 'folder', id: 'f1', title: 'Kaunas', items: [record] };

test('a favourite moves into a folder and out of it, and is never there twice', () => {
  const moved = moveLeaf([place, folder], place, 'f1');
  assert.deepEqual(moved, [{ ...folder, items: [record, place] }]);
  assert.deepEqual(moveLeaf(moved, record, null), [{ ...folder, items: [place] }, record]);
  assert.deepEqual(leavesOf(moveLeaf(moved, record, 'f1')).map(keyOf), ['/o/task?view=mine', 'a1']);
});

test('what is removed is removed from its folder too', () => {
  assert.deepEqual(withoutLeaf([place, folder], 'a1'), [place, { ...folder, items: [] }]);
  assert.equal(pathOf(record), '/o/account/a1');
});

test('an entry moves one place and stays at the ends', () => {
  assert.deepEqual(moveBy(['a', 'b', 'c'], 1, -1), ['b', 'a', 'c']);
  assert.deepEqual(moveBy(['a', 'b', 'c'], 2, 1), ['a', 'b', 'c']);
  assert.deepEqual(moveBy(['a'], -1, 1), ['a']);
});
