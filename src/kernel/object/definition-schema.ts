import { type TProperties, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { FieldType } from '../fields/field-type.ts';
import { fieldTypes } from '../fields/registry.ts';
import type { FieldError } from '../problems/problem.ts';
import { layoutsSchema } from './layout-check.ts';
import { snakeCase } from './model.ts';

/** The JSON Schema of definitions that an administrator sends, for checking them and for the OpenAPI document. */

const label = Type.Object(
  Object.fromEntries(['en', 'es', 'lt'].map((language) => [language, Type.Optional(text(100))])),
  { additionalProperties: false },
);
const objectLabel = Type.Object(
  Object.fromEntries(
    ['en', 'es', 'lt'].map((language) => [
      language,
      Type.Optional(Type.Object({ one: text(100), many: text(100) }, { additionalProperties: false })),
    ]),
  ),
  { additionalProperties: false },
);

const commonOptions = {
  required: Type.Optional(Type.Boolean()),
  unique: Type.Optional(Type.Boolean()),
  index: Type.Optional(Type.Boolean()),
  search: Type.Optional(Type.Union([Type.Boolean(), Type.Literal('prefix')])),
  readOnly: Type.Optional(Type.Boolean()),
  default: Type.Optional(Type.Unknown()),
  personal: Type.Optional(Type.Boolean()),
  history: Type.Optional(Type.Boolean()),
  showWhen: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  requireWhen: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  label: Type.Optional(label),
  help: Type.Optional(
    Type.Object(Object.fromEntries(['en', 'es', 'lt'].map((language) => [language, Type.Optional(text(500))])), {
      additionalProperties: false,
    }),
  ),
};

/** A field of a type: the common settings and the type's own. */
export function fieldSchema(type: FieldType): TSchema {
  return Type.Object(
    { type: Type.Literal(type.name), ...commonOptions, ...(type.options as { properties?: TProperties }).properties },
    { additionalProperties: false },
  );
}

/** An object without its fields, which are checked one by one: a union of 28 types gives no error to learn from. */
const objectSettings = Type.Object(
  {
    name: Type.String(),
    plural: Type.String(),
    title: Type.String(),
    icon: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
    fields: Type.Record(Type.String(), Type.Object({ type: Type.String() })),
    quickCreate: Type.Optional(Type.Array(Type.String(), { maxItems: 30 })),
    detailOf: Type.Optional(Type.String()),
    layouts: Type.Optional(layoutsSchema),
    label: Type.Optional(objectLabel),
  },
  { additionalProperties: false },
);

const objectChanges = Type.Object(
  {
    label: Type.Optional(objectLabel),
    icon: Type.Optional(objectSettings.properties.icon),
    layouts: Type.Optional(layoutsSchema),
    quickCreate: Type.Optional(objectSettings.properties.quickCreate),
  },
  { additionalProperties: false },
);

/** The whole definition of an object, for the OpenAPI document. */
export function objectSchema(): TSchema {
  const fields = Object.values(fieldTypes).map((type) => fieldSchema(type as unknown as FieldType));
  return Type.Object(
    { ...objectSettings.properties, fields: Type.Record(Type.String(), Type.Union(fields)) },
    { additionalProperties: false },
  );
}

const validators = new Map<TSchema | string, Validator>();

/** What is wrong with the shape of an object's definition, its fields included. */
export function checkObjectShape(definition: unknown): FieldError[] {
  const errors = check(objectSettings, objectSettings, definition, '');
  if (errors.length > 0) return errors;
  const { name, plural, fields } = definition as { name: string; plural: string; fields: Record<string, unknown> };
  return [
    ...checkName(name, 'name'),
    ...checkName(plural, 'plural'),
    ...Object.entries(fields).flatMap(([field, settings]) => [
      ...checkName(field, `fields.${field}`),
      ...checkFieldShape(settings, `fields.${field}`),
    ]),
  ];
}

export function checkObjectChanges(changes: unknown): FieldError[] {
  return check(objectChanges, objectChanges, changes, '');
}

/** What is wrong with the shape of a field's definition. */
export function checkFieldShape(definition: unknown, path: string): FieldError[] {
  const name = (definition as { type?: unknown } | null)?.type;
  const type =
    typeof name === 'string' && Object.hasOwn(fieldTypes, name) ? fieldTypes[name as keyof typeof fieldTypes] : null;
  if (!type)
    return [{ field: `${path}.type`, code: 'field.type-unknown', params: { type: String(name).slice(0, 40) } }];
  return check(type.name, fieldSchema(type as unknown as FieldType), definition, path);
}

/** Names are part of addresses, formulas, filters and columns. Their snake case has to fit PostgreSQL's names too. */
export function checkName(name: string, path: string): FieldError[] {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name) || snakeCase(name).length > LONGEST_NAME) {
    return [{ field: path, code: 'field.name-invalid', params: { max: LONGEST_NAME } }];
  }
  return reserved.has(name) ? [{ field: path, code: 'field.name-reserved' }] : [];
}

/** With `x_` before it and the longest suffix of a field type behind it, a name stays below 63. */
const LONGEST_NAME = 40;

/** Words of filters, formulas, answers and JavaScript's own objects. System fields are refused by `buildModel`. */
const reserved = new Set([
  ...[
    'and',
    'or',
    'not',
    'true',
    'false',
    'null',
    'owner',
    'expanded',
    'searchText',
    'changeSet',
    'me',
    'today',
    'now',
  ],
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);

function check(key: TSchema | string, schema: TSchema, value: unknown, path: string): FieldError[] {
  let validator = validators.get(key);
  if (!validator) {
    validator = Compile(schema);
    validators.set(key, validator);
  }
  if (!isStorable(value, 0)) return [{ field: path || 'definition', code: 'field.not-text' }];
  if (validator.Check(value)) return [];
  const errors = validator.Errors(value).filter((error) => error.keyword !== 'boolean');
  return errors.slice(0, 20).map(({ instancePath, keyword, params, message }) => {
    const unknown = (params as { additionalProperties?: string[] }).additionalProperties?.[0];
    const at = [path, ...instancePath.split('/').slice(1), ...(unknown === undefined ? [] : [unknown])];
    return { field: at.filter(Boolean).join('.'), code: 'field.setting-invalid', params: { rule: keyword, message } };
  });
}

/** JSON that PostgreSQL can keep: no NUL, no half of a surrogate pair, no bottomless nesting. */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth > 12) return false;
  return Object.entries(value).every(([key, part]) => isStorable(key, depth) && isStorable(part, depth + 1));
}

function text(maxLength: number): TSchema {
  return Type.String({ minLength: 1, maxLength });
}
