import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import Excel from 'exceljs';
import { fc } from '#test/property.ts';
import { openSource } from '../source.ts';
import { allRows, collectBytes } from '../test-data.ts';
import { serialToIso } from '../values.ts';
import type { Cell } from './write-csv.ts';
import { columnLetters, writeXlsx } from './write-xlsx.ts';
import { openXlsx, XLSX_LIMITS } from './xlsx.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendero-xlsx-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function save(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test('a workbook of another program: dates, formulas, links, rich text, errors, merged cells, hidden sheets', async () => {
  const book = new Excel.Workbook();
  const sheet = book.addWorksheet('Data');
  book.addWorksheet('Secret').state = 'hidden';
  sheet.addRow(['Text', 'Number', 'Date', 'Time', 'Formula', 'Link', 'Rich', 'Yes', 'Share', 'Error', 'Merged']);
  const row = sheet.addRow([]);
  row.getCell(1).value = ' ąč "x" <&> \n_x0041_ ';
  row.getCell(2).value = 0.1 + 0.2;
  row.getCell(3).value = new Date(Date.UTC(2024, 1, 29));
  row.getCell(3).numFmt = 'dd/mm/yyyy';
  row.getCell(4).value = new Date(Date.UTC(2024, 1, 29, 13, 30, 15));
  row.getCell(4).numFmt = 'yyyy-mm-dd hh:mm:ss';
  row.getCell(5).value = { formula: 'B2*10', result: 3 } as Excel.CellValue;
  row.getCell(6).value = { text: 'Ana', hyperlink: 'mailto:ana@example.com' };
  row.getCell(7).value = { richText: [{ text: 'bold ', font: { bold: true } }, { text: 'plain' }] };
  row.getCell(8).value = true;
  row.getCell(9).value = 0.125;
  row.getCell(9).numFmt = '0.0%';
  row.getCell(10).value = { error: '#DIV/0!' } as Excel.CellValue;
  row.getCell(11).value = 'm';
  sheet.mergeCells('K2:L3');
  sheet.getCell('B5').value = 12345678901;
  const path = await save('other.xlsx', new Uint8Array(await book.xlsx.writeBuffer()));

  const source = await openSource(path);
  assert.equal(source.format, 'xlsx');
  assert.deepEqual(source.sheets, [
    { name: 'Data', isHidden: false },
    { name: 'Secret', isHidden: true },
  ]);
  assert.equal(source.columns[10], 'Merged');
  const batches = [];
  for await (const batch of source.rows()) batches.push(batch);
  const [first, ...more] = batches[0]?.rows ?? [];
  assert.deepEqual(first?.slice(0, 11), [
    ...[' ąč "x" <&> \nA ', '0.3', '2024-02-29', '2024-02-29T13:30:15', '3', 'Ana', 'bold plain'],
    ...['true', '12.5%', '', 'm'],
  ]);
  assert.equal(more.at(-1)?.[1], '12345678901');
  assert.equal(batches[0]?.lines.at(-1), 5);
  assert.deepEqual(
    batches[0]?.problems.map(({ line, code }) => ({ line, code })),
    [{ line: 2, code: 'formula-error' }],
  );
  await source.close();

  await assert.rejects(openSource(path, { hints: { sheet: 'None' } }), { code: 'xlsx-no-sheet' });
  await assert.rejects(openSource(path, { hints: { sheet: 'Secret' } }), { code: 'empty-file' });
});

test('other programs read what we write, and formulas stay text', async () => {
  const rows: Cell[][] = [
    ['=1+1', -12.5, { number: '1234567890123456789' }, true, null, '+370 612'],
    ['ą', 7n, '', false, 'x', "'=y"],
  ];
  const path = await save(
    'ours.xlsx',
    await collectBytes(writeXlsx(['A', 'B', 'C', 'D', 'E', 'F'], [rows], { sheet: 'a/b' })),
  );
  const book = new Excel.Workbook();
  await book.xlsx.readFile(path);
  const sheet = book.worksheets[0] as Excel.Worksheet;
  assert.equal(sheet.name, 'a b');
  assert.deepEqual(Array.from(sheet.getRow(2).values as Excel.CellValue[]), [
    undefined,
    '=1+1',
    -12.5,
    '1234567890123456789',
    true,
    undefined,
    '+370 612',
  ]);
  assert.equal(sheet.getCell('A2').type, Excel.ValueType.String);
  const workbook = await openXlsx(path);
  assert.deepEqual(await allRows(workbook.rows({ sheet: 'a b', columns: 6, hasHeader: true })), [
    ['=1+1', '-12.5', '1234567890123456789', 'true', '', '+370 612'],
    ['ą', '7', '', 'false', 'x', "'=y"],
  ]);
  workbook.close();
});

test('any table of any text is read as it was written', async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('_', 'x', '0', '4', '1', "'", '=', '\r', '\n', '<', '&', ']') }),
  );
  const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const path = await save('any.xlsx', await collectBytes(writeXlsx(['a', 'b', 'c'], [rows])));
      const book = await openXlsx(path);
      const filled = rows.filter((row) => row.some((text) => text !== ''));
      assert.deepEqual(await allRows(book.rows({ sheet: 'Tendero', columns: 3, hasHeader: true })), filled);
      book.close();
    }),
    // What looks like an escaped letter, before one that has to be.
    {
      numRuns: 60,
      examples: [[[['_x0041\r', '_x0041_\n', '_x00']]], [[['_x0041_x0041_', '\ud800_x0041\ud800', '_']]]],
    },
  );
});

test('a sheet goes on from a row number', async () => {
  const rows = Array.from({ length: 3_000 }, (_, i) => [`n${i}`, i]);
  const source = await openSource(await save('many.xlsx', await collectBytes(writeXlsx(['a', 'b'], [rows]))));
  assert.deepEqual(
    await allRows(source.rows({ from: 2_500 })),
    rows.slice(2_500).map(([a, b]) => [String(a), String(b)]),
  );
  assert.ok(source.estimateRows >= 200);
  await source.close();
});

test('bombs, broken and foreign files are refused', async () => {
  const good = await collectBytes(
    writeXlsx(['a', 'b'], [Array.from({ length: 500 }, (_, i) => [`name ${i}`, Math.sin(i)])]),
  );
  const refused = async (name: string, bytes: Uint8Array, code: string, limits = XLSX_LIMITS): Promise<void> => {
    const path = await save(name, bytes);
    const read = async (): Promise<void> => {
      const book = await openXlsx(path, limits);
      try {
        for await (const _ of book.rows({ sheet: book.sheets[0]?.name ?? '', columns: 2, hasHeader: true }));
      } finally {
        book.close();
      }
    };
    await assert.rejects(read(), { name: 'TransferError', code }, name);
  };
  for (const share of [0.05, 0.5, 0.9, 0.99]) {
    await refused(`cut ${share}.xlsx`, good.subarray(0, good.length * share), 'xlsx-corrupt');
  }
  await refused('noise.xlsx', Buffer.alloc(5_000, 'PK\u0003\u0004 noise'), 'xlsx-corrupt');
  await refused('zip.xlsx', zipOf({ 'readme.txt': 'no workbook' }), 'xlsx-corrupt');
  await refused(
    'bomb.xlsx',
    zipOf({ ...book(), 'xl/worksheets/sheet1.xml': sheetOf('<row><c><v>1</v></c></row>'.repeat(1_600_000)) }),
    'xlsx-bomb',
  );
  await refused(
    'lying bomb.xlsx',
    zipOf({ ...book(), 'xl/worksheets/sheet1.xml': sheetOf(' '.repeat(40_000_000)) }, 100),
    'xlsx-corrupt',
  );
  await refused(
    'big cell.xlsx',
    zipOf({
      ...book(),
      'xl/worksheets/sheet1.xml': sheetOf(`<row><c t="str"><v>${'x'.repeat(2_000_000)}</v></c></row>`),
    }),
    'cell-too-long',
  );
  await refused(
    'wide.xlsx',
    zipOf({ ...book(), 'xl/worksheets/sheet1.xml': sheetOf('<row><c r="XFD1"><v>1</v></c></row>') }),
    'too-many-columns',
  );
  await refused(
    'doctype.xlsx',
    zipOf({ ...book(), 'xl/worksheets/sheet1.xml': `<!DOCTYPE x [<!ENTITY a "b">]>${sheetOf('')}` }),
    'xlsx-corrupt',
  );
  await refused(
    'unclosed.xlsx',
    zipOf({ ...book(), 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row>' }),
    'xlsx-corrupt',
  );
  await refused('limit.xlsx', good, 'xlsx-bomb', { ...XLSX_LIMITS, sheet: 1_000 });
  await refused('entries.xlsx', good, 'xlsx-bomb', { ...XLSX_LIMITS, entries: 3 });
  const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4_000)]);
  await refused('old.xls', compound, 'old-excel');
  await refused('locked.xlsx', Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le')]), 'xlsx-encrypted');
});

test('unusual but legal XML is understood', async () => {
  const sheet = `<?xml version="1.0"?><!-- c --><x:worksheet xmlns:x="m"><x:sheetData>
    <x:row r = '3' ><x:c r='B3' t = "inlineStr" ><x:is><x:t>a &lt;&#233;&gt;</x:t><x:rPh><x:t>no</x:t></x:rPh></x:is></x:c><x:c t="str" note="1>0"><x:f>A1</x:f><x:v><![CDATA[x & y]]></x:v></x:c></x:row>
  </x:sheetData></x:worksheet>`;
  const workbook = await openXlsx(await save('odd.xlsx', zipOf({ ...book(), 'xl/worksheets/sheet1.xml': sheet })));
  assert.deepEqual((await workbook.head('S', 5)).rows, [{ cells: ['', 'a <é>', 'x & y'], line: 3 }]);
  workbook.close();
});

test('day numbers and column letters', () => {
  assert.equal(serialToIso(45_351, true), '2024-02-29');
  assert.equal(serialToIso(1, true), '1900-01-01');
  assert.equal(serialToIso(61, true), '1900-03-01');
  assert.equal(serialToIso(45_351.5625, false), '2024-02-29T13:30:00');
  assert.equal(serialToIso(0, true, true), '1904-01-01');
  assert.equal(serialToIso(3_000_000, true), null);
  assert.deepEqual([0, 25, 26, 701, 702].map(columnLetters), ['A', 'Z', 'AA', 'ZZ', 'AAA']);
});

function book(): Record<string, string> {
  const relation = (type: string, target: string): string =>
    `<Relationships><Relationship Id="r1" Type="x/${type}" Target="${target}"/></Relationships>`;
  return {
    '_rels/.rels': relation('officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': '<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relation('worksheet', 'worksheets/sheet1.xml'),
  };
}

function sheetOf(rows: string): string {
  return `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
}

/** A ZIP; `claimed` is the inflated size that it declares for every entry, whatever the truth. */
function zipOf(files: Record<string, string>, claimed?: number): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimed && text.length > 1_000 ? claimed : Buffer.byteLength(text), 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, tail, Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(locals.length, 8);
  end.writeUInt16LE(locals.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
