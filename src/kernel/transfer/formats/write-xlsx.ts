import { pipeline } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { keepMark } from './formula-mark.ts';
import type { Cell } from './write-csv.ts';

/**
 * Writes one sheet as a workbook, in bytes as they are ready; memory stays flat however many rows there are.
 * Text is stored as text: nothing in it becomes a formula. The header is bold and stays in view.
 *
 * Written by hand because exceljs's streaming writer knows no back-pressure: it takes every row at once and keeps
 * what the receiver is too slow for.
 */
export async function* writeXlsx(
  header: string[],
  batches: AsyncIterable<Cell[][]> | Iterable<Cell[][]>,
  options: { sheet?: string } = {},
): AsyncGenerator<Uint8Array> {
  const parts: [string, AsyncIterable<string> | Iterable<string>][] = [
    ['[Content_Types].xml', [CONTENT_TYPES]],
    ['_rels/.rels', [relations([['officeDocument', 'xl/workbook.xml']])]],
    ['xl/workbook.xml', [workbook(sheetName(options.sheet))]],
    [
      'xl/_rels/workbook.xml.rels',
      [
        relations([
          ['worksheet', 'worksheets/sheet1.xml'],
          ['styles', 'styles.xml'],
        ]),
      ],
    ],
    ['xl/styles.xml', [STYLES]],
    ['xl/worksheets/sheet1.xml', sheet(header, batches)],
  ];
  yield* zip(parts);
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const SCHEMA = 'http://schemas.openxmlformats.org';
const MAIN = `${SCHEMA}/spreadsheetml/2006/main`;
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const CONTENT_TYPES = `${DECLARATION}<Types xmlns="${SCHEMA}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/></Types>`;
/** Style 0 is plain, style 1 bold. */
const STYLES = `${DECLARATION}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>`;

function relations(targets: [type: string, target: string][]): string {
  const all = targets.map(
    ([type, target], i) =>
      `<Relationship Id="rId${i + 1}" Type="${SCHEMA}/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
  );
  return `${DECLARATION}<Relationships xmlns="${SCHEMA}/package/2006/relationships">${all.join('')}</Relationships>`;
}

function workbook(name: string): string {
  return `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${SCHEMA}/officeDocument/2006/relationships"><sheets><sheet name="${escapeXml(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`;
}

/** Excel takes at most 31 characters, and not these. */
function sheetName(wanted = 'Tendero'): string {
  return (
    wanted
      .replace(/[\\/?*[\]:]/g, ' ')
      .replace(/^'+|'+$/g, '')
      .trim()
      .slice(0, 31) || 'Tendero'
  );
}

async function* sheet(header: string[], batches: AsyncIterable<Cell[][]> | Iterable<Cell[][]>): AsyncGenerator<string> {
  yield `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>`;
  const letters: string[] = [];
  let number = 0;
  const rowXml = (row: Cell[], attributes: string): string => {
    number++;
    while (letters.length < row.length) letters.push(columnLetters(letters.length));
    const cells = row.map((cell, i) => cellXml(cell, `r="${letters[i]}${number}"${attributes}`));
    return `<row r="${number}">${cells.join('')}</row>`;
  };
  yield rowXml(header, ' s="1"');
  for await (const rows of batches) yield rows.map((row) => rowXml(row, '')).join('');
  yield '</sheetData></worksheet>';
}

/** 0 → 'A', 26 → 'AA'. */
export function columnLetters(column: number): string {
  return (column >= 26 ? columnLetters(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));
}

/** Attributes begin with the cell's place: readers may do without it, but not all of them do. */
function cellXml(cell: Cell, attributes: string): string {
  if (cell === null || cell === '') return '';
  if (typeof cell === 'string') return textXml(cell, attributes);
  if (typeof cell === 'boolean') return `<c ${attributes} t="b"><v>${cell ? 1 : 0}</v></c>`;
  const number = typeof cell === 'object' ? cell.number : String(cell);
  // Excel keeps 15 digits: a longer number would silently lose the others, so it travels as text.
  return number.replace(/\D/g, '').length > 15 ? textXml(number, attributes) : `<c ${attributes}><v>${number}</v></c>`;
}

function textXml(text: string, attributes: string): string {
  return `<c ${attributes} t="inlineStr"><is><t xml:space="preserve">${escapeXml(escapeText(keepMark(text)))}</t></is></c>`;
}

/** Characters that XML cannot hold or would change, as `_x000D_`; a text that looks like that gets its `_` escaped. */
function escapeText(text: string): string {
  return text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_').replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
    /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * A ZIP as it is written: each part deflated, its size and checksum after it (APPNOTE 4.3.9). Parts and the whole must
 * stay below 4 GB, which a sheet of 1,048,576 rows does.
 */
async function* zip(
  parts: [name: string, text: AsyncIterable<string> | Iterable<string>][],
): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of parts) {
    const start = offset;
    const sums = { crc: 0, size: 0, compressed: 0 };
    const local = Buffer.concat([
      record(0x04034b50, [2, 20], ...common({ crc: 0, size: 0, compressed: 0 }, name), [2, 0]),
      Buffer.from(name),
    ]);
    offset += local.length;
    yield local;
    for await (const chunk of deflate(text, sums)) {
      offset += chunk.length;
      yield chunk;
    }
    const after = record(0x08074b50, [4, sums.crc], [4, sums.compressed], [4, sums.size]);
    offset += after.length;
    yield after;
    const rest: [number, number][] = [
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, start],
    ];
    directory.push(record(0x02014b50, [2, 20], [2, 20], ...common(sums, name), ...rest), Buffer.from(name));
  }
  const central = Buffer.concat(directory);
  yield central;
  yield record(
    0x06054b50,
    [2, 0],
    [2, 0],
    [2, parts.length],
    [2, parts.length],
    [4, central.length],
    [4, offset],
    [2, 0],
  );
}

type Sums = { crc: number; size: number; compressed: number };

async function* deflate(text: AsyncIterable<string> | Iterable<string>, sums: Sums): AsyncGenerator<Buffer> {
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const part of text) {
      const bytes = Buffer.from(part);
      sums.crc = crc32(bytes, sums.crc);
      sums.size += bytes.length;
      yield bytes;
    }
  };
  const deflater = createDeflateRaw({ level: 6 });
  // An error on the way destroys the deflater, and so reaches the loop below.
  pipeline(counted, deflater, () => {});
  for await (const chunk of deflater) {
    sums.compressed += chunk.length;
    yield chunk;
  }
}

/** Flags (sums follow, names in UTF-8), deflate, 1980-01-01 (no clock: equal data give equal files), sums, name length. */
function common({ crc, size, compressed }: Sums, name: string): [bytes: number, value: number][] {
  return [
    [2, 0x0808],
    [2, 8],
    [2, 0],
    [2, 0x21],
    [4, crc],
    [4, compressed],
    [4, size],
    [2, Buffer.byteLength(name)],
  ];
}

function record(signature: number, ...fields: [bytes: number, value: number][]): Buffer {
  const buffer = Buffer.alloc(4 + fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = buffer.writeUInt32LE(signature, 0);
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
