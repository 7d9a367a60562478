import { Problem, statusOf } from '#kernel/problems/problem.ts';

/** RFC 7644, 3.12. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: string | undefined;

  constructor(status: number, scimType: string | undefined, detail: string) {
    super(detail);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }
}

/** What any error is for a provisioning directory. */
export function scimErrorOf(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof Problem) {
    const { code, errors } = error;
    const fields = errors.map(({ field }) => field).join(', ');
    if (code === 'record.not-found') return new ScimError(404, undefined, 'There is no such resource');
    if (code === 'record.duplicate' || errors.some((one) => one.code === 'field.not-unique'))
      return new ScimError(409, 'uniqueness', 'The name or the address is taken');
    if (code === 'user.last-administrator')
      return new ScimError(409, 'mutability', 'The last administrator who can sign in with a password stays');
    if (code === 'record.invalid') return new ScimError(400, 'invalidValue', `These values cannot be taken: ${fields}`);
    if (code === 'session.required') return new ScimError(401, undefined, 'A key for provisioning is needed');
    if (code === 'access.denied') return new ScimError(403, undefined, 'This key may not provision people');
    return new ScimError(statusOf(code), undefined, code);
  }
  const { statusCode, message } = error as { statusCode?: number; message: string };
  if (statusCode === 413) return new ScimError(413, undefined, 'The request is too large');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ScimError(statusCode === 415 ? 415 : 400, 'invalidSyntax', message.slice(0, 200));
  if (error instanceof SyntaxError) return new ScimError(400, 'invalidSyntax', 'This is not JSON');
  return new ScimError(500, undefined, 'Something went wrong here');
}
