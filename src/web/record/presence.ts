import { useEffect, useSyncExternalStore } from 'react';
import { newKey, request } from '../api/client.ts';
import { onLive } from '../live/live.ts';

/** Somebody else at the same record. */
export interface Present {
  user: string;
  /** The field they edit; empty while they look. */
  field: string;
}

/** The server forgets whoever is silent for 15 s. */
const SIGN_MS = 10_000;
/** Of this tab. */
const seat = newKey().slice(0, 16);
const none: readonly Present[] = [];
const people = new Map<string, readonly Present[]>();
const editing = new Map<string, string>();
const signs = new Map<string, () => void>();
const listeners = new Set<() => void>();

/** Tells that this tab shows a record, as long as it does and is looked at, and hears who else does. */
export function usePresence(object: string, id: string, userId: string | null): void {
  useEffect(() => {
    const key = `${object}/${id}`;
    const path = `/presence/${object}/${id}`;
    let isHere = false;
    const set = (all: readonly Present[]) => {
      people.set(
        key,
        all.filter(({ user }) => user !== userId),
      );
      for (const listener of listeners) listener();
    };
    const sign = () => {
      if (document.visibilityState === 'hidden') return;
      isHere = true;
      // Nobody is told that this failed: it concerns nothing they do.
      request<{ people: Present[] }>('PUT', path, { body: { seat, field: editing.get(key) ?? '' } }).then(
        (answer) => set(answer.people),
        () => {},
      );
    };
    const leave = () => {
      if (!isHere) return;
      isHere = false;
      request('DELETE', path, { query: { seat }, keepalive: true }).catch(() => {});
    };
    const turn = () => (document.visibilityState === 'hidden' ? leave() : sign());
    const timer = setInterval(sign, SIGN_MS);
    const stop = onLive<{ object: string; id: string; people: Present[] }>('presence', (heard) => {
      if (heard.object === object && heard.id === id) set(heard.people);
    });
    signs.set(key, sign);
    sign();
    document.addEventListener('visibilitychange', turn);
    window.addEventListener('pagehide', leave);
    return () => {
      clearInterval(timer);
      stop();
      signs.delete(key);
      document.removeEventListener('visibilitychange', turn);
      window.removeEventListener('pagehide', leave);
      people.delete(key);
      leave();
    };
  }, [object, id, userId]);
}

export function usePeopleAt(object: string, id: string): readonly Present[] {
  return useSyncExternalStore(subscribe, () => people.get(`${object}/${id}`) ?? none);
}

/** The others see which field is being edited. */
export function useEditing(object: string, id: string, field: string, isEditing: boolean): void {
  useEffect(() => {
    if (!isEditing) return;
    const key = `${object}/${id}`;
    editing.set(key, field);
    signs.get(key)?.();
    return () => {
      if (editing.get(key) !== field) return;
      editing.delete(key);
      signs.get(key)?.();
    };
  }, [object, id, field, isEditing]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
