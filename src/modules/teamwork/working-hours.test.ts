import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { hoursOf, isWorking, nextWorkingMoment, type WorkingHours, workingMinutesBetween } from './working-hours.ts';

const weekdays = [1, 2, 3, 4, 5];
/** 9–13 and 14–18 from Monday to Friday, 10–14 on Saturday. */
const usual: WorkingHours = [
  ...weekdays.flatMap((day) => [
    { day, from: '09:00', to: '13:00' },
    { day, from: '14:00', to: '18:00' },
  ]),
  { day: 6, from: '10:00', to: '14:00' },
];
const always: WorkingHours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' }));
const at = (text: string) => new Date(text);
const VILNIUS = 'Europe/Vilnius';
const MADRID = 'Europe/Madrid';

test('during the hours, at their ends, and on days without any', () => {
  for (const [moment, vilnius, madrid] of [
    // A Wednesday in February: Vilnius is two hours ahead of UTC, Madrid one.
    ['2026-02-11T06:59:59Z', false, false],
    ['2026-02-11T07:00:00Z', true, false],
    ['2026-02-11T08:00:00Z', true, true],
    ['2026-02-11T11:00:00Z', false, true],
    ['2026-02-11T12:00:00Z', true, false],
    ['2026-02-11T15:59:59.999Z', true, true],
    ['2026-02-11T16:00:00Z', false, true],
    // Saturday and Sunday.
    ['2026-02-14T11:59:00Z', true, true],
    ['2026-02-14T12:00:00Z', false, true],
    ['2026-02-15T11:00:00Z', false, false],
    // The same hours of the wall an hour earlier, in summer.
    ['2026-07-08T06:00:00Z', true, false],
    ['2026-07-08T07:00:00Z', true, true],
  ] as const) {
    assert.equal(isWorking(usual, at(moment), VILNIUS), vilnius, `${moment} Vilnius`);
    assert.equal(isWorking(usual, at(moment), MADRID), madrid, `${moment} Madrid`);
  }
  assert.equal(isWorking([], at('2026-02-11T10:00:00Z'), VILNIUS), false);
});

test('when work goes on', () => {
  const next = (hours: WorkingHours, moment: string, zone = VILNIUS) =>
    nextWorkingMoment(hours, at(moment), zone)?.toISOString() ?? null;
  // Now, after lunch, tomorrow, after the weekend.
  assert.equal(next(usual, '2026-02-11T08:30:00Z'), '2026-02-11T08:30:00.000Z');
  assert.equal(next(usual, '2026-02-11T11:00:00Z'), '2026-02-11T12:00:00.000Z');
  assert.equal(next(usual, '2026-02-11T16:00:00Z'), '2026-02-12T07:00:00.000Z');
  assert.equal(next(usual, '2026-02-14T12:00:00Z'), '2026-02-16T07:00:00.000Z');
  // Over the weekend in which summer time begins.
  assert.equal(next(usual, '2026-03-28T12:00:00Z'), '2026-03-30T06:00:00.000Z');
  assert.equal(next(usual, '2026-03-28T14:00:00Z', MADRID), '2026-03-30T07:00:00.000Z');
  // Once a week, and it is just over.
  const mondays = [{ day: 1, from: '09:00', to: '10:00' }];
  assert.equal(next(mondays, '2026-02-09T08:00:00Z'), '2026-02-16T07:00:00.000Z');
  assert.equal(next([], '2026-02-09T08:00:00Z'), null);
});

test('minutes that pass', () => {
  const between = (from: string, until: string, hours = usual, zone = VILNIUS) =>
    workingMinutesBetween(hours, at(from), at(until), zone);
  assert.equal(between('2026-02-11T07:30:00Z', '2026-02-11T12:30:00Z'), 240);
  // A week.
  assert.equal(between('2026-02-09T00:00:00Z', '2026-02-16T00:00:00Z'), 5 * 480 + 240);
  assert.equal(between('2026-02-11T07:00:00Z', '2026-02-11T07:00:30Z'), 0.5);
  assert.equal(between('2026-02-11T08:00:00Z', '2026-02-11T07:00:00Z'), 0);
  assert.equal(between('2026-02-15T00:00:00Z', '2026-02-15T20:00:00Z'), 0);
  assert.equal(between('2026-02-11T07:00:00Z', '2026-02-12T07:00:00Z', []), 0);
});

test('the nights in which the clocks change have as many minutes as really pass', () => {
  const nights = (day: number): WorkingHours => [{ day, from: '00:00', to: '06:00' }];
  const day = (date: string, zone: string) =>
    workingMinutesBetween(nights(7), at(`${date}T00:00:00Z`), at(`${date}T12:00:00Z`), zone) +
    // What of the Sunday comes before midnight in UTC.
    workingMinutesBetween(nights(7), new Date(+at(`${date}T00:00:00Z`) - 4 * 3_600_000), at(`${date}T00:00:00Z`), zone);
  for (const zone of [VILNIUS, MADRID]) {
    assert.equal(day('2026-03-22', zone), 360, zone);
    assert.equal(day('2026-03-29', zone), 300, zone);
    assert.equal(day('2026-10-25', zone), 420, zone);
  }
  // Summer time begins at 3:00 in Vilnius and at 2:00 in Madrid: an hour there is none of is not worked.
  const leapt: WorkingHours = [{ day: 7, from: '03:00', to: '04:00' }];
  const sunday = [at('2026-03-28T20:00:00Z'), at('2026-03-29T20:00:00Z')] as const;
  assert.equal(workingMinutesBetween(leapt, ...sunday, VILNIUS), 0);
  assert.equal(workingMinutesBetween(leapt, ...sunday, MADRID), 60);
  assert.equal(isWorking(leapt, at('2026-03-29T01:00:00Z'), VILNIUS), false);
  assert.equal(nextWorkingMoment(leapt, sunday[0], VILNIUS)?.toISOString(), '2026-04-05T00:00:00.000Z');
  // One that begins within it begins when it is over, and meets what follows without an overlap.
  const split: WorkingHours = [
    { day: 7, from: '03:30', to: '04:15' },
    { day: 7, from: '04:30', to: '05:00' },
  ];
  assert.equal(workingMinutesBetween(split, ...sunday, VILNIUS), 45);
  assert.equal(nextWorkingMoment(split, sunday[0], VILNIUS)?.toISOString(), '2026-03-29T01:00:00.000Z');
  // The hour that comes twice, once for whoever begins or ends in it, and twice for whoever works through.
  const [autumn, later] = [at('2026-10-24T18:00:00Z'), at('2026-10-25T20:00:00Z')];
  const twice = (from: string, to: string) => workingMinutesBetween([{ day: 7, from, to }], autumn, later, VILNIUS);
  assert.equal(twice('03:00', '03:30'), 30);
  assert.equal(twice('03:30', '05:00'), 150);
  assert.equal(twice('02:00', '05:00'), 240);
});

test('parts add up to the whole, and a minute counts just when it is worked', () => {
  const zones = [VILNIUS, MADRID, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
  const moment = fc.date({ min: at('2025-01-01'), max: at('2027-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.nat(20_000), fc.nat(20_000), fc.constantFrom(...zones), (from, first, second, zone) => {
      const start = new Date(Math.floor(+from / 60_000) * 60_000);
      const middle = new Date(+start + first * 60_000);
      const end = new Date(+middle + second * 60_000);
      const minutes = (a: Date, b: Date, hours = usual) => workingMinutesBetween(hours, a, b, zone);
      assert.equal(minutes(start, middle) + minutes(middle, end), minutes(start, end));
      assert.equal(minutes(start, end, always), first + second);
      assert.equal(minutes(start, new Date(+start + 60_000)), isWorking(usual, start, zone) ? 1 : 0);
      const next = nextWorkingMoment(usual, start, zone)!;
      assert.ok(isWorking(usual, next, zone));
      assert.equal(minutes(start, next), 0);
    }),
    { numRuns: 100 },
  );
});

test('whose hours count', () => {
  assert.equal(hoursOf({ workingHours: usual }, { workingHours: always }), usual);
  assert.equal(hoursOf({ workingHours: null }, { workingHours: always }), always);
  assert.equal(hoursOf({}, {}), null);
});
