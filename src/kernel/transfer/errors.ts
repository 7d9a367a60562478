/** Why a file cannot be read at all. Each code has a sentence `transfer.<code>` in the catalogues beside this file. */
export type TransferErrorCode =
  | 'empty-file'
  | 'binary-file'
  | 'encoding-unsupported'
  | 'nul-character'
  | 'unclosed-quote'
  | 'cell-too-long'
  | 'row-too-large'
  | 'too-many-columns'
  | 'old-excel'
  | 'xlsx-encrypted'
  | 'xlsx-corrupt'
  | 'xlsx-bomb'
  | 'xlsx-too-much-text'
  | 'xlsx-no-sheet'
  | 'vcard-unfinished';

/** What is odd about one row that was read all the same. Sentences: `transfer.<code>`, like those of the errors. */
export type RowProblemCode = 'row-too-short' | 'row-too-long' | 'bad-characters' | 'formula-error' | 'values-dropped';

export type TransferParams = Record<string, string | number>;

/** The file is unreadable or breaks a limit. `line` counts from 1 as an editor shows it; null where no line is to blame. */
export class TransferError extends Error {
  readonly code: TransferErrorCode;
  readonly line: number | null;
  readonly params: TransferParams;

  constructor(code: TransferErrorCode, line: number | null = null, params: TransferParams = {}, cause?: unknown) {
    super(line === null ? code : `${code} (line ${line})`, cause === undefined ? undefined : { cause });
    this.name = 'TransferError';
    this.code = code;
    this.line = line;
    this.params = line === null ? params : { line, ...params };
  }
}
