import { Readable } from 'node:stream';
import type { Principal } from '#kernel/access/access.ts';
import { keepFiles, type NewFile } from '#kernel/files/files.ts';
import { type FileStorage, receive } from '#kernel/files/storage.ts';
import { typeOf } from '#kernel/files/type.ts';
import type { Arrival, FolderSink } from '#kernel/mail/imap/contract.ts';
import { noteBatch, placedKeys, placedUids } from '#kernel/mail/mailbox-state.ts';
import { MAX_PAGE } from '#kernel/query/page.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { chunked } from '../chunked.ts';
import { interaction } from '../interaction.object.ts';
import { keepWithin, type Received, untilKept } from '../keep-interactions.ts';
import { type MailboxOwner, receivedMail } from './received-mail.ts';

/** What keeps the mails of one mailbox. */
export interface MailKeeping {
  readonly workspace: Workspace;
  /** The program itself: whose a message is does not depend on whose mailbox it came through. */
  readonly principal: Principal;
  readonly mailbox: string;
  readonly owner: MailboxOwner;
  /** Whoever holds the mailbox's lease. */
  readonly runner: string;
  readonly dataFolder: string;
  readonly storage: FileStorage;
}

/** Bytes of the largest file of a mail that is kept by itself; a larger one is in the original only. */
const LARGEST_FILE = 64 * 1024 * 1024;
/** A record holds so many files. */
const MOST_FILES = 50;
const NAME_LENGTH = 80;
/** Files that are written to disk at the same moment. */
const RECEIVED_AT_ONCE = 8;

/** Keeps mails as interactions, and in the same transaction where each is and how far its folder was read. */
export function mailSink(keeping: MailKeeping): FolderSink {
  const { workspace, principal, mailbox, runner } = keeping;
  const { database, schema } = workspace;
  const known = async (keys: readonly string[]) => {
    const records = recordsFor(workspace, principal, 'mail');
    return new Set([...(await keptKeys(records, keys)), ...(await placedKeys(database, schema, keys))]);
  };
  return {
    known,
    uids: (folder) => placedUids(database, schema, mailbox, folder),
    async commit(batch) {
      const before = await known(batch.arrived.map(({ key }) => key));
      // Files are kept before the transaction: one that no record takes goes away within a day.
      const received = await withFiles(
        keeping,
        batch.arrived.filter(({ key }) => !before.has(key)),
      );
      await untilKept(() =>
        inTransaction(workspace, principal, 'mail', async (records, connection) => {
          await noteBatch(connection, schema, mailbox, runner, batch);
          if (received.length > 0) await keepWithin(records, received);
        }),
      );
    },
  };
}

/** Those that are here, also in the trash: what somebody threw away does not come back by itself. */
async function keptKeys(records: Records, keys: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const part of chunked(keys, MAX_PAGE))
    for (const deleted of [false, true]) {
      const filter = { messageKey: { in: part } };
      const { items } = await records.list(interaction, { filter, fields: ['messageKey'], limit: MAX_PAGE, deleted });
      found.push(...items.map(({ messageKey }) => messageKey!));
    }
  return found;
}

/** Mails with their bytes as they came, and what was sent along. What stands in a text is in the original only. */
async function withFiles(keeping: MailKeeping, arrivals: readonly Arrival[]): Promise<Received[]> {
  const wanted = arrivals.flatMap(({ message, raw }) => [
    { bytes: raw, name: `${fileName(message.subject)}.eml`, type: 'message/rfc822' },
    ...message.attachments
      .filter(({ inline, size }) => !inline && size <= LARGEST_FILE)
      .slice(0, MOST_FILES)
      .map(({ bytes, name }) => ({ bytes, name, type: null })),
  ]);
  const { workspace, dataFolder, storage, owner } = keeping;
  const files: NewFile[] = [];
  for (const part of chunked(wanted, RECEIVED_AT_ONCE))
    files.push(
      ...(await Promise.all(
        part.map(async ({ bytes, name, type }) => {
          const received = await receive(dataFolder, Readable.from([Buffer.from(bytes)]), Number.POSITIVE_INFINITY);
          return { received, name, type: type ?? typeOf(received.head, name) };
        }),
      )),
    );
  const kept = await keepFiles(workspace, null, storage, files);
  let at = 0;
  return arrivals.map(({ message, receivedAt }) => {
    const own = [kept[at++]!];
    while (at < wanted.length && wanted[at]!.type === null) own.push(kept[at++]!);
    const [original, ...attachments] = own;
    return { ...receivedMail(message, owner, receivedAt), original: original!, attachments };
  });
}

function fileName(subject: string): string {
  const plain = subject.replaceAll(/[\p{Cc}/\\:*?"<>|]+/gu, ' ').trim();
  return plain.slice(0, NAME_LENGTH).toWellFormed() || 'mail';
}
