import type { CommonOptions } from '../fields/field-type.ts';
import type { SelectOption } from '../fields/select/index.ts';
import type { FieldError } from '../problems/problem.ts';
import { conditionFields, holds, judgedOperators, type RecordCondition } from './condition.ts';
import type { FieldModel, ObjectModel } from './model.ts';

/** The conditions of a field, by the setting they stand in. */
export function conditionsOf(definition: CommonOptions): { setting: string; condition: RecordCondition }[] {
  const { options } = definition as { options?: readonly SelectOption[] };
  return [
    ...(['showWhen', 'requireWhen'] as const).flatMap((setting) =>
      definition[setting] ? [{ setting, condition: definition[setting] }] : [],
    ),
    ...(Array.isArray(options) ? options : []).flatMap((option: SelectOption, index) =>
      option.when ? [{ setting: `options.${index}.when`, condition: option.when }] : [],
    ),
  ];
}

/** What conditions name that is not there, or that cannot be judged from a record's own values. */
export function checkConditions(object: ObjectModel): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of object.fields.values()) {
    const { definition } = field;
    if (definition.showWhen && definition.required)
      errors.push({ field: 'required', code: 'field.setting-invalid', params: { rule: 'showWhen' } });
    for (const { setting, condition } of conditionsOf(definition))
      errors.push(...checkCondition(object, field, condition, setting, 0));
  }
  return errors.slice(0, 20);
}

/**
 * What conditions refuse in a record that is written: nothing in a field that has to be filled in for this record, an
 * option that cannot be chosen in it. Only what was touched, the field or what its condition looks at, is judged.
 */
export function conditionErrors(
  object: ObjectModel,
  after: Readonly<Record<string, unknown>>,
  isTouched: (field: string) => boolean,
): FieldError[] {
  return conditionalFields(object).flatMap((field): FieldError[] => {
    const { definition, name } = field;
    const value = after[name] ?? null;
    const touches = (condition: RecordCondition | undefined) =>
      isTouched(name) || conditionFields(condition).some(isTouched);
    if (value === null) {
      const { requireWhen, showWhen } = definition;
      const isMissing = requireWhen && touches(requireWhen) && holds(requireWhen, after) && holds(showWhen, after);
      return isMissing ? [{ field: name, code: 'field.required' }] : [];
    }
    const { options } = definition as { options?: readonly SelectOption[] };
    const chosen = Array.isArray(value) ? value : [value];
    return (options ?? []).flatMap((option) =>
      option.when && chosen.includes(option.value) && touches(option.when) && !holds(option.when, after)
        ? [{ field: name, code: 'field.option-not-now', params: { value: option.value } }]
        : [],
    );
  });
}

const conditional = new WeakMap<ObjectModel, readonly FieldModel[]>();

/** Most objects have none: they pay one look-up. */
function conditionalFields(object: ObjectModel): readonly FieldModel[] {
  let fields = conditional.get(object);
  if (!fields) {
    fields = [...object.fields.values()].filter(
      ({ definition, derived }) => !derived && conditionsOf(definition).some(({ setting }) => setting !== 'showWhen'),
    );
    conditional.set(object, fields);
  }
  return fields;
}

const DEEPEST = 4;

function checkCondition(
  object: ObjectModel,
  field: FieldModel,
  condition: unknown,
  setting: string,
  depth: number,
): FieldError[] {
  const invalid = (name: string, operator: string): FieldError[] => [
    { field: setting, code: 'field.condition-invalid', params: { field: name, operator } },
  ];
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition) || depth > DEEPEST)
    return invalid(field.name, 'condition');
  return Object.entries(condition).flatMap(([key, value]): FieldError[] => {
    if (key === 'not') return checkCondition(object, field, value, setting, depth + 1);
    if (key === 'and' || key === 'or') {
      if (!Array.isArray(value) || value.length > 50) return invalid(field.name, key);
      return value.flatMap((part) => checkCondition(object, field, part, setting, depth + 1));
    }
    const read = object.fields.get(key);
    // A formula is computed after the write that would have to know it.
    if (!read || read.derived?.kind === 'virtual' || (setting !== 'showWhen' && read.derived))
      return [{ field: setting, code: 'field.missing-in-condition', params: { field: key } }];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.keys(value).flatMap((operator) => (judgedOperators.has(operator) ? [] : invalid(key, operator)));
  });
}
