import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, foldText } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { equality } from '../operators.ts';

const { is, isNot } = equality('boolean');

/** Yes or no. */
export const boolean = defineFieldType<boolean, object>({
  name: 'boolean',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'boolean' }],
  schema: () => ({ input: Type.Boolean(), output: Type.Boolean() }),
  normalise: (input) => {
    if (typeof input !== 'boolean') throw new FieldProblem('field.not-a-boolean', { text: excerpt(input) });
    return input;
  },
  write: (value) => [value],
  read: ([value]) => value as boolean | null,
  operators: { is, isNot },
  order: ([column]) => [column!],
  groups: 'value',
  format: (value, _field, env) => (words[env.language] ?? words.en!)[value ? 1 : 0],
  parse: (cell) => {
    const word = foldText(cell.slice(0, 50)).trim();
    if (yes.has(word)) return true;
    if (no.has(word)) return false;
    throw new FieldProblem('field.not-a-boolean', { text: excerpt(cell) });
  },
  samples: [
    { input: false, value: false, text: 'No' },
    { input: true, value: true, text: 'Yes' },
  ],
  refused: [
    { input: 'yes', code: 'field.not-a-boolean' },
    { input: 1, code: 'field.not-a-boolean' },
    { input: [], code: 'field.not-a-boolean' },
  ],
});

const words: Record<string, readonly [string, string]> = { en: ['No', 'Yes'], es: ['No', 'Sí'], lt: ['Ne', 'Taip'] };
const yes = new Set(['yes', 'y', 'true', 't', '1', 'x', 'on', '✓', 'si', 's', 'verdadero', 'taip', 'tiesa']);
const no = new Set(['no', 'n', 'false', 'f', '0', '', '-', 'off', 'falso', 'ne', 'netiesa']);
