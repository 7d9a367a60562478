import { domainToASCII, domainToUnicode } from 'node:url';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, foldText } from '../clean.ts';
import { labelledType, shortText } from '../labelled.ts';

/**
 * An e-mail address as RFC 5321 and 6531 (international ones) have it, without quoted local parts and address literals,
 * which nobody has. The domain is kept in lower case and Unicode; the part before the @ as it was written.
 */
export const email = labelledType({
  name: 'email',
  maxLength: 254,
  normalise: (input) => {
    const text = shortText(input, 254, 'field.not-an-email');
    if (text.length > 254) throw notAnEmail(text);
    const at = text.lastIndexOf('@');
    if (at <= 64 && plainAddress.test(text)) return text;
    const local = text.slice(0, at);
    if (at < 1 || at > 64 || !localPart.test(local)) throw notAnEmail(text);
    return `${local}@${domain(text, at)}`;
  },
  words: (value) => [foldText(value)],
  part: (text) => text as string,
  show: (value) => value,
  parse: (cell) => (/<([^<>]+)>\s*$/.exec(cell)?.[1] ?? cell).replace(/^\s*mailto:/i, '').trim(),
  separator: /[;,\n|]/,
  samples: [
    { input: 'aldona@EXAMPLE.com', value: 'aldona@example.com', text: 'aldona@example.com' },
    { input: ' Juan.Núñez+crm@Example.es ', value: 'Juan.Núñez+crm@example.es', text: 'Juan.Núñez+crm@example.es' },
    { input: "o'neil@xn--uolas-2wa16f.lt", value: "o'neil@ąžuolas.lt", text: "o'neil@ąžuolas.lt" },
    {
      input: 'anna@example.com',
      value: [{ value: 'anna@example.com', label: null }],
      text: 'anna@example.com',
      field: { many: true },
    },
    {
      input: [{ value: 'bo@Example.com', label: 'work' }, 'bo@home.example', 'bo@EXAMPLE.com'],
      value: [
        { value: 'bo@example.com', label: 'work' },
        { value: 'bo@home.example', label: null },
      ],
      text: 'bo@example.com (work); bo@home.example',
      field: { many: true },
    },
    {
      input: [{ value: 'cy@example.com', label: '' }],
      value: [{ value: 'cy@example.com', label: null }],
      text: 'cy@example.com',
      field: { many: true },
    },
  ],
  refused: [
    { input: 7, code: 'field.not-text' },
    { input: 'aldona', code: 'field.not-an-email' },
    { input: 'a b@example.com', code: 'field.not-an-email' },
    { input: 'a..b@example.com', code: 'field.not-an-email' },
    { input: 'a@localhost', code: 'field.not-an-email' },
    { input: 'a@-example.com', code: 'field.not-an-email' },
    { input: 'a@1.2.3.4', code: 'field.not-an-email' },
    { input: 'a@example.com\r\nBcc: b@example.com', code: 'field.not-an-email' },
    { input: `${'a'.repeat(65)}@example.com`, code: 'field.not-an-email' },
    { input: `a@${'b'.repeat(10_000_000)}.com`, code: 'field.not-an-email' },
    { input: [{ value: 'a@example.com', __proto__x: 1 }], code: 'field.unknown-key', field: { many: true } },
    { input: [undefined], code: 'field.not-text', field: { many: true } },
  ],
});

/** What nine of ten addresses are: ASCII, the domain in lower case and without a dot or hyphen where none may be. */
const plainAddress = /^[\w+-]+(?:\.[\w+-]+)*@(?:[a-z0-9]{1,63}\.)+[a-z]{2,63}$/;
/** Atoms with dots between them; any letter of any script. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function domain(text: string, at: number): string {
  const given = text.slice(at + 1).toLowerCase();
  if (asciiDomain.test(given) && !given.includes('xn--')) return given;
  const ascii = domainToASCII(given);
  if (!asciiDomain.test(ascii)) throw notAnEmail(text);
  return domainToUnicode(ascii);
}

function notAnEmail(text: string): FieldProblem {
  return new FieldProblem('field.not-an-email', { text: excerpt(text) });
}
