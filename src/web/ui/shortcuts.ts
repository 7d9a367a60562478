import { useEffect, useRef } from 'react';

export interface Shortcut {
  /** `mod+k`, `shift+?`, `c`; `mod` is ⌘ on a Mac and Ctrl elsewhere. */
  keys: string;
  label: string;
  run(event: KeyboardEvent): void;
  /** Also while typing in a field. */
  always?: boolean;
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const stack: { current: readonly Shortcut[] }[] = [];

/** Shortcuts of a screen or a layer while it is shown; those of the newest layer win. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    stack.push(latest);
    return () => {
      stack.splice(stack.indexOf(latest), 1);
    };
  }, []);
}

/** For the help of this screen, newest layer first. */
export function activeShortcuts(): Shortcut[] {
  const seen = new Set<string>();
  return [...stack]
    .reverse()
    .flatMap((layer) => layer.current.filter((one) => !seen.has(one.keys) && seen.add(one.keys)));
}

export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target as HTMLElement;
    const typing =
      target.isContentEditable ||
      target.matches('textarea, select, input:not([type="checkbox"], [type="radio"], [type="file"])');
    const inDialog = target.closest('[role="dialog"]') !== null;
    for (const layer of [...stack].reverse()) {
      const found = layer.current.find((one) => matches(one.keys, event) && (one.always || (!typing && !inDialog)));
      if (!found) continue;
      event.preventDefault();
      found.run(event);
      return;
    }
  };
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}

/** `⌘K` or `Ctrl+K`, for people. */
export function showKeys(keys: string): string[] {
  const names: Record<string, string> = {
    mod: isMac ? '⌘' : 'Ctrl',
    shift: '⇧',
    alt: isMac ? '⌥' : 'Alt',
    arrowleft: '←',
    arrowright: '→',
    enter: '↵',
    escape: 'Esc',
  };
  return keys.split('+').map((key) => names[key] ?? key.toUpperCase());
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1) || '+';
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (parts.includes('mod') !== mod || parts.includes('alt') !== event.altKey) return false;
  if (parts.includes('shift') && !event.shiftKey) return false;
  return event.key.toLowerCase() === key && (!event.shiftKey || parts.includes('shift') || key.length === 1);
}
