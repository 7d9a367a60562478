import { plain } from '../ui/words.ts';

/** What somebody typed into the palette, taken apart. */
export interface PaletteQuery {
  /** `>`: what can be done, nothing else. */
  onlyActions: boolean;
  /** `contacts: …`: records of one object. */
  object: string | null;
  /** `#…`: a record by its number or id. */
  number: string | null;
  words: string;
}

/** @param objects names and labels by which an object may be called */
export function readPalette(
  typed: string,
  objects: readonly { name: string; label: { one: string; many: string } }[],
): PaletteQuery {
  const text = typed.trimStart();
  if (text.startsWith('>')) return { onlyActions: true, object: null, number: null, words: text.slice(1).trim() };
  if (text.startsWith('#')) {
    const number = text.slice(1).trim();
    return { onlyActions: false, object: null, number: number || null, words: number };
  }
  const [, scope, rest] = /^([^:]{2,40}):(.*)$/su.exec(text) ?? [];
  const called = scope === undefined ? undefined : plain(scope);
  const found =
    called !== undefined &&
    objects.find(({ name, label }) => [name, label.one, label.many].some((one) => plain(one) === called));
  return found
    ? { onlyActions: false, object: found.name, number: null, words: rest!.trim() }
    : { onlyActions: false, object: null, number: null, words: text.trim() };
}

export const recordId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
