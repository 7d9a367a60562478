import { join, not, raw, type Sql, sql } from '../query/sql.ts';
import type { Operator } from './field-type.ts';

/** Operators that several field types share. Each works on the first column and casts its value to that column's type. */

/** `is`, `isNot`, `in`, `notIn`. `isNot` and `notIn` also find records without a value, as people expect. */
export function equality(type: string): Record<'is' | 'isNot' | 'in' | 'notIn', Operator> {
  const cast = raw(`::${type}`);
  const listCast = raw(`::${type}[]`);
  return {
    is: { takes: 'value', sql: ([column], value) => sql`${raw(column!)} = ${value}${cast}` },
    isNot: { takes: 'value', sql: ([column], value) => sql`${raw(column!)} is distinct from ${value}${cast}` },
    in: { takes: 'list', sql: ([column], value) => sql`${raw(column!)} = any(${value}${listCast})` },
    notIn: { takes: 'list', sql: ([column], value) => not(sql`${raw(column!)} = any(${value}${listCast})`) },
  };
}

/** `gt`, `gte`, `lt`, `lte`. */
export function ordering(type: string): Record<'gt' | 'gte' | 'lt' | 'lte', Operator> {
  const compare = (operator: string): Operator => ({
    takes: 'value',
    sql: ([column], value) => sql`${raw(column!)} ${raw(operator)} ${value}${raw(`::${type}`)}`,
  });
  return { gt: compare('>'), gte: compare('>='), lt: compare('<'), lte: compare('<=') };
}

/** `contains`, `notContains`, `startsWith`, `endsWith`: without regard to case. */
export const textual: Record<'contains' | 'notContains' | 'startsWith' | 'endsWith', Operator> = {
  contains: { takes: 'text', sql: ([column], value) => ilike(column!, `%${escapeLike(value)}%`) },
  notContains: { takes: 'text', sql: ([column], value) => not(ilike(column!, `%${escapeLike(value)}%`)) },
  startsWith: { takes: 'text', sql: ([column], value) => ilike(column!, `${escapeLike(value)}%`) },
  endsWith: { takes: 'text', sql: ([column], value) => ilike(column!, `%${escapeLike(value)}`) },
};

/** `hasAny`, `hasAll`, `hasNone` on an array column. */
export const containment: Record<'hasAny' | 'hasAll' | 'hasNone', Operator> = {
  hasAny: { takes: 'list', sql: ([column], value) => sql`${raw(column!)} && ${value}::text[]` },
  hasAll: { takes: 'list', sql: ([column], value) => sql`${raw(column!)} @> ${value}::text[]` },
  hasNone: { takes: 'list', sql: ([column], value) => not(sql`${raw(column!)} && ${value}::text[]`) },
};

/** Any of several conditions on the columns of a list value. */
export function anyOf(conditions: readonly Sql[]): Sql {
  return sql`(${join(conditions, ' or ', 'false')})`;
}

function ilike(column: string, pattern: string): Sql {
  return sql`${raw(column)} ilike ${pattern}`;
}

function escapeLike(value: unknown): string {
  return String(value).replace(/[\\%_]/g, '\\$&');
}
