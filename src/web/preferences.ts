import { useCallback, useSyncExternalStore } from 'react';
import { setLocale } from '#kernel/fields/web/format.ts';
import { del, get, request } from './api/client.ts';

/** What the screens remember for a person, on any device they sign in on. Each entry is a key of `/api/preferences`. */
export interface Preferences {
  /** Also in the session, whose answer comes first. */
  density: 'comfortable' | 'compact';
  sidebar: 'open' | 'narrow';
  /** Records looked at lately, newest first. */
  recent: RecordMark[];
  /** Columns a person chose for a list, by object and view. */
  columns: Record<string, string[]>;
  favourites: Favourite[];
  menu: MenuOrder;
  /** Where `/` leads: a path of this app, or the home page when empty. */
  home: string;
  /** Action → keys, where a person chose others; see `ui/shortcuts.ts`. */
  shortcuts: Record<string, string>;
  /** How the person's language is written, as `en-GB`; by the language alone when empty. */
  locale: string;
  /** Cards of the home page, in order. */
  homeCards: string[];
}

export interface RecordMark {
  object: string;
  id: string;
  title: string;
}

/** A record, a place of the app, or a folder of them. */
export type Favourite =
  | ({ kind: 'record' } & RecordMark)
  | { kind: 'place'; path: string; title: string; icon?: string }
  | { kind: 'folder'; id: string; title: string; items: Exclude<Favourite, { kind: 'folder' }>[] };

/** Objects in the menu: those named first in this order, the others after them; hidden ones are under "More". */
export interface MenuOrder {
  order: string[];
  hidden: string[];
  /** Parts of the menu that are not as they were at first: closed, or open. */
  toggled?: string[];
}

const initial: Preferences = {
  density: 'comfortable',
  sidebar: 'open',
  recent: [],
  columns: {},
  favourites: [],
  menu: { order: [], hidden: [] },
  home: '',
  shortcuts: {},
  locale: '',
  homeCards: [],
};

/** The copy on this device: what is painted before the server has answered, and what waits for a network. */
interface Copy {
  userId: string | null;
  values: Readonly<Record<string, unknown>>;
  /** Keys that the server has not heard of yet. */
  unsent: readonly string[];
}

const storageKey = 'tendero.preferences';
/** One request for what a person sets within a moment: the width of a column changes with every pixel. */
const SEND_AFTER_MS = 500;
const TRY_AGAIN_MS = 30_000;
const listeners = new Set<() => void>();
let copy = stored();
let known: Preferences = { ...initial, ...copy.values };
let loadedFor: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => known);
}

export function setPreferences(change: Partial<Preferences>): void {
  for (const [key, value] of Object.entries(change)) setPreference(key, value);
}

/**
 * One of the many that have a key of their own, such as `list.account.all`. Setting `null` goes back to the fallback.
 * @param fallback must be the same value at each render
 */
export function usePreference<T>(key: string, fallback: T): [T, (value: T | null) => void] {
  const value = useSyncExternalStore(subscribe, () => (key in copy.values ? (copy.values[key] as T) : fallback));
  const keep = useCallback((next: T | null) => setPreference(key, next), [key]);
  return [value, keep];
}

export function readPreference<T>(key: string, fallback: T): T {
  return key in copy.values ? (copy.values[key] as T) : fallback;
}

export function setPreference(key: string, value: unknown): void {
  const { [key]: _before, ...others } = copy.values;
  keep({
    ...copy,
    values: value === null || value === undefined ? others : { ...others, [key]: value },
    unsent: copy.unsent.includes(key) ? copy.unsent : [...copy.unsent, key],
  });
  sendIn(SEND_AFTER_MS);
}

export function rememberVisit(visit: RecordMark): void {
  const others = known.recent.filter((one) => one.id !== visit.id);
  setPreference('recent', [visit, ...others].slice(0, 30));
}

/** Records that were erased leave what this person visited and marked; the server has forgotten them already. */
export function forgetRecords(ids: ReadonlySet<string>): void {
  const isGone = (one: Favourite | RecordMark) => 'id' in one && ids.has(one.id);
  const without = (list: readonly Favourite[]) =>
    list
      .filter((one) => !isGone(one))
      .map((one) => (one.kind === 'folder' ? { ...one, items: one.items.filter((item) => !isGone(item)) } : one));
  if (known.recent.some(isGone))
    setPreference(
      'recent',
      known.recent.filter((one) => !isGone(one)),
    );
  const favourites = without(known.favourites);
  if (JSON.stringify(favourites) !== JSON.stringify(known.favourites)) setPreference('favourites', favourites);
}

/** Before the first paint. */
export function apply(): void {
  document.documentElement.dataset.density = known.density;
  setLocale(known.locale || null);
}

/**
 * What the person has set on other devices. Waits for the server only where this device knows nothing of the person; what
 * was set here and not heard there yet holds.
 */
export async function loadPreferences(userId: string): Promise<void> {
  // The guard of the app runs before each of its pages.
  if (loadedFor === userId) return;
  loadedFor = userId;
  const isOurs = copy.userId === userId;
  if (!isOurs) keep({ userId, values: copy.userId === null ? copy.values : {}, unsent: [] });
  const reading = get<Record<string, unknown>>('/preferences').then((values) => {
    const mine = Object.entries(copy.values).filter(([key]) => copy.unsent.includes(key) || local.has(key));
    const gone = copy.unsent.filter((key) => !(key in copy.values));
    const merged = { ...values, ...Object.fromEntries(mine) };
    for (const key of gone) delete merged[key];
    keep({ ...copy, values: merged });
    if (copy.unsent.length > 0) sendIn(0);
  });
  if (isOurs) reading.catch(() => {});
  else await reading.catch(() => {});
}

/** The server keeps it elsewhere. */
const local: ReadonlySet<string> = new Set(['density']);

function sendIn(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void send(), milliseconds);
}

async function send(): Promise<void> {
  if (copy.userId === null) return;
  for (const key of copy.unsent) {
    const value = copy.values[key];
    try {
      if (!local.has(key)) {
        const path = `/preferences/${encodeURIComponent(key)}`;
        await (value === undefined ? del(path) : request('PUT', path, { body: { value } }));
      }
    } catch (error) {
      // What the server refuses it will refuse again; what did not reach it waits.
      if ((error as { status?: number }).status === 0) return sendIn(TRY_AGAIN_MS);
    }
    // Changed again while it was on its way: it stays among the unsent.
    if (copy.values[key] === value) keep({ ...copy, unsent: copy.unsent.filter((one) => one !== key) });
  }
}

function keep(next: Copy): void {
  copy = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(copy));
  } catch {
    // A full or forbidden store: it holds until the page is closed.
  }
  refresh();
}

function refresh(): void {
  known = { ...initial, ...copy.values };
  apply();
  for (const listener of listeners) listener();
}

function stored(): Copy {
  const none: Copy = { userId: null, values: {}, unsent: [] };
  try {
    const found = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Copy>;
    return found.values ? { ...none, ...found } : none;
  } catch {
    return none;
  }
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', hear);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', hear);
  };
}

/** Another tab of the same browser. */
function hear(event: StorageEvent): void {
  if (event.key !== storageKey) return;
  copy = stored();
  refresh();
}
