import { address } from './address/index.ts';
import { autoNumber } from './autoNumber/index.ts';
import { boolean } from './boolean/index.ts';
import { checklist } from './checklist/index.ts';
import { date } from './date/index.ts';
import { datetime } from './datetime/index.ts';
import { decimal } from './decimal/index.ts';
import { returnedType } from './derived.ts';
import { duration } from './duration/index.ts';
import { email } from './email/index.ts';
import type { FieldOf, FieldType } from './field-type.ts';
import { file } from './file/index.ts';
import { formula } from './formula/index.ts';
import { geo } from './geo/index.ts';
import { integer } from './integer/index.ts';
import { json } from './json/index.ts';
import type { LabelledValue } from './labelled.ts';
import { longText } from './longText/index.ts';
import { money } from './money/index.ts';
import { multiSelect } from './multiSelect/index.ts';
import { percent } from './percent/index.ts';
import { phone } from './phone/index.ts';
import { rating } from './rating/index.ts';
import { recurrence } from './recurrence/index.ts';
import { reference } from './reference/index.ts';
import { references } from './references/index.ts';
import { richText } from './richText/index.ts';
import { rollup } from './rollup/index.ts';
import { select } from './select/index.ts';
import { tags } from './tags/index.ts';
import { text } from './text/index.ts';
import { url } from './url/index.ts';
import { user } from './user/index.ts';
import { weeklyHours } from './weeklyHours/index.ts';

/** Every field type, by name. */
export const fieldTypes = {
  text,
  longText,
  richText,
  email,
  phone,
  url,
  integer,
  decimal,
  percent,
  money,
  boolean,
  date,
  datetime,
  duration,
  select,
  multiSelect,
  tags,
  reference,
  references,
  user,
  address,
  geo,
  autoNumber,
  formula,
  rollup,
  file,
  rating,
  weeklyHours,
  recurrence,
  checklist,
  json,
} as const;

export type FieldTypes = typeof fieldTypes;
export type FieldTypeName = keyof FieldTypes;

/** A field as written in a definition: its type, the common settings and the type's own options. */
export type FieldDefinition = {
  [Name in FieldTypeName]: FieldTypes[Name] extends FieldType<infer _Value, infer Options>
    ? { type: Name } & Omit<FieldOf<Options>, 'name'>
    : never;
}[FieldTypeName];

/**
 * The JSON value of a field, e.g. `{ amount, currency }` for money. Where options decide it, they do: a select is one of
 * its values, a formula what it returns, an e-mail with `many` a list.
 */
export type ValueOf<Field extends { type: FieldTypeName }> = Field extends { type: 'email' | 'phone' }
  ? Field extends { many: true }
    ? LabelledValue[]
    : string
  : Field extends { type: 'select'; options: readonly { value: infer Option }[] }
    ? Option
    : Field extends { type: 'multiSelect'; options: readonly { value: infer Option }[] }
      ? Option[]
      : Field extends { type: 'formula' | 'rollup'; returns: infer Returned extends FieldTypeName }
        ? ValueOf<{ type: Returned }>
        : FieldTypes[Field['type']] extends FieldType<infer Value, infer _Options>
          ? Value
          : never;

/** @throws Error for a name that no type has */
export function fieldType(name: string): FieldType {
  if (!Object.hasOwn(fieldTypes, name)) throw new Error(`Unknown field type ${name}`);
  return fieldTypes[name as FieldTypeName] as unknown as FieldType;
}

/**
 * The type a field behaves as – its operators, aggregations, grouping, search and display: what a formula or a roll-up
 * returns, for all others their own.
 */
export function behaviourOf(field: { type: string; returns?: string }): FieldType {
  const type = fieldType(field.type);
  return (type === fieldType('formula') || type === fieldType('rollup')) && field.returns !== undefined
    ? returnedType({ returns: field.returns })
    : type;
}
