import type { Span } from './types.ts';

export type FormulaErrorCode =
  | 'formula.empty'
  | 'formula.too-long'
  | 'formula.too-deep'
  | 'formula.too-complex'
  | 'formula.unexpected-character'
  | 'formula.unexpected-token'
  | 'formula.unexpected-end'
  | 'formula.unterminated-text'
  | 'formula.number-too-long'
  | 'formula.unknown-field'
  | 'formula.unknown-function'
  | 'formula.not-a-reference'
  | 'formula.too-many-hops'
  | 'formula.wrong-type'
  | 'formula.wrong-argument-count';

/**
 * What is wrong with a formula and where. `code` is the key of the message in the catalogue, `params` its values;
 * `params.context` names a fuller text where there is more to say (`suggestion`, `expected`): i18next takes
 * `<code>_<context>` then.
 */
export class FormulaError extends Error {
  readonly code: FormulaErrorCode;
  /** 0-based offset into the source, in UTF-16 code units. */
  readonly position: number;
  readonly length: number;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(code: FormulaErrorCode, at: Span, params: Record<string, string | number> = {}) {
    super(`${code} at ${at.position} ${JSON.stringify(params)}`);
    this.name = 'FormulaError';
    this.code = code;
    this.position = at.position;
    this.length = at.length;
    this.params = params;
  }
}
