import type { Connection } from '#kernel/database/connection.ts';
import { addJob, type JobDefinition, queueJob } from '#kernel/jobs/jobs.ts';
import { type LetterKind, writeLetter } from '#kernel/mail/letter.ts';
import { passwordOf, readMailServer } from '#kernel/mail/mail-server.ts';
import { MailDelayedError, sendMail } from '#kernel/mail/send.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import type { Runtime } from './runtime.ts';

/** A letter that waits to be sent. It may hold a link that lets somebody in, so it waits sealed. */
export interface OutgoingLetter {
  readonly kind: LetterKind;
  readonly to: { readonly name: string; readonly address: string };
  readonly language: string;
  /** Of a page here; what stands before it is the company's setting. */
  readonly path?: string;
  /** Of a second, quieter link. */
  readonly second?: string;
  /** Facts, each on a line of its own. */
  readonly lines?: readonly string[];
  /** An appointment that goes along, as iCalendar. */
  readonly calendar?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Waits between the tries of a server that is away: together six hours, less than any link lasts that is not urgent. */
const WAITS_S = [10, 60, 5 * 60, 20 * 60, 60 * 60, 4 * 60 * 60];
const PURPOSE = 'letter';

/** @returns false where no mail server is set up */
export async function queueLetter(runtime: Runtime, workspaceId: string, letter: OutgoingLetter): Promise<boolean> {
  if (!(await readMailServer(runtime.database, workspaceId))) return false;
  const sealed = (await openSecrets(runtime.dataFolder)).seal(JSON.stringify(letter), PURPOSE);
  await queueJob(runtime.database, { workspaceId, kind: 'mail', payload: { sealed, attempt: 0 }, createdBy: null });
  return true;
}

/**
 * The same in the transaction of a connection: it is sent when, and only when, that commits.
 * @returns false where no mail server is set up
 */
export async function addLetter(
  runtime: Runtime,
  connection: Connection,
  workspaceId: string,
  letter: OutgoingLetter,
): Promise<boolean> {
  if (!(await readMailServer(runtime.database, workspaceId))) return false;
  const sealed = (await openSecrets(runtime.dataFolder)).seal(JSON.stringify(letter), PURPOSE);
  await addJob(connection, { workspaceId, kind: 'mail', payload: { sealed, attempt: 0 }, createdBy: null });
  return true;
}

/**
 * Sends a letter now.
 * @throws Problem `mail.not-set-up`, `mail.not-sent`; MailDelayedError
 */
export async function sendLetter(runtime: Runtime, workspaceId: string, letter: OutgoingLetter): Promise<void> {
  const { database, dataFolder } = runtime;
  const server = await readMailServer(database, workspaceId);
  if (!server) throw new Problem('mail.not-set-up');
  const { name: company } = await runtime.workspace(workspaceId);
  const password = await passwordOf(database, await openSecrets(dataFolder), workspaceId);
  const { kind, to, language, path, second, lines, calendar, params } = letter;
  const at = (own: string | undefined) => (own === undefined ? undefined : `${server.site}${own}`);
  const parts = { link: at(path), second: at(second), lines };
  const words = writeLetter(kind, language, { ...params, company, name: to.name }, parts);
  await sendMail(
    networkGuard(),
    server,
    password,
    to,
    calendar ? { ...words, icalEvent: { method: 'publish', content: calendar } } : words,
  );
}

export function mailJob(runtime: Runtime): JobDefinition {
  return {
    kind: 'mail',
    async run(payload, { workspaceId }) {
      const { sealed, attempt } = payload as { sealed: string; attempt: number };
      const letter = JSON.parse((await openSecrets(runtime.dataFolder)).open(sealed, PURPOSE)) as OutgoingLetter;
      try {
        await sendLetter(runtime, workspaceId, letter);
        return { sent: true };
      } catch (error) {
        const wait = WAITS_S[attempt];
        if (!(error instanceof MailDelayedError)) throw error;
        if (wait === undefined) throw new Problem('mail.not-sent', { reason: error.message });
        const runAt = new Date(Date.now() + wait * 1000);
        const again = { sealed, attempt: attempt + 1 };
        await queueJob(runtime.database, { workspaceId, kind: 'mail', payload: again, createdBy: null, runAt });
        return { sent: false, again: runAt.toISOString() };
      }
    },
  };
}
