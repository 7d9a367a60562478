import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byUrgency, daysAfter, greetingAt } from './greeting.ts';

test('the greeting is that of the person’s own clock', () => {
  const now = new Date('2026-03-10T23:30:00Z');
  assert.equal(greetingAt('Europe/Vilnius', now), 'evening');
  assert.equal(greetingAt('Asia/Tokyo', now), 'morning');
  assert.equal(greetingAt('America/Los_Angeles', now), 'day');
});

test('days go over the end of a month and a change of clocks', () => {
  assert.equal(daysAfter('2026-02-27', 3), '2026-03-02');
  assert.equal(daysAfter('2026-10-24', 2), '2026-10-26');
});

test('tasks are late, for today or to come', () => {
  const tasks = [{ dueOn: '2026-03-09' }, { dueOn: '2026-03-10' }, { dueOn: '2026-03-12' }, { dueOn: null }];
  const { overdue, today, soon } = byUrgency(tasks, '2026-03-10');
  assert.deepEqual([overdue.length, today.length, soon.length], [1, 1, 1]);
});
