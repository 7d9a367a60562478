/** Without capitals and accents: `Žukauskas` and `zukauskas` are one word. */
export function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
}

/** Every word of what was typed is somewhere in the text. */
export function fitsWords(text: string, words: string): boolean {
  const whole = plain(text);
  return plain(words)
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

/** The text begins with what was typed. */
export function beginsWith(text: string, words: string): boolean {
  return plain(text).startsWith(plain(words));
}
