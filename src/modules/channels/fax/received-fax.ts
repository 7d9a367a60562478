import { readBounce } from '#kernel/mail/bounce.ts';
import type { Attachment, MailAddress, Message } from '#kernel/mail/message.ts';
import { isBlocked } from '../email/is-blocked.ts';
import type { MailboxOwner } from '../email/received-mail.ts';
import type { Received, ReceivedParticipant } from '../keep-interactions.ts';
import { type FaxGateway, numberAt, numberIn } from './gateway.ts';

/** What a gateway says of a fax that was sent. */
export interface FaxNotice {
  readonly outcome: 'delivered' | 'failed';
  /** Null where it does not say. */
  readonly number: string | null;
  /** Of the fax, and of what was said of it before. */
  readonly references: readonly string[];
  /** In the gateway's words, in one line. */
  readonly detail: string;
}

export interface ReadFax {
  readonly received: Received;
  /** Null for a fax. */
  readonly notice: FaxNotice | null;
}

/** Letters of a text that people read; the rest of a longer one is in the original. */
const LONGEST_BODY = 20_000;
const LONGEST_DETAIL = 300;
/** A header stands within this of the beginning. */
const HEADERS = 64 * 1024;
const FAX_TYPES = new Set(['application/pdf', 'image/tiff', 'image/tif', 'image/x-tiff']);
/** Said first of all: "not delivered" has "delivered" in it. */
const FAILED =
  /\b(?:fail\w*|unsuccessful\w*|not (?:be )?(?:sent|delivered|successful)|undeliver\w*|could ?n.t|error|busy|no answer|rejected|cancell?ed|aborted|fallid[oa]|fallo|no entregad[oa]|no enviad[oa]|ocupado|sin respuesta|rechazad[oa])\b|nepavyk|nepristat|neišsiųst|klaida|užimta|neatsak|atmest/i;
const DELIVERED =
  /\b(?:success\w*|sent|delivered|completed?|transmitted|ok|entregad[oa]|enviad[oa]|correctamente)\b|pristatyt|išsiųst|sėkming/i;

/**
 * What a mail from a gateway, or to one, is as a fax: with the numbers of both sides. Null for any other mail, and for what a
 * gateway writes of itself.
 * @param raw its bytes, for a number that stands in a header of the gateway's own
 */
export function readFax(
  message: Message,
  raw: Uint8Array,
  mailbox: MailboxOwner,
  receivedAt: Date,
  gateways: readonly FaxGateway[],
): ReadFax | null {
  const isOurs = mailbox.addresses.has(message.from?.address?.toLowerCase() ?? '');
  if (isOurs) {
    const gateway = gateways.find((one) => faxedBy(message, one).length > 0);
    return gateway ? { received: sentFax(message, mailbox, receivedAt, gateway), notice: null } : null;
  }
  const gateway = gateways.find(({ senders }) => isBlocked(message.from?.address ?? null, senders));
  if (!gateway) return null;
  const number = numberOf(message, raw, gateway);
  const notice = noticeOf(message, gateway, number);
  if (notice === undefined) return null;
  return { received: receivedFax(message, mailbox, receivedAt, number, notice), notice };
}

/** As `readFax`, of a mail that is taken for a fax whoever wrote it. */
export function asFax(
  message: Message,
  raw: Uint8Array,
  mailbox: MailboxOwner,
  receivedAt: Date,
  gateways: readonly FaxGateway[],
): Received {
  const [gateway] = gateways;
  const read = readFax(message, raw, mailbox, receivedAt, gateways);
  return (
    read?.received ?? receivedFax(message, mailbox, receivedAt, gateway ? numberOf(message, raw, gateway) : null, null)
  );
}

/** Whoever a fax went to, in the order of the mail. */
function faxedBy(message: Message, gateway: FaxGateway): ReceivedParticipant[] {
  const of = (role: 'to' | 'cc' | 'bcc', all: readonly MailAddress[]) =>
    all.flatMap(({ name, address }): ReceivedParticipant[] => {
      const number = address && numberAt(gateway, address);
      return number ? [{ role, name, address: number }] : [];
    });
  return [...of('to', message.to), ...of('cc', message.cc), ...of('bcc', message.bcc)];
}

function sentFax(message: Message, mailbox: MailboxOwner, receivedAt: Date, gateway: FaxGateway): Received {
  const { from, inReplyTo, references } = message;
  return {
    ...base(message, mailbox, receivedAt),
    direction: 'out',
    references: [...references, ...(inReplyTo ? [inReplyTo] : [])],
    participants: [
      { role: 'from', name: from?.name ?? '', address: gateway.number },
      ...faxedBy(message, gateway).slice(0, MOST_PARTICIPANTS),
    ],
  };
}

const MOST_PARTICIPANTS = 200;

function receivedFax(
  message: Message,
  mailbox: MailboxOwner,
  receivedAt: Date,
  number: string | null,
  notice: FaxNotice | null,
): Received {
  const gateway = message.from?.name || message.from?.address || '?';
  return {
    ...base(message, mailbox, receivedAt),
    // What tells of a fax is the gateway's word, and not of whom it went to: nobody waits for an answer.
    direction: notice ? 'internal' : 'in',
    references: notice?.references ?? [],
    participants: notice
      ? [
          { role: 'from', name: gateway, address: null },
          ...(notice.number ? [{ role: 'to' as const, name: '', address: notice.number }] : []),
        ]
      : [{ role: 'from', name: number ?? gateway, address: number }],
    ...(notice ? { automatic: 'report' as const } : {}),
  };
}

function base({ key, messageId, subject, text, date }: Message, { owner, team }: MailboxOwner, receivedAt: Date) {
  const body = text.slice(0, LONGEST_BODY).toWellFormed();
  return { channel: 'fax', key, messageId, subject, body, at: date ?? receivedAt, owner, team } as const;
}

function numberOf(message: Message, raw: Uint8Array, gateway: FaxGateway): string | null {
  const { country, numberAfter, header } = gateway;
  switch (gateway.numberIn) {
    case 'subject':
      return numberIn(message.subject, country, numberAfter);
    case 'sender':
      return numberIn(message.from?.address?.split('@')[0] ?? '', country, numberAfter);
    case 'header':
      return numberIn(headerIn(raw, header), country, numberAfter);
    case 'text':
      return numberIn(message.text, country, numberAfter);
  }
}

/** @param name letters, digits, `-` and `_` */
function headerIn(raw: Uint8Array, name: string): string {
  const text = Buffer.from(raw.subarray(0, HEADERS)).toString('latin1');
  const head = text.slice(0, /\r?\n\r?\n/.exec(text)?.index ?? text.length);
  return (name && new RegExp(`^${name}:[ \\t]*(.{1,500})$`, 'im').exec(head)?.[1]) || '';
}

/** Null for a fax; undefined for a mail that is neither a fax nor says what became of one. */
function noticeOf(message: Message, gateway: FaxGateway, number: string | null): FaxNotice | null | undefined {
  const { subject, text, inReplyTo, references } = message;
  const answers = [...references, ...(inReplyTo ? [inReplyTo] : [])];
  const isFax = message.attachments.some(isFaxFile);
  const saysItself = isSaid(subject, gateway.failed) || isSaid(subject, gateway.delivered);
  if (isFax && answers.length === 0 && !saysItself) return null;
  const bounce = readBounce(message);
  const outcome = bounce ? 'failed' : (outcomeIn(subject, gateway) ?? outcomeIn(text.slice(0, 2_000), gateway));
  const whom = numberIn(subject, gateway.country) ?? number ?? numberIn(text, gateway.country);
  // What says nothing of a fax of ours is a mail: a bill, or news.
  if (!outcome || (answers.length === 0 && whom === null)) return undefined;
  const detail = [subject, text.split('\n').find((line) => line.trim().length > 3) ?? ''].join(' · ');
  return { outcome, number: whom, references: answers, detail: detail.slice(0, LONGEST_DETAIL).toWellFormed() };
}

function outcomeIn(text: string, { delivered, failed }: FaxGateway): FaxNotice['outcome'] | null {
  if (failed.length > 0 ? isSaid(text, failed) : FAILED.test(text)) return 'failed';
  return (delivered.length > 0 ? isSaid(text, delivered) : DELIVERED.test(text)) ? 'delivered' : null;
}

function isSaid(text: string, words: readonly string[]): boolean {
  const said = text.toLowerCase();
  return words.some((word) => said.includes(word.toLowerCase()));
}

/** Some gateways call everything `application/octet-stream`. */
function isFaxFile({ type, name, inline }: Attachment): boolean {
  return !inline && (FAX_TYPES.has(type) || /\.(?:pdf|tiff?)$/i.test(name));
}
