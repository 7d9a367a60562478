import type { LayoutCondition } from '#kernel/object/layout.ts';
import type { RecordShape } from '../api/types.ts';

/**
 * Whether a condition holds for a record, judged from its values alone: see `LayoutCondition`.
 * @param userId whom `me` means
 */
export function matches(condition: LayoutCondition, record: RecordShape, userId: string | null = null): boolean {
  return Object.entries(condition).every(([key, wanted]) => {
    if (key === 'and') return parts(wanted).every((part) => matches(part, record, userId));
    if (key === 'or') return parts(wanted).some((part) => matches(part, record, userId));
    if (key === 'not') return !matches(wanted as LayoutCondition, record, userId);
    const value = valueAt(record, key);
    if (wanted === null) return isEmpty(value);
    if (Array.isArray(wanted)) return holds(value, 'in', wanted, userId);
    if (typeof wanted !== 'object') return holds(value, 'is', wanted, userId);
    return Object.entries(wanted).every(([operator, operand]) => holds(value, operator, operand, userId));
  });
}

/** Paths through references that a condition reads: they do not come with the record by themselves. */
export function pathsOf(condition: LayoutCondition | undefined): string[] {
  return Object.entries(condition ?? {}).flatMap(([key, value]) => {
    if (key === 'and' || key === 'or') return parts(value).flatMap(pathsOf);
    if (key === 'not') return pathsOf(value as LayoutCondition);
    return key.includes('.') ? [key] : [];
  });
}

function holds(value: unknown, operator: string, operand: unknown, userId: string | null): boolean {
  const wanted = operand === 'me' ? userId : operand;
  switch (operator) {
    case 'is':
      return plain(value) === plain(wanted);
    case 'isNot':
      return plain(value) !== plain(wanted);
    case 'in':
      return listOf(wanted).some((one) => plain(one === 'me' ? userId : one) === plain(value));
    case 'notIn':
      return !holds(value, 'in', wanted, userId);
    case 'hasAny':
      return listOf(wanted).some((one) => listOf(value).includes(one));
    case 'hasNone':
      return !holds(value, 'hasAny', wanted, userId);
    case 'empty':
      return isEmpty(value) === (wanted !== false);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      if (isEmpty(value) || isEmpty(wanted)) return false;
      const order = compare(plain(value), plain(wanted));
      return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator];
    }
    default:
      return false;
  }
}

function valueAt(record: RecordShape, path: string): unknown {
  if (path in record) return record[path];
  const [first = '', second = ''] = path.split('.');
  return (record.expanded?.[first] as Record<string, unknown> | null | undefined)?.[second] ?? null;
}

/** Money is compared by its amount; a switch that nobody touched is off. */
function plain(value: unknown): unknown {
  if (value !== null && typeof value === 'object' && 'amount' in value) return Number(value.amount);
  return value ?? null;
}

function compare(left: unknown, right: unknown): number {
  if (!Number.isNaN(Number(left)) && !Number.isNaN(Number(right))) return Number(left) - Number(right);
  return String(left) < String(right) ? -1 : Number(String(left) > String(right));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function parts(value: unknown): readonly LayoutCondition[] {
  return value as readonly LayoutCondition[];
}
