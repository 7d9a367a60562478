export interface FieldMessage {
  field: string;
  code: string;
  message: string;
}

/** Records that point at one that should go: how many by one field, and the first that the reader may see. */
export interface Holding {
  object: string;
  field: string;
  count: number;
  records: readonly { id: string; title: string }[];
}

/** What the server refused, as RFC 9457 tells it; `offline` when it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldMessage[];
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.detail ?? body.title ?? body.code ?? status));
    this.name = 'ApiProblem';
    this.status = status;
    this.code = String(
      body.code ??
        String(body.type ?? '')
          .split(/[/#:]/)
          .at(-1) ??
        '',
    );
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldMessage[]) : [];
    this.body = body;
  }

  /** What needs the record that was to be deleted. */
  get heldBy(): readonly Holding[] {
    return Array.isArray(this.body.heldBy) ? (this.body.heldBy as Holding[]) : [];
  }

  /** The message for a field, by name. */
  of(field: string): string | undefined {
    return this.errors.find((error) => error.field === field || error.field.startsWith(`${field}.`))?.message;
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}
