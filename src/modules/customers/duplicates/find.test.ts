import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDuplicates } from './find.ts';
import type { MatchRecord } from './record.ts';

/** Different people, so that a scene is judged as part of a file and not alone in the world. */
function strangers(count: number): MatchRecord[] {
  const syllables = ['ba', 'do', 'ki', 'lu', 'me', 'no', 'pi', 'ra', 'su', 'te', 'vo', 'zi', 'ga', 'fe', 'ju', 'cha'];
  const word = (seed: number) => [0, 4, 8].map((shift) => syllables[(seed >> shift) % 16]).join('');
  return Array.from({ length: count }, (_, index) => ({
    key: `x${index}`,
    givenName: word((index * 7919) % 4096),
    familyName: word((index * 104_729 + 17) % 4096),
    birthDate: `${1940 + (index % 60)}-${1 + (index % 12)}-${1 + (index % 28)}`,
    phone: `+3706${String(1_000_000 + index * 7907).slice(-7)}`,
    email: `${word((index * 31) % 4096)}${index}@example.lt`,
    street: `${word((index * 37) % 4096)} g. ${1 + (index % 90)}`,
    city: 'Vilnius',
  }));
}

const among = (...scene: MatchRecord[]) => findDuplicates([...strangers(400), ...scene], { least: 'possible' }).pairs;
const certaintyIn = (...scene: MatchRecord[]) => among(...scene).find((pair) => pair.a === scene[0]!.key)?.certainty;

const ona: MatchRecord = {
  key: 'ona',
  givenName: 'Ona',
  familyName: 'Kazlauskienė',
  birthDate: '1980-05-04',
  email: 'ona.kazlauskiene@pastas.lt',
  phone: '+370 612 34567',
  street: 'Gedimino pr. 12',
  city: 'Kaunas',
};

test('the same person with slips, another phone format and her maiden name', () => {
  assert.equal(certaintyIn(ona, { ...ona, key: 'b', givenName: 'Onna', phone: '8 612 34567' }), 'certain');
  assert.equal(certaintyIn(ona, { ...ona, key: 'b', familyName: 'Kazlauskaitė', street: 'Laisvės al. 3' }), 'certain');
  assert.equal(certaintyIn(ona, { ...ona, key: 'b', givenName: 'Kazlauskienė', familyName: 'Ona' }), 'certain');
  assert.ok(certaintyIn(ona, { key: 'b', fullName: 'KAZLAUSKIENE, Ona', email: 'ONA.kazlauskiene@pastas.lt' }));
});

test('people of one household are not certain, whatever else they share', () => {
  const husband = { ...ona, key: 'b', givenName: 'Jonas', birthDate: '1978-01-30' };
  assert.notEqual(certaintyIn(ona, husband), 'certain');
  assert.equal(certaintyIn(ona, { ...husband, email: 'jonas@pastas.lt' }), undefined);
  const twin = { ...ona, key: 'b', givenName: 'Eglė' };
  assert.notEqual(certaintyIn(ona, twin), 'certain');
});

test('father and son of one name are not certain', () => {
  const father: MatchRecord = {
    ...ona,
    key: 'a',
    givenName: 'Jonas',
    familyName: 'Kazlauskas',
    birthDate: '1950-02-03',
  };
  assert.notEqual(certaintyIn(father, { ...father, key: 'b', birthDate: '1981-11-27' }), 'certain');
});

test('a file full of households does not teach that one person has many first names', () => {
  const [names, kin] = [strangers(1200), strangers(400)];
  const household = (index: number) => kin[Math.floor(index / 3)]!;
  const records = names.map(({ key, givenName }, index): MatchRecord => {
    const { familyName, phone, email, street, city } = household(index);
    return { key, givenName, familyName, phone, email, street, city };
  });
  records.push({ ...records[100]!, key: 'again', phone: '' });
  const { pairs } = findDuplicates(records);
  assert.deepEqual(
    pairs.map(({ a, b }) => [a, b]),
    [[records[100]!.key, 'again']],
  );
});

test('a common household does not join John and Jane over "J."', () => {
  const home = { familyName: 'Zvirblis', street: 'Upės g. 5', city: 'Kaunas', phone: '+37061111222' };
  const records = [
    ...strangers(400),
    { key: 'john', givenName: 'John', ...home },
    { key: 'j', givenName: 'J.', ...home },
    { key: 'jane', givenName: 'Jane', ...home },
  ];
  for (const group of findDuplicates(records).groups) {
    assert.ok(!(group.includes('john') && group.includes('jane')), group.join());
  }
});

test('branches of a chain stay apart, one company twice does not', () => {
  const shop: MatchRecord = {
    key: 'a',
    kind: 'company',
    company: 'UAB "Baltų prekyba"',
    website: 'https://www.baltuprekyba.lt',
    phone: '+370 5 212 3456',
    street: 'Savanorių pr. 10',
    city: 'Vilnius',
  };
  const branch = { ...shop, key: 'b', phone: '+370 37 998 877', street: 'Pramonės g. 3', city: 'Kaunas' };
  assert.equal(certaintyIn(shop, branch), undefined);
  assert.equal(certaintyIn(shop, { ...shop, key: 'b', company: 'Baltu prekyba', phone: '(8 5) 2123456' }), 'certain');
});

test('a shared mailbox does not make one of many', () => {
  const team = ['Ana García', 'Luis Pérez', 'Eva Ruiz', 'Juan Vidal', 'Rosa Gil', 'Iker Sanz'].map(
    (fullName, index) => ({
      key: `t${index}`,
      fullName,
      email: 'info@empresa.es',
      company: 'Empresa SL',
      phone: '+34 912 345 678',
    }),
  );
  assert.deepEqual(findDuplicates([...strangers(400), ...team]).pairs, []);
});

test('empty records and records with nothing to compare match nothing', () => {
  assert.deepEqual(findDuplicates([]).pairs, []);
  const empty = Array.from({ length: 500 }, (_, index) => ({ key: String(index) }));
  assert.deepEqual(findDuplicates(empty), { pairs: [], groups: [], notes: [], compared: 0 });
});

test('10,000 records of one name are compared with neighbours only, and a true pair among them is found', () => {
  const crowd = Array.from(
    { length: 10_000 },
    (_, index): MatchRecord => ({ key: String(index), fullName: 'Test Test' }),
  );
  crowd[4000] = { ...crowd[4000]!, email: 'one.person@example.com', phone: '+34 600 123 456' };
  crowd[9000] = { ...crowd[9000]!, email: 'one.person@example.com', phone: '600123456' };
  const { pairs, notes, compared } = findDuplicates(crowd);
  assert.deepEqual(
    pairs.map(({ a, b }) => [a, b]),
    [['4000', '9000']],
  );
  assert.ok(compared < 1_000_000, String(compared));
  assert.equal(notes[0]?.code, 'duplicates.note.oversizedBlocks');
  assert.equal(notes[0]?.params.largest, 10_000);
});

test('identical rows are duplicates however many there are', () => {
  const copies = Array.from({ length: 200 }, (_, index) => ({ ...ona, key: `o${index}` }));
  const { groups } = findDuplicates([...strangers(400), ...copies]);
  assert.deepEqual(
    groups.map((group) => group.length),
    [200],
  );
});

test('a limit keeps the surest pairs and says so', () => {
  const copies = Array.from({ length: 40 }, (_, index) => ({ ...ona, key: `o${index}` }));
  const { pairs, notes } = findDuplicates([...strangers(100), ...copies], { limit: 10 });
  assert.equal(pairs.length, 10);
  assert.deepEqual(notes, [{ code: 'duplicates.note.tooManyPairs', params: { found: 780, limit: 10 } }]);
});

test('a file checked twice gives the same answer', () => {
  const records = [...strangers(300), ona, { ...ona, key: 'b', givenName: 'Onna' }];
  assert.deepEqual(findDuplicates(records), findDuplicates(records));
});
