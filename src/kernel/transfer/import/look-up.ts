import { and, identifier, or, raw, type Sql, sql } from '../../database/sql.ts';
import type { FieldEnv } from '../../fields/field-type.ts';
import { type FieldModel, objectOf, tableOf } from '../../object/model.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { visibility } from '../../query/compilation.ts';
import { connectionOf, type Door, envOf, scopeOf } from '../../records/door.ts';

/** Id of the one record, or how many there are when that is not one. */
export type Found = { id: string } | { count: number };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NONE: Found = { count: 0 };

/**
 * Finds records by texts of one field, in one statement: outside the trash, and only those that the person may see. An
 * exact match comes before one that differs in case, and that before one that differs in accents.
 */
export async function lookUp(
  door: Door,
  field: FieldModel,
  texts: readonly string[],
  within?: { field: FieldModel; id: string },
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const wanted = new Map<string, string[]>();
  const env = envOf(door);
  for (const text of texts) {
    const key = keyText(env, field, text);
    if (key === null) found.set(text, NONE);
    else wanted.set(key, [...(wanted.get(key) ?? []), text]);
  }
  if (wanted.size === 0) return found;
  const byKey = await lookUpKeys(door, field, [...wanted.keys()], within);
  for (const [key, originals] of wanted) for (const text of originals) found.set(text, byKey.get(key) ?? NONE);
  return found;
}

/** The same for texts as `keyText` gives them. What is not found is not in the answer. */
export async function lookUpKeys(
  door: Door,
  field: FieldModel,
  keys: readonly string[],
  within?: { field: FieldModel; id: string },
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  if (keys.length === 0) return found;
  for (const [key, candidates] of await candidatesOf(door, field, keys, within))
    found.set(key, choose(key, candidates));
  return found;
}

/** The text by which values of the field are compared; null when it cannot be one. */
export function keyText(env: FieldEnv, field: FieldModel, text: string): string | null {
  if (field.name === 'id') return UUID.test(text.trim()) ? text.trim().toLowerCase() : null;
  if (field.derived) return text.trim().replace(/\s+/g, ' ') || null;
  try {
    const single = { ...field.definition, many: false };
    const value = field.type.normalise(field.type.parse(text, single, env), single, env);
    return value === null ? null : String(value);
  } catch (error) {
    if (error instanceof FieldProblem) return null;
    throw error;
  }
}

/** Two texts are the same key in a file when the database would find one by the other. */
export function foldKey(text: string): string {
  return text.toLowerCase();
}

type Candidate = { id: string; text: string };

async function candidatesOf(
  door: Door,
  field: FieldModel,
  keys: readonly string[],
  within: { field: FieldModel; id: string } | undefined,
): Promise<Map<string, Candidate[]>> {
  const object = objectOf(door.workspace.model, field.object);
  const table = raw(tableOf(door.workspace.schema, object));
  const visible = visibility(scopeOf(door), object, 'read', 't');
  const live = [raw('t.deleted_at is null'), ...(visible === 'all' ? [] : [or(visible)])];
  if (within) live.push(sql`${raw(`t.${identifier(within.field.columns[0]!.name)}`)} = ${within.id}::uuid`);
  const run = (query: Sql) => connectionOf(door).run(query);
  const result = new Map<string, Candidate[]>();
  const add = (key: string, id: string, text: string) => {
    const list = result.get(key) ?? [];
    list.push({ id, text });
    result.set(key, list);
  };

  if (field.name === 'id') {
    for (const [id] of await run(
      sql`select t.id::text from ${table} t where ${and([sql`t.id = any(${keys}::uuid[])`, ...live])}`,
    )) {
      add(id as string, id as string, id as string);
    }
    return result;
  }
  const column = `t.${identifier(field.columns[0]!.name)}`;
  if (field.columns.length === 3 && field.columns[1]!.type === 'text[]') {
    // Any of a person's addresses, by its index of all values.
    const all = `t.${identifier(field.columns[1]!.name)}`;
    const asked = [...new Set(keys.flatMap((key) => [key, key.toLowerCase()]))];
    const rows = await run(
      sql`select t.id::text, ${raw(all)} from ${table} t where ${and([sql`${raw(all)} && ${asked}::text[]`, ...live])}`,
    );
    for (const [id, values] of rows as [string, string[]][]) {
      for (const key of keys)
        if (values.some((value) => value === key || value === key.toLowerCase())) add(key, id, key);
    }
    return result;
  }
  const isText = field.columns[0]!.type === 'text';
  const order = isText ? field.type.order?.([column], field.definition)[0] : undefined;
  const match = !isText
    ? `${column} = u.k::${field.columns[0]!.type}`
    : field.definition.unique
      ? `lower(${column}) = lower(u.k)`
      : order?.includes('platform.fold')
        ? `${order} = platform.fold(u.k) collate "C"`
        : `${column} = u.k`;
  const rows = await run(sql`
    select u.k, t.id::text, ${raw(column)}::text from unnest(${keys}::text[]) u(k) join ${table} t on ${raw(match)} where ${and(live)}`);
  for (const [key, id, text] of rows as [string, string, string][]) add(key, id, isText ? text : key);
  return result;
}

function choose(key: string, candidates: readonly Candidate[]): Found {
  const exact = candidates.filter(({ text }) => text === key);
  const sameLetters =
    exact.length > 0 ? exact : candidates.filter(({ text }) => text.toLowerCase() === key.toLowerCase());
  const best = new Set((sameLetters.length > 0 ? sameLetters : candidates).map(({ id }) => id));
  return best.size === 1 ? { id: [...best][0] as string } : { count: best.size };
}
