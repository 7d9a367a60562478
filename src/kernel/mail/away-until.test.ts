import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awayUntil } from './away-until.ts';

const written = new Date('2026-11-22T10:00:00Z');

test('until when somebody says to be away', () => {
  for (const [text, day] of [
    ['I am out of the office until 2026-12-01.', '2026-12-01'],
    ['I am away until December 4th.', '2026-12-04'],
    ['I will be back on Monday, 30 November 2026, and answer then.', '2026-11-30'],
    ['I am on leave until 3 January.', '2027-01-03'],
    ['Estoy de vacaciones hasta el 7 de enero de 2027.', '2027-01-07'],
    ['Atostogauju iki gruodžio 5 d. Skubiais klausimais …', '2026-12-05'],
    ['Nesu biure iki 2026-11-27', '2026-11-27'],
    ['Fuera de la oficina hasta el 01/12/2026', '2026-12-01'],
    ['I am away.', null],
    ['Away until 31 February.', null],
    ['Away until 2031-01-01.', null],
    ['Away until 2020-01-01.', null],
    ['The price is valid until further notice 12', null],
  ] as const)
    assert.equal(awayUntil(text, written), day, text);
});

test('long and hostile texts are read in no time', () => {
  const before = performance.now();
  awayUntil('until '.repeat(100_000), written);
  awayUntil(`until ${'x '.repeat(100_000)}1`, written);
  awayUntil(`until ${'1'.repeat(100_000)}`, written);
  assert.ok(performance.now() - before < 2_000);
});
