import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeInStages } from './time-in-stages.ts';

test('time adds up over visits, and runs on in the stage where the record is', () => {
  const moves = [
    { at: 60, from: 'b', to: 'a' },
    { at: 30, from: 'a', to: 'b' },
  ];
  assert.deepEqual(
    [...timeInStages(moves, 10, 'a', 100)],
    [
      ['a', 60],
      ['b', 30],
    ],
  );
  assert.deepEqual([...timeInStages([], 10, 'a', 100)], [['a', 90]]);
});

test('a record without a stage, or from another system with dates that do not fit, counts nothing below zero', () => {
  assert.deepEqual([...timeInStages([], 10, null, 100)], []);
  assert.deepEqual(
    [...timeInStages([{ at: 5, from: 'a', to: 'b' }], 10, 'b', 7)],
    [
      ['a', 0],
      ['b', 2],
    ],
  );
});
