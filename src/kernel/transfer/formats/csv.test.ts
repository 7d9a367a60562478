import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { TransferError } from '../errors.ts';
import { allRows, collectText, inPieces } from '../test-data.ts';
import { csvSplitter, detectDialect, looksLikeHeader, readCsv } from './csv.ts';
import { markFormula, unmarkFormula } from './formula-mark.ts';
import { csvOptionsFor, writeCsv } from './write-csv.ts';

const COMMA = { delimiter: ',', quote: '"', encoding: 'utf-8', hasHeader: false } as const;

function split(text: string, pieces = text.length): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = [];
  const splitter = csvSplitter(COMMA, (cells, line) => rows.push({ cells, line }));
  for (let at = 0; at < text.length; at += pieces) splitter.push(text.slice(at, at + pieces));
  splitter.end();
  return rows;
}

test('line numbers run over quoted line breaks, blank lines and every kind of line end', () => {
  const text = 'a,b\r\n"1\r\n2",3\n\n\r4,"x""y"\r"",\n""';
  const expected = [
    { cells: ['a', 'b'], line: 1 },
    { cells: ['1\r\n2', '3'], line: 2 },
    { cells: ['4', 'x"y'], line: 6 },
    { cells: ['', ''], line: 7 },
    { cells: [''], line: 8 },
  ];
  for (const pieces of [1, 2, 3, 5, 100]) assert.deepEqual(split(text, pieces), expected, `in pieces of ${pieces}`);
});

test('quotes inside a cell and text behind a closing quote are kept', () => {
  assert.deepEqual(split('5" pipe,"a" b,"c"'), [{ cells: ['5" pipe', 'a b', 'c'], line: 1 }]);
});

test('short rows are filled up, long rows cut, both reported with their line; empty surplus is no problem', async () => {
  const batches = [];
  const text = 'a,b\n1\n1,2,3\n1,2,,\n1,2';
  for await (const batch of readCsv(inPieces(text), { ...COMMA, hasHeader: true, columns: 2 })) batches.push(batch);
  assert.equal(batches.length, 1);
  const [batch] = batches;
  assert.deepEqual(batch?.rows, [
    ['1', ''],
    ['1', '2'],
    ['1', '2'],
    ['1', '2'],
  ]);
  assert.deepEqual(batch?.lines, [2, 3, 4, 5]);
  assert.deepEqual(batch?.problems, [
    { row: 0, line: 2, code: 'row-too-short', params: { expected: 2, found: 1 } },
    { row: 1, line: 3, code: 'row-too-long', params: { expected: 2, found: 3 } },
  ]);
});

test('a damaged character is reported on its row', async () => {
  const bytes = Buffer.concat([Buffer.from('ą\n'), Buffer.from([0xff]), Buffer.from('b\nc')]);
  for await (const { problems } of readCsv(inPieces(bytes), { ...COMMA, columns: 1 })) {
    assert.deepEqual(problems, [{ row: 1, line: 2, code: 'bad-characters', params: {} }]);
  }
});

test('reading goes on from a row number', async () => {
  const text = Array.from({ length: 5_000 }, (_, i) => `${i},"x\n${i}"`).join('\n');
  const all = await allRows(readCsv(inPieces(text, 1_000), { ...COMMA, columns: 2 }));
  assert.equal(all.length, 5_000);
  const first: number[] = [];
  const rest: string[][] = [];
  for await (const batch of readCsv(inPieces(text, 777), { ...COMMA, columns: 2, from: 1_234 })) {
    assert.equal(batch.first, 1_234 + rest.length);
    assert.equal(batch.firstLine, batch.first * 2 + 1);
    first.push(batch.first);
    rest.push(...batch.rows);
  }
  assert.deepEqual(rest, all.slice(1_234));
  assert.deepEqual(first, [1_234, 2_234, 3_234, 4_234]);
});

test('a broken or endless file ends in an error that names the line, not in memory', async () => {
  const fails = async (parts: Iterable<string>, code: string, line: number): Promise<void> => {
    const read = allRows(readCsv(toBytes(parts), { ...COMMA, columns: 3 }));
    await assert.rejects(read, (error) => error instanceof TransferError && error.code === code && error.line === line);
  };
  await fails(['a,b\n1,"2\n3\n4,5'], 'unclosed-quote', 2);
  await fails(endless('x'.repeat(100_000), 'a\nb\n'), 'cell-too-long', 3);
  await fails(endless('x\n'.repeat(50_000), 'a\n"'), 'unclosed-quote', 2);
  await fails(endless('x,'.repeat(50_000), 'a\n'), 'too-many-columns', 2);
  await fails(endless(`${'x'.repeat(900_000)},`, 'a\n'), 'row-too-large', 2);
  await fails(['a\nb', '\nc\0'], 'nul-character', 3);
});

test('a line of 100 MB costs no more memory than the limit of a cell', async () => {
  const before = process.memoryUsage().rss;
  const part = 'x'.repeat(65_536);
  const parts = (function* () {
    for (let i = 0; i < 1_600; i++) yield part;
  })();
  await assert.rejects(allRows(readCsv(toBytes(parts), { ...COMMA, columns: 1 })), { code: 'cell-too-long' });
  assert.ok(process.memoryUsage().rss - before < 60_000_000);
});

test('the delimiter is the one that makes rows of equal width', () => {
  assert.equal(detectDialect('a,b,c\n1,2,3\n').delimiter, ',');
  assert.equal(detectDialect('a;b;c\n"1,5";2,5;3,5\n1,0;2,0;3,0').delimiter, ';');
  assert.equal(detectDialect('name, first\tage\nx\t1\ny, z\t2').delimiter, '\t');
  assert.equal(detectDialect('a|b\n1|x,y\n2|z').delimiter, '|');
  assert.equal(detectDialect('one column\nx\ny').delimiter, ',');
  assert.deepEqual(detectDialect('sep=;\r\na;b,c\r\n'), { delimiter: ';', quote: '"', declared: true });
  assert.equal(detectDialect("'a','b'\n'1','2,3'\n").quote, "'");
  assert.equal(detectDialect("a,b\n'=1+1,x\n'=2,y").quote, '"');
});

test('a header names columns, a row of values does not', () => {
  assert.ok(looksLikeHeader(['Name', 'E-mail', '']));
  assert.ok(!looksLikeHeader(['Ana', 'ana@example.com']));
  assert.ok(!looksLikeHeader(['Ana', '+370 612 34567']));
  assert.ok(!looksLikeHeader(['Ana', '2024-02-01']));
});

test('what would run as a formula is marked, and the mark is taken away again', () => {
  for (const text of ['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', "'=1", "''@x", '+370-612-34567', '＝1']) {
    assert.ok(markFormula(text).startsWith("'"), text);
    assert.equal(unmarkFormula(markFormula(text)), text);
  }
  for (const text of ['+370 612 34567', '+37061234567', "'tis", "O'Brien", '', 'a=b', '12']) {
    assert.equal(markFormula(text), text);
    assert.equal(unmarkFormula(text), text);
  }
});

test('numbers stay numbers, in the marks of the reader', async () => {
  const rows = [[-15.5, { number: '1234567890123456.78' }, '-15', null, true, 10n]];
  assert.equal(
    await collectText(writeCsv(['a', 'b', 'c', 'd', 'e', 'f'], [rows], csvOptionsFor('lt'))),
    "\ufeffa;b;c;d;e;f\r\n-15,5;1234567890123456,78;'-15;;true;10\r\n",
  );
  assert.equal(await collectText(writeCsv(['a'], [[[-15.5]]], csvOptionsFor('es-MX'))), '\ufeffa\r\n-15.5\r\n');
});

test('any table of any text is read as it was written', async () => {
  const cell = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom('"', "'", ',', ';', '\t', '|', '\n', '\r', '=', '+', '-', '@', ' ', 'a', 'é', '𝄞'),
      }),
    )
    .filter((text) => !text.includes('\0'));
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '\t', '|'),
      fc.integer({ min: 1, max: 40 }),
      async (rows, delimiter, size) => {
        const text = await collectText(writeCsv(rows[0] as string[], [rows.slice(1)], { delimiter, mark: true }));
        const options = { ...COMMA, delimiter, columns: rows[0]?.length as number };
        assert.deepEqual(await allRows(readCsv(inPieces(text, size), options)), rows);
      },
    ),
    { numRuns: 500 },
  );
});

async function* toBytes(parts: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

function* endless(part: string, start: string): Generator<string> {
  yield start;
  for (let i = 0; i < 10_000; i++) yield part;
}
