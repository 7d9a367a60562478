import { messageKey, parse } from './parse.ts';

/** Headers that tell who a mail is from and whether it is known. */
export const previewHeaders = ['message-id', 'from', 'to', 'cc', 'subject', 'date'] as const;

/** What a mail says in a few headers; the key is the one that `parse` makes of the whole, null without a Message-ID. */
export async function readPreview(
  headers: Uint8Array,
): Promise<{ key: string | null; messageId: string | null; subject: string; from: string | null; to: string[] }> {
  const { messageId, subject, from, to, cc } = await parse(headers);
  return {
    key: messageId ? messageKey(messageId, from) : null,
    messageId,
    subject,
    from: from?.address ?? null,
    to: [...to, ...cc].map(({ address }) => address).filter((address) => address !== null),
  };
}
