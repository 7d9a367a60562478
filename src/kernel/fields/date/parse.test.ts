import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldProblem } from '../../problems/problem.ts';
import { parseDay } from './parse.ts';

test('days as programs and people write them', () => {
  const texts = [
    '2026-01-31',
    '2026/1/31',
    '2026.01.31',
    '20260131',
    '31.01.2026',
    '31/1/26',
    '1/31/2026',
    '31-Jan-2026',
  ];
  const named = [
    'Jan 31, 2026',
    'January 31st, 2026',
    '31 ene 2026',
    '31 de enero de 2026',
    '2026 m. sausio 31 d.',
    '2026-01-31 ',
  ];
  for (const text of [...texts, ...named]) assert.equal(parseDay(text, { language: 'en' }), '2026-01-31', text);
});

test('the order of day and month is told, or shows, or is the language’s', () => {
  assert.equal(parseDay('03/04/2026', { language: 'en' }), '2026-03-04');
  assert.equal(parseDay('03/04/2026', { language: 'es' }), '2026-04-03');
  assert.equal(parseDay('03/04/2026', { language: 'en', dateOrder: 'dmy' }), '2026-04-03');
  assert.equal(parseDay('26-04-03', { language: 'lt', dateOrder: 'ymd' }), '2026-04-03');
  assert.throws(() => parseDay('13/04/2026', { language: 'es', dateOrder: 'mdy' }), FieldProblem);
});

test('every month of every language', () => {
  for (const language of ['en', 'es', 'lt']) {
    for (const dateStyle of ['medium', 'long'] as const) {
      const format = new Intl.DateTimeFormat(language, { dateStyle, timeZone: 'UTC' });
      for (let month = 0; month < 12; month++) {
        const date = new Date(Date.UTC(2026, month, 17));
        assert.equal(parseDay(format.format(date), { language }), date.toISOString().slice(0, 10), format.format(date));
      }
    }
  }
});

test('what is not a day is refused', () => {
  for (const text of [
    '',
    '2024-02-30',
    '31/31/2026',
    '٣١/٠١/٢٠٢٦',
    'Feb 30, 2026',
    'Jan 2026',
    '1/2',
    '12345678',
    'x'.repeat(1e7),
  ]) {
    assert.throws(() => parseDay(text, { language: 'en' }), FieldProblem, text.slice(0, 20));
  }
});
