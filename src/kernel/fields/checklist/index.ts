import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { cleanLine, listOf } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { type ChecklistItem, formatChecklist } from './format.ts';

const MOST = 100;
const LONGEST = 500;
const LONGEST_ID = 36;

/** Points to tick off, in their order. */
export const checklist = defineFieldType<ChecklistItem[], object>({
  name: 'checklist',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'jsonb' }],
  schema: () => {
    const text = Type.String({ maxLength: LONGEST });
    const item = { text, done: Type.Boolean() };
    const id = Type.String({ maxLength: LONGEST_ID, description: 'Stays the point’s own; given to one that has none' });
    return {
      input: Type.Array(
        Type.Union([text, Type.Object({ id: Type.Optional(id), text, done: Type.Optional(Type.Boolean()) })]),
        { maxItems: MOST },
      ),
      output: Type.Array(Type.Object({ id, ...item })),
    };
  },
  normalise: (input) => {
    const items = listOf(input, MOST).flatMap(asItem);
    if (new Set(items.map(({ id }) => id)).size < items.length) throw new FieldProblem('field.not-a-checklist');
    return items;
  },
  // PostgreSQL keeps the keys of an object in an order of its own.
  write: (value) => [JSON.stringify(value)],
  read: ([value]) => (value as ChecklistItem[] | null)?.map(({ id, text, done }) => ({ id, text, done })) ?? null,
  operators: {},
  format: formatChecklist,
  parse: (cell) =>
    cell.split(/\r?\n/).flatMap((line) => {
      const [, mark, text] = /^\s*(?:[-*]\s*)?(?:\[([ xX✓]?)\]\s*)?(.*)$/.exec(line) ?? [];
      return text?.trim() ? [{ text, done: Boolean(mark?.trim()) }] : [];
    }),
  samples: [
    { input: [{ id: 'a', text: ' Call ' }], value: [{ id: 'a', text: 'Call', done: false }], text: '[ ] Call' },
    {
      input: [
        { id: 'b', text: 'Ąžuolas 🐉', done: true },
        { id: 'a', text: 'Call', done: false },
        { id: 'c', text: '  ' },
      ],
      value: [
        { id: 'b', text: 'Ąžuolas 🐉', done: true },
        { id: 'a', text: 'Call', done: false },
      ],
      text: '[x] Ąžuolas 🐉\n[ ] Call',
    },
    {
      input: [{ id: 'constructor', text: '[x] <b>', done: true }],
      value: [{ id: 'constructor', text: '[x] <b>', done: true }],
      text: '[x] [x] <b>',
    },
  ],
  refused: [
    { input: [7], code: 'field.not-a-checklist' },
    { input: [{ id: 'a' }], code: 'field.not-a-checklist' },
    { input: [{ id: 'a', text: 'x', done: 'yes' }], code: 'field.not-a-checklist' },
    { input: [{ id: '', text: 'x' }], code: 'field.not-a-checklist' },
    { input: [{ id: 'x'.repeat(37), text: 'x' }], code: 'field.not-a-checklist' },
    { input: [{ id: 'a', text: 'x', note: '' }], code: 'field.not-a-checklist' },
    {
      input: [
        { id: 'a', text: 'x' },
        { id: 'a', text: 'y' },
      ],
      code: 'field.not-a-checklist',
    },
    { input: [{ id: 'a', text: 'x'.repeat(501) }], code: 'field.too-long' },
    { input: Array.from({ length: 101 }, (_, index) => ({ id: `${index}`, text: 'x' })), code: 'field.too-many' },
  ],
});

function asItem(input: unknown): ChecklistItem[] {
  if (typeof input === 'string') return asItem({ text: input });
  if (typeof input !== 'object' || input === null) throw new FieldProblem('field.not-a-checklist');
  const { id = randomUUID(), text, done = false, ...others } = input as Record<string, unknown>;
  const isId = typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && /^[\w-]+$/.test(id);
  if (!isId || typeof text !== 'string' || typeof done !== 'boolean' || Object.keys(others).length > 0)
    throw new FieldProblem('field.not-a-checklist');
  const words = cleanLine(text, LONGEST);
  return words === '' ? [] : [{ id, text: words, done }];
}
