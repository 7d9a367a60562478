import { useSyncExternalStore } from 'react';

export interface Peeked {
  object: string;
  id: string;
}

let peeked: Peeked | null = null;
const listeners = new Set<() => void>();

/** Shows a record beside what is on the screen; the same one again closes it. */
export function openPeek(next: Peeked | null): void {
  peeked = next && peeked?.id === next.id ? null : next;
  for (const listener of listeners) listener();
}

export function usePeeked(): Peeked | null {
  return useSyncExternalStore(subscribe, () => peeked);
}

/** The record that an element links to. */
export function recordOf(element: Element | null): Peeked | null {
  const anchor = element?.closest<HTMLAnchorElement>('a[href]');
  const [, object, id] = /^\/o\/([a-zA-Z0-9]+)\/([0-9a-f-]{36})$/.exec(anchor?.pathname ?? '') ?? [];
  return object && id && anchor?.origin === window.location.origin ? { object, id } : null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
