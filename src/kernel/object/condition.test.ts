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

test('what a page asks of a record: fields one reference away, and who reads', () => {
  const known = {
    name: 'Litera',
    amount: { amount: 1200.5, currency: 'EUR', base: 1200.5 },
    probability: 40,
    closeOn: '2026-11-22',
    tags: ['vip', 'lt'],
    owner: 'rasa',
    lostReason: null,
    'stage.kind': 'open',
    'account.industry': 'retail',
  };
  const conditions: RecordCondition[] = [
    { name: 'Litera' },
    { lostReason: null },
    { 'stage.kind': { is: 'open' } },
    { 'account.industry': { in: ['retail', 'food'] } },
    { amount: { gt: 1000, lte: 1200.5 } },
    { closeOn: { gte: '2026-11-01', lt: '2026-12-01' } },
    { tags: { hasAny: ['vip', 'x'] } },
    { tags: { hasNone: ['x'] } },
    { owner: { is: 'me' } },
    { owner: 'me' },
    { not: { probability: { gte: 50 } } },
    { or: [{ name: 'x' }, { and: [{ probability: 40 }, { tags: { empty: false } }] }] },
  ];
  for (const condition of conditions) assert.equal(holds(condition, known, 'rasa'), true, JSON.stringify(condition));
  const others: RecordCondition[] = [
    { name: 'Other' },
    { lostReason: { empty: false } },
    { lostReason: { gt: 1 } },
    { 'stage.kind': { isNot: 'open' } },
    { 'account.size': { is: 'big' } },
    { owner: { notIn: ['me'] } },
    { and: [{ name: 'Litera' }, { probability: { lt: 40 } }] },
    { name: { somethingElse: 1 } },
  ];
  for (const condition of others) assert.equal(holds(condition, known, 'rasa'), false, JSON.stringify(condition));
  assert.equal(holds({ owner: { is: 'me' } }, known), false);
});

test('the fields it looks at', () => {
  assert.deepEqual(conditionFields({ and: [{ a: 1 }, { or: [{ b: null }, { not: { c: { empty: true } } }] }] }), [
    'a',
    'b',
    'c',
  ]);
});
