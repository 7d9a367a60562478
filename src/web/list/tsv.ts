/** A range of cells as spreadsheets exchange it: tabs between cells, quotes around what has tabs, quotes or lines. */
export function writeTsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join('\t')).join('\n');
}

/** Reads what a spreadsheet, a table of a page or a list of lines left in the clipboard. Rows may differ in length. */
export function readTsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at <= text.length) {
    let cell = '';
    if (text[at] === '"' && isQuoted(text, at)) {
      at++;
      while (at < text.length) {
        if (text[at] === '"' && text[at + 1] === '"') {
          cell += '"';
          at += 2;
        } else if (text[at] === '"') {
          at++;
          break;
        } else cell += text[at++];
      }
    } else {
      const end = text.slice(at).search(/[\t\r\n]/);
      cell = end === -1 ? text.slice(at) : text.slice(at, at + end);
      at += cell.length;
    }
    rows.at(-1)!.push(cell);
    const mark = text[at];
    if (mark === '\r' && text[at + 1] === '\n') at++;
    if (at >= text.length) break;
    at++;
    if (mark !== '\t') rows.push([]);
  }
  // A spreadsheet ends the last row too.
  if (rows.length > 1 && rows.at(-1)!.length === 1 && rows.at(-1)![0] === '') rows.pop();
  return rows;
}

/** A quote that is closed before a cell ends; otherwise it is a letter like any other (`"Litera" UAB`). */
function isQuoted(text: string, start: number): boolean {
  const rest = /^"(?:[^"]|"")*"(?=[\t\r\n]|$)/.exec(text.slice(start, start + 200_000));
  return rest !== null;
}
