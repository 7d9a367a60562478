import { fieldAccess } from '../access/access.ts';
import { columnsOf, type FieldModel, type ObjectModel, objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { type Compilation, join, type Place, place, visibility } from './compilation.ts';
import { identifier, join as joinSql, or, raw, type Sql, sql } from './sql.ts';

/** The columns of a statement and how its rows become records. */
export interface Selection {
  readonly columns: Sql;
  readonly width: number;
  read(row: readonly unknown[]): Record<string, unknown> & { id: string; version: number };
}

/** System fields that every answer carries; `deletedAt` only matters in the trash but costs nothing. */
const always = ['id', 'owner', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy', 'version', 'deletedAt'];

/**
 * @param fields own fields, or `account.industry` through references; all own fields when undefined
 * @param expand reference fields whose title (and `fields` behind them) come along under `expanded`
 */
export function select(
  compilation: Compilation,
  fields: readonly string[] | undefined,
  expand: readonly string[] = [],
): Selection {
  const { object, scope } = compilation;
  const columns: Sql[] = [];
  const readers: { at: readonly string[]; field: FieldModel; start: number; count: number }[] = [];
  const add = (target: readonly string[], at: Place) => {
    const parts = partsOf(compilation, at);
    readers.push({ at: target, field: at.field, start: columns.length, count: parts.length });
    columns.push(...parts);
  };

  const own = fields?.filter((path) => !path.includes('.')) ?? ownFields(compilation, object);
  for (const name of new Set([...always, ...own])) {
    if (fieldAccess(scope.principal, object.name, name) !== 'hidden' || own.includes(name))
      add([name], place(compilation, name));
  }
  const expansions: ((row: readonly unknown[], expanded: Record<string, unknown>) => void)[] = [];
  for (const name of new Set(expand)) {
    const at = place(compilation, name);
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
    const titleIndex = columns.push(raw(`${titleSql(joined.object, joined.alias, scope.schema)}`)) - 1;
    const wanted = fields?.filter((path) => path.startsWith(`${name}.`)) ?? [];
    for (const path of wanted) add([path.slice(name.length + 1)], place(compilation, path));
    const more = readers.splice(inner);
    expansions.push((row, expanded) => {
      const id = row[idIndex];
      if (id === null) {
        expanded[name] = null;
        return;
      }
      const record: Record<string, unknown> = { id, title: row[titleIndex] };
      for (const reader of more) record[reader.at[0]!] = readField(reader, row);
      expanded[name] = record;
    });
  }
  for (const path of fields ?? []) {
    if (path.includes('.') && !expand.includes(path.slice(0, path.indexOf('.')))) add([path], place(compilation, path));
  }

  return {
    columns: joinSql(columns),
    width: columns.length,
    read(row) {
      const record: Record<string, unknown> = {};
      for (const reader of readers) record[reader.at[0]!] = readField(reader, row);
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

function readField(reader: { field: FieldModel; start: number; count: number }, row: readonly unknown[]): unknown {
  const { field, start, count } = reader;
  if (field.link) return row[start];
  return field.type.read(count === 1 ? [row[start]] : row.slice(start, start + count), field.definition);
}

function ownFields(compilation: Compilation, object: ObjectModel): string[] {
  const { principal } = compilation.scope;
  return [...object.fields.keys()].filter((name) => fieldAccess(principal, object.name, name) !== 'hidden');
}

function partsOf(_compilation: Compilation, at: Place): Sql[] {
  if (!at.field.link) return at.columns.map(raw);
  const [id, link] = at.columns;
  return [sql`array(select l.to_id::text from ${raw(link!)} l where l.from_id = ${raw(id!)} order by l.position)`];
}

function titlesOf(compilation: Compilation, at: Place): Sql {
  const { scope } = compilation;
  const target = objectOf(scope.model, at.field.target!);
  const visible = visibility(scope, target, 'read', 't');
  const seen = visible === 'all' ? raw('true') : or(visible);
  const [id, link] = at.columns;
  const table = `${identifier(scope.schema)}.${identifier(target.table)}`;
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'title', ${raw(titleSql(target, 't', scope.schema))}) order by l.position), '[]')
    from ${raw(link!)} l join ${raw(table)} t on t.id = l.to_id where l.from_id = ${raw(id!)} and ${seen})`;
}
