import i18next from 'i18next';
import { useMemo, useSyncExternalStore } from 'react';
import { patchCached, refreshObject } from '../api/cache.ts';
import { newKey, patch, post } from '../api/client.ts';
import { ApiProblem, isProblem } from '../api/problem.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { showToast } from '../ui/toast.tsx';
import { keptFile, keptIn, tidyKeptFiles } from './kept-files.ts';
import {
  asSeen,
  isUnsent,
  type Outbox,
  type OutboxEntry,
  outboxOf,
  stillFits,
  withEntry,
  withFile,
  withoutEntry,
  withoutSent,
} from './outbox.ts';

/** Nothing points at these: they may come to be later than they were written. */
const queued: ReadonlySet<string> = new Set(['note', 'task', 'comment', 'interaction']);
const storageKey = 'tendero.outbox';
/** A server that is started again is back in seconds, and no browser tells of it. */
const TRY_AGAIN_MS = 5_000;
const listeners = new Set<() => void>();

interface State {
  outbox: Outbox;
  isOnline: boolean;
}

let state: State = { outbox: stored(), isOnline: navigator.onLine };
let sending = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether there is a network, and what waits of what the person wrote who is signed in. */
export function useOffline(): State {
  const { outbox, isOnline } = useSyncExternalStore(subscribe, () => state);
  const userId = ownId();
  return useMemo(() => ({ outbox: outboxOf(outbox, userId), isOnline }), [outbox, userId, isOnline]);
}

/** Whether a record that cannot be created now may wait for the network. */
export function mayWait(object: string): boolean {
  return queued.has(object);
}

/** Whether a change of a record, or of one field of it, was written here and is not on the server yet. */
export function isWaiting(object: string, id: string, field?: string): boolean {
  return outboxOf(state.outbox, ownId()).some(
    (entry) => entry.object === object && entry.recordId === id && (field === undefined || field in entry.values),
  );
}

/** The same for a field on the screen. */
export function useWaiting(object: string, id: string, field: string): boolean {
  return useSyncExternalStore(subscribe, () => isWaiting(object, id, field));
}

/** Whether a record was made here, with an id of its own, and is not on the server yet: what is changed of it follows it there. */
export function isMadeHere(object: string, id: string): boolean {
  return isUnsent(outboxOf(state.outbox, ownId()), object, id);
}

/** Gives up a record that was made here and was not sent. @returns what brings it back */
export function dropMadeHere(object: string, id: string): () => void {
  const made = outboxOf(state.outbox, ownId()).find((entry) => isUnsent([entry], object, id));
  if (!made) return () => {};
  const left = withoutEntry(state.outbox, made);
  const dropped = state.outbox.filter((entry) => !left.includes(entry));
  set({ outbox: left });
  return () => {
    set({ outbox: [...state.outbox, ...dropped] });
    sendSoon();
  };
}

/**
 * Keeps a new record until it can be sent.
 * @returns the record as it will be; without an id anybody may point to, unless one was chosen here
 */
export function queueCreate(definition: Definition, values: Record<string, unknown>, key?: string): RecordShape {
  const title = String(values[definition.title] ?? values.body ?? '')
    .replace(/<[^>]*>/g, ' ')
    .trim()
    .slice(0, 80);
  add({ id: key ?? newKey(), object: definition.name, recordId: null, title, values, before: {}, version: 0 });
  return { id: '', version: 0, ...values };
}

/** Keeps changes of a record until they can be sent; screens show them as if they were saved. */
export function queueChange(definition: Definition, record: RecordShape, values: Record<string, unknown>): RecordShape {
  const before = Object.fromEntries(Object.keys(values).map((field) => [field, record[field] ?? null]));
  const title = String(record[definition.title] ?? definition.label.one);
  add({ id: newKey(), object: definition.name, recordId: record.id, title, values, before, version: record.version });
  patchCached(definition.name, record.id, (shown) => ({ ...shown, ...values }));
  return { ...record, ...values };
}

/** Sends what waits, oldest first, until the server cannot be reached or all is said. */
export async function sendOutbox(): Promise<void> {
  const userId = ownId();
  if (sending || !userId) return;
  sending = true;
  clearTimeout(timer);
  let sent = 0;
  try {
    for (const { id } of state.outbox) {
      const entry = state.outbox.find((one) => one.id === id);
      if (!entry || entry.problem || entry.userId !== userId) continue;
      try {
        const whole = await withFilesSent(entry);
        await deliver(whole);
        set({ outbox: withoutSent(state.outbox, whole) });
        sent += 1;
      } catch (error) {
        if (error instanceof ApiProblem && (error.status === 0 || error.status === 401 || error.status >= 500)) break;
        keepProblem(entry, error);
      }
    }
  } finally {
    sending = false;
  }
  if (sent > 0) showToast(i18next.t('offline.sent', { count: sent }));
  if (outboxOf(state.outbox, userId).some((entry) => !entry.problem)) sendSoon();
}

/** A change that was refused: sent again over what is there now, or given up. */
export async function decide(entry: OutboxEntry, choice: 'mine' | 'theirs'): Promise<void> {
  const { problem, ...again } = entry;
  if (choice === 'theirs') {
    set({ outbox: withoutEntry(state.outbox, entry) });
    void tidy();
    if (entry.recordId) void queryClient.invalidateQueries({ queryKey: ['records', entry.object] });
    return;
  }
  const current = problem?.current;
  const next = { ...again, before: current ?? again.before, version: Number(current?.version ?? again.version) };
  set({ outbox: state.outbox.map((one) => (one.id === entry.id ? next : one)) });
  await sendOutbox();
}

/** While the app is open. */
export function watchNetwork(): () => void {
  const hear = () => {
    set({ isOnline: navigator.onLine });
    if (navigator.onLine) void sendOutbox();
  };
  window.addEventListener('online', hear);
  window.addEventListener('offline', hear);
  void tidy();
  if (state.outbox.length > 0) void sendOutbox();
  return () => {
    window.removeEventListener('online', hear);
    window.removeEventListener('offline', hear);
  };
}

/** The entry with its files on the server. Each is noted as it arrives, so that none is sent again. */
async function withFilesSent(entry: OutboxEntry): Promise<OutboxEntry> {
  for (const { id, name } of keptIn(entry.values)) {
    const { upload } = await import('../api/upload.ts');
    const file = await keptFile(id);
    if (!file) showToast(i18next.t('offline.fileLost', { name }));
    const uploaded = file ? await upload(file, () => {}).done : null;
    set({ outbox: withFile(state.outbox, id, uploaded) });
  }
  await tidy();
  return state.outbox.find((one) => one.id === entry.id) ?? entry;
}

/** A browser without a store for files has none to tidy. */
async function tidy(): Promise<void> {
  const wanted = state.outbox.flatMap((entry) => keptIn(entry.values));
  await tidyKeptFiles(new Set(wanted.map(({ id }) => id))).catch(() => {});
}

async function deliver(entry: OutboxEntry): Promise<void> {
  if (entry.recordId === null) {
    await post(`/records/${entry.object}`, entry.values, { idempotencyKey: entry.id });
  } else {
    const path = `/records/${entry.object}/${entry.recordId}`;
    const send = (version: number) => patch<RecordShape>(path, asSeen(entry.values, version));
    await send(entry.version).catch((error: unknown) => {
      const current = isProblem(error, 'record.stale') ? (error.body.current as RecordShape | undefined) : undefined;
      if (!current || !stillFits(entry, current)) throw error;
      return send(current.version);
    });
    void queryClient.invalidateQueries({ queryKey: ['records', entry.object, 'record', entry.recordId] });
  }
  if (entry.recordId !== null || entry.values.id === undefined) return refreshObject(entry.object);
  // What was shown from here stays on the screen until the server's own is there.
  await queryClient.invalidateQueries({ queryKey: ['records', entry.object, 'list'] });
  refreshObject(entry.object, ['count', 'aggregate']);
}

function keepProblem(entry: OutboxEntry, error: unknown): void {
  const isStale = isProblem(error, 'record.stale');
  const current = isStale ? (error.body.current as Record<string, unknown> | undefined) : undefined;
  const words = error instanceof ApiProblem ? error.errors[0]?.message || error.message : String(error);
  const problem = { message: isStale ? i18next.t('offline.conflict') : words, ...(current ? { current } : {}) };
  set({ outbox: state.outbox.map((one) => (one.id === entry.id ? { ...one, problem } : one)) });
}

function add(entry: Omit<OutboxEntry, 'at' | 'userId'>): void {
  set({ outbox: withEntry(state.outbox, { ...entry, at: new Date().toISOString(), userId: ownId() ?? '' }) });
  sendSoon();
}

function sendSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void sendOutbox(), TRY_AGAIN_MS);
}

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  try {
    if (change.outbox) localStorage.setItem(storageKey, JSON.stringify(change.outbox));
  } catch {
    // A full store: it holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

function stored(): Outbox {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(found) ? (found as OutboxEntry[]) : [];
  } catch {
    return [];
  }
}

function ownId(): string | undefined {
  return queryClient.getQueryData(sessionQuery.queryKey)?.user.id;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
