import { FormulaError } from './error.ts';
import { type Token, tokenize } from './tokens.ts';
import type { Span } from './types.ts';

/** A formula as written: names not yet looked up, types not yet known. An operator is a call named by its sign. */
export type Syntax = Span & { height: number } & (
    | { kind: 'number' | 'text' | 'boolean' | 'null'; text: string }
    | { kind: 'field'; path: readonly Name[] }
    | { kind: 'call'; name: string; nameAt: Span; operator: boolean; arguments: readonly Syntax[] }
  );

export interface Name extends Span {
  text: string;
}

/**
 * Nesting of parentheses and height of the tree. Everything that walks a tree is recursive, PostgreSQL too: 100 is far
 * from any stack's end and from anything a person can read.
 */
const deepest = 100;

const keywords: ReadonlySet<string> = new Set(['and', 'or', 'not', 'true', 'false', 'null']);
const comparison = 4;
const binary: ReadonlyMap<string, { name: string; power: number }> = new Map([
  ['or', { name: 'or', power: 1 }],
  ['and', { name: 'and', power: 2 }],
  ...['=', '!=', '<', '<=', '>', '>='].map((sign) => [sign, { name: sign, power: comparison }] as const),
  ['==', { name: '=', power: comparison }],
  ['<>', { name: '!=', power: comparison }],
  ['&', { name: '&', power: 5 }],
  ['+', { name: '+', power: 6 }],
  ['-', { name: '-', power: 6 }],
  ['*', { name: '*', power: 7 }],
  ['/', { name: '/', power: 7 }],
  ['%', { name: '%', power: 7 }],
]);
const prefix: ReadonlyMap<string, { name: string; power: number }> = new Map([
  ['not', { name: 'not', power: 3 }],
  ['-', { name: 'negative', power: 8 }],
]);

/** Parses by operator precedence. Throws {@link FormulaError}; never overflows the stack. */
export function parseFormula(source: string): Syntax {
  const tokens = tokenize(source);
  if (tokens.length === 1) throw new FormulaError('formula.empty', { position: 0, length: source.length });
  let next = 0;
  let depth = 0;

  const tree = readExpression(0);
  if (peek().kind !== 'end') throw unexpected(peek());
  return tree;

  function peek(): Token {
    return tokens[next]!;
  }

  function take(): Token {
    const token = tokens[next]!;
    if (token.kind !== 'end') next++;
    return token;
  }

  function expect(sign: string): Token {
    const token = take();
    if (token.kind !== 'sign' || token.text !== sign) throw unexpected(token, sign);
    return token;
  }

  function readExpression(floor: number): Syntax {
    let left = readOperand();
    for (;;) {
      const token = peek();
      const operator = binary.get(word(token));
      if (!operator || operator.power <= floor) break;
      take();
      const right = readExpression(operator.power);
      left = call(operator.name, token, true, [left, right], left.position, end(right));
      // `a < b < c` never means what it says in mathematics, so comparisons do not chain.
      if (operator.power === comparison && binary.get(word(peek()))?.power === comparison) throw unexpected(peek());
    }
    return left;
  }

  /** What stands after a sign or inside parentheses; between two of these, precedence allows only seven levels. */
  function readNested(floor: number): Syntax {
    if (++depth > deepest) throw new FormulaError('formula.too-deep', spanOf(peek()), { limit: deepest });
    const inner = readExpression(floor);
    depth--;
    return inner;
  }

  function readOperand(): Syntax {
    const token = take();
    const operator = prefix.get(word(token));
    if (operator) {
      const operand = readNested(operator.power);
      return call(operator.name, token, true, [operand], token.position, end(operand));
    }
    if (token.kind === 'sign' && token.text === '(') {
      const inner = readNested(0);
      const close = expect(')');
      return { ...inner, position: token.position, length: end(close) - token.position };
    }
    if (token.kind === 'number' || token.kind === 'text') return leaf(token.kind, token);
    if (token.kind !== 'name') throw unexpected(token);
    const keyword = word(token);
    if (keyword === 'true' || keyword === 'false') return leaf('boolean', { ...token, text: keyword });
    if (keyword === 'null') return leaf('null', token);
    if (keywords.has(keyword)) throw unexpected(token);
    return peek().kind === 'sign' && peek().text === '(' ? readCall(token) : readField(token);
  }

  function readCall(name: Token): Syntax {
    expect('(');
    const operands: Syntax[] = [];
    if (!(peek().kind === 'sign' && peek().text === ')')) {
      do operands.push(readNested(0));
      while (peek().kind === 'sign' && peek().text === ',' && take());
    }
    const close = expect(')');
    return call(name.text, name, false, operands, name.position, end(close));
  }

  function readField(first: Token): Syntax {
    const path: Name[] = [first];
    while (peek().kind === 'sign' && peek().text === '.') {
      take();
      const name = take();
      if (name.kind !== 'name') throw unexpected(name);
      path.push(name);
    }
    return { kind: 'field', path, height: 1, position: first.position, length: end(path.at(-1)!) - first.position };
  }
}

/** How an operator or keyword token is looked up; keywords may be written in capitals. */
function word(token: Token): string {
  if (token.kind === 'sign') return token.text;
  if (token.kind !== 'name') return '';
  const lower = token.text.toLowerCase();
  return keywords.has(lower) ? lower : '';
}

function leaf(kind: 'number' | 'text' | 'boolean' | 'null', token: Token): Syntax {
  return { kind, text: token.text, height: 1, position: token.position, length: token.length };
}

function call(
  name: string,
  nameAt: Span,
  operator: boolean,
  operands: readonly Syntax[],
  start: number,
  stop: number,
): Syntax {
  const height = 1 + operands.reduce((most, operand) => Math.max(most, operand.height), 0);
  if (height > deepest) throw new FormulaError('formula.too-deep', spanOf(nameAt), { limit: deepest });
  return { kind: 'call', name, nameAt, operator, arguments: operands, height, position: start, length: stop - start };
}

function spanOf({ position, length }: Span): Span {
  return { position, length };
}

function end(span: Span): number {
  return span.position + span.length;
}

function unexpected(token: Token, expected?: string): FormulaError {
  const params: Record<string, string> = expected === undefined ? {} : { expected, context: 'expected' };
  if (token.kind === 'end') return new FormulaError('formula.unexpected-end', spanOf(token), params);
  return new FormulaError('formula.unexpected-token', spanOf(token), { found: token.text, ...params });
}
