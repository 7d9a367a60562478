import { Type } from 'typebox';
import { cleanLine, foldSql, foldText } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { equality, textual } from '../operators.ts';

interface TextOptions {
  /** Characters; 255 unless told, 4,000 at most (longer texts are `longText`). */
  maxLength?: number;
}

/** One line of text. */
export const text = defineFieldType<string, TextOptions>({
  name: 'text',
  options: Type.Object({ maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 4000 })) }),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text' }],
  schema: (field) => {
    const schema = Type.String({ maxLength: field.maxLength ?? 255 });
    return { input: schema, output: schema };
  },
  normalise: (input, field) => cleanLine(input, field.maxLength ?? 255),
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: { ...equality('text'), ...textual },
  order: ([column]) => [foldSql(column!)],
  groups: 'value',
  words: (value) => [foldText(value)],
  format: (value) => value,
  parse: (cell) => cell,
  samples: [
    { input: '  Aldona ', value: 'Aldona', text: 'Aldona' },
    { input: 'Núñez & Hijos', value: 'Núñez & Hijos', text: 'Núñez & Hijos' },
    { input: 'two\nlines', value: 'two lines', text: 'two lines' },
    { input: '李小龍 🐉', value: '李小龍 🐉', text: '李小龍 🐉' },
  ],
  refused: [
    { input: 7, code: 'field.not-text' },
    { input: { toString: 'x' }, code: 'field.not-text' },
    { input: 'a\u0000b', code: 'field.not-text' },
    { input: '\ud800', code: 'field.not-text' },
    { input: 'x'.repeat(256), code: 'field.too-long' },
    { input: 'abcd', code: 'field.too-long', field: { maxLength: 3 } },
  ],
});
