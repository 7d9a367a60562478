import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TransferError } from './errors.ts';
import { type ImportSource, openSource } from './source.ts';
import { allRows, inPieces, realData } from './test-data.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendero-source-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function save(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  return path;
}

async function readAll(path: string): Promise<{ source: ImportSource; rows: string[][]; problems: number }> {
  const source = await openSource(path);
  const rows: string[][] = [];
  let problems = 0;
  for await (const batch of source.rows()) {
    rows.push(...batch.rows);
    problems += batch.problems.length;
  }
  await source.close();
  return { source, rows, problems };
}

test('a stream is read like a file, more than once, and leaves nothing behind', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('tendero-import-')).length;
  const source = await openSource(inPieces('name;e-mail\nAna;ana@example.com\nOna;ona@example.lt\n', 5));
  assert.deepEqual(source.columns, ['name', 'e-mail']);
  assert.deepEqual(source.sample, [
    ['Ana', 'ana@example.com'],
    ['Ona', 'ona@example.lt'],
  ]);
  assert.equal(source.estimateRows, 2);
  assert.deepEqual(await allRows(source.rows()), source.sample);
  assert.deepEqual(await allRows(source.rows({ from: 1 })), [['Ona', 'ona@example.lt']]);
  await source.close();
  assert.equal(readdirSync(tmpdir()).filter((name) => name.startsWith('tendero-import-')).length, before);
});

test('encodings without a mark', async () => {
  const encodingOf = async (bytes: Uint8Array): Promise<string> => (await openSource(await save(bytes))).encoding;
  const text = 'name,city\nAna,Vilnius\n';
  assert.equal(await encodingOf(Buffer.from(text)), 'utf-8');
  assert.equal(await encodingOf(Buffer.from(text, 'utf16le')), 'utf-16le');
  assert.equal(await encodingOf(Buffer.from(text, 'utf16le').swap16()), 'utf-16be');
  assert.equal(await encodingOf(Buffer.from('nombre\nPeña\nÁlvarez\n', 'latin1')), 'windows-1252');
  const padding = 'plain ascii,row\n'.repeat(50_000);
  assert.equal(await encodingOf(Buffer.from(`${padding}Peña,1\n`, 'latin1')), 'windows-1252');
  assert.equal(await encodingOf(Buffer.from(`${padding}Peña,1\n`)), 'utf-8');
  const utf32 = Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]);
  await assert.rejects(openSource(await save(utf32)), { code: 'encoding-unsupported' });
});

test('no header, one column, an empty file, a header alone', async () => {
  const bare = await openSource(await save('Ana,ana@example.com\nOna,ona@example.lt\n'));
  assert.deepEqual([bare.hasHeader, bare.columns, bare.sample.length], [false, ['A', 'B'], 2]);
  const single = await openSource(await save('E-mail\na@example.com\n\nb@example.com'));
  assert.deepEqual(single.sample, [['a@example.com'], ['b@example.com']]);
  const header = await openSource(await save('a,b\n'));
  assert.deepEqual([header.columns, header.sample, header.estimateRows], [['a', 'b'], [], 0]);
  const declared = await openSource(await save('sep=|\r\na|b\r\n1|2\r\n'));
  assert.deepEqual([declared.columns, declared.sample], [['a', 'b'], [['1', '2']]]);
  await assert.rejects(openSource(await save('')), { code: 'empty-file' });
  await assert.rejects(openSource(await save('\n\n')), { code: 'empty-file' });
});

test('hints overrule what was found', async () => {
  const path = await save('a;b,c\n1;2,3\n');
  const hinted = await openSource(path, { hints: { delimiter: ',', hasHeader: false } });
  assert.deepEqual(
    [hinted.columns, hinted.sample],
    [
      ['A', 'B'],
      [
        ['a;b', 'c'],
        ['1;2', '3'],
      ],
    ],
  );
});

test('the number of rows is estimated from the beginning of the file', async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `Name ${i},a${i}@example.com,"x, y"`).join('\n');
  const source = await openSource(await save(`name,e-mail,note\n${rows}`));
  assert.ok(Math.abs(source.estimateRows - 50_000) < 5_000, String(source.estimateRows));
  assert.equal(source.sample.length, 200);
});

test('files that are no lists, and text full of errors, are refused', async () => {
  const refuse = (content: string | Uint8Array, code: string) =>
    assert.rejects(async () => readAll(await save(content)), { name: 'TransferError', code });
  await refuse(Buffer.from('%PDF-1.7\nabc'), 'binary-file');
  await refuse(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'binary-file');
  await refuse(Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 251)), 'binary-file');
  await refuse(`a,b\n"1,2\n${'3,4\n'.repeat(100)}`, 'unclosed-quote');
  await refuse(`a,b\n1,${'x'.repeat(10_000_000)}\n`, 'cell-too-long');
  await refuse(`${'x'.repeat(10_000_000)}`, 'cell-too-long');
  await refuse(`a,b\n${'1,'.repeat(5_000_000)}\n`, 'too-many-columns');
  await refuse('BEGIN:VCARD\nFN:x\n', 'vcard-unfinished');
});

test('real contact lists in four encodings give the expected cells', { skip: realData.skip }, async () => {
  for (const [name, encoding, delimiter] of [
    ['contacts_ES_windows1252_semicolon', 'windows-1252', ';'],
    ['contacts_LT_windows1257_semicolon', 'windows-1257', ';'],
    ['contacts_LT_utf8bom_semicolon', 'utf-8', ';'],
    ['contacts_LT_utf16le_bom_tab', 'utf-16le', '\t'],
  ] as const) {
    const { source, rows, problems } = await readAll(realData.path('imports', 'derived_encodings', `${name}.csv`));
    const expected = JSON.parse(
      readFileSync(realData.path('imports', 'derived_encodings', `expected_${name.slice(9, 11)}.json`), 'utf8'),
    ) as { header: string[]; rows: string[][] };
    assert.deepEqual([source.encoding, source.delimiter, problems], [encoding, delimiter, 0], name);
    assert.deepEqual(source.columns, expected.header);
    const unix = rows.map((row) => row.map((cell) => cell.replaceAll('\r\n', '\n')));
    assert.deepEqual(unix, expected.rows, name);
  }
});

test('csv-spectrum', { skip: realData.skip }, async () => {
  const spectrum = realData.unpack('imports', 'csv_spectrum.tar.gz');
  for (const file of readdirSync(join(spectrum, 'csvs'))) {
    const name = file.replace('.csv', '');
    const expected = JSON.parse(readFileSync(join(spectrum, 'json', `${name}.json`), 'utf8')) as Record<
      string,
      string
    >[];
    const text = readFileSync(join(spectrum, 'csvs', file), 'utf8');
    // The copies of these have lost the carriage returns that they are named after.
    const path = await save(name.endsWith('_crlf') ? text.replace(/\r?\n/g, '\r\n') : text);
    const source = await openSource(path);
    const rows = await allRows(source.rows());
    // This one's JSON is a single object with another telephone number than its CSV.
    if (name === 'location_coordinates') {
      assert.equal(rows[0]?.[1], (expected as unknown as Record<string, string>)['Location Coordinates']);
      continue;
    }
    const objects = rows.map((row) => Object.fromEntries(row.map((cell, i) => [source.columns[i], cell])));
    assert.deepEqual(objects, expected, name);
  }
});

test('real exports of other programs are read without a lost row', { skip: realData.skip }, async () => {
  const files = [
    'roundcube_csv_vcard',
    'outlook_csv_gpc',
    'salesforce_audiarmy',
    'salesforce_data_cloud_workshop',
    'salesforce_dataloader',
    'salesforce_lwc_recipes',
  ].flatMap((archive) => {
    const unpacked = realData.unpack('imports', `${archive}.tar.gz`);
    return readdirSync(unpacked, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(csv|vcf)$/.test(name))
      .map((name) => join(unpacked, name));
  });
  assert.ok(files.length > 60);
  const refused: string[] = [];
  for (const file of files) {
    try {
      const { source, rows } = await readAll(file);
      assert.equal(source.format, file.endsWith('.vcf') ? 'vcard' : 'csv', file);
      assert.ok(Math.abs(source.estimateRows - rows.length) <= Math.max(3, rows.length * 0.1), file);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      refused.push(`${file.split('/').at(-1)} ${error.code}`);
    }
  }
  // Two files of UTF-32 behind the mark of UTF-16.
  assert.deepEqual(refused.sort(), ['csvtext_BOM_UTF32BE.csv nul-character', 'csvtext_BOM_UTF32LE.csv nul-character']);
});

test('real vCards', { skip: realData.skip }, async () => {
  const roundcube = join(realData.unpack('imports', 'roundcube_csv_vcard.tar.gz'), 'tests/src');
  const first = async (file: string): Promise<Record<string, string>> => {
    const { source, rows } = await readAll(file);
    return Object.fromEntries(source.columns.map((column, i) => [column, rows[0]?.[i] ?? '']));
  };
  const doe = await first(join(roundcube, 'johndoe.vcf'));
  assert.deepEqual(
    [doe['First Name'], doe['Last Name'], doe['E-mail 1 - Value'], doe['Phone 2 - Label']],
    ['John', 'Doë', 'roundcube@gmail.com', 'cell'],
  );
  const apple = await first(join(roundcube, 'apple.vcf'));
  assert.deepEqual(
    [apple['Organization Name'], apple['Address 1 - City'], apple['Website 1 - Label']],
    ['Apple Computer AG', 'Wallisellen-Zürich', 'HomePage'],
  );
  assert.equal((await first(join(roundcube, 'photo.vcf')))['Last Name'], 'Müller');
  const wide = await first(join(roundcube, 'utf-16_sample.vcf'));
  assert.equal(wide['Address 1 - Country'], 'Perú');
  const google = await first(join(roundcube, 'Csv2vcard/gmail.vcf'));
  assert.deepEqual(
    [google['Phone 5 - Label'], google.Labels, google.Birthday],
    ['cell', 'My Contacts, Test', '1975-12-12'],
  );
  assert.equal((await readAll(join(roundcube, 'Csv2vcard/email.vcf'))).rows.length, 4);
  const samples = realData.unpack('calendar', 'pyvobject_samples.tar.gz');
  const card = await first(join(samples, 'test_files/radicale-1587.vcf'));
  assert.deepEqual([card['Middle Name'], card['Name Suffix']], ['Additional', 'Suffix']);
});
