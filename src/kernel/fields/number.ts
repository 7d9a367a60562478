import { FieldProblem } from '../problems/problem.ts';

/**
 * A number out of a cell: `1.234,56`, `1,234.56`, `1 234,56`, `(12)`, `-12`. `decimal` says which mark the column uses;
 * without it the last of `.` and `,` is taken as the decimal mark when it is followed by other than three digits.
 */
export function parseNumber(cell: string, style: { decimal?: '.' | ',' } = {}): number {
  let text = cell.replace(/[\s\u00a0\u202f']/g, '');
  const negative = /^\(.*\)$/.test(text) || /^[-−]/.test(text) || /[-−]$/.test(text);
  text = text.replace(/[()\-−+]/g, '');
  const decimal = style.decimal ?? guessDecimal(text);
  const plain = decimal === ',' ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '');
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) throw new FieldProblem('field.not-a-number', { text: cell });
  const value = Number(plain);
  return negative && value !== 0 ? -value : value;
}

function guessDecimal(text: string): '.' | ',' {
  const comma = text.lastIndexOf(',');
  const dot = text.lastIndexOf('.');
  if (comma < 0) return dot >= 0 && text.indexOf('.') !== dot ? ',' : '.';
  if (dot >= 0) return comma > dot ? ',' : '.';
  return text.indexOf(',') === comma && text.length - comma - 1 !== 3 ? ',' : '.';
}
