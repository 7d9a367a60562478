import { compileExpression } from './compile.ts';
import { FormulaError } from './error.ts';
import { type Accepted, type FunctionDefinition, functions, operators, type Signature } from './functions.ts';
import { type Name, parseFormula, type Syntax } from './parse.ts';
import { closest } from './spelling.ts';
import type { CheckedFormula, Expression, FormulaField, FormulaScope, FormulaType, Span } from './types.ts';

/** `account.parent.owner.name`: three references, then the field. Each hop is a join the caller has to pay for. */
const mostHops = 3;

/** About 1,500 multiplications; PostgreSQL plans it in some milliseconds. */
const longestSql = 200_000;

/** What one value may silently become. Anything becomes nothing else: `text()`, `number()` and `date()` are explicit. */
const conversions: Readonly<Partial<Record<FormulaType, readonly FormulaType[]>>> = {
  number: ['money', 'duration'],
  date: ['datetime'],
};

/** What a formula may result in. */
const results: readonly FormulaType[] = ['number', 'money', 'text', 'boolean', 'date', 'datetime', 'duration'];

/**
 * Parses a formula and finds the type of every part. With `expected`, the result is that type or an error; null fits
 * every type, a date a datetime, and a number a duration. Throws {@link FormulaError} for every other input.
 */
export function checkFormula(source: string, scope: FormulaScope, expected?: FormulaType): CheckedFormula {
  const syntax = parseFormula(source);
  const reads = new Map<string, readonly string[]>();
  let volatile = false;

  const tree = check(syntax);
  const type = expected ?? tree.type;
  const fits = tree.type === type || (canBecome(tree.type, type) && !(tree.type === 'number' && type === 'money'));
  if (!fits || !results.includes(type)) throw wrongType(tree, fits ? results : [type], tree.type);
  // What reads nothing has no row to be stored for; see `anchored` in compile.ts for what would go wrong.
  const checked = { type, reads: [...reads.values()], volatile: volatile || reads.size === 0, ast: as(tree, type) };
  // A tree within all other limits can still repeat its operands a million times.
  compileExpression(checked.ast, measure, { today: 'today', now: 'now' }, longestSql);
  return checked;

  function check(node: Syntax): Expression {
    if (node.kind === 'field') return checkField(node.path, spanOf(node));
    if (node.kind === 'call') return checkCall(node);
    return { kind: 'literal', type: node.kind, value: node.text, ...spanOf(node) };
  }

  function checkField(names: readonly Name[], at: Span): Expression {
    const extra = names[mostHops + 1];
    if (extra) throw new FormulaError('formula.too-many-hops', spanOf(extra), { limit: mostHops });
    const path = names.map((name) => name.text);
    const field = findField(names, path);
    reads.set(path.join('.'), path);
    if (field.immutable === false) volatile = true;
    return { kind: 'field', type: field.type, path, ...at };
  }

  function findField(names: readonly Name[], path: readonly string[]): FormulaField {
    for (let length = 1; ; length++) {
      const field = scope.field(path.slice(0, length));
      const name = names[length - 1]!;
      if (!field) {
        const params = withSuggestion(name.text, scope.suggest(path.slice(0, length)));
        throw new FormulaError('formula.unknown-field', spanOf(name), params);
      }
      if (length === path.length) return field;
      if (field.type !== 'reference') {
        throw new FormulaError('formula.not-a-reference', spanOf(name), { name: name.text, type: field.type });
      }
    }
  }

  function checkCall(node: Syntax & { kind: 'call' }): Expression {
    const definition = node.operator ? operators.get(node.name) : functions.get(node.name.toLowerCase());
    if (!definition) {
      const names = Array.from(functions.values(), (known) => known.name);
      throw new FormulaError('formula.unknown-function', spanOf(node.nameAt), withSuggestion(node.name, names));
    }
    const operands = node.arguments.map(check);
    const nullTest = node.operator ? checkNullTest(node.name, operands, spanOf(node)) : undefined;
    if (nullTest) return nullTest;
    if (definition.volatile) volatile = true;
    const { type, targets } = resolve(definition, operands, spanOf(node.nameAt));
    const converted = operands.map((operand, index) => as(operand, targets[index]!));
    return { kind: 'call', name: definition.name, type, arguments: converted, ...spanOf(node) };
  }
}

/** `x = null` asks whether there is a value; in SQL it would be null itself. */
function checkNullTest(sign: string, operands: readonly Expression[], at: Span): Expression | undefined {
  if (sign !== '=' && sign !== '!=') return undefined;
  const [left, right] = operands;
  if (left!.type !== 'null' && right!.type !== 'null') return undefined;
  const tested = right!.type === 'null' ? left! : right!;
  return { kind: 'call', name: sign === '=' ? 'is null' : 'is not null', type: 'boolean', arguments: [tested], ...at };
}

interface Resolution {
  type: FormulaType;
  targets: readonly FormulaType[];
}

interface Mismatch {
  index: number;
  expected: readonly FormulaType[];
}

/** Picks the signature that fits with the fewest conversions; the earlier one where several do. */
function resolve(definition: FunctionDefinition, operands: readonly Expression[], at: Span): Resolution {
  let best: (Resolution & { cost: number }) | undefined;
  let mismatch: Mismatch | undefined;
  let countFits = false;
  for (const signature of definition.signatures) {
    const accepted = signature.accepts(operands.length);
    if (!accepted) continue;
    countFits = true;
    const result = fit(definition, signature, accepted, operands);
    if ('targets' in result) {
      const cost = result.targets.filter((target, index) => target !== operands[index]!.type).length;
      if (!best || cost < best.cost) best = { ...result, cost };
    } else if (!mismatch || result.index > mismatch.index) {
      mismatch = result;
    } else if (result.index === mismatch.index) {
      mismatch = { index: result.index, expected: [...mismatch.expected, ...result.expected] };
    }
  }
  if (best) return best;
  if (!countFits || !mismatch) {
    const signature = definition.signatures.map((known) => known.text).join('; ');
    throw new FormulaError('formula.wrong-argument-count', at, {
      name: definition.name,
      count: operands.length,
      signature,
    });
  }
  const wrong = operands[mismatch.index]!;
  throw wrongType(wrong, mismatch.expected, wrong.type);
}

function fit(
  definition: FunctionDefinition,
  signature: Signature,
  accepted: readonly (readonly Accepted[])[],
  operands: readonly Expression[],
): Resolution | Mismatch {
  const variables: { T?: FormulaType; V?: FormulaType } = {};
  for (const variable of ['T', 'V'] as const) {
    const allowed = definition.variables[variable];
    let type: FormulaType = 'null';
    for (const [index, operand] of operands.entries()) {
      if (!accepted[index]!.includes(variable)) continue;
      const common = commonType(type, operand.type);
      if (!common || (common !== 'null' && !allowed.includes(common))) {
        return { index, expected: common || type === 'null' ? allowed : [type] };
      }
      type = common;
    }
    variables[variable] = type === 'null' ? allowed[0]! : type;
  }
  const targets: FormulaType[] = [];
  for (const [index, operand] of operands.entries()) {
    const types = accepted[index]!.map((type) => (type === 'T' || type === 'V' ? variables[type]! : type));
    const target = types.includes(operand.type) ? operand.type : types.find((type) => canBecome(operand.type, type));
    if (!target) return { index, expected: types };
    targets.push(target);
  }
  return { type: signature.returns === 'T' ? variables.T! : signature.returns, targets };
}

function commonType(a: FormulaType, b: FormulaType): FormulaType | undefined {
  if (a === b || canBecome(b, a)) return a;
  return canBecome(a, b) ? b : undefined;
}

function canBecome(from: FormulaType, to: FormulaType): boolean {
  return from === 'null' || (conversions[from]?.includes(to) ?? false);
}

function as(expression: Expression, type: FormulaType): Expression {
  if (expression.type === type) return expression;
  return { kind: 'conversion', type, of: expression, ...spanOf(expression) };
}

/** Stands for a column when only the size of the SQL is asked: as long as a qualified, quoted name. */
function measure(): { amount: string; currency: string; value: string } {
  const column = 'r."abcdefghijklmnop"';
  return { amount: column, currency: column, value: column };
}

function withSuggestion(name: string, names: readonly string[]): Record<string, string> {
  const suggestion = closest(name, names);
  return suggestion === undefined ? { name } : { name, suggestion, context: 'suggestion' };
}

function wrongType(at: Span, expected: readonly FormulaType[], actual: FormulaType): FormulaError {
  return new FormulaError('formula.wrong-type', spanOf(at), { expected: [...new Set(expected)].join(' | '), actual });
}

function spanOf(at: Span): Span {
  return { position: at.position, length: at.length };
}
