import type { FieldOf, FieldType } from './field-type.ts';
import { money } from './money/index.ts';
import { reference } from './reference/index.ts';
import { text } from './text/index.ts';

/** Every field type, by name. */
export const fieldTypes = {
  text,
  money,
  reference,
} as const;

export type FieldTypes = typeof fieldTypes;
export type FieldTypeName = keyof FieldTypes;

/** A field as written in a definition: its type, the common settings and the type's own options. */
export type FieldDefinition = {
  [Name in FieldTypeName]: FieldTypes[Name] extends FieldType<infer _Value, infer Options>
    ? { type: Name } & Omit<FieldOf<Options>, 'name'>
    : never;
}[FieldTypeName];

/** The JSON value of a field, e.g. `{ amount, currency }` for money. */
export type ValueOf<Field extends { type: FieldTypeName }> =
  FieldTypes[Field['type']] extends FieldType<infer Value, infer _Options> ? Value : never;

export function fieldType(name: string): FieldType {
  const type = (fieldTypes as unknown as Record<string, FieldType | undefined>)[name];
  if (!type) throw new Error(`Unknown field type ${name}`);
  return type;
}
