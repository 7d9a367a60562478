import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { addDays, dayOf, weekday } from '../calendar.ts';
import { nextDay } from './days.ts';
import { anchored, type Recurrence, readRecurrence, reanchored, writeRecurrence } from './format.ts';

test('days of a rule, one after the other', () => {
  assert.deepEqual(days('FREQ=DAILY;INTERVAL=3', '2026-02-26', 3), ['2026-03-01', '2026-03-04', '2026-03-07']);
  assert.deepEqual(days('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', '2026-10-23', 2), ['2026-10-26', '2026-10-27']);
  assert.deepEqual(days('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2026-03-24', 2), ['2026-04-07', '2026-04-21']);
  assert.deepEqual(days('FREQ=MONTHLY;BYDAY=2TU', '2026-01-13', 2), ['2026-02-10', '2026-03-10']);
  assert.deepEqual(days('FREQ=MONTHLY;BYDAY=-1FR', '2026-01-30', 2), ['2026-02-27', '2026-03-27']);
  assert.deepEqual(days('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2026-01-30', 2), [
    '2026-02-27',
    '2026-03-31',
  ]);
});

test('the end of a month and 29 February are in every month and year', () => {
  const monthly = writeRecurrence(anchored(readRecurrence('FREQ=MONTHLY')!, '2026-01-31'));
  assert.equal(monthly, 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1');
  assert.deepEqual(days(monthly, '2026-01-31', 4), ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  const thirtieth = writeRecurrence(anchored(readRecurrence('FREQ=MONTHLY')!, '2028-01-30'));
  assert.deepEqual(days(thirtieth, '2028-01-30', 3), ['2028-02-29', '2028-03-30', '2028-04-30']);
  const yearly = writeRecurrence(anchored(readRecurrence('FREQ=YEARLY')!, '2024-02-29'));
  assert.deepEqual(days(yearly, '2024-02-29', 4), ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']);
  assert.deepEqual(days('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2024-02-29', 2), ['2028-02-29', '2032-02-29']);
  assert.equal(
    writeRecurrence(anchored(readRecurrence('FREQ=YEARLY')!, '2024-01-31')),
    'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31',
  );
});

test('a rule ends by its number or its last day', () => {
  assert.deepEqual(nextDay(readRecurrence('FREQ=DAILY;COUNT=3')!, '2026-01-01', '2026-01-01'), {
    day: '2026-01-02',
    passed: 1,
  });
  assert.deepEqual(nextDay(readRecurrence('FREQ=DAILY;COUNT=5')!, '2026-01-01', '2026-01-03'), {
    day: '2026-01-04',
    passed: 3,
  });
  assert.equal(nextDay(readRecurrence('FREQ=DAILY;COUNT=3')!, '2026-01-01', '2026-01-03'), null);
  assert.equal(nextDay(readRecurrence('FREQ=DAILY;COUNT=1')!, '2026-01-01', '2026-01-01'), null);
  assert.equal(nextDay(readRecurrence('FREQ=DAILY;UNTIL=20260101')!, '2026-01-01', '2026-01-01'), null);
  assert.equal(nextDay(readRecurrence('FREQ=DAILY;UNTIL=20260102')!, '2026-01-01', '2026-01-01')?.day, '2026-01-02');
  assert.equal(nextDay(readRecurrence('FREQ=YEARLY')!, '9999-06-01', '9999-06-01'), null);
});

test('a moved day takes the rule along', () => {
  const moved = (rule: string, day: string) => writeRecurrence(reanchored(readRecurrence(rule)!, day));
  assert.equal(moved('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', '2026-03-26'), 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH');
  assert.equal(moved('FREQ=MONTHLY;BYDAY=2TU;COUNT=4', '2026-03-19'), 'FREQ=MONTHLY;BYDAY=3TH;COUNT=4');
  assert.equal(moved('FREQ=MONTHLY;BYDAY=-1TU', '2026-03-26'), 'FREQ=MONTHLY;BYDAY=-1TH');
  assert.equal(moved('FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1', '2026-03-05'), 'FREQ=MONTHLY;BYMONTHDAY=5');
  assert.equal(
    moved('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1', '2026-03-05'),
    'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5',
  );
  assert.equal(moved('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', '2026-03-28'), 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR');
});

const rules: fc.Arbitrary<Recurrence> = fc
  .record({
    freq: fc.constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const),
    interval: fc.integer({ min: 1, max: 5 }),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
    monthDay: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ freq, interval, weekdays, monthDay }) => ({
    ...{ freq, interval, months: [], positions: [] },
    days: freq === 'WEEKLY' ? weekdays.toSorted((a, b) => a - b).map((day) => ({ day })) : [],
    monthDays: freq === 'MONTHLY' ? [monthDay] : [],
  }));
const start = fc.integer({ min: 0, max: 3_000 }).map((ahead) => addDays('2024-01-01', ahead));

test('no day of a rule is left out and none comes twice: as counted by hand', () => {
  fc.assert(
    fc.property(rules, start, (given, day) => {
      const rule = anchored(given, day);
      let current = day;
      for (let step = 0; step < 6; step++) {
        const next = nextDay(rule, current, current)?.day;
        // The first step of a rule that does not begin on one of its days counts its interval from there.
        assert.equal(next, byHand(rule, current), `${writeRecurrence(rule)} after ${current}`);
        current = next!;
      }
    }),
    { numRuns: 60 },
  );
});

test('what is written is read as the same rule', () => {
  fc.assert(
    fc.property(rules, fc.option(fc.integer({ min: 1, max: 999 })), (rule, count) => {
      const whole = { ...rule, ...(count !== null && { count }) };
      assert.deepEqual(readRecurrence(writeRecurrence(whole)), whole);
    }),
  );
});

test('hostile text is no rule, and is refused at once', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => readRecurrence(text) === null));
  for (const text of [
    'FREQ=DAILY;'.repeat(30),
    'FREQ=SECONDLY',
    'FREQ=DAILY;BYSECOND=1',
    'RRULE:RRULE:FREQ=DAILY',
    '=;=;=',
  ]) {
    assert.equal(readRecurrence(text), null, text);
  }
});

function days(rule: string, first: string, number: number): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  for (let day: string | undefined = first; found.length < number; found.push(day)) {
    day = nextDay(readRecurrence(rule)!, day!, day!)?.day;
  }
  return found;
}

/** The next day on which all that the rule says is so, looked for day by day. */
function byHand(rule: Recurrence, first: string): string {
  const monday = (day: string) => addDays(day, 1 - weekday(day));
  const dayNumber = (day: string) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
  const month = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  for (let day = addDays(first, 1); ; day = addDays(day, 1)) {
    const apart = {
      DAILY: dayNumber(day) - dayNumber(first),
      WEEKLY: (dayNumber(monday(day)) - dayNumber(monday(first))) / 7,
      MONTHLY: month(day) - month(first),
      YEARLY: 0,
    }[rule.freq];
    const isDay = rule.days.length === 0 || rule.days.some((one) => one.day === weekday(day));
    const isDate =
      rule.monthDays.length === 0 ||
      rule.monthDays.some((date) => day === dayOf(Number(day.slice(0, 4)), Number(day.slice(5, 7)), date));
    if (apart % rule.interval === 0 && isDay && isDate) return day;
  }
}
