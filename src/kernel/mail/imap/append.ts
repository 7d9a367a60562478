import { readPreview } from '../preview.ts';
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

/** Where a mail is on the server, for "why is it not here?": the folders that hold it, whether they are read or not. */
export async function findMail(
  connection: MailConnection,
  messageId: string,
): Promise<{ folder: string; uid: number; size: number; receivedAt: Date }[]> {
  const { client } = connection;
  const found: { folder: string; uid: number; size: number; receivedAt: Date }[] = [];
  for (const { path, holdsMail } of await listFolders(connection)) {
    if (!holdsMail) continue;
    await withFaults(async () => {
      await client.mailboxOpen(path, { readOnly: true });
      const uids = await client.search({ header: { 'message-id': messageId } }, { uid: true });
      if (!Array.isArray(uids) || uids.length === 0) return;
      for await (const { uid, size, internalDate } of client.fetch(
        uids,
        { uid: true, size: true, internalDate: true },
        { uid: true },
      ))
        found.push({ folder: path, uid, size: size ?? 0, receivedAt: new Date(internalDate ?? 0) });
    });
  }
  return found;
}
