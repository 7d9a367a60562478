import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type MailConnection, stateOf } from './connection.ts';
import { asFault, MailFault, type MailFaultCode, withFaults } from './fault.ts';

/** IDLE is renewed after so long: routers forget quiet connections after five minutes. */
const RENEWED_AFTER_MS = 4 * 60_000;
/** A server that does not answer NOOP within this is gone, whatever the socket believes. */
const ANSWER_MS = 15_000;
const TOGETHER_MS = 250;

export interface WatchOptions {
  readonly signal?: AbortSignal;
  readonly patienceMs?: number;
  /** How long the server may take to say that it is still there. */
  readonly answerMs?: number;
}

/**
 * Waits until something happens in a folder (IDLE). What happened since the folder was last read counts.
 * @returns `quiet` when nothing did for a while and the server still answers, `stopped` when the signal came
 * @throws MailFault when the connection is lost, also where only silence tells
 */
export async function watch(
  connection: MailConnection,
  folder: string,
  { signal, patienceMs = RENEWED_AFTER_MS, answerMs = ANSWER_MS }: WatchOptions = {},
): Promise<'news' | 'quiet' | 'stopped'> {
  const { client, news, read } = connection;
  if (!client.mailbox || client.mailbox.path !== folder) {
    const box = await withFaults(() => client.mailboxOpen(folder, { readOnly: true }));
    // What came while another folder was open the server does not tell: it counts it.
    if (read.has(folder) && !isDeepStrictEqual(read.get(folder), stateOf(box))) return 'news';
  }
  if (news.has(folder)) return 'news';
  if (signal?.aborted) return 'stopped';
  let finish: (answer: 'news' | 'quiet' | 'stopped' | Error) => void = () => {};
  const answer = new Promise<'news' | 'quiet' | 'stopped' | Error>((done) => {
    finish = done;
  });
  const onNews = ({ path }: { path: string }) => path === folder && finish('news');
  const onClose = () => finish(new MailFault('connection-lost'));
  const onStop = () => finish('stopped');
  const timer = setTimeout(() => finish('quiet'), patienceMs);
  client.on('exists', onNews).on('expunge', onNews).on('flags', onNews).on('close', onClose);
  signal?.addEventListener('abort', onStop);
  try {
    client.idle().catch((error: unknown) => finish(asFault(error)));
    const happened = await answer;
    if (happened instanceof Error) throw happened;
    // Ends IDLE, and proves that somebody is there; whoever tells news is.
    if (happened !== 'news') await answers(connection, answerMs);
    return happened;
  } finally {
    clearTimeout(timer);
    client.off('exists', onNews).off('expunge', onNews).off('flags', onNews).off('close', onClose);
    signal?.removeEventListener('abort', onStop);
  }
}

async function answers({ client }: MailConnection, answerMs: number): Promise<void> {
  const deadline = new AbortController();
  const tooLong = sleep(answerMs, 'late', { signal: deadline.signal }).catch(() => 'ended');
  try {
    if ((await withFaults(() => Promise.race([client.noop(), tooLong]))) === 'late') {
      client.close();
      throw new MailFault('connection-lost', 'no answer');
    }
  } finally {
    deadline.abort();
  }
}

export interface Following {
  /** A new connection, with a token that is still valid. */
  readonly connect: () => Promise<MailConnection>;
  /** Which folders are read, the watched one among them or not: asked again on every round. */
  readonly folders: (connection: MailConnection) => Promise<readonly string[]>;
  /** Calls `syncFolder` with the cursor that is kept. */
  readonly sync: (connection: MailConnection, folder: string) => Promise<unknown>;
  /** The folder in which new mail is seen at once. */
  readonly watched: string;
  /** Told on every change, for the page of mail health. */
  readonly onState: (state: FollowState) => void;
  readonly signal: AbortSignal;
  /** How often folders that are not watched are read; five minutes. */
  readonly everyMs?: number;
}

export type FollowState =
  | { readonly kind: 'connecting' | 'syncing' | 'watching' | 'stopped'; readonly folder?: string }
  /** `failed`: one folder, the others go on. `waiting`: nothing works; it is tried again at `retryAt`. */
  | {
      readonly kind: 'failed' | 'waiting';
      readonly folder?: string;
      readonly fault: MailFaultCode | 'other';
      readonly detail: string;
      readonly retryAt: Date;
      /** For the log; `detail` is for people. */
      readonly error: Error;
    };

/**
 * Keeps a mailbox in step until the signal comes: connects, reads every folder, waits for news, reads again. Whatever
 * happens it tries again, later each time, and says so: a mailbox never stops silently.
 */
export async function follow({
  connect,
  folders,
  sync,
  watched,
  onState,
  signal,
  everyMs = 300_000,
}: Following): Promise<void> {
  for (let attempts = 0; !signal.aborted; ) {
    let connection: MailConnection | null = null;
    try {
      onState({ kind: 'connecting' });
      connection = await connect();
      while (!signal.aborted) {
        for (const folder of await folders(connection)) {
          if (signal.aborted) break;
          onState({ kind: 'syncing', folder });
          try {
            await sync(connection, folder);
          } catch (error) {
            const fault = asFault(error);
            if (!(fault instanceof MailFault) || !['folder-missing', 'refused'].includes(fault.code)) throw fault;
            onState({ kind: 'failed', folder, ...wordsOf(fault), retryAt: new Date(Date.now() + everyMs) });
          }
        }
        attempts = 0;
        let synced = 0;
        for (const until = Date.now() + everyMs; !signal.aborted && Date.now() < until; ) {
          onState({ kind: 'watching', folder: watched });
          const happened = await watch(connection, watched, {
            signal,
            patienceMs: Math.min(RENEWED_AFTER_MS, until - Date.now() + 1),
          });
          if (happened !== 'news') continue;
          // The first mail waits for nobody. Those after it come in handfuls: a server that always has news must not keep us busy.
          await sleep(Math.max(0, synced + TOGETHER_MS - Date.now()), null, { signal }).catch(() => {});
          onState({ kind: 'syncing', folder: watched });
          await sync(connection, watched);
          synced = Date.now();
        }
      }
    } catch (error) {
      const fault = asFault(error);
      const waitMs = waitAfter(fault, attempts++);
      onState({ kind: 'waiting', ...wordsOf(fault), retryAt: new Date(Date.now() + waitMs) });
      await connection?.close();
      connection = null;
      await sleep(waitMs, null, { signal }).catch(() => {});
    } finally {
      await connection?.close();
    }
  }
  onState({ kind: 'stopped' });
}

/** Two seconds, four, eight … ten minutes, a little apart from each other; a quarter of an hour for what needs a person. */
export function waitAfter(fault: Error, attempts: number): number {
  if (fault instanceof MailFault && !fault.isPassing) return 900_000;
  return Math.min(600_000, 2_000 * 2 ** Math.min(attempts, 10)) * (0.8 + Math.random() * 0.4);
}

function wordsOf(fault: Error): { fault: MailFaultCode | 'other'; detail: string; error: Error } {
  return fault instanceof MailFault
    ? { fault: fault.code, detail: fault.detail, error: fault }
    : { fault: 'other', detail: fault.name, error: fault };
}
