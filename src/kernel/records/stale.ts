import { withoutHidden } from '../access/access.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import type { Door, Unit } from './door.ts';

/** A record as it is, and the version that somebody's change of it began with. */
export interface Stale {
  readonly record: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly version: number;
}

/** @returns by id the problem `record.stale`, with the fields that changed since and the record as its reader may see it */
export async function staleProblems(
  door: Door & { unit: Unit },
  object: ObjectModel,
  stale: readonly Stale[],
): Promise<Map<string, Problem>> {
  if (stale.length === 0) return new Map();
  const rows = (await door.unit.connection.run(sql`
    select distinct e.record_id::text, c.field
    from unnest(${stale.map(({ record }) => record.id)}::uuid[], ${stale.map(({ version }) => version)}::int[]) s(id, version)
    join ${raw(identifier(door.workspace.schema))}.event e on e.record_id = s.id and e.version > s.version and e.operation <> 'derive'
    cross join lateral jsonb_object_keys(e.changes) c(field)`)) as [string, string][];
  const fields = Map.groupBy(rows, ([id]) => id);
  return new Map(
    stale.map(({ record }) => {
      const current = withoutHidden(door.principal, object.name, record);
      const changed = (fields.get(record.id) ?? []).map(([, field]) => field).filter((field) => field in current);
      const errors = changed.sort().map((field) => ({ field, code: 'field.changed-meanwhile' }));
      return [record.id, new Problem('record.stale', { current }, errors)];
    }),
  );
}
