import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeSignature, readSignature, splitName } from './read-signature.ts';

test('a Lithuanian signature', () => {
  const read = readSignature(`Pagarbiai,

Jūratė Žemaitytė-Kazlauskienė
Pirkimų vadovė
UAB „Žalias miškas“
Mob. tel. +370 612 34567 | Faks. (8 5) 212 34 56
El. paštas: jurate.zemaityte@zaliasmiskas.lt
Aušros g. 64, LT-49001 Kaunas
www.zaliasmiskas.lt`);
  assert.deepEqual(read, {
    name: 'Jūratė Žemaitytė-Kazlauskienė',
    company: 'UAB „Žalias miškas“',
    jobTitle: 'Pirkimų vadovė',
    emails: ['jurate.zemaityte@zaliasmiskas.lt'],
    phones: [{ value: '+370 612 34567', label: 'mobile' }],
    url: 'www.zaliasmiskas.lt',
    address: { street: 'Aušros g. 64', postcode: '49001', city: 'Kaunas', country: null },
  });
});

test('a Spanish card', () => {
  const read = readSignature(`Íñigo de la Torre Etxeberria
Jefe de compras
La Casa del Pan, S.L.
C/ Mayor 12
28013 Madrid, España
Tel.: 91 234 56 78
Móvil: 612 345 678
inigo@lacasadelpan.es`);
  assert.equal(read.name, 'Íñigo de la Torre Etxeberria');
  assert.equal(read.jobTitle, 'Jefe de compras');
  assert.equal(read.company, 'La Casa del Pan, S.L.');
  assert.deepEqual(read.phones, [
    { value: '91 234 56 78', label: null },
    { value: '612 345 678', label: 'mobile' },
  ]);
  assert.deepEqual(read.address, { street: 'C/ Mayor 12', postcode: '28013', city: 'Madrid', country: 'España' });
});

test('an English line with everything in it', () => {
  const read = readSignature('John Smith | Account Manager | Acme Ltd | john@acme.com | +44 20 7183 8750');
  assert.deepEqual(
    [read.name, read.jobTitle, read.company, read.emails, read.phones[0]?.value],
    ['John Smith', 'Account Manager', 'Acme Ltd', ['john@acme.com'], '+44 20 7183 8750'],
  );
});

test('what is no signature is left alone', () => {
  assert.ok(!looksLikeSignature('Rasa'));
  assert.ok(!looksLikeSignature('rasa@example.com'));
  assert.ok(!looksLikeSignature('Susitarti dėl kainų\nPaskambinti rytoj'));
  assert.ok(looksLikeSignature('Rasa Petraitytė\nrasa@example.com'));
  assert.deepEqual(readSignature('').emails, []);
});

test('hostile text comes to an end and gives nothing endless', () => {
  for (const text of ['+1', 'a@', '1 ', 'Aa ', 'a.', '(', '1\n']) {
    const read = readSignature(text.repeat(50_000));
    assert.ok(JSON.stringify(read).length < 10_000, text);
  }
});

test('names are taken apart', () => {
  assert.deepEqual(splitName('Rasa Marija Petraitytė'), { firstName: 'Rasa', lastName: 'Marija Petraitytė' });
  assert.deepEqual(splitName('Petraitytė, Rasa'), { firstName: 'Rasa', lastName: 'Petraitytė' });
  assert.deepEqual(splitName('Rasa'), { firstName: 'Rasa', lastName: null });
});
