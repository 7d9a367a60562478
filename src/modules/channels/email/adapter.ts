import { asAddress } from '#kernel/mail/address.ts';
import { hasMessage } from '#kernel/mail/imap/append.ts';
import { connect, type MailCredential } from '#kernel/mail/imap/connection.ts';
import { asFault, MailFault } from '#kernel/mail/imap/fault.ts';
import type { MailboxAccess } from '#kernel/mail/mailbox-state.ts';
import { parse } from '#kernel/mail/parse.ts';
import { trySending } from '#kernel/mail/send.ts';
import { submitMail } from '#kernel/mail/submit.ts';
import { withoutBlind, writeMail } from '#kernel/mail/write-mail.ts';
import type { NetworkGuard } from '#kernel/net/guard.ts';
import type { ChannelAdapter, Delivery } from '../adapter.ts';
import { receivedMail } from './received-mail.ts';

/** How one signs in to the two servers of a mailbox. */
export interface MailCredentials {
  readonly imap: MailCredential;
  readonly smtp: MailCredential | null;
}

/** How a mailbox is reached. */
export interface MailAccess {
  readonly guard: NetworkGuard;
  readonly hosts: MailboxAccess;
  readonly credentials: MailCredentials;
}

/** E-mail: bytes are mails (RFC 5322); it sends over SMTP, and finds what it sent by IMAP in the folder of sent mails. */
export const emailAdapter = {
  channel: 'email',
  async receive(raw, into) {
    return receivedMail(await parse(raw, { receivedAt: into.receivedAt }), into, into.receivedAt);
  },
  sending: {
    isAddress: (text) => asAddress(text) !== null,
    async write({ id, references, ...message }) {
      const inReplyTo = references.at(-1) ?? null;
      const { raw, key } = await writeMail({ ...message, messageId: id, references, inReplyTo });
      return { id, from: message.from.address, raw, key };
    },
    async send({ raw, from }, to, { guard, hosts, credentials }, beforeEnd) {
      if (!hosts.smtp) return refusedBecause('no server to send through');
      return submitMail(guard, hosts.smtp, credentials.smtp, { from, to }, withoutBlind(raw), beforeEnd);
    },
    async hasLeft({ id }, { guard, hosts, credentials }) {
      const connection = await connect(guard, { ...hosts.imap, credential: credentials.imap });
      try {
        return await hasMessage(connection, id);
      } finally {
        await connection.close();
      }
    },
    async health({ guard, hosts, credentials }) {
      try {
        if (hosts.smtp) await trySending(guard, hosts.smtp, credentials.smtp);
        const connection = await connect(guard, { ...hosts.imap, credential: credentials.imap });
        await connection.close();
        return null;
      } catch (error) {
        const fault = asFault(error);
        return fault instanceof MailFault
          ? { fault: fault.code, detail: fault.detail }
          : { fault: 'other', detail: '' };
      }
    },
  },
} satisfies ChannelAdapter<MailAccess>;

function refusedBecause(detail: string): Delivery {
  return { outcome: 'refused', accepted: [], refused: [], detail };
}
