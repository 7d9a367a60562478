import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { cleanLine, foldText, listOf, plainObject } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { asId, sampleId, uuidPattern } from '../reference/index.ts';

/** An uploaded file, as `POST /api/files` answered it. */
export interface FileValue {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Media type, `application/pdf`. */
  type: string;
}

interface FileOptions {
  /** More than one. */
  many?: boolean;
}

const MOST = 50;

/** Files, a list also when there is but one. */
export const file = defineFieldType<FileValue[], FileOptions>({
  name: 'file',
  options: Type.Object({ many: Type.Optional(Type.Boolean()) }),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'jsonb' }],
  schema: ({ many }) => {
    const one = Type.Object(
      {
        id: Type.String({ pattern: uuidPattern.replaceAll('a-f', 'a-fA-F') }),
        name: Type.String({ minLength: 1, maxLength: 255 }),
        size: Type.Integer({ minimum: 0 }),
        type: Type.String({ maxLength: 127 }),
      },
      { additionalProperties: false },
    );
    const list = Type.Array(one, { maxItems: many ? MOST : 1 });
    return { input: Type.Union([one, list]), output: list };
  },
  normalise: (input, { many }) => {
    const files = listOf(Array.isArray(input) ? input : [input], many ? MOST : 1).map(oneFile);
    return files.filter((each, index) => files.findIndex(({ id }) => id === each.id) === index);
  },
  write: (value) => [JSON.stringify(value)],
  read: ([value]) => value as FileValue[] | null,
  operators: {},
  words: (value) => value.map(({ name }) => foldText(name)),
  format: (value) => value.map(({ name }) => name).join('; '),
  parse: (cell) => {
    throw new FieldProblem('field.not-a-file', { text: cell.slice(0, 50) });
  },
  samples: [
    ...['a.pdf', 'Sąskaita №1.PDF', '../../etc/passwd'].map((name, index) => {
      const value = { id: sampleId(index), name, size: index * 1e9, type: 'application/pdf' };
      return { input: value, value: [value], text: name };
    }),
    ...[1, 2, 3].map((count) => {
      const value = Array.from({ length: count }, (_, index) => ({
        id: sampleId(index),
        name: `${index}`,
        size: 0,
        type: 'text/plain',
      }));
      return { input: value, value, text: value.map(({ name }) => name).join('; '), field: { many: true } };
    }),
  ],
  refused: [
    { input: sampleId(1), code: 'field.not-a-file' },
    { input: { id: sampleId(1), name: 'a', size: -1, type: 'text/plain' }, code: 'field.not-a-file' },
    { input: { id: sampleId(1), name: 'a', size: 1, type: '<script>' }, code: 'field.not-a-file' },
    { input: { id: sampleId(1), name: ' ', size: 1, type: 'text/plain' }, code: 'field.not-a-file' },
    { input: { id: sampleId(1), name: 'a', size: 1, type: 'text/plain', path: '/' }, code: 'field.unknown-key' },
    { input: { id: '../1', name: 'a', size: 1, type: 'text/plain' }, code: 'field.not-a-reference' },
    { input: [1, 2], code: 'field.too-many' },
  ],
});

function oneFile(input: unknown): FileValue {
  const { id, name, size, type } = plainObject(input, ['id', 'name', 'size', 'type'], 'field.not-a-file');
  const value = { id: asId(id), name: cleanLine(name, 255), size, type };
  const isMediaType =
    typeof type === 'string' && type.length < 128 && /^[\w.+-]+\/[\w.+-]+(?:;[\w.+=" -]*)?$/.test(type);
  if (value.name === '' || !Number.isSafeInteger(size) || (size as number) < 0 || !isMediaType) {
    throw new FieldProblem('field.not-a-file');
  }
  // -0 would not come back as it was kept.
  return { ...value, size: (size as number) + 0 } as FileValue;
}
