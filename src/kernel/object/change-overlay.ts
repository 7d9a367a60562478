import { asSystem } from '../access/access.ts';
import type { FieldType } from '../fields/field-type.ts';
import { type FieldDefinition, fieldType } from '../fields/registry.ts';
import { FormulaError } from '../formula/formula.ts';
import { type FieldError, FieldProblem, Problem } from '../problems/problem.ts';
import { begin } from '../query/compilation.ts';
import { compileFilter } from '../query/condition.ts';
import { nowhere } from '../schema/snapshot.ts';
import { checkConditions } from './conditions.ts';
import type { ObjectDefinition } from './definition.ts';
import { checkFieldShape, checkName, checkObjectChanges, checkObjectShape } from './definition-schema.ts';
import { dependentsOf } from './dependents.ts';
import { checkLayouts, cleanLayouts } from './layout-check.ts';
import { buildModel, type Model } from './model.ts';
import { changeField, type FieldChange, mergeOverlay, type ObjectChange, type Overlay } from './overlay.ts';

/** One thing an administrator does to the definitions. What is removed can be restored until it is purged. */
export type DefinitionChange = OneChange | SeveralChanges;

/** Changes that come into force together, in this order, or not at all. Nothing is purged among others. */
export interface SeveralChanges {
  readonly kind: 'several';
  readonly changes: readonly OneChange[];
}

export type OneChange =
  | {
      readonly kind: 'addObject';
      readonly definition: ObjectDefinition;
      /** Names of its fields in their order, also of those that are added later; as they are written when left out. */
      readonly order?: readonly string[];
    }
  | { readonly kind: 'changeObject'; readonly object: string; readonly changes: ObjectChange }
  | { readonly kind: 'removeObject' | 'restoreObject' | 'purgeObject'; readonly object: string }
  | { readonly kind: 'addField'; readonly object: string; readonly name: string; readonly definition: FieldDefinition }
  | { readonly kind: 'changeField'; readonly object: string; readonly name: string; readonly changes: FieldChange }
  | { readonly kind: 'removeField' | 'restoreField' | 'purgeField'; readonly object: string; readonly name: string };

const MAX_OBJECTS = 200;
const MAX_FIELDS = 500;
/** PostgreSQL stops at 1,600, and counts dropped ones. */
const MAX_COLUMNS = 1_200;

/** Settings that decide what is stored: they stay what they were when the field was made. */
const settled = new Set(['type', 'to', 'many', 'returns', 'from', 'via', 'measure', 'scale']);
/** What an administrator may change in a shipped field, besides making it required. */
const adjustable = new Set([
  ...['label', 'help', 'options', 'index', 'search', 'unique', 'default', 'required', 'showWhen', 'requireWhen'],
  ...['prefix', 'digits'],
]);

/**
 * The overlay after a change, the model it makes, and the model of what the tables keep. Pure: nothing is written.
 * @throws Problem `object.invalid`, `object.exists`, `object.in-use`, `object.unknown`, `field.unknown`, `access.denied`
 */
export function changeOverlay(
  shipped: readonly ObjectDefinition[],
  overlay: Overlay,
  change: DefinitionChange,
): { overlay: Overlay; model: Model; kept: Model } {
  if (change.kind === 'several') {
    const changed = change.changes.reduce((from, one) => changeOverlay(shipped, from, one).overlay, overlay);
    const after = mergeOverlay(shipped, changed);
    return {
      overlay: changed,
      model: buildModel(after.definitions, after.custom),
      kept: buildModel(after.kept, after.custom),
    };
  }
  const before = mergeOverlay(shipped, overlay);
  const model = buildModel(before.definitions, before.custom);
  const changed = edit({ shipped, overlay, model }, change);
  const after = mergeOverlay(shipped, changed);
  try {
    const result = buildModel(after.definitions, after.custom);
    checkSize(result, changed);
    checkRollups(result, after.custom);
    checkConditionsOf(result, change);
    checkLayoutsOf(result, change);
    return { overlay: changed, model: result, kept: buildModel(after.kept, after.custom) };
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const { code, params, position, length } = error;
    throw invalid(change, 'name' in change ? 'formula' : 'fields', code, { ...params, position, length });
  }
}

interface Situation {
  readonly shipped: readonly ObjectDefinition[];
  readonly overlay: Overlay;
  readonly model: Model;
}

function edit(at: Situation, change: OneChange): Overlay {
  switch (change.kind) {
    case 'addObject':
      return addObject(at, change.definition, change.order);
    case 'changeObject':
      return changeObject(at, change.object, change.changes);
    case 'removeObject': {
      requireCustomObject(at, change.object);
      refuseInUse(at, change.object);
      return { ...at.overlay, hidden: [...at.overlay.hidden, change.object] };
    }
    case 'restoreObject':
      return restore(at.overlay, change.object);
    case 'purgeObject': {
      const rest = restore(at.overlay, change.object);
      const hidden = rest.hidden.filter((name) => !name.startsWith(`${change.object}.`));
      return { ...rest, hidden, objects: without(rest.objects, change.object) };
    }
    case 'addField':
      return addField(at, change);
    case 'changeField':
      return editField(at, change);
    case 'removeField': {
      requireCustomField(at, change.object, change.name);
      refuseInUse(at, change.object, change.name);
      return { ...at.overlay, hidden: [...at.overlay.hidden, `${change.object}.${change.name}`] };
    }
    case 'restoreField':
      return restore(at.overlay, `${change.object}.${change.name}`);
    case 'purgeField': {
      const rest = restore(at.overlay, `${change.object}.${change.name}`);
      return setFields(rest, change.object, without(fieldsOf(rest, change.object), change.name));
    }
  }
}

function addObject({ overlay, shipped }: Situation, definition: ObjectDefinition, wanted?: readonly string[]): Overlay {
  refuse(checkObjectShape(definition), 'addObject');
  const taken = [...shipped, ...Object.values(overlay.objects)].flatMap(({ name, plural }) => [name, plural]);
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (const name of [definition.name, definition.plural]) {
    if (used.has(name.toLowerCase())) throw new Problem('object.exists', { object: name });
  }
  for (const [name, field] of Object.entries(definition.fields))
    refuse(checkDefault(field, `fields.${name}`), definition.name);
  if (definition.fields[definition.title]?.type === 'references') {
    throw new Problem('object.invalid', { object: definition.name }, [
      { field: 'title', code: 'field.index-impossible' },
    ]);
  }
  const clean = definition.layouts ? { ...definition, layouts: cleanLayouts(definition.layouts) } : definition;
  const order = { ...overlay.order, [definition.name]: wanted ?? Object.keys(definition.fields) };
  return { ...overlay, order, objects: { ...overlay.objects, [definition.name]: clean } };
}

function changeObject(at: Situation, object: string, given: ObjectChange): Overlay {
  requireObject(at, object);
  refuse(checkObjectChanges(given), object);
  const changes = given.layouts ? { ...given, layouts: cleanLayouts(given.layouts) } : given;
  const { overlay } = at;
  const own = overlay.objects[object];
  if (own) return { ...overlay, objects: { ...overlay.objects, [object]: { ...own, ...changes } } };
  return { ...overlay, changes: { ...overlay.changes, [object]: { ...overlay.changes[object], ...changes } } };
}

function addField(at: Situation, change: Extract<DefinitionChange, { kind: 'addField' }>): Overlay {
  const { object, name, definition } = change;
  requireObject(at, object);
  const errors = [...checkName(name, 'name'), ...checkFieldShape(definition, '')];
  refuse(errors.length > 0 ? errors : checkDefault(definition, ''), object);
  const fields = fieldsOf(at.overlay, object);
  if (fields[name] || at.model.objects.get(object)?.fields.has(name))
    throw new Problem('object.exists', { object, field: name });
  const known = at.overlay.order?.[object] ?? Object.keys(fields);
  const order = { ...at.overlay.order, [object]: known.includes(name) ? known : [...known, name] };
  return { ...setFields(at.overlay, object, { ...fields, [name]: definition }), order };
}

function editField(at: Situation, change: Extract<DefinitionChange, { kind: 'changeField' }>): Overlay {
  const { object, name, changes } = change;
  requireObject(at, object);
  if (!at.model.objects.get(object)?.fields.has(name)) throw new Problem('field.unknown', { object, field: name });
  const fields = fieldsOf(at.overlay, object);
  const definition = fields[name] ?? shippedField(at, object, name);
  const fixed = Object.entries(changes).filter(([setting, value]) => {
    if (settled.has(setting))
      return JSON.stringify(value) !== JSON.stringify((definition as unknown as FieldChange)[setting]);
    // What the shipped rules count on stays: a shipped field may become stricter, not looser.
    return !fields[name] && (!adjustable.has(setting) || (setting === 'required' && value !== true));
  });
  refuse(
    fixed.map(([setting]) => ({ field: setting, code: 'field.setting-fixed' })),
    object,
  );
  const merged = changeField(definition, changes);
  const changed = fields[name] ? withoutOptions(merged, changes) : merged;
  const errors = checkFieldShape(changed, '');
  refuse(errors.length > 0 ? errors : checkDefault(changed, ''), object);
  if (fields[name]) return setFields(at.overlay, object, { ...fields, [name]: changed });
  const before = at.overlay.changes[object];
  const ofField = { ...before?.fields?.[name], ...changes };
  return {
    ...at.overlay,
    changes: { ...at.overlay.changes, [object]: { ...before, fields: { ...before?.fields, [name]: ofField } } },
  };
}

/** The options of a field that was added are the administrator's: those left out are gone. Records keep their values. */
function withoutOptions(definition: FieldDefinition, changes: FieldChange): FieldDefinition {
  if (!Array.isArray(changes.options) || !('options' in definition)) return definition;
  const wanted = new Set((changes.options as { value: string }[]).map(({ value }) => value));
  return {
    ...definition,
    options: definition.options.filter(({ value }: { value: string }) => wanted.has(value)),
  } as FieldDefinition;
}

function restore(overlay: Overlay, name: string): Overlay {
  if (!overlay.hidden.includes(name)) throw new Problem('object.unknown', { object: name });
  return { ...overlay, hidden: overlay.hidden.filter((hidden) => hidden !== name) };
}

function fieldsOf(overlay: Overlay, object: string): Readonly<Record<string, FieldDefinition>> {
  return overlay.objects[object]?.fields ?? overlay.fields[object] ?? {};
}

function setFields(overlay: Overlay, object: string, fields: Readonly<Record<string, FieldDefinition>>): Overlay {
  const own = overlay.objects[object];
  if (own) return { ...overlay, objects: { ...overlay.objects, [object]: { ...own, fields } } };
  return { ...overlay, fields: { ...overlay.fields, [object]: fields } };
}

/** As changed so far: an administrator's changes of a shipped field add up. */
function shippedField({ shipped, overlay }: Situation, object: string, name: string): FieldDefinition {
  const field = shipped.find((definition) => definition.name === object)?.fields[name];
  if (!field) throw new Problem('field.unknown', { object, field: name });
  return changeField(field, overlay.changes[object]?.fields?.[name] ?? {});
}

function requireObject({ model }: Situation, object: string): void {
  if (!model.objects.has(object)) throw new Problem('object.unknown', { object });
}

function requireCustomObject(at: Situation, object: string): void {
  requireObject(at, object);
  if (!Object.hasOwn(at.overlay.objects, object)) throw new Problem('access.denied', { object });
}

function requireCustomField(at: Situation, object: string, name: string): void {
  requireObject(at, object);
  if (!at.model.objects.get(object)!.fields.has(name)) throw new Problem('field.unknown', { object, field: name });
  if (!Object.hasOwn(fieldsOf(at.overlay, object), name)) throw new Problem('access.denied', { object, field: name });
}

function refuseInUse({ model }: Situation, object: string, field?: string): void {
  const by = dependentsOf(model, object, field);
  if (by.length > 0) throw new Problem('object.in-use', { object, field, by });
}

/** @returns the errors of a default value, which every new record would meet */
function checkDefault(definition: FieldDefinition, path: string): FieldError[] {
  const { default: initial } = definition as { default?: unknown };
  if (initial === undefined || initial === null || initial === 'me' || initial === 'today' || initial === 'now')
    return [];
  const type: FieldType = fieldType(definition.type);
  try {
    if (type.storage === 'derived') throw new FieldProblem('field.setting-invalid');
    type.normalise(initial, { ...definition, name: 'default' }, nowhere);
    return [];
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    return [{ field: path ? `${path}.default` : 'default', code: error.code, params: error.params }];
  }
}

function checkSize(model: Model, overlay: Overlay): void {
  if (Object.keys(overlay.objects).length > MAX_OBJECTS) {
    throw new Problem('object.invalid', {}, [
      { field: 'objects', code: 'object.too-many', params: { max: MAX_OBJECTS } },
    ]);
  }
  for (const object of model.objects.values()) {
    const columns = [...object.fields.values()].reduce((sum, field) => sum + field.columns.length, 0);
    if (object.fields.size > MAX_FIELDS || columns > MAX_COLUMNS) {
      const error = { field: 'fields', code: 'object.too-many-fields', params: { max: MAX_FIELDS } };
      throw new Problem('object.invalid', { object: object.name }, [error]);
    }
  }
}

/** Judged when they are set: a field that goes away later is left out by whoever shows them. */
function checkLayoutsOf(model: Model, change: OneChange): void {
  const layouts =
    change.kind === 'changeObject'
      ? change.changes.layouts
      : change.kind === 'addObject'
        ? change.definition.layouts
        : undefined;
  if (!layouts) return;
  const name = 'object' in change ? change.object : change.definition.name;
  refuse(checkLayouts(model, model.objects.get(name)!, layouts), name);
}

/** Judged when they are set: a field that a condition names cannot be removed meanwhile. */
function checkConditionsOf(model: Model, change: OneChange): void {
  const name = 'object' in change ? change.object : change.kind === 'addObject' ? change.definition.name : undefined;
  const object = name === undefined ? undefined : model.objects.get(name);
  if (object) refuse(checkConditions(object), object.name);
}

/** A roll-up whose filter cannot be compiled would fail every write to what it counts. */
function checkRollups(model: Model, custom: ReadonlySet<string>): void {
  const principal = asSystem('checks the filter of a roll-up before it is in force');
  for (const object of model.objects.values()) {
    for (const field of object.fields.values()) {
      if (field.derived?.kind !== 'rollup' || !field.derived.where) continue;
      if (!custom.has(object.name) && !custom.has(`${object.name}.${field.name}`)) continue;
      const from = model.objects.get(field.derived.from)!;
      try {
        compileFilter(begin({ model, schema: '', principal, env: nowhere }, from), field.derived.where);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw new Problem('object.invalid', { object: object.name }, [
          { field: `fields.${field.name}.where`, code: error.code, params: error.params },
        ]);
      }
    }
  }
}

function refuse(errors: readonly FieldError[], object: string): void {
  if (errors.length > 0) throw new Problem('object.invalid', { object }, errors);
}

function invalid(change: OneChange, field: string, code: string, params: Record<string, unknown>): Problem {
  const object = 'object' in change ? change.object : change.definition.name;
  return new Problem('object.invalid', { object }, [{ field, code, params }]);
}

function without<Value>(record: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
