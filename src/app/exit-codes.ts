import { RestoreError } from '#kernel/database/restore-error.ts';
import { StartError, type StartErrorCode } from '#kernel/database/start-error.ts';

/** What the program was asked in a way it does not understand. `message` is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** How `npm start` and `tendero` end; the same table stands in docs/guides/deploy.md. */
export const exitCodes = {
  done: 0,
  /** The work was refused or failed; the line on stderr says why. */
  failed: 1,
  /** Unknown option, a value that makes no sense. */
  usage: 2,
  port: 3,
  dataFolder: 4,
  /** The database cannot be reached or started, lacks an extension, or knows no letters but a to z. */
  database: 5,
  /** The database, or its server, is too old or too new for this program. */
  version: 6,
  alreadyRunning: 7,
  /** The data does not allow the upgrade; nothing was changed. */
  upgrade: 8,
} as const;

const ofStartError: Readonly<Record<StartErrorCode, number>> = {
  'already-running': exitCodes.alreadyRunning,
  'data-folder-read-only': exitCodes.dataFolder,
  'database-binaries-missing': exitCodes.database,
  'database-did-not-start': exitCodes.database,
  'database-locale': exitCodes.database,
  'database-unreachable': exitCodes.database,
  'extension-missing': exitCodes.database,
  'database-too-new': exitCodes.version,
  'database-too-old': exitCodes.version,
  'port-in-use': exitCodes.port,
  'upgrade-refused': exitCodes.upgrade,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof StartError ? ofStartError[error.code] : exitCodes.failed;
}

/** Whether one line says all; of any other error its place in the program is of interest. */
export function isForeseen(error: unknown): boolean {
  return error instanceof StartError || error instanceof UsageError || error instanceof RestoreError;
}

/** One line for the terminal. */
export function lineOf(error: unknown): string {
  const { message, name } = error as Error;
  return (message || name || String(error)).split('\n')[0]!;
}
