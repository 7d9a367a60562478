import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { type MeetingMessage, writeMeetingMessage } from './itip.ts';
import { readEvents } from './read-events.ts';

const start = new Date('2026-11-23T08:00:00Z');
const window = { from: start, until: new Date('2027-01-01T00:00:00Z'), timeZone: 'UTC' };
const message = (given: Partial<MeetingMessage> = {}): MeetingMessage => ({
  ...{ method: 'REQUEST', sequence: 3, organizer: { name: 'Rasa', address: 'rasa@shop.example' } },
  attendees: [{ name: 'Ona', address: 'ona@client.example', response: 'needs-action' }],
  event: { uid: '1@x', start, end: new Date('2026-11-23T09:00:00Z'), summary: 'Doors', changedAt: start },
  ...given,
});

test('what is written is read as the same meeting', () => {
  const [read] = readEvents(writeMeetingMessage(message({ comment: 'After lunch' })), window);
  const [one] = read!.occurrences;
  assert.deepEqual([read!.method, read!.uid, read!.sequence, one!.comment], ['REQUEST', '1@x', 3, 'After lunch']);
  assert.deepEqual(
    one!.attendees.map(({ name, address, response, isOrganizer }) => [name, address, response, isOrganizer]),
    [
      ['Rasa', 'rasa@shop.example', 'needs-action', true],
      ['Ona', 'ona@client.example', 'needs-action', false],
    ],
  );
  const [answer] = readEvents(writeMeetingMessage(message({ method: 'REPLY', recurrence: start })), window);
  assert.equal(answer!.occurrences[0]!.recurrence, start.toISOString());
});

test('no name and no comment, however hostile, is another guest or another line', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('"\r\nATTENDEE:mailto:thief@evil.example', 'a";X=b:mailto:thief@evil.example', '^n^\'"', ';,:\\'),
  );
  fc.assert(
    fc.property(text, text, (name, comment) => {
      const given = message({ comment, attendees: [{ name, address: 'ona@client.example', response: 'accepted' }] });
      const written = writeMeetingMessage({ ...given, organizer: { name, address: 'rasa@shop.example' } });
      const [read, ...more] = readEvents(written, window);
      assert.equal(more.length, 0);
      assert.deepEqual(
        read!.occurrences[0]!.attendees.map(({ address, response }) => [address, response]),
        [
          ['rasa@shop.example', 'needs-action'],
          ['ona@client.example', 'accepted'],
        ],
      );
    }),
    { numRuns: 200 },
  );
});
