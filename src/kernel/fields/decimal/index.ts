import { Type } from 'typebox';
import { defineFieldType } from '../field-type.ts';
import { checkNumber, parseNumber, roundTo } from '../number.ts';
import { equality, ordering } from '../operators.ts';
import { formatNumber } from './format.ts';

interface DecimalOptions {
  /** Decimals that are kept, 0–10; 4 unless told. */
  scale?: number;
  min?: number;
  max?: number;
}

/** A number with decimals, below 10¹⁵, rounded to its field's scale. */
export const decimal = defineFieldType<number, DecimalOptions>({
  name: 'decimal',
  options: Type.Object({
    scale: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
  }),
  storage: 'columns',
  columns: ({ scale = 4 }) => [{ suffix: '', type: `numeric(${15 + scale},${scale})` }],
  schema: ({ min, max }) => {
    const schema = Type.Number({
      ...(min === undefined ? { exclusiveMinimum: -1e15 } : { minimum: min }),
      ...(max === undefined ? { exclusiveMaximum: 1e15 } : { maximum: max }),
    });
    return { input: schema, output: schema };
  },
  normalise: (input, field) => checkNumber(roundTo(checkNumber(input, field), field.scale ?? 4)),
  write: (value) => [value],
  read: ([value]) => value as number | null,
  operators: { ...equality('numeric'), ...ordering('numeric') },
  order: ([column]) => [column!],
  aggregations: ['sum', 'avg', 'min', 'max'],
  groups: 'value',
  format: (value, field, env) => formatNumber(value, env.language, field.scale ?? 4),
  parse: (cell, _field, env) => parseNumber(cell, env),
  samples: [
    { input: -1e14, value: -1e14, text: '-100,000,000,000,000' },
    { input: -0.00001, value: 0, text: '0' },
    { input: 0.1, value: 0.1, text: '0.1' },
    { input: 1234.56789, value: 1234.5679, text: '1,234.5679' },
    { input: 1.005, value: 1.01, text: '1.01', field: { scale: 2 } },
    { input: 1e-7, value: 0, text: '0', field: { scale: 0 } },
  ],
  refused: [
    { input: '1.5', code: 'field.not-a-number' },
    { input: Number.NaN, code: 'field.not-a-number' },
    { input: Number.POSITIVE_INFINITY, code: 'field.out-of-range' },
    { input: 1e15, code: 'field.out-of-range' },
    { input: 1e308, code: 'field.out-of-range' },
    { input: [1], code: 'field.not-a-number' },
    { input: 11, code: 'field.too-large', field: { max: 10 } },
  ],
});
