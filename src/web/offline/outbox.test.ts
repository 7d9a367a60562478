import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isUnsent,
  type OutboxEntry,
  outboxOf,
  stillFits,
  withEntry,
  withFile,
  withoutEntry,
  withoutSent,
} from './outbox.ts';

const entry = (id: string, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  ...{ id, at: '2026-03-10T10:00:00Z', userId: 'u', object: 'account', recordId: 'a', title: 'Litera' },
  ...{ values: { name: 'B' }, before: { name: 'A' }, version: 3 },
  ...more,
});

test('several changes of one record are one, with what was there first', () => {
  const one = withEntry([], entry('1'));
  const two = withEntry(one, entry('2', { values: { name: 'C', phone: '1' }, before: { name: 'B', phone: null } }));
  assert.equal(two.length, 1);
  assert.deepEqual(
    [two[0]!.id, two[0]!.values, two[0]!.before],
    ['1', { name: 'C', phone: '1' }, { name: 'A', phone: null }],
  );
});

test('new records and changes that wait for a decision stay apart', () => {
  const note = entry('1', { object: 'note', recordId: null });
  assert.equal(withEntry([note], entry('2', { object: 'note', recordId: null })).length, 2);
  assert.equal(withEntry([entry('1', { problem: { message: 'no' } })], entry('2')).length, 2);
});

test('what was changed of a record that was made here goes with it when it is given up', () => {
  const made = entry('1', { object: 'interaction', recordId: null, values: { id: 'v', channel: 'visit' } });
  const arrived = entry('2', { object: 'interaction', recordId: 'v', values: { arrivedAt: 'now' } });
  const others = [entry('3', { object: 'interaction', recordId: 'w' }), entry('4', { recordId: 'v' })];
  const all = [made, arrived, ...others];
  assert.ok(isUnsent(all, 'interaction', 'v'));
  assert.ok(!isUnsent(all, 'interaction', 'w') && !isUnsent(all, 'account', 'v'));
  assert.deepEqual(withoutEntry(all, made), others);
  assert.deepEqual(withoutEntry(all, arrived), [made, ...others]);
  // A note has no id of its own: nothing is about it.
  const note = entry('5', { object: 'note', recordId: null, values: { body: 'x' } });
  assert.deepEqual(withoutEntry([note, ...all], note), all);
});

test('of several people on one device nobody sees or sends what another one wrote', () => {
  const theirs = entry('1', { userId: 'v' });
  const both = withEntry([theirs], entry('2', { values: { name: 'C' } }));
  assert.deepEqual(outboxOf(both, 'v'), [theirs]);
  assert.deepEqual(outboxOf(both, 'u'), [entry('2', { values: { name: 'C' } })]);
  assert.deepEqual(outboxOf(both, undefined), []);
});

test('what was added to a change while it was on its way is not lost with it', () => {
  const sent = entry('1');
  assert.deepEqual(withoutSent([sent, entry('2', { recordId: 'b' })], sent), [entry('2', { recordId: 'b' })]);
  const more = withEntry([sent], entry('9', { values: { name: 'C', phone: '1' }, before: { name: 'B', phone: null } }));
  const [left] = withoutSent(more, sent);
  assert.deepEqual(
    [left!.values, left!.before],
    [
      { name: 'C', phone: '1' },
      { name: 'B', phone: null },
    ],
  );
  assert.deepEqual(withoutSent(withEntry([sent], entry('9')), sent), []);
});

test('a change fits when nobody touched its fields, or did the same', () => {
  assert.ok(stillFits(entry('1'), { name: 'A', city: 'Kaunas' }));
  assert.ok(stillFits(entry('1'), { name: 'B' }));
  assert.ok(!stillFits(entry('1'), { name: 'Z' }));
  assert.ok(stillFits(entry('1', { before: {}, values: { name: null } }), {}));
});

test('an uploaded file stands where the kept one stood, and a lost one is left out', () => {
  const photo = (id: string) => ({ id, name: 'door.jpg', size: 3, type: 'image/jpeg' });
  const waits = entry('1', { values: { attachments: [photo('old'), photo('kept:1'), photo('kept:2')], tags: ['a'] } });
  const [sent] = withFile(withFile([waits], 'kept:1', photo('new')), 'kept:2', null);
  assert.deepEqual(sent!.values, { attachments: [photo('old'), photo('new')], tags: ['a'] });
});
