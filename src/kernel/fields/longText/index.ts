import { Type } from 'typebox';
import { cleanText, foldText } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { textual } from '../operators.ts';

interface LongTextOptions {
  /** Characters; 100,000 unless told, which is also the most. */
  maxLength?: number;
}

const LIMIT = 100_000;

/** Text of several lines, without formatting. */
export const longText = defineFieldType<string, LongTextOptions>({
  name: 'longText',
  options: Type.Object({ maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT })) }),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text' }],
  schema: (field) => {
    const schema = Type.String({ maxLength: field.maxLength ?? LIMIT });
    return { input: schema, output: schema };
  },
  normalise: (input, field) => cleanText(input, field.maxLength ?? LIMIT),
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: textual,
  words: (value) => [foldText(value)],
  format: (value) => value,
  parse: (cell) => cell,
  samples: [
    { input: 'one\r\ntwo\rthree\n', value: 'one\ntwo\nthree', text: 'one\ntwo\nthree' },
    { input: '\ttabs\tstay inside', value: 'tabs\tstay inside', text: 'tabs\tstay inside' },
    { input: 'Žąsų 100 %_\\ pūkai', value: 'Žąsų 100 %_\\ pūkai', text: 'Žąsų 100 %_\\ pūkai' },
  ],
  refused: [
    { input: ['a'], code: 'field.not-text' },
    { input: 'a\u0000b', code: 'field.not-text' },
    { input: 'x'.repeat(LIMIT + 1), code: 'field.too-long' },
    { input: ' '.repeat(10_000_000), code: 'field.too-long' },
  ],
});
