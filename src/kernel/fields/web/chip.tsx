import type { ReactNode } from 'react';
import style from './field.module.css';

/** A small coloured word: an option, a tag, a state. Colour never says it alone: the word is there. */
export function Chip({ tone, children }: { tone?: string | null; children: ReactNode }) {
  return (
    <span className={style.chip} data-tone={tone ?? 'gray'}>
      <span>{children}</span>
    </span>
  );
}

const tones = ['red', 'orange', 'yellow', 'green', 'teal', 'cyan', 'blue', 'indigo', 'violet', 'pink'];

/** Always the same tone for the same text, so that a person or tag is known by its colour. */
export function toneOf(text: string): string {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  return tones[sum % tones.length]!;
}

export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0] : ''));
  return letters.join('').toUpperCase() || '?';
}

/** @param away words about until when, of somebody who is not there */
export function Person({ name, away }: { name: string; away?: string | null }) {
  return (
    <span className={style.person}>
      {/* Drawn by the style sheet: no text that is found, copied or compared with the name that is read out. */}
      <span className={style.initials} data-tone={toneOf(name)} data-initials={initialsOf(name)} />
      <span className={style.truncate}>{name}</span>
      {away ? (
        <span className={style.away} title={away}>
          {away}
        </span>
      ) : null}
    </span>
  );
}
