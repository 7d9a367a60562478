/** What a person typed and did not save yet, on this device: a crash, an expired session or a closed tab loses nothing. */
const prefix = 'tendero.draft/';
/** A tab's storage holds 5 MB; the oldest drafts make room. */
const MOST = 50;

export function readDraft<T>(place: string): T | null {
  try {
    const text = localStorage.getItem(prefix + place);
    return text === null ? null : (JSON.parse(text) as { value: T }).value;
  } catch {
    return null;
  }
}

export function keepDraft(place: string, value: unknown): void {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    if (names.length >= MOST && !names.includes(prefix + place)) localStorage.removeItem(oldest(names));
    localStorage.setItem(prefix + place, JSON.stringify({ at: Date.now(), value }));
  } catch {
    // Without room the text is still on the screen.
  }
}

export function dropDraft(place: string): void {
  localStorage.removeItem(prefix + place);
}

/** What was typed on the page of a record that was erased. */
export function forgetDraftsOf(id: string): void {
  for (const name of Object.keys(localStorage))
    if (name.startsWith(prefix) && name.includes(id)) localStorage.removeItem(name);
}

function oldest(names: readonly string[]): string {
  const at = (name: string) => Number((JSON.parse(localStorage.getItem(name) ?? '{}') as { at?: number }).at ?? 0);
  return names.reduce((first, name) => (at(name) < at(first) ? name : first));
}
