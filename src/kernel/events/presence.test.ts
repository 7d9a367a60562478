import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPresence, PRESENT_MS, type PresenceSign } from './presence.ts';

const place = { workspace: 'w', object: 'account', id: 'a' };
const sign = (user: string, field: string | null, seat = '1'): PresenceSign => ({ ...place, user, seat, field });

test('people come, edit, and leave; nobody is told what they know', () => {
  const told: string[] = [];
  const presence = openPresence(({ id }) => told.push(id));
  presence.hear(sign('ona', ''), 1_000);
  presence.hear(sign('ona', ''), 2_000);
  assert.equal(told.length, 1);
  presence.hear(sign('jonas', 'amount'), 3_000);
  assert.deepEqual(presence.at(place), [
    { user: 'ona', field: '', since: 1_000 },
    { user: 'jonas', field: 'amount', since: 3_000 },
  ]);
  presence.hear(sign('jonas', null), 4_000);
  assert.deepEqual(
    presence.at(place).map(({ user }) => user),
    ['ona'],
  );
  assert.equal(told.length, 3);
});

test('two tabs are one person, who leaves with the second', () => {
  const presence = openPresence(() => {});
  presence.hear(sign('ona', '', 'a'), 0);
  presence.hear(sign('ona', 'name', 'b'), 5);
  assert.deepEqual(presence.at(place), [{ user: 'ona', field: 'name', since: 0 }]);
  presence.hear(sign('ona', null, 'b'), 10);
  assert.deepEqual(presence.at(place), [{ user: 'ona', field: '', since: 0 }]);
});

test('whoever gives no sign is gone after seconds', () => {
  const told: string[] = [];
  const presence = openPresence(({ id }) => told.push(id));
  presence.hear(sign('ona', ''), 0);
  presence.sweep(PRESENT_MS - 1);
  assert.equal(presence.at(place).length, 1);
  presence.sweep(PRESENT_MS + 1);
  assert.equal(presence.at(place).length, 0);
  assert.deepEqual(told, ['a', 'a']);
});

test('a record that everybody has open does not grow without end', () => {
  const presence = openPresence(() => {});
  for (let n = 0; n < 1_000; n++) presence.hear(sign(`user${n}`, ''), n);
  assert.equal(presence.at(place).length, 200);
});
