import { fieldAccess } from '../access/access.ts';
import type { ParseEnv } from '../fields/field-type.ts';
import { type FieldModel, objectOf } from '../object/model.ts';
import { FieldProblem, Problem } from '../problems/problem.ts';
import { type Door, envOf } from '../records/door.ts';
import { lookUp } from './import/look-up.ts';
import { withOptionLabels } from './labels.ts';
import { detectDateOrder, detectNumberStyle, isNull } from './values.ts';

/** What a cell says, as a client would send it; or why it cannot be read. */
export type ReadCell = { value: unknown } | { code: string; params?: Record<string, unknown> };

/** A pasted range: more belongs into an import. */
const MAX_CELLS = 20_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads texts of a table as people write them (`1.234,56 €`, `3/4/2026`, a stage's name) into values of an object's
 * fields, one field per column. How a column writes numbers and dates is found over all its cells, as an import does.
 * It writes nothing.
 * @param locale how days and numbers are written where the texts leave it open; by the reader's language when left out
 * @throws Problem `field.unknown`, `bulk.too-many`
 */
export async function readCells(
  door: Door,
  objectName: string,
  fields: readonly string[],
  rows: readonly (readonly string[])[],
  locale?: string,
): Promise<ReadCell[][]> {
  const object = objectOf(door.workspace.model, objectName);
  if (fields.length * rows.length > MAX_CELLS) throw new Problem('bulk.too-many', { max: MAX_CELLS });
  const columns = await Promise.all(
    fields.map((name, index) => {
      const field = object.fields.get(name);
      if (!field || fieldAccess(door.principal, objectName, name) === 'hidden')
        throw new Problem('field.unknown', { object: objectName, field: name });
      return readColumn(
        door,
        field,
        rows.map((row) => row[index] ?? ''),
        locale,
      );
    }),
  );
  return rows.map((_, row) => columns.map((column) => column[row]!));
}

async function readColumn(
  door: Door,
  field: FieldModel,
  texts: readonly string[],
  locale: string | undefined,
): Promise<ReadCell[]> {
  if (field.target !== null && field.name !== 'id') return readReferences(door, field, texts);
  const env = envOf(door);
  const style: ParseEnv = {
    ...env,
    decimal: detectNumberStyle(texts, locale ?? env.language).style.decimal,
    dateOrder: detectDateOrder(texts, locale ?? env.language).style,
  };
  const definition = withOptionLabels(field);
  const isText = field.type.name === 'text' || field.type.name === 'longText';
  return texts.map((text): ReadCell => {
    if (isText ? text === '' : isNull(text)) return { value: null };
    try {
      const value = field.type.parse(text, definition, style);
      // Only asked whether the door would take it, which is given what a client would send.
      return { value: field.type.normalise(value, definition, style) === null ? null : value };
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      return { code: error.code, params: error.params };
    }
  });
}

/** By the record's title, a person's e-mail, or an id. */
async function readReferences(door: Door, field: FieldModel, texts: readonly string[]): Promise<ReadCell[]> {
  const target = objectOf(door.workspace.model, field.target!);
  const isList = field.type.name === 'references';
  const parts = texts.map((text) =>
    isNull(text) ? [] : (isList ? text.split(/[;,]/) : [text]).map((part) => part.trim()).filter(Boolean),
  );
  const byField = (text: string) =>
    UUID.test(text)
      ? target.fields.get('id')!
      : target.name === 'user' && text.includes('@')
        ? target.fields.get('email')!
        : target.title;
  const found = new Map<string, { id: string } | { count: number }>();
  for (const [by, group] of Map.groupBy(new Set(parts.flat()), byField))
    for (const [text, result] of await lookUp(door, by, group)) found.set(text, result);
  return parts.map((list): ReadCell => {
    const ids: string[] = [];
    for (const part of list) {
      const result = found.get(part);
      if (result && 'id' in result) ids.push(result.id);
      else if (result && result.count > 1)
        return { code: 'import.reference-ambiguous', params: { text: part, count: result.count } };
      else return { code: 'import.reference-missing', params: { text: part } };
    }
    return { value: isList ? (ids.length > 0 ? ids : null) : (ids[0] ?? null) };
  });
}
