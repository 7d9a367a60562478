import { Type } from 'typebox';
import { decimal } from '../decimal/index.ts';
import { defineFieldType } from '../field-type.ts';
import { checkNumber, parseNumber, roundTo } from '../number.ts';
import { formatPercent } from './format.ts';

interface PercentOptions {
  min?: number;
  max?: number;
}

const SCALE = 4;

/** A percentage as people say it: 12.5 means 12.5 %. */
export const percent = defineFieldType<number, PercentOptions>({
  ...decimal,
  name: 'percent',
  options: Type.Object({ min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) }),
  columns: () => [{ suffix: '', type: 'numeric(14,4)' }],
  schema: ({ min = -1e9, max = 1e9 }) => {
    const schema = Type.Number({ minimum: min, maximum: max });
    return { input: schema, output: schema };
  },
  normalise: (input, field) => roundTo(checkNumber(input, field, 1e9), SCALE),
  format: (value, _field, env) => formatPercent(value, env.language, SCALE),
  parse: (cell, _field, env) => parseNumber(cell.trim().replace(/%$/, ''), env),
  samples: [
    { input: -3, value: -3, text: '-3%' },
    { input: 12.5, value: 12.5, text: '12.5%' },
    { input: 100, value: 100, text: '100%' },
    { input: 1234.56785, value: 1234.5679, text: '1,234.5679%' },
  ],
  refused: [
    { input: '12%', code: 'field.not-a-number' },
    { input: 1e9, code: 'field.out-of-range' },
    { input: 101, code: 'field.too-large', field: { max: 100 } },
  ],
});
