import { conditionFields } from './condition.ts';
import { conditionsOf } from './conditions.ts';
import type { FieldModel, Model } from './model.ts';

/**
 * Fields and settings that need an object or one of its fields: references to it, formulas and roll-ups that read it, the
 * title, unique combinations and indexes it is part of.
 */
export function dependentsOf(model: Model, object: string, field?: string): string[] {
  const needed = (at: { object: string; name: string }) =>
    at.object === object && (field === undefined || at.name === field);
  const dependents: string[] = [];
  for (const other of model.objects.values()) {
    if (field === undefined && other.name === object) continue;
    for (const reader of other.fields.values()) {
      if (other.name === object && reader.name === field) continue;
      const points = field === undefined && reader.target === object;
      if (points || readsOf(model, reader).some(needed)) dependents.push(`${other.name}.${reader.name}`);
    }
  }
  const own = model.objects.get(object);
  if (own && field !== undefined) {
    const { definition } = own;
    if (own.title.name === field) dependents.push(`${object}.title`);
    for (const [name, fields] of Object.entries({ ...definition.indexes, ...definition.unique })) {
      if (fields.some((signed) => signed.replace(/^[-!]/, '') === field)) dependents.push(`${object}.${name}`);
    }
  }
  return dependents;
}

/** All fields that a formula or roll-up looks at, those on the way included. */
function readsOf(model: Model, reader: FieldModel): FieldModel[] {
  const { derived } = reader;
  if (derived === null) {
    const paths = conditionsOf(reader.definition).flatMap(({ condition }) => conditionFields(condition));
    return paths.flatMap((name) => along(model, reader.object, [name]));
  }
  if (derived.kind !== 'rollup') return derived.checked.reads.flatMap((path) => along(model, reader.object, path));
  const paths = [[derived.via], ...(derived.field ? [[derived.field]] : []), ...filterPaths(derived.where)];
  return paths.flatMap((path) => along(model, derived.from, path));
}

function along(model: Model, object: string, path: readonly string[]): FieldModel[] {
  const met: FieldModel[] = [];
  let at: string | null = object;
  for (const name of path) {
    const field: FieldModel | undefined = at === null ? undefined : model.objects.get(at)?.fields.get(name);
    if (!field) break;
    met.push(field);
    at = field.target;
  }
  return met;
}

function filterPaths(filter: unknown): string[][] {
  if (typeof filter !== 'object' || filter === null) return [];
  return Object.entries(filter).flatMap(([key, value]) => {
    if (key === 'and' || key === 'or') return (value as unknown[]).flatMap(filterPaths);
    return key === 'not' ? filterPaths(value) : [key.split('.')];
  });
}
