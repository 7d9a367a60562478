import { createHash } from 'node:crypto';
import type { Connection } from '../database/connection.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import type { DuplicateMatching } from '../object/duplicate-matching.ts';

/** A matching may not make more keys than this of one record. */
const MOST_KEYS = 16;
/** Of records under one key the newest are looked at: 10,000 people at one switchboard tell nothing about each other. */
const MOST_PER_KEY = 64;

/** Name of the cursor of the reader that keeps the keys. */
export const KEYS_READER = 'match-keys';

/** A record ready to be compared. */
export interface Prepared {
  /** Null while it is only being typed. */
  readonly id: string | null;
  readonly value: unknown;
  /** Hashes of its keys and its object: 8 bytes each in the index, whatever their length. */
  readonly keys: readonly string[];
}

export function prepareRecord(matching: DuplicateMatching, record: Readonly<Record<string, unknown>>): Prepared {
  const value = matching.prepare(record);
  const keys = matching.keys(value).slice(0, MOST_KEYS);
  return {
    id: (record.id as string | undefined) ?? null,
    value,
    keys: keys.map((key) => hash(`${matching.object} ${key}`)),
  };
}

/** What the keys of two records have in common with what they were when somebody decided about the pair. */
export function fingerprintOf(a: Prepared, b: Prepared): string {
  return hash(
    [a, b]
      .map(({ keys }) => [...keys].sort().join())
      .sort()
      .join(' '),
  );
}

/** Brings the stored keys of some records up to date. Those that are not there any more are given without keys. */
export async function writeKeys(
  connection: Connection,
  schema: string,
  records: readonly { readonly id: string | null; readonly keys: readonly string[] }[],
): Promise<void> {
  const pairs = records.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const));
  await connection.execute(sql`
    with wanted as (
      select * from unnest(${pairs.map(([key]) => key)}::bigint[], ${pairs.map(([, id]) => id)}::uuid[]) w(key, record_id)
    ), gone as (
      delete from ${table(schema)} m where m.record_id = any(${records.map(({ id }) => id)}::uuid[])
      and not exists (select 1 from wanted w where w.key = m.key and w.record_id = m.record_id)
    )
    insert into ${table(schema)} (key, record_id) select key, record_id from wanted order by key, record_id
    on conflict do nothing`);
}

/**
 * For each record the ids of those that share keys with it, best first. A key counts the more, the fewer records have it:
 * one e-mail address outweighs a common name.
 *
 * @param most per record
 * @param side `before` to find only those with a smaller id, so that every pair of many records is found once
 */
export async function sharingKeys(
  connection: Connection,
  schema: string,
  records: readonly Prepared[],
  most: number,
  side: 'all' | 'before' = 'all',
): Promise<string[][]> {
  const asked = records.flatMap(({ keys, id }, row) => keys.map((key) => ({ row, key, id })));
  const others = raw(side === 'before' ? 'm.record_id < w.self' : 'm.record_id is distinct from w.self');
  const rows = await connection.run(sql`
    select row, record_id::text from (
      select row, record_id, row_number() over (partition by row order by sum(weight) desc, record_id desc) as place from (
        select w.row, m.record_id, 1.0 / count(*) over (partition by w.row, w.key) as weight
        from unnest(${asked.map(({ row }) => row)}::int[], ${asked.map(({ key }) => key)}::bigint[], ${asked.map(({ id }) => id)}::uuid[])
          w(row, key, self)
        cross join lateral (
          select m.record_id from ${table(schema)} m where m.key = w.key and ${others}
          order by m.record_id desc limit ${raw(String(MOST_PER_KEY))}
        ) m
      ) shared group by row, record_id
    ) ranked where place <= ${raw(String(most))} order by row, place`);
  const found: string[][] = records.map(() => []);
  for (const [row, id] of rows) found[row as number]!.push(id as string);
  return found;
}

function table(schema: string) {
  return raw(`${identifier(schema)}.match_key`);
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest().readBigInt64BE().toString();
}
