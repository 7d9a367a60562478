import { FieldProblem } from '../problems/problem.ts';

/**
 * Text as PostgreSQL can hold it and people mean it: Unicode NFC, lone surrogates and NUL refused, no white space
 * around it, line ends as `\n`. Empty text is no value: callers treat `''` as null before they normalise.
 */
export function cleanText(input: unknown, maxLength: number): string {
  if (typeof input !== 'string') throw new FieldProblem('field.not-text');
  if (input.includes('\u0000') || !input.isWellFormed()) throw new FieldProblem('field.not-text');
  const text = input.normalize('NFC').replace(/\r\n?/g, '\n').trim();
  if (text.length > maxLength) throw new FieldProblem('field.too-long', { max: maxLength, length: text.length });
  return text;
}

/** Lower case without accents, as the search column keeps it: `Žukauskas` and `zukauskas` are one word. */
export function foldText(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
