/**
 * A spreadsheet that opens a CSV file runs a cell that begins with one of these as a formula, whoever typed it into the
 * CRM (CSV injection, OWASP's list with the line feed and the full-width forms that Excel also takes).
 */
const STARTS_FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const IS_MARKED = /^''*[=+\-@\t\r\n＝＋－＠]/;

/**
 * Digits after one plus sign, with spaces at most: a telephone number as Tendero stores and shows it. It calls no
 * function and names no cell, so it stays as it is: diallers and other CRMs that read the file get a number they can
 * dial. `+370-612-34567` is marked: a spreadsheet would subtract.
 */
const IS_PHONE = /^\+\d[\d ]{4,20}$/;

/** Puts an apostrophe before a text that a spreadsheet would run. `unmarkFormula` takes exactly that one away again. */
export function markFormula(text: string): string {
  return STARTS_FORMULA.test(text) && !IS_PHONE.test(text) ? `'${text}` : text;
}

/** For cells that are typed as text, where nothing runs: marks only what `unmarkFormula` would otherwise shorten. */
export function keepMark(text: string): string {
  return IS_MARKED.test(text) ? `'${text}` : text;
}

/** Undoes `markFormula`, also in files of other programs that protect themselves in the same way. */
export function unmarkFormula(text: string): string {
  return text.charCodeAt(0) === 39 && IS_MARKED.test(text) ? text.slice(1) : text;
}
