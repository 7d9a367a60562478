import { decodeWords } from 'postal-mime';
import { oneLine, readAddresses } from './address.ts';
import { type Mime, readMime } from './mime.ts';
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
  const all = plainHeaders(headers) ?? (await readMime(headers).catch(() => null))?.headers ?? [];
  const first = (name: string) => all.find(({ key }) => key === name)?.value ?? '';
  const [from = null] = readAddresses(first('from'));
  const messageId = idsOf(first('message-id'))[0] ?? null;
  return {
    key: messageId ? messageKey(messageId, from) : null,
    messageId,
    rawSubject: first('subject'),
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
 * Headers by their names in small letters; null for what has to be read with more care. The parser takes 15 µs for three of them, of
 * each mail of a mailbox; this takes 2.
 */
function plainHeaders(bytes: Uint8Array): Mime['headers'] | null {
  if (bytes.length > LONGEST) return null;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const [head] = PLAIN.exec(whole) ?? [];
  if (head === undefined) return null;
  return Array.from(head.matchAll(HEADER), ([, name, value]) => ({
    key: name!.toLowerCase(),
    value: value!.replaceAll(/\r?\n/g, '').trim(),
  }));
}
