import { identifier, raw, sql } from '../database/sql.ts';
import { objectOf, tableOf } from '../object/model.ts';
import type { Door } from '../records/door.ts';
import { inUnit } from '../records/unit.ts';
import { populationOf } from './candidates.ts';
import { review } from './readers.ts';

/** Records reviewed in one transaction: about 100 ms. */
const PIECE = 250;

/**
 * Goes through all records of an object in the order of their ids and puts the pairs it finds into the queue. Memory does
 * not grow with their number; begun again, it goes on where it ended.
 *
 * @param door acts as the program itself: the queue is everybody's
 * @returns records gone through and pairs found in this run
 */
export async function searchAll(
  door: Door,
  name: string,
  options: { progress?(done: number, total: number): void; signal?: AbortSignal } = {},
): Promise<{ records: number; pairs: number }> {
  const object = objectOf(door.workspace.model, name);
  const matching = door.workspace.duplicates.get(name);
  const result = { records: 0, pairs: 0 };
  if (!matching) return result;
  const { database, schema } = door.workspace;
  const settings = raw(`${identifier(schema)}.setting`);
  const key = `duplicates.${name}`;
  const total = await populationOf(door, name);
  for (;;) {
    const isDone = await inUnit(door, {}, async (inside) => {
      const { connection } = inside.unit;
      const [row] = await connection.run(sql`select value from ${settings} where key = ${key}`);
      const { after = null, done = 0 } = (row?.[0] ?? {}) as { after?: string | null; done?: number };
      const rows = await connection.run(sql`
        select id::text from ${raw(tableOf(schema, object))} where deleted_at is null and ${after === null ? raw('true') : sql`id > ${after}::uuid`}
        order by id limit ${raw(String(PIECE))}`);
      if (rows.length === 0) return true;
      const ids = rows.map(([id]) => id as string);
      result.pairs += await review(inside, matching, ids, 'before');
      result.records += ids.length;
      await connection.execute(sql`
        insert into ${settings} (key, value) values (${key}, ${JSON.stringify({ after: ids.at(-1), done: done + ids.length })}::jsonb)
        on conflict (key) do update set value = excluded.value`);
      options.progress?.(done + ids.length, Math.max(total, done + ids.length));
      return false;
    });
    options.signal?.throwIfAborted();
    if (!isDone) continue;
    await database.execute(sql`delete from ${settings} where key = ${key}`);
    return result;
  }
}
