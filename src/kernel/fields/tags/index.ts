import { Type } from 'typebox';
import { cleanLine, foldText, listOf } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { containment } from '../operators.ts';

const MOST = 50;
const LONGEST = 100;
/** Before blanks and doubles are dropped. */
const MOST_GIVEN = 1000;

/** Free words, in the order given; of two that differ in case only, the first stays. */
export const tags = defineFieldType<string[], object>({
  name: 'tags',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text[]', index: 'gin' }],
  schema: () => {
    const one = Type.String({ maxLength: LONGEST });
    const list = Type.Array(one, { maxItems: MOST });
    return { input: Type.Union([one, list]), output: list };
  },
  normalise: (input) => {
    const given = typeof input === 'string' ? [input] : listOf(input, MOST_GIVEN);
    const kept = new Map<string, string>();
    for (const tag of given.map((each) => cleanLine(each, LONGEST))) {
      const key = tag.toLowerCase();
      if (tag !== '' && !kept.has(key)) kept.set(key, tag);
    }
    return listOf([...kept.values()], MOST) as string[];
  },
  write: (value) => [value],
  read: ([value]) => value as string[] | null,
  operators: containment,
  groups: 'each',
  words: (value) => value.map(foldText),
  format: (value) => value.join('; '),
  parse: (cell) => cell.split(/[;,|\n]/, MOST_GIVEN + 1),
  samples: [
    { input: 'VIP', value: ['VIP'], text: 'VIP' },
    { input: [' vip', 'Žalia ', 'VIP', ''], value: ['vip', 'Žalia'], text: 'vip; Žalia' },
    {
      input: ['__proto__', '{"quoted"}\\', 'null'],
      value: ['__proto__', '{"quoted"}\\', 'null'],
      text: '__proto__; {"quoted"}\\; null',
    },
  ],
  refused: [
    { input: 7, code: 'field.not-a-list' },
    { input: [7], code: 'field.not-text' },
    { input: ['a', undefined], code: 'field.not-text' },
    { input: Array.from({ length: 51 }, (_, index) => `t${index}`), code: 'field.too-many' },
    { input: ['x'.repeat(101)], code: 'field.too-long' },
    { input: ['\udc00'], code: 'field.not-text' },
  ],
});
