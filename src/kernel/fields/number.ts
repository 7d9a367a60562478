import { FieldProblem } from '../problems/problem.ts';
import { excerpt } from './clean.ts';

/** Magnitude that every number field stays below: a double keeps 15 digits exactly. */
export const NUMBER_LIMIT = 1e15;

interface Bounds {
  min?: number;
  max?: number;
}

/**
 * A finite number below 10¹⁵ and within its field's bounds.
 * @throws FieldProblem `field.not-a-number`, `field.out-of-range`, `field.too-small`, `field.too-large`
 */
export function checkNumber(input: unknown, { min, max }: Bounds = {}, limit = NUMBER_LIMIT): number {
  if (typeof input !== 'number' || Number.isNaN(input))
    throw new FieldProblem('field.not-a-number', { text: excerpt(input) });
  if (Math.abs(input) >= limit) throw new FieldProblem('field.out-of-range');
  if (min !== undefined && input < min) throw new FieldProblem('field.too-small', { min });
  if (max !== undefined && input > max) throw new FieldProblem('field.too-large', { max });
  return input === 0 ? 0 : input;
}

/** Rounded half away from zero as written in decimals: 1.005 becomes 1.01, which `Math.round(1.005 * 100)` misses. */
export function roundTo(value: number, scale: number): number {
  const magnitude = Math.abs(value);
  // Below: smaller than any digit kept, and written with an exponent. Above: the double is coarser than the digit.
  if (magnitude < 1e-6) return roundTo6(value, scale);
  if (magnitude * 10 ** scale >= 2 ** 53) return value;
  const rounded = Number(`${Math.round(Number(`${magnitude}e${scale}`))}e-${scale}`);
  return rounded === 0 ? 0 : Math.sign(value) * rounded;
}

/**
 * A number out of a cell: `1.234,56`, `1,234.56`, `1 234,56`, `(12)`, `-12`, `12-`, `1.2e3`. `decimal` says which mark
 * the column uses; without it the last of `.` and `,` is taken as the decimal mark unless exactly three digits follow a
 * single comma. Thousands have to be grouped as such, so that a date or a phone number is refused.
 * @throws FieldProblem `field.not-a-number`
 */
export function parseNumber(cell: string, style: { decimal?: '.' | ',' } = {}): number {
  const problem = () => new FieldProblem('field.not-a-number', { text: excerpt(cell) });
  if (cell.length > 100) throw problem();
  const found = shape.exec(cell.trim().replaceAll('−', '-').replace(/\s/g, ' '));
  if (!found) throw problem();
  const [, open, before, digits, exponent, after, close] = found;
  if ((open === undefined) !== (close === undefined) || [open, before, after].filter(Boolean).length > 1)
    throw problem();
  const decimal = style.decimal ?? guessDecimal(digits!);
  const mark = digits!.lastIndexOf(decimal);
  const whole = mark < 0 ? digits! : digits!.slice(0, mark);
  const fraction = mark < 0 ? '' : digits!.slice(mark + 1);
  if (!(plain.test(whole) || grouped.test(whole)) || !plain.test(fraction) || whole + fraction === '') throw problem();
  const value = Number(`${whole.replace(/\D/g, '')}.${fraction}${exponent ?? ''}`);
  if (!Number.isFinite(value)) throw problem();
  return (open ?? before ?? after ?? '+') !== '+' && value !== 0 ? -value : value;
}

const shape = /^(\()?([+-])?\s*((?:\d|[.,](?=[\d]|$|e)|[.,'’\s](?=\d))+)(e[+-]?\d{1,3})?\s*([+-])?(\))?$/i;
const plain = /^\d*$/;
/** Groups of three behind one kind of mark; or the Indian 12,34,567. */
const grouped = /^(?:\d{1,3}(?:([.,'’\s])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})*,\d{3})$/;

function guessDecimal(text: string): '.' | ',' {
  const comma = text.lastIndexOf(',');
  const dot = text.lastIndexOf('.');
  if (comma < 0) return dot >= 0 && text.indexOf('.') !== dot ? ',' : '.';
  if (dot >= 0) return comma > dot ? ',' : '.';
  return text.indexOf(',') === comma && text.length - comma - 1 !== 3 ? ',' : '.';
}

function roundTo6(value: number, scale: number): number {
  const factor = 10 ** scale;
  const rounded = Math.round(Math.abs(value) * factor) / factor;
  return rounded === 0 ? 0 : Math.sign(value) * rounded;
}
