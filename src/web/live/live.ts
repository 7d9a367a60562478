import { patchCached, refreshListsBy, refreshObject, shownIds } from '../api/cache.ts';
import { definitionsOf } from '../api/definitions.ts';
import { definitionsQuery, queryClient, readRecord, sessionQuery } from '../api/queries.ts';
import type { LiveChange, RecordShape } from '../api/types.ts';
import { forgetRecords } from '../preferences.ts';
import { forgetDraftsOf } from '../record/drafts.ts';

type Message = { event: string; data: unknown; position: number | null };
type Listener = (data: unknown) => void;

const listeners = new Map<string, Set<Listener>>();

const kinds = ['change', 'changes', 'refresh', 'reset', 'job', 'notification', 'presence', 'definitions'];
/** The browser gives up on a feed that was refused (a session that ended, a server that starts); we do not. */
const REFUSED_MS = 5_000;

/** Calls back for every event of a kind. Returns how to stop. */
export function onLive<T>(event: string, listener: (data: T) => void): () => void {
  const set = listeners.get(event) ?? new Set<Listener>();
  listeners.set(event, set.add(listener as Listener));
  return () => set.delete(listener as Listener);
}

/** How far this browser knows what happened: until the first news that is when the session was asked for, before all else. */
let position: number | null = null;

// From the first moment on, before anything is asked: what another tab is told meanwhile is news to this one.
const channel = new BroadcastChannel('tendero-live');
channel.onmessage = (message: MessageEvent<Message>) => deliver(message.data);
onLive<LiveChange>('change', collect);
onLive<{ changes: LiveChange[] }>('changes', ({ changes }) => {
  for (const change of changes) collect(change);
});
// Too much at once to be told one by one: what shows records of these objects is asked again.
onLive<{ objects: string[] }>('refresh', ({ objects }) => {
  for (const object of objects) void queryClient.invalidateQueries({ queryKey: ['records', object] });
});
onLive('reset', () => void queryClient.invalidateQueries({ queryKey: ['records'] }));
// Not everybody at the same moment, and not before the processes know: they do within a second.
onLive('definitions', () => {
  setTimeout(
    () => void queryClient.invalidateQueries({ queryKey: definitionsQuery.queryKey }),
    300 + Math.random() * 1_500,
  );
});

/**
 * One connection per browser: an HTTP/1 browser has six per host, and each open tab would hold one. The tab that holds
 * the lock listens and tells the others; when it closes, the next one gets the lock. Without locks (plain http on a
 * company's network) every tab listens for itself.
 */
export function startLive(): () => void {
  const stopped = new AbortController();
  position = queryClient.getQueryData(sessionQuery.queryKey)?.position ?? position;
  const listen = () => {
    let again: ReturnType<typeof setTimeout> | undefined;
    let source = open();
    function open() {
      const opened = new EventSource(position === null ? '/api/live' : `/api/live?since=${position}`);
      opened.onerror = () => {
        if (opened.readyState !== EventSource.CLOSED || stopped.signal.aborted) return;
        again = setTimeout(() => {
          source = open();
        }, REFUSED_MS);
      };
      for (const event of kinds) {
        opened.addEventListener(event, ({ data, lastEventId }: MessageEvent<string>) => {
          const told: Message = {
            event,
            data: JSON.parse(data),
            position: lastEventId ? Number(lastEventId) : position,
          };
          deliver(told);
          channel.postMessage(told);
        });
      }
      return opened;
    }
    return {
      close() {
        clearTimeout(again);
        source.close();
      },
    };
  };
  if (navigator.locks) {
    const hold = () =>
      new Promise<void>((release) => {
        const source = listen();
        stopped.signal.addEventListener('abort', () => {
          source.close();
          release();
        });
      });
    navigator.locks.request('tendero-live', { signal: stopped.signal }, hold).catch(() => {});
  } else {
    const source = listen();
    stopped.signal.addEventListener('abort', () => source.close());
  }
  return () => stopped.abort();
}

function deliver({ event, data, position: now }: Message): void {
  position = now;
  for (const listener of listeners.get(event) ?? []) listener(data);
}

const waiting = new Map<string, LiveChange>();
let timer: ReturnType<typeof setTimeout> | undefined;
let appliedAt = Number.NEGATIVE_INFINITY;
const GATHERED_MS = 250;

/**
 * What comes after a silence is shown at once. An import sends thousands of changes: they are gathered for a quarter of a second
 * and each record is read once.
 */
function collect(change: LiveChange): void {
  waiting.set(`${change.object}/${change.id}`, change);
  if (timer !== undefined) return;
  timer = setTimeout(
    () => {
      const changes = [...waiting.values()];
      waiting.clear();
      timer = undefined;
      appliedAt = performance.now();
      void apply(changes);
    },
    Math.max(0, appliedAt + GATHERED_MS - performance.now()),
  );
}

/** More shown records than this at once are asked for as lists, not one by one. */
const mostSingle = 20;

async function apply(changes: readonly LiveChange[]): Promise<void> {
  const data = queryClient.getQueryData(definitionsQuery.queryKey);
  if (!data) return;
  const definitions = definitionsOf(data);
  for (const [object, group] of Map.groupBy(changes, (change) => change.object)) {
    const definition = definitions.get(object);
    if (!definition) continue;
    const gone = group.filter(({ operation }) => operation === 'purge' || operation === 'erase').map(({ id }) => id);
    if (gone.length > 0) {
      forgetRecords(new Set(gone));
      for (const id of gone) forgetDraftsOf(id);
    }
    const shown = shownIds(object);
    const isNew = group.some(
      (change) =>
        !shown.has(change.id) ||
        ['remove', 'restore', 'create', 'purge', 'merge', 'unmerge'].includes(change.operation),
    );
    const stale = group.filter((change) => isBehind(object, change, shown));
    refreshObject(object, isNew || stale.length > mostSingle ? ['list', 'count', 'aggregate'] : ['aggregate']);
    for (const change of group)
      void queryClient.invalidateQueries({ queryKey: ['records', object, 'history', change.id] });
    if (stale.length > mostSingle) continue;
    await Promise.all(
      stale.map(async ({ id }) => {
        const fresh = await readRecord(definition, id).catch(() => null);
        if (!fresh) return;
        refreshListsBy(object, fresh);
        patchCached(object, id, (record) => (fresh.version >= record.version ? { ...record, ...fresh } : record));
      }),
    );
  }
}

function isBehind(object: string, change: LiveChange, shown: ReadonlySet<string>): boolean {
  const record = queryClient.getQueryData<RecordShape>(['records', object, 'record', change.id]);
  return (record !== undefined && record.version < change.version) || (record === undefined && shown.has(change.id));
}
