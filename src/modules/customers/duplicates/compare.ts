/** Measures of how alike two normalised texts are. */

/**
 * Jaro–Winkler similarity, 0–1, with the prefix bonus .1 per letter, four at most (Winkler 1990). Works on UTF-16 units.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const short = a.length <= b.length ? a : b;
  const long = short === a ? b : a;
  if (short.length === 0) return 0;
  const reach = Math.max(0, (long.length >> 1) - 1);
  const taken = TAKEN.length >= long.length ? TAKEN.fill(0, 0, long.length) : new Uint8Array(long.length);
  const matched: number[] = [];
  for (let i = 0; i < short.length; i++) {
    const unit = short.charCodeAt(i);
    const end = Math.min(long.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (taken[j] === 0 && long.charCodeAt(j) === unit) {
        taken[j] = 1;
        matched.push(unit);
        break;
      }
    }
  }
  const common = matched.length;
  if (common === 0) return 0;
  let outOfOrder = 0;
  let next = 0;
  for (let j = 0; j < long.length; j++) {
    if (taken[j] === 1 && long.charCodeAt(j) !== matched[next++]) outOfOrder++;
  }
  const jaro = (common / short.length + common / long.length + (common - outOfOrder / 2) / common) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < short.length && short.charCodeAt(prefix) === long.charCodeAt(prefix)) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/**
 * Whether the Jaro–Winkler similarity reaches `least`. Rejects most pairs by the letters they have in common alone:
 * the similarity cannot exceed that of the same letters in order after a common prefix.
 */
export function isAlike(a: string, b: string, least: number): boolean {
  const longest = Math.max(a.length, b.length);
  if (Math.min(a.length, b.length) === 0) return a === b;
  const common = longest - bagDistance(a, b);
  const mostJaro = (common / a.length + common / b.length + 1) / 3;
  const prefix = a.charCodeAt(0) === b.charCodeAt(0) ? 4 : 0;
  if (mostJaro + prefix * 0.1 * (1 - mostJaro) < least) return false;
  return jaroWinkler(a, b) >= least;
}

/**
 * Edits (insert, delete, replace, exchange of neighbours) that turn a into b; `limit + 1` as soon as there are more.
 * The restricted form (optimal string alignment): no text is edited twice. Takes up to 254 differing characters.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let start = 0;
  while (start < a.length && start < b.length && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--;
    endB--;
  }
  const width = endB - start;
  let [beforeLast, last, row] = ROWS as [Uint8Array, Uint8Array, Uint8Array];
  if (width >= last.length || endA - start >= 255) return limit + 1;
  for (let j = 0; j <= width; j++) last[j] = j;
  for (let i = 1; i <= endA - start; i++) {
    row[0] = i;
    let least = i;
    const unit = a.charCodeAt(start + i - 1);
    for (let j = 1; j <= width; j++) {
      const other = b.charCodeAt(start + j - 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (unit === other ? 0 : 1));
      if (i > 1 && j > 1 && unit === b.charCodeAt(start + j - 2) && a.charCodeAt(start + i - 2) === other) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return Math.min(last[width]!, limit + 1);
}

/** One slip of the finger for short texts, two from seven letters, or the same letters in another order. */
export function isTypo(a: string, b: string): boolean {
  const length = Math.max(a.length, b.length);
  if (length < 3) return false;
  const limit = length < 7 ? 1 : 2;
  if (Math.abs(a.length - b.length) > limit) return false;
  const distance = bagDistance(a, b);
  if (distance > limit) return false;
  return editDistance(a, b, limit) <= limit || (distance === 0 && isAnagram(a, b));
}

export function isAnagram(a: string, b: string): boolean {
  return a.length === b.length && a.length >= 4 && [...a].sort().join('') === [...b].sort().join('');
}

/**
 * Letters that one text has and the other has not: never more than the edits between them, and far cheaper to count,
 * so it spares nearly every edit distance (19 of 29 CPU seconds at 100,000 records).
 */
function bagDistance(a: string, b: string): number {
  for (let i = 0; i < a.length; i++) BAG[a.charCodeAt(i) & 63]!++;
  let common = 0;
  for (let i = 0; i < b.length; i++) {
    const letter = b.charCodeAt(i) & 63;
    if (BAG[letter]! > 0) {
      BAG[letter]!--;
      common++;
    }
  }
  for (let i = 0; i < a.length; i++) BAG[a.charCodeAt(i) & 63] = 0;
  return Math.max(a.length, b.length) - common;
}

/** How much of the shorter list's words (exact or mistyped) the longer list holds, 0–1. */
export function tokenOverlap(a: readonly string[], b: readonly string[]): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 0) return 0;
  let found = 0;
  for (const word of short) if (long.some((other) => other === word || isTypo(other, word))) found++;
  return found / short.length;
}

/**
 * A short code of how a name sounds that suits several European languages: consonants in classes (b=p, d=t, c=k=q=g,
 * s=z=š=sch, f=v=w=ph, m=n), vowels and h dropped but for the first, doubles joined. The idea is Soundex; unlike it the
 * first letter is coded too (Katz = Catz) and no language's spelling is preferred. Letters of other scripts stand for
 * themselves. At most six characters; takes folded text.
 */
export function phonetic(name: string): string {
  const spelled = name.replace(/sch|sh|cz|tz|ph|th|ck|qu|ce|ci/g, (group) => SOUND_OF_GROUP[group] ?? group);
  let code = '';
  let last = '';
  for (const letter of spelled) {
    const sound = SOUNDS[letter] ?? (letter === ' ' ? '' : letter);
    if (sound === VOWEL) {
      if (code === '') code = VOWEL;
      last = '';
    } else if (sound !== '' && sound !== last) {
      code += sound;
      last = sound;
      if (code.length >= 6) break;
    }
  }
  return code;
}

const TAKEN = new Uint8Array(256);
const BAG = new Int16Array(64);
/** Three rows of the distance table, reused; longer texts than this count as different. */
const ROWS = [new Uint8Array(256), new Uint8Array(256), new Uint8Array(256)];
const VOWEL = 'a';
const SOUND_OF_GROUP: Record<string, string> = {
  sch: 's',
  sh: 's',
  cz: 's',
  tz: 's',
  ph: 'f',
  th: 't',
  ck: 'k',
  qu: 'k',
  ce: 'se',
  ci: 'si',
};
const SOUNDS: Record<string, string> = {};
for (const [sound, letters] of Object.entries({
  [VOWEL]: 'aeiouyj',
  '': 'h',
  b: 'bp',
  f: 'fvw',
  k: 'ckqgx',
  s: 'sz',
  t: 'dt',
  l: 'l',
  n: 'mn',
  r: 'r',
})) {
  for (const letter of letters) SOUNDS[letter] = sound;
}
