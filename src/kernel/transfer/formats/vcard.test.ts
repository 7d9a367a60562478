import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import type { Encoding } from '../encoding.ts';
import { allRows, collectText, inPieces } from '../test-data.ts';
import { type Card, readCards, readVcardRows, VCARD_COLUMNS, writeCards } from './vcard.ts';

async function read(content: string | Uint8Array, encoding: Encoding = 'utf-8', size?: number): Promise<Card[]> {
  const cards: Card[] = [];
  for await (const { card } of readCards(inPieces(content, size), encoding)) cards.push(card);
  return cards;
}

test('version 2.1: quoted-printable with soft breaks, charset, bare types', async () => {
  const card = Buffer.from(
    [
      'BEGIN:VCARD',
      'VERSION:2.1',
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Stankevi=C4=8Dien=C4=97;Ona;;Dr.;',
      'NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1257:Pirma eilut=EB=0D=0Aantra=',
      ' dalis =',
      'ir galas',
      'TEL;WORK;VOICE:+370 5 212 3456',
      'TEL;CELL;PREF:+370 612 34567',
      'EMAIL;INTERNET:ona@example.com',
      'AGENT:',
      'BEGIN:VCARD',
      'N:Other;Somebody',
      'END:VCARD',
      'ADR;HOME;POSTAL:;;Gedimino pr. 1;Vilnius;;01103;Lietuva',
      'END:VCARD',
    ].join('\r\n'),
  );
  assert.deepEqual(await read(card), [
    {
      lastName: 'Stankevičienė',
      firstName: 'Ona',
      prefix: 'Dr.',
      note: 'Pirma eilutė\r\nantra dalis ir galas',
      phones: [
        { label: 'cell', value: '+370 612 34567' },
        { label: 'work', value: '+370 5 212 3456' },
      ],
      emails: [{ label: '', value: 'ona@example.com' }],
      addresses: [
        {
          ...{ label: 'home', poBox: '', extended: '', street: 'Gedimino pr. 1', city: 'Vilnius', region: '' },
          ...{ postalCode: '01103', country: 'Lietuva' },
        },
      ],
    },
  ]);
});

test('versions 3.0 and 4.0: folding inside a character, escapes, groups with labels, preference, pictures', async () => {
  const text = [
    'BEGIN:VCARD',
    'VERSION:4.0',
    'FN:Peña\\, Ana',
    'ORG:Núñez\\; hijos;Ventas',
    'BDAY:19850412',
    'item1.TEL;VALUE=uri;PREF=2:tel:+34-91-123-45-67',
    'item1.X-ABLabel:_$!<Assistant>!$_',
    'TEL;TYPE="cell,voice";PREF=1:+34 612 345 678',
    'URL:https://example.com/a?b=c:d',
    `PHOTO;ENCODING=b:${'A'.repeat(3_000_000)}`,
    ' AAAA',
    'CATEGORIES:uno,dos\\,tres',
    'NOTE:a\\nb\\\\c',
    'X-UNKNOWN;X="a:b;c":d',
    'no colon here',
    'END:VCARD',
    'BEGIN:VCARD',
    'FN:Second',
    'BDAY:--1224',
    'END:VCARD',
  ].join('\r\n');
  const bytes = Buffer.from(text);
  const cut = bytes.indexOf(0xb1);
  const folded = Buffer.concat([bytes.subarray(0, cut), Buffer.from('\r\n '), bytes.subarray(cut)]);
  for (const size of [7, 65_536]) {
    const content = size === 7 ? Buffer.from(folded.toString('latin1').replace(/A{1000,}/, 'AAA'), 'latin1') : folded;
    assert.deepEqual(await read(content, 'utf-8', size), [
      {
        displayName: 'Peña, Ana',
        organisation: 'Núñez; hijos',
        department: 'Ventas',
        birthday: '1985-04-12',
        phones: [
          { label: 'cell', value: '+34 612 345 678' },
          { label: 'Assistant', value: '+34-91-123-45-67' },
        ],
        urls: [{ label: '', value: 'https://example.com/a?b=c:d' }],
        categories: ['uno', 'dos,tres'],
        note: 'a\nb\\c',
      },
      { displayName: 'Second', birthday: '--12-24' },
    ]);
  }
});

test('cards become rows of fixed columns; what has no column is counted', async () => {
  const phones = Array.from({ length: 10 }, (_, i) => `TEL:${i}`).join('\n');
  const batches = [];
  for await (const batch of readVcardRows(inPieces(`BEGIN:VCARD\nN:B;A\n${phones}\nEND:VCARD\n`), {
    encoding: 'utf-8',
  })) {
    batches.push(batch);
  }
  const [batch] = batches;
  assert.equal(batch?.rows[0]?.length, VCARD_COLUMNS.length);
  assert.equal(batch?.rows[0]?.[VCARD_COLUMNS.indexOf('Phone 8 - Value')], '7');
  assert.deepEqual(batch?.problems, [{ row: 0, line: 1, code: 'values-dropped', params: { count: 2 } }]);
});

test('a file that is cut off or endless ends in an error', async () => {
  await assert.rejects(read('BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B'), { code: 'vcard-unfinished', line: 4 });
  await assert.rejects(read(`BEGIN:VCARD\nNOTE:${'x'.repeat(1_200_000)}`), { code: 'cell-too-long', line: 2 });
  await assert.rejects(read(`BEGIN:VCARD\nNOTE:a\n${' x\n'.repeat(1_100_000)}`), { code: 'cell-too-long' });
  await assert.rejects(read('BEGIN:VCARD\nFN:a\0b\nEND:VCARD'), { code: 'nul-character' });
  assert.deepEqual(await read('END:VCARD\nFN:x\n'), []);
});

test('reading goes on from a card number', async () => {
  const text = Array.from({ length: 2_500 }, (_, i) => `BEGIN:VCARD\nFN:${i}\nEND:VCARD\n`).join('');
  const rows = await allRows(readVcardRows(inPieces(text), { encoding: 'utf-8', from: 2_400 }));
  assert.equal(rows.length, 100);
  assert.equal(rows[0]?.[VCARD_COLUMNS.indexOf('Display Name')], '2400');
});

test('any card is read as it was written, in both versions, in lines of at most 75 bytes', async () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(';', ',', '\\', ':', '"', '=', 'n', 'ė') }),
    )
    .map((value) => value.replaceAll('\0', '').trim())
    .filter((value) => value !== '');
  const label = fc.constantFrom('work', 'home', 'cell', '');
  const labelled = fc.array(
    fc.record({ label, value: text.filter((value) => !/^(tel|mailto):/i.test(value)) }, { noNullPrototype: true }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const cards = fc.record(
    {
      ...{
        displayName: text,
        firstName: text,
        lastName: text,
        organisation: text,
        department: text,
        title: text,
        note: text,
      },
      ...{ phones: labelled, emails: labelled, categories: fc.array(text, { minLength: 1, maxLength: 3 }) },
    },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(
      cards,
      fc.constantFrom('4.0', '3.0'),
      fc.integer({ min: 1, max: 200 }),
      async (card, version, size) => {
        const written = await collectText(writeCards([card], { version: version as '4.0' | '3.0' }));
        for (const line of written.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75);
        assert.deepEqual(await read(written, 'utf-8', size), [card]);
      },
    ),
    { numRuns: 300 },
  );
});
