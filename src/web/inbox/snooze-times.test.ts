import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snoozeTimes } from './snooze-times.ts';

const at = (now: string, zone = 'Europe/Vilnius') => Object.fromEntries(snoozeTimes(new Date(now), zone));

test('later today, tomorrow morning, Monday morning', () => {
  assert.deepEqual(at('2026-11-18T08:10:00Z'), {
    laterToday: '2026-11-18T11:30:00.000Z',
    tomorrow: '2026-11-19T07:00:00.000Z',
    nextWeek: '2026-11-23T07:00:00.000Z',
  });
  // On a Monday the next week begins in seven days; in the evening there is no later today.
  assert.deepEqual(at('2026-11-23T20:00:00Z'), {
    tomorrow: '2026-11-24T07:00:00.000Z',
    nextWeek: '2026-11-30T07:00:00.000Z',
  });
});

test('nine o’clock is nine o’clock on the other side of a clock change', () => {
  assert.equal(at('2026-03-28T10:00:00Z').tomorrow, '2026-03-29T06:00:00.000Z');
});
