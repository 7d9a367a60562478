import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, foldText } from '../clean.ts';
import { defineFieldType, type FieldOf, type Operator } from '../field-type.ts';
import { equality, escapeLike, flat, ilike, ordering } from '../operators.ts';

interface AutoNumberOptions {
  /** Before the number: `CASE-`. */
  prefix?: string;
  /** Zeros fill it up to so many digits. */
  digits?: number;
}

/**
 * A number that people call a record by, `CASE-01042`: the door draws the next one from the workspace's counter row and
 * gives it to `normalise`. The bare number is what is kept: it sorts rightly beyond its digits (`CASE-99999` before
 * `CASE-100000`), and a changed prefix costs no rewrite. Search finds it with and without prefix and zeros.
 */
export const autoNumber = defineFieldType<string, AutoNumberOptions>({
  name: 'autoNumber',
  options: Type.Object({
    prefix: Type.Optional(Type.String({ maxLength: 20 })),
    digits: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
  }),
  storage: 'derived',
  columns: () => [{ suffix: '', type: 'bigint' }],
  schema: () => ({
    input: Type.Union([Type.String({ maxLength: 60 }), Type.Integer({ minimum: 0 })]),
    output: Type.String(),
  }),
  normalise: (input, field) => {
    const text = typeof input === 'string' && input.length < 100 ? input.trim() : input;
    const number = typeof text === 'string' ? numberIn(text, field) : text;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
      throw new FieldProblem('field.not-a-number', { text: excerpt(input) });
    }
    return `${field.prefix ?? ''}${String(number).padStart(field.digits ?? 1, '0')}`;
  },
  write: (value, field) => [numberIn(value, field)],
  read: ([number], field) =>
    number === null ? null : `${field.prefix ?? ''}${String(number).padStart(field.digits ?? 1, '0')}`,
  operators: operators(),
  order: ([column]) => [column!],
  words: (value, field) => [foldText(value), String(numberIn(value, field))],
  format: (value) => value,
  parse: (cell) => cell,
  samples: [
    { input: 7, value: 'CASE-0007', text: 'CASE-0007' },
    { input: 'case-9999', value: 'CASE-9999', text: 'CASE-9999' },
    { input: '10000', value: 'CASE-10000', text: 'CASE-10000' },
  ].map((sample) => ({ ...sample, field: { prefix: 'CASE-', digits: 4 } })),
  refused: [
    { input: 'INVOICE-7', code: 'field.not-a-number', field: { prefix: 'CASE-' } },
    { input: -1, code: 'field.not-a-number' },
    { input: 1.5, code: 'field.not-a-number' },
    { input: '9'.repeat(20), code: 'field.not-a-number' },
  ],
});

/** Of `CASE-0007`, in any case, or of `7`; NaN for anything else. */
function numberIn(text: string, { prefix = '' }: FieldOf<AutoNumberOptions>): number {
  const rest = text.toLowerCase().startsWith(prefix.toLowerCase()) ? text.slice(prefix.length) : text;
  return /^\d{1,16}$/.test(rest) ? Number(rest) : Number.NaN;
}

function operators(): Record<string, Operator<AutoNumberOptions>> {
  const onNumbers = Object.entries({ ...equality('bigint'), ...ordering('bigint') }).map(
    ([name, operator]): [string, Operator<AutoNumberOptions>] => [
      name,
      {
        takes: operator.takes,
        sql: (columns, value, field, env) => {
          const numbers = flat(value).map((text) => numberIn(text as string, field));
          return operator.sql(columns, operator.takes === 'list' ? numbers : numbers[0], field, env);
        },
      },
    ],
  );
  return {
    ...Object.fromEntries(onNumbers),
    contains: {
      takes: 'text',
      sql: ([column], value, { prefix = '', digits = 1 }) =>
        ilike(
          // lpad would cut numbers that outgrew their digits.
          `(${literal(prefix)} || lpad(${column}::text, greatest(${digits}, length(${column}::text)), '0'))`,
          `%${escapeLike(value)}%`,
        ),
    },
  };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
