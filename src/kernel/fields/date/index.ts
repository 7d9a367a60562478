import { Type } from 'typebox';
import { and, raw, sql } from '../../database/sql.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { isDay } from '../calendar.ts';
import { excerpt } from '../clean.ts';
import { defineFieldType, type Operator } from '../field-type.ts';
import { equality, ordering } from '../operators.ts';
import { daysOf, relativeDay } from '../period.ts';
import { formatDate } from './format.ts';
import { parseDay } from './parse.ts';

/** A calendar day, the same everywhere: a birthday, a due day. `today` and `today+7` mean the reader's day. */
export const date = defineFieldType<string, object>({
  name: 'date',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'date' }],
  schema: () => ({
    input: Type.String({ maxLength: 20, description: '2026-01-31, or relative: today, today+7, today-2w' }),
    output: Type.String({ format: 'date' }),
  }),
  normalise: (input, _field, env) => {
    const text = typeof input === 'string' && input.length < 100 ? input.trim() : '';
    const day = relativeDay(text, env) ?? text;
    if (!isDay(day)) throw new FieldProblem('field.not-a-date', { text: excerpt(input) });
    return day;
  },
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: { ...equality('date'), ...ordering('date'), within: within() },
  order: ([column]) => [column!],
  aggregations: ['min', 'max'],
  groups: 'bucket',
  format: (value, _field, env) => formatDate(value, env.language),
  parse: (cell, _field, env) => relativeDay(cell.trim(), env) ?? parseDay(cell, env),
  samples: [
    { input: '0123-01-01', value: '0123-01-01', text: 'Jan 1, 123' },
    { input: '1985-04-12', value: '1985-04-12', text: 'Apr 12, 1985' },
    { input: ' 2024-02-29', value: '2024-02-29', text: 'Feb 29, 2024' },
    { input: '9999-12-31', value: '9999-12-31', text: 'Dec 31, 9999' },
  ],
  refused: [
    { input: 20260131, code: 'field.not-a-date' },
    { input: '2024-02-30', code: 'field.not-a-date' },
    { input: '2023-02-29', code: 'field.not-a-date' },
    { input: '0000-01-01', code: 'field.not-a-date' },
    { input: '10000-01-01', code: 'field.not-a-date' },
    { input: '٢٠٢٦-٠١-٣١', code: 'field.not-a-date' },
    { input: '2026-01-31T10:00', code: 'field.not-a-date' },
    { input: 'infinity', code: 'field.not-a-date' },
    { input: 'today+99999', code: 'field.not-a-date' },
  ],
});

function within(): Operator {
  return {
    takes: 'period',
    sql: ([column], value, _field, env) => {
      const { from, to } = daysOf(value, env);
      return and([
        ...(from ? [sql`${raw(column!)} >= ${from}::date`] : []),
        ...(to ? [sql`${raw(column!)} < ${to}::date`] : []),
      ]);
    },
  };
}
