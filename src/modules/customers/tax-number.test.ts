import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTaxNumber } from './tax-number.ts';

test('numbers with a prefix say which country they are of', () => {
  const right = [
    'LT119511515',
    'LT100001919017',
    'LT100004801610',
    'LT 212154314',
    'ESA13585625',
    'ESB58378431',
    'ES54362315K',
    'ESX5253868R',
    'ESJ99216582',
    'BE0428759497',
    'DE136695976',
    'EE100931558',
    'FI20774740',
    'FR40303265045',
    'HR33392005961',
    'IT00743110157',
    'LU15027442',
    'LV40003521600',
    'PL8567346215',
    'PT501964843',
    'SK2022749619',
    'DK13585628',
    'EL094259216',
    'ATU13585627',
    'NL004495445B01',
    'SE123456789701',
    'IE6433435F',
    'CZ25123891',
  ];
  for (const number of right) {
    const check = checkTaxNumber(number);
    assert.equal(check.ok, true, number);
    assert.equal(check.country, number.slice(0, 2), number);
  }
});

test('a mistyped digit or letter is found', () => {
  const wrong = [
    'LT119511516',
    'LT100001919018',
    'LT119511525',
    'ESA13585626',
    'ESB58378432',
    'ES54362315J',
    'ESX5253868S',
    'ESJ9921658A',
    'BE0428759498',
    'DE136695978',
    'EE100931557',
    'FI20774741',
    'FR41303265045',
    'HR33392005962',
    'IT00743110158',
    'LU15027443',
    'LV40003521601',
    'PL8567346216',
    'PT501964844',
    'SK2022749618',
    'DK13585627',
  ];
  for (const number of wrong)
    assert.deepEqual(checkTaxNumber(number), { ok: false, reason: 'check', country: number.slice(0, 2) });
});

test('a wrong length or alphabet is a wrong structure', () => {
  for (const number of ['LT12345', 'ES12345', 'ES123456789', 'DE12', 'PL12345678901', 'LTABCDEFGHI']) {
    assert.deepEqual(checkTaxNumber(number, number.slice(0, 2)), {
      ok: false,
      reason: 'structure',
      country: number.slice(0, 2),
    });
  }
});

test('without a prefix the country decides', () => {
  assert.deepEqual(checkTaxNumber('119511515', 'LT'), { ok: true, number: '119511515', country: 'LT' });
  assert.deepEqual(checkTaxNumber('b-58378431', 'es'), { ok: true, number: 'B58378431', country: 'ES' });
  assert.deepEqual(checkTaxNumber('094259216', 'GR'), { ok: true, number: '094259216', country: 'EL' });
  assert.deepEqual(checkTaxNumber('00743110158', 'IT'), { ok: false, reason: 'check', country: 'IT' });
});

test('a Lithuanian company code stands where no VAT number is', () => {
  assert.equal(checkTaxNumber('121215434', 'LT').ok, true);
  assert.equal(checkTaxNumber('121215435', 'LT').ok, false);
  assert.equal(checkTaxNumber('1234567', 'LT').ok, true, 'seven digits of before 2004');
  assert.equal(checkTaxNumber('LT121215434', 'LT').ok, false, 'a company code is no VAT number');
});

test('a customer abroad keeps the number of their own country', () => {
  assert.deepEqual(checkTaxNumber('DE136695976', 'LT'), { ok: true, number: 'DE136695976', country: 'DE' });
  assert.equal(checkTaxNumber('LT119511516', 'ES').ok, false);
});

test('Spanish companies end in a letter or a digit according to their kind', () => {
  assert.equal(checkTaxNumber('P2807900B', 'ES').ok, true, 'a town hall ends in a letter');
  assert.equal(checkTaxNumber('P28079002', 'ES').ok, false);
  assert.equal(checkTaxNumber('I12345674', 'ES').ok, false, 'no such kind of company');
});

test('a number of a country without a rule is taken as it is', () => {
  assert.deepEqual(checkTaxNumber('12-3456789', 'US'), { ok: true, number: '123456789', country: 'US' });
  assert.deepEqual(checkTaxNumber('7743 001 840'), { ok: true, number: '7743001840', country: null });
});
