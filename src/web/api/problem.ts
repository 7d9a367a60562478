export interface FieldMessage {
  field: string;
  code: string;
  message: string;
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

  /** The message for a field, by name. */
  of(field: string): string | undefined {
    return this.errors.find((error) => error.field === field || error.field.startsWith(`${field}.`))?.message;
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}
