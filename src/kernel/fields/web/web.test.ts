import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDate, formatDuration, formatMoney, formatNumber, setLocale } from './format.ts';
import { parseDay } from './parse-day.ts';
import { fromZone, toZone } from './zone.ts';

const now = new Date('2026-03-10T23:30:00Z');

test('days are understood as people type them', () => {
  const day = (text: string, language = 'es') => parseDay(text, 'Europe/Vilnius', language, now);
  assert.equal(day('2026-01-31'), '2026-01-31');
  assert.equal(day('31.01.2026'), '2026-01-31');
  assert.equal(day('31/1'), '2026-01-31');
  assert.equal(day('1/31/26', 'en'), '2026-01-31');
  assert.equal(day('01-31', 'lt'), '2026-01-31');
  assert.equal(day('0'), '2026-03-11');
  assert.equal(day('+1'), '2026-03-12');
  assert.equal(day('2026-02-30'), null);
  assert.equal(day('soon'), null);
});

test('wall clocks and moments are each other’s inverse, also around a clock change', () => {
  for (const moment of [
    '2026-01-31T10:00:00.000Z',
    '2026-03-29T00:59:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-10-25T02:30:00.000Z',
  ]) {
    assert.equal(fromZone(toZone(moment, 'Europe/Madrid'), 'Europe/Madrid'), moment);
  }
  assert.equal(fromZone('2026-01-31 10:00:00', 'Europe/Vilnius'), '2026-01-31T08:00:00.000Z');
});

test('money and durations', () => {
  assert.equal(formatMoney({ amount: 1234.5, currency: 'EUR' }, 'en'), '€1,234.50');
  assert.equal(formatMoney({ amount: 5, currency: 'not money' }, 'en'), '5 not money');
  assert.equal(formatDuration(7500, 'en'), '2 hr 5 min');
});

test('a language is written as its reader wants it; another language is left alone', () => {
  setLocale('en-GB');
  assert.equal(formatDate('2026-03-01', 'en'), '1 Mar 2026');
  assert.equal(formatDate('2026-03-01', 'es'), '1 mar 2026');
  assert.equal(parseDay('3/4/2026', 'Europe/Vilnius', 'en', now), '2026-04-03');
  setLocale('es-MX');
  assert.equal(formatNumber(12345.5, 'es'), '12,345.5');
  for (const nothing of ['no locale!', '', null]) {
    setLocale(nothing);
    assert.equal(formatDate('2026-03-01', 'en'), 'Mar 1, 2026');
    assert.equal(parseDay('3/4/2026', 'Europe/Vilnius', 'en', now), '2026-03-04');
  }
});
