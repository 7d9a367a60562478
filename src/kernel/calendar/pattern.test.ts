import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecurrence } from '../fields/recurrence/format.ts';
import { endedBefore, isOver, movedFrom, occurrencesOf, type Pattern, patternFrom } from './pattern.ts';

const zone = 'Europe/Vilnius';
const from = (rule: string, at: string, timeZone = zone) => patternFrom(readRecurrence(rule)!, new Date(at), timeZone)!;
const times = (pattern: Pattern, most = 5) =>
  occurrencesOf(pattern, new Date(0), new Date('2030-01-01'))
    .slice(0, most)
    .map((at) => at.toISOString().slice(0, 16));

test('9 o’clock stays 9 o’clock when the clocks go back, and forward', () => {
  // They go back in Vilnius on 25 October 2026, and forward on 28 March 2027.
  assert.deepEqual(times(from('FREQ=WEEKLY;COUNT=2', '2026-10-19T06:00Z')), ['2026-10-19T06:00', '2026-10-26T07:00']);
  assert.deepEqual(times(from('FREQ=WEEKLY;COUNT=2', '2027-03-22T07:00Z')), ['2027-03-22T07:00', '2027-03-29T06:00']);
  assert.deepEqual(times(from('FREQ=DAILY;COUNT=3', '2026-10-31T13:00Z', 'America/New_York')), [
    ...['2026-10-31T13:00', '2026-11-01T14:00', '2026-11-02T14:00'],
  ]);
  // The hour that is leapt over, and the one that comes twice.
  assert.deepEqual(times(from('FREQ=DAILY;COUNT=3', '2027-03-27T01:30Z')), [
    ...['2027-03-27T01:30', '2027-03-28T01:30', '2027-03-29T00:30'],
  ]);
  assert.deepEqual(times(from('FREQ=DAILY;COUNT=2', '2026-10-24T00:30Z')), ['2026-10-24T00:30', '2026-10-25T00:30']);
});

test('a day in the zone is another one elsewhere', () => {
  // 1 o’clock on Tuesday in Tokyo is Monday in the world’s time.
  assert.deepEqual(times(from('FREQ=WEEKLY;BYDAY=TU;COUNT=2', '2026-11-23T16:00Z', 'Asia/Tokyo')), [
    ...['2026-11-23T16:00', '2026-11-30T16:00'],
  ]);
  const until = from('FREQ=DAILY;UNTIL=20261125', '2026-11-23T16:00Z', 'Asia/Tokyo');
  assert.deepEqual(times(until), ['2026-11-23T16:00', '2026-11-24T16:00']);
});

test('the nth weekday, the end of a month and a year', () => {
  assert.deepEqual(times(from('FREQ=MONTHLY;BYDAY=2TU', '2026-11-23T09:00Z'), 3), [
    ...['2026-12-08T09:00', '2027-01-12T09:00', '2027-02-09T09:00'],
  ]);
  assert.deepEqual(times(from('FREQ=MONTHLY;BYDAY=-1FR;COUNT=2', '2026-11-01T09:00Z')), [
    ...['2026-11-27T09:00', '2026-12-25T09:00'],
  ]);
  assert.deepEqual(times(from('FREQ=MONTHLY', '2027-01-31T09:00Z'), 3), [
    ...['2027-01-31T09:00', '2027-02-28T09:00', '2027-03-31T08:00'],
  ]);
  assert.deepEqual(times(from('FREQ=YEARLY;COUNT=2', '2026-11-23T09:00Z')), ['2026-11-23T09:00', '2027-11-23T09:00']);
});

test('a series ends before one of it, and is over when none is left', () => {
  const weekly = from('FREQ=WEEKLY;BYDAY=MO;COUNT=5', '2026-11-23T07:00Z');
  const third = occurrencesOf(weekly, new Date(0), new Date('2030-01-01'))[2]!;
  assert.equal(endedBefore(weekly, third), 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20261206');
  assert.deepEqual(times({ ...weekly, rule: endedBefore(weekly, third) }), ['2026-11-23T07:00', '2026-11-30T07:00']);
  assert.equal(isOver(weekly, new Date('2026-12-21T07:00Z')), false);
  assert.equal(isOver(weekly, new Date('2026-12-21T07:01Z')), true);
  assert.equal(isOver(from('FREQ=WEEKLY', '2026-11-23T07:00Z'), new Date('2999-01-01')), false);
});

test('those that follow move with one, and as many are left', () => {
  const weekly = from('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=6', '2026-11-23T07:00Z');
  const at = (iso: string) => new Date(iso);
  // From the second week on Monday becomes Tuesday at 11, Wednesday stays, at 11.
  const moved = movedFrom(weekly, at('2026-11-30T07:00Z'), at('2026-11-30T07:00Z'), at('2026-12-01T09:00Z'));
  assert.equal(moved.rule, 'FREQ=WEEKLY;BYDAY=TU,WE;COUNT=4');
  assert.deepEqual(times(moved), ['2026-12-01T09:00', '2026-12-02T09:00', '2026-12-08T09:00', '2026-12-09T09:00']);
  // The one that is moved need not be the first of those that are meant.
  const all = movedFrom(weekly, at('2026-11-23T07:00Z'), at('2026-12-02T07:00Z'), at('2026-12-03T07:00Z'));
  assert.deepEqual(times(all, 3), ['2026-11-23T07:00', '2026-11-26T07:00', '2026-11-30T07:00']);
  const same = movedFrom(weekly, at('2026-12-02T07:00Z'), at('2026-12-02T07:00Z'), at('2026-12-02T07:00Z'));
  assert.equal(same.rule, 'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3');
});

test('a rule without days is none, and a hostile one costs a moment', () => {
  assert.equal(patternFrom(readRecurrence('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30')!, new Date(), zone), null);
  assert.deepEqual(
    occurrencesOf({ start: '2026-01-01T09:00:00', timeZone: zone, rule: 'nonsense' }, new Date(0), new Date()),
    [],
  );
});
