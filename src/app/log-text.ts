/**
 * An error as a log may hold it. Messages quote what somebody typed, and a database tells the whole row that it refused:
 * what stands in quotation marks, addresses and long numbers are left out, and of a database's error only its code and what
 * it is about.
 */
export interface LoggedError {
  type: string;
  message: string;
  stack: string;
  code?: string;
  table?: string;
  constraint?: string;
  [more: string]: unknown;
}

export function loggedError(error: unknown): LoggedError {
  const { name, message, stack, code, severity, table, constraint } = error as Error & Record<string, unknown>;
  const isOfDatabase = typeof severity === 'string';
  const words = isOfDatabase ? 'the database refused it' : withoutValues(String(message));
  const places = String(stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const known = Object.entries({ code, table, constraint }).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { type: String(name), message: words, stack: [words, ...places].join('\n'), ...Object.fromEntries(known) };
}

/** `invalid input: "Jonas"` → `invalid input: "…"` */
export function withoutValues(text: string): string {
  return text
    .replaceAll(/"[^"]*"|'[^']*'|“[^”]*”|`[^`]*`/g, '"…"')
    .replaceAll(/=\([^)]*\)/g, '=(…)')
    .replaceAll(/[^\s@"<>]+@[^\s@"<>]+/g, '…')
    .replaceAll(/\d{6,}/g, '…');
}
