import type { Principal } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { keepFiles } from '#kernel/files/files.ts';
import { type FileStorage, receiveAll } from '#kernel/files/storage.ts';
import { typeOf } from '#kernel/files/type.ts';
import type { Arrival, FolderSink, Skipped } from '#kernel/mail/imap/contract.ts';
import { noteBatch, placedKeys, placedUids } from '#kernel/mail/mailbox-state.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { applyNotices, faxOf, returnedFaxes } from '../fax/apply-notices.ts';
import type { FaxGateway } from '../fax/gateway.ts';
import { type ReadFax, readFax } from '../fax/received-fax.ts';
import { othersOf, type Received, untilKept } from '../keep-interactions.ts';
import type { Visibility } from '../visibility.ts';
import { applyReports } from './apply-reports.ts';
import { heldAlready, keepMails } from './hold-back.ts';
import { type InvitationContext, keepInvitations } from './keep-invitations.ts';
import { type MailboxOwner, receivedMail } from './received-mail.ts';

/** What keeps the mails of one mailbox. */
export interface MailKeeping {
  readonly workspace: Workspace;
  /** The program itself: whose a message is does not depend on whose mailbox it came through. */
  readonly principal: Principal;
  readonly mailbox: string;
  readonly owner: MailboxOwner;
  /** How much of its mails colleagues see. */
  readonly visibility: Visibility;
  /** Mails among people whom nobody here knows are not wanted. */
  readonly knownOnly: boolean;
  /** Whose mails are faxes. */
  readonly gateways: readonly FaxGateway[];
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

/** Keeps mails as interactions, and in the same transaction where each is and how far its folder was read. */
export function mailSink(keeping: MailKeeping): FolderSink {
  const { workspace, principal, mailbox, runner } = keeping;
  const { database, schema } = workspace;
  const lookUp = async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
    if (keys.length === 0) return new Set();
    const held = await heldAlready(recordsFor(workspace, principal, 'mail'), keys, keeping);
    // Where one is, though nobody has it, it was taken out for good.
    const placed = (await placedKeys(database, schema, keys)).difference(held.elsewhere);
    return held.known.union(placed);
  };
  /** Keys that were looked up with the headers of the mails, and were not here. */
  const unknown = new Set<string>();
  const messagesIn = (arrivals: readonly Arrival[]) => arrivals.map(({ message }) => message);
  const invited = (connection: Connection): InvitationContext => {
    const { timeZone } = workspace.settings;
    return { connection, schema, mailbox, owner: keeping.owner, timeZone, now: new Date() };
  };
  return {
    async known(keys) {
      const found = await lookUp(keys);
      for (const key of keys) if (!found.has(key)) unknown.add(key);
      return found;
    },
    uids: (folder) => placedUids(database, schema, mailbox, folder),
    async commit(batch) {
      const keys = batch.arrived.map(({ key }) => key);
      const before = await lookUp(keys.filter((key) => !unknown.has(key)));
      const fresh = batch.arrived.filter(({ key }) => !before.has(key));
      const faxes = faxesAmong(keeping, fresh);
      const wanted = keeping.knownOnly ? await withPeopleKnown(keeping, fresh, faxes) : fresh;
      // Files are kept before the transaction: one that no record takes goes away within a day.
      const received = await withFiles(keeping, wanted, faxes);
      const unwanted = new Set(fresh).difference(new Set(wanted));
      const noted = {
        ...batch,
        arrived: batch.arrived.filter((one) => !unwanted.has(one)),
        skipped: [...batch.skipped, ...[...unwanted].map(asSkipped)],
      };
      await untilKept(() =>
        inTransaction(workspace, principal, 'mail', async (records, connection) => {
          await noteBatch(connection, schema, mailbox, runner, noted);
          const messages = messagesIn(fresh);
          const mails = messagesIn(fresh.filter(({ key }) => !faxes.has(key)));
          const told = [...(await toldOf(records, faxes)), ...(await returnedFaxes(records, mails))];
          await keepMails(records, besideTheirFaxes(received, told), keeping);
          await applyReports(records, connection, schema, messages);
          await applyNotices(records, connection, schema, told);
          // A meeting is everybody's to see: not what a mailbox keeps to itself.
          if (keeping.visibility === 'full') await keepInvitations(records, messagesIn(wanted), invited(connection));
        }),
      );
      // A copy that comes with the next part is one.
      for (const key of keys) unknown.delete(key);
      for (const { raw, message } of batch.arrived)
        for (const bytes of [raw, ...message.attachments.map((one) => one.bytes)]) release(bytes);
    },
  };
}

/**
 * Gives the memory of bytes back at once. Those of a mail grow old while the others of its batch are read and kept; left to the
 * collector they had it go through the whole heap twice as often, which was 0.2 ms of each mail.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  // A short one lies among others.
  if (byteLength === buffer.byteLength) (buffer as ArrayBuffer).transfer(0);
}

/** Faxes, and what gateways say of them, by the keys of their mails. What a mailbox keeps to itself is none of it. */
function faxesAmong({ gateways, visibility, owner }: MailKeeping, arrivals: readonly Arrival[]) {
  const found = new Map<string, ReadFax>();
  if (gateways.length === 0 || visibility !== 'full') return found;
  for (const { key, message, raw, receivedAt } of arrivals) {
    const fax = readFax(message, raw, owner, receivedAt, gateways);
    if (fax) found.set(key, fax);
  }
  return found;
}

async function toldOf(records: Records, faxes: ReadonlyMap<string, ReadFax>) {
  const told = [];
  for (const { received, notice } of faxes.values())
    if (notice) told.push({ notice, fax: await faxOf(records, notice, received.at), key: received.key });
  return told;
}

/** What is said of a fax stands where the fax does, also where it does not name it. */
function besideTheirFaxes(
  received: readonly Received[],
  told: readonly { readonly key?: string; readonly fax: { readonly messageId: string | null } | null }[],
): Received[] {
  const faxes = new Map(told.map(({ key, fax }) => [key, fax?.messageId]));
  return received.map((one) => {
    const id = faxes.get(one.key);
    return id && !one.references.includes(id) ? { ...one, references: [...one.references, id] } : one;
  });
}

/** Those in which somebody takes part whom the company knows, and faxes: whose number it is may be anybody's. */
async function withPeopleKnown(
  { workspace, principal, owner }: MailKeeping,
  arrivals: readonly Arrival[],
  faxes: ReadonlyMap<string, unknown>,
) {
  const mails = arrivals.map(({ message, receivedAt }) => receivedMail(message, owner, receivedAt));
  const others = await othersOf(recordsFor(workspace, principal, 'mail'), mails);
  return arrivals.filter(({ key }, index) => others[index] || faxes.has(key));
}

function asSkipped({ uid, key, message, raw, receivedAt }: Arrival): Skipped {
  const { messageId, subject, from } = message;
  const reason = 'nobody-known';
  return { uid, key, reason, messageId, subject, from: from?.address ?? null, size: raw.length, receivedAt };
}

/** Mails with their bytes as they came, and what was sent along. What stands in a text is in the original only. */
async function withFiles(
  keeping: MailKeeping,
  arrivals: readonly Arrival[],
  faxes: ReadonlyMap<string, ReadFax>,
): Promise<Received[]> {
  const wanted = arrivals.flatMap(({ message, raw }) => [
    { bytes: raw, name: `${fileName(message.subject)}.eml`, type: 'message/rfc822' },
    ...message.attachments
      .filter(({ inline, size }) => !inline && size <= LARGEST_FILE)
      .slice(0, MOST_FILES)
      .map(({ bytes, name }) => ({ bytes, name, type: null })),
  ]);
  const { workspace, dataFolder, storage, owner } = keeping;
  const received = await receiveAll(
    dataFolder,
    wanted.map(({ bytes }) => bytes),
  );
  const files = wanted.map(({ name, type }, index) => ({
    received: received[index]!,
    name,
    type: type ?? typeOf(received[index]!.head, name),
  }));
  const kept = await keepFiles(workspace, null, storage, files);
  let at = 0;
  return arrivals.map(({ key, message, receivedAt }) => {
    const own = [kept[at++]!];
    while (at < wanted.length && wanted[at]!.type === null) own.push(kept[at++]!);
    const [original, ...attachments] = own;
    const read = faxes.get(key)?.received ?? receivedMail(message, owner, receivedAt);
    return { ...read, original: original!, attachments };
  });
}

function fileName(subject: string): string {
  const plain = subject.replaceAll(/[\p{Cc}/\\:*?"<>|]+/gu, ' ').trim();
  return plain.slice(0, NAME_LENGTH).toWellFormed() || 'mail';
}
