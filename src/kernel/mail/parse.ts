import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { decodeWords, type Attachment as MimeAttachment } from 'postal-mime';
import { oneLine, readAddresses } from './address.ts';
import { hollow } from './hollow.ts';
import { textOfHtml } from './html-text.ts';
import {
  type Attachment,
  type CalendarPart,
  type KeptHeaders,
  keptHeaders,
  type MailAddress,
  type Message,
  type MessageNote,
} from './message.ts';
import { type Mime, readMime } from './mime.ts';
import { openTnef } from './tnef.ts';

const MOST_PARTS = 1_000;
/** What is left when the large files are out. The parser needs 30 ms a megabyte, and nothing else runs meanwhile. */
const MOST_TO_PARSE = 16 * 1024 * 1024;
const LONGEST_TEXT = 1_000_000;
const LONGEST_HTML = 2_000_000;
const MOST_REFERENCES = 100;
const DAY_MS = 86_400_000;

export interface ParseOptions {
  /** When the server got it, to judge the date by. */
  readonly receivedAt?: Date | null;
  /** False where only its text is wanted: `html` is null then. */
  readonly withHtml?: boolean;
}

/**
 * Reads any bytes as a mail. Never throws: what cannot be read is kept as one attachment (`kept-raw`). Takes the memory of
 * the bytes twice over; a mail of 70 MB with one file takes 0.2 s.
 */
export async function parse(
  source: Uint8Array,
  { receivedAt = null, withHtml = true }: ParseOptions = {},
): Promise<Message> {
  const raw = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const notes = new Map<MessageNote['code'], string | undefined>();
  const note = (code: MessageNote['code'], detail?: string) => {
    if (!notes.has(code)) notes.set(code, detail === undefined ? undefined : oneLine(detail).slice(0, 200));
  };
  const readable = asUtf8(raw, note);
  const { email, attachments: parts } = await readParts(readable, note, withHtml);

  const first = headersByName(email);
  const header = (name: string) => first.get(name)?.[0] ?? '';
  const addresses = (name: string) =>
    readAddresses((first.get(name) ?? []).join(', '), (text) => note('odd-address', text));
  const title = decodeWords(header('subject'));
  const subject = oneLine(title).slice(0, 998);
  if (/[\p{Cc}\u202a-\u202e]/u.test(title.replaceAll('\t', ' '))) note('odd-header', 'subject');
  const [from = null] = readAddresses(header('from'), (text) => note('odd-address', text));
  const [sender = null] = readAddresses(header('sender'));
  if (!from) note('no-sender');
  if ((first.get('from')?.length ?? 0) > 1) note('several-senders', first.get('from')![1]);
  const messageId = idsOf(header('message-id'))[0] ?? null;
  if (!messageId) note('no-message-id');

  const unpacked = openWinmail(parts, note);
  const html = shortened(unpacked.html ?? email.html ?? null, LONGEST_HTML, note);
  const written = unpacked.text ?? email.text ?? '';
  const plain = (written.includes('\r') ? written.replaceAll(/\r\n?/g, '\n') : written).replaceAll('\0', '');
  const text = shortened(plain.trim() === '' && html ? textOfHtml(html) : plain, LONGEST_TEXT, note)!;
  if (text.includes('\ufffd') || subject.includes('\ufffd')) note('odd-letters');
  const type = header('content-type').toLowerCase();
  if (/^multipart\/encrypted|pkcs7-mime(?!.*signed-data)/.test(type)) note('encrypted');
  else if (/^multipart\/signed|pkcs7-mime/.test(type)) note('signed');

  const to = addresses('to');
  return {
    key: messageId
      ? messageKey(messageId, from)
      : digest('', from?.address ?? '', header('date'), subject, header('to'), plain || html || '', String(raw.length)),
    messageId,
    inReplyTo: idsOf(header('in-reply-to'))[0] ?? null,
    references: referencesOf(header('references')),
    from,
    sender: sender && sender.address !== from?.address ? sender : null,
    to,
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    replyTo: addresses('reply-to'),
    subject,
    date: dateOf(header('date'), first.get('received') ?? [], receivedAt, note),
    text,
    html: withHtml ? html : null,
    attachments: namedFiles(unpacked.files, html),
    calendars: unpacked.calendars,
    headers: keptOf(first),
    size: raw.length,
    notes: Array.from(notes, ([code, detail]) => (detail === undefined ? { code } : { code, detail })),
  };
}

/** `Message.key` of a mail that has a Message-ID. The sender belongs to it: nobody else's mail can pass for a copy. */
export function messageKey(messageId: string, from: MailAddress | null): string {
  return digest(messageId, (from?.address ?? from?.name ?? '').toLowerCase());
}

/** Identifiers without `<>`, as they stand; old mailers forget the brackets. */
export function idsOf(header: string): string[] {
  if (header === '') return [];
  const bracketed = Array.from(header.slice(0, 200_000).matchAll(/<([^<>]{1,998})>/g), ([, id]) =>
    id!.replaceAll(/\s+/g, ''),
  );
  const ids = bracketed.length > 0 ? bracketed : header.slice(0, 10_000).split(/[\s,]+/);
  return ids.filter((id) => id !== '' && id.length <= 998 && !/[\p{Cc}<>]/u.test(id));
}

type Note = (code: MessageNote['code'], detail?: string) => void;

interface Unparsed {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly contentId: string | null;
  readonly method: string | null;
  readonly isRelated: boolean;
}

async function readParts(
  raw: Buffer,
  note: Note,
  withHtml: boolean,
): Promise<{ email: Mime; attachments: Unparsed[] }> {
  try {
    const hollowed = hollow(raw);
    const rest = hollowed?.bytes ?? raw;
    if (rest.length > MOST_TO_PARSE) throw new Error(`${rest.length} bytes besides its files`);
    let email = await readMime(rest, !withHtml);
    // Where there is no text the HTML is; and which pictures stand in it, where that is not said in another way.
    const needsHtml = !email.text?.trim() || email.attachments.some((one) => one.contentId && !one.related);
    if (!withHtml && needsHtml) email = await readMime(rest);
    let restore = hollowed?.restore ?? ((content: Uint8Array) => content);
    if (hollowed?.holdsMark(`${email.text ?? ''}${email.html ?? ''}`)) {
      if (raw.length > MOST_TO_PARSE) throw new Error('a text of many megabytes');
      email = await readMime(raw);
      restore = (content) => content;
    }
    if (email.attachments.length > MOST_PARTS) {
      note('too-many-parts', String(email.attachments.length));
      return await keptRaw(raw);
    }
    // The parser writes `<div></div>` for an empty plain part beside HTML.
    const isEmpty =
      email.attachments.length === 0 && !email.text?.trim() && /^(?:\s|<div><\/div>)*$/.test(email.html ?? '');
    const body = isEmpty ? bodyOf(rest).trim() : '';
    if (body.split('\n').some((line) => !/^\s*$|^--|^[\w-]+:|^[ \t]/.test(line))) {
      // A boundary that is not the one that was announced: people still read what stands there.
      note('kept-raw', 'no part was found');
      const whole = await keptRaw(raw);
      return { ...whole, email: { ...whole.email, text: body } };
    }
    return { email, attachments: email.attachments.map((part) => asUnparsed(part, restore)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    note(/nesting depth/.test(reason) ? 'too-many-parts' : 'kept-raw', reason);
    return await keptRaw(raw);
  }
}

function bodyOf(raw: Buffer): string {
  const start = /\r?\n\r?\n/.exec(raw.subarray(0, 65_536).toString('latin1'));
  return start ? raw.subarray(start.index, start.index + LONGEST_TEXT).toString('utf8') : '';
}

/** Its headers, as far as they can be read, and the whole as a file. */
async function keptRaw(raw: Buffer): Promise<{ email: Mime; attachments: Unparsed[] }> {
  const top = raw.subarray(0, 65_536).toString('latin1');
  const end = /\r?\n\r?\n/.exec(top)?.index ?? top.lastIndexOf('\n');
  const lines = Buffer.from(top.slice(0, Math.max(end, 0)), 'latin1');
  const email = await readMime(lines).catch(() => readMime(Buffer.from('')));
  const whole = { bytes: raw, name: 'message.eml', type: 'message/rfc822' };
  return {
    email: { ...email, text: undefined, html: undefined, attachments: [] },
    attachments: [{ ...whole, contentId: null, method: null, isRelated: false }],
  };
}

function asUnparsed(part: MimeAttachment, restore: (content: Uint8Array) => Uint8Array): Unparsed {
  const content =
    typeof part.content === 'string' ? Buffer.from(part.content) : new Uint8Array(part.content as ArrayBuffer);
  return {
    bytes: restore(content),
    name: part.filename ?? '',
    type: /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/.test(part.mimeType) ? part.mimeType : 'application/octet-stream',
    contentId: idsOf(part.contentId ?? '')[0] ?? null,
    method: part.method ?? null,
    isRelated: part.related === true,
  };
}

function headersByName(email: Mime): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { key, value } of email.headers) {
    const values = found.get(key);
    if (values) values.push(value);
    else found.set(key, [value]);
  }
  return found;
}

function keptOf(first: ReadonlyMap<string, readonly string[]>): KeptHeaders {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = first.get(name)?.[0];
    if (value !== undefined) kept[name] = oneLine(value).slice(0, 2_000);
  }
  return kept;
}

/** The first and the latest: the ends are what threads hold on to. */
function referencesOf(header: string): string[] {
  const ids = [...new Set(idsOf(header))];
  return ids.length <= MOST_REFERENCES ? ids : [ids[0]!, ...ids.slice(1 - MOST_REFERENCES)];
}

function dateOf(header: string, received: readonly string[], receivedAt: Date | null, note: Note): Date | null {
  const said = readDate(header);
  if (header === '') note('no-date');
  const known = receivedAt ?? readDate(received[0]?.split(';').at(-1) ?? '');
  const latest = (known?.getTime() ?? Date.now()) + DAY_MS;
  if (said && said.getTime() <= latest && said.getUTCFullYear() >= 1980) return said;
  if (header !== '') note('odd-date', header);
  return known;
}

/** RFC 5322 and what passes for it: comments, two-figure years, zones by name. */
function readDate(text: string): Date | null {
  const bare = text
    .slice(0, 200)
    .replaceAll(/\([^()]*\)/g, ' ')
    .trim();
  if (bare === '') return null;
  const attempts = [bare, bare.replace(/\s+[A-Za-z]{1,5}$/, ''), bare.replace(/^[^\d]*,?\s*/, '')];
  for (const attempt of attempts) {
    const hasZone = /[+-]\d{2}:?\d{2}$|\b(?:GMT|UTC?|Z|[ECMP][SD]T)$/i.test(attempt);
    const time = Date.parse(hasZone ? attempt : `${attempt} UTC`);
    if (Number.isFinite(time)) return new Date(time);
  }
  return null;
}

function shortened(text: string | null, most: number, note: Note): string | null {
  if (text === null || text.length <= most) return text;
  note('cut');
  return text.slice(0, most);
}

function openWinmail(
  parts: readonly Unparsed[],
  note: Note,
): { files: Unparsed[]; calendars: CalendarPart[]; text: string | null; html: string | null } {
  const files: Unparsed[] = [];
  const calendars: CalendarPart[] = [];
  let text: string | null = null;
  let html: string | null = null;
  for (const part of parts) {
    const isWinmail = /^application\/(vnd\.)?ms-tnef$/.test(part.type) || /^winmail\.dat$/i.test(part.name);
    const opened = isWinmail ? openTnef(part.bytes) : null;
    if (isWinmail) note(opened ? 'winmail-opened' : 'winmail-kept');
    if (opened) {
      text ??= opened.text;
      html ??= opened.html;
      for (const { name, type, bytes } of opened.files) {
        const known = type && /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type.toLowerCase() : typeOfName(name);
        files.push({ bytes, name, type: known, contentId: null, method: null, isRelated: false });
      }
      continue;
    }
    if (part.type === 'text/calendar' || part.type === 'application/ics') {
      const calendar = Buffer.from(part.bytes).toString('utf8').slice(0, LONGEST_TEXT);
      const method = part.method ?? /^METHOD:([A-Z-]{1,30})\s*$/im.exec(calendar)?.[1] ?? null;
      calendars.push({ method: method?.toUpperCase() ?? null, text: calendar });
    }
    files.push(part);
  }
  return { files, calendars, text, html };
}

const endings: Readonly<Record<string, string>> = {
  'application/ics': 'ics',
  'application/json': 'json',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'message/rfc822': 'eml',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/vcard': 'vcf',
};

function typeOfName(name: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase();
  return Object.keys(endings).find((type) => endings[type] === ending) ?? 'application/octet-stream';
}

function namedFiles(parts: readonly Unparsed[], html: string | null): Attachment[] {
  return parts.map(({ bytes, name, type, contentId, isRelated }, index) => ({
    name: fileName(name) || `${type.startsWith('image/') ? 'image' : 'file'}-${index + 1}.${endings[type] ?? 'bin'}`,
    type,
    size: bytes.length,
    bytes,
    contentId,
    inline: contentId !== null && (isRelated || html?.includes(`cid:${contentId}`) === true),
  }));
}

/** A name that can stand in any folder; the ending is what is kept of a long one. */
function fileName(name: string): string {
  const bare = oneLine(name)
    .replaceAll(/^.*[\\/]/g, '')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (bare.length <= 150) return bare;
  const ending = /\.[^.]{1,10}$/.exec(bare)?.[0] ?? '';
  return bare.slice(0, 150 - ending.length) + ending;
}

/**
 * Letters beyond ASCII in headers should be UTF-8 and in bodies what their charset says. Where they are neither, they are
 * read as what the mail says of itself, or else as Windows-1252.
 */
function asUtf8(raw: Buffer, note: Note): Buffer {
  if (isUtf8(raw)) return raw;
  const top = raw.subarray(0, 65_536).toString('latin1');
  const end = /\r?\n\r?\n/.exec(top)?.index ?? top.length;
  const said = /charset\s*=\s*"?([\w.:-]{2,40})/i.exec(top)?.[1] ?? null;
  const head = raw.subarray(0, end);
  const isHeadOdd = /[\x80-\xff]/.test(top.slice(0, end)) && !isUtf8(head);
  const isBodyOdd = said === null && raw.length < 1024 * 1024 && !/charset\s*=/i.test(top);
  if (!isHeadOdd && !isBodyOdd) return raw;
  note('odd-letters', said ?? 'windows-1252');
  const charset = said && !/utf-?8|ascii/i.test(said) ? said : 'windows-1252';
  const decoder = decoderOf(charset);
  if (isBodyOdd) return Buffer.from(decoder.decode(raw));
  return Buffer.concat([Buffer.from(decoder.decode(head)), raw.subarray(end)]);
}

function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder('windows-1252');
  }
}

function digest(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\n'), 'base64url');
}
