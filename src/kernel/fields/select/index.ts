import { Type } from 'typebox';
import type { RecordCondition } from '../../object/condition.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, foldText } from '../clean.ts';
import { defineFieldType, type FieldOf } from '../field-type.ts';
import { equality } from '../operators.ts';

export interface SelectOption {
  value: string;
  /** Per language, for options that were added at run time; shipped ones have theirs in the language catalogues. */
  label?: Readonly<Record<string, string>>;
  color?: string;
  /** Can be chosen in records for which this holds; always without. */
  when?: RecordCondition;
}

export interface SelectOptions {
  options: readonly SelectOption[];
}

export const selectOptions = Type.Object({
  options: Type.Array(
    Type.Object(
      {
        value: Type.String({ minLength: 1, maxLength: 100 }),
        label: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 200 }))),
        color: Type.Optional(Type.String({ maxLength: 30 })),
        when: Type.Optional(Type.Unsafe<RecordCondition>({ type: 'object' })),
      },
      { additionalProperties: false },
    ),
    { minItems: 1, maxItems: 1000 },
  ),
});

/** One of the field's options. Sorted by its value, so that the field's index serves. */
export const select = defineFieldType<string, SelectOptions>({
  name: 'select',
  options: selectOptions,
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text' }],
  schema: (field) => {
    const schema = optionSchema(field);
    return { input: schema, output: schema };
  },
  normalise: (input, field) => knownOption(input, field),
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: equality('text'),
  order: ([column]) => [column!],
  groups: 'value',
  words: (value, field) => optionWords(value, field),
  format: (value, field, env) => optionLabel(value, field, env.language),
  parse: (cell, field) => optionNamed(cell, field),
  samples: ['a', 'b', 'constructor'].map((value) => ({
    input: value,
    value,
    text: value === 'b' ? 'Bravo' : value,
    field: { options: sampleOptions() },
  })),
  refused: [
    { input: 'd', code: 'field.not-an-option', field: { options: sampleOptions() } },
    { input: 'A', code: 'field.not-an-option', field: { options: sampleOptions() } },
    { input: ['a'], code: 'field.not-an-option', field: { options: sampleOptions() } },
    { input: 'toString', code: 'field.not-an-option', field: { options: sampleOptions() } },
  ],
});

/** @throws FieldProblem `field.not-an-option` */
export function knownOption(input: unknown, field: FieldOf<SelectOptions>): string {
  const option = field.options.find(({ value }) => value === input);
  if (!option) throw new FieldProblem('field.not-an-option', { value: excerpt(input) });
  return option.value;
}

/** The option that a cell names by its value or by its label in any language, without regard to case and accents. */
export function optionNamed(cell: string, field: FieldOf<SelectOptions>): string {
  const name = foldText(cell.slice(0, 300)).trim();
  const option =
    field.options.find(({ value }) => value === cell.trim()) ??
    field.options.find((each) => optionWords(each.value, field).includes(name));
  return option?.value ?? cell.trim();
}

export function optionLabel(value: string, field: FieldOf<SelectOptions>, language: string): string {
  const label = field.options.find((option) => option.value === value)?.label;
  return label?.[language] ?? label?.en ?? value;
}

export function optionWords(value: string, field: FieldOf<SelectOptions>): string[] {
  const label = field.options.find((option) => option.value === value)?.label ?? {};
  return [value, ...Object.values(label)].map(foldText);
}

export function optionSchema(field: FieldOf<SelectOptions>) {
  return Type.Unsafe<string>({ type: 'string', enum: field.options.map(({ value }) => value) });
}

export function sampleOptions(): SelectOption[] {
  return [{ value: 'a', color: 'blue' }, { value: 'b', label: { en: 'Bravo', lt: 'Valio' } }, { value: 'constructor' }];
}
