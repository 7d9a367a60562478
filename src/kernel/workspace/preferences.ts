import type { Database } from '../database/pool.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import { type Json, json } from '../fields/json/index.ts';
import { FieldProblem, Problem } from '../problems/problem.ts';

/** What may be kept for one person: far more than a screen remembers, far less than what fills a disk. */
export const MOST_PREFERENCES = 1_000;

/** `sidebar`, `list.account.all`: letters first, then what names of objects and views are made of. */
export const PREFERENCE_KEY = '^[A-Za-z][A-Za-z0-9_.:-]{0,149}$';

type House = { readonly database: Pick<Database, 'run' | 'execute'>; readonly schema: string };

/**
 * What a person set for themself: favourites, widths of columns, keys. It is beside the records because it changes with
 * every look and is nobody else's news: no events, no versions, the last word holds.
 */
export async function readPreferences({ database, schema }: House, userId: string): Promise<Record<string, Json>> {
  const rows = await database.run(sql`
    select key, value from ${raw(identifier(schema))}.preference where user_id = ${userId}::uuid order by key`);
  return Object.fromEntries(rows as [string, Json][]);
}

/** One preference of several people; those who never set it are left out. */
export async function readPreferenceOf(
  { database, schema }: House,
  userIds: readonly string[],
  key: string,
): Promise<Map<string, Json>> {
  const rows = await database.run(sql`
    select user_id::text, value from ${raw(identifier(schema))}.preference
    where user_id = any(${userIds}::uuid[]) and key = ${key}`);
  return new Map(rows as [string, Json][]);
}

/** @throws Problem `request.invalid` for what is no JSON a database can hold, or one key too many */
export async function keepPreference(
  { database, schema }: House,
  userId: string,
  key: string,
  input: unknown,
): Promise<Json> {
  const value = plainJson(input);
  const table = raw(`${identifier(schema)}.preference`);
  const kept = await database.execute(sql`
    insert into ${table} (user_id, key, value, updated_at)
    select ${userId}::uuid, ${key}, ${JSON.stringify(value)}::jsonb, now()
    where (select count(*) from ${table} where user_id = ${userId}::uuid and key <> ${key}) < ${MOST_PREFERENCES}::int
    on conflict (user_id, key) do update set value = excluded.value, updated_at = excluded.updated_at`);
  if (kept === 0)
    throw new Problem('request.invalid', {}, [
      { field: 'key', code: 'field.too-many', params: { max: MOST_PREFERENCES } },
    ]);
  return value;
}

/** Back to what the program does by itself. */
export async function forgetPreference({ database, schema }: House, userId: string, key: string): Promise<void> {
  await database.execute(sql`
    delete from ${raw(identifier(schema))}.preference where user_id = ${userId}::uuid and key = ${key}`);
}

function plainJson(input: unknown): Json {
  try {
    return json.normalise(input, {} as never, {} as never) as Json;
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    throw new Problem('request.invalid', {}, [{ field: 'value', code: error.code, params: error.params }]);
  }
}
