import { FormulaError } from './error.ts';
import { type FunctionDefinition, functions } from './functions.ts';
import { type Token, tokenize } from './tokens.ts';
import type { FormulaScope, FormulaType } from './types.ts';

export interface Completions {
  /** The part of the source that a chosen completion replaces. */
  from: number;
  to: number;
  items: readonly Completion[];
}

export type Completion =
  | { kind: 'field'; name: string; type: FormulaType }
  | { kind: 'function'; name: string; signatures: readonly string[] };

/**
 * What could be written at the cursor: fields with their types, then functions; those which begin with the word
 * before the cursor first, then those which contain it. Nothing inside a text or where an operator has to come.
 */
export function completeFormula(source: string, offset: number, scope: FormulaScope): Completions {
  const nothing: Completions = { from: offset, to: offset, items: [] };
  const tokens = readTokens(source.slice(0, offset));
  if (!tokens) return nothing;

  const last = tokens.at(-1);
  const isWriting = last?.kind === 'name' && last.position + last.length === offset;
  const word = isWriting ? last.text : '';
  if (isWriting) tokens.pop();
  const path = takePath(tokens);
  if (!path || endsOperand(tokens.at(-1))) return nothing;

  const fields = scope.suggest([...path, word]).flatMap((name): Completion[] => {
    const field = scope.field([...path, name]);
    return field ? [{ kind: 'field', name, type: field.type }] : [];
  });
  const calls = path.length > 0 ? [] : Array.from(functions.values(), completion);
  const rest = /^\w*/.exec(source.slice(offset))![0];
  return { from: offset - word.length, to: offset + rest.length, items: rank([...fields, ...calls], word) };
}

function completion(definition: FunctionDefinition): Completion {
  const signatures = definition.signatures.map((signature) => signature.text);
  return { kind: 'function', name: definition.name, signatures };
}

function readTokens(source: string): Token[] | undefined {
  try {
    return tokenize(source).slice(0, -1);
  } catch (error) {
    if (error instanceof FormulaError) return undefined;
    throw error;
  }
}

/** Takes `account.parent.` from the end of the tokens; undefined where a dot follows no name. */
function takePath(tokens: Token[]): string[] | undefined {
  const path: string[] = [];
  while (isSign(tokens.at(-1), '.')) {
    tokens.pop();
    const name = tokens.pop();
    if (name?.kind !== 'name') return undefined;
    path.unshift(name.text);
  }
  return path;
}

function endsOperand(token: Token | undefined): boolean {
  if (token?.kind === 'name') return !/^(and|or|not)$/i.test(token.text);
  return token?.kind === 'number' || token?.kind === 'text' || isSign(token, ')');
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign;
}

function rank(items: readonly Completion[], word: string): Completion[] {
  const wanted = word.toLowerCase();
  const places = items.map((item) => item.name.toLowerCase().indexOf(wanted));
  return [...items.filter((_, index) => places[index] === 0), ...items.filter((_, index) => places[index]! > 0)];
}
