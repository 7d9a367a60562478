import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { type ChecklistItem, formatChecklist, mergeChecklists, progressOf } from './format.ts';

const list = (text: string): ChecklistItem[] =>
  text.split(' ').flatMap((word) => (word ? [{ id: word[0]!, text: word, done: word.endsWith('!') }] : []));
const merge = (base: string, mine: string, theirs: string) =>
  (mergeChecklists(list(base), list(mine), list(theirs)) ?? []).map(
    ({ text, done }) => text.replace('!', '') + (done ? '!' : ''),
  );

test('two people who tick different points both have ticked them', () => {
  const base = list('a b c');
  const tick = (id: string) => base.map((item) => (item.id === id ? { ...item, done: true } : item));
  assert.equal(formatChecklist(mergeChecklists(base, tick('a'), tick('c'))!), '[x] a\n[ ] b\n[x] c');
  assert.equal(progressOf(mergeChecklists(base, tick('a'), tick('a'))!), '1/3');
  const untick = mergeChecklists(tick('a'), base, tick('a'))!;
  assert.equal(progressOf(untick), '0/3');
});

test('new ones of both stay where they were put, what one took out goes, unless the other worked on it', () => {
  assert.deepEqual(merge('a b', 'a x b', 'a b y'), ['a', 'x', 'b', 'y']);
  assert.deepEqual(merge('a b c', 'a c', 'a b c'), ['a', 'c']);
  assert.deepEqual(merge('a b c', 'a b c', 'a c'), ['a', 'c']);
  assert.deepEqual(merge('a b c', 'a c', 'a b! c'), ['a', 'b!', 'c']);
  assert.deepEqual(merge('a b c', 'c a b', 'a b c!'), ['c!', 'a', 'b'], 'moved and ticked');
  assert.deepEqual(merge('', 'a', 'b'), ['b', 'a']);
  assert.deepEqual(merge('a', '', ''), []);
});

test('nobody’s tick is lost, whatever else is done to the list', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
  fc.assert(
    fc.property(
      ids,
      fc.func(fc.boolean()),
      fc.func(fc.boolean()),
      fc.integer({ min: 0, max: 5 }),
      (all, mineTicks, theirTicks, turn) => {
        const base = all.map((id) => ({ id, text: id, done: false }));
        const mine = base.map((item) => ({ ...item, done: mineTicks(item.id) }));
        const theirs = base.map((item) => ({ ...item, done: theirTicks(item.id) }));
        const turned = [...mine.slice(turn), ...mine.slice(0, turn)];
        for (const { id, done } of mergeChecklists(base, turned, theirs)!)
          assert.equal(done, mineTicks(id) || theirTicks(id));
      },
    ),
  );
});
