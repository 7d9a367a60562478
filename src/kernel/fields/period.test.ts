import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldProblem } from '../problems/problem.ts';
import { addMonths, dayIn, instantIn, isDay, startOfDay } from './calendar.ts';
import { daysOf, instantsOf, periodNames, relativeDay, relativeInstant } from './period.ts';

// A Saturday, already Sunday in Vilnius.
const vilnius = { now: new Date('2026-02-28T23:30:00Z'), timeZone: 'Europe/Vilnius' };
const newYork = { ...vilnius, timeZone: 'America/New_York' };

test('periods are days of the reader, from … to before …', () => {
  const expected: Record<string, [string | null, string | null]> = {
    today: ['2026-03-01', '2026-03-02'],
    yesterday: ['2026-02-28', '2026-03-01'],
    tomorrow: ['2026-03-02', '2026-03-03'],
    past: [null, '2026-03-01'],
    future: ['2026-03-02', null],
    'this-week': ['2026-02-23', '2026-03-02'],
    'last-week': ['2026-02-16', '2026-02-23'],
    'next-week': ['2026-03-02', '2026-03-09'],
    'this-month': ['2026-03-01', '2026-04-01'],
    'last-month': ['2026-02-01', '2026-03-01'],
    'next-month': ['2026-04-01', '2026-05-01'],
    'this-quarter': ['2026-01-01', '2026-04-01'],
    'last-quarter': ['2025-10-01', '2026-01-01'],
    'next-quarter': ['2026-04-01', '2026-07-01'],
    'this-year': ['2026-01-01', '2027-01-01'],
    'last-year': ['2025-01-01', '2026-01-01'],
    'next-year': ['2027-01-01', '2028-01-01'],
    'last-1-day': ['2026-03-01', '2026-03-02'],
    'last-7-days': ['2026-02-23', '2026-03-02'],
    'next-7-days': ['2026-03-01', '2026-03-08'],
    'last-2-weeks': ['2026-02-16', '2026-03-02'],
    'next-3-months': ['2026-03-01', '2026-06-01'],
    'last-1-month': ['2026-02-02', '2026-03-02'],
    'last-999-years': ['1027-03-02', '2026-03-02'],
  };
  for (const [name, [from, to]] of Object.entries(expected))
    assert.deepEqual(daysOf(name, vilnius), { from, to }, name);
  for (const name of periodNames) assert.ok(name in expected, name);
  assert.equal(daysOf('today', newYork).from, '2026-02-28');
});

test('anything else is not a period', () => {
  for (const name of [
    '',
    'last-0-days',
    'last-1000-days',
    'last-٣-days',
    'toString',
    'This-week',
    7,
    null,
    {},
    'x'.repeat(1e6),
  ]) {
    assert.throws(
      () => daysOf(name, vilnius),
      (error) => error instanceof FieldProblem && error.code === 'field.unknown-period',
    );
  }
});

test('the instants of a day follow changes of the clock', () => {
  const at = (day: string) => instantsOf('today', { now: new Date(`${day}T12:00:00Z`), timeZone: 'Europe/Vilnius' });
  // 23 hours, then 25.
  assert.deepEqual(at('2026-03-29'), { from: '2026-03-28T22:00:00.000Z', to: '2026-03-29T21:00:00.000Z' });
  assert.deepEqual(at('2026-10-25'), { from: '2026-10-24T21:00:00.000Z', to: '2026-10-25T22:00:00.000Z' });
  assert.deepEqual(instantsOf('past', vilnius), { from: null, to: '2026-02-28T23:30:00.000Z' });
  assert.deepEqual(instantsOf('future', vilnius), { from: '2026-02-28T23:30:00.000Z', to: null });
});

test('a local time that is skipped or shown twice has one instant', () => {
  const iso = (local: string, zone: string) => instantIn(local, zone).toISOString();
  assert.equal(iso('2026-03-29T03:30:00', 'Europe/Vilnius'), '2026-03-29T01:30:00.000Z');
  assert.equal(iso('2026-10-25T03:30:00', 'Europe/Vilnius'), '2026-10-25T00:30:00.000Z');
  assert.equal(iso('2026-07-01T12:00:00.250', 'America/New_York'), '2026-07-01T16:00:00.250Z');
  // Midnight did not exist in São Paulo on this day, and Samoa left out a whole one.
  assert.equal(startOfDay('2018-11-04', 'America/Sao_Paulo').toISOString(), '2018-11-04T03:00:00.000Z');
  assert.equal(startOfDay('2011-12-31', 'Pacific/Apia').toISOString(), '2011-12-30T10:00:00.000Z');
  // Midnight came twice.
  assert.equal(startOfDay('2026-11-01', 'America/Havana').toISOString(), '2026-11-01T04:00:00.000Z');
  for (const zone of Intl.supportedValuesOf('timeZone').filter((_, index) => index % 20 === 0)) {
    for (let month = 1; month <= 12; month++) {
      const day = `2026-${String(month).padStart(2, '0')}-29`;
      if (isDay(day)) assert.equal(dayIn(startOfDay(day, zone), zone), day);
      if (isDay(day)) assert.notEqual(dayIn(new Date(startOfDay(day, zone).getTime() - 1), zone), day);
    }
  }
});

test('days and months that do not exist', () => {
  for (const day of [
    '2024-02-30',
    '2023-02-29',
    '0000-01-01',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '10000-01-01',
    '',
  ]) {
    assert.equal(isDay(day), false, day);
  }
  assert.ok(isDay('2024-02-29') && isDay('0001-01-01') && isDay('9999-12-31'));
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(addMonths('2024-01-31', 1), '2024-02-29');
  assert.equal(addMonths('2026-01-15', -1), '2025-12-15');
  assert.equal(addMonths('2026-12-31', 14), '2028-02-29');
  assert.equal(addMonths('2026-03-31', -25), '2024-02-29');
});

test('relative words', () => {
  assert.equal(relativeDay('today', vilnius), '2026-03-01');
  assert.equal(relativeDay('today+7', vilnius), '2026-03-08');
  assert.equal(relativeDay('today-2w', vilnius), '2026-02-15');
  assert.equal(relativeInstant('now-2h', vilnius), '2026-02-28T21:30:00.000Z');
  assert.equal(relativeInstant('today', vilnius), '2026-02-28T22:00:00.000Z');
  for (const text of ['now', 'tomorrow', 'today+', 'today+1y', 'today+99999'])
    assert.equal(relativeDay(text, vilnius), undefined);
  for (const text of ['now-2', 'now+1y', 'yesterday']) assert.equal(relativeInstant(text, vilnius), undefined);
});
