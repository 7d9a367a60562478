import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordShape } from '../api/types.ts';
import { groupNotifications, isShown, snoozeUntil, typeOf } from './notifications.ts';

const item = (id: string, more: Record<string, unknown>): RecordShape => ({ id, version: 1, ...more });

test('news of one record stand together, where the newest of them is', () => {
  const items = [
    item('4', { targetObject: 'account', targetId: 'a' }),
    item('3', { targetObject: 'account', targetId: 'b' }),
    item('2', { targetObject: 'account', targetId: 'a' }),
    item('1', { targetObject: 'task', targetId: null }),
  ];
  assert.deepEqual(
    groupNotifications(items).map((group) => group.items.map(({ id }) => id)),
    [['4', '2'], ['3'], ['1']],
  );
});

test('what was put off is out of sight until its time', () => {
  const now = Date.parse('2026-03-10T10:00:00Z');
  assert.ok(isShown(item('1', {}), now));
  assert.ok(!isShown(item('1', { snoozedUntil: '2026-03-10T10:00:01Z' }), now));
  assert.ok(isShown(item('1', { snoozedUntil: '2026-03-10T09:59:00Z' }), now));
});

test('later is an hour on, tomorrow at nine, or Monday at nine', () => {
  const sunday = new Date(2026, 2, 8, 22, 30);
  assert.equal(snoozeUntil('hour', sunday).getHours(), 23);
  assert.deepEqual([snoozeUntil('tomorrow', sunday).getDate(), snoozeUntil('tomorrow', sunday).getHours()], [9, 9]);
  assert.equal(snoozeUntil('week', sunday).getDate(), 9);
  assert.equal(snoozeUntil('week', new Date(2026, 2, 9, 8)).getDate(), 16);
});

test('one and many of a type are the same type', () => {
  assert.equal(typeOf(item('1', { kind: 'changedMany' })), 'changed');
  assert.equal(typeOf(item('1', { kind: 'mentioned' })), 'mentioned');
});
