import { asSystem } from '../access/access.ts';
import type { Database } from '../database/pool.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import type { EventReader } from '../object/module.ts';
import type { Door, Unit, Workspace } from '../records/door.ts';
import { eventOf, openRecords } from '../records/open.ts';
import type { Records } from '../records/records.ts';
import { inUnit } from '../records/unit.ts';
import type { EventRow } from './event.ts';

/** Events a reader gets at once. */
const BATCH = 500;
/** Events among which those that a reader wants are looked for at once; going through them takes 0.4 µs each. */
const LOOKED_THROUGH = 20_000;
/** After this many failures in a row a reader waits the longest. */
const LONGEST_WAIT_MS = 60_000;

/**
 * The readers for which something came since they last read, and those that failed. Past what none of them wants they are moved
 * here, all in one statement: most readers want little of what happens, and each of them has a transaction of its own.
 */
export async function readersBehind(
  workspace: Workspace,
  readers: readonly EventReader[],
): Promise<readonly EventReader[]> {
  const schema = raw(identifier(workspace.schema));
  const wants = readers.map((reader) => ({
    name: reader.name,
    objects: objectsOf(reader, workspace),
    operations: reader.operations,
  }));
  const rows = await workspace.database.run(sql`
    with passing as (
      select r.name, c.value from ${schema}.reader r
        join jsonb_to_recordset(${JSON.stringify(wants)}::jsonb) w (name text, objects text[], operations text[]) on w.name = r.name
        join ${schema}.counter c on c.name = 'event'
      where r.failed_at is null and r.position < c.value and c.value - r.position <= ${LOOKED_THROUGH}::bigint
        and not exists (
          select from ${schema}.event e where e.position > r.position and e.position <= c.value and e.version > 0
            and (w.objects is null or e.object = any(w.objects)) and (w.operations is null or e.operation = any(w.operations)))
      for update of r skip locked
    ), passed as (
      update ${schema}.reader r set position = p.value from passing p where r.name = p.name returning r.name
    )
    select name from passed union all
    select r.name from ${schema}.reader r, ${schema}.counter c where c.name = 'event' and r.position >= c.value and r.failed_at is null`);
  const atEnd = new Set(rows.map(([name]) => name));
  return readers.filter(({ name }) => !atEnd.has(name));
}

function objectsOf({ objects }: EventReader, workspace: Workspace): readonly string[] | undefined {
  return typeof objects === 'function' ? objects(workspace) : objects;
}

/**
 * Lets one reader catch up with its workspace. Each batch is one transaction: lock the cursor, read what came after it,
 * let the reader work, move the cursor. Two processes that meet here do not work twice: the second finds the row locked
 * and goes home.
 *
 * A reader that fails keeps its cursor, says why in its row, and tries again later; the others go on.
 *
 * @returns how many events it passed
 */
export async function catchUp(workspace: Workspace, reader: EventReader): Promise<number> {
  let read = 0;
  for (;;) {
    const count = await readBatch(workspace, reader);
    read += count;
    if (count < BATCH) return read;
  }
}

async function readBatch(workspace: Workspace, reader: EventReader): Promise<number> {
  const door: Door = { workspace, principal: asSystem('an event reader'), via: 'reader', trusted: true, unit: null };
  const schema = raw(identifier(workspace.schema));
  try {
    return await inUnit(door, {}, async (inside) => {
      const { connection } = inside.unit;
      const reading = `${identifier(workspace.schema)}.reader`;
      connection.later(`insert into ${reading} (name) values ($1) on conflict do nothing`, [reader.name]);
      const [cursor] = await connection.run(
        sql`select r.position, r.attempts, r.failed_at, c.value from ${schema}.reader r, ${schema}.counter c
            where r.name = ${reader.name} and c.name = 'event' for update of r skip locked`,
      );
      if (!cursor || isWaiting(cursor)) return 0;
      const [from, , , newest] = cursor as [number, unknown, unknown, number];
      if (from >= newest) return 0;
      const { events, end } = (await reader.isIdle?.({ connection, schema: workspace.schema }))
        ? { events: [], end: newest }
        : await eventsFor(inside, reader, from, newest);
      if (events.length > 0) {
        await reader.run(events, {
          door: inside,
          records: openRecords(inside),
          as: (userId) => asPerson(inside, userId),
          now: inside.unit.at,
          userId: null,
          timeZone: workspace.settings.timeZone,
          connection,
          schema: workspace.schema,
        });
      }
      connection.later(
        `update ${reading} set position = $1::bigint, attempts = 0, error = null, failed_at = null where name = $2`,
        [end, reader.name],
      );
      return end - from;
    });
  } catch (error) {
    await noteFailure(workspace.database, workspace.schema, reader.name, error);
    return 0;
  }
}

async function asPerson(door: Door & { unit: Unit }, userId: string): Promise<Records> {
  const { workspace, unit, principal } = door;
  const person = await workspace.renewed({ ...principal, userId, roles: [] }, unit.connection);
  return openRecords({ ...door, principal: person, trusted: false });
}

/** What a reader wants of the next events, and the last of those that were looked through. */
async function eventsFor(
  { unit, workspace }: Door & { unit: Unit },
  reader: EventReader,
  from: number,
  newest: number,
): Promise<{ events: EventRow[]; end: number }> {
  const { operations } = reader;
  const objects = objectsOf(reader, workspace);
  const end = Math.min(newest, from + (objects || operations ? LOOKED_THROUGH : BATCH));
  const rows = await unit.connection.run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${raw(identifier(workspace.schema))}.event where position > ${from}::bigint and position <= ${end}::bigint and version > 0
      ${objects ? sql`and object = any(${objects}::text[])` : raw('')}
      ${operations ? sql`and operation = any(${operations}::text[])` : raw('')}
    order by position limit ${raw(String(BATCH))}`);
  const events = rows.map(eventOf);
  return { events, end: events.length === BATCH ? events.at(-1)!.position : end };
}

/** Doubles from a second to a minute. */
function isWaiting([, attempts, failedAt]: readonly unknown[]): boolean {
  if (failedAt === null) return false;
  const wait = Math.min(1_000 * 2 ** ((attempts as number) - 1), LONGEST_WAIT_MS);
  return Date.now() < Date.parse(failedAt as string) + wait;
}

async function noteFailure(database: Database, schema: string, name: string, error: unknown): Promise<void> {
  await database.execute(sql`
    update ${raw(identifier(schema))}.reader
    set attempts = attempts + 1, error = ${String((error as Error).message).slice(0, 2_000)}, failed_at = now() where name = ${name}`);
}

/** Where every reader of a workspace stands; for the health page. */
export async function readerStates(
  workspace: Workspace,
): Promise<{ name: string; position: number; behind: number; error: string | null }[]> {
  const schema = raw(identifier(workspace.schema));
  const rows = await workspace.database.run(sql`
    select r.name, r.position, c.value - r.position, r.error from ${schema}.reader r, ${schema}.counter c where c.name = 'event' order by r.name`);
  return rows.map(
    ([name, position, behind, error]) =>
      ({ name, position, behind, error }) as { name: string; position: number; behind: number; error: string | null },
  );
}

/** Keeps `object_count`: the numbers that lists show without counting. */
export const countRecordsReader: EventReader = {
  name: 'object-count',
  operations: ['create', 'remove', 'merge', 'restore', 'unmerge', 'purge'],
  async run(events, { connection, schema }) {
    const counts = new Map<string, { live: number; trash: number }>();
    for (const { object, operation } of events) {
      const count = counts.get(object) ?? { live: 0, trash: 0 };
      counts.set(object, count);
      if (operation === 'create') count.live++;
      else if (operation === 'remove' || operation === 'merge') {
        count.live--;
        count.trash++;
      } else if (operation === 'restore' || operation === 'unmerge') {
        count.live++;
        count.trash--;
      } else if (operation === 'purge') count.trash--;
    }
    const changed = [...counts].filter(([, { live, trash }]) => live !== 0 || trash !== 0);
    if (changed.length === 0) return;
    await connection.execute(sql`
      insert into ${raw(identifier(schema))}.object_count (object, live, trash)
      select * from unnest(${changed.map(([object]) => object)}::text[], ${changed.map(([, { live }]) => live)}::bigint[],
        ${changed.map(([, { trash }]) => trash)}::bigint[])
      on conflict (object) do update set live = object_count.live + excluded.live, trash = object_count.trash + excluded.trash`);
  },
};
