import { useEffect, useRef } from 'react';
import { readPreference, usePreferences } from '../preferences.ts';

export interface Shortcut {
  /** `mod+k`, `shift+?`, `c`; `mod` is ⌘ on a Mac and Ctrl elsewhere. A person may have chosen others, see `keysOf`. */
  keys: string;
  label: string;
  run(event: KeyboardEvent): void;
  /** Also while typing in a field. */
  always?: boolean;
}

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

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

/** The keys in force: what a person chose in place of `keys`, everywhere where those are used. */
export function keysOf(keys: string, chosen: Readonly<Record<string, string>> = readPreference('shortcuts', {})) {
  return chosen[keys] ?? keys;
}

export function useKeysOf(keys: string): string {
  return keysOf(keys, usePreferences().shortcuts);
}

export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target as HTMLElement;
    const typing =
      target.isContentEditable ||
      target.matches('textarea, select, input:not([type="checkbox"], [type="radio"], [type="file"])');
    // A button in a dialog that went, or was switched off, leaves the focus to the page behind it.
    const inDialog =
      target.closest('[role="dialog"]') !== null ||
      (target === document.body && document.querySelector('[role="dialog"][aria-modal="true"]') !== null);
    for (const layer of [...stack].reverse()) {
      const found = layer.current.find(
        (one) => matches(keysOf(one.keys), event) && (one.always || (!typing && !inDialog)),
      );
      if (!found) continue;
      event.preventDefault();
      found.run(event);
      return;
    }
  };
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}

/** What somebody presses, as `keys` are written; null while only Ctrl, Shift or Alt are down. */
export function pressedKeys(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>) {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process'].includes(event.key)) return null;
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  // A sign needs Shift on one keyboard and not on another; the sign itself says enough.
  const isSign = key.length === 1 && key.toUpperCase() === key.toLowerCase();
  return [
    ...((isMac ? event.metaKey : event.ctrlKey) ? ['mod'] : []),
    ...(event.altKey ? ['alt'] : []),
    ...(event.shiftKey && !isSign ? ['shift'] : []),
    key,
  ].join('+');
}

/** `⌘K` or `Ctrl+K`, for people. */
export function showKeys(keys: string): string[] {
  const names: Record<string, string> = {
    mod: isMac ? '⌘' : 'Ctrl',
    shift: '⇧',
    alt: isMac ? '⌥' : 'Alt',
    arrowleft: '←',
    arrowright: '→',
    arrowup: '↑',
    arrowdown: '↓',
    enter: '↵',
    escape: 'Esc',
    space: '␣',
  };
  return partsOf(keys).map((key) => names[key] ?? key.toUpperCase());
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(keys: string): string {
  const names: Record<string, string> = {
    mod: isMac ? 'Meta' : 'Control',
    arrowleft: 'ArrowLeft',
    arrowright: 'ArrowRight',
    arrowup: 'ArrowUp',
    arrowdown: 'ArrowDown',
  };
  return partsOf(keys)
    .map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key[0]!.toUpperCase() + key.slice(1)))
    .join('+');
}

/** `+` itself is a key. */
function partsOf(keys: string): string[] {
  return keys.endsWith('+') ? [...keys.slice(0, -1).split('+').filter(Boolean), '+'] : keys.split('+');
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = partsOf(keys);
  const key = parts.at(-1) === 'space' ? ' ' : parts.at(-1)!;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (parts.includes('mod') !== mod || parts.includes('alt') !== event.altKey) return false;
  if (parts.includes('shift') && !event.shiftKey) return false;
  const isSign = key.length === 1 && key.toUpperCase() === key.toLowerCase();
  return event.key.toLowerCase() === key && (!event.shiftKey || parts.includes('shift') || isSign);
}
