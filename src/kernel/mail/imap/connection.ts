import { isIP, type LookupFunction } from 'node:net';
import { ImapFlow, type MailboxObject } from 'imapflow';
import type { NetworkGuard } from '../../net/guard.ts';
import type { MailFolder } from './contract.ts';
import { MailFault, withFaults } from './fault.ts';
import './fetched.ts';

/** A password, or an access token (XOAUTH2, OAUTHBEARER) that is still valid. */
export type MailCredential = { readonly password: string } | { readonly accessToken: string };

/** How a mailbox is reached. */
export interface ImapServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte (993), `starttls` before anything is said (143), `none` on this machine only. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly username: string;
  readonly credential: MailCredential;
  /** PEM of an authority besides the known ones. */
  readonly authority?: string | null;
  /** Whether an administrator allows `none` beyond this machine. */
  readonly allowsPlain?: boolean;
}

/** A signed-in connection. One thing at a time: whoever holds it syncs a folder, then waits, then syncs the next. */
export interface MailConnection {
  readonly client: ImapFlow;
  /** Folders in which something happened since they were last read. */
  readonly news: Set<string>;
  /** How each folder stood when it was last read. */
  readonly read: Map<string, FolderState>;
  /** UIDs that the server said were deleted from the open folder. */
  readonly vanished: number[];
  close(): Promise<void>;
}

/** A server that says nothing for so long is not there. */
const PATIENCE_MS = 15_000;
/** Half a minute without a byte in the middle of an answer; waiting for news has its own watch. */
const SILENCE_MS = 60_000;
/** Bytes of one answer: the largest mail that anybody allows, and some. */
const LONGEST_ANSWER = 256 * 1024 * 1024;

/** What is being kept when somebody says stop may be kept to its end. */
const LAST_BATCH_MS = 2_000;

/**
 * Connects and signs in. The name is resolved once and the address that was checked is the one that is connected to.
 * @param signal ends the connection: at once while it is being made, else a moment later
 * @throws MailFault
 */
export async function connect(guard: NetworkGuard, server: ImapServer, signal?: AbortSignal): Promise<MailConnection> {
  const { host, port, security, username, credential } = server;
  return await withFaults(async () => {
    const bare = host.replace(/^\[|\]$/g, '');
    guard.check(`${security === 'tls' ? 'imaps' : 'imap'}://${isIP(bare) === 6 ? `[${bare}]` : bare}:${port}`, 'mail');
    const address = isIP(bare) ? bare : await resolve(guard.lookup, bare);
    const isLocal = /^(?:127\.|::1$)/.test(address);
    if (security === 'none' && !isLocal && !server.allowsPlain) throw new MailFault('not-encrypted');
    const client = new ImapFlow({
      host: address,
      port,
      secure: security === 'tls',
      doSTARTTLS: security === 'starttls' ? true : security === 'none' ? false : undefined,
      ...(isIP(bare) ? {} : { servername: bare }),
      tls: { minVersion: 'TLSv1.2', ...(server.authority ? { ca: server.authority } : {}) },
      auth: {
        user: username,
        ...('password' in credential ? { pass: credential.password } : { accessToken: credential.accessToken }),
      },
      clientInfo: { name: 'Tendero' },
      logger: false,
      qresync: true,
      disableAutoIdle: true,
      disableCompression: true,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: SILENCE_MS,
      maxLineLength: 16 * 1024 * 1024,
      maxLiteralSize: LONGEST_ANSWER,
      maxResponseSize: LONGEST_ANSWER + 1024 * 1024,
    });
    const news = new Set<string>();
    const read = new Map<string, FolderState>();
    const vanished: number[] = [];
    // What goes wrong is thrown by whatever waits for the server; without a listener it would end the program.
    client.on('error', () => {});
    client.on('exists', ({ path }) => news.add(path));
    client.on('flags', ({ path }) => news.add(path));
    client.on('expunge', ({ path, uid, vanished: hasUid }) => {
      news.add(path);
      if (hasUid && uid !== undefined) vanished.push(uid);
    });
    const giveUp = () => client.close();
    signal?.addEventListener('abort', giveUp);
    try {
      if (signal?.aborted) throw new MailFault('connection-lost');
      await client.connect();
    } catch (error) {
      client.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    const stop = () => setTimeout(giveUp, LAST_BATCH_MS).unref();
    signal?.addEventListener('abort', stop, { once: true });
    client.once('close', () => signal?.removeEventListener('abort', stop));
    return {
      client,
      news,
      read,
      vanished,
      async close() {
        const gone = client.usable ? client.logout().catch(() => {}) : Promise.resolve();
        // A server that does not answer a goodbye is left without one.
        await Promise.race([gone, new Promise((done) => setTimeout(done, 2_000).unref())]);
        client.close();
      },
    };
  });
}

/**
 * Opens a folder for reading. One that is open says how it stands now: to open it again, Dovecot goes through the folder's
 * files, 0.8 s of 50,000.
 * @throws MailFault
 */
export async function openFolder({ client, news }: MailConnection, folder: string): Promise<MailboxObject> {
  const open = client.mailbox;
  if (open && open.path === folder) {
    const hasModseq = !open.noModseq && open.highestModseq !== undefined;
    const query = { messages: true, uidNext: true, uidValidity: true, ...(hasModseq ? { highestModseq: true } : {}) };
    // STATUS tells what the server knows, NOOP has it look, for up to a second: not where it told news a moment ago.
    if (!news.has(folder)) await withFaults(() => client.noop());
    // What it answers is written into `open`.
    const now = await withFaults(() => client.status(folder, query));
    if (now && now.uidValidity === open.uidValidity && client.mailbox === open) return open;
  }
  return await withFaults(() => client.mailboxOpen(folder, { readOnly: true }));
}

/** Differs when something came, went or changed in a folder. */
export type FolderState = Pick<MailboxObject, 'uidNext' | 'exists' | 'highestModseq'>;

export function stateOf({ uidNext, exists, highestModseq }: MailboxObject): FolderState {
  return { uidNext, exists, highestModseq };
}

const roles: Readonly<Record<string, MailFolder['role']>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
  '\\Archive': 'archive',
  '\\All': 'all',
  '\\Flagged': 'flagged',
};

/** All folders, with what they are for: the server's word, or their name in many languages. */
export async function listFolders({ client }: MailConnection): Promise<MailFolder[]> {
  const listed = await withFaults(() => client.list({ statusQuery: { messages: true } }));
  return listed.map(({ path, name, parentPath, flags, specialUse, specialUseSource, status }) => ({
    path,
    name,
    parent: parentPath || null,
    role: roles[specialUse ?? ''] ?? null,
    roleFrom: specialUse ? (specialUseSource === 'name' ? 'name' : 'server') : null,
    holdsMail: !flags.has('\\Noselect') && !flags.has('\\NonExistent'),
    messages: status?.messages ?? null,
  }));
}

/**
 * Where a folder went that is no longer there: one that nobody reads yet and that has its UIDVALIDITY. Null when it was
 * deleted, or on servers that give all folders the same one.
 */
export async function findRenamed(
  { client }: MailConnection,
  uidValidity: string,
  candidates: readonly string[],
): Promise<string | null> {
  const found: string[] = [];
  for (const path of candidates) {
    const status = await withFaults(() => client.status(path, { uidValidity: true }));
    if (status && String(status.uidValidity) === uidValidity) found.push(path);
  }
  return found.length === 1 ? found[0]! : null;
}

function resolve(lookup: LookupFunction, host: string): Promise<string> {
  return new Promise((done, fail) => {
    lookup(host, { all: false }, (error, address) => (error ? fail(error) : done(String(address))));
  });
}
