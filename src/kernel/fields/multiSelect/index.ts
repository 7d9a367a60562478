import { Type } from 'typebox';
import { listOf } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { containment } from '../operators.ts';
import {
  knownOption,
  optionLabel,
  optionNamed,
  optionSchema,
  optionWords,
  type SelectOptions,
  sampleOptions,
  selectOptions,
} from '../select/index.ts';

const MOST_GIVEN = 1000;

/** Several of the field's options, each once, in the options' order. */
export const multiSelect = defineFieldType<string[], SelectOptions>({
  name: 'multiSelect',
  options: selectOptions,
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text[]', index: 'gin' }],
  schema: (field) => {
    const one = optionSchema(field);
    return { input: Type.Union([one, Type.Array(one)]), output: Type.Array(one) };
  },
  normalise: (input, field) => {
    const given = typeof input === 'string' ? [input] : listOf(input, MOST_GIVEN);
    const chosen = new Set(given.map((value) => knownOption(value, field)));
    return field.options.map(({ value }) => value).filter((value) => chosen.has(value));
  },
  write: (value) => [value],
  read: ([value]) => value as string[] | null,
  operators: containment,
  groups: 'each',
  words: (value, field) => value.flatMap((option) => optionWords(option, field)),
  format: (value, field, env) => value.map((option) => optionLabel(option, field, env.language)).join('; '),
  parse: (cell, field) =>
    cell
      .split(/[;,|\n]/, MOST_GIVEN + 1)
      .filter((part) => part.trim() !== '')
      .map((part) => optionNamed(part, field)),
  samples: [
    { input: 'b', value: ['b'], text: 'Bravo', field: { options: sampleOptions() } },
    { input: ['b', 'a', 'b'], value: ['a', 'b'], text: 'a; Bravo', field: { options: sampleOptions() } },
    { input: ['constructor'], value: ['constructor'], text: 'constructor', field: { options: sampleOptions() } },
  ],
  refused: [
    { input: ['d'], code: 'field.not-an-option', field: { options: sampleOptions() } },
    { input: { 0: 'a' }, code: 'field.not-a-list', field: { options: sampleOptions() } },
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is refused here
    { input: ['a', , 'b'], code: 'field.not-an-option', field: { options: sampleOptions() } },
    {
      // Made when it is asked for: 8 MB that only a test needs.
      get input() {
        return new Array(1_000_000).fill('a');
      },
      code: 'field.too-many',
      field: { options: sampleOptions() },
    },
  ],
});
