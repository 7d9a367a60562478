import { createRequire } from 'node:module';
import type sanitizeHtml from 'sanitize-html';
import { textOfHtml } from './html-text.ts';

export interface CleanOptions {
  /** Where an image of the mail itself is fetched (`cid:`); null for one that is not there. */
  readonly inline?: (contentId: string) => string | null;
  /**
   * Where a picture from elsewhere is fetched once the reader asked for them: an address of our own that goes through the
   * network guard, never the one it came with. Left out, they stay away.
   */
  readonly remote?: (url: string) => string | null;
}

export interface CleanHtml {
  readonly html: string;
  /** Pictures that were left out, each with `data-remote`. */
  readonly remoteImages: number;
  /** Pictures of one point, which only tell that the mail was opened: they are left out for good. */
  readonly trackers: number;
}

/** Letters; more than that nobody reads, and a browser shows it slowly. */
const LONGEST = 1_000_000;
const LONGEST_DATA_IMAGE = 300_000;
/** Elements in one another; answers to answers have some hundred. */
const DEEPEST = 2_000;

/**
 * HTML of a mail for a screen: a short list of elements, attributes and styles; no script, form, frame, sheet, font or
 * picture from elsewhere. Links open apart, tell nothing of where they stood, and say where they lead (`data-host`; with
 * `data-misleading` where the words name another host). Nothing may be changed in what comes out (decoded, normalised,
 * joined): show it as it is, in a frame with `frameSandbox` and `frameDocument`.
 */
export function cleanHtml(html: string, options: CleanOptions = {}): CleanHtml {
  let remoteImages = 0;
  let trackers = 0;
  const image = (given: sanitizeHtml.Attributes): sanitizeHtml.Attributes | null => {
    const source = (given.src ?? '').replaceAll(/[\s\p{Cc}]+/gu, '');
    const shown = { ...kept(given, ['alt', 'width', 'height', 'title']), ...styled(given) };
    const inline = /^cid:(.{1,998})$/i.exec(source)?.[1];
    if (inline) {
      const address = options.inline?.(decodedId(inline));
      return address ? { ...shown, src: address } : shown;
    }
    if (/^data:image\/(?:png|jpe?g|gif|webp);base64,[\w+/=]+$/i.test(source))
      return source.length > LONGEST_DATA_IMAGE ? shown : { ...shown, src: source };
    const url = webAddress(source);
    if (!url) return shown;
    if (isPoint(given)) {
      trackers++;
      return null;
    }
    const address = options.remote?.(url);
    if (address) return { ...shown, src: address };
    remoteImages++;
    return { ...shown, 'data-remote': url };
  };
  const text = html.slice(0, LONGEST);
  if (isTooDeep(text)) return { html: `<pre>${escaped(textOfHtml(text))}</pre>`, remoteImages, trackers };
  const clean = load()(text, {
    ...rules,
    transformTags: {
      '*': (tagName, given) => {
        if (tagName === 'a') return { tagName, attribs: { ...styled(given), ...linked(given.href ?? '') } };
        if (tagName !== 'img') return { tagName, attribs: attributesOf(tagName, given) };
        const attribs = image(given);
        return attribs ? { tagName, attribs } : { tagName: 'span', attribs: {} };
      },
    },
  });
  return { html: withMisleading(clean), remoteImages, trackers };
}

const rules: sanitizeHtml.IOptions = {
  allowedTags: [
    ...[
      'p',
      'br',
      'hr',
      'div',
      'span',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'ul',
      'ol',
      'li',
      'dl',
      'dt',
      'dd',
      'a',
      'img',
    ],
    ...[
      'strong',
      'b',
      'em',
      'i',
      'u',
      's',
      'strike',
      'del',
      'ins',
      'sub',
      'sup',
      'small',
      'big',
      'font',
      'code',
      'pre',
      'tt',
    ],
    ...[
      'blockquote',
      'center',
      'table',
      'caption',
      'colgroup',
      'col',
      'thead',
      'tbody',
      'tfoot',
      'tr',
      'th',
      'td',
      'q',
      'abbr',
    ],
  ],
  allowedAttributes: {
    '*': ['style', 'dir', 'lang', 'align', 'valign', 'bgcolor', 'color', 'face', 'size', 'title', 'width', 'height'],
    a: ['href', 'target', 'rel', 'data-host'],
    img: ['src', 'alt', 'data-remote'],
    table: ['border', 'cellpadding', 'cellspacing'],
    td: ['colspan', 'rowspan', 'nowrap'],
    th: ['colspan', 'rowspan', 'nowrap'],
    col: ['span'],
    ol: ['start', 'type'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https', 'data'] },
  allowProtocolRelative: false,
  // Styles are filtered below: the list's own parser takes 20 ms a mail.
  parseStyleAttributes: false,
  nonTextTags: [
    ...[
      'script',
      'style',
      'textarea',
      'option',
      'select',
      'noscript',
      'title',
      'template',
      'xmp',
      'noembed',
      'noframes',
    ],
    ...['iframe', 'object', 'embed', 'svg', 'math', 'audio', 'video', 'canvas', 'applet', 'plaintext'],
  ],
  nestingLimit: 100,
  enforceHtmlBoundary: false,
};

const plainValue = /^[\w\s#%.,+-]{1,60}$/;
const attributes: Readonly<Record<string, RegExp>> = {
  align: /^(?:left|right|center|justify|middle|top|bottom)$/i,
  bgcolor: /^#?\w{3,20}$/,
  border: /^\d{1,2}$/,
  cellpadding: /^\d{1,3}$/,
  cellspacing: /^\d{1,3}$/,
  color: /^#?\w{3,20}$/,
  colspan: /^\d{1,3}$/,
  dir: /^(?:ltr|rtl|auto)$/i,
  face: /^[\w\s,'"-]{1,100}$/,
  height: /^\d{1,4}(?:px|%)?$/,
  lang: /^[\w-]{1,20}$/,
  nowrap: /^\w{0,10}$/,
  rowspan: /^\d{1,3}$/,
  size: /^[+-]?\d{1,2}$/,
  span: /^\d{1,3}$/,
  start: /^-?\d{1,6}$/,
  type: /^[1aAiI]$/,
  valign: /^(?:top|middle|bottom|baseline)$/i,
  width: /^\d{1,4}(?:px|%)?$/,
};

/** What makes a mail look as it was written, without moving anything out of its place or fetching anything. */
const STYLES =
  /^(?:color|background-color|font(?:-(?:family|size|style|weight|variant))?|text-(?:align|decoration|indent|transform)|line-height|letter-spacing|white-space|vertical-align|direction|list-style-type|(?:max-|min-)?width|(?:max-)?height|(?:margin|padding)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left|collapse|spacing|radius))?(?:-(?:color|style|width))?|display|table-layout|word-(?:break|wrap)|overflow-wrap)$/;
const VALUE = /^(?:[\w\s#%.,+'"-]|\b(?:rgba?|hsla?)\([\d\s.,%/-]{1,40}\)){1,200}$/i;

const UNNESTED = new Set('area br col dd dt hr img input li link meta option p source td th tr wbr'.split(' '));

/** The list takes time by the square of the depth: 30 s for 200,000 boxes in one another. */
function isTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9:-]{0,30})/gi)) {
    if (UNNESTED.has(name!.toLowerCase())) continue;
    depth = Math.max(0, depth + (slash ? -1 : 1));
    if (depth > DEEPEST) return true;
  }
  return false;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attributesOf(tag: string, given: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const names = [
    ...(rules.allowedAttributes as Record<string, string[]>)['*']!,
    ...((rules.allowedAttributes as Record<string, string[]>)[tag] ?? []),
  ];
  return {
    ...kept(
      given,
      names.filter((name) => name in attributes),
    ),
    ...styled(given),
  };
}

function kept(given: sanitizeHtml.Attributes, names: readonly string[]): sanitizeHtml.Attributes {
  const found: sanitizeHtml.Attributes = {};
  for (const name of names) {
    const value = given[name]?.trim();
    if (value === undefined) continue;
    if (name === 'alt' || name === 'title') found[name] = value.slice(0, 300);
    else if ((attributes[name] ?? plainValue).test(value)) found[name] = value;
  }
  return found;
}

function styled({ style }: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  if (!style) return {};
  const safe: string[] = [];
  for (const declaration of style.slice(0, 5_000).split(';')) {
    const colon = declaration.indexOf(':');
    const name = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration
      .slice(colon + 1)
      .replace(/!\s*important/i, '')
      .trim();
    if (colon < 0 || !STYLES.test(name) || !VALUE.test(value)) continue;
    // Nothing is shown outside its place, over others, or as large as the screen.
    if (name === 'display' && !/^(?:block|inline|inline-block|none|table(?:-\w+)?)$/i.test(value)) continue;
    if (/^(?:margin|text-indent|letter-spacing)/.test(name) && /-\s*\d/.test(value)) continue;
    if (/\d{5,}/.test(value)) continue;
    safe.push(`${name}:${value.replaceAll('"', "'")}`);
  }
  return safe.length > 0 ? { style: safe.join(';') } : {};
}

function linked(href: string): sanitizeHtml.Attributes {
  const bare = href.replaceAll(/[\s\p{Cc}]+/gu, '');
  const apart = { target: '_blank', rel: 'noopener noreferrer nofollow' };
  const url = webAddress(bare);
  if (url) return { href: url, ...apart, 'data-host': new URL(url).hostname };
  const mail = /^mailto:([^?]{3,320})/i.exec(bare)?.[1];
  if (mail) return { href: `mailto:${mail.replaceAll(/["'<>\\]/g, '')}`, ...apart };
  return /^tel:[+\d().\s-]{3,30}$/i.test(bare) ? { href: bare, ...apart } : {};
}

/** `https://host/…` without a name and password in front, which only serve to look like another host. */
function webAddress(text: string): string | null {
  if (!/^https?:\/\/[^/\\]/i.test(text) || text.length > 4_000 || !URL.canParse(text)) return null;
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.hostname === '' ? null : url.href;
}

function isPoint({ width, height, style }: sanitizeHtml.Attributes): boolean {
  const isSmall = (size: string | undefined) => size !== undefined && /^[01](?:px)?$/.test(size.trim());
  return (
    isSmall(width) ||
    isSmall(height) ||
    /(?:^|;)\s*(?:width|height|max-width|max-height)\s*:\s*[01](?:px)?\s*(?:;|!|$)/i.test(style ?? '') ||
    /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0)/i.test(style ?? '')
  );
}

function decodedId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** In what was cleaned, where a tag is what it looks like: links whose words name another host than theirs. */
function withMisleading(clean: string): string {
  return clean.replaceAll(
    /<a ([^>]{1,5000}? data-host="([^"]{1,255})"[^>]{0,5000})>([^<]{1,300})/g,
    (all, rest: string, host: string, words: string) => {
      const named = /(?:^|[\s/@(])((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,20})(?=$|[\s/:?#),.])/i
        .exec(words)?.[1]
        ?.toLowerCase();
      if (!named || sameSite(named, host)) return all;
      return `<a ${rest} data-misleading="true">${words}`;
    },
  );
}

function sameSite(one: string, other: string): boolean {
  const [first, second] = [one, other].map((host) => host.toLowerCase().replace(/^www\./, ''));
  return first === second || first!.endsWith(`.${second}`) || second!.endsWith(`.${first}`);
}

const require = createRequire(import.meta.url);
let sanitise: typeof sanitizeHtml | undefined;

/** Loaded with the first mail: it takes 40 ms of a start. */
function load(): typeof sanitizeHtml {
  sanitise ??= require('sanitize-html') as typeof sanitizeHtml;
  return sanitise;
}
