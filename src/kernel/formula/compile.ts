import { FormulaError } from './error.ts';
import { type Clock, functions, operators } from './functions.ts';
import { boundMoney, boundNumber, collated, convert, cut, nothing, type Operand, quote } from './sql.ts';
import type { CheckedFormula, Expression, FormulaSql, FormulaType } from './types.ts';

/** The SQL a caller wants for a field's path. */
type Column = (path: readonly string[]) => FormulaSql;

/**
 * The SQL expression of a formula, self-contained (it can be placed anywhere without parentheses). It never raises an
 * error, whatever the row holds. Results: number: below 1e30, at most 20 decimals. duration: the same, in seconds.
 * money: fits numeric(19,4); amount and currency are both null or neither is. text: at most 10,000 characters.
 * date, datetime: in the years 1 to 9999 where computed.
 *
 * Unless the formula is volatile, and if every column's SQL is immutable, so is the result.
 *
 * @param column the SQL for a field: numbers, durations and amounts of any numeric type, text and currency as text,
 *   datetime as timestamptz, list as text[]; a reference may be of any type.
 * @param clock SQL text for today (date) and now (timestamptz), e.g. `$1::date`.
 */
export function compileFormula(checked: CheckedFormula, column: Column, clock: Clock): FormulaSql {
  const { type, value, currency = nothing('text').value } = compileExpression(checked.ast, column, clock);
  if (type === 'money') {
    const amount = boundMoney(value);
    return {
      amount: `case when ${currency} is not null then ${amount} end`,
      currency: `case when ${amount} is not null then ${currency} end`,
    };
  }
  if (type === 'number' || type === 'duration') return { value: boundNumber(value) };
  return { value: type === 'text' ? cut(value) : value };
}

/** @throws FormulaError `formula.too-complex` where the SQL becomes longer than `longest`, before it is all made. */
export function compileExpression(expression: Expression, column: Column, clock: Clock, longest = Infinity): Operand {
  const anchor = findAnchor(expression, column);
  return compileNode(expression);

  function compileNode(node: Expression): Operand {
    const compiled = compileKind(node);
    if (compiled.value.length + (compiled.currency?.length ?? 0) > longest) {
      throw new FormulaError('formula.too-complex', { position: node.position, length: node.length });
    }
    return compiled;
  }

  function compileKind(node: Expression): Operand {
    const { type } = node;
    switch (node.kind) {
      case 'literal': {
        const operand = type === 'null' ? nothing(type) : { type, value: literal(type, node.value) };
        return { ...operand, foldable: true };
      }
      case 'field':
        return fieldOperand(type, column(node.path));
      case 'conversion': {
        const operand = compileNode(node.of);
        return { ...convert(operand, type), foldable: operand.foldable ?? false };
      }
      case 'call': {
        const definition = functions.get(node.name.toLowerCase()) ?? operators.get(node.name)!;
        const operands = node.arguments.map(compileNode);
        const foldable = isFoldable(node, operands);
        if (collating.has(node.name) && anchor) operands[0] = anchored(operands[0]!, anchor);
        const emitted = definition.emit(operands, type, clock);
        return { type, foldable, ...(typeof emitted === 'string' ? { value: emitted } : emitted) };
      }
    }
  }
}

/** What asks a collation how two texts compare or how a letter changes. */
const collating: ReadonlySet<string> = new Set(
  'upper lower replace contains startsWith endsWith number case min max = != < <= > >='.split(' '),
);

/** What may be settled by one of its operands alone. */
const selecting: ReadonlySet<string> = new Set(['if', 'case', 'coalesce', 'and', 'or']);

/**
 * PostgreSQL (15 to 18) plans a generated column's expression once before it has settled the collations, and computes
 * what is constant then: `upper('a')` fails with “could not determine which collation to use”. A text which cannot be
 * taken for a constant, because its SQL looks at a column of the row, is left alone.
 */
function anchored(operand: Operand, anchor: string): Operand {
  if (operand.type !== 'text' || !operand.foldable) return operand;
  return { type: 'text', value: `case when ${anchor} is null then ${operand.value} else ${operand.value} end` };
}

/** The shortest SQL of a field that the formula reads. */
function findAnchor(expression: Expression, column: Column): string | undefined {
  if (expression.kind === 'field') return fieldOperand(expression.type, column(expression.path)).value;
  const parts =
    expression.kind === 'call' ? expression.arguments : expression.kind === 'conversion' ? [expression.of] : [];
  const anchors = parts.flatMap((part) => findAnchor(part, column) ?? []);
  return anchors.sort((a, b) => a.length - b.length)[0];
}

function isFoldable(node: Expression & { kind: 'call' }, operands: readonly Operand[]): boolean {
  if (functions.get(node.name.toLowerCase())?.volatile) return false;
  if (selecting.has(node.name)) return operands.some((operand) => operand.foldable);
  const isNothing = (part: Expression) =>
    part.type === 'null' || (part.kind === 'conversion' && part.of.type === 'null');
  return node.arguments.some(isNothing) || operands.every((operand) => operand.foldable);
}

function literal(type: FormulaType, value: string): string {
  if (type === 'text') return quote(value);
  return type === 'number' ? `${value}::numeric` : value;
}

function fieldOperand(type: FormulaType, field: FormulaSql): Operand {
  if (type === 'money' && 'amount' in field) {
    return { type, value: `(${field.amount})::numeric`, currency: collated(`(${field.currency})::text`) };
  }
  const value = 'value' in field ? field.value : field.amount;
  if (type === 'number' || type === 'duration') return { type, value: `(${value})::numeric` };
  return { type, value: type === 'text' ? collated(`(${value})`) : `(${value})` };
}
