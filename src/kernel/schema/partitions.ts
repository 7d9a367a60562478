import type { Connection } from '../database/connection.ts';
import { identifier } from '../database/sql.ts';

/** Months ahead that have a partition, so that a program that is not restarted for weeks finds one. */
const MONTHS_AHEAD = 2;

/**
 * Makes the monthly partitions of the event table, from the month of `now` on: `event_2026_07`. Called for a new
 * workspace and daily. Events of other times (a demo company's past) are in the default partition; so are those of a
 * month whose partition could not be made any more because some stand there already.
 */
export async function ensurePartitions(connection: Connection, schema: string, now: Date): Promise<void> {
  const known = new Set(await partitionsOf(connection, schema));
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
    const from = monthOf(now, ahead);
    const to = monthOf(now, ahead + 1);
    if (known.has(partitionName(from))) continue;
    const [taken] = await connection.run(
      `select exists (select from ${identifier(schema)}."event_default" where "at" >= $1::timestamptz and "at" < $2::timestamptz)`,
      [from, to],
    );
    if (taken![0]) continue;
    await addPartition(connection, schema, from, to);
  }
}

/** Months (`2026-07`) that have a partition. */
export async function partitionedMonths(connection: Connection, schema: string): Promise<string[]> {
  const names = await partitionsOf(connection, schema);
  return names.flatMap((name) => /^event_(\d{4}_\d{2})$/.exec(name)?.[1]?.replace('_', '-') ?? []).sort();
}

/** Makes the partition of a month (`2026-07`), for a schema without events. */
export async function addMonth(connection: Connection, schema: string, month: string): Promise<void> {
  const first = new Date(`${month}-01T00:00:00Z`);
  await addPartition(connection, schema, monthOf(first, 0), monthOf(first, 1));
}

async function addPartition(connection: Connection, schema: string, from: string, to: string): Promise<void> {
  await connection.run(
    `create table if not exists ${identifier(schema)}.${identifier(partitionName(from))} partition of ${identifier(schema)}."event"
     for values from ('${from}') to ('${to}')`,
  );
}

function partitionName(from: string): string {
  return `event_${from.slice(0, 7).replace('-', '_')}`;
}

async function partitionsOf(connection: Connection, schema: string): Promise<string[]> {
  const rows = await connection.run(
    `select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = format('%I.event', $1::text)::regclass`,
    [schema],
  );
  return rows.map(([name]) => name as string);
}

/** First instant of a month in UTC. */
function monthOf(now: Date, ahead: number): string {
  return `${new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString().slice(0, 10)}T00:00:00Z`;
}
