import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayIn } from './calendar.ts';

test('the day of an instant is that of the zone, also around its midnight and where its clock leaps', () => {
  const zones = ['UTC', 'Europe/Vilnius', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];
  const minute = 60_000;
  const starts = [
    '2026-03-28T12:00Z',
    '2026-10-24T12:00Z',
    '2011-12-29T06:00Z',
    '1971-12-31T12:00Z',
    '1900-01-01T00:00Z',
  ];
  for (const timeZone of [...zones, 'Africa/Monrovia']) {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone });
    for (const start of starts)
      for (let at = Date.parse(start), n = 0; n < 36 * 60; n += 7)
        assert.equal(
          dayIn(new Date(at + n * minute), timeZone),
          format.format(at + n * minute),
          `${timeZone} ${start}`,
        );
  }
});
