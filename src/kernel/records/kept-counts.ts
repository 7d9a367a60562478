import { identifier } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';
import type { Workspace } from './door.ts';

const kept = new WeakMap<
  Workspace,
  { readonly until: number; readonly counts: Promise<ReadonlyMap<string, number>> }
>();

/** Living records of an object as `object_count` has them; all are read once a second. */
export async function countOf(workspace: Workspace, object: ObjectModel): Promise<number> {
  return (await countsOf(workspace)).get(object.name) ?? 0;
}

function countsOf(workspace: Workspace): Promise<ReadonlyMap<string, number>> {
  const known = kept.get(workspace);
  if (known && known.until > Date.now()) return known.counts;
  const counts = workspace.database
    .run(`select object, live from ${identifier(workspace.schema)}.object_count`)
    .then((rows) => new Map(rows as [string, number][]));
  kept.set(workspace, { until: Date.now() + 1_000, counts });
  counts.catch(() => kept.delete(workspace));
  return counts;
}
