import { createRequire } from 'node:module';
import type sanitizeHtml from 'sanitize-html';
import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { cleanText, foldText } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { escapeLike, ilike } from '../operators.ts';

const LIMIT = 100_000;

/** Formatted text: HTML, reduced on the way in to a small list of elements, so that it can be shown as it is. */
export const richText = defineFieldType<string, object>({
  name: 'richText',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text' }],
  schema: () => {
    const schema = Type.String({ maxLength: LIMIT, description: 'HTML' });
    return { input: schema, output: schema };
  },
  normalise: (input) => sanitise(cleanText(input, LIMIT)),
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: {
    contains: { takes: 'text', sql: ([column], value) => ilike(column!, `%${encode(escapeLike(value))}%`) },
  },
  words: (value) => [foldText(plainText(value))],
  format: plainText,
  parse: (cell) => (cell.length > LIMIT || /<\/?[a-z][^<>]*>/i.test(cell) ? cell : paragraphs(cell)),
  samples: [
    { input: '<p>Called <b>Aldona</b></p>', value: '<p>Called <b>Aldona</b></p>', text: 'Called Aldona' },
    {
      input: '<p onclick="steal()">Safe<script>steal()</script> &amp; <a href="javascript:steal()">sound</a></p>',
      value: '<p>Safe &amp; <a>sound</a></p>',
      text: 'Safe & sound',
    },
    {
      input: '<ul><li><a href="https://example.com/?a=1&amp;b=2" target="_top">one</a></li><li>two</li></ul>',
      value: '<ul><li><a href="https://example.com/?a=1&amp;b=2">one</a></li><li>two</li></ul>',
      text: 'one\ntwo',
    },
    { input: '<p>1 &lt; 2<br>ąžuolas</p>', value: '<p>1 &lt; 2<br />ąžuolas</p>', text: '1 < 2\nąžuolas' },
  ],
  refused: [
    { input: 7, code: 'field.not-text' },
    { input: '<p>\u0000</p>', code: 'field.not-text' },
    { input: '<b>'.repeat(40_000), code: 'field.too-long' },
  ],
});

const rules: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'a', 'strong', 'b', 'em', 'i', 'u', 's'],
    ...['strike', 'del', 'code', 'pre', 'blockquote', 'table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href'], ol: ['start'], th: ['colspan', 'rowspan'], td: ['colspan', 'rowspan'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: 50,
};

const require = createRequire(import.meta.url);
let load: typeof sanitizeHtml | undefined;

/** Loaded with the first text: with its parser of styles it takes 40 ms of every start. */
function reduce(html: string): string {
  load ??= require('sanitize-html') as typeof sanitizeHtml;
  return load(html, rules);
}

/**
 * Nothing may change the text after it was sanitised, Unicode normalisation least of all: NFC joins the `>` of a tag with
 * a combining solidus that an entity brought in, and text becomes attributes. So both are repeated until neither does anything.
 */
function sanitise(html: string): string {
  for (let round = 0; round < 5; round++) {
    const clean = reduce(html).trim();
    // Entities bring in what was cleaned away before: marks to be joined, control characters.
    const composed = cleanText(clean, Number.POSITIVE_INFINITY);
    if (composed === clean && clean === html) return hasContent(clean) ? clean : '';
    html = composed;
  }
  throw new FieldProblem('field.not-text');
}

function hasContent(html: string): boolean {
  return /<(?:hr|table)/.test(html) || plainText(html) !== '';
}

/** The text of sanitised HTML: attributes there never hold a bare `>`, and only four entities are written. */
function plainText(html: string): string {
  return html
    .replace(/<(?:br|\/p|\/h\d|\/li|\/tr|\/blockquote|\/pre)\b[^>]*>/g, '\n')
    .replace(/<\/t[dh]>/g, '\t')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|amp);/g, (_, name: string) => entities[name]!)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');
}

function paragraphs(plain: string): string {
  return plain
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${encode(paragraph).replaceAll('\n', '<br />')}</p>`)
    .join('');
}

function encode(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&' };
