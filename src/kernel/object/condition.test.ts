import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionFields, holds, type RecordCondition } from './condition.ts';

const record = {
  kind: 'visit',
  tags: ['a', 'b'],
  score: 3,
  on: '2026-05-01',
  done: false,
  fee: { amount: 10, currency: 'USD', base: 9 },
  note: null,
};

test('what holds', () => {
  const conditions: RecordCondition[] = [
    {},
    { kind: 'visit' },
    { kind: { in: ['call', 'visit'] } },
    { kind: { isNot: 'call' }, score: { gte: 3, lt: 4 } },
    { tags: { hasAny: ['b', 'c'] } },
    { tags: { hasNone: ['c'] } },
    { note: null },
    { note: { empty: true } },
    { kind: { empty: false } },
    { or: [{ kind: 'call' }, { score: { gt: 2 } }] },
    { not: { kind: 'call' } },
    { on: { lte: '2026-05-01' } },
    { fee: { is: 9 } },
    { done: false },
    { kind: { notIn: ['call'] } },
  ];
  for (const condition of conditions) assert.equal(holds(condition, record), true, JSON.stringify(condition));
});

test('what does not', () => {
  const conditions: RecordCondition[] = [
    { kind: 'call' },
    { note: { gt: 1 } },
    { note: { lte: 1 } },
    { score: { gt: '2' } },
    { missing: { is: 1 } },
    { tags: null },
    { and: [{ kind: 'visit' }, { done: true }] },
    { kind: { unheardOf: 'visit' } },
  ];
  for (const condition of conditions) assert.equal(holds(condition, record), false, JSON.stringify(condition));
});

test('the fields it looks at', () => {
  assert.deepEqual(conditionFields({ and: [{ a: 1 }, { or: [{ b: null }, { not: { c: { empty: true } } }] }] }), [
    'a',
    'b',
    'c',
  ]);
});
