import { StringDecoder } from 'node:string_decoder';
import { TransferError } from '../errors.ts';

/** Names come without prefix; attributes and text as written: see `attribute` and `decodeXml`. */
export type XmlHandlers = {
  open(name: string, attributes: string): void;
  close?(name: string): void;
  text?(raw: string): void;
};

/**
 * Feeds the XML of a workbook to handlers and yields after each piece of input.
 *
 * Our own for speed: with saxes 5 a sheet of ten cells a row took 40 µs of CPU per row, more than a whole import may
 * (25 µs); this takes 17. It knows what workbooks contain (elements, attributes, text, CDATA, comments) and refuses
 * document types, so there are no entities to expand.
 * @param limit characters of the longest tag or text
 * @throws TransferError xlsx-corrupt, cell-too-long
 */
export async function* parseXml(
  bytes: AsyncIterable<Uint8Array>,
  handlers: XmlHandlers,
  limit: number,
): AsyncGenerator<void> {
  const decoder = new StringDecoder('utf-8');
  let pending = '';
  let depth = 0;
  let hasRoot = false;

  /** Handles what is complete; returns where the first incomplete tag or text begins. */
  function scan(text: string): number {
    let at = 0;
    for (;;) {
      const less = text.indexOf('<', at);
      if (less === -1) return at;
      if (less > at) handlers.text?.(text.slice(at, less));
      const next = text.charCodeAt(less + 1);
      if (next === EXCLAMATION || next === QUESTION) {
        const end = passOver(text, less, handlers);
        if (end === -1) return less;
        at = end;
        continue;
      }
      let greater = text.indexOf('>', less);
      if (greater === -1) return less;
      if (next === SLASH) {
        handlers.close?.(localName(text.slice(less + 2, greater).trimEnd()));
        depth--;
        at = greater + 1;
        continue;
      }
      let nameEnd = less + 1;
      while (nameEnd < greater && !isNameEnd(text.charCodeAt(nameEnd))) nameEnd++;
      const name = localName(text.slice(less + 1, nameEnd));
      let isEmpty = text.charCodeAt(greater - 1) === SLASH;
      let attributes = nameEnd === greater ? '' : text.slice(nameEnd, isEmpty ? greater - 1 : greater);
      // A '>' inside an attribute's value: the tag ends at a later one.
      while (!isComplete(attributes)) {
        greater = text.indexOf('>', greater + 1);
        if (greater === -1) return less;
        isEmpty = text.charCodeAt(greater - 1) === SLASH;
        attributes = text.slice(nameEnd, isEmpty ? greater - 1 : greater);
        if (attributes.length > limit) throw new TransferError('xlsx-corrupt');
      }
      hasRoot = true;
      handlers.open(name, attributes);
      if (isEmpty) handlers.close?.(name);
      else depth++;
      at = greater + 1;
    }
  }

  for await (const chunk of bytes) {
    pending += decoder.write(chunk as Buffer);
    pending = pending.slice(scan(pending));
    if (pending.length > limit) throw new TransferError('cell-too-long', null, { limit });
    yield;
  }
  if (depth !== 0 || !hasRoot || pending.trim() !== '') throw new TransferError('xlsx-corrupt');
}

/** The value of an attribute by its name without prefix, undefined when it is absent. */
export function attribute(attributes: string, name: string): string | undefined {
  let search = searches.get(name);
  if (!search) {
    const loose = new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    search = { usual: ` ${name}="`, loose };
    searches.set(name, search);
  }
  const start = attributes.indexOf(search.usual);
  if (start !== -1) {
    const from = start + search.usual.length;
    return decodeXml(attributes.slice(from, attributes.indexOf('"', from)));
  }
  // Most cells simply lack the attribute; only unusual spelling is worth the slow search.
  if (!/[:'\n\t]| =|= /.test(attributes)) return undefined;
  const found = search.loose.exec(attributes);
  return found ? decodeXml(found[1] ?? found[2] ?? '') : undefined;
}

const searches = new Map<string, { usual: string; loose: RegExp }>();

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Resolves the five named entities and character numbers, and line ends as XML wants them. */
export function decodeXml(raw: string): string {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
    if (name) return NAMED[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const EXCLAMATION = 33;
const SLASH = 47;
const QUESTION = 63;

/** Passes over a comment, a declaration or CDATA (which is text); returns the place behind it, -1 if it is incomplete. */
function passOver(text: string, at: number, handlers: XmlHandlers): number {
  if (text.startsWith('<![CDATA[', at)) {
    const end = text.indexOf(']]>', at);
    if (end === -1) return -1;
    handlers.text?.(text.slice(at + 9, end).replaceAll('&', '&amp;'));
    return end + 3;
  }
  const isComment = text.startsWith('<!--', at);
  if (!isComment && text.startsWith('<!D', at)) throw new TransferError('xlsx-corrupt');
  const mark = isComment ? '-->' : text.charCodeAt(at + 1) === QUESTION ? '?>' : '>';
  // Too short to tell a comment from CDATA.
  if (mark === '>' && text.length - at < 9) return -1;
  const end = text.indexOf(mark, at + (isComment ? 4 : 2));
  return end === -1 ? -1 : end + mark.length;
}

/** Attributes are complete when they end in a quote. */
function isComplete(attributes: string): boolean {
  if (attributes === '') return true;
  const last = attributes.charCodeAt(attributes.length - 1);
  return last === 34 || last === 39 || /(^|["'])\s*$/.test(attributes);
}

function isNameEnd(code: number): boolean {
  return code === 32 || code === SLASH || code === 10 || code === 13 || code === 9;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}
