import type { Database } from '../database/pool.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { type Model, type ObjectModel, tableOf } from '../object/model.ts';
import { decidingFields, type QueryScope, shareCondition, visibility } from './compilation.ts';

/** With fewer records either way is fast. */
const WORTHWHILE = 20_000;
const SIZE = 2_000;
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 2_000;

/** Share of an object's records that somebody sees, by their rights as SQL. */
const shares = new WeakMap<Model, Map<string, { readonly until: number; readonly share: number }>>();

/**
 * Whether somebody whose rights stand in other tables (shares, the owners of accounts) sees so few records that looking up
 * each one's right on the way along a list costs more than reading all their rights first, and yet so many that a page of
 * them is met on the way. Between 0.4 and 5 in a hundred reading the rights first is quicker: 1 % by the owners of accounts
 * took 14 ms for a page, and takes 3.
 *
 * A sample tells, which is kept for ten minutes: it decides how records are looked for, never which are found.
 *
 * @param records how many there are, as the reader of the stream counted them
 */
export async function isSeenInPart(
  database: Database,
  scope: QueryScope,
  object: ObjectModel,
  records: number,
): Promise<boolean> {
  if (records < WORTHWHILE) return false;
  const rights = visibility(scope, object, 'read', 'r');
  if (rights === 'all' || rights.length === 0 || !isElsewhere(scope, object)) return false;
  const key = keyOf(sql`${raw(tableOf(scope.schema, object))} ${or(rights)}`);
  const known = shares.get(scope.model) ?? new Map();
  shares.set(scope.model, known);
  let kept = known.get(key);
  if (!kept || kept.until < Date.now()) {
    const percent = Math.min(100, (SIZE / records) * 100);
    const [row] = await database.run(sql`
      select count(*), count(*) filter (where ${or(rights)})
      from ${raw(tableOf(scope.schema, object))} r tablesample system (${percent}::float4) where r."deleted_at" is null`);
    const [all, seen] = row as [number, number];
    kept = { until: Date.now() + KEPT_MS, share: all === 0 ? 0 : seen / all };
    known.delete(key);
    if (known.size >= MOST_KEPT) known.delete(known.keys().next().value!);
    known.set(key, kept);
  }
  return kept.share >= 0.004 && kept.share <= 0.05;
}

/**
 * Pages that were not among the first records of their order: they are not looked for there again for a while. Somebody whose
 * accounts all begin with Z meets none of theirs on the way along the names.
 */
const inVain = new Map<string, number>();

export function isWalkedInVain(walk: Sql): boolean {
  return (inVain.get(keyOf(walk)) ?? 0) > Date.now();
}

export function walkedInVain(walk: Sql): void {
  if (inVain.size >= MOST_KEPT) inVain.delete(inVain.keys().next().value!);
  inVain.set(keyOf(walk), Date.now() + KEPT_MS);
}

function keyOf({ text, values }: Sql): string {
  return JSON.stringify([text, values]);
}

/** Rights that a record's own owner does not tell, and neither a filter of the administrators. */
function isElsewhere(scope: QueryScope, object: ObjectModel): boolean {
  const deciding = decidingFields(scope, object);
  if (!deciding) return false;
  return (
    [...deciding].some(({ object: name }) => name !== object.name) ||
    shareCondition(scope, object, 'read', 's') !== null
  );
}
