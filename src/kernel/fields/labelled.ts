import { Type } from 'typebox';
import { not, raw, type Sql, sql } from '../database/sql.ts';
import { FieldProblem } from '../problems/problem.ts';
import { cleanLine, foldSql, listOf, plainObject } from './clean.ts';
import type { FieldEnv, FieldOf, FieldType, FormatEnv, Operator, ParseEnv, Sample } from './field-type.ts';
import { escapeLike, flat, ilike } from './operators.ts';

/** One of several addresses or numbers of a person, with what it is for: `work`, `home`. */
export interface LabelledValue {
  value: string;
  label: string | null;
}

export interface ManyOptions {
  /** A list of labelled values, the first of them the primary one, each found by search and filters. */
  many?: boolean;
}

/** What a value of one kind is; `labelledType` makes the field type of one or many of them. */
interface Kind {
  name: string;
  format?: string;
  maxLength: number;
  /** @throws FieldProblem */
  normalise(input: unknown, env: FieldEnv): string;
  words(value: string): readonly string[];
  /** The part of a stored value that a filter's text means. */
  part(text: unknown): string;
  show(value: string, env: FormatEnv): string;
  parse(cell: string, env: ParseEnv): unknown;
  /** Between several of them in one cell. */
  separator: RegExp;
  samples: readonly Sample<string | LabelledValue[], ManyOptions>[];
  refused: FieldType<unknown, ManyOptions>['refused'];
}

const MOST = 50;

/**
 * E-mail and phone: one text, or with `many` three columns – the primary value, all of them, their labels if any has one – so that
 * sorting, filtering and search work on the primary one as on a single one, and the labels stay beside.
 */
export function labelledType(kind: Kind): FieldType<string | LabelledValue[], ManyOptions> {
  type Value = string | LabelledValue[];
  const one = Type.String({ maxLength: kind.maxLength, ...(kind.format ? { format: kind.format } : {}) });
  const labelled = (given: ReturnType<typeof Type.String>) =>
    Type.Object(
      { value: given, label: Type.Optional(Type.Union([Type.String({ maxLength: 50 }), Type.Null()])) },
      { additionalProperties: false },
    );
  const loose = Type.String({ maxLength: 500 });

  const item = (input: unknown, env: FieldEnv): LabelledValue => {
    if (typeof input !== 'object' || input === null) return { value: kind.normalise(input, env), label: null };
    const { value, label } = plainObject(input, ['value', 'label'], 'field.not-text');
    return { value: kind.normalise(value, env), label: cleanLine(label ?? '', 50) || null };
  };
  const primary = (value: Value) => (typeof value === 'string' ? value : value[0]?.value);
  const all = (value: Value) => (typeof value === 'string' ? [value] : value.map((entry) => entry.value));
  const withLabel = (entry: LabelledValue, env: FormatEnv) =>
    entry.label ? `${kind.show(entry.value, env)} (${entry.label})` : kind.show(entry.value, env);

  return {
    name: kind.name,
    options: Type.Object({ many: Type.Optional(Type.Boolean()) }),
    storage: 'columns',
    columns: ({ many }) =>
      many
        ? [
            { suffix: '', type: 'text', copy: true },
            { suffix: '_all', type: 'text[]', index: 'gin' },
            { suffix: '_labels', type: 'text[]' },
          ]
        : [{ suffix: '', type: 'text' }],
    schema: ({ many }) =>
      many
        ? {
            input: Type.Union([loose, Type.Array(Type.Union([loose, labelled(loose)]), { maxItems: MOST })]),
            output: Type.Array(labelled(one)),
          }
        : { input: loose, output: one },
    normalise: (input, { many }, env) => {
      if (!many) return kind.normalise(input, env);
      if (!Array.isArray(input)) return [item(input, env)];
      if (input.length === 1) return [item(input[0], env)];
      const entries = listOf(input, MOST).map((entry) => item(entry, env));
      return entries.filter((entry, index) => entries.findIndex(({ value }) => value === entry.value) === index);
    },
    write: (value) => {
      if (typeof value === 'string') return [value];
      // Most have no label: without the empty ones the server and the driver take 0.43 ms for a page of contacts, with them 0.47.
      const labels = value.some(({ label }) => label) ? value.map(({ label }) => label ?? '') : null;
      return [primary(value) ?? null, all(value), labels];
    },
    read: ([first, values, labels], { many }) => {
      if (!many) return first as string | null;
      if (values === null) return null;
      return (values as string[]).map((value, index) => ({
        value,
        label: (labels as string[] | null)?.[index] || null,
      }));
    },
    operators: operators(kind),
    order: ([column]) => [foldSql(column!)],
    groups: 'value',
    words: (value) => {
      const values = all(value);
      return values.length === 1 ? kind.words(values[0]!) : values.flatMap((entry) => kind.words(entry));
    },
    format: (value, _field, env) =>
      typeof value === 'string' ? kind.show(value, env) : value.map((entry) => withLabel(entry, env)).join('; '),
    parse: (cell, { many }, env) => {
      if (!many) return kind.parse(cell, env);
      // Nine of ten cells hold one, without a label.
      if (!kind.separator.test(cell) && !cell.includes('(') && cell.trim() !== '')
        return [{ value: kind.parse(cell, env), label: null }];
      return cell
        .split(kind.separator, MOST * 2)
        .filter((part) => part.trim() !== '')
        .map((part) => {
          const labelled = part.length < 500 ? /^(.*?)\(([^()]*\p{L}[^()]*)\)\s*$/su.exec(part) : null;
          return labelled
            ? { value: kind.parse(labelled[1]!, env), label: labelled[2]! }
            : { value: kind.parse(part, env), label: null };
        });
    },
    samples: kind.samples,
    refused: kind.refused,
  };
}

/** On every value of a list; without `many` on the one. */
function operators(kind: Kind): Record<string, Operator<ManyOptions>> {
  const each = (columns: readonly string[], { many }: FieldOf<ManyOptions>, test: (column: string) => Sql): Sql =>
    many
      ? sql`exists (select 1 from unnest(${raw(columns[1]!)}) as each_one where ${test('each_one')})`
      : test(columns[0]!);
  // `&&` rather than `exists`: it finds its GIN index.
  const among: Operator<ManyOptions>['sql'] = (columns, value, { many }) => {
    const values = flat(value).map((entry) => (typeof entry === 'string' ? entry : (entry as LabelledValue).value));
    return many ? sql`${raw(columns[1]!)} && ${values}::text[]` : sql`${raw(columns[0]!)} = any(${values}::text[])`;
  };
  const like = (before: string, after: string): Operator<ManyOptions>['sql'] => {
    return (columns, value, field) =>
      each(columns, field, (column) => ilike(column, `${before}${escapeLike(kind.part(value))}${after}`));
  };
  const contains = like('%', '%');
  return {
    is: { takes: 'value', sql: among },
    isNot: { takes: 'value', sql: (...call) => not(among(...call)) },
    in: { takes: 'list', sql: among },
    notIn: { takes: 'list', sql: (...call) => not(among(...call)) },
    contains: { takes: 'text', sql: contains },
    notContains: { takes: 'text', sql: (...call) => not(contains(...call)) },
    startsWith: { takes: 'text', sql: like('', '%') },
    endsWith: { takes: 'text', sql: like('%', '') },
  };
}

/** The text a client sent for one value, cheaply refused when it cannot be one. */
export function shortText(input: unknown, max: number, code: string): string {
  if (typeof input !== 'string') throw new FieldProblem('field.not-text');
  if (input.length > max * 2) throw new FieldProblem(code);
  return cleanLine(input, max * 2);
}
