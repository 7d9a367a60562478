import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  birthDate,
  companyWords,
  familyStem,
  fold,
  isNickname,
  isSameLithuanianFamily,
  nameWords,
  normaliseBirthDate,
  normaliseEmail,
  normaliseIdentifier,
  normalisePhone,
  normalisePostcode,
  ownDomain,
  splitFullName,
  streetWords,
} from './normalise.ts';

test('letters lose accents, also those without a decomposition', () => {
  assert.equal(fold('  Žvirgždė-Ąžuolaitė  '), 'zvirgzde azuolaite');
  assert.equal(fold('Núñez Łódź Straße Øre O’Neill'), 'nunez lodz strasse ore oneill');
});

test('names without titles and particles', () => {
  assert.deepEqual(nameWords('Dr. María de la Peña'), ['maria', 'pena']);
  assert.deepEqual(nameWords('Le'), ['le']);
  assert.deepEqual(splitFullName('García Márquez, Gabriel'), { given: ['gabriel'], family: ['garcia', 'marquez'] });
  assert.deepEqual(splitFullName('José Luis García Márquez'), {
    given: ['jose', 'luis'],
    family: ['garcia', 'marquez'],
  });
  assert.deepEqual(splitFullName('Mr. John Smith, Jr.'), { given: ['john'], family: ['smith'] });
  assert.ok(isNickname('bill', 'william') && isNickname('pepe', 'jose') && isNickname('paco', 'francisco'));
  assert.ok(!isNickname('bill', 'robert'));
});

test('Lithuanian surnames of one family have one stem', () => {
  const families = [
    ['kazlauskas', 'kazlauskiene', 'kazlauskaite'],
    ['petraitis', 'petraitiene', 'petraityte'],
    ['stankevicius', 'stankeviciene', 'stankeviciute'],
    ['butkus', 'butkuviene', 'butkute'],
    ['kubilius', 'kubiliene', 'kubiliute'],
  ];
  for (const family of families) {
    assert.equal(new Set(family.map(familyStem)).size, 1, family.map(familyStem).join());
    assert.ok(isSameLithuanianFamily(family[0]!, family[1]!));
  }
  assert.ok(!isSameLithuanianFamily('thomas', 'thomis'), 'no Lithuanian ending, no Lithuanian rule');
});

test('companies without legal forms', () => {
  assert.deepEqual(companyWords('UAB „Baltų prekyba“'), ['baltu', 'prekyba']);
  assert.deepEqual(companyWords('Construcciones Pérez, S.L.U.'), ['construcciones', 'perez']);
  assert.deepEqual(companyWords('Müller & Söhne GmbH'), ['muller', 'sohne']);
  assert.deepEqual(companyWords('UAB'), ['uab']);
});

test('one spelling of e-mails, phones, codes and domains', () => {
  assert.equal(normaliseEmail(' First.Last+news@GoogleMail.com '), 'firstlast@gmail.com');
  assert.equal(normaliseEmail('first.last@firm.lt'), 'first.last@firm.lt');
  for (const text of ['', '@', 'a@', '@b', 'nobody']) assert.equal(normaliseEmail(text), undefined);
  for (const text of ['+370 612 34567', '00370 61234567', '8 (612) 34-567', '61234567 ext. 12']) {
    assert.equal(normalisePhone(text), '61234567');
  }
  for (const text of ['', '12345', '000000000', 'n/a']) assert.equal(normalisePhone(text), undefined);
  assert.equal(normaliseIdentifier('LT 100001234'), normaliseIdentifier('100001234'));
  assert.equal(normalisePostcode('LT-01103'), '01103');
  assert.equal(ownDomain('https://www.Firma.lt/kontaktai?x=1'), 'firma.lt');
  assert.equal(ownDomain('ona@gmail.com'), undefined);
  assert.deepEqual(streetWords('Gedimino prospektas 12'), streetWords('GEDIMINO PR. 12'));
});

test('dates of birth in the usual orders, mistyped ones kept', () => {
  for (const text of ['1985-07-05', '19850705', '1985-07-05T00:00:00Z', '5.7.1985', '05/07/85', '1985/7/5']) {
    assert.equal(normaliseBirthDate(text), '19850705', text);
  }
  assert.equal(normaliseBirthDate('12/31/1999'), '19991231');
  assert.equal(normaliseBirthDate('19729518'), '19729518');
  assert.equal(normaliseBirthDate('1985'), '19850000');
  assert.equal(birthDate('1949', '7', '22'), '19490722');
  for (const text of ['', 'unknown', '7', '123456789', '1/2']) assert.equal(normaliseBirthDate(text), undefined, text);
});
