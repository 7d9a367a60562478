import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvents } from './read-events.ts';
import { changeSeriesEvent, type SeriesEvent, seriesIn, writeSeries } from './series-event.ts';

const zone = 'Europe/Vilnius';
const now = new Date('2026-11-23T00:00:00Z');
const weekly: SeriesEvent = {
  ...{ uid: 'x@tendero', length: 3600, summary: 'Round', location: 'Vilnius', changedAt: now },
  pattern: { start: '2026-11-23T09:00:00', timeZone: zone, rule: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20261214' },
  without: [new Date('2026-11-30T07:00:00Z')],
  changed: [
    {
      ...{ recurrence: new Date('2026-12-07T07:00:00Z'), start: new Date('2026-12-08T08:00:00Z'), length: 1800 },
      ...{ summary: 'Moved', changedAt: now },
    },
  ],
};
const read = (text: string, timeZone = 'UTC') =>
  readEvents(text, { from: now, until: new Date('2027-06-01'), timeZone })[0]!.occurrences.map(
    ({ recurrence, start, summary }) => `${recurrence.slice(5, 10)} ${start.toISOString().slice(5, 16)} ${summary}`,
  );

test('a series with one moved and one left out is read as it was written, wherever the reader is', () => {
  const text = writeSeries(weekly);
  const expected = ['11-23 11-23T07:00 Round', '12-07 12-08T08:00 Moved', '12-14 12-14T07:00 Round'];
  assert.deepEqual(read(text), expected);
  assert.deepEqual(read(text, 'America/New_York'), expected);
  assert.deepEqual(seriesIn(text, 'x@tendero', 'UTC'), {
    ...{ pattern: weekly.pattern, length: 3600, summary: 'Round', description: '', location: 'Vilnius' },
  });
  // Its end is an instant: the end of that day in the zone of the series.
  assert.match(text, /UNTIL=20261214T215959Z/);
});

test('its zone says by itself when its clocks change', () => {
  const zoneOf = (timeZone: string) =>
    writeSeries({ ...weekly, changed: [], without: [], pattern: { ...weekly.pattern, timeZone } }).split(
      'BEGIN:VEVENT',
    )[0]!;
  // Without the name the program knows the same from what the file says.
  const unknown = writeSeries(weekly).replaceAll(zone, 'Nowhere/At all');
  assert.deepEqual(read(unknown)[0], '11-23 11-23T07:00 Round');
  assert.match(zoneOf('America/New_York'), /BYMONTH=3;BYDAY=2SU[\s\S]*BYMONTH=11;BYDAY=1SU/);
  assert.match(zoneOf('Asia/Tokyo'), /BEGIN:STANDARD\r\nDTSTART:19700101T090000\r\nTZOFFSETFROM:\+0900/);
  assert.doesNotMatch(zoneOf('UTC'), /VTIMEZONE/);
});

test('what a calendar program wrote stays; only the series changes', () => {
  const theirs = writeSeries(weekly).replace('SUMMARY:Round', 'SUMMARY:Round\r\nX-THEIRS:kept');
  const renamed = changeSeriesEvent(theirs, { ...weekly, summary: 'Weekly' }, false, 'UTC')!;
  assert.match(renamed, /X-THEIRS:kept/);
  assert.match(renamed, /SEQUENCE:1/);
  assert.deepEqual(read(renamed), ['11-23 11-23T07:00 Weekly', '12-07 12-08T08:00 Moved', '12-14 12-14T07:00 Weekly']);
  const pattern = { ...weekly.pattern, rule: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20261206' };
  assert.deepEqual(read(changeSeriesEvent(theirs, { ...weekly, pattern }, false, 'UTC')!), ['11-23 11-23T07:00 Round']);
  const later = { ...weekly, without: [], changed: [], pattern: { ...weekly.pattern, start: '2026-11-23T11:00:00' } };
  const moved = changeSeriesEvent(theirs, later, true, 'UTC')!;
  assert.match(moved, /X-THEIRS:kept/);
  assert.equal(read(moved).length, 4);
  assert.ok(read(moved).every((one) => one.includes('T09:00 Round')));
  assert.equal(changeSeriesEvent(theirs.replace(/RRULE:FREQ=WEEKLY.*\r\n/, ''), weekly, false, 'UTC'), null);
});

test('a series that one rule of days does not say stays what it is', () => {
  const text = writeSeries(weekly);
  const said = (from: string | RegExp, to: string) =>
    seriesIn(text.replace(from, to), 'x@tendero', zone)?.pattern ?? null;
  assert.equal(said('FREQ=WEEKLY;BYDAY=MO', 'FREQ=HOURLY'), null);
  assert.equal(said('SUMMARY:Round', 'RDATE:20261201T070000Z\r\nSUMMARY:Round'), null);
  assert.equal(said('SUMMARY:Round', 'RRULE:FREQ=DAILY\r\nSUMMARY:Round'), null);
  // Ended within its last day before the hour, that day is none of it; by the clock of Vilnius, not of Greenwich.
  assert.match(said('UNTIL=20261214T215959Z', 'UNTIL=20261214T065959Z')!.rule, /UNTIL=20261213/);
  assert.match(said('UNTIL=20261214T215959Z', 'UNTIL=20261213T230000Z')!.rule, /UNTIL=20261213/);
  assert.match(said('UNTIL=20261214T215959Z', 'UNTIL=20261214T070000Z')!.rule, /UNTIL=20261214/);
});
