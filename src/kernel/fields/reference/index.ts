import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { equality } from '../operators.ts';

interface ReferenceOptions {
  /** Name of the object it points to. */
  to: string;
  /** What happens to this record when the other goes to the trash for good. Default `clear`. */
  onDelete?: 'restrict' | 'clear' | 'cascade';
  /** The chain of references may not come back to where it began (a parent of a parent …). */
  acyclic?: boolean;
}

export const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
const uuid = new RegExp(uuidPattern);

/** Points to one record of another object. Its value is that record's id; `expand` brings the record along. */
export const reference = defineFieldType<string, ReferenceOptions>({
  name: 'reference',
  options: Type.Object({
    to: Type.String(),
    onDelete: Type.Optional(Type.Union([Type.Literal('restrict'), Type.Literal('clear'), Type.Literal('cascade')])),
    acyclic: Type.Optional(Type.Boolean()),
  }),
  storage: 'columns',
  columns: () => [{ suffix: '_id', type: 'uuid' }],
  schema: () => {
    const schema = Type.String({ format: 'uuid' });
    return { input: schema, output: schema };
  },
  normalise: asId,
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: equality('uuid'),
  order: ([column]) => [column!],
  groups: 'value',
  format: (value) => value,
  parse: (cell) => cell.trim(),
  samples: [1, 2, 3].map((number) => {
    const id = sampleId(number);
    return { input: number === 2 ? id.toUpperCase() : id, value: id, text: id, field: { to: 'account' } };
  }),
  refused: [
    { input: 'nobody', code: 'field.not-a-reference' },
    { input: 7, code: 'field.not-a-reference' },
    { input: { id: sampleId(1) }, code: 'field.not-a-reference' },
    { input: `${sampleId(1)}\n`, code: 'field.not-a-reference' },
  ],
});

/** A record id, in lower case. @throws FieldProblem `field.not-a-reference` */
export function asId(input: unknown): string {
  const id = typeof input === 'string' && input.length === 36 ? input.toLowerCase() : '';
  if (!uuid.test(id)) throw new FieldProblem('field.not-a-reference', { value: excerpt(input) });
  return id;
}

export function sampleId(number: number): string {
  return `0190aaaa-0000-7000-8000-00000000000${number}`;
}
