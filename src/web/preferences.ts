import { useSyncExternalStore } from 'react';

/** Small choices of one person on one device: they apply before anything is loaded, so they live in the browser. */
export interface Preferences {
  density: 'comfortable' | 'compact';
  sidebar: 'open' | 'narrow';
  /** Objects looked at lately, newest first, as `object/id/title`. */
  recent: { object: string; id: string; title: string }[];
  /** Columns a person chose for a list, by object and view. */
  columns: Record<string, string[]>;
}

const initial: Preferences = { density: 'comfortable', sidebar: 'open', recent: [], columns: {} };
const key = 'tendero.preferences';
const listeners = new Set<() => void>();
let current = load();

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(key, JSON.stringify(current));
  apply();
  for (const listener of listeners) listener();
}

export function rememberVisit(visit: Preferences['recent'][number]): void {
  const others = current.recent.filter((one) => one.id !== visit.id);
  setPreferences({ recent: [visit, ...others].slice(0, 12) });
}

/** Before the first paint. */
export function apply(): void {
  document.documentElement.dataset.density = current.density;
}

function load(): Preferences {
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>) };
  } catch {
    return initial;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
