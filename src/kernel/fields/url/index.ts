import { domainToUnicode } from 'node:url';
import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { cleanText, excerpt, foldSql, foldText } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { equality, textual } from '../operators.ts';

const LIMIT = 2000;

/** A web address: http or https, complete, without a name and password in it (which is how false addresses are dressed). */
export const url = defineFieldType<string, object>({
  name: 'url',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text' }],
  schema: () => ({
    input: Type.String({ maxLength: LIMIT }),
    output: Type.String({ maxLength: LIMIT, description: 'http or https' }),
  }),
  normalise: (input) => {
    const text = cleanText(input, LIMIT);
    const refusal = new FieldProblem('field.not-a-url', { text: excerpt(text) });
    // A scheme, but not the port of `example.com:8080`.
    const schemed = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text);
    if (/\s/.test(text) || (schemed && !/^https?:\/\//i.test(text))) throw refusal;
    const parsed = URL.parse(schemed ? text : `https://${text.replace(/^\/\//, '')}`);
    if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) throw refusal;
    if (!schemed && !parsed.hostname.includes('.')) throw refusal;
    const bare = parsed.pathname === '/' && !parsed.search && !parsed.hash;
    const href = bare ? parsed.origin : parsed.href;
    if (href.length > LIMIT) throw new FieldProblem('field.too-long', { max: LIMIT, length: href.length });
    return href;
  },
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: { ...equality('text'), ...textual },
  order: ([column]) => [foldSql(column!)],
  groups: 'value',
  // What a filter's `contains` finds has to be among them: the whole address, and how people write it.
  words: (value) => [...new Set([value, readable(value)].map(foldText))],
  format: (value) => value,
  parse: (cell) => cell,
  samples: [
    { input: ' Example.COM ', value: 'https://example.com', text: 'https://example.com' },
    {
      input: 'https://tendero.example:8443/a b'.replace(' ', '%20'),
      value: 'https://tendero.example:8443/a%20b',
      text: 'https://tendero.example:8443/a%20b',
    },
    {
      input: 'www.ąžuolas.lt/apie?x=1',
      value: 'https://www.xn--uolas-2wa16f.lt/apie?x=1',
      text: 'https://www.xn--uolas-2wa16f.lt/apie?x=1',
    },
  ],
  refused: [
    { input: 7, code: 'field.not-text' },
    { input: 'javascript:alert(1)', code: 'field.not-a-url' },
    { input: 'java\nscript:alert(1)', code: 'field.not-a-url' },
    { input: 'data:text/html,<script>', code: 'field.not-a-url' },
    { input: 'https://google.com@evil.example', code: 'field.not-a-url' },
    { input: 'ftp://example.com', code: 'field.not-a-url' },
    { input: 'nowhere', code: 'field.not-a-url' },
    { input: 'https://', code: 'field.not-a-url' },
    { input: `https://example.com/${'x'.repeat(LIMIT)}`, code: 'field.too-long' },
  ],
});

/** Without scheme and `www.`, letters instead of their Punycode. */
function readable(href: string): string {
  const { hostname, pathname, search } = new URL(href);
  return `${domainToUnicode(hostname)}${pathname === '/' ? '' : pathname}${search}`.replace(/^www\./, '');
}
