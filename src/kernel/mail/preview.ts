import { decodeWords } from 'postal-mime';
import { oneLine, readAddresses } from './address.ts';
import { readMime } from './mime.ts';
import { idsOf, messageKey } from './parse.ts';

/** Headers that tell who a mail is from and whether it is known. */
export const previewHeaders = ['message-id', 'from', 'subject'] as const;

export interface HeaderPreview {
  readonly key: string | null;
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: string | null;
}

/** What a mail says in its headers; the key is the one that `parse` makes of the whole, null without a Message-ID. */
export async function readPreview(headers: Uint8Array): Promise<HeaderPreview> {
  const read = await readMime(headers).catch(() => null);
  const all = (name: string) => (read?.headers ?? []).filter(({ key }) => key === name).map(({ value }) => value);
  const [from = null] = readAddresses(all('from')[0] ?? '');
  const messageId = idsOf(all('message-id')[0] ?? '')[0] ?? null;
  return {
    key: messageId ? messageKey(messageId, from) : null,
    messageId,
    subject: oneLine(decodeWords(all('subject')[0] ?? '')).slice(0, 998),
    from: from?.address ?? null,
  };
}
