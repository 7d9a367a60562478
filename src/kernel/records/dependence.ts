import { identifier, raw, sql } from '../database/sql.ts';
import { type FieldModel, type ObjectModel, objectOf } from '../object/model.ts';
import type { AggregateStatement } from '../query/aggregate.ts';
import { type Compilation, decidingFields, visibility } from '../query/compilation.ts';
import { inputsOf } from './derive.ts';
import { connectionOf, type Door, scopeOf } from './door.ts';

/** What an aggregation depends on. */
export interface Dependence {
  /** Own stored fields, whose values before a change stand in its event. */
  readonly written: ReadonlySet<FieldModel>;
  /** Own fields that follow from those of the same record. */
  readonly generated: ReadonlySet<FieldModel>;
  /** Object → fields of it that were reached through references: when one changes, any record here may be concerned. */
  readonly far: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Whatever happens to a record of that object concerns any record here. */
export const ANYTHING: Set<string> = new Set();

/** Null when something in it can change without an event that tells how it was. */
export function dependenceOf(door: Door, object: ObjectModel, compiled: AggregateStatement): Dependence | null {
  const { compilation, columns, query } = compiled;
  if (columns.includes('extreme') || query.text.some((part) => part.includes('"search_text"'))) return null;
  const far = farOf(door, object, compilation);
  if (!far) return null;
  const written = new Set<FieldModel>();
  const generated = new Set<FieldModel>();
  for (const field of decidingFields(scopeOf(door), object) ?? []) {
    if (field.object !== object.name) continue;
    if (!isTold(field)) return null;
    written.add(field);
  }
  for (const { alias, field } of compilation.reads) {
    if (alias !== compilation.alias) continue;
    for (const name of inputsOf(object, field)) {
      const input = object.fields.get(name)!;
      if (!isTold(input)) return null;
      written.add(input);
    }
    if (field.derived) generated.add(field);
  }
  return { written, generated, far };
}

/** What a statement depends on besides its own records. Null when something of it can change without an event. */
export function farOf(door: Door, object: ObjectModel, compilation: Compilation): Dependence['far'] | null {
  if (!compilation.lasting) return null;
  for (const joined of compilation.joins.values())
    if (visibility(compilation.scope, joined.object, 'read', joined.alias) !== 'all') return null;
  const deciding = decidingFields(scopeOf(door), object);
  if (!deciding) return null;
  const far = new Map<string, Set<string>>();
  if (deciding.size > 0) far.set('share', ANYTHING);
  const reached = compilation.reads.filter(({ alias }) => alias !== compilation.alias).map(({ field }) => field);
  for (const field of [...[...deciding].filter((one) => one.object !== object.name), ...reached]) {
    const home = objectOf(door.workspace.model, field.object);
    for (const name of inputsOf(home, field)) {
      if (!isTold(home.fields.get(name)!)) return null;
      far.set(home.name, (far.get(home.name) ?? new Set()).add(name));
    }
  }
  return far;
}

/** An event of an object's record: object, record, operation, changes. */
type Told = readonly [string, string, string, Readonly<Record<string, readonly [unknown, unknown]>> | null];

/** Events that are read to tell what happened since; with more, computing it anew is cheaper. */
const MOST_TOLD = 5_000;

/** What happened to the object's records between two positions. Null when something happened that concerns others too. */
export async function toldSince(
  door: Door,
  object: ObjectModel,
  far: Dependence['far'],
  from: number,
  to: number,
): Promise<Told[] | null> {
  const events = (await connectionOf(door).run(sql`
    select object, record_id::text, operation, changes from ${raw(identifier(door.workspace.schema))}.event
    where position > ${from}::bigint and position <= ${to}::bigint
      and (object = any(${[object.name, ...far.keys()]}::text[]) or operation in ('purge', 'erase')) and version > 0
    order by position limit ${raw(String(MOST_TOLD + 1))}`)) as unknown as Told[];
  if (events.length > MOST_TOLD) return null;
  for (const [name, , operation, changes] of events) {
    // What was purged left no values, and what pointed to it was cleared without an event.
    // A purge that was committed a moment ago has emptied the events before it.
    if (
      operation === 'purge' ||
      operation === 'erase' ||
      (changes === null && (operation === 'update' || operation === 'derive'))
    )
      return null;
    const seen = far.get(name);
    if (seen === ANYTHING) return null;
    // To a new one nothing pointed; what does now was touched itself.
    if (seen && operation !== 'create' && Object.keys(changes ?? {}).some((field) => seen.has(field))) return null;
  }
  return events.filter(([name]) => name === object.name);
}

/** Every change of the field stands in the stream, with a value that its column can be given back. */
function isTold(field: FieldModel): boolean {
  if (field.name === 'id' || field.name === 'createdAt' || field.name === 'createdBy') return true;
  return (
    (!field.system || field.name === 'owner') &&
    field.derived === null &&
    field.link === null &&
    field.definition.history !== false &&
    field.type.name !== 'autoNumber' &&
    // Lists of lists cannot be sent as columns of rows.
    field.columns.every(({ type }) => !type.endsWith('[]') && type !== 'double precision')
  );
}
