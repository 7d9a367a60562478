import { markFormula } from './formula-mark.ts';

/**
 * One value on its way out. A string is text (protected against formulas); a number, or a decimal as
 * `{ number: '-12.50' }` so that no digit is lost, stays a number.
 */
export type Cell = string | number | bigint | boolean | null | { number: string };

export type CsvOptions = {
  /** Default ','. */
  delimiter?: string;
  /** Decimal mark of numbers; default '.'. */
  decimal?: '.' | ',';
  /** A byte order mark at the beginning: Excel takes the file for UTF-8 only with it. Default false. */
  mark?: boolean;
};

/**
 * How a spreadsheet set to this language expects a CSV file: where the decimal mark is a comma, cells are divided by
 * semicolons.
 */
export function csvOptionsFor(language: string): Required<CsvOptions> {
  const [first = 'en'] = language.toLowerCase().split('-');
  // Mexico and the rest of Central America write numbers like their northern neighbour.
  const usesPoint = first === 'en' || /^es-(mx|us|gt|hn|ni|pa|pe|pr|sv|do)$/.test(language.toLowerCase());
  return usesPoint ? { delimiter: ',', decimal: '.', mark: true } : { delimiter: ';', decimal: ',', mark: true };
}

/** Writes a header and rows as CSV (RFC 4180, CRLF), one piece of text per batch of rows. */
export async function* writeCsv(
  header: string[],
  batches: AsyncIterable<Cell[][]> | Iterable<Cell[][]>,
  options: CsvOptions = {},
): AsyncGenerator<string> {
  const { delimiter = ',', decimal = '.', mark = false } = options;
  // Quotes around `sep=` too: as the very first characters of a file they would name a delimiter.
  const needsQuotes = new RegExp(`["\\r\\n${delimiter === '|' ? '\\|' : delimiter}]|^\\s|\\s$|^sep=`, 'i');
  const cellText = (cell: Cell): string => {
    if (cell === null) return '';
    if (typeof cell !== 'string') return localNumber(cell, decimal, delimiter);
    const text = markFormula(cell);
    return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  // A row of one empty cell would be a blank line, which readers leave out.
  const rowText = (row: Cell[]): string => row.map(cellText).join(delimiter) || '""';
  yield `${mark ? '\ufeff' : ''}${rowText(header)}\r\n`;
  for await (const rows of batches) {
    if (rows.length > 0) yield `${rows.map(rowText).join('\r\n')}\r\n`;
  }
}

function localNumber(cell: Exclude<Cell, string | null>, decimal: string, delimiter: string): string {
  if (typeof cell === 'boolean') return String(cell);
  const digits = typeof cell === 'object' ? cell.number : String(cell);
  const text = decimal === '.' ? digits : digits.replace('.', decimal);
  return text.includes(delimiter) ? `"${text}"` : text;
}
