import { isDeepStrictEqual } from 'node:util';
import { fieldAccess } from '../access/access.ts';
import { maskedValue } from '../access/mask.ts';
import { dayIn } from '../fields/calendar.ts';
import type { FieldEnv } from '../fields/field-type.ts';
import { conditionErrors } from '../object/conditions.ts';
import { type FieldModel, isWritable, type ObjectModel } from '../object/model.ts';
import { type FieldError, FieldProblem, Problem } from '../problems/problem.ts';
import { type Door, envOf } from './door.ts';

/** A record on its way into the table. */
export interface Draft {
  readonly id: string;
  /** As it was; null for a new one. */
  readonly before: Readonly<Record<string, unknown>> | null;
  /** As it will be: normalised values of all fields that are written, null where there is none. */
  readonly after: Record<string, unknown>;
  /** Fields whose value differs. */
  readonly changed: Set<string>;
  readonly errors: FieldError[];
  /** The record as it was written, where the write itself can tell. */
  written?: () => Promise<Record<string, unknown>>;
}

/** Values `'me'`, `'today'`, `'now'` as defaults. */
const words: Record<string, (env: FieldEnv) => unknown> = {
  me: (env) => env.userId,
  today: (env) => dayIn(env.now, env.timeZone),
  now: (env) => env.now.toISOString(),
};

/**
 * Reads a client's input into a draft: unknown and read-only fields are refused, values normalised, defaults filled in.
 * What is wrong is gathered in `errors`; nothing is thrown for one field.
 */
export function draftOf(
  door: Door,
  object: ObjectModel,
  id: string,
  before: Draft['before'],
  input: unknown,
  trusted: boolean,
): Draft {
  const draft: Draft = { id, before, after: { ...(before ?? blankOf(object)) }, changed: new Set(), errors: [] };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    draft.errors.push({ field: '', code: 'field.not-an-object' });
    return draft;
  }
  const env = envOf(door);
  for (const [name, value] of Object.entries(input)) {
    if (name === 'id' || name === 'version') continue;
    const field = object.fields.get(name);
    const access = fieldAccess(door.principal, object.name, name);
    if (!field || access === 'hidden') {
      draft.errors.push({ field: name, code: 'field.unknown' });
    } else if (!trusted && (!isWritable(field) || access !== 'write')) {
      // A client may send back what it read; only a value of its own is refused.
      const read = access === 'masked' ? maskedValue(field, before?.[name] ?? null) : before?.[name];
      if (!before || !isDeepStrictEqual(value, read)) draft.errors.push({ field: name, code: 'field.read-only' });
    } else setValue(draft, field, value, env);
  }
  if (!before) {
    for (const field of object.fields.values()) {
      const settled = field.definition.default;
      if (settled === undefined || Object.hasOwn(input, field.name)) continue;
      const word =
        typeof settled === 'string' && ['user', 'date', 'datetime'].includes(field.type.name)
          ? words[settled]
          : undefined;
      setValue(draft, field, word ? word(env) : settled, env);
    }
  }
  return draft;
}

const blanks = new WeakMap<ObjectModel, Record<string, null>>();

/** A record without values. Copying it is one allocation where setting thirty fields one by one is a dozen. */
function blankOf(object: ObjectModel): Record<string, null> {
  let blank = blanks.get(object);
  if (!blank) {
    const own = [...object.fields.values()].filter((field) => !field.derived && !field.system);
    blank = Object.fromEntries(own.map(({ name }) => [name, null]));
    blanks.set(object, blank);
  }
  return blank;
}

/** Sets one field, normalised; a value that the type refuses becomes an error of the draft. */
export function setValue(draft: Draft, field: FieldModel, value: unknown, env: FieldEnv): void {
  const { name } = field;
  let normal: unknown;
  try {
    normal = normalValue(field, value, env);
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    draft.errors.push({ field: name, code: error.code, params: error.params });
    return;
  }
  const was = draft.before?.[name] ?? null;
  if (isSame(field, was, normal)) {
    draft.changed.delete(name);
    draft.after[name] = was;
  } else {
    draft.changed.add(name);
    draft.after[name] = normal;
  }
}

/** A value as it is kept; null for nothing, an empty text or an empty list. @throws FieldProblem */
export function normalValue({ type, definition }: FieldModel, value: unknown, env: FieldEnv): unknown {
  if (value === null || value === undefined || value === '') return null;
  const normal = type.normalise(value, definition, env);
  return normal === '' || (Array.isArray(normal) && normal.length === 0) ? null : normal;
}

/** Errors for required fields without a value, and what conditions of fields and options refuse; asked after the rules have had their say. */
export function checkRequired(draft: Draft, object: ObjectModel): void {
  for (const name of requiredOf(object)) {
    if ((draft.after[name] ?? null) !== null) continue;
    const isTouched = draft.before === null || draft.changed.has(name);
    if (isTouched && !draft.errors.some((error) => error.field === name))
      draft.errors.push({ field: name, code: 'field.required' });
  }
  const isTouched = (name: string) => draft.before === null || draft.changed.has(name);
  for (const error of conditionErrors(object, draft.after, isTouched))
    if (!draft.errors.some(({ field }) => field === error.field)) draft.errors.push(error);
}

const required = new WeakMap<ObjectModel, string[]>();

function requiredOf(object: ObjectModel): string[] {
  let names = required.get(object);
  if (!names) {
    const own = [...object.fields.values()].filter(({ derived, system }) => !derived && !system);
    names = own.filter(({ definition }) => definition.required).map(({ name }) => name);
    required.set(object, names);
  }
  return names;
}

export function refuse(draft: Draft, prefix = ''): Problem {
  return new Problem(
    'record.invalid',
    {},
    draft.errors.map((error) => ({ ...error, field: `${prefix}${error.field}` })),
  );
}

/** Two empty lists, or an amount of money whose rate of the day moved, are no change. */
function isSame(field: FieldModel, before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (before === null || after === null)
    return Array.isArray(before ?? after) && ((before ?? after) as unknown[]).length === 0;
  return field.type.same ? field.type.same(before, after) : isDeepStrictEqual(before, after);
}
