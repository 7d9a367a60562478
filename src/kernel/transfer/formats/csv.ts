import { type Encoding, textDecoder } from '../encoding.ts';
import { TransferError } from '../errors.ts';
import { collectRows, type RowBatch } from '../rows.ts';
import { unmarkFormula } from './formula-mark.ts';

/** `declared`: the file begins with a line `sep=;` (Excel's way to name the delimiter), which is no row. */
export type Dialect = { delimiter: string; quote: string; declared?: boolean };

/** Characters per cell and per row, cells per row: what a row may cost in memory before the file is refused. */
export const CSV_LIMITS = { cell: 1_000_000, row: 8_000_000, columns: 1_000 };

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads the data rows of a CSV file, 1,000 at a time; the consumer's pace holds the reader back.
 * Blank lines are left out; a row that is too short is filled up with '' and one that is too long is cut, both reported
 * in the batch's `problems`. Cells keep their spaces and line breaks as they are.
 * @param options.columns width of a row (of the header, where there is one)
 * @param options.from first data row to deliver, from 0
 * @throws TransferError unclosed-quote, cell-too-long, row-too-large, too-many-columns, nul-character
 */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  options: Dialect & { encoding: Encoding; columns: number; hasHeader: boolean; from?: number },
): AsyncGenerator<RowBatch> {
  const collector = collectRows(options.from);
  const decoder = textDecoder(options.encoding);
  const width = options.columns;
  let headerPassed = !options.hasHeader;
  let hasBadCharacters = false;
  const splitter = csvSplitter(options, (cells, line) => {
    if (line === 1 && options.declared) return;
    if (!headerPassed) {
      headerPassed = true;
      return;
    }
    const found = cells.length;
    for (let i = 0; i < found; i++) cells[i] = unmarkFormula(cells[i] as string);
    if (found === width) {
      if (hasBadCharacters && cells.some((cell) => cell.includes('\ufffd'))) {
        collector.add(cells, line, { code: 'bad-characters', params: {} });
      } else collector.add(cells, line);
    } else if (found < width) {
      while (cells.length < width) cells.push('');
      collector.add(cells, line, { code: 'row-too-short', params: { expected: width, found } });
    } else {
      const surplus = cells.splice(width);
      // Empty cells at the end come from spreadsheets that were once wider: nothing is lost.
      if (surplus.every((cell) => cell.trim() === '')) collector.add(cells, line);
      else collector.add(cells, line, { code: 'row-too-long', params: { expected: width, found } });
    }
  });
  for await (const chunk of bytes) {
    const text = decoder.write(chunk);
    hasBadCharacters ||= text.includes('\ufffd');
    splitter.push(text);
    yield* collector.take();
  }
  splitter.push(decoder.end());
  splitter.end();
  yield* collector.rest();
}

/**
 * Splits text into rows of cells, whatever the borders of the pieces it comes in. Lines end in LF, CRLF or CR, mixed too.
 * Text after a closing quote belongs to the cell; a quote inside an unquoted cell is a character like any other.
 *
 * Our own because csv-parse 7.0.3 took 9.4 s of CPU for a file of 1,000,000 rows (147 MB, 10 cells, quotes, line
 * breaks), a third of the 25 µs that a whole import may spend on a row; this takes 2.3 s (3 to 4 s on the same machine
 * when busy) with decoding and batches.
 */
export function csvSplitter(
  dialect: Dialect,
  onRow: (cells: string[], line: number) => void,
  limits = CSV_LIMITS,
): { push(text: string): void; end(): void } {
  const { quote } = dialect;
  const delimiterCode = dialect.delimiter.charCodeAt(0);
  const quoteCode = quote.charCodeAt(0);
  const doubledQuote = quote + quote;
  /** The cell at the end of the last piece, which the next piece goes on with. */
  let pending = '';
  let cells: string[] = [];
  let rowLength = 0;
  let line = 1;
  let rowLine = 1;

  function endRow(wasQuoted: boolean): void {
    // `""` alone is a row with one empty cell, nothing at all is a blank line.
    if (cells.length > 1 || cells[0] !== '' || wasQuoted) onRow(cells, rowLine);
    cells = [];
    rowLength = 0;
    line++;
    rowLine = line;
  }

  /** Takes whole cells off the text; returns where the first unfinished one begins. */
  function split(text: string, isLast: boolean): number {
    const end = text.length;
    let start = 0;
    while (start < end || (isLast && cells.length > 0)) {
      let at = start;
      let code = 0;
      let cell: string;
      const isQuoted = start < end && text.charCodeAt(start) === quoteCode;
      if (isQuoted) {
        let close = text.indexOf(quote, start + 1);
        let isDoubled = false;
        while (close !== -1 && text.charCodeAt(close + 1) === quoteCode) {
          isDoubled = true;
          close = text.indexOf(quote, close + 2);
        }
        if (close === -1 || (close === end - 1 && !isLast)) {
          if (isLast || end - start > limits.cell)
            throw new TransferError('unclosed-quote', line, { limit: limits.cell });
          return start;
        }
        cell = text.slice(start + 1, close);
        if (isDoubled) cell = cell.replaceAll(doubledQuote, quote);
        at = close + 1;
        for (; at < end; at++) {
          code = text.charCodeAt(at);
          if (code === delimiterCode || code === 10 || code === 13) break;
        }
        if (at > close + 1) cell += text.slice(close + 1, at);
      } else {
        for (; at < end; at++) {
          code = text.charCodeAt(at);
          if (code === delimiterCode || code === 10 || code === 13) break;
        }
        cell = text.slice(start, at);
      }
      if (at - start > limits.cell) {
        throw new TransferError('cell-too-long', line, { column: cells.length + 1, limit: limits.cell });
      }
      // A carriage return at the very end may be the first half of a CRLF.
      if (!isLast && (at === end || (code === 13 && at + 1 === end))) return start;
      rowLength += at - start;
      if (rowLength > limits.row) throw new TransferError('row-too-large', rowLine, { limit: limits.row });
      if (cells.length === limits.columns) {
        throw new TransferError('too-many-columns', rowLine, { limit: limits.columns });
      }
      if (isQuoted) line += countLineBreaks(cell);
      cells.push(cell);
      if (at >= end) {
        endRow(isQuoted);
        return end;
      }
      if (code === delimiterCode) start = at + 1;
      else {
        start = code === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
        endRow(isQuoted);
      }
    }
    return start;
  }

  return {
    push(piece) {
      const text = pending === '' ? piece : pending + piece;
      const nul = piece.indexOf('\0');
      if (nul !== -1) {
        throw new TransferError('nul-character', line + countLineBreaks(text.slice(0, pending.length + nul)));
      }
      const done = split(text, false);
      pending = done === text.length ? '' : text.slice(done);
    },
    end() {
      const text = pending;
      pending = '';
      split(text, true);
    },
  };
}

/**
 * Finds delimiter and quote from the beginning of a file, by splitting it with each candidate: the right delimiter gives
 * many rows of the header's width. A first line `sep=;`, as Excel writes and reads it, settles the matter.
 */
export function detectDialect(sample: string): Dialect {
  const quote = detectQuote(sample);
  const declared = /^sep=(.)\r?\n/i.exec(sample)?.[1];
  if (declared) return { delimiter: declared, quote, declared: true };
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const score = regularity(sampleRows(sample, { delimiter, quote }, 100).map((row) => row.cells.length));
    if (score > best.score) best = { delimiter, score };
  }
  return { delimiter: best.delimiter, quote };
}

/**
 * The first rows of a text, the header included, as far as they can be read without error. A line `sep=;` is left out.
 * @param sample the beginning of a file, possibly cut off in the middle of a row
 */
export function sampleRows(sample: string, dialect: Dialect, limit: number): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = [];
  const splitter = csvSplitter(dialect, (cells, line) => {
    if (line === 1 && dialect.declared) return;
    if (rows.length < limit) rows.push({ cells, line });
  });
  try {
    splitter.push(sample);
    splitter.end();
  } catch (error) {
    // The cut may lie inside a quoted cell; what is wrong further on is reported when that row's turn comes.
    if (!(error instanceof TransferError)) throw error;
  }
  return rows;
}

/** Whether the first row names columns: no cell of it may look like a value (an address, a number, a date). */
export function looksLikeHeader(cells: string[]): boolean {
  const isValue = /^[^@\s]+@[^@\s]+\.\w+$|^https?:\/\/|^[+(]?\d[\d\s().,:/-]{3,}$|^-?\d+([.,]\d+)?$/;
  return cells.some((cell) => cell.trim() !== '') && !cells.some((cell) => isValue.test(cell.trim()));
}

function detectQuote(sample: string): string {
  const quoted = (mark: string): number =>
    sample.match(new RegExp(`(?<=^|[,;\\t|])${mark}[^${mark}\\n]*${mark}(?=[,;\\t|\\r\\n]|$)`, 'gm'))?.length ?? 0;
  return quoted("'") > 1 && quoted('"') === 0 ? "'" : '"';
}

/** More for wide rows, less for rows whose width differs from the header's; 0 for a single column. */
function regularity(widths: number[]): number {
  const expected = widths[0] ?? 0;
  if (expected < 2) return 0;
  // The last row of a sample may be cut off.
  const judged = widths.length > 2 ? widths.slice(0, -1) : widths;
  const fitting = judged.filter((width) => width === expected).length / judged.length;
  return fitting ** 2 * Math.log2(expected + 1);
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1))
    if (text.charCodeAt(at + 1) !== 10) count++;
  return count;
}
