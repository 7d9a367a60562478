import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { defineFieldType } from '../field-type.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const LIMIT = 100_000;
const DEEPEST = 20;

/** Anything in JSON, for other programs: at most 100,000 bytes and 20 levels. PostgreSQL keeps its objects' keys in an order of its own. */
export const json = defineFieldType<Json, object>({
  name: 'json',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'jsonb' }],
  schema: () => ({ input: Type.Unknown(), output: Type.Unknown() }),
  normalise: (input) => {
    const value = copy(input, 1, { left: LIMIT });
    const size = Buffer.byteLength(JSON.stringify(value));
    if (size > LIMIT) throw tooLong();
    return value;
  },
  write: (value) => [JSON.stringify(value)],
  read: ([value]) => value as Json,
  operators: {},
  format: (value) => JSON.stringify(value),
  parse: (cell) => {
    if (cell.length > LIMIT) throw tooLong();
    try {
      return JSON.parse(cell);
    } catch {
      throw new FieldProblem('field.not-json');
    }
  },
  samples: [
    {
      input: [1, -0, 1e300, 'ą 🐉', null, [true]],
      value: [1, 0, 1e300, 'ą 🐉', null, [true]],
      text: '[1,0,1e+300,"ą 🐉",null,[true]]',
    },
    { input: 'text', value: 'text', text: '"text"' },
    {
      input: { constructor: { name: 'x' } },
      value: { constructor: { name: 'x' } },
      text: '{"constructor":{"name":"x"}}',
    },
  ],
  refused: [
    { input: { a: ['b\u0000'] }, code: 'field.not-json' },
    { input: { 'a\u0000': 1 }, code: 'field.not-json' },
    { input: [['\ud800']], code: 'field.not-json' },
    { input: { '\udc00': 1 }, code: 'field.not-json' },
    { input: JSON.parse('{"a":{"__proto__":{"admin":true}}}'), code: 'field.not-json' },
    { input: [Number.NaN], code: 'field.not-json' },
    { input: [undefined], code: 'field.not-json' },
    { input: new Array(3), code: 'field.not-json' },
    { input: new Date(0), code: 'field.not-json' },
    { input: JSON.parse(`${'['.repeat(21)}${']'.repeat(21)}`), code: 'field.too-deep' },
    { input: 'x'.repeat(10_000_000), code: 'field.too-long' },
    {
      // Made when it is asked for: 8 MB that only a test needs.
      get input() {
        return new Array(1_000_000).fill(0);
      },
      code: 'field.too-long',
    },
  ],
});

/** A copy of plain data; `budget` stops a large value before all of it was looked at. */
function copy(input: unknown, depth: number, budget: { left: number }): Json {
  budget.left -= typeof input === 'string' ? input.length : 1;
  if (budget.left < 0) throw tooLong();
  switch (typeof input) {
    case 'string':
      return wellFormed(input);
    case 'number':
      if (!Number.isFinite(input)) throw new FieldProblem('field.not-json');
      return input === 0 ? 0 : input;
    case 'boolean':
      return input;
    case 'object':
      break;
    default:
      throw new FieldProblem('field.not-json');
  }
  if (input === null) return null;
  if (depth > DEEPEST) throw new FieldProblem('field.too-deep', { max: DEEPEST });
  if (Array.isArray(input)) {
    if (input.length > budget.left) throw tooLong();
    return Array.from(input, (value) => copy(value, depth + 1, budget));
  }
  const prototype = Object.getPrototypeOf(input);
  if (prototype !== Object.prototype && prototype !== null) throw new FieldProblem('field.not-json');
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(input)) {
    budget.left -= key.length;
    // As a key it would change the prototype of whatever it is copied into.
    if (key === '__proto__') throw new FieldProblem('field.not-json');
    result[wellFormed(key)] = copy(value, depth + 1, budget);
  }
  return result;
}

function wellFormed(text: string): string {
  if (text.includes('\u0000') || !text.isWellFormed()) throw new FieldProblem('field.not-json');
  return text;
}

function tooLong(): FieldProblem {
  return new FieldProblem('field.too-long', { max: LIMIT });
}
