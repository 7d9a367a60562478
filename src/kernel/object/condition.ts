import type { FilterValue } from '../query/filter.ts';

/**
 * The part of the filter language that can be judged from a record's own values, by the server in a write and by a screen
 * while one types: `and`, `or`, `not`, and `is`, `isNot`, `in`, `notIn`, `hasAny`, `hasNone`, `gt`, `gte`, `lt`, `lte`,
 * `empty` of own fields; the page of a record also knows fields one reference away (`stage.kind`), by their path.
 */
export type RecordCondition = { readonly [key: string]: FilterValue | RecordCondition | readonly RecordCondition[] };

/** What a condition may ask of a field. */
export const judgedOperators: ReadonlySet<string> = new Set([
  ...['is', 'isNot', 'in', 'notIn', 'hasAny', 'hasNone', 'gt', 'gte', 'lt', 'lte', 'empty'],
]);

/**
 * A condition without parts always holds. What has no value is neither more nor less than anything.
 * @param reader whom `me` means; without one it is a word like any other
 */
export function holds(
  condition: RecordCondition | undefined,
  record: Readonly<Record<string, unknown>>,
  reader?: string | null,
): boolean {
  const named = (operand: unknown) => (operand === 'me' && reader ? reader : operand);
  return Object.entries(condition ?? {}).every(([key, value]) => {
    if (key === 'and') return (value as readonly RecordCondition[]).every((part) => holds(part, record, reader));
    if (key === 'or') return (value as readonly RecordCondition[]).some((part) => holds(part, record, reader));
    if (key === 'not') return !holds(value as RecordCondition, record, reader);
    const own = record[key] ?? null;
    if (value === null) return isEmpty(own);
    if (Array.isArray(value)) return judge('in', own, value.map(named));
    if (typeof value !== 'object') return judge('is', own, named(value));
    return Object.entries(value).every(([operator, operand]) =>
      judge(operator, own, Array.isArray(operand) ? operand.map(named) : named(operand)),
    );
  });
}

/** The fields a condition looks at. */
export function conditionFields(condition: unknown): string[] {
  if (typeof condition !== 'object' || condition === null) return [];
  return Object.entries(condition).flatMap(([key, value]) => {
    if (key === 'and' || key === 'or') return Array.isArray(value) ? value.flatMap(conditionFields) : [];
    return key === 'not' ? conditionFields(value) : [key];
  });
}

function judge(operator: string, own: unknown, operand: unknown): boolean {
  const list = Array.isArray(operand) ? operand : [operand];
  const held = Array.isArray(own) ? own : [own];
  switch (operator) {
    case 'empty':
      return isEmpty(own) === (operand !== false);
    case 'is':
      return operand === null ? isEmpty(own) : same(own, operand);
    case 'isNot':
      return operand === null ? !isEmpty(own) : !same(own, operand);
    case 'in':
    case 'hasAny':
      return held.some((one) => list.some((wanted) => same(one, wanted)));
    case 'notIn':
    case 'hasNone':
      return !held.some((one) => list.some((wanted) => same(one, wanted)));
    case 'gt':
      return order(own, operand) > 0;
    case 'gte':
      return order(own, operand) >= 0;
    case 'lt':
      return order(own, operand) < 0;
    case 'lte':
      return order(own, operand) <= 0;
    default:
      return false;
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function same(a: unknown, b: unknown): boolean {
  const [left, right] = [plain(a), plain(b)];
  return left === right || (typeof left === 'object' && JSON.stringify(left) === JSON.stringify(right));
}

/** Numbers by size, days, instants and texts by their letters; NaN, which is never more or less, for all else. */
function order(a: unknown, b: unknown): number {
  const [left, right] = [plain(a), plain(b)];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return Number.NaN;
}

/** Money by what it is worth here. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('amount' in value)) return value;
  const { amount, base } = value as { amount: number; base?: number | null };
  return base ?? amount;
}
