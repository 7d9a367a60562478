import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '../api/types.ts';
import { mergeChanges } from './merge-changes.ts';
import type { Entry } from './timeline-item.ts';

let position = 0;
const change = (minute: number, changes: HistoryEvent['changes'], more: Partial<HistoryEvent> = {}): Entry => {
  const at = new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString();
  const event = {
    position: ++position,
    at,
    changeSet: '',
    object: 'account',
    record: 'r',
    operation: 'update' as const,
    version: 2,
    actor: 'ona',
    via: 'rest',
  };
  return { kind: 'change', of: null, at, event: { ...event, changes, note: null, ...more } };
};
const told = (entries: readonly Entry[]) =>
  mergeChanges(entries).map((one) => one.kind === 'change' && one.event.changes);

test('what one person changed in a row is one entry, from the first value to the last', () => {
  const entries = [change(9, { name: ['b', 'c'] }), change(5, { phone: [null, '1'] }), change(1, { name: ['a', 'b'] })];
  assert.deepEqual(told(entries), [{ name: ['a', 'c'], phone: [null, '1'] }]);
});

test('others, a pause, a reason and another kind of event stand between', () => {
  const between: Entry = { kind: 'note', of: null, at: '2026-11-22T09:07:00Z', record: { id: 'n', version: 1 } };
  assert.equal(told([change(9, { a: [1, 2] }), change(8, { a: [0, 1] }, { actor: 'jonas' })]).length, 2);
  assert.equal(told([change(30, { a: [1, 2] }), change(8, { a: [0, 1] })]).length, 2);
  assert.equal(told([change(9, { a: [1, 2] }, { note: 'why' }), change(8, { a: [0, 1] })]).length, 2);
  assert.equal(told([change(9, { a: [1, 2] }), between, change(5, { a: [0, 1] })]).length, 3);
  assert.equal(told([change(9, { a: [1, 2] }), change(8, null, { operation: 'create' })]).length, 2);
});

test('what was put back is no news', () => {
  assert.deepEqual(told([change(9, { a: [2, 1], b: [null, 'x'] }), change(8, { a: [1, 2] })]), [{ b: [null, 'x'] }]);
  assert.deepEqual(told([change(9, { a: [2, null] }), change(8, { a: [null, 2] })]), []);
});
