import { randomUUID } from 'node:crypto';
import { asAddress, oneLine } from './address.ts';
import { textOfHtml } from './html-text.ts';
import type { MailAddress } from './message.ts';
import { messageKey } from './parse.ts';

/** Somebody a mail goes to, or comes from. */
export interface Person {
  readonly name: string;
  readonly address: string;
}

/** A mail as its writer means it; `writeMail` makes the bytes. */
export interface MailDraft {
  /** Without `<>`. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  /** Oldest first. */
  readonly references: readonly string[];
  readonly at: Date;
  readonly from: Person;
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
  readonly bcc: readonly Person[];
  readonly subject: string;
  /** Sanitised HTML, without `<html>`. */
  readonly html: string;
  /** What is sent in place of `html`, which the plain text is made of. */
  readonly tracked?: string;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
  readonly language?: string;
  /** What it says of a meeting (RFC 6047): beside the text, and once more as a file for programs that look for one. */
  readonly calendar?: { readonly method: string; readonly text: string };
}

export interface WrittenMail {
  /** As it stands in the folder of sent mails: with its blind copies, in CRLF lines. */
  readonly raw: Buffer;
  /** `Message.key` */
  readonly key: string;
}

const SUBJECT_LENGTH = 998;
const REFERENCES = 50;

/** A Message-ID of our own, of the sender's domain. */
export function newMessageId(from: string): string {
  const domain = from.slice(from.lastIndexOf('@') + 1).replaceAll(/[^\w.-]/g, '');
  return `${randomUUID()}@${domain || 'localhost'}`;
}

/**
 * The bytes of a mail. Whatever stands in names and subject stays there: line breaks and control characters become spaces,
 * and what is no address is refused.
 * @throws RangeError for an address that no mail can be sent to: look before with `asAddress`
 */
export async function writeMail(mail: MailDraft): Promise<WrittenMail> {
  // Half a megabyte that few processes need.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { messageId, at, attachments, html, calendar } = mail;
  const [from] = people([mail.from]);
  const composer = new MailComposer({
    messageId: `<${idOf(messageId)}>`,
    ...(mail.inReplyTo ? { inReplyTo: `<${idOf(mail.inReplyTo)}>` } : {}),
    references: nearest(mail.references).map((id) => `<${idOf(id)}>`),
    date: at,
    from: from!,
    to: people(mail.to),
    cc: people(mail.cc),
    subject: oneLine(mail.subject).slice(0, SUBJECT_LENGTH).toWellFormed(),
    text: textOfHtml(withAddresses(html)),
    html: documentOf(mail.tracked ?? html, mail.language),
    attachments: attachments.map(({ name, type, bytes }) => ({
      filename: oneLine(name).toWellFormed() || 'file',
      contentType: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream',
      content: Buffer.from(bytes),
    })),
    ...(calendar ? { icalEvent: { method: calendar.method, content: calendar.text, filename: 'invite.ics' } } : {}),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  } as never);
  const raw = await composer.compile().build();
  const blind = people(mail.bcc).map(({ address }) => address);
  const bcc = blind.length > 0 ? `${BCC}${blind.join(',\r\n ')}\r\n` : '';
  return {
    raw: Buffer.concat([Buffer.from(bcc), raw]),
    key: messageKey(idOf(messageId), from as MailAddress),
  };
}

/** Whoever reads the plain text reads where a link leads, unless its words say so. */
function withAddresses(html: string): string {
  return html.replace(
    /<a\b[^>]*?\shref="(https?:[^"]*)"[^>]*>([\s\S]*?)<\/a>/g,
    (link, address: string, words: string) => (words.includes(address) ? link : `${link} &lt;${address}&gt;`),
  );
}

const BCC = 'Bcc: ';

/** The bytes as they go out: without the line that names who gets a blind copy, which is the first one. */
export function withoutBlind(raw: Buffer): Buffer {
  if (!raw.subarray(0, BCC.length).equals(Buffer.from(BCC))) return raw;
  let end = raw.indexOf('\r\n') + 2;
  while (raw[end] === 0x20) end = raw.indexOf('\r\n', end) + 2;
  return raw.subarray(end);
}

function people(all: readonly Person[]): Person[] {
  return all.map(({ name, address }) => {
    const valid = asAddress(address);
    if (valid === null) throw new RangeError('this is no address');
    return { name: oneLine(name).slice(0, 300).toWellFormed(), address: valid };
  });
}

const idOf = (id: string) => id.replaceAll(/[<>\s\p{Cc}]/gu, '');

/** The first, by which threads are known, and the nearest. */
function nearest(references: readonly string[]): readonly string[] {
  return references.length > REFERENCES ? [references[0]!, ...references.slice(1 - REFERENCES)] : references;
}

/** Mail programs have style sheets of their own; what they agree on stands in the elements. */
function documentOf(html: string, language = 'en'): string {
  const quoted = html.replaceAll(
    /<blockquote>/g,
    '<blockquote style="margin:0 0 0 .8ex;border-left:2px solid #ccc;padding-left:1ex">',
  );
  return `<!doctype html>\r\n<html lang="${language.replaceAll(/[^\w-]/g, '')}"><head><meta charset="utf-8"></head><body>${quoted}</body></html>`;
}
