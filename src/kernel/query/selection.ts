import { fieldAccess, isShown, type Role } from '../access/access.ts';
import { maskedValue } from '../access/mask.ts';
import { identifier, join as joinSql, or, raw, type Sql, sql } from '../database/sql.ts';
import { columnsOf, type FieldModel, type Model, type ObjectModel, objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { type Compilation, join, type Place, place, type QueryScope, visibility } from './compilation.ts';

/** The columns of a statement and how its rows become records. */
export interface Selection {
  readonly columns: Sql;
  readonly width: number;
  read(row: readonly unknown[]): Record<string, unknown> & { id: string; version: number };
}

/** What every answer carries, also when only some fields are asked for: who it is, and what a change has to be based on. */
const always = ['id', 'version'];

/**
 * @param fields own fields, or `account.industry` through references; all own fields when undefined
 * @param expand reference fields whose title (and `fields` behind them) come along under `expanded`
 */
export function select(
  compilation: Compilation,
  fields: readonly string[] | undefined,
  expand: readonly string[] = [],
): Selection {
  const { scope, object, alias, joins } = compilation;
  const shapes = shapesOf(scope.model);
  const key = [
    scope.schema,
    scope.principal.roles.map(numberOf),
    object.name,
    alias,
    // All fields and none are different questions.
    fields ? `:${fields.join()}` : '*',
    expand.join(),
  ].join(' ');
  const known = joins.size === 0 ? shapes.get(key) : undefined;
  if (known) {
    for (const [path, joined] of known.joins) joins.set(path, joined);
    return known.selection;
  }
  const isFirst = joins.size === 0;
  const selection = compileSelection(compilation, fields, expand);
  if (isFirst && compilation.lasting) {
    if (shapes.size >= MOST_SHAPES) shapes.clear();
    shapes.set(key, { selection, joins: new Map(joins) });
  }
  return selection;
}

/** What was compiled for a shape of answer: putting it together anew was a tenth of the time of reading a record. */
interface Shape {
  readonly selection: Selection;
  readonly joins: Compilation['joins'];
}

const MOST_SHAPES = 1_000;
const shapesByModel = new WeakMap<Model, Map<string, Shape>>();

function shapesOf(model: Model): Map<string, Shape> {
  const shapes = shapesByModel.get(model) ?? new Map<string, Shape>();
  shapesByModel.set(model, shapes);
  return shapes;
}

/** Two roles of one name may allow different things, so it is the role itself that counts. */
const roleNumbers = new WeakMap<Role, number>();
let lastNumber = 0;

function numberOf(role: Role): number {
  const number = roleNumbers.get(role) ?? ++lastNumber;
  roleNumbers.set(role, number);
  return number;
}

function compileSelection(
  compilation: Compilation,
  fields: readonly string[] | undefined,
  expand: readonly string[],
): Selection {
  const { object, scope } = compilation;
  const columns: Sql[] = [];
  const readers: FieldReader[] = [];
  const add = (name: string, at: Place) => {
    const parts = partsOf(at);
    const access = fieldAccess(scope.principal, at.field.object, at.field.name);
    readers.push(readerOf(name, at.field, columns.length, parts, access === 'masked'));
    for (const part of parts) if (part) columns.push(part);
  };

  const own = fields?.filter((path) => !path.includes('.')) ?? ownFields(compilation, object);
  for (const name of new Set([...always, ...own])) {
    if (fieldAccess(scope.principal, object.name, name) !== 'hidden' || own.includes(name))
      add(name, place(compilation, name, 'show'));
  }
  const expansions: ((row: readonly unknown[], expanded: Record<string, unknown>) => void)[] = [];
  for (const name of new Set(expand)) {
    const at = place(compilation, name, 'show');
    if (at.field.target === null) throw new Problem('query.invalid', { reason: 'not-a-reference', path: name });
    if (at.field.link) {
      const index = columns.push(titlesOf(compilation, at)) - 1;
      expansions.push((row, expanded) => {
        expanded[name] = row[index];
      });
      continue;
    }
    const joined = join(compilation, name, at.field, at.alias);
    const inner = readers.length;
    const idIndex = columns.push(raw(`${joined.alias}."id"`)) - 1;
    const titleIndex = columns.push(raw(seenTitle(scope, joined.object, joined.alias))) - 1;
    const wanted = fields?.filter((path) => path.startsWith(`${name}.`)) ?? [];
    for (const path of wanted) add(path.slice(name.length + 1), place(compilation, path, 'show'));
    const more = readers.splice(inner);
    expansions.push((row, expanded) => {
      const id = row[idIndex];
      if (id === null) {
        expanded[name] = null;
        return;
      }
      const record: Record<string, unknown> = { id, title: row[titleIndex] };
      for (const { name, read } of more) record[name] = read(row);
      expanded[name] = record;
    });
  }
  for (const path of fields ?? []) {
    if (path.includes('.') && !expand.includes(path.slice(0, path.indexOf('.'))))
      add(path, place(compilation, path, 'show'));
  }

  return {
    columns: joinSql(columns),
    width: columns.length,
    read(row) {
      const record: Record<string, unknown> = {};
      for (const { name, read } of readers) record[name] = read(row);
      if (expansions.length > 0) {
        const expanded: Record<string, unknown> = {};
        for (const expansion of expansions) expansion(row, expanded);
        record.expanded = expanded;
      }
      return record as Record<string, unknown> & { id: string; version: number };
    },
  };
}

/** SQL of the text that names a record. */
export function titleSql(object: ObjectModel, alias: string, schema: string): string {
  const column = columnsOf(object.title, alias, schema)[0]!;
  return object.title.columns[0]?.type === 'text' ? column : `${column}::text`;
}

/** The title for this reader: nothing where the field behind it is not shown in full. */
export function seenTitle(scope: QueryScope, object: ObjectModel, alias: string): string {
  return isShown(scope.principal, object.name, object.title.name)
    ? titleSql(object, alias, scope.schema)
    : 'null::text';
}

interface FieldReader {
  readonly name: string;
  read(row: readonly unknown[]): unknown;
}

/** A list of 50 is some 500 cells: what is known of a field before the first row is settled here once. */
function readerOf(
  name: string,
  field: FieldModel,
  start: number,
  parts: readonly (Sql | null)[],
  isMasked: boolean,
): FieldReader {
  if (isMasked) {
    const { read } = readerOf(name, field, start, parts, false);
    return { name, read: (row) => maskedValue(field, read(row)) };
  }
  if (field.link) return { name, read: (row) => row[start] };
  const { type, definition } = field;
  if (parts.length === 1) return { name, read: (row) => type.read([row[start]], definition) };
  const places: (number | null)[] = [];
  let next = start;
  for (const part of parts) places.push(part ? next++ : null);
  return {
    name,
    read: (row) =>
      type.read(
        places.map((at) => (at === null ? undefined : row[at])),
        definition,
      ),
  };
}

function ownFields(compilation: Compilation, object: ObjectModel): string[] {
  const { principal } = compilation.scope;
  return [...object.fields.keys()].filter((name) => fieldAccess(principal, object.name, name) !== 'hidden');
}

/** One expression per column of the field; null for a column that only repeats what the others say. */
function partsOf(at: Place): (Sql | null)[] {
  const { field } = at;
  if (!field.link) return at.columns.map((column, index) => (field.columns[index]?.copy ? null : raw(column)));
  const [id, link] = at.columns;
  return [sql`array(select l.to_id::text from ${raw(link!)} l where l.from_id = ${raw(id!)} order by l.position)`];
}

function titlesOf(compilation: Compilation, at: Place): Sql {
  const { scope } = compilation;
  const target = objectOf(scope.model, at.field.target!);
  const visible = visibility(scope, target, 'read', 't');
  if (visible !== 'all') compilation.lasting = false;
  const seen = visible === 'all' ? raw('true') : or(visible);
  const [id, link] = at.columns;
  const table = `${identifier(scope.schema)}.${identifier(target.table)}`;
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'title', ${raw(seenTitle(scope, target, 't'))}) order by l.position), '[]')
    from ${raw(link!)} l join ${raw(table)} t on t.id = l.to_id where l.from_id = ${raw(id!)} and ${seen})`;
}
