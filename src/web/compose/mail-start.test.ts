import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRecordId } from '../api/record-id.ts';
import { emptyMail, isWorthKeeping, laterMoments } from './mail-start.ts';

test('later is tomorrow and Monday at nine, unless tomorrow is Monday', () => {
  const names = (now: Date) => laterMoments(now).map(({ name }) => name);
  const wednesday = new Date(2026, 10, 25, 15, 30);
  assert.deepEqual(names(wednesday), ['inTwoHours', 'tomorrow', 'monday']);
  assert.deepEqual(
    laterMoments(wednesday).map(({ at }) => [at.getDate(), at.getHours(), at.getMinutes()]),
    [
      [25, 17, 30],
      [26, 9, 0],
      [30, 9, 0],
    ],
  );
  assert.deepEqual(names(new Date(2026, 10, 29, 10)), ['inTwoHours', 'tomorrow']);
});

test('a mail is worth keeping once something was written', () => {
  assert.equal(isWorthKeeping(emptyMail, emptyMail), false);
  assert.equal(isWorthKeeping({ ...emptyMail, mailbox: newRecordId(), signature: '<p>Ona</p>' }, emptyMail), false);
  assert.equal(isWorthKeeping({ ...emptyMail, subject: 'Doors' }, emptyMail), true);
});

test('ids are UUIDs', () => {
  assert.match(newRecordId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
