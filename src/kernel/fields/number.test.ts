import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldProblem } from '../problems/problem.ts';
import { parseNumber, roundTo } from './number.ts';

test('numbers as people write them', () => {
  const expected: Record<string, number> = {
    '1.234,56': 1234.56,
    '1,234.56': 1234.56,
    '1 234,56': 1234.56,
    '1\u202f234\u00a0567': 1234567,
    "1'234.50": 1234.5,
    '12,34,567.8': 1234567.8,
    '1,234': 1234,
    '1.234': 1.234,
    '1.234.567': 1234567,
    '0,5': 0.5,
    '.5': 0.5,
    '5.': 5,
    '(12)': -12,
    '-12': -12,
    '−12,5': -12.5,
    '12-': -12,
    '+3': 3,
    '1.2e3': 1200,
    '-0': 0,
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(parseNumber(text), value, text);
  assert.equal(parseNumber('1.234', { decimal: ',' }), 1234);
  assert.equal(parseNumber('1,234', { decimal: ',' }), 1.234);
});

test('what only looks like a number is refused', () => {
  const texts = [
    '',
    ' ',
    '-',
    '.',
    '1-2',
    '31.01.2026',
    '192.168.0.1',
    '1,2,3',
    '12 34',
    '555-1234',
    '--1',
    '(1',
    '1)',
    '(-1)',
    '1e999',
    '٣',
  ];
  for (const text of [...texts, 'NaN', 'Infinity', '0x10', '1.2.3,4', '1 234 56', '9'.repeat(1e7), '1 '.repeat(40)]) {
    assert.throws(() => parseNumber(text), FieldProblem, text.slice(0, 20));
  }
  assert.throws(() => parseNumber('1234.56', { decimal: ',' }), FieldProblem);
});

test('rounding goes by the decimals that are written', () => {
  assert.equal(roundTo(1.005, 2), 1.01);
  assert.equal(roundTo(-1.005, 2), -1.01);
  assert.equal(roundTo(1e-7, 4), 0);
  assert.equal(roundTo(5e-7, 6), 1e-6);
  assert.ok(Object.is(roundTo(-0.00001, 4), 0));
  assert.equal(roundTo(123456789012345.67, 10), 123456789012345.67);
});
