import { randomUUID } from 'node:crypto';
import { asSystem } from '#kernel/access/access.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { connect, findRenamed, listFolders, type MailConnection } from '#kernel/mail/imap/connection.ts';
import type { FolderBatch, FolderReport } from '#kernel/mail/imap/contract.ts';
import { syncFolder } from '#kernel/mail/imap/sync.ts';
import { type FollowState, follow, waitAfter } from '#kernel/mail/imap/watch.ts';
import {
  foldersOf,
  holdMailboxes,
  LeaseLostError,
  leaveMailbox,
  MAILBOX_CHANNEL,
  mailboxStates,
  noteFolders,
  noteRead,
  noteState,
  renameFolder,
  takeMailbox,
} from '#kernel/mail/mailbox-state.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { MAX_PAGE } from '#kernel/query/page.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { isBlocked, knownAddress, mailbox, mailSink, readGateways } from '#modules/channels/index.ts';
import { credentialsOf } from './mailbox-sign-in.ts';
import { every, keepRounds } from './rounds.ts';
import type { Runtime } from './runtime.ts';

/** Mailboxes that one process has open at a time; the others wait for their turn. */
const AT_ONCE = 20;
/** How long a mailbox that only waits for news keeps its place while another waits for one. */
const TURN_MS = 60_000;
/** Finds what no notice told of: mailboxes whose time to try again has come, or whose process was killed. */
const SWEEP_MS = 5_000;
/** A third of a lease: one that was missed does no harm. */
const HOLD_MS = 10_000;
/** A folder with a long past lets the others have a look this often. */
const STRETCH_MS = 20_000;

/** Batches that are written at the same moment: of the pool's eight connections, requests need the others. */
const KEPT_AT_ONCE = 2;

const program = asSystem('whose a message is does not depend on whose mailbox it came through');

interface Followed {
  readonly id: string;
  readonly workspaceId: string;
  /** Of how it is reached, and of its record: with another one it is begun anew. */
  readonly revision: number;
  readonly version: number;
  readonly since: number;
  readonly stopping: AbortController;
  done: Promise<void>;
  isWatching: boolean;
}

/**
 * Keeps every active mailbox in step with its server. A mailbox is one process's at a time, by a lease in the database that
 * ends by itself when the process is killed. Whatever goes wrong is noted and tried again.
 */
export function keepMailboxes(
  runtime: Runtime,
  onError: (error: unknown) => void,
  { atOnce = AT_ONCE, turnMs = TURN_MS }: { atOnce?: number; turnMs?: number } = {},
): { stop(): Promise<void> } {
  const { database } = runtime;
  const runner = randomUUID();
  const followed = new Map<string, Followed>();
  const keeping = gate(KEPT_AT_ONCE);
  let isStopped = false;
  /** Some wait for a place. */
  let isCrowded = false;

  const review = async (workspaceId: string): Promise<void> => {
    const workspace = await runtime.workspace(workspaceId);
    const states = await mailboxStates(database, workspace.schema);
    const active = await activeAmong(
      workspace,
      states.map((state) => state.mailbox),
    );
    for (const { mailbox: id, revision } of states) {
      const one = followed.get(id);
      if (one && (one.version !== active.get(id) || one.revision !== revision)) one.stopping.abort();
    }
    const due = states.filter(
      (state) =>
        active.has(state.mailbox) &&
        !followed.has(state.mailbox) &&
        !state.isHeld &&
        (state.retryAt === null || state.retryAt.getTime() <= Date.now()),
    );
    isCrowded = false;
    for (const { mailbox: id, attempts } of due) {
      if (isStopped) return;
      if (followed.size >= atOnce) {
        isCrowded = true;
        makeRoom();
        return;
      }
      const revision = await takeMailbox(database, workspace.schema, id, runner);
      if (revision === null) continue;
      start(workspace, { id, revision, version: active.get(id)! }, attempts);
    }
  };
  /** Whoever has waited for news the longest lets another one in. */
  const makeRoom = (): void => {
    const resting = [...followed.values()].filter((one) => one.isWatching && Date.now() - one.since >= turnMs);
    resting.sort((a, b) => a.since - b.since)[0]?.stopping.abort();
  };
  const start = (workspace: Workspace, as: Pick<Followed, 'id' | 'revision' | 'version'>, attempts: number): void => {
    const { id } = as;
    const one: Followed = {
      ...{ ...as, workspaceId: workspace.id, since: Date.now(), isWatching: false },
      stopping: new AbortController(),
      done: Promise.resolve(),
    };
    followed.set(id, one);
    const onRest = () => void (isCrowded && rounds.wake(workspace.id));
    one.done = followMailbox(runtime, workspace, one, { runner, attempts, keeping, onError, onRest })
      .catch((error: Error) => {
        onError(error);
        const retryAt = new Date(Date.now() + waitAfter(error, attempts));
        const state = { kind: 'waiting', fault: 'other', detail: error.name, retryAt, error } as const;
        return noteState(database, workspace.schema, id, runner, state);
      })
      .then(() => leaveMailbox(database, workspace.schema, id, runner))
      .catch(onError)
      .finally(() => {
        followed.delete(id);
        // Changed meanwhile, or another one waits for the place.
        rounds.wake(workspace.id);
      });
  };

  const hold = async (): Promise<void> => {
    for (const [workspaceId, all] of Map.groupBy(followed.values(), (one) => one.workspaceId)) {
      const { schema } = await runtime.workspace(workspaceId);
      const held = await holdMailboxes(
        database,
        schema,
        all.map(({ id }) => id),
        runner,
      );
      for (const { id, stopping } of all) {
        if (held.has(id)) continue;
        onError(new LeaseLostError('Another process has this mailbox'));
        stopping.abort();
      }
    }
  };
  const holding = every(HOLD_MS, hold, onError);
  const rounds = keepRounds(runtime, { channel: MAILBOX_CHANNEL, sweepMs: SWEEP_MS, round: review }, onError);
  return {
    async stop() {
      isStopped = true;
      for (const { stopping } of followed.values()) stopping.abort();
      await Promise.all([rounds.stop(), holding.stop()]);
      for (const { stopping } of followed.values()) stopping.abort();
      await Promise.all([...followed.values()].map(({ done }) => done));
    },
  };
}

/** Follows one mailbox until it is told to stop, or until something has to be waited for that needs no connection. */
async function followMailbox(
  runtime: Runtime,
  workspace: Workspace,
  one: Followed,
  {
    runner,
    attempts,
    keeping,
    onError,
    onRest,
  }: { runner: string; attempts: number; keeping: Gate; onError: (error: unknown) => void; onRest: () => void },
): Promise<void> {
  const { database, dataFolder } = runtime;
  const { id, stopping } = one;
  const { schema } = workspace;
  const { signal } = stopping;
  const [state] = await mailboxStates(database, schema, [id]);
  const storage = openStorage(dataFolder);
  const watched = 'INBOX';

  const folders = async (connection: MailConnection): Promise<string[]> => {
    const listed = await listFolders(connection);
    const before = await foldersOf(database, schema, id);
    const paths = new Set(listed.filter(({ holdsMail }) => holdsMail).map(({ path }) => path));
    for (const { path, cursor, chosen } of before) {
      if (paths.has(path) || !cursor || !chosen) continue;
      const unread = [...paths].filter((name) => !before.some((known) => known.path === name && known.cursor));
      const renamed = await findRenamed(connection, cursor.uidValidity, unread);
      if (renamed) await database.transaction((inside) => renameFolder(inside, schema, id, path, renamed));
    }
    await noteFolders(database, schema, id, listed);
    return (await foldersOf(database, schema, id)).filter(({ chosen }) => chosen).map(({ path }) => path);
  };

  const syncOnce = async (connection: MailConnection, path: string): Promise<FolderReport | null> => {
    const folder = (await foldersOf(database, schema, id)).find((known) => known.path === path);
    if (!folder?.chosen) {
      connection.news.delete(path);
      return null;
    }
    const { owner, since, blocked, visibility, knownOnly, gateways } = await mailboxOf(workspace, id);
    const list = new Set(blocked);
    const sink = mailSink({
      ...{ workspace, principal: program, mailbox: id, owner, visibility, knownOnly, gateways },
      ...{ runner, dataFolder, storage },
    });
    const gated = { ...sink, commit: (batch: FolderBatch) => keeping(() => sink.commit(batch)) };
    const report = await syncFolder(connection, path, folder.cursor, gated, {
      since,
      isBlocked: ({ from }) => isBlocked(from, list),
      signal: AbortSignal.any([signal, AbortSignal.timeout(STRETCH_MS)]),
    });
    await noteRead(database, schema, id, report);
    return report;
  };

  // Told in the order in which it happened.
  let noted = Promise.resolve();
  const onState = (now: FollowState): void => {
    one.isWatching = now.kind === 'watching';
    if (one.isWatching) onRest();
    let told = now;
    if (now.kind === 'stopped') return;
    if (now.kind === 'waiting') {
      // What was asked to stop breaks off, and that is no failure.
      if (signal.aborted) return;
      told = { ...now, retryAt: new Date(Date.now() + waitAfter(now.error, attempts)) };
      if (now.fault === 'other') onError(now.error);
      // Waiting needs no connection: the place is free for another.
      stopping.abort();
    }
    noted = noted.then(() => noteState(database, schema, id, runner, told)).catch(onError);
  };
  await follow({
    async connect() {
      const { imap: credential } = await credentialsOf(runtime, workspace, id);
      return connect(networkGuard(), { ...state!.imap, credential }, signal);
    },
    folders,
    async sync(connection, path) {
      for (let report = await syncOnce(connection, path); report && !report.isComplete && !signal.aborted; ) {
        if (path !== watched) await syncOnce(connection, watched);
        report = await syncOnce(connection, path);
      }
    },
    watched,
    onState,
    signal,
  });
  await noted;
}

/** As it is now: what its owner changes counts from the next look on. */
async function mailboxOf(workspace: Workspace, id: string) {
  const records = recordsFor(workspace, program, 'mail');
  const { owner, kind, team, since, blocked, visibility, knownOnly } = await records.read(mailbox, id);
  const isShared = kind === 'shared';
  return {
    owner: { addresses: await ourAddresses(workspace), owner: isShared ? null : owner, team: isShared ? team : null },
    since: since === null ? null : new Date(`${since}T00:00:00Z`),
    blocked: [...(blocked ?? []), ...(await blockedAddresses(workspace))],
    ...{ visibility, knownOnly },
    gateways: await readGateways(records, workspace.settings.country, { mailbox: id }),
  };
}

/** Addresses that somebody blocked when they were asked whose they are: they reach none of the company's mailboxes. */
async function blockedAddresses(workspace: Workspace): Promise<string[]> {
  const records = recordsFor(workspace, program, 'mail');
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.list(knownAddress, {
      ...{ filter: { verdict: 'blocked' }, fields: ['address'], sort: ['id'], limit: MAX_PAGE },
      ...(cursor ? { cursor } : {}),
    });
    found.push(...page.items.map(({ address }) => address));
    cursor = page.next ?? undefined;
  } while (cursor);
  return found;
}

/** A mail from any of the company's mailboxes or people was written by us, whoever's mailbox it came through. */
async function ourAddresses(workspace: Workspace): Promise<ReadonlySet<string>> {
  const records = recordsFor(workspace, program, 'mail');
  const mailboxes = await everyPage((cursor) =>
    records.list(mailbox, { fields: ['address', 'aliases'], limit: 500, ...(cursor ? { cursor } : {}) }),
  );
  const users = await everyPage((cursor) =>
    records.list('user', { fields: ['email'], limit: 500, ...(cursor ? { cursor } : {}) }),
  );
  return new Set([
    ...mailboxes.flatMap(({ address, aliases }) => [address, ...(aliases ?? [])]),
    ...users.flatMap(({ email }) => (typeof email === 'string' ? email.toLowerCase() : [])),
  ]);
}

async function everyPage<Item>(
  page: (cursor: string | null) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let cursor: string | null = null; ; ) {
    const { items, next } = await page(cursor);
    all.push(...items);
    if (next === null) return all;
    cursor = next;
  }
}

/** Id → version of the record. */
async function activeAmong(workspace: Workspace, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0 || !workspace.model.objects.has('mailbox')) return new Map();
  const records = recordsFor(workspace, program, 'mail');
  const active = await everyPage((cursor) =>
    records.list(mailbox, {
      filter: { state: 'active' },
      fields: ['state'],
      limit: 500,
      ...(cursor ? { cursor } : {}),
    }),
  );
  return new Map(active.map(({ id, version }) => [id, version]));
}

type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Lets so many in at a time, in the order in which they came. */
function gate(room: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside === room) await new Promise<void>((done) => waiting.push(done));
    else inside++;
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const next = waiting.shift();
      if (next) next();
      else inside--;
    }
  };
}
