import { Type } from 'typebox';
import { raw, type Sql, sql } from '../../database/sql.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { cleanLine, cleanText, excerpt, foldText, plainObject } from '../clean.ts';
import { defineFieldType, type Operator } from '../field-type.ts';
import { escapeLike, ilike } from '../operators.ts';
import { countries, countryNamed } from './countries.ts';
import { addressLines } from './format.ts';

/** A postal address. `country` is ISO 3166-1 alpha-2. */
export interface Address {
  street: string | null;
  city: string | null;
  region: string | null;
  postcode: string | null;
  country: string | null;
}

const parts = ['street', 'city', 'region', 'postcode', 'country'] as const;

/** A postal address, each part a column. One without any part is no address. */
export const address = defineFieldType<Address, object>({
  name: 'address',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => parts.map((part) => ({ suffix: `_${part}`, type: 'text' })),
  schema: () => {
    const part = Type.Union([Type.String({ maxLength: 500 }), Type.Null()]);
    const output = Type.Object({ street: part, city: part, region: part, postcode: part, country: part });
    return { input: Type.Partial(output, { additionalProperties: false }), output };
  },
  normalise: (input) => {
    const given = plainObject(input, parts, 'field.not-an-address');
    const value = {
      street: street(given.street ?? ''),
      city: cleanLine(given.city ?? '', 200) || null,
      region: cleanLine(given.region ?? '', 200) || null,
      postcode: cleanLine(given.postcode ?? '', 20) || null,
      country: country(given.country ?? ''),
    };
    return parts.every((part) => value[part] === null) ? null : value;
  },
  write: ({ street, city, region, postcode, country }) => [street, city, region, postcode, country],
  read: (columns) =>
    columns.every((column) => column === null)
      ? null
      : (Object.fromEntries(parts.map((part, index) => [part, columns[index]])) as unknown as Address),
  operators: {
    contains: {
      takes: 'text',
      sql: (columns, value) => ilike(`concat_ws(' ', ${columns.join(', ')})`, `%${escapeLike(value)}%`),
    },
    city: { takes: 'text', sql: ([, city], value) => ilike(city!, escapeLike(value)) },
    postcode: { takes: 'text', sql: ([, , , postcode], value) => ilike(postcode!, `${escapeLike(value)}%`) },
    country: countryOperator(),
    empty: { takes: 'nothing', sql: isEmpty },
  },
  order: ([, city]) => [city!],
  words: ({ street, city, region, postcode }) => {
    const words: string[] = [];
    for (const part of [street, city, region, postcode]) if (part) words.push(foldText(part));
    return words;
  },
  format: (value, _field, env) => addressLines(value, env.language).join(', '),
  parse: parseAddress,
  samples: [
    {
      input: { street: ' Calle Mayor 5 \r\n2º B', city: 'Alcalá', postcode: '28801', region: 'Madrid', country: 'es' },
      value: { street: 'Calle Mayor 5\n2º B', city: 'Alcalá', region: 'Madrid', postcode: '28801', country: 'ES' },
      text: 'Calle Mayor 5, 2º B, 28801 Alcalá, Madrid, Spain',
    },
    {
      input: { street: 'Laisvės al. 1', city: 'Kaunas', postcode: 'LT-44238', country: 'LT', region: null },
      value: { street: 'Laisvės al. 1', city: 'Kaunas', region: null, postcode: 'LT-44238', country: 'LT' },
      text: 'Laisvės al. 1, LT-44238 Kaunas, Lithuania',
    },
    {
      input: { city: 'Žagarė', street: '' },
      value: { street: null, city: 'Žagarė', region: null, postcode: null, country: null },
      text: 'Žagarė',
    },
  ],
  refused: [
    { input: 'Gedimino 1', code: 'field.not-an-address' },
    { input: ['Gedimino 1'], code: 'field.not-an-address' },
    { input: { country: 'Lithuania' }, code: 'field.unknown-country' },
    { input: { country: 'ZZ' }, code: 'field.unknown-country' },
    { input: { town: 'Kaunas' }, code: 'field.unknown-key' },
    { input: { city: 7 }, code: 'field.not-text' },
    { input: JSON.parse('{"__proto__":{"city":"Kaunas"}}'), code: 'field.unknown-key' },
  ],
});

function street(input: unknown): string | null {
  const text = cleanText(input, 500);
  return (text.includes('\n') ? text.replace(/[^\S\n]*\n\s*/g, '\n') : text) || null;
}

function country(input: unknown): string | null {
  const code = cleanLine(input, 100).toUpperCase();
  if (code === '') return null;
  if (!countries.has(code)) throw new FieldProblem('field.unknown-country', { country: excerpt(input) });
  return code;
}

function countryOperator(): Operator {
  return { takes: 'text', sql: ([, , , , code], value) => sql`${raw(code!)} = ${country(value)}` };
}

function isEmpty(columns: readonly string[], value: unknown): Sql {
  return raw(`num_nonnulls(${columns.join(', ')}) ${value === false ? '>' : '='} 0`);
}

/**
 * An address that stands in one cell, in the order in which it is written out: street, postcode and city, region, country.
 * What cannot be told apart stays in the street: nothing is lost.
 */
function parseAddress(cell: string): Partial<Address> {
  if (cell.length > 2000) throw new FieldProblem('field.too-long', { max: 2000, length: cell.length });
  const lines = cell.split(/\s*[,\n]\s*/).filter(Boolean);
  const code = lines.length > 1 ? countryNamed(lines.at(-1)!) : undefined;
  if (code) lines.pop();
  const at = lines.findLastIndex(
    (line, index) => index > 0 && /^[A-Z-]*\d[A-Z\d-]{2,}(?: \d[A-Z]{2})? \p{L}/u.test(line),
  );
  if (at < 0) return { street: lines.join('\n'), country: code ?? null };
  const [, postcode, city] = /^(\S+(?: \d[A-Z]{2})?) (.+)$/.exec(lines[at]!)!;
  return {
    street: lines.slice(0, at).join('\n'),
    postcode: postcode!,
    city: city!,
    region: lines.slice(at + 1).join(', '),
    country: code ?? null,
  };
}
