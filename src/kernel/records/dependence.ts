import { type FieldModel, type ObjectModel, objectOf } from '../object/model.ts';
import type { AggregateStatement } from '../query/aggregate.ts';
import { decidingFields, visibility } from '../query/compilation.ts';
import { inputsOf } from './derive.ts';
import { type Door, scopeOf } from './door.ts';

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
  const { model } = door.workspace;
  if (!compilation.lasting || columns.includes('extreme') || query.text.some((part) => part.includes('"search_text"')))
    return null;
  for (const joined of compilation.joins.values())
    if (visibility(compilation.scope, joined.object, 'read', joined.alias) !== 'all') return null;

  const written = new Set<FieldModel>();
  const generated = new Set<FieldModel>();
  const far = new Map<string, Set<string>>();
  const deciding = decidingFields(scopeOf(door), object);
  if (!deciding) return null;
  for (const field of deciding) {
    if (!isTold(field)) return null;
    far.set('share', ANYTHING);
    if (field.object === object.name) written.add(field);
    else far.set(field.object, (far.get(field.object) ?? new Set()).add(field.name));
  }
  for (const { alias, field } of compilation.reads) {
    const home = objectOf(model, field.object);
    for (const name of inputsOf(home, field)) {
      const input = home.fields.get(name)!;
      if (!isTold(input)) return null;
      if (alias === compilation.alias) written.add(input);
      else far.set(home.name, (far.get(home.name) ?? new Set()).add(name));
    }
    if (alias === compilation.alias && field.derived) generated.add(field);
  }
  return { written, generated, far };
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
