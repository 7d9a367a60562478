/**
 * SQL building blocks for formulas. What they emit stands in generated columns of PostgreSQL ≥ 15, which sets the rules:
 *
 * - every function is IMMUTABLE: no `concat`, no `to_char`, no text → date cast, no arithmetic on `timestamptz` (it
 *   depends on the session's time zone), so date parts of a datetime are those of UTC;
 * - nothing raises an error, whatever the row holds: what cannot be computed is null;
 * - an operand appears once wherever possible: nesting an expression that repeats its operand grows exponentially.
 *   That is why `bound` is `nullif`, `least` and `greatest` and not a `case`.
 */
import type { FormulaType } from './types.ts';

/** The SQL of a typed value. `currency` belongs to money; without one, money takes the currency it is combined with. */
export interface Operand {
  type: FormulaType;
  value: string;
  currency?: string | undefined;
  /** PostgreSQL may find out while planning that it is always the same. */
  foldable?: boolean;
}

/** Numbers stay below 1e30, with at most 20 decimals: products of products then never reach PostgreSQL's 1e131072. */
const numberLimit = '1e30';
const numberScale = 20;
/** Money is stored as numeric(19,4). */
const moneyLimit = '1e15';
const moneyScale = 4;
/** Texts are cut here, so that no chain of `replace` makes a gigabyte of a word. */
export const longestText = 10_000;

/** The years 1 to 9999, as days and as seconds since 1970 (UTC). Outside them a date is null. */
const dateFloor = `'0001-12-31 BC'::date`;
const dateCeiling = `'10000-01-01'::date`;
const firstDate = `'0001-01-01'::date`;
const days = 3_652_059;
const epochFloor = -62_135_596_801;
const epochCeiling = 253_402_300_800;
/** The calendar repeats after 400 years, so adding 12,000 years and taking them away again changes no day. */
const shiftYears = 12_000;

/** `value` strictly between the limits, otherwise null. Null and NaN give null. */
export function bound(value: string, low: string | number, high: string | number): string {
  return `nullif(nullif(least(greatest(${value}, ${low}), ${high}), ${high}), ${low})`;
}

export function boundNumber(value: string): string {
  return bound(`round(${value}, ${numberScale})`, `-${numberLimit}`, numberLimit);
}

export function boundMoney(value: string): string {
  return bound(`round(${value}, ${moneyScale})`, `-${moneyLimit}`, moneyLimit);
}

/** A whole number strictly between the limits as int; fractions are cut off, what lies outside is null. */
export function boundInteger(value: string, low: number, high: number): string {
  return `${bound(`trunc(${value})`, low, high)}::int`;
}

/** A whole number > `low` as int; what is too large for a text position becomes the largest one. */
export function count(value: string, low: number): string {
  const most = 1_000_000_000;
  return `nullif(least(greatest(trunc(${value}), ${low}), ${most}), ${low})::int`;
}

export function boundDate(value: string): string {
  return bound(value, dateFloor, dateCeiling);
}

export function cut(text: string): string {
  return `left(${text}, ${longestText})`;
}

/**
 * Texts carry the database's own collation: columns may have different ones, which could not be compared, and in a
 * generated column PostgreSQL gives a literal none at all.
 */
export function collated(text: string): string {
  return `(${text} collate "default")`;
}

/** Escapes a text literal independently of `standard_conforming_strings`. */
export function quote(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return collated(doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'::text` : `'${doubled}'::text`);
}

const typeNames: Readonly<Record<FormulaType, string>> = {
  number: 'numeric',
  money: 'numeric',
  duration: 'numeric',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamptz',
  list: 'text[]',
  reference: 'uuid',
  null: 'text',
};

export function nothing(type: FormulaType): Operand {
  const value = `(null::${typeNames[type]})`;
  return { type, value: typeNames[type] === 'text' ? collated(value) : value };
}

/** The value as another type; the checker asks only for conversions that are handled here. */
export function convert(operand: Operand, type: FormulaType): Operand {
  if (operand.type === type) return operand;
  if (operand.type === 'null') return nothing(type);
  if (type === 'datetime') return { type, value: `(${boundDate(operand.value)}::timestamp at time zone 'UTC')` };
  return { type, value: operand.value };
}

/** A datetime's timestamp in UTC, on which arithmetic is immutable; a date stays a date. */
export function local(operand: Operand): string {
  return operand.type === 'datetime' ? `(${operand.value} at time zone 'UTC')` : operand.value;
}

export function toDate(operand: Operand): string {
  return operand.type === 'datetime' ? `${local(operand)}::date` : operand.value;
}

export function part(name: 'year' | 'month' | 'day' | 'isodow', operand: Operand): string {
  return `extract(${name} from ${local(operand)})`;
}

export function seconds(datetime: string): string {
  return `extract(epoch from (${datetime} at time zone 'UTC'))`;
}

export function addSeconds(datetime: string, amount: string): string {
  return `to_timestamp(${bound(`${seconds(datetime)} + ${amount}`, epochFloor, epochCeiling)}::float8)`;
}

export function addDays(date: string, amount: string): string {
  return `(${firstDate} + ${boundInteger(`(${boundDate(date)} - ${firstDate}) + trunc(${amount})`, -1, days)})`;
}

export function daysBetween(from: string, to: string): string {
  return `(${boundDate(to)} - ${boundDate(from)})::numeric`;
}

/** The same day of another month, or that month's last day. */
export function addMonths(operand: Operand, amount: string): string {
  const months = `${boundInteger(amount, -120_000, 120_000)} + ${shiftYears * 12}`;
  const start = operand.type === 'datetime' ? boundTimestamp(local(operand), 0) : boundDate(operand.value);
  const moved = boundTimestamp(`(${start} + make_interval(months => ${months}))`, shiftYears);
  const back = `(${moved} - make_interval(years => ${shiftYears}))`;
  return operand.type === 'datetime' ? `(${back} at time zone 'UTC')` : `${back}::date`;
}

/** Whole months from one day to the other, negative backwards. */
export function monthsBetween(from: string, to: string): string {
  const age = `age(${boundDate(to)}::timestamp, ${boundDate(from)}::timestamp)`;
  return `(extract(year from ${age}) * 12 + extract(month from ${age}))`;
}

/** The day, or null where the calendar has no such day. */
export function makeDate(year: string, month: string, day: string): string {
  const first = `make_date(${boundInteger(year, 0, 10_000)}, ${boundInteger(month, 0, 13)}, 1)`;
  const last = `extract(day from ${first} + make_interval(months => 1, days => -1))`;
  return `(${first} + nullif(least(${boundInteger(day, 0, 32)}, ${last} + 1), ${last} + 1)::int - 1)`;
}

/** Null where mathematics has no answer or the answer has more than 30 digits. */
export function power(base: string, exponent: string): string {
  const size = `ln(coalesce(nullif(abs(${base}), 0), 1))`;
  const isDefined = `case sign(${base}) when 1 then true when 0 then ${exponent} >= 0 else ${exponent} = trunc(${exponent}) end`;
  // ln(1e30) is 69.08; a thousand steps cover daily compounding over years and keep the work per row small.
  return `power(${base}, case when (${isDefined}) and ${exponent} * ${size} < 70 then ${bound(exponent, -1001, 1001)} end)`;
}

/** Reads `-12.5`; anything else is null. The pattern admits only what the cast takes. */
export function parseNumber(text: string): string {
  return `substring(${text} from '^[ \\t]*([-+]?[0-9]{1,30}([.][0-9]{1,20})?)[ \\t]*$')::numeric`;
}

export function toText(operand: Operand): string {
  const { type, value, currency } = operand;
  if (type === 'text' || type === 'null') return value;
  if (type === 'boolean') return `${value}::text`;
  if (type === 'date') return dateText(value);
  if (type === 'datetime') {
    const time = local(operand);
    return `(${dateText(time)} || 'T' || left(${time}::time::text, 8) || 'Z')`;
  }
  const digits = `trim_scale(${value})::text`;
  return type === 'money' && currency ? `(${digits} || ' ' || ${currency})` : digits;
}

function dateText(value: string): string {
  const digits = (name: string, length: number) => `lpad(extract(${name} from ${value})::text, ${length}, '0')`;
  return `(${digits('year', 4)} || '-' || ${digits('month', 2)} || '-' || ${digits('day', 2)})`;
}

function boundTimestamp(value: string, shift: number): string {
  const lastOfYearZero = shift === 0 ? '0001-12-31 23:59:59.999999 BC' : `${shift}-12-31 23:59:59.999999`;
  return bound(value, `'${lastOfYearZero}'::timestamp`, `'${10_000 + shift}-01-01'::timestamp`);
}
