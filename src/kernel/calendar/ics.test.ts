import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { fc } from '#test/property.ts';
import { type CalendarEntry, writeCalendar } from './ics.ts';

const entry = (given: Partial<CalendarEntry> = {}): CalendarEntry => ({
  uid: '1@crm.example',
  start: new Date('2026-11-23T08:00:00Z'),
  end: new Date('2026-11-23T09:00:00Z'),
  summary: 'Meeting',
  changedAt: new Date('2026-11-22T12:00:00Z'),
  ...given,
});

const read = (text: string) =>
  new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));

test('a meeting has its moments in UTC, an absence its days', () => {
  const text = writeCalendar('Rasa', [
    entry(),
    entry({ uid: '2@x', start: '2026-12-24', end: '2026-12-27', summary: 'Away', isFree: true }),
  ]);
  assert.match(text, /\r\nDTSTART:20261123T080000Z\r\n/);
  assert.match(text, /\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n/);
  assert.match(text, /^BEGIN:VCALENDAR\r\n[\s\S]*\r\nEND:VCALENDAR\r\n$/);
  const [first, second] = read(text);
  assert.equal(first!.startDate.toJSDate().toISOString(), '2026-11-23T08:00:00.000Z');
  assert.equal(second!.component.getFirstPropertyValue('transp'), 'TRANSPARENT');
});

test('no words, however hostile, are more than words', () => {
  const hostile = 'Lunch\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Owned\u0000\u000b; \\n , "quoted"';
  const [only, ...more] = read(
    writeCalendar(hostile, [entry({ summary: hostile, location: hostile, description: hostile })]),
  );
  assert.equal(more.length, 0);
  const expected = 'Lunch\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Owned; \\n , "quoted"';
  assert.deepEqual([only!.summary, only!.location, only!.description], [expected, expected, expected]);
});

test('any text is read as it was written, in lines of at most 75 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const written = writeCalendar('x', [entry({ description: text })]);
      for (const line of written.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
      const shown = text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\n\t]/gu, '');
      assert.equal(read(written)[0]!.description ?? '', shown);
    }),
    { numRuns: 300 },
  );
});
