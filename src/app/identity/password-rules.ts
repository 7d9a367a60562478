/** What a password has to be, for the server that decides and the screen that says so while somebody types. */

export const MIN_PASSWORD = 10;
export const MAX_PASSWORD = 1_000;

/** Characters that a common word, a name or a pattern has to have beside it: five are a year and a sign, or 12345. */
const MOST_BESIDE = 5;

export type PasswordFault = 'too-short' | 'too-long' | 'too-simple' | 'own' | 'common';

/**
 * What is wrong with a password; null when nothing is. NIST SP 800-63B: length, and what guessers try first; no rules about
 * capitals and digits.
 * @param own what whoever knows the person tries: their name, their address, their company
 * @param common what everybody tries, as `coreOf` leaves it; left out while it is on its way
 */
export function faultOf(
  password: string,
  own: readonly string[],
  common: ReadonlySet<string> = new Set(),
): PasswordFault | null {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < MIN_PASSWORD) return 'too-short';
  if (length > MAX_PASSWORD) return 'too-long';
  if (isSimple(text)) return 'too-simple';
  if (isOwn(text, own)) return 'own';
  const core = coreOf(text);
  const isCommon = common.has(text.toLowerCase()) || (common.has(core) && length - core.length <= MOST_BESIDE);
  return isCommon ? 'common' : null;
}

/** `P@ssw0rd!2024` → `password`: in small letters, without what stands before and behind, and without disguise. */
export function coreOf(password: string): string {
  const bare = password.toLowerCase().replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return bare.replace(/[@431!|0$57]/g, (sign) => disguises[sign]!);
}

const disguises: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Up to three different characters, one part again and again, or a walk along the alphabet or the digits. */
function isSimple(text: string): boolean {
  const letters = [...text.toLowerCase()];
  if (new Set(letters).size <= 3) return true;
  const again = letters.join('');
  for (let part = 1; part <= 4; part++)
    if (
      again ===
      again
        .slice(0, part)
        .repeat(Math.ceil(again.length / part))
        .slice(0, again.length)
    )
      return true;
  const codes = letters.map((letter) => letter.codePointAt(0)!);
  const steps = codes.slice(1).filter((code, index) => Math.abs(code - codes[index]!) === 1).length;
  return steps >= (codes.length - 1) * 0.8;
}

function isOwn(text: string, own: readonly string[]): boolean {
  const folded = fold(text);
  const words = own
    .flatMap((one) => [one, ...one.split(/[^\p{L}\p{N}]+/u)])
    .map(fold)
    .filter((word) => word.length >= 3)
    .toSorted((a, b) => b.length - a.length);
  const left = words.reduce((rest, word) => rest.replaceAll(word, ''), folded);
  return left.length < folded.length && left.length <= MOST_BESIDE;
}

/** Without case, accents and signs. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
