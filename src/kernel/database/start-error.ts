/** What can keep the program from starting, each shown as one line and an exit code, never as a stack trace. */
export type StartErrorCode =
  | 'already-running'
  | 'data-folder-read-only'
  | 'database-binaries-missing'
  | 'database-did-not-start'
  | 'database-locale'
  | 'database-too-new'
  | 'database-too-old'
  | 'database-unreachable'
  | 'extension-missing'
  | 'port-in-use'
  | 'upgrade-refused';

/** `message` is one line in English for the terminal; it names the folder or port and what to do about it. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
