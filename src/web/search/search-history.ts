import { useSyncExternalStore } from 'react';
import { queryClient, sessionQuery } from '../api/queries.ts';

/**
 * What a person searched for, newest first: on this device only, since what one looks for is nobody else's business, the
 * server's included.
 */
const MOST = 20;
const listeners = new Set<() => void>();
let known: { place: string; searches: readonly string[] } | undefined;

export function useSearchHistory(): readonly string[] {
  return useSyncExternalStore(subscribe, read);
}

/** One that led somewhere; a longer one takes the place of the shorter one it was typed from. */
export function rememberSearch(typed: string): void {
  const words = typed.trim();
  if (words === '' || words.length > 200) return;
  keep(withSearch(read(), words));
}

export function forgetSearches(words?: string): void {
  keep(words === undefined ? [] : read().filter((one) => one !== words));
}

export function withSearch(searches: readonly string[], words: string): string[] {
  const folded = words.toLocaleLowerCase();
  const others = searches.filter((one, index) => {
    const other = one.toLocaleLowerCase();
    return other !== folded && !(index === 0 && folded.startsWith(other));
  });
  return [words, ...others].slice(0, MOST);
}

function read(): readonly string[] {
  const place = `tendero.searches/${queryClient.getQueryData(sessionQuery.queryKey)?.user.id ?? ''}`;
  if (known?.place !== place) known = { place, searches: stored(place) };
  return known.searches;
}

function keep(searches: readonly string[]): void {
  read();
  known = { place: known!.place, searches };
  try {
    if (searches.length > 0) localStorage.setItem(known.place, JSON.stringify(searches));
    else localStorage.removeItem(known.place);
  } catch {
    // A full or forbidden store: it holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

function stored(place: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place) ?? '[]');
    return Array.isArray(found) ? found.filter((one) => typeof one === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
