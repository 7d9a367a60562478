import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { detectEncoding, type Encoding, textDecoder } from './encoding.ts';
import { TransferError } from './errors.ts';
import { detectDialect, looksLikeHeader, readCsv, sampleRows } from './formats/csv.ts';
import { unmarkFormula } from './formats/formula-mark.ts';
import { readVcardRows, VCARD_COLUMNS } from './formats/vcard.ts';
import { columnLetters } from './formats/write-xlsx.ts';
import { openXlsx, type Sheet } from './formats/xlsx.ts';
import type { RowBatch } from './rows.ts';

/** What somebody knows better than the file's content tells. */
export type SourceHints = {
  format?: 'csv' | 'xlsx' | 'vcard';
  encoding?: Encoding;
  delimiter?: string;
  quote?: string;
  hasHeader?: boolean;
  /** Name of the sheet; the first visible one otherwise. */
  sheet?: string;
  /** Language of the workspace ('lt', 'es', 'en'): decides only where the content does not. */
  language?: string;
};

export type ImportSource = {
  format: 'csv' | 'xlsx' | 'vcard';
  encoding: Encoding;
  /** Null for formats that have none. */
  delimiter: string | null;
  hasHeader: boolean;
  /** Names of the columns; the spreadsheet's letters where the file has no header. */
  columns: string[];
  /** The first data rows, at most 200. */
  sample: string[][];
  /** Data rows, roughly: by the sample and the file's size. */
  estimateRows: number;
  /** Of a workbook: all its sheets, and which one is read. */
  sheets: Sheet[];
  sheet: string | null;
  /**
   * All data rows in the order of the file, from row number `from` (counted from 0) on. Can be called again, also after
   * a crash with the same file and hints: a row keeps its number.
   */
  rows(options?: { from?: number }): AsyncGenerator<RowBatch>;
  /** Closes the file, and removes the copy that was made of a stream. */
  close(): Promise<void>;
};

const SAMPLE_ROWS = 200;
const SAMPLE_BYTES = 262_144;
/** 64 kB a read: 1,000,000 rows (147 MB) kept the process at 200 MB; 256 kB took 245 MB and were no faster. */
const CHUNK_BYTES = 65_536;

/**
 * Opens a file for import and finds out what it is, by its content: ZIP → workbook, `BEGIN:VCARD` → cards, else CSV.
 * A stream is copied to a temporary file first: finding out and starting again need to read it more than once.
 * @throws TransferError whatever keeps the file from being read; problems of single rows come with the rows
 */
export async function openSource(
  input: string | Readable | AsyncIterable<Uint8Array>,
  options: { fileName?: string; hints?: SourceHints } = {},
): Promise<ImportSource> {
  const copy = typeof input === 'string' ? null : await copyToDisk(input);
  const path = copy ? copy.path : (input as string);
  const cleanUp = async (): Promise<void> => {
    if (copy) await rm(copy.folder, { recursive: true, force: true });
  };
  try {
    const { size } = await stat(path);
    const head = await readHead(path, SAMPLE_BYTES);
    if (size === 0) throw new TransferError('empty-file');
    const hints = options.hints ?? {};
    const format = hints.format ?? sniff(head, options.fileName);
    const source =
      format === 'xlsx' ? await openWorkbook(path, hints, size) : await openText(path, format, hints, head, size);
    return {
      ...source,
      async close() {
        await source.close();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Beginnings of files that somebody takes for a list by mistake: PDF, PNG, JPEG, GIF, gzip, 7z, RAR, programs. */
const BINARY = ['25504446', '89504e47', 'ffd8ff', '47494638', '1f8b', '377abcaf', '52617221', '7f454c46', '4d5a9000'];

function sniff(head: Buffer, fileName = ''): ImportSource['format'] {
  const start = head.subarray(0, 8).toString('hex');
  if (start.startsWith('504b0304') || start.startsWith('504b0506') || start.startsWith('d0cf11e0')) return 'xlsx';
  if (BINARY.some((signature) => start.startsWith(signature))) throw new TransferError('binary-file');
  const text = head.subarray(0, 200).toString('latin1').replaceAll('\0', '');
  if (/^(?:[\u00ef\u00bb\u00bf\u00ff\u00fe]*)\s*BEGIN:VCARD/i.test(text)) return 'vcard';
  return /\.xls[xm]$/i.test(fileName) && start === '' ? 'xlsx' : 'csv';
}

async function openWorkbook(path: string, hints: SourceHints, size: number): Promise<ImportSource> {
  const book = await openXlsx(path);
  try {
    const sheet = hints.sheet ?? (book.sheets.find(({ isHidden }) => !isHidden) ?? book.sheets[0])?.name ?? '';
    const { rows, estimate } = await book.head(sheet, SAMPLE_ROWS + 1);
    const first = rows[0]?.cells;
    if (!first) throw new TransferError('empty-file');
    const hasHeader = hints.hasHeader ?? looksLikeHeader(first);
    const width = Math.max(...rows.map(({ cells }) => cells.length));
    const columns = columnNames(first, hasHeader, width);
    const data = (hasHeader ? rows.slice(1) : rows).map(({ cells }) =>
      columns.map((_, i) => unmarkFormula(cells[i] ?? '')),
    );
    const isWhole = rows.length <= SAMPLE_ROWS;
    return {
      ...{ format: 'xlsx', encoding: 'utf-8', delimiter: null, hasHeader, columns, sample: data.slice(0, SAMPLE_ROWS) },
      estimateRows: isWhole
        ? data.length
        : Math.max((estimate ?? size / (columns.length * 6)) - (hasHeader ? 1 : 0), data.length) | 0,
      ...{ sheets: book.sheets, sheet },
      rows: ({ from } = {}) => book.rows({ sheet, columns: columns.length, hasHeader, from }),
      close: async () => book.close(),
    };
  } catch (error) {
    book.close();
    throw error;
  }
}

async function openText(
  path: string,
  format: 'csv' | 'vcard',
  hints: SourceHints,
  head: Buffer,
  size: number,
): Promise<ImportSource> {
  const read = (): Readable => createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const encoding = hints.encoding ?? (await detectEncoding(read(), hints));
  const common = { format, encoding, sheets: [], sheet: null, close: async () => {} };
  if (format === 'vcard') {
    const rows = ({ from }: { from?: number } = {}) => readVcardRows(read(), { encoding, from });
    const sample: string[][] = [];
    for await (const batch of rows()) {
      sample.push(...batch.rows);
      if (sample.length >= SAMPLE_ROWS) break;
    }
    if (sample.length === 0) throw new TransferError('empty-file');
    const cardsInHead =
      head
        .toString('latin1')
        .replaceAll('\0', '')
        .match(/^BEGIN:VCARD/gim)?.length ?? 1;
    const estimateRows = Math.max(1, Math.round((cardsInHead * size) / head.length));
    return {
      ...common,
      delimiter: null,
      hasHeader: true,
      columns: VCARD_COLUMNS,
      sample: sample.slice(0, SAMPLE_ROWS),
      estimateRows,
      rows,
    };
  }
  const text = textDecoder(encoding).write(head);
  const detected = detectDialect(text);
  const dialect = {
    delimiter: hints.delimiter ?? detected.delimiter,
    quote: hints.quote ?? detected.quote,
    declared: detected.declared ?? false,
  };
  const first = sampleRows(text, dialect, Number.POSITIVE_INFINITY);
  // What could not be sampled (a quote that is never closed, a row larger than the sample) is said by the reader.
  const cells =
    first[0]?.cells ?? (await firstRow(readCsv(read(), { ...dialect, encoding, columns: 1, hasHeader: false })));
  const hasHeader = hints.hasHeader ?? looksLikeHeader(cells);
  const columns = columnNames(cells, hasHeader, cells.length);
  const rows = ({ from }: { from?: number } = {}) =>
    readCsv(read(), { ...dialect, encoding, columns: columns.length, hasHeader, from });
  const sample: string[][] = [];
  for await (const batch of rows()) {
    sample.push(...batch.rows.slice(0, SAMPLE_ROWS));
    break;
  }
  const rowsInFile = Math.round((first.length * size) / head.length) - (hasHeader ? 1 : 0);
  const estimateRows = Math.max(sample.length, rowsInFile);
  return { ...common, delimiter: dialect.delimiter, hasHeader, columns, sample, estimateRows, rows };
}

async function firstRow(batches: AsyncIterable<RowBatch>): Promise<string[]> {
  for await (const { rows } of batches) if (rows[0]) return rows[0];
  throw new TransferError('empty-file');
}

function columnNames(first: string[], hasHeader: boolean, width: number): string[] {
  return Array.from({ length: width }, (_, i) => (hasHeader ? unmarkFormula(first[i] ?? '') : columnLetters(i)));
}

async function readHead(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function copyToDisk(input: Readable | AsyncIterable<Uint8Array>): Promise<{ folder: string; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tendero-import-'));
  const path = join(folder, 'file');
  try {
    await pipeline(input, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return { folder, path };
}
