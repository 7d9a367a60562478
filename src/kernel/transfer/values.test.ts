import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import {
  detectDateOrder,
  detectNumberStyle,
  isNull,
  type NumberStyle,
  parseBoolean,
  parseDate,
  parseDateTime,
  parseNumber,
} from './values.ts';

const COMMA: NumberStyle = { decimal: ',', group: '.' };
const POINT: NumberStyle = { decimal: '.', group: ',' };

test('the column tells how numbers are written', () => {
  const styles: [string[], NumberStyle['decimal'], NumberStyle['group'], boolean][] = [
    [['1.234,56', '1.200'], ',', '.', true],
    [['1.234', '12,5'], ',', '.', true],
    [['1,234.56'], '.', ',', true],
    [['1 234,56', '12,00'], ',', ' ', true],
    [["1'234.50"], '.', "'", true],
    [['1.234.567'], ',', '.', true],
    [['0.125'], '.', ',', true],
    [['1234.500'], '.', ',', true],
    [['€ 1.200,00', '-15,5', '12 %'], ',', '.', true],
    [['Acme 1,5', 'x'], ',', '.', false],
    [['1.234', '5.678'], ',', '.', false],
  ];
  for (const [sample, decimal, group, isCertain] of styles) {
    assert.deepEqual(detectNumberStyle(sample, 'es'), { style: { decimal, group }, isCertain }, sample.join(' | '));
  }
  assert.deepEqual(detectNumberStyle(['1.234'], 'en'), { style: POINT, isCertain: false });
});

test('numbers', () => {
  const cases: [string, NumberStyle, string | null, (string | null)?][] = [
    ['1.234,56', COMMA, '1234.56'],
    ['1,234.56', POINT, '1234.56'],
    ['1 234,50', COMMA, '1234.50'],
    ['1\u00a0234\u202f567,5', COMMA, '1234567.5'],
    ["12'345.6", POINT, '12345.6'],
    ['-15,5', COMMA, '-15.5'],
    ['−15,5', COMMA, '-15.5'],
    ['15,5-', COMMA, '-15.5'],
    ['(12)', POINT, '-12'],
    ['($1,200.50)', POINT, '-1200.50', 'USD'],
    ['12 %', COMMA, '12', '%'],
    ['€ 1.200', COMMA, '1200', 'EUR'],
    ['1.200 €', COMMA, '1200', 'EUR'],
    ['-€5', COMMA, '-5', 'EUR'],
    ['EUR 5', COMMA, '5', 'EUR'],
    ['5,00 Eur', COMMA, '5.00', 'EUR'],
    ['+7', POINT, '7'],
    ['.5', POINT, '0.5'],
    ['007', POINT, '7'],
    ['-0', POINT, '0'],
    ['1.5E+3', POINT, '1500'],
    ['12,34,567.8', POINT, '1234567.8'],
    ['123456789012345678901234.5', POINT, '123456789012345678901234.5'],
    ['1,23', POINT, null],
    ['1.2.3', POINT, null],
    ['12 apples', POINT, null],
    ['2024-02-01', POINT, null],
    ['', POINT, null],
    ['-', POINT, null],
    ['1e999', POINT, null],
  ];
  for (const [text, style, value, unit = null] of cases) {
    assert.deepEqual(parseNumber(text, style), value === null ? null : { value, unit }, text);
  }
});

test('every number is read as it was written, in either style', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.constantFrom(COMMA, POINT), (cents, style) => {
      const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
      const whole = digits.slice(0, -2);
      const text = `${cents < 0n ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, style.group)}${style.decimal}${digits.slice(-2)}`;
      assert.equal(parseNumber(text, style)?.value, `${cents < 0n ? '-' : ''}${whole}.${digits.slice(-2)}`);
      assert.equal(detectNumberStyle([text]).style.decimal, style.decimal);
    }),
  );
});

test('the column tells the order of day and month', () => {
  assert.deepEqual(detectDateOrder(['03/04/2024', '25/04/2024'], 'en'), { style: 'dmy', isCertain: true });
  assert.deepEqual(detectDateOrder(['03/04/2024', '04/25/2024'], 'es'), { style: 'mdy', isCertain: true });
  assert.deepEqual(detectDateOrder(['03.04.2024'], 'en'), { style: 'dmy', isCertain: true });
  assert.deepEqual(detectDateOrder(['03/04/2024'], 'en'), { style: 'mdy', isCertain: false });
  assert.deepEqual(detectDateOrder(['03/04/2024'], 'lt'), { style: 'dmy', isCertain: false });
  assert.deepEqual(detectDateOrder(['2024-04-03'], 'en'), { style: 'ymd', isCertain: true });
});

test('dates', () => {
  const cases: [string, string | null][] = [
    ['2024-02-01', '2024-02-01'],
    ['2024-02-01T10:00:00Z', '2024-02-01'],
    ['01.02.2024', '2024-02-01'],
    ['1/2/2024', '2024-02-01'],
    ['1/2/24', '2024-02-01'],
    ['1/2/95', '1995-02-01'],
    ['2024.02.01', '2024-02-01'],
    ['2024 02 01', '2024-02-01'],
    ['20240201', '2024-02-01'],
    ['45323', '2024-02-01'],
    ['1 Feb 2024', '2024-02-01'],
    ['Feb 1, 2024', '2024-02-01'],
    ['February 1st, 2024', '2024-02-01'],
    ['1-Feb-2024', '2024-02-01'],
    ['1 de febrero de 2024', '2024-02-01'],
    ['2024 m. vasario 1 d.', '2024-02-01'],
    ['2024 m. rugsėjo 15 d.', '2024-09-15'],
    ['2024 m. rugpjūčio 15 d.', '2024-08-15'],
    ['3 birželio 2024', '2024-06-03'],
    ['30/02/2024', null],
    ['2023-02-29', null],
    ['13/13/2024', null],
    ['Acme 2024', null],
    ['March 2024', null],
    ['12', null],
    ['612345678', null],
    ['', null],
  ];
  for (const [text, date] of cases) assert.equal(parseDate(text, 'dmy'), date, text);
  assert.equal(parseDate('1/2/2024', 'mdy'), '2024-01-02');
});

test('dates with time', () => {
  const cases: [string, string | null][] = [
    ['2024-01-23T03:54:57.000+0000', '2024-01-23T03:54:57+00:00'],
    ['2010-10-14T12:00:00.000Z', '2010-10-14T12:00:00Z'],
    ['14/10/2010 2:05 PM', '2010-10-14T14:05:00'],
    ['14/10/2010 12:05 a. m.', '2010-10-14T00:05:00'],
    ['2024-02-01', '2024-02-01T00:00:00'],
    ['45323.5', '2024-02-01T12:00:00'],
    ['2024 m. vasario 1 d. 13:30', '2024-02-01T13:30:00'],
    ['2024-02-01 25:00', null],
    ['2024-02-01 soon', null],
  ];
  for (const [text, expected] of cases) assert.equal(parseDateTime(text, 'dmy'), expected, text);
});

test('yes, no and nothing', () => {
  for (const text of ['yes', 'Sí', 'si', 'TAIP', '1', 'x', 'True', '✓', ' y '])
    assert.equal(parseBoolean(text), true, text);
  for (const text of ['no', 'Ne', '0', 'false', 'N', 'falso']) assert.equal(parseBoolean(text), false, text);
  for (const text of ['', 'maybe', '2']) assert.equal(parseBoolean(text), null, text);
  for (const text of ['', '  ', 'NULL', 'n/a', '-']) assert.ok(isNull(text), text);
  assert.ok(!isNull('Select') && isNull('Select', ['Select']) && isNull('?', ['select', '?']));
});

test('no text makes a parser fail or slow', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('1', '.', ',', ' ', '-', '/', ':', 'a', '(', '%', '€') }),
      ),
      (text) => {
        parseNumber(text, COMMA);
        parseDateTime(text, 'mdy');
        parseBoolean(text);
        detectNumberStyle([text]);
        detectDateOrder([text]);
      },
    ),
    { numRuns: 2_000 },
  );
  const start = performance.now();
  for (const piece of ['1 ', '1.', 'a', ' ', '(', '1/']) {
    const text = piece.repeat(100_000);
    parseNumber(text, COMMA);
    parseDateTime(text, 'dmy');
    detectNumberStyle([text]);
  }
  assert.ok(performance.now() - start < 5_000);
});
