import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { formatNumber } from '../decimal/format.ts';
import { defineFieldType } from '../field-type.ts';
import { checkNumber, parseNumber } from '../number.ts';
import { equality, ordering } from '../operators.ts';

interface IntegerOptions {
  min?: number;
  max?: number;
  /** False for figures that are names, such as years: 2013, not 2,013. */
  grouping?: boolean;
}

/** A whole number that a double holds exactly: up to 2⁵³ − 1. */
export const integer = defineFieldType<number, IntegerOptions>({
  name: 'integer',
  options: Type.Object({
    min: Type.Optional(Type.Integer()),
    max: Type.Optional(Type.Integer()),
    grouping: Type.Optional(Type.Boolean()),
  }),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'bigint' }],
  schema: ({ min, max }) => {
    const schema = Type.Integer({ minimum: min ?? Number.MIN_SAFE_INTEGER, maximum: max ?? Number.MAX_SAFE_INTEGER });
    return { input: schema, output: schema };
  },
  normalise: (input, field) => {
    const value = checkNumber(input, field, 2 ** 53);
    if (!Number.isInteger(value)) throw new FieldProblem('field.not-an-integer');
    return value;
  },
  write: (value) => [value],
  read: ([value]) => value as number | null,
  operators: { ...equality('bigint'), ...ordering('bigint') },
  order: ([column]) => [column!],
  aggregations: ['sum', 'avg', 'min', 'max'],
  groups: 'value',
  format: (value, field, env) => (field.grouping === false ? String(value) : formatNumber(value, env.language)),
  parse: (cell, _field, env) => parseNumber(cell, env),
  samples: [
    { input: Number.MIN_SAFE_INTEGER, value: Number.MIN_SAFE_INTEGER, text: '-9,007,199,254,740,991' },
    { input: -0, value: 0, text: '0' },
    { input: 1234, value: 1234, text: '1,234' },
    { input: 2013, value: 2013, text: '2013', field: { grouping: false } },
    { input: Number.MAX_SAFE_INTEGER, value: Number.MAX_SAFE_INTEGER, text: '9,007,199,254,740,991' },
  ],
  refused: [
    { input: '7', code: 'field.not-a-number' },
    { input: 1.5, code: 'field.not-an-integer' },
    { input: 2 ** 53, code: 'field.out-of-range' },
    { input: Number.NaN, code: 'field.not-a-number' },
    { input: Number.NEGATIVE_INFINITY, code: 'field.out-of-range' },
    { input: 4, code: 'field.too-large', field: { max: 3 } },
    { input: 0, code: 'field.too-small', field: { min: 1 } },
  ],
});
