import { Type } from 'typebox';
import { not, raw, sql } from '../../database/sql.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, plainObject } from '../clean.ts';
import { defineFieldType, type Operator } from '../field-type.ts';
import { checkNumber, NUMBER_LIMIT, parseNumber, roundTo } from '../number.ts';
import { flat, ordering } from '../operators.ts';
import { formatMoney } from './format.ts';

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
const SCALE = 4;

/**
 * Money: `{ amount, currency }`, or a bare number in the default currency. Kept as `numeric(19,4)`, the ISO 4217 code and
 * the base amount, so that sums by currency and in base currency both come from columns. Amounts stay below 10¹⁵ and
 * travel as JSON numbers; a double keeps four decimals up to 10¹¹, two up to 10¹³.
 * Comparisons compare base amounts, whatever the currencies.
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
    const given = typeof input === 'number' ? { amount: input } : plainObject(input, keys, 'field.not-money');
    if (typeof given.amount !== 'number') throw new FieldProblem('field.not-money');
    const amount = checkNumber(roundTo(checkNumber(given.amount), SCALE));
    const currency = given.currency ?? field.currency ?? env.currency;
    if (typeof currency !== 'string' || !currencies.has(currency)) throw unknownCurrency(currency);
    const rate = currency === env.currency ? 1 : env.rate(currency, env.now.toISOString().slice(0, 10));
    return { amount, currency, base: rate === undefined ? null : inBase(amount * rate) };
  },
  write: (value) => [value.amount, value.currency, value.base ?? null],
  read: ([amount, currency, base]) =>
    amount === null ? null : { amount: amount as number, currency: currency as string, base: base as number | null },
  operators: comparisons(),
  order: ([, , base]) => [base!],
  aggregations: ['sum', 'avg', 'min', 'max'],
  format: (value, _field, env) => formatMoney(value, env.language),
  parse: (cell, field, env) => {
    if (cell.length > 100) throw new FieldProblem('field.not-money');
    // What is left without the number is the currency: a code, a symbol, or nothing.
    const sign = cell.replace(/[\d\s.,'’()\-−+]/g, '');
    const currency = sign === '' ? (field.currency ?? env.currency) : currencyOf(sign);
    return { amount: parseNumber(cell.replace(/[^\d\s.,'’()\-−+]/g, ''), env), currency };
  },
  samples: [
    { input: -3, value: { amount: -3, currency: 'EUR', base: -3 }, text: '-€3.00' },
    { input: 12.5, value: { amount: 12.5, currency: 'EUR', base: 12.5 }, text: '€12.50' },
    {
      input: { amount: 1234.5678, currency: 'EUR' },
      value: { amount: 1234.5678, currency: 'EUR', base: 1234.5678 },
      text: '€1,234.57',
    },
    {
      input: { amount: 2000, currency: 'USD' },
      value: { amount: 2000, currency: 'USD', base: 1800 },
      text: '$2,000.00',
    },
  ],
  refused: [
    { input: 'ten', code: 'field.not-money' },
    { input: [1], code: 'field.not-money' },
    { input: { amount: '1' }, code: 'field.not-money' },
    { input: { amount: 1, currency: 'XQQ' }, code: 'field.unknown-currency' },
    { input: { amount: 1, currency: 'constructor' }, code: 'field.unknown-currency' },
    { input: { amount: 1, tip: 2 }, code: 'field.unknown-key' },
    { input: JSON.parse('{"amount":1,"__proto__":{"currency":"EUR"}}'), code: 'field.unknown-key' },
    { input: 1e15, code: 'field.out-of-range' },
    { input: { amount: Number.POSITIVE_INFINITY }, code: 'field.out-of-range' },
  ],
});

const keys = ['amount', 'currency', 'base'] as const;

function comparisons(): Record<string, Operator<MoneyOptions>> {
  const orders = Object.entries(ordering('numeric')).map(([name, operator]): [string, Operator<MoneyOptions>] => [
    name,
    { takes: 'value', sql: (columns, value, field, env) => operator.sql([columns[2]!], baseOf(value), field, env) },
  ]);
  const among: Operator<MoneyOptions>['sql'] = (columns, value) =>
    sql`${raw(columns[2]!)} = any(${flat(value).map(baseOf)}::numeric[])`;
  return {
    is: { takes: 'value', sql: among },
    isNot: { takes: 'value', sql: (...call) => not(among(...call)) },
    in: { takes: 'list', sql: among },
    notIn: { takes: 'list', sql: (...call) => not(among(...call)) },
    ...Object.fromEntries(orders),
    currency: { takes: 'text', sql: ([, currency], value) => sql`${raw(currency!)} = ${value}` },
  };
}

function baseOf(value: unknown): number | null {
  return (value as Money).base ?? null;
}

function inBase(amount: number): number | null {
  return Math.abs(amount) < NUMBER_LIMIT ? roundTo(amount, SCALE) : null;
}

let symbols: Map<string, string> | undefined;

/** The currency of `EUR`, `eur`, `€`, `US$`, `zł`, as English, Spanish and Lithuanian write them; English decides for `$`. */
function currencyOf(sign: string): string {
  if (currencies.has(sign.toUpperCase())) return sign.toUpperCase();
  symbols ??= new Map(
    ['lt', 'es', 'en'].flatMap((language) =>
      (['symbol', 'narrowSymbol'] as const).flatMap((currencyDisplay) =>
        // Narrow symbols are shared by many currencies: only those of the big ones count.
        (currencyDisplay === 'symbol' ? [...currencies] : ['PLN', 'CZK', 'UAH', 'JPY', 'GBP', 'EUR', 'USD']).map(
          (currency): [string, string] => {
            const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay });
            return [format.formatToParts(1).find(({ type }) => type === 'currency')!.value, currency];
          },
        ),
      ),
    ),
  );
  const currency = symbols.get(sign);
  if (!currency) throw unknownCurrency(sign);
  return currency;
}

function unknownCurrency(currency: unknown): FieldProblem {
  return new FieldProblem('field.unknown-currency', { currency: excerpt(currency) });
}
