import { parse } from '#kernel/mail/parse.ts';
import { submitMail } from '#kernel/mail/submit.ts';
import { withoutBlind, writeMail } from '#kernel/mail/write-mail.ts';
import type { ChannelAdapter, Delivery, OutgoingPerson } from '../adapter.ts';
import { emailAdapter, type MailAccess } from '../email/adapter.ts';
import { addressAt, type FaxGateway, fill, isFaxNumber, SECRET } from './gateway.ts';
import { asFax } from './received-fax.ts';

/** How a gateway is reached: through a mailbox of ours. */
export interface FaxAccess {
  readonly mail: MailAccess;
  /** The mailbox's own address. */
  readonly sender: string;
  readonly gateway: FaxGateway;
  /** What it wants to be told before it sends. */
  readonly secret: string | null;
}

/** Fax: numbers in E.164; bytes are the mails that a gateway makes faxes of, or made of faxes. */
export const faxAdapter = {
  channel: 'fax',
  async receive(raw, into, gateways) {
    return asFax(await parse(raw, { receivedAt: into.receivedAt }), raw, into, into.receivedAt, gateways);
  },
  sending: {
    isAddress: isFaxNumber,
    async write({ id, references, html, ...message }, { gateway, sender }) {
      const [first] = [...message.to, ...message.cc, ...message.bcc];
      const words = { subject: message.subject, number: first?.address ?? '' };
      const opening = gateway.firstLine && paragraph(fill(gateway.firstLine, words));
      const at = ({ name, address }: OutgoingPerson) => ({ name, address: addressAt(gateway, address) });
      const { raw, key } = await writeMail({
        ...message,
        ...{ messageId: id, references, inReplyTo: references.at(-1) ?? null },
        ...{ from: { name: message.from.name, address: sender }, subject: fill(gateway.subject, words) },
        ...{ to: message.to.map(at), cc: message.cc.map(at), bcc: message.bcc.map(at) },
        html: `${opening}${html.replaceAll(SECRET, '')}`,
      });
      return { id, from: sender, raw, key };
    },
    async send({ raw }, to, { mail, gateway, sender, secret }, beforeEnd) {
      const { guard, hosts, credentials } = mail;
      if (!hosts.smtp) return { outcome: 'refused', accepted: [], refused: [], detail: 'no server to send through' };
      const numbers = new Map(to.map((number) => [addressAt(gateway, number), number]));
      const bytes = await withSecret(withoutBlind(raw), gateway, secret);
      const envelope = { from: sender, to: [...numbers.keys()] };
      const delivery = await submitMail(guard, hosts.smtp, credentials.smtp, envelope, bytes, beforeEnd);
      return toNumbers(delivery, numbers);
    },
    hasLeft: (written, { mail }) => emailAdapter.sending.hasLeft(written, mail),
    health: ({ mail }) => emailAdapter.sending.health(mail),
  },
} satisfies ChannelAdapter<FaxAccess, readonly FaxGateway[]>;

/** The servers speak of addresses. */
function toNumbers(delivery: Delivery, numbers: ReadonlyMap<string, string>): Delivery {
  const of = (address: string) => numbers.get(address) ?? address;
  return {
    ...delivery,
    accepted: delivery.accepted.map(of),
    refused: delivery.refused.map((one) => ({ ...one, address: of(one.address) })),
  };
}

/** What is kept of a fax has the place of the secret only: the mail is written anew on its way out. */
async function withSecret(raw: Buffer, gateway: FaxGateway, secret: string | null): Promise<Buffer> {
  if (![gateway.subject, gateway.firstLine].some((text) => text.includes(SECRET))) return raw;
  const { subject, text, attachments, ...message } = await parse(raw);
  const filled = (template: string) => template.replaceAll(SECRET, () => secret ?? '');
  const people = (all: typeof message.to) => all.map(({ name, address }) => ({ name, address: address ?? '' }));
  const { raw: written } = await writeMail({
    ...{ messageId: message.messageId!, inReplyTo: message.inReplyTo, references: message.references },
    ...{
      at: message.date!,
      from: people([message.from!])[0]!,
      to: people(message.to),
      cc: people(message.cc),
      bcc: [],
    },
    ...{ subject: filled(subject), html: filled(text).split('\n').map(paragraph).join(''), attachments },
  });
  return written;
}

const paragraph = (line: string) => `<p>${line.replaceAll(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</p>`;
