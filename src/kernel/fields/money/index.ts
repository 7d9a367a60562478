import { Type } from 'typebox';
import { raw, sql } from '../../query/sql.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { parseNumber } from '../number.ts';
import { defineFieldType, type Operator } from '../field-type.ts';
import { ordering } from '../operators.ts';

/** An amount with its currency. `base` is the same amount in the workspace's currency at the day's rate; null without a rate. */
export interface Money {
  amount: number;
  currency: string;
  base?: number | null;
}

interface MoneyOptions {
  /** Currency of an amount that comes without one; the workspace's currency unless told. */
  currency?: string;
}

const currencies = new Set(Intl.supportedValuesOf('currency'));

/**
 * Money: `{ amount, currency }`, or a bare number in the default currency. Kept as `numeric(19,4)`, the ISO 4217 code and
 * the base amount, so that sums by currency and in base currency both come from columns. Amounts stay below 10¹⁵ and
 * travel as JSON numbers: four decimals of such an amount are exact in a double.
 * Comparisons with a bare number compare base amounts.
 */
export const money = defineFieldType<Money, MoneyOptions>({
  name: 'money',
  options: Type.Object({ currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })) }),
  storage: 'columns',
  columns: () => [
    { suffix: '', type: 'numeric(19,4)' },
    { suffix: '_currency', type: 'text' },
    { suffix: '_base', type: 'numeric(19,4)' },
  ],
  schema: () => ({
    input: Type.Union([
      Type.Number(),
      Type.Object(
        { amount: Type.Number(), currency: Type.Optional(Type.String()), base: Type.Optional(Type.Unknown()) },
        { additionalProperties: false },
      ),
    ]),
    output: Type.Object({
      amount: Type.Number(),
      currency: Type.String(),
      base: Type.Union([Type.Number(), Type.Null()]),
    }),
  }),
  normalise: (input, field, env) => {
    const given = (typeof input === 'number' ? { amount: input } : input) as Partial<Money> | null;
    if (typeof given !== 'object' || given === null || typeof given.amount !== 'number') {
      throw new FieldProblem('field.not-money');
    }
    if (!Number.isFinite(given.amount) || Math.abs(given.amount) >= 1e15) throw new FieldProblem('field.out-of-range');
    const currency = given.currency ?? field.currency ?? env.currency;
    if (typeof currency !== 'string' || !currencies.has(currency)) {
      throw new FieldProblem('field.unknown-currency', { currency });
    }
    const amount = round(given.amount);
    const rate = currency === env.currency ? 1 : env.rate(currency, env.now.toISOString().slice(0, 10));
    return { amount, currency, base: rate === undefined ? null : round(amount * rate) };
  },
  write: (value) => [value.amount, value.currency, value.base ?? null],
  read: ([amount, currency, base]) =>
    amount === null
      ? null
      : { amount: Number(amount), currency: currency as string, base: base === null ? null : Number(base) },
  operators: { ...comparisons(), currency: { takes: 'text', sql: ([, currency], value) => sql`${raw(currency!)} = ${value}` } },
  order: ([, , base]) => [base!],
  aggregations: ['sum', 'avg', 'min', 'max'],
  format: (value, _field, env) =>
    new Intl.NumberFormat(env.language, { style: 'currency', currency: value.currency }).format(value.amount),
  parse: (cell, field, env) => {
    const code = /\b[A-Z]{3}\b/.exec(cell)?.[0] ?? symbols[/[€$£¥]|zł/.exec(cell)?.[0] ?? ''];
    const amount = parseNumber(cell.replace(/[A-Z]{3}|[€$£¥]|zł/g, ''), env);
    return { amount, currency: code ?? field.currency ?? env.currency };
  },
  samples: [
    { input: -3, value: { amount: -3, currency: 'EUR', base: -3 }, text: '-€3.00' },
    { input: 12.5, value: { amount: 12.5, currency: 'EUR', base: 12.5 }, text: '€12.50' },
    {
      input: { amount: 1234.5678, currency: 'EUR' },
      value: { amount: 1234.5678, currency: 'EUR', base: 1234.5678 },
      text: '€1,234.57',
    },
  ],
  refused: [
    { input: 'ten', code: 'field.not-money' },
    { input: { amount: 1, currency: 'XQQ' }, code: 'field.unknown-currency' },
    { input: 1e15, code: 'field.out-of-range' },
  ],
});

const symbols: Record<string, string> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY', zł: 'PLN' };

function comparisons(): Record<string, Operator<MoneyOptions>> {
  const onBase = ordering('numeric');
  return Object.fromEntries(
    Object.entries({ ...onBase, is: { takes: 'value', sql: ([column], value) => sql`${raw(column!)} = ${value}::numeric` } as Operator }).map(
      ([name, operator]) => [
        name,
        { takes: 'value', sql: (columns, value, field, env) => operator.sql([columns[2]!], (value as Money).base, field, env) } satisfies Operator<MoneyOptions>,
      ],
    ),
  );
}

function round(amount: number): number {
  return Math.round((amount + Number.EPSILON * Math.sign(amount)) * 1e4) / 1e4;
}
