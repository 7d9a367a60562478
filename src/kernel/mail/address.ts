import { addressParser, decodeWords } from 'postal-mime';
import type { MailAddress } from './message.ts';

const MOST = 2_000;
/** Longer headers are read to here: nobody reads 2,000 names, and reading them must not take seconds. */
const LONGEST = 200_000;

const LOCAL = /^(?:[^\s@<>(),;:"[\]\\\p{Cc}]{1,64}|"(?:[^"\\\p{Cc}]|\\.){1,62}")$/u;
const DOMAIN =
  /^(?:(?:[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}_])?\.){0,20}[\p{L}\p{N}_][\p{L}\p{N}\p{M}_-]{0,62}|\[[0-9a-fA-F:.IPv]{3,50}\])$/u;

/**
 * The people in an address header, groups flattened.
 * @param odd told what was no address
 */
export function readAddresses(header: string, odd: (text: string) => void = () => {}): MailAddress[] {
  const found: MailAddress[] = [];
  for (const { name, address } of addressParser(header.slice(0, LONGEST), { flatten: true })) {
    if (found.length === MOST) break;
    const title = oneLine(decodeWords(name ?? '')).slice(0, 300);
    const valid = asAddress(address ?? '');
    if (valid) found.push({ name: title === valid ? '' : title, address: valid });
    else {
      // `"ana@example.com"` and `ana@example.com (mailto:…)` come as a name.
      const inName = asAddress(title.replaceAll(/^['"<]+|['">]+$/g, ''));
      const text = oneLine([title, address].filter(Boolean).join(' ')).slice(0, 300);
      if (inName && !address) found.push({ name: '', address: inName });
      else if (text) {
        odd(text);
        found.push({ name: text, address: null });
      }
    }
  }
  return found;
}

/** `Ana@Example.COM` → `Ana@example.com`; null for what no mail can be sent to. */
export function asAddress(text: string): string | null {
  // A route before the address (`@relay.example:ana@example.com`) is how mails were sent in 1982.
  const bare = text.trim().replace(/^(?:mailto:|@[^:@\s]{1,250}:)/i, '');
  const at = bare.lastIndexOf('@');
  if (at < 1 || bare.length > 320) return null;
  const [local, domain] = [
    bare.slice(0, at),
    bare
      .slice(at + 1)
      .replace(/\.$/, '')
      .toLowerCase(),
  ];
  return LOCAL.test(local) && DOMAIN.test(domain) ? `${local}@${domain}` : null;
}

/** Without line breaks, control characters and marks that turn the reading direction around. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/gu, ' ').trim();
}
