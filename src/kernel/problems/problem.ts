import { kernelProblems } from './registry.ts';

/** What is wrong with one field of a request. The message is made from `code` and `params` in the reader's language. */
export interface FieldError {
  /** Path of the field in the request, e.g. `amount.currency` or `3.name` in a bulk request. */
  field: string;
  code: string;
  params?: Record<string, unknown>;
}

/**
 * The one error that domain code throws. It knows no HTTP: the registry says which status a code has, and the server
 * turns it into an RFC 9457 `application/problem+json` answer in the language of the person who asked.
 *
 * @example throw new Problem('record.stale', { current }, [{ field: 'amount', code: 'field.changed' }])
 */
export class Problem extends Error {
  readonly code: string;
  readonly params: Record<string, unknown>;
  readonly errors: readonly FieldError[];

  constructor(code: string, params: Record<string, unknown> = {}, errors: readonly FieldError[] = []) {
    super(`${code}${errors.length > 0 ? `: ${errors.map((e) => `${e.field} ${e.code}`).join(', ')}` : ''}`);
    this.name = 'Problem';
    this.code = code;
    this.params = params;
    this.errors = errors;
  }
}

/** Thrown by a field type for a value it cannot take; the door gathers these into one `record.invalid` problem. */
export class FieldProblem extends Error {
  readonly code: string;
  readonly params: Record<string, unknown>;

  constructor(code: string, params: Record<string, unknown> = {}) {
    super(code);
    this.name = 'FieldProblem';
    this.code = code;
    this.params = params;
  }
}

const statuses = new Map<string, number>(Object.entries(kernelProblems));

/** Adds a module's problems to the registry. A code belongs to one owner. */
export function registerProblems(problems: Readonly<Record<string, number>>): void {
  for (const [code, status] of Object.entries(problems)) {
    const known = statuses.get(code);
    if (known !== undefined && known !== status) throw new Error(`Problem ${code} is registered with ${known} already`);
    statuses.set(code, status);
  }
}

/** HTTP status of a code; 500 for a code nobody registered. */
export function statusOf(code: string): number {
  return statuses.get(code) ?? 500;
}
