import { TextDecoder } from 'node:util';
import { type Encoding, textDecoder } from '../encoding.ts';
import { TransferError } from '../errors.ts';
import { collectRows, type RowBatch } from '../rows.ts';

/** A labelled value; labels are as in the file, in lower case: 'work', 'home', 'cell', 'fax', 'Assistant' … */
export type Labelled = { label: string; value: string };
export type CardAddress = {
  label: string;
  poBox?: string;
  extended?: string;
  street?: string;
  city?: string;
  region?: string;
  postalCode?: string;
  country?: string;
};

/** One person or company of a vCard file. Lists keep the file's order, the preferred value first. */
export type Card = {
  firstName?: string;
  middleName?: string;
  lastName?: string;
  prefix?: string;
  suffix?: string;
  displayName?: string;
  nickname?: string;
  organisation?: string;
  department?: string;
  title?: string;
  /** ISO date; `--12-24` where the year is unknown. */
  birthday?: string;
  note?: string;
  uid?: string;
  emails?: Labelled[];
  phones?: Labelled[];
  urls?: Labelled[];
  addresses?: CardAddress[];
  categories?: string[];
};

/** How many values of a kind become columns; what a card has beyond is reported as 'values-dropped'. */
const COLUMNS_PER_LIST = { emails: 5, phones: 8, addresses: 3, urls: 3 };

/** Characters of one property (its folded lines together). Pictures, sounds and keys are left out before they count. */
const PROPERTY_LIMIT = 1_000_000;

const SINGLE = [
  ['Name Prefix', 'prefix'],
  ['First Name', 'firstName'],
  ['Middle Name', 'middleName'],
  ['Last Name', 'lastName'],
  ['Name Suffix', 'suffix'],
  ['Display Name', 'displayName'],
  ['Nickname', 'nickname'],
  ['Organization Name', 'organisation'],
  ['Organization Department', 'department'],
  ['Organization Title', 'title'],
  ['Birthday', 'birthday'],
  ['Notes', 'note'],
  ['UID', 'uid'],
] as const;

const ADDRESS_PARTS = [
  ['Street', 'street'],
  ['Extended Address', 'extended'],
  ['PO Box', 'poBox'],
  ['City', 'city'],
  ['Region', 'region'],
  ['Postal Code', 'postalCode'],
  ['Country', 'country'],
] as const;

/** The columns of every vCard file, named as in Google's export, so that they are mapped like one. */
export const VCARD_COLUMNS: string[] = [
  ...SINGLE.map(([column]) => column),
  'Labels',
  ...numbered(COLUMNS_PER_LIST.emails, (n) => [`E-mail ${n} - Label`, `E-mail ${n} - Value`]),
  ...numbered(COLUMNS_PER_LIST.phones, (n) => [`Phone ${n} - Label`, `Phone ${n} - Value`]),
  ...numbered(COLUMNS_PER_LIST.addresses, (n) => [
    `Address ${n} - Label`,
    ...ADDRESS_PARTS.map(([column]) => `Address ${n} - ${column}`),
  ]),
  ...numbered(COLUMNS_PER_LIST.urls, (n) => [`Website ${n} - Label`, `Website ${n} - Value`]),
];

/** Reads the cards of a file as rows of `VCARD_COLUMNS`, 1,000 at a time. Errors as for `readCards`. */
export async function* readVcardRows(
  bytes: AsyncIterable<Uint8Array>,
  options: { encoding: Encoding; from?: number },
): AsyncGenerator<RowBatch> {
  const collector = collectRows(options.from);
  for await (const { card, line } of readCards(bytes, options.encoding)) {
    const { cells, dropped } = cardToCells(card);
    const problem = dropped > 0 ? { code: 'values-dropped' as const, params: { count: dropped } } : undefined;
    collector.add(cells, line, problem);
    yield* collector.take();
  }
  yield* collector.rest();
}

/**
 * Reads vCards 2.1, 3.0 and 4.0, mixed too. Text is decoded per property: by its CHARSET, else UTF-8 where it is that,
 * else by `encoding`, the file's. Properties that make no sense are passed over.
 * @throws TransferError cell-too-long, nul-character, vcard-unfinished (a card without END, with the line of its BEGIN)
 */
export async function* readCards(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<{ card: Card; line: number }> {
  let card: Card | null = null;
  let start = 0;
  let depth = 0;
  for await (const { text, line } of properties(bytes, encoding)) {
    const property = parseProperty(text, encoding);
    if (!property) continue;
    const { name, value } = property;
    if (name === 'BEGIN' && value.trim().toUpperCase() === 'VCARD') {
      // A card inside a card (AGENT of 2.1) is somebody else: passed over.
      if (depth++ === 0) {
        card = {};
        start = line;
      }
    } else if (name === 'END' && value.trim().toUpperCase() === 'VCARD') {
      if (depth > 0 && --depth === 0 && card) {
        yield { card, line: start };
        card = null;
      }
    } else if (card && depth === 1) addProperty(card, property);
  }
  if (card) throw new TransferError('vcard-unfinished', start);
}

/** Writes cards, one piece of text per card. Version 4.0 unless the receiver is older. */
export async function* writeCards(
  cards: AsyncIterable<Card> | Iterable<Card>,
  options: { version?: '4.0' | '3.0' } = {},
): AsyncGenerator<string> {
  for await (const card of cards) yield cardText(card, options.version ?? '4.0');
}

function numbered(count: number, columns: (n: number) => string[]): string[] {
  return Array.from({ length: count }, (_, i) => columns(i + 1)).flat();
}

function cardToCells(card: Card): { cells: string[]; dropped: number } {
  let dropped = 0;
  const cells: string[] = SINGLE.map(([, key]) => card[key] ?? '');
  cells.push((card.categories ?? []).join(', '));
  const addList = <Item>(list: Item[] | undefined, count: number, width: number, toCells: (item: Item) => string[]) => {
    for (let i = 0; i < count; i++) {
      const item = list?.[i];
      cells.push(...(item ? toCells(item) : new Array<string>(width).fill('')));
    }
    dropped += Math.max(0, (list?.length ?? 0) - count);
  };
  const pair = ({ label, value }: Labelled): string[] => [label, value];
  addList(card.emails, COLUMNS_PER_LIST.emails, 2, pair);
  addList(card.phones, COLUMNS_PER_LIST.phones, 2, pair);
  addList(card.addresses, COLUMNS_PER_LIST.addresses, ADDRESS_PARTS.length + 1, (address) => [
    address.label,
    ...ADDRESS_PARTS.map(([, key]) => address[key] ?? ''),
  ]);
  addList(card.urls, COLUMNS_PER_LIST.urls, 2, pair);
  return { cells, dropped };
}

const IS_BINARY = /^(?:[\w-]+\.)?(PHOTO|LOGO|SOUND|KEY)[;:]/i;

/**
 * The properties of a file with their folded lines joined. Bytes of 8-bit files and of UTF-8 come as Latin-1 characters,
 * to be decoded later: the encoding can change from property to property, and old writers fold inside a character.
 */
async function* properties(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<{ text: string; line: number }> {
  const isWide = encoding.startsWith('utf-16');
  const decoder = textDecoder(isWide ? encoding : 'windows-1252');
  const decode = (chunk: Uint8Array): string =>
    isWide ? decoder.write(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
  /** The lines of the property at hand, joined only once: a thousand folded lines would else be copied each time. */
  let lines: string[] = [];
  let length = 0;
  let firstLine = 0;
  let isBinary = false;
  let isQuotedPrintable = false;
  let line = 0;
  let pending = '';

  function* take(raw: string): Generator<{ text: string; line: number }> {
    line++;
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const first = text.charCodeAt(0);
    // Quoted-printable of 2.1 goes on after a `=` at the end of the line; a space there belongs to the text.
    const isSoftBreak = isQuotedPrintable && (lines.at(-1)?.endsWith('=') ?? false);
    if (isSoftBreak || ((first === 32 || first === 9) && lines.length > 0)) {
      if (isBinary) return;
      if (isSoftBreak) lines[lines.length - 1] = lines.at(-1)?.slice(0, -1) ?? '';
      lines.push(isSoftBreak ? text : text.slice(1));
      length += text.length;
      if (length > PROPERTY_LIMIT) throw new TransferError('cell-too-long', firstLine, { limit: PROPERTY_LIMIT });
      return;
    }
    yield* finish();
    lines = [text];
    length = text.length;
    firstLine = line;
    isBinary = IS_BINARY.test(text);
    isQuotedPrintable = /^[^:]*QUOTED-PRINTABLE/i.test(text);
  }

  function* finish(): Generator<{ text: string; line: number }> {
    if (lines.length > 0 && !isBinary) yield { text: lines.join(''), line: firstLine };
  }

  for await (const chunk of bytes) {
    pending += decode(chunk);
    if (pending.includes('\0')) throw new TransferError('nul-character', line + 1);
    let at = 0;
    for (let end = nextBreak(pending, 0); end !== -1; end = nextBreak(pending, at)) {
      // Lines end in LF or CRLF; a lone CR (old Macintosh) too.
      const isLone = pending.charCodeAt(end) === 13 && pending.charCodeAt(end + 1) !== 10;
      const next = pending.charCodeAt(end) === 13 && !isLone ? end + 2 : end + 1;
      yield* take(pending.slice(at, end));
      at = next;
    }
    pending = pending.slice(at);
    if (IS_BINARY.test(pending)) pending = shorten(pending);
    if (pending.length > PROPERTY_LIMIT) throw new TransferError('cell-too-long', line + 1, { limit: PROPERTY_LIMIT });
  }
  yield* take(pending);
  yield* finish();
}

function nextBreak(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && i + 1 < text.length)) return i;
  }
  return -1;
}

/** A picture on one endless line: its beginning is enough to know it as one; a CR at the end may be half a line end. */
function shorten(text: string): string {
  return text.slice(0, 100) + (text.endsWith('\r') ? '\r' : '');
}

type Property = { name: string; value: string; labels: string[]; preference: number; group: string };

function parseProperty(text: string, encoding: Encoding): Property | null {
  const colon = colonOutsideQuotes(text);
  if (colon < 1) return null;
  const [head = '', ...parameters] = splitOutsideQuotes(text.slice(0, colon), ';');
  const dot = head.lastIndexOf('.');
  const group = dot === -1 ? '' : head.slice(0, dot).toLowerCase();
  let charset = '';
  let isQuotedPrintable = false;
  let isBase64 = false;
  let preference = 101;
  const labels: string[] = [];
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    // 2.1 writes `TEL;WORK;VOICE`, later versions `TEL;TYPE=work,voice`.
    const key = equals === -1 ? 'TYPE' : parameter.slice(0, equals).trim().toUpperCase();
    const content = parameter.slice(equals + 1).replaceAll('"', '');
    if (key === 'CHARSET') charset = content.trim();
    else if (key === 'ENCODING') {
      isQuotedPrintable = /^quoted-printable$/i.test(content);
      isBase64 = /^b(ase64)?$/i.test(content);
    } else if (key === 'PREF') preference = Number(content) || 1;
    else if (key === 'TYPE') {
      for (const type of content.toLowerCase().split(',')) {
        if (type === 'pref') preference = 1;
        else if (type === 'quoted-printable') isQuotedPrintable = true;
        else if (type === 'base64') isBase64 = true;
        else if (type !== '') labels.push(type);
      }
    }
  }
  const raw = text.slice(colon + 1);
  const value = isBase64
    ? decodeBytes(Buffer.from(raw, 'base64').toString('latin1'), charset, encoding)
    : decodeBytes(isQuotedPrintable ? unquotePrintable(raw) : raw, charset, encoding);
  return {
    name: head
      .slice(dot + 1)
      .trim()
      .toUpperCase(),
    value,
    labels,
    preference,
    group,
  };
}

function colonOutsideQuotes(text: string): number {
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) isQuoted = !isQuoted;
    else if (code === 58 && !isQuoted) return i;
  }
  return text.indexOf(':');
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  return text.match(new RegExp(`(?:"[^"]*"|[^"${separator}])+`, 'g')) ?? [];
}

function unquotePrintable(text: string): string {
  return text
    .replace(/=\s*$/, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const decoders = new Map<string, TextDecoder>();

function decodeBytes(text: string, charset: string, encoding: Encoding): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether the text is plain ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  // Text of UTF-16 files is decoded already, unless quoted-printable brought bytes again.
  if (encoding.startsWith('utf-16') && charset === '') return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: characters above 255 are no bytes
  if (/[^\x00-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  if (charset) {
    const decoder = decoderFor(charset);
    if (decoder) return decoder.decode(bytes);
  }
  try {
    return utf8.decode(bytes);
  } catch {
    return (decoderFor(encoding === 'utf-8' ? 'windows-1252' : encoding) as TextDecoder).decode(bytes);
  }
}

function decoderFor(charset: string): TextDecoder | null {
  const known = decoders.get(charset);
  if (known) return known;
  try {
    const decoder = new TextDecoder(charset);
    decoders.set(charset, decoder);
    return decoder;
  } catch {
    return null;
  }
}

function addProperty(card: Card, property: Property): void {
  const { name, value } = property;
  switch (name) {
    case 'N': {
      const [last = '', first = '', middle = '', prefix = '', suffix = ''] = splitEscaped(value, ';');
      setText(card, 'lastName', last);
      setText(card, 'firstName', first);
      setText(card, 'middleName', middle);
      setText(card, 'prefix', prefix);
      setText(card, 'suffix', suffix);
      break;
    }
    case 'FN':
      setText(card, 'displayName', unescapeValue(value));
      break;
    case 'NICKNAME':
      setText(card, 'nickname', unescapeValue(value));
      break;
    case 'ORG': {
      const [organisation = '', department = ''] = splitEscaped(value, ';');
      setText(card, 'organisation', organisation);
      setText(card, 'department', department);
      break;
    }
    case 'X-DEPARTMENT':
      setText(card, 'department', unescapeValue(value));
      break;
    case 'TITLE':
      setText(card, 'title', unescapeValue(value));
      break;
    case 'BDAY':
      setText(card, 'birthday', isoBirthday(value.trim()));
      break;
    case 'NOTE':
      card.note = card.note ? `${card.note}\n\n${unescapeValue(value)}` : unescapeValue(value);
      break;
    case 'UID':
      setText(card, 'uid', unescapeValue(value));
      break;
    case 'CATEGORIES':
      card.categories = [...(card.categories ?? []), ...splitEscaped(value, ',').filter((category) => category !== '')];
      break;
    case 'EMAIL':
      card.emails = withLabelled(card.emails, property, /^(internet|x400|voice)$/);
      break;
    case 'TEL':
      card.phones = withLabelled(card.phones, property, /^(voice|msg|text)$/);
      break;
    case 'URL':
      card.urls = withLabelled(card.urls, property, /^$/);
      break;
    case 'ADR': {
      const [poBox, extended, street, city, region, postalCode, country] = splitEscaped(value, ';').map((part) =>
        part.trim(),
      );
      const label = labelOf(property, /^(dom|intl|postal|parcel)$/);
      const address = { label, poBox, extended, street, city, region, postalCode, country };
      if (Object.entries(address).some(([key, part]) => key !== 'label' && part)) {
        card.addresses = insertPreferred(card.addresses, address, property);
      }
      break;
    }
    case 'X-ABLABEL':
      relabel(card, property);
      break;
  }
}

function setText(card: Card, key: (typeof SINGLE)[number][1], text: string): void {
  const trimmed = text.trim();
  if (trimmed !== '' && card[key] === undefined) card[key] = trimmed;
}

/** Group and preference of list entries while their card is being read. */
const origins = new WeakMap<object, { group: string; preference: number }>();

function withLabelled(list: Labelled[] | undefined, property: Property, noise: RegExp): Labelled[] | undefined {
  const value = unescapeValue(property.value)
    .trim()
    .replace(/^(tel|mailto):/i, '');
  return value === '' ? list : insertPreferred(list, { label: labelOf(property, noise), value }, property);
}

function insertPreferred<Item extends object>(list: Item[] | undefined, item: Item, property: Property): Item[] {
  origins.set(item, property);
  return [...(list ?? []), item].sort((a, b) => (origins.get(a)?.preference ?? 0) - (origins.get(b)?.preference ?? 0));
}

function labelOf({ labels }: Property, noise: RegExp): string {
  return labels.filter((label) => !noise.test(label)).join(' ');
}

/** Apple's own labels: `item1.TEL:…` and `item1.X-ABLabel:_$!<Assistant>!$_`. */
function relabel(card: Card, { group, value }: Property): void {
  const label = unescapeValue(value)
    .replace(/^_\$!<(.*)>!\$_$/, '$1')
    .trim();
  if (group === '' || label === '') return;
  for (const item of [
    ...(card.emails ?? []),
    ...(card.phones ?? []),
    ...(card.urls ?? []),
    ...(card.addresses ?? []),
  ]) {
    if (origins.get(item)?.group === group) item.label = label;
  }
}

function isoBirthday(value: string): string {
  const [, year, month, day] = /^(\d{4}|--)-?(\d\d)-?(\d\d)/.exec(value) ?? [];
  return day ? `${year === '--' ? '-' : year}-${month}-${day}` : value;
}

function unescapeValue(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\s\S])/g, (_, character: string) => (/n/i.test(character) ? '\n' : character));
}

function splitEscaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(unescapeValue(text.slice(start, i)));
      start = i + 1;
    }
  }
  parts.push(unescapeValue(text.slice(start)));
  return parts;
}

function cardText(card: Card, version: '4.0' | '3.0'): string {
  const lines = ['BEGIN:VCARD', `VERSION:${version}`];
  const add = (name: string, value: string | undefined): void => {
    if (value) lines.push(`${name}:${value}`);
  };
  const name = [card.lastName, card.firstName, card.middleName, card.prefix, card.suffix];
  const display =
    card.displayName ||
    [card.prefix, card.firstName, card.middleName, card.lastName, card.suffix].filter(Boolean).join(' ') ||
    card.organisation ||
    card.emails?.[0]?.value ||
    '';
  lines.push(`FN:${escapeValue(display)}`);
  if (version === '3.0' || name.some(Boolean)) add('N', name.map((part) => escapeValue(part ?? '')).join(';'));
  add('NICKNAME', card.nickname && escapeValue(card.nickname));
  if (card.organisation || card.department) {
    add('ORG', [card.organisation ?? '', ...(card.department ? [card.department] : [])].map(escapeValue).join(';'));
  }
  add('TITLE', card.title && escapeValue(card.title));
  card.emails?.forEach((email, i) => {
    add(`EMAIL${typeParameter(email.label, i, card.emails, version)}`, escapeValue(email.value));
  });
  card.phones?.forEach((phone, i) => {
    add(`TEL${typeParameter(phone.label, i, card.phones, version)}`, escapeValue(phone.value));
  });
  card.addresses?.forEach((address, i) => {
    const { poBox, extended, street, city, region, postalCode, country } = address;
    const parts = [poBox, extended, street, city, region, postalCode, country].map((part) => escapeValue(part ?? ''));
    add(`ADR${typeParameter(address.label, i, card.addresses, version)}`, parts.join(';'));
  });
  card.urls?.forEach((url, i) => {
    add(`URL${typeParameter(url.label, i, card.urls, version)}`, escapeValue(url.value));
  });
  add(
    'BDAY',
    card.birthday && (version === '4.0' ? card.birthday.replace(/^--?(\d\d)-(\d\d)$/, '--$1$2') : card.birthday),
  );
  add('NOTE', card.note && escapeValue(card.note));
  add('CATEGORIES', card.categories?.map(escapeValue).join(','));
  add('UID', card.uid && escapeValue(card.uid));
  lines.push('END:VCARD', '');
  return lines.map(fold).join('\r\n');
}

/** The first of several values is the preferred one, as it is when such a file is read. */
function typeParameter(label: string, index: number, list: unknown[] | undefined, version: '4.0' | '3.0'): string {
  const types = label
    .toLowerCase()
    .replace(/["\p{Cc}]/gu, '')
    .split(' ')
    .filter(Boolean);
  const isPreferred = index === 0 && (list?.length ?? 0) > 1;
  if (version === '3.0' && isPreferred) types.push('pref');
  const quoted = types.map((type) => (/^[\w-]+$/.test(type) ? type : `"${type}"`));
  const parameter = quoted.length > 0 ? `;TYPE=${quoted.join(',')}` : '';
  return version === '4.0' && isPreferred ? `${parameter};PREF=1` : parameter;
}

function escapeValue(text: string): string {
  return text
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n?|\n/g, '\\n')
    .replaceAll('\0', '');
}

/** Lines of at most 75 bytes, never cut inside a character (RFC 6350, 3.2). */
function fold(line: string): string {
  if (Buffer.byteLength(line) <= 75) return line;
  const pieces: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > 75) {
      pieces.push(piece);
      piece = '';
      bytes = 1;
    }
    piece += character;
    bytes += size;
  }
  pieces.push(piece);
  return pieces.join('\r\n ');
}
