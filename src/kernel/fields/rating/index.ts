import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { defineFieldType } from '../field-type.ts';
import { checkNumber, parseNumber } from '../number.ts';
import { equality, ordering } from '../operators.ts';

interface RatingOptions {
  /** Stars there are; 5 unless told. */
  max?: number;
}

/** Stars: a whole number from 1. */
export const rating = defineFieldType<number, RatingOptions>({
  name: 'rating',
  options: Type.Object({ max: Type.Optional(Type.Integer({ minimum: 2, maximum: 10 })) }),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'smallint' }],
  schema: ({ max = 5 }) => {
    const schema = Type.Integer({ minimum: 1, maximum: max });
    return { input: schema, output: schema };
  },
  normalise: (input, { max = 5 }) => {
    const value = checkNumber(input, { min: 1, max });
    if (!Number.isInteger(value)) throw new FieldProblem('field.not-an-integer');
    return value;
  },
  write: (value) => [value],
  read: ([value]) => value as number | null,
  operators: { ...equality('smallint'), ...ordering('smallint') },
  order: ([column]) => [column!],
  aggregations: ['avg', 'min', 'max'],
  groups: 'value',
  format: String,
  parse: (cell, _field, env) => {
    const stars = /^\s*(★+)☆*\s*$/.exec(cell.slice(0, 50))?.[1];
    return stars ? stars.length : parseNumber(cell, env);
  },
  samples: [
    { input: 1, value: 1, text: '1' },
    { input: 3, value: 3, text: '3' },
    { input: 5, value: 5, text: '5' },
    { input: 10, value: 10, text: '10', field: { max: 10 } },
  ],
  refused: [
    { input: '3', code: 'field.not-a-number' },
    { input: 0, code: 'field.too-small' },
    { input: 6, code: 'field.too-large' },
    { input: 3.5, code: 'field.not-an-integer' },
  ],
});
