import { keepMark } from './formula-mark.ts';
import type { Cell } from './write-csv.ts';
import { writeZip } from './zip.ts';

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
  yield* writeZip(parts);
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

/** Characters that XML cannot hold or would change. */
const UNFIT = String.raw`[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]`;
const EVERY_UNFIT = new RegExp(UNFIT, 'g');
/** What looks like one that was escaped, or will once what follows it is: that begins with `_`, too. */
const LOOKALIKE = new RegExp(`_(?=x[0-9A-Fa-f]{4}(?:_|${UNFIT}))`, 'g');

/** Unfit characters as `_x000D_`; a text that looks like that gets its `_` escaped. */
function escapeText(text: string): string {
  return text
    .replace(LOOKALIKE, '_x005F_')
    .replace(EVERY_UNFIT, (unfit) => `_x${unfit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
