import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addDays,
  addMonths,
  daysBetween,
  firstWeekdayOf,
  localMoment,
  momentOf,
  monthGrid,
  weekStart,
} from './days.ts';

test('days and months are added across years, leap days and clock changes', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2026-03-28', 2), '2026-03-30');
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(addMonths('2024-03-31', -1), '2024-02-29');
  assert.equal(addMonths('2026-01-15', -1), '2025-12-15');
  assert.equal(daysBetween('2026-03-01', '2026-04-01'), 31);
});

test('a month is whole weeks', () => {
  const weeks = monthGrid('2026-11-22', 1);
  assert.equal(weeks[0]![0], '2026-10-26');
  assert.equal(weeks.at(-1)![6], '2026-12-06');
  assert.equal(monthGrid('2027-02-01', 1).length, 4);
  assert.equal(weekStart('2026-11-22', 7), '2026-11-22');
  assert.equal(weekStart('2026-11-22', 1), '2026-11-16');
  assert.equal(firstWeekdayOf('en-US'), 7);
  assert.equal(firstWeekdayOf('lt'), 1);
});

test('moments are days and clocks of a zone, also around a clock change', () => {
  assert.deepEqual(localMoment('2026-11-22T23:30:00Z', 'Europe/Vilnius'), ['2026-11-23', '01:30']);
  assert.equal(momentOf('2026-11-23', '01:30', 'Europe/Vilnius'), '2026-11-22T23:30:00.000Z');
  assert.equal(momentOf('2026-03-29', '12:00', 'Europe/Vilnius'), '2026-03-29T09:00:00.000Z');
  assert.equal(momentOf('2026-03-29', '01:00', 'Europe/Vilnius'), '2026-03-28T23:00:00.000Z');
});
