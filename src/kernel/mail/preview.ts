import { decodeWords } from 'postal-mime';
import { oneLine, readAddresses } from './address.ts';
import { readMime } from './mime.ts';
import { idsOf, messageKey } from './parse.ts';

/** Headers that tell who a mail is from and whether it is known. */
export const previewHeaders = ['message-id', 'from', 'subject'] as const;

export interface HeaderPreview {
  readonly key: string | null;
  readonly messageId: string | null;
  /** As it stands in the header: `readSubject` reads it for people. */
  readonly rawSubject: string;
  readonly from: string | null;
}

/** What a mail says in its headers; the key is the one that `parse` makes of the whole, null without a Message-ID. */
export async function readPreview(headers: Uint8Array): Promise<HeaderPreview> {
  const first = plainHeaders(headers) ?? (await parsedHeaders(headers));
  const [from = null] = readAddresses(first.get('from') ?? '');
  const messageId = idsOf(first.get('message-id') ?? '')[0] ?? null;
  return {
    key: messageId ? messageKey(messageId, from) : null,
    messageId,
    rawSubject: first.get('subject') ?? '',
    from: from?.address ?? null,
  };
}

export function readSubject(header: string): string {
  return oneLine(decodeWords(header)).slice(0, 998);
}

const LONGEST = 64 * 1024;
/** Nothing but headers in printable ASCII, up to an empty line or the end. */
const PLAIN = /^(?:[!-9;-~]+:[\t -~]*\r?\n(?:[\t ][\t -~]*\r?\n)*)*(?:\r?\n|$)/;
const HEADER = /^([!-9;-~]+):([\t -~]*(?:\r?\n[\t ][\t -~]*)*)/gm;

/**
 * The first of each header by its name in small letters; null for what has to be read with more care. The parser takes 15 µs for
 * three of them, of each mail of a mailbox; this takes 2.
 */
function plainHeaders(bytes: Uint8Array): Map<string, string> | null {
  if (bytes.length > LONGEST) return null;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const [head] = PLAIN.exec(whole) ?? [];
  if (head === undefined) return null;
  const first = new Map<string, string>();
  for (const [, name, value] of head.matchAll(HEADER)) {
    const key = name!.toLowerCase();
    if (!first.has(key)) first.set(key, value!.replaceAll(/\r?\n/g, '').trim());
  }
  return first;
}

async function parsedHeaders(bytes: Uint8Array): Promise<Map<string, string>> {
  const read = await readMime(bytes).catch(() => null);
  const first = new Map<string, string>();
  for (const { key, value } of read?.headers ?? []) if (!first.has(key)) first.set(key, value);
  return first;
}
