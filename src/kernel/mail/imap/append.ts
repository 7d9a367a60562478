import { previewHeaders, readPreview, readSubject } from '../preview.ts';
import { listFolders, type MailConnection } from './connection.ts';
import { withFaults } from './fault.ts';

export interface SentCopy {
  readonly folder: string;
  /** Null where the server does not say. */
  readonly uid: number | null;
  /** The server keeps what it sends by itself (Gmail, Microsoft 365): nothing was added. */
  readonly wasThere: boolean;
}

/**
 * Puts what was sent into the mailbox's folder for it, unless it is there. Without such a folder, one is made.
 * @param folder the folder somebody chose; left out, the one that is for sent mail
 * @throws MailFault `quota` when the mailbox is full
 */
export async function appendSent(connection: MailConnection, raw: Uint8Array, folder?: string): Promise<SentCopy> {
  const { client } = connection;
  const path = folder ?? (await listFolders(connection)).find(({ role }) => role === 'sent')?.path ?? 'Sent';
  return await withFaults(async () => {
    const { messageId } = await readPreview(raw);
    await client.mailboxCreate(path);
    await client.mailboxOpen(path);
    if (messageId) {
      const found = await client.search({ header: { 'message-id': messageId } }, { uid: true });
      if (Array.isArray(found) && found.length > 0) return { folder: path, uid: found.at(-1)!, wasThere: true };
    }
    const kept = await client.append(path, Buffer.from(raw), ['\\Seen'], new Date());
    return { folder: path, uid: (kept ? kept.uid : null) ?? null, wasThere: false };
  });
}

/** Whether a mail lies in the folder of sent mails, where some servers put all that they send (Gmail, Microsoft 365). */
export async function hasMessage(connection: MailConnection, messageId: string): Promise<boolean> {
  const { client } = connection;
  const sent = (await listFolders(connection)).find(({ role }) => role === 'sent');
  if (!sent) return false;
  return await withFaults(async () => {
    await client.mailboxOpen(sent.path, { readOnly: true });
    const found = await client.search({ header: { 'message-id': messageId } }, { uid: true });
    return Array.isArray(found) && found.length > 0;
  });
}

/** What somebody knows of a mail: its Message-ID, or who wrote it, what about, and on which day. */
export interface MailQuery {
  readonly messageId?: string | undefined;
  readonly from?: string | undefined;
  readonly subject?: string | undefined;
  readonly on?: Date | undefined;
}

export interface FoundMail {
  readonly folder: string;
  readonly uid: number;
  readonly subject: string;
  readonly from: string | null;
  readonly size: number;
  readonly receivedAt: Date;
}

/** Mails that are told of each folder, the newest. */
const FOUND_AT_ONCE = 20;

/** Where mails are on the server, for "why is it not here?": the folders that hold them, whether they are read or not. */
export async function findMail(connection: MailConnection, mail: MailQuery): Promise<FoundMail[]> {
  const { client } = connection;
  const { messageId, from, subject, on } = mail;
  const query = {
    ...(messageId ? { header: { 'message-id': messageId } } : {}),
    ...(from ? { from } : {}),
    ...(subject ? { subject } : {}),
    ...(on ? { since: on, before: new Date(on.getTime() + 24 * 3600 * 1_000) } : {}),
  };
  const found: FoundMail[] = [];
  for (const { path, holdsMail } of await listFolders(connection)) {
    if (!holdsMail) continue;
    await withFaults(async () => {
      await client.mailboxOpen(path, { readOnly: true });
      const uids = await client.search(query, { uid: true });
      if (!Array.isArray(uids) || uids.length === 0) return;
      const wanted = { uid: true, size: true, internalDate: true, headers: [...previewHeaders] };
      const newest = uids.sort((a, b) => a - b).slice(-FOUND_AT_ONCE);
      for await (const one of client.fetch(newest, wanted, { uid: true })) {
        const read = await readPreview(one.headers ?? Buffer.from(''));
        const receivedAt = new Date(one.internalDate ?? 0);
        const subject = readSubject(read.rawSubject);
        found.push({ folder: path, uid: one.uid, subject, from: read.from, size: one.size ?? 0, receivedAt });
      }
    });
  }
  return found;
}
