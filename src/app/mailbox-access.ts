import { asSystem } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { sql } from '#kernel/database/sql.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { type FoundMail, findMail, type MailQuery } from '#kernel/mail/imap/append.ts';
import { connect, type ImapServer, listFolders, type MailConnection } from '#kernel/mail/imap/connection.ts';
import type { MailFolder } from '#kernel/mail/imap/contract.ts';
import { asFault, MailFault, type MailFaultCode } from '#kernel/mail/imap/fault.ts';
import {
  foldersOf,
  MAILBOX_CHANNEL,
  type MailHost,
  mailboxStates,
  placesAt,
  skippedAt,
} from '#kernel/mail/mailbox-state.ts';
import { trySending } from '#kernel/mail/send.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction } from '#kernel/records/open.ts';
import { type MailCredentials, shareHeld } from '#modules/channels/index.ts';
import { credentialsOf } from './mailbox-sign-in.ts';
import type { Runtime } from './runtime.ts';

/** What went wrong, in a sentence for people and in the server's own words. */
export interface FaultWords {
  readonly fault: MailFaultCode | 'other';
  readonly text: string;
  readonly detail: string;
}

export interface MailboxTry {
  readonly imap: FaultWords | null;
  /** Null too when no server was named. */
  readonly smtp: FaultWords | null;
  readonly folders: readonly MailFolder[];
}

/** Signs in to both servers, and lists the folders. Nothing is kept. */
export async function tryMailbox(
  language: string,
  imap: MailHost,
  smtp: MailHost | null,
  credentials: () => Promise<MailCredentials>,
): Promise<MailboxTry> {
  const guard = networkGuard();
  let folders: readonly MailFolder[] = [];
  const words = async (work: () => Promise<void>): Promise<FaultWords | null> => {
    try {
      await work();
      return null;
    } catch (error) {
      return faultWords(language, asFault(error));
    }
  };
  const reading = words(async () => {
    folders = await withMailbox({ ...imap, credential: (await credentials()).imap }, listFolders);
  });
  const sending = words(async () => {
    if (smtp) await trySending(guard, smtp, (await credentials()).smtp);
  });
  const [ofImap, ofSmtp] = await Promise.all([reading, sending]);
  return { imap: ofImap, smtp: ofSmtp, folders };
}

export function faultWords(language: string, error: Error): FaultWords {
  const known = error instanceof MailFault ? error : null;
  return wordsOfFault(language, known?.code ?? 'other', known?.detail ?? '');
}

export function wordsOfFault(language: string, fault: string, detail: string): FaultWords {
  const text = translator(language)(`mailFault.${fault}`, { detail });
  return { fault: fault as FaultWords['fault'], text, detail };
}

/** @returns the interaction that colleagues see from now on */
export function shareMail(workspace: Workspace, held: string): Promise<string> {
  const program = asSystem('whoever works a mailbox decides what colleagues see of it');
  return inTransaction(workspace, program, 'mail', (records) => shareHeld(records, held));
}

/** Tells the workers of all processes that something about a mailbox has changed. */
export async function announceMailboxes(connection: Connection, workspaceId: string): Promise<void> {
  await connection.run(sql`select pg_notify(${MAILBOX_CHANNEL}, ${workspaceId})`);
}

/** A mail on the server, and whether it is here. `where`: what became of it. */
export interface Whereabouts extends FoundMail {
  readonly key: string | null;
  readonly why: 'kept' | 'not-yet' | 'before-start' | 'folder-not-chosen' | 'too-big' | 'blocked' | string;
}

/** Asks the server for mails, and tells of each why it is here or not. @throws MailFault */
export async function whereabouts(
  runtime: Runtime,
  workspace: Workspace,
  mailbox: string,
  since: Date | null,
  query: MailQuery,
): Promise<Whereabouts[]> {
  const { database } = runtime;
  const { schema } = workspace;
  const [state] = await mailboxStates(database, schema, [mailbox]);
  if (!state) return [];
  const { imap: credential } = await credentialsOf(runtime, workspace, mailbox);
  const found = await withMailbox({ ...state.imap, credential }, (open) => findMail(open, query));
  const chosen = new Set(
    (await foldersOf(database, schema, mailbox)).filter((one) => one.chosen).map(({ path }) => path),
  );
  const at = ({ folder, uid }: { folder: string; uid: number }) => `${uid} ${folder}`;
  const kept = new Map((await placesAt(database, schema, mailbox, found)).map((one) => [at(one), one.key]));
  const skipped = new Map((await skippedAt(database, schema, mailbox, found)).map((one) => [at(one), one.reason]));
  return found.map((one) => {
    const key = kept.get(at(one)) ?? null;
    const why =
      key !== null
        ? 'kept'
        : (skipped.get(at(one)) ??
          (!chosen.has(one.folder)
            ? 'folder-not-chosen'
            : since && one.receivedAt < since
              ? 'before-start'
              : 'not-yet'));
    return { ...one, key, why };
  });
}

async function withMailbox<Result>(
  server: ImapServer,
  work: (connection: MailConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(networkGuard(), server);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
