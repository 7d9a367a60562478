import { FormulaError } from './error.ts';
import type { Span } from './types.ts';

export interface Token extends Span {
  kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  /** The source text; for a text literal its value without quotes and escapes. */
  text: string;
}

/** Long enough for every formula a person reads, short enough to check while typing. */
const longestSource = 10_000;
/** Values are kept below 1e30 with 20 decimals (see sql.ts), so more digits than that are a mistake. */
const mostDigits = { integer: 30, fraction: 20 };

const space = /\s+/y;
const number = /(\d+)(?:\.(\d+))?|\.(\d+)/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const sign = /<=|>=|<>|!=|==|[-+*/%&=<>(),.]/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

/** Splits the source; the last token is always `end`. Throws {@link FormulaError}. */
export function tokenize(source: string): Token[] {
  if (source.length > longestSource) {
    const at = { position: longestSource, length: source.length - longestSource };
    throw new FormulaError('formula.too-long', at, { limit: longestSource });
  }
  const tokens: Token[] = [];
  let position = 0;
  while (position < source.length) {
    if (match(space, source, position)) {
      position = space.lastIndex;
      continue;
    }
    const token = readToken(source, position);
    tokens.push(token);
    position += token.length;
  }
  tokens.push({ kind: 'end', text: '', position, length: 0 });
  return tokens;
}

function readToken(source: string, position: number): Token {
  const digits = match(number, source, position);
  if (digits) {
    const [text, integer = '', fraction = digits[3] ?? ''] = digits;
    const at = { position, length: text.length };
    if (integer.length > mostDigits.integer || fraction.length > mostDigits.fraction) {
      throw new FormulaError('formula.number-too-long', at, mostDigits);
    }
    return { kind: 'number', text, ...at };
  }
  const word = match(name, source, position);
  if (word) return { kind: 'name', text: word[0], position, length: word[0].length };
  const operator = match(sign, source, position);
  if (operator) return { kind: 'sign', text: operator[0], position, length: operator[0].length };
  const character = String.fromCodePoint(source.codePointAt(position)!);
  if (character === "'" || character === '"') return readText(source, position, character);
  throw unexpectedCharacter(position, character);
}

function readText(source: string, start: number, quote: string): Token {
  let text = '';
  for (let position = start + 1; position < source.length; ) {
    const character = String.fromCodePoint(source.codePointAt(position)!);
    if (character === quote) return { kind: 'text', text, position: start, length: position + 1 - start };
    if (character === '\\' && position + 1 < source.length) {
      const escaped = escapes[source[position + 1]!];
      if (escaped === undefined) throw unexpectedCharacter(position, source.slice(position, position + 2));
      text += escaped;
      position += 2;
    } else {
      // PostgreSQL has no place for U+0000 in a text, and half a surrogate pair is no character at all.
      if (character === '\0' || !character.isWellFormed()) throw unexpectedCharacter(position, character);
      text += character;
      position += character.length;
    }
  }
  throw new FormulaError('formula.unterminated-text', { position: start, length: source.length - start });
}

function match(pattern: RegExp, source: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(source);
}

function unexpectedCharacter(position: number, character: string): FormulaError {
  return new FormulaError(
    'formula.unexpected-character',
    { position, length: character.length },
    { character: character.toWellFormed().replaceAll('\0', '\u2400') },
  );
}
