import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { Door, Unit } from '../records/door.ts';
import type { PendingEvent } from './event.ts';

/**
 * Appends a unit's events as the last statement before its commit, and together with it. The counter row gives the positions and stays locked
 * until the commit, so positions have no gaps and are in the order of the commits: a reader needs `position > cursor`.
 *
 * @returns the last position
 */
export async function appendEvents(door: Door, unit: Unit): Promise<number> {
  const { pending } = unit;
  const schema = identifier(door.workspace.schema);
  const count = pending.length;
  const rows = await unit.connection.finish(sql`
    with counter as (
      update ${raw(schema)}.counter set value = value + ${count}::bigint where name = 'event' returning value
    ), appended as (
      insert into ${raw(schema)}.event
        (position, at, change_set, object, record_id, operation, version, actor_id, via, changes, note)
      select counter.value - ${count}::bigint + e.n, coalesce(e.at, ${unit.at.toISOString()}::timestamptz), ${unit.changeSet}::uuid, e.object, e.record::uuid,
        e.operation, e.version, coalesce(e.actor, ${door.principal.userId}::uuid), ${door.via}, e.changes::jsonb, ${unit.note}
      from counter, ${pending.length === 1 ? single(pending[0]!) : isUniform(pending) ? sameOfMany(pending) : listOf(pending)} e
    )
    select value from counter`);
  return rows[0]![0] as number;
}

function single({ object, record, operation, version, changes, at, actor }: PendingEvent): Sql {
  return sql`(select ${object}::text object, ${record}::uuid record, ${operation}::text operation, ${version}::int as version,
    ${changes ? JSON.stringify(changes) : null}::text changes, ${at ?? null}::timestamptz at, ${actor ?? null}::uuid actor, 1 n)`;
}

/** Thousands of records that an import created differ in their ids alone: the rest is said once. */
function isUniform(pending: readonly PendingEvent[]): boolean {
  const { object, operation, version } = pending[0]!;
  return (
    pending.length > 1 &&
    pending.every(
      (event) =>
        event.object === object &&
        event.operation === operation &&
        event.version === version &&
        event.changes === null &&
        event.at === undefined &&
        event.actor === undefined,
    )
  );
}

function sameOfMany(pending: readonly PendingEvent[]): Sql {
  const { object, operation, version } = pending[0]!;
  const ids = `{${pending.map(({ record }) => record).join(',')}}`;
  return sql`(select ${object}::text object, r.id record, ${operation}::text operation, ${version}::int as version, null::text changes,
      null::timestamptz at, null::uuid actor, r.n
    from unnest(${ids}::uuid[]) with ordinality r(id, n))`;
}

function listOf(pending: readonly PendingEvent[]): Sql {
  return sql`(select * from unnest(
        ${pending.map((event) => event.object)}::text[],
        ${pending.map((event) => event.record)}::text[],
        ${pending.map((event) => event.operation)}::text[],
        ${pending.map((event) => event.version)}::int[],
        ${pending.map((event) => (event.changes ? JSON.stringify(event.changes) : null))}::text[],
        ${pending.map((event) => event.at ?? null)}::timestamptz[],
        ${pending.map((event) => event.actor ?? null)}::uuid[]
      ) with ordinality l(object, record, operation, version, changes, at, actor, n))`;
}
