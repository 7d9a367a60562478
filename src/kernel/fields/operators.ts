import { not, raw, type Sql, sql } from '../database/sql.ts';
import { FieldProblem } from '../problems/problem.ts';
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

/** `hasAny`, `hasAll`, `hasNone` on a `text[]` column. Each value of the list may itself be a list of one. */
export const containment: Record<'hasAny' | 'hasAll' | 'hasNone', Operator> = {
  hasAny: { takes: 'list', sql: ([column], value) => sql`${raw(column!)} && ${flat(value)}::text[]` },
  hasAll: { takes: 'list', sql: ([column], value) => sql`${raw(column!)} @> ${flat(value)}::text[]` },
  hasNone: { takes: 'list', sql: ([column], value) => not(sql`${raw(column!)} && ${flat(value)}::text[]`) },
};

/** `column ilike pattern`. */
export function ilike(column: string, pattern: string): Sql {
  return sql`${raw(column)} ilike ${pattern}`;
}

/** A client's text as a part of a pattern. @throws FieldProblem `field.not-text` */
export function escapeLike(value: unknown): string {
  if (typeof value !== 'string' || value.includes('\u0000')) throw new FieldProblem('field.not-text');
  return value.normalize('NFC').replace(/[\\%_]/g, '\\$&');
}

/** One list out of the normalised values of a filter's list, when each of them is a list itself. */
export function flat(value: unknown): unknown[] {
  return [value].flat(2);
}
