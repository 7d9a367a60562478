import type { FieldDefinition } from '../fields/registry.ts';
import { Problem } from '../problems/problem.ts';
import type { ObjectDefinition } from './definition.ts';
import type { LayoutDefinition } from './layout.ts';

/**
 * What an administrator added to the shipped definitions and changed in them, as plain JSON. Deltas, so that an upgrade
 * brings what is new in the shipped ones.
 */
export interface Overlay {
  /** Objects added at run time, by name. */
  readonly objects: Readonly<Record<string, ObjectDefinition>>;
  /** Fields added to shipped objects: object → field → definition. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, FieldDefinition>>>>;
  /** Changes of shipped objects and their fields. */
  readonly changes: Readonly<
    Record<string, ObjectChange & { readonly fields?: Readonly<Record<string, FieldChange>> }>
  >;
  /** Objects (`visit`) and fields (`account.segment`) taken away: their columns stay until they are purged. */
  readonly hidden: readonly string[];
  /** Names of added fields in the order in which they came, by object: a document of PostgreSQL sorts its keys. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
}

export interface ObjectChange {
  readonly label?: ObjectDefinition['label'];
  readonly icon?: string;
  /** Fields of the shortest form, in order. */
  readonly quickCreate?: readonly string[];
  /** All of the object's layouts, in order. */
  readonly layouts?: readonly LayoutDefinition[];
}

/** Settings of a field by name, null to clear one. */
export type FieldChange = Readonly<Record<string, unknown>>;

export const emptyOverlay: Overlay = { objects: {}, fields: {}, changes: {}, hidden: [] };

export interface MergedDefinitions {
  /** In force. */
  readonly definitions: readonly ObjectDefinition[];
  /** As the tables have them: with the hidden objects and fields, made so that they hinder nobody. */
  readonly kept: readonly ObjectDefinition[];
  /** Objects and `object.field`s added at run time, for `buildModel`. */
  readonly custom: ReadonlySet<string>;
}

/** @throws Problem `object.exists` when something added at run time has a name that is shipped by now */
export function mergeOverlay(shipped: readonly ObjectDefinition[], overlay: Overlay): MergedDefinitions {
  const hidden = new Set(overlay.hidden);
  const custom = new Set<string>(Object.keys(overlay.objects));
  const definitions: ObjectDefinition[] = [];
  const kept: ObjectDefinition[] = [];
  for (const definition of shipped) {
    if (custom.has(definition.name)) throw new Problem('object.exists', { object: definition.name });
    const added = inOrder(overlay.fields[definition.name], overlay.order?.[definition.name]);
    for (const name of Object.keys(added)) {
      if (definition.fields[name]) throw new Problem('object.exists', { object: definition.name, field: name });
      custom.add(`${definition.name}.${name}`);
    }
    const changed = changeObject(definition, overlay.changes[definition.name]);
    definitions.push(withFields(changed, added, hidden, 'leave-out'));
    kept.push(withFields(changed, added, hidden, 'loosen'));
  }
  for (const definition of Object.values(overlay.objects)) {
    if (hidden.has(definition.name)) kept.push(loosenObject(definition));
    else {
      const fields = inOrder(definition.fields, overlay.order?.[definition.name]);
      definitions.push(withFields({ ...definition, fields: {} }, fields, hidden, 'leave-out'));
      kept.push(withFields({ ...definition, fields: {} }, fields, hidden, 'loosen'));
    }
  }
  return { definitions, kept, custom };
}

/** Fields as they were added; those whose place nobody noted come last. */
export function inOrder(
  fields: Readonly<Record<string, FieldDefinition>> = {},
  order: readonly string[] = [],
): Readonly<Record<string, FieldDefinition>> {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => place(a) - place(b)));
}

function changeObject(definition: ObjectDefinition, change: Overlay['changes'][string] | undefined): ObjectDefinition {
  if (!change) return definition;
  const { fields: fieldChanges = {}, ...settings } = change;
  const fields = { ...definition.fields };
  for (const [name, changes] of Object.entries(fieldChanges)) {
    // A field that is not shipped any more has nothing to change.
    if (fields[name]) fields[name] = changeField(fields[name], changes);
  }
  return { ...definition, ...settings, fields };
}

/** A merge-patch; options of a list of values are merged by value, so that those an upgrade brings are there too. */
export function changeField(definition: FieldDefinition, changes: FieldChange): FieldDefinition {
  const changed: Record<string, unknown> = { ...definition };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete changed[name];
    else if (name === 'options') changed.options = mergeOptions((definition as WithOptions).options, value as Options);
    else changed[name] = value;
  }
  return changed as unknown as FieldDefinition;
}

type Options = readonly { readonly value: string }[];
interface WithOptions {
  options?: Options;
}

function mergeOptions(before: Options = [], wanted: Options): Options {
  const known = new Map(before.map((option) => [option.value, option]));
  const values = new Set(wanted.map((option) => option.value));
  return [
    ...wanted.map((option) => ({ ...known.get(option.value), ...option })),
    ...before.filter((option) => !values.has(option.value)),
  ];
}

function withFields(
  definition: ObjectDefinition,
  added: Readonly<Record<string, FieldDefinition>>,
  hidden: ReadonlySet<string>,
  hide: 'leave-out' | 'loosen',
): ObjectDefinition {
  const fields: Record<string, FieldDefinition> = { ...definition.fields };
  for (const [name, field] of Object.entries(added)) {
    if (!hidden.has(`${definition.name}.${name}`)) fields[name] = field;
    else if (hide === 'loosen' && !isDerived(field)) fields[name] = loosenField(field);
  }
  return { ...definition, fields };
}

/** Formulas and roll-ups are computed again when they come back. A number of a series is not: it keeps its column. */
function isDerived(field: FieldDefinition): boolean {
  return field.type === 'formula' || field.type === 'rollup';
}

/** Nobody writes a hidden field: it may be empty, and what it refers to may be purged. */
function loosenField(field: FieldDefinition): FieldDefinition {
  const { required: _r, unique: _u, index: _i, search: _s, ...loose } = field as FieldDefinition & { search?: unknown };
  return ('onDelete' in loose ? { ...loose, onDelete: 'clear' } : loose) as FieldDefinition;
}

function loosenObject(definition: ObjectDefinition): ObjectDefinition {
  const { indexes: _i, unique: _u, ...loose } = definition;
  const fields = Object.entries(definition.fields)
    .filter(([name, field]) => !isDerived(field) || name === definition.title)
    .map(([name, field]) => [name, isDerived(field) ? field : loosenField(field)]);
  return { ...loose, fields: Object.fromEntries(fields) };
}
