import { Type } from 'typebox';
import { not, raw, type Sql, sql } from '../../database/sql.ts';
import { listOf } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { flat } from '../operators.ts';
import { asId, sampleId } from '../reference/index.ts';

interface ReferencesOptions {
  /** Name of the object they point to. */
  to: string;
}

const MOST = 1000;

/**
 * Points to many records of another object, in an order. The rows stand in a table of their own: the door writes it, and
 * filters get `[id of the record, name of that table]` in place of columns. `read` takes the ids, gathered into a list.
 */
export const references = defineFieldType<string[], ReferencesOptions>({
  name: 'references',
  options: Type.Object({ to: Type.String() }),
  storage: 'link',
  columns: () => [],
  schema: () => {
    const one = Type.String({ format: 'uuid' });
    const list = Type.Array(one, { maxItems: MOST });
    return { input: Type.Union([one, list]), output: list };
  },
  normalise: (input) => [...new Set((typeof input === 'string' ? [input] : listOf(input, MOST)).map(asId))],
  write: () => [],
  read: ([ids]) => (Array.isArray(ids) && ids.length > 0 ? (ids as string[]) : null),
  operators: {
    hasAny: { takes: 'list', sql: (columns, value) => hasAny(columns, flat(value)) },
    hasAll: {
      takes: 'list',
      sql: ([id, link], value) => {
        const ids = [...new Set(flat(value))];
        return sql`(select count(*) from ${raw(link!)} l where l.from_id = ${raw(id!)} and l.to_id = any(${ids}::uuid[])) = ${ids.length}`;
      },
    },
    hasNone: { takes: 'list', sql: (columns, value) => not(hasAny(columns, flat(value))) },
    empty: {
      takes: 'nothing',
      sql: ([id, link], value) => {
        const any = sql`exists (select 1 from ${raw(link!)} l where l.from_id = ${raw(id!)})`;
        return value === false ? any : not(any);
      },
    },
  },
  format: (value) => value.join('; '),
  parse: (cell) => cell.split(/[;,|\s]+/, MOST + 2).filter(Boolean),
  samples: [
    { input: sampleId(1), value: [sampleId(1)], text: sampleId(1) },
    {
      input: [sampleId(2), sampleId(1), sampleId(2)],
      value: [sampleId(2), sampleId(1)],
      text: `${sampleId(2)}; ${sampleId(1)}`,
    },
    { input: [sampleId(3)], value: [sampleId(3)], text: sampleId(3) },
  ].map((sample) => ({ ...sample, field: { to: 'account' } })),
  refused: [
    { input: 7, code: 'field.not-a-list' },
    { input: ['nobody'], code: 'field.not-a-reference' },
    { input: [undefined], code: 'field.not-a-reference' },
    { input: new Array(1001).fill(sampleId(1)), code: 'field.too-many' },
  ],
});

function hasAny([id, link]: readonly string[], ids: readonly unknown[]): Sql {
  return sql`exists (select 1 from ${raw(link!)} l where l.from_id = ${raw(id!)} and l.to_id = any(${ids}::uuid[]))`;
}
