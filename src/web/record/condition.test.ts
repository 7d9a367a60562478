import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayoutCondition } from '#kernel/object/layout.ts';
import type { RecordShape } from '../api/types.ts';
import { matches, pathsOf } from './condition.ts';

const record: RecordShape = {
  id: '1',
  version: 1,
  name: 'Litera',
  amount: { amount: '1200.50', currency: 'EUR' },
  probability: 40,
  closeOn: '2026-11-22',
  tags: ['vip', 'lt'],
  owner: 'rasa',
  lostReason: null,
  'stage.kind': 'open',
  expanded: { account: { id: 'a', title: 'A', industry: 'retail' } },
};

test('conditions are judged as the server would', () => {
  const holds: LayoutCondition[] = [
    {},
    { name: 'Litera' },
    { lostReason: null },
    { 'stage.kind': { is: 'open' } },
    { 'account.industry': { in: ['retail', 'food'] } },
    { amount: { gt: 1000, lte: 1200.5 } },
    { closeOn: { gte: '2026-11-01', lt: '2026-12-01' } },
    { tags: { hasAny: ['vip', 'x'] } },
    { tags: { hasNone: ['x'] } },
    { owner: { is: 'me' } },
    { not: { probability: { gte: 50 } } },
    { or: [{ name: 'x' }, { and: [{ probability: 40 }, { tags: { empty: false } }] }] },
  ];
  for (const condition of holds) assert.equal(matches(condition, record, 'rasa'), true, JSON.stringify(condition));
  const fails: LayoutCondition[] = [
    { name: 'Other' },
    { lostReason: { empty: false } },
    { lostReason: { gt: 1 } },
    { 'stage.kind': { isNot: 'open' } },
    { 'account.size': { is: 'big' } },
    { owner: { notIn: ['me'] } },
    { and: [{ name: 'Litera' }, { probability: { lt: 40 } }] },
    { name: { somethingElse: 1 } },
  ];
  for (const condition of fails) assert.equal(matches(condition, record, 'rasa'), false, JSON.stringify(condition));
});

test('what has to be asked for beside the record is known', () => {
  assert.deepEqual(pathsOf({ name: 'x', or: [{ 'stage.kind': 'won' }, { not: { 'account.size': 'big' } }] }), [
    'stage.kind',
    'account.size',
  ]);
});
