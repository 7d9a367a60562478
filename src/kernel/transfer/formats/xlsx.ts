import { type FileHandle, open as openFile } from 'node:fs/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { TransferError } from '../errors.ts';
import { collectRows, type RowBatch, type RowProblem } from '../rows.ts';
import { serialToIso } from '../values.ts';
import { unmarkFormula } from './formula-mark.ts';
import { attribute, decodeXml, parseXml, type XmlHandlers } from './xml.ts';

/**
 * What a workbook may cost before it is refused. Bytes are counted as they come out of the inflater: the sizes that a
 * ZIP declares are only claims. Real sheets shrink 10 to 60 times, deflate reaches 1,032 in a bomb.
 */
export const XLSX_LIMITS = {
  entries: 10_000,
  /** Inflated bytes of a sheet; a full one (1,048,576 rows of ten cells) has about 600 MB. */
  sheet: 2_000_000_000,
  /** Inflated bytes of the list of shared texts, and bytes of the texts themselves, which stay in memory. */
  sharedTexts: 500_000_000,
  sharedTextBytes: 120_000_000,
  /** Inflated bytes of the workbook's own description, styles and relations. */
  description: 30_000_000,
  /** Inflated to compressed, looked at from 16 MB on. */
  ratio: 300,
  cell: 1_000_000,
  columns: 1_000,
};

export type Sheet = { name: string; isHidden: boolean };
export type RawRow = { cells: string[]; line: number; problem?: Pick<RowProblem, 'code' | 'params'> };

export type Workbook = {
  sheets: Sheet[];
  /** First rows of a sheet, the header included; `estimate` is the number of rows that the sheet says it has, or null. */
  head(sheet: string, limit: number): Promise<{ rows: RawRow[]; estimate: number | null }>;
  /** Data rows of a sheet; blank rows are left out. Options as for `readCsv`. */
  rows(options: { sheet: string; columns: number; hasHeader: boolean; from?: number }): AsyncGenerator<RowBatch>;
  close(): void;
};

/**
 * Opens a workbook. Cells come as text: dates as ISO (`2024-02-01`, `2024-02-01T13:30:00`, `13:30:00`), numbers with a
 * decimal point and the 15 digits that Excel shows, percentages as `12.5%`, booleans as `true`/`false`, formulas as
 * their stored result, hyperlinks and rich text as their text; a formula's error as '' with a problem.
 *
 * Read with yauzl and a small XML scanner instead of exceljs: its reader inflates without any limit, trusts the ZIP's
 * local headers instead of its directory (so a check with yauzl beforehand would judge other bytes than it reads), and
 * holds all shared strings as objects.
 * @throws TransferError old-excel, xlsx-encrypted, xlsx-corrupt, xlsx-bomb, xlsx-too-much-text, xlsx-no-sheet,
 *   cell-too-long, too-many-columns
 */
export async function openXlsx(path: string, limits = XLSX_LIMITS): Promise<Workbook> {
  await refuseCompoundFile(path);
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((cause) => {
    throw new TransferError('xlsx-corrupt', null, {}, cause);
  });
  try {
    const entries = await readDirectory(zip, limits);
    const book = await describe(zip, entries, limits);
    let texts: Promise<SharedTexts> | null = null;

    async function* sheetRows(name: string, onDimension?: (rows: number) => void): AsyncGenerator<RawRow[]> {
      const sheet = book.sheets.find((candidate) => candidate.name === name);
      const entry = sheet && entries.get(sheet.path);
      if (!entry) throw new TransferError('xlsx-no-sheet', null, { sheet: name });
      texts ??= readSharedTexts(zip, book.sharedTexts ? entries.get(book.sharedTexts) : undefined, limits);
      yield* readSheet(inflate(zip, entry, limits.sheet, limits), await texts, book, limits, onDimension);
    }

    return {
      sheets: book.sheets.map(({ name, isHidden }) => ({ name, isHidden })),
      async head(sheet, limit) {
        const rows: RawRow[] = [];
        let estimate: number | null = null;
        for await (const some of sheetRows(sheet, (count) => (estimate = count))) {
          rows.push(...some);
          if (rows.length >= limit) break;
        }
        return { rows: rows.slice(0, limit), estimate };
      },
      async *rows({ sheet, columns, hasHeader, from }) {
        const collector = collectRows(from);
        let headerPassed = !hasHeader;
        for await (const some of sheetRows(sheet)) {
          for (const row of some) {
            if (headerPassed) addRow(collector, row, columns);
            headerPassed = true;
          }
          yield* collector.take();
        }
        yield* collector.rest();
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

function addRow(collector: ReturnType<typeof collectRows>, { cells, line, problem }: RawRow, width: number): void {
  const found = cells.length;
  // A sheet leaves out empty cells at the end of a row: a short row is no mistake.
  while (cells.length < width) cells.push('');
  const surplus = cells.splice(width);
  for (let i = 0; i < width; i++) cells[i] = unmarkFormula(cells[i] as string);
  if (surplus.some((cell) => cell.trim() !== '')) {
    collector.add(cells, line, { code: 'row-too-long', params: { expected: width, found } });
  } else collector.add(cells, line, problem);
}

/** Excel before 2007, and Excel's encryption, put everything into an OLE compound file instead of a ZIP. */
async function refuseCompoundFile(path: string): Promise<void> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const start = await readAt(file, 0, 1_000_000);
    if (start.readUInt32BE(0) !== 0xd0cf11e0) return;
    const end = await readAt(file, Math.max(0, size - 1_000_000), 1_000_000);
    const name = Buffer.from('EncryptedPackage', 'utf16le');
    throw new TransferError(start.includes(name) || end.includes(name) ? 'xlsx-encrypted' : 'old-excel');
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, Math.max(bytesRead, 4));
}

async function readDirectory(zip: ZipFile, limits: typeof XLSX_LIMITS): Promise<Map<string, Entry>> {
  if (zip.entryCount > limits.entries) throw new TransferError('xlsx-bomb', null, { limit: limits.entries });
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (cause) {
    throw new TransferError('xlsx-corrupt', null, {}, cause);
  }
  return entries;
}

/** The bytes of one entry, counted while they appear. */
async function* inflate(
  zip: ZipFile,
  entry: Entry,
  limit: number,
  limits: typeof XLSX_LIMITS,
): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw new TransferError('xlsx-encrypted');
  let inflated = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      inflated += chunk.length;
      if (inflated > limit || (inflated > 16_000_000 && inflated > limits.ratio * entry.compressedSize)) {
        throw new TransferError('xlsx-bomb', null, { limit });
      }
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof TransferError ? cause : new TransferError('xlsx-corrupt', null, {}, cause);
  }
}

type NumberKind = 'number' | 'date' | 'datetime' | 'time' | 'elapsed' | 'percent';
type Description = {
  sheets: (Sheet & { path: string })[];
  sharedTexts: string | null;
  /** By the `s` attribute of a cell. */
  styles: NumberKind[];
  startsIn1904: boolean;
};

async function describe(zip: ZipFile, entries: Map<string, Entry>, limits: typeof XLSX_LIMITS): Promise<Description> {
  const read = async (path: string, handlers: XmlHandlers): Promise<void> => {
    const entry = entries.get(path);
    if (!entry) return;
    for await (const _ of parseXml(inflate(zip, entry, limits.description, limits), handlers, limits.cell));
  };
  const relations = async (folder: string, file: string): Promise<Map<string, { type: string; path: string }>> => {
    const found = new Map<string, { type: string; path: string }>();
    await read(`${folder}_rels/${file}.rels`, {
      open(name, attributes) {
        if (name !== 'Relationship') return;
        const target = attribute(attributes, 'Target') ?? '';
        const path = target.startsWith('/') ? target.slice(1) : folder + target.replace(/^\.\//, '');
        const type = attribute(attributes, 'Type') ?? '';
        found.set(attribute(attributes, 'Id') ?? '', { type: type.slice(type.lastIndexOf('/') + 1), path });
      },
    });
    return found;
  };
  const ofType = (found: Awaited<ReturnType<typeof relations>>, type: string): string | null =>
    [...found.values()].find((relation) => relation.type === type)?.path ?? null;

  const bookPath = ofType(await relations('', ''), 'officeDocument') ?? 'xl/workbook.xml';
  if (!entries.has(bookPath)) throw new TransferError('xlsx-corrupt');
  const slash = bookPath.lastIndexOf('/') + 1;
  const parts = await relations(bookPath.slice(0, slash), bookPath.slice(slash));
  const sheets: Description['sheets'] = [];
  let startsIn1904 = false;
  await read(bookPath, {
    open(name, attributes) {
      if (name === 'workbookPr') startsIn1904 = /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '');
      if (name !== 'sheet') return;
      const part = parts.get(attribute(attributes, 'id') ?? '');
      // Chart sheets have no cells.
      if (part?.type !== 'worksheet') return;
      const isHidden = attribute(attributes, 'state')?.toLowerCase().endsWith('hidden') ?? false;
      sheets.push({ name: attribute(attributes, 'name') ?? '', isHidden, path: part.path });
    },
  });
  if (sheets.length === 0) throw new TransferError('xlsx-corrupt');

  const formats = new Map<string, string>();
  const styles: NumberKind[] = [];
  let isInCellStyles = false;
  await read(ofType(parts, 'styles') ?? '', {
    open(name, attributes) {
      if (name === 'cellXfs') isInCellStyles = true;
      if (name !== 'numFmt' && name !== 'xf') return;
      const id = attribute(attributes, 'numFmtId') ?? '0';
      if (name === 'numFmt') formats.set(id, attribute(attributes, 'formatCode') ?? '');
      else if (isInCellStyles) styles.push(numberKind(id, formats));
    },
    close(name) {
      if (name === 'cellXfs') isInCellStyles = false;
    },
  });
  return { sheets, sharedTexts: ofType(parts, 'sharedStrings'), styles, startsIn1904 };
}

/** Numbers of the built-in formats: ECMA-376 part 1, 18.8.30, with the East Asian dates that share their range. */
function numberKind(id: string, formats: Map<string, string>): NumberKind {
  const code = formats.get(id);
  if (code === undefined) {
    const number = Number(id);
    if (number === 9 || number === 10) return 'percent';
    if (number === 22) return 'datetime';
    if (number === 46) return 'elapsed';
    if ((number >= 18 && number <= 21) || number === 45 || number === 47) return 'time';
    if ((number >= 14 && number <= 17) || (number >= 27 && number <= 36) || (number >= 50 && number <= 58))
      return 'date';
    return 'number';
  }
  // Only the first section counts (positive numbers), without literals, colours, conditions and locales.
  const plain = (code.split(';')[0] ?? '').replace(/"[^"]*"|\\.|_.|\*./g, '');
  if (/\[(h+|m+|s+)\]/i.test(plain)) return 'elapsed';
  const letters = plain.replace(/\[[^\]]*\]/g, '').replace(/general/gi, '');
  if (letters.includes('%')) return 'percent';
  const hasDay = /[yd]/i.test(letters) || (/m/i.test(letters) && !/[hs]/i.test(letters));
  const hasTime = /[hs]/i.test(letters);
  return hasDay ? (hasTime ? 'datetime' : 'date') : hasTime ? 'time' : 'number';
}

/** Texts as bytes in a few big pieces: a JavaScript string each would take three times the memory. */
type SharedTexts = { get(index: number): string };

async function readSharedTexts(
  zip: ZipFile,
  entry: Entry | undefined,
  limits: typeof XLSX_LIMITS,
): Promise<SharedTexts> {
  const pieceSize = 4_000_000;
  const stride = 2 ** 24;
  const pieces: Buffer[] = [Buffer.allocUnsafe(pieceSize)];
  const places: number[] = [];
  let used = 0;
  let total = 0;
  const add = (text: string): void => {
    const length = Buffer.byteLength(text);
    total += length + 16;
    if (total > limits.sharedTextBytes) {
      throw new TransferError('xlsx-too-much-text', null, { limit: limits.sharedTextBytes });
    }
    if (used + length + 4 > (pieces.at(-1) as Buffer).length) {
      pieces.push(Buffer.allocUnsafe(Math.max(pieceSize, length + 4)));
      used = 0;
    }
    const piece = pieces.at(-1) as Buffer;
    piece.writeUInt32LE(length, used);
    piece.write(text, used + 4);
    places.push((pieces.length - 1) * stride + used);
    used += length + 4;
  };
  if (entry) {
    let text = '';
    let isText = false;
    let isPhonetic = false;
    const handlers: XmlHandlers = {
      open(name) {
        if (name === 'si') text = '';
        if (name === 'rPh') isPhonetic = true;
        isText = name === 't' && !isPhonetic;
      },
      close(name) {
        if (name === 'si') add(unescapeText(text));
        if (name === 'rPh') isPhonetic = false;
        isText = false;
      },
      text(raw) {
        if (!isText) return;
        text += decodeXml(raw);
        if (text.length > limits.cell) throw new TransferError('cell-too-long', null, { limit: limits.cell });
      },
    };
    for await (const _ of parseXml(inflate(zip, entry, limits.sharedTexts, limits), handlers, limits.cell));
  }
  return {
    get(index) {
      const place = places[index];
      if (place === undefined) throw new TransferError('xlsx-corrupt');
      const piece = pieces[Math.floor(place / stride)] as Buffer;
      const start = place % stride;
      return piece.toString('utf8', start + 4, start + 4 + piece.readUInt32LE(start));
    },
  };
}

async function* readSheet(
  bytes: AsyncIterable<Uint8Array>,
  texts: SharedTexts,
  book: Description,
  limits: typeof XLSX_LIMITS,
  onDimension?: (rows: number) => void,
): AsyncGenerator<RawRow[]> {
  let rows: RawRow[] = [];
  let line = 0;
  let cells: string[] = [];
  let problem: RawRow['problem'];
  let column = 0;
  let type = '';
  let style = 0;
  let value = '';
  let isValue = false;
  let isPhonetic = false;
  const handlers: XmlHandlers = {
    open(name, attributes) {
      isValue = false;
      if (name === 'c') {
        const reference = attribute(attributes, 'r');
        column = reference ? columnOf(reference) : column + 1;
        type = attribute(attributes, 't') ?? 'n';
        style = Number(attribute(attributes, 's') ?? 0);
        value = '';
      } else if (name === 'v' || name === 't') isValue = !isPhonetic;
      else if (name === 'row') {
        line = Number(attribute(attributes, 'r')) || line + 1;
        cells = [];
        column = 0;
        problem = undefined;
      } else if (name === 'rPh') isPhonetic = true;
      else if (name === 'dimension' && onDimension) {
        const last = /:[A-Z]+(\d+)$/.exec(attribute(attributes, 'ref') ?? '')?.[1];
        if (last) onDimension(Number(last));
      }
    },
    close(name) {
      isValue = false;
      if (name === 'rPh') isPhonetic = false;
      else if (name === 'c') {
        if (value === '') return;
        let text = '';
        if (type === 's') text = texts.get(Number(value));
        else if (type === 'n') text = numberText(value, book.styles[style] ?? 'number', book.startsIn1904);
        else if (type === 'b') text = value === '1' || value === 'true' ? 'true' : 'false';
        else if (type === 'e') problem = { code: 'formula-error', params: { column, error: value } };
        else text = unescapeText(value);
        if (text === '') return;
        if (column > limits.columns) throw new TransferError('too-many-columns', line, { limit: limits.columns });
        while (cells.length < column - 1) cells.push('');
        cells[column - 1] = text;
      } else if (name === 'row' && cells.length > 0) rows.push(problem ? { cells, line, problem } : { cells, line });
    },
    text(raw) {
      if (!isValue) return;
      value += decodeXml(raw);
      if (value.length > limits.cell) throw new TransferError('cell-too-long', line, { column, limit: limits.cell });
    },
  };
  for await (const _ of parseXml(bytes, handlers, limits.cell)) {
    if (rows.length > 0) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

/** 'C7' → 3. */
function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const letter = reference.charCodeAt(i) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column;
}

function numberText(raw: string, kind: NumberKind, startsIn1904: boolean): string {
  if (kind === 'number' && /^-?\d{1,15}$/.test(raw)) return raw;
  const number = Number(raw);
  if (!Number.isFinite(number)) return raw;
  if (kind === 'number') return plainNumber(number);
  if (kind === 'percent') return `${plainNumber(number * 100)}%`;
  const seconds = Math.round(number * 86_400);
  if (kind === 'elapsed') return clock(seconds);
  if (kind === 'time' && number >= 0 && number < 1) return clock(seconds % 86_400);
  return serialToIso(number, kind === 'date', startsIn1904) ?? plainNumber(number);
}

/** Excel shows 15 digits; the 16th and 17th that the file holds are the noise of binary fractions (0.1 + 0.2). */
function plainNumber(number: number): string {
  const text = String(Number(number.toPrecision(15)));
  if (!text.includes('e')) return text;
  return Math.abs(number) >= 1 ? BigInt(Number(text)).toString() : Number(text).toFixed(30).replace(/0+$/, '');
}

function clock(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const rest = Math.abs(seconds);
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');
  return `${sign}${two(rest / 3600)}:${two((rest % 3600) / 60)}:${two(rest % 60)}`;
}

/** Characters that XML cannot hold are written as `_x000D_` (ECMA-376 part 1, 22.9.2.19). */
function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
