/** Latin-1 by name, from U+00A0 on, and what else is common in mails. */
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const entities = new Map<string, string>([
  ...LATIN.split(' ').map((name, index): [string, string] => [name, String.fromCharCode(160 + index)]),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    euro: '€',
    hellip: '…',
    bull: '•',
    trade: '™',
  }),
  ...Object.entries({ ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', sbquo: '‚', bdquo: '„' }),
  ...Object.entries({ zwnj: '', zwj: '', zwsp: '', Zcaron: 'Ž', zcaron: 'ž', Scaron: 'Š', scaron: 'š' }),
]);

const UNSEEN = new Set(['style', 'script', 'head', 'title', 'template', 'noscript', 'object', 'svg', 'math']);
const BLOCKS = new Set(
  'address article aside blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tr ul'.split(
    ' ',
  ),
);
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'blockquote', 'ul', 'ol', 'table']);

/**
 * What a person reads of HTML, as plain text: lines where blocks begin and end, `> ` before what is quoted, `* ` before
 * items. Only for reading, searching and comparing; what is shown as HTML goes through `cleanHtml`. One pass, whatever
 * the nesting.
 */
export function textOfHtml(html: string): string {
  const lines: string[] = [];
  let line = '';
  let quotes = 0;
  let isBlank = true;
  const endLine = () => {
    const text = line.replaceAll(/[\s\u00a0]+/g, ' ').trim();
    line = '';
    if (text === '' && isBlank) return;
    isBlank = text === '';
    lines.push(quotes > 0 ? `${'>'.repeat(Math.min(quotes, 9))} ${text}`.trimEnd() : text);
  };
  const breakLine = () => {
    if (/[^\s\u00a0]/.test(line)) endLine();
    else line = '';
  };

  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    line += decoded(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const tag = /^<(\/?)([a-z][a-z0-9]*)/i.exec(html.slice(open, open + 32));
    if (!tag) {
      const isMarkup = html[open + 1] === '!' || html[open + 1] === '?' || html[open + 1] === '/';
      const end = isMarkup ? html.indexOf('>', open) : open;
      if (!isMarkup) line += '<';
      at = end < 0 ? html.length : end + 1;
      continue;
    }
    const close = endOfTag(html, open + tag[0].length);
    const [, slash, written] = tag;
    const name = written!.toLowerCase();
    at = close;
    if (slash === '' && UNSEEN.has(name) && html[close - 2] !== '/') {
      const end = indexOfClosing(html, name, close);
      // A head that nobody closed is not the whole mail.
      if (end >= 0 || name !== 'head') at = end < 0 ? html.length : end;
      continue;
    }
    if (name === 'br') endLine();
    else if (name === 'td' || name === 'th') line += ' ';
    else if (BLOCKS.has(name)) {
      breakLine();
      if (name === 'blockquote' && slash) quotes = Math.max(0, quotes - 1);
      if (PARAGRAPHS.has(name)) endLine();
      if (name === 'blockquote' && !slash) quotes++;
      if (name === 'li' && slash === '') line = '* ';
    }
  }
  endLine();
  while (/^>*$/.test(lines.at(-1) ?? 'x')) lines.pop();
  return lines.join('\n');
}

/** After the `>` that ends a tag; one inside quotes does not. A quote that never ends is none. */
function endOfTag(html: string, from: number): number {
  const plain = html.indexOf('>', from);
  if (plain < 0) return html.length;
  let quote = '';
  for (let at = from; at < html.length && at < from + 5_000; at++) {
    const letter = html[at]!;
    if (quote) {
      if (letter === quote) quote = '';
    } else if (letter === '>') return at + 1;
    else if ((letter === '"' || letter === "'") && html[at - 1] === '=') quote = letter;
  }
  return plain + 1;
}

function indexOfClosing(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}[^>]{0,100}>`, 'gi');
  closing.lastIndex = from;
  const found = closing.exec(html);
  return found ? closing.lastIndex : -1;
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,7}));?/gi, (all, decimal, hex, name) => {
    if (name) return entities.get(name) ?? all;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    const isLetter = code >= 32 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
    return isLetter ? String.fromCodePoint(code) : ' ';
  });
}
