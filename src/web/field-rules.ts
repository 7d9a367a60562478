import { conditionFields, holds, type RecordCondition } from '#kernel/object/condition.ts';
import type { FieldShape } from './api/types.ts';

interface Rules {
  showWhen?: RecordCondition;
  requireWhen?: RecordCondition;
  options?: readonly { value: string; when?: RecordCondition }[];
}

/** A field as it is for a record with these values: required or not, with the options it offers now. Null: not shown. */
export function fieldNow(field: FieldShape, values: Readonly<Record<string, unknown>>): FieldShape | null {
  const { showWhen, requireWhen, options } = (field.options ?? {}) as Rules;
  if (showWhen && !holds(showWhen, values)) return null;
  const isRequired = requireWhen !== undefined && holds(requireWhen, values);
  const offered = options?.filter(({ value, when }) => !when || value === values[field.name] || holds(when, values));
  if (!isRequired && (offered === undefined || offered.length === options?.length)) return field;
  return {
    ...field,
    required: field.required || isRequired,
    ...(offered ? { options: { ...field.options, options: offered } } : {}),
  };
}

/** The other fields that decide what a field is now. */
export function decidingFields(field: FieldShape): string[] {
  const { showWhen, requireWhen, options = [] } = (field.options ?? {}) as Rules;
  return [showWhen, requireWhen, ...options.map(({ when }) => when)].flatMap(conditionFields);
}

/** The fields of a form as they are now, and behind them those that became required by what was chosen. */
export function formNow(
  fields: readonly FieldShape[],
  all: readonly FieldShape[],
  values: Readonly<Record<string, unknown>>,
): FieldShape[] {
  const shown = fields.flatMap((field) => fieldNow(field, values) ?? []);
  const asked = all.flatMap((field) => {
    if (!(field.options as Rules | undefined)?.requireWhen || fields.some(({ name }) => name === field.name)) return [];
    const now = fieldNow(field, values);
    return now?.required ? [now] : [];
  });
  return [...shown, ...asked];
}
