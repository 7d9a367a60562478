import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboxEntry } from '../offline/outbox.ts';
import { roundOf } from './round.ts';

const day = { from: '2026-03-09T22:00:00.000Z', until: '2026-03-10T22:00:00.000Z' };
const at = '2026-03-10T07:00:00.000Z';
const entry = (recordId: string | null, values: Record<string, unknown>, more: Partial<OutboxEntry> = {}) => ({
  ...{ id: String(Math.random()), at, userId: 'u', object: 'interaction', recordId, title: '', values },
  ...{ before: {}, version: 0 },
  ...more,
});
const visit = (id: string, more: Record<string, unknown> = {}) => ({ id, version: 1, channel: 'visit', at, ...more });
const ids = (round: readonly { id: string }[]) => round.map(({ id }) => id);

test('stops that were added here stand among the others, with what was written at their doors', () => {
  const outbox = [
    entry(null, { id: 'new', channel: 'visit', at, account: 'a' }),
    entry('new', { arrivedAt: at, stop: 1 }),
    entry('old', { stop: 2 }),
    entry(null, { channel: 'note', at }),
    entry(null, { id: 'task', subject: 'x' }, { object: 'task' }),
  ];
  const round = roundOf([visit('old', { stop: 1 })], outbox, day);
  assert.deepEqual(ids(round), ['new', 'old']);
  assert.deepEqual([round[0]!.arrivedAt, round[0]!.account, round[0]!.version], [at, 'a', 0]);
});

test('one that has arrived at the server stands there once', () => {
  const outbox = [entry(null, { id: 'new', channel: 'visit', at, account: 'a' })];
  assert.deepEqual(ids(roundOf([visit('new')], outbox, day)), ['new']);
});

test('what was refused is none, and what was put off to another day is not of this one', () => {
  const refused = entry(null, { id: 'no', channel: 'visit', at }, { problem: { message: 'No' } });
  const moved = entry('old', { at: '2026-03-11T07:00:00.000Z' });
  assert.deepEqual(ids(roundOf([visit('old'), visit('stays')], [refused, moved], day)), ['stays']);
});
