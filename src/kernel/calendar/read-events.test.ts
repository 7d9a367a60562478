import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { realData } from '../transfer/test-data.ts';
import { changeEvent, withoutOccurrence } from './change-event.ts';
import { readEvents, UnreadableEvent } from './read-events.ts';

const window = {
  from: new Date('2026-11-01T00:00:00Z'),
  until: new Date('2026-12-01T00:00:00Z'),
  timeZone: 'Europe/Vilnius',
};
const file = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:one@example.com', ...lines, 'END:VEVENT'];
const starts = (text: string) =>
  readEvents(text, window)[0]!.occurrences.map(({ start }) => start.toISOString().slice(0, 16));

test('times are read in their zones: UTC, named, of Outlook, of the file, of nowhere; days are days', () => {
  const zone = [
    ...['BEGIN:VTIMEZONE', 'TZID:Ours', 'BEGIN:STANDARD', 'DTSTART:19700101T000000', 'TZOFFSETFROM:+0500'],
    ...['TZOFFSETTO:+0500', 'END:STANDARD', 'END:VTIMEZONE'],
  ];
  for (const [start, expected] of [
    ['DTSTART:20261110T090000Z', '2026-11-10T09:00'],
    ['DTSTART;TZID=Europe/Madrid:20261110T090000', '2026-11-10T08:00'],
    ['DTSTART;TZID=Romance Standard Time:20261110T090000', '2026-11-10T08:00'],
    ['DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Vilnius:20261110T090000', '2026-11-10T07:00'],
    ['DTSTART;TZID=Ours:20261110T090000', '2026-11-10T04:00'],
    ['DTSTART;TZID=Nobody knows:20261110T090000', '2026-11-10T07:00'],
    ['DTSTART:20261110T090000', '2026-11-10T07:00'],
    ['DTSTART;VALUE=DATE:20261110', '2026-11-09T22:00'],
  ] as const) {
    const text = file(...zone, ...event(start));
    assert.deepEqual(starts(text), [expected], start);
  }
  const [day] = readEvents(file(...event('DTSTART;VALUE=DATE:20261110')), window)[0]!.occurrences;
  assert.deepEqual([day!.isAllDay, day!.end.toISOString()], [true, '2026-11-10T22:00:00.000Z']);
});

test('a series keeps the hour of the wall, ends, leaves dates out, and has dates of its own', () => {
  // The clocks of Vilnius changed on 25 October.
  const weekly = ['DTSTART;TZID=Europe/Vilnius:20261007T090000', 'DTEND;TZID=Europe/Vilnius:20261007T100000'];
  assert.deepEqual(starts(file(...event(...weekly, 'RRULE:FREQ=WEEKLY;UNTIL=20261118T070000Z'))), [
    ...['2026-11-04T07:00', '2026-11-11T07:00', '2026-11-18T07:00'],
  ]);
  const moved = [
    'RECURRENCE-ID;TZID=Europe/Vilnius:20261111T090000',
    'DTSTART;TZID=Europe/Vilnius:20261112T150000',
    'DTEND;TZID=Europe/Vilnius:20261112T160000',
  ];
  const text = file(
    ...event(
      ...[...weekly, 'RRULE:FREQ=WEEKLY;COUNT=7', 'EXDATE;TZID=Europe/Vilnius:20261104T090000'],
      'RDATE;TZID=Europe/Vilnius:20261120T120000',
    ),
    ...event(...moved, 'SUMMARY:Moved'),
  );
  const [read] = readEvents(text, window);
  assert.deepEqual(starts(text), ['2026-11-12T13:00', '2026-11-18T07:00', '2026-11-20T10:00']);
  assert.deepEqual(
    read!.occurrences.map(({ recurrence, summary }) => `${recurrence} ${summary}`),
    ['2026-11-11T07:00:00.000Z Moved', '2026-11-18T07:00:00.000Z ', '2026-11-20T10:00:00.000Z '],
  );
});

test('a series of fifty years, and rules that never come or never end, take a moment', () => {
  for (const [rule, count] of [
    ['FREQ=WEEKLY', 5],
    ['FREQ=DAILY', 30],
    ['FREQ=WEEKLY;COUNT=5000', 5],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 0],
    ['FREQ=SECONDLY', 0],
    ['FREQ=SECONDLY;COUNT=999999999', 0],
    ['FREQ=WEEKLY;INTERVAL=0', 5],
    ['FREQ=MONTHLY;BYDAY=5MO', 1],
  ] as const) {
    const text = file(...event('DTSTART:19760105T090000Z', `RRULE:${rule}`));
    assert.equal(readEvents(text, window)[0]!.occurrences.length, count, rule);
  }
});

test('who takes part, and what is nobody else’s', () => {
  const [read] = readEvents(
    file(
      'METHOD:REQUEST',
      ...event(
        ...['DTSTART:20261110T090000Z', 'DURATION:PT45M', 'CLASS:CONFIDENTIAL', 'TRANSP:TRANSPARENT', 'SEQUENCE:3'],
        'ORGANIZER;CN="Jonas; P.":MAILTO:Jonas@Example.com',
        'ATTENDEE;CN=Rasa;PARTSTAT=ACCEPTED:mailto:rasa@example.com',
        'ATTENDEE;PARTSTAT=DECLINED:mailto:jonas@example.com',
        'ATTENDEE:urn:uuid:nobody',
      ),
    ),
    window,
  );
  assert.deepEqual([read!.method, read!.sequence], ['REQUEST', 3]);
  const [one] = read!.occurrences;
  assert.deepEqual([one!.isPrivate, one!.isFree, +one!.end - +one!.start], [true, true, 45 * 60_000]);
  assert.deepEqual(
    one!.attendees.map(({ address, name, response, isOrganizer }) => [address, name, response, isOrganizer]),
    [
      ['jonas@example.com', 'Jonas; P.', 'declined', true],
      ['rasa@example.com', 'Rasa', 'accepted', false],
    ],
  );
});

test('a change leaves the rest as it was written, in its zone; one occurrence is changed on its own', () => {
  const owner = { timeZone: 'Europe/Vilnius' };
  const now = new Date('2026-11-01T12:00:00Z');
  const alone = file(
    ...event('DTSTART;TZID=Europe/Madrid:20261110T090000', 'DURATION:PT1H', 'X-OWN:kept', 'SUMMARY:A'),
  );
  const moved = changeEvent(
    alone,
    '',
    { start: new Date('2026-11-11T10:00:00Z'), end: new Date('2026-11-11T12:00:00Z'), summary: 'B\r\nEND:VEVENT' },
    owner,
    now,
  );
  assert.match(moved, /DTSTART;TZID=Europe\/Madrid:20261111T110000\r\n/);
  assert.match(moved, /DTEND;TZID=Europe\/Madrid:20261111T130000\r\n/);
  assert.match(moved, /X-OWN:kept\r\n/);
  assert.match(moved, /SEQUENCE:1\r\n/);
  assert.equal(readEvents(moved, window).length, 1);

  const series = file(
    ...event(
      'DTSTART;TZID=Europe/Vilnius:20261104T090000',
      'DTEND;TZID=Europe/Vilnius:20261104T100000',
      'RRULE:FREQ=WEEKLY',
      'SUMMARY:Weekly',
    ),
  );
  const second = '2026-11-11T07:00:00.000Z';
  const changed = changeEvent(
    series,
    second,
    { summary: 'Special', start: new Date('2026-11-11T08:00:00Z') },
    owner,
    now,
  );
  assert.deepEqual(
    readEvents(changed, window)[0]!.occurrences.map(
      ({ start, summary }) => `${start.toISOString().slice(8, 16)} ${summary}`,
    ),
    ['04T07:00 Weekly', '11T08:00 Special', '18T07:00 Weekly', '25T07:00 Weekly'],
  );
  const again = changeEvent(changed, second, { isCancelled: true }, owner, now);
  assert.equal(again.match(/RECURRENCE-ID/g)?.length, 1);
  const left = withoutOccurrence(again, second, owner, now)!;
  assert.deepEqual(starts(left), ['2026-11-04T07:00', '2026-11-18T07:00', '2026-11-25T07:00']);
  assert.equal(withoutOccurrence(alone, '', owner, now), null);
  // A day stays a day of its zone.
  const days = file(...event('DTSTART;VALUE=DATE:20261104', 'RRULE:FREQ=WEEKLY'));
  assert.match(withoutOccurrence(days, '2026-11-11', owner, now)!, /EXDATE;VALUE=DATE:20261111/);
});

test('what is no calendar is told so, and nothing else', () => {
  for (const text of [
    '',
    'x',
    'BEGIN:VCALENDAR',
    'BEGIN:VCARD\r\nEND:VCARD',
    file(),
    file(...event()),
    file('BEGIN:VEVENT', 'DTSTART:20261110T090000Z', 'END:VEVENT'),
    file(...event('DTSTART:99999999T999999Z')),
    file(...event('DTSTART:nothing')),
    'x'.repeat(2_000_000),
    `${'BEGIN:VEVENT\r\n'.repeat(10_000)}`,
  ])
    assert.throws(() => readEvents(text, window), UnreadableEvent, text.slice(0, 60));
});

test('every calendar of the suites is read, or told to be none', { skip: realData.skip }, () => {
  let read = 0;
  let all = 0;
  for (const name of ['icaljs_parser_fixtures.tar.gz', 'pyvobject_samples.tar.gz']) {
    const folder = realData.unpack('calendar', name);
    for (const path of (readdirSync(folder, { recursive: true }) as string[]).filter((one) =>
      /\.(ics|vcf)$/.test(one),
    )) {
      const text = readFileSync(join(folder, path), 'utf8');
      all++;
      try {
        const wide = { ...window, from: new Date('1990-01-01'), until: new Date('2030-01-01') };
        for (const { occurrences } of readEvents(text, wide)) {
          const [first] = occurrences;
          if (!first) continue;
          read++;
          const changed = changeEvent(text, first.recurrence, { summary: 'Changed' }, window, new Date());
          assert.ok(
            readEvents(changed, wide).some((one) => one.occurrences.some(({ summary }) => summary === 'Changed')),
            path,
          );
        }
      } catch (error) {
        assert.ok(error instanceof UnreadableEvent, `${path}: ${error}`);
      }
    }
  }
  assert.ok(all > 40 && read > 15, `${read} events in ${all} files`);
});
