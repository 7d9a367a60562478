import { asSystem } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { addJob, type JobDefinition } from '#kernel/jobs/jobs.ts';
import { tableOf } from '#kernel/object/model.ts';
import { deriveField } from '#kernel/records/derive.ts';
import type { Door } from '#kernel/records/door.ts';
import { rewriteSearchText } from '#kernel/records/search-text.ts';
import { inUnit } from '#kernel/records/unit.ts';
import type { Runtime } from './runtime.ts';

/** Columns of an object that the door keeps (roll-ups, formulas that look away, `search_text`) and that a definition made stale. */
export interface StaleColumns {
  readonly object: string;
  readonly columns: readonly string[];
}

const BATCH = 1_000;

/** Queues, in the transaction that brings new definitions into force, the job that fills their derived columns. */
export async function queueRecompute(
  connection: Connection,
  workspaceId: string,
  changes: readonly StaleColumns[],
  createdBy: string | null,
): Promise<void> {
  for (const { object, columns } of changes) {
    await addJob(connection, { workspaceId, kind: 'recompute', payload: { object, columns }, createdBy });
  }
}

/**
 * Computes roll-ups and formulas of the records that were there before the definition was, in the order of their ids and
 * in short transactions. Begun again after a crash it begins anew: what is right already is neither written nor announced.
 */
export function recomputeJob(runtime: Runtime): JobDefinition<StaleColumns> {
  return {
    kind: 'recompute',
    async run({ object: name, columns }, { workspaceId, progress, signal }) {
      const workspace = await runtime.workspace(workspaceId);
      const object = workspace.model.objects.get(name);
      const fields = [...(object?.fields.values() ?? [])].filter(
        (field) => field.derived && columns.includes(field.columns[0]?.name ?? ''),
      );
      const isSearched = columns.includes('search_text');
      if (!object || (fields.length === 0 && !isSearched)) return;
      const door: Door = {
        workspace,
        principal: asSystem('derived fields of all records are computed'),
        via: 'job',
        trusted: true,
        unit: null,
      };
      const [counted] = await workspace.database.run(
        sql`select live from ${raw(identifier(workspace.schema))}.object_count where object = ${name}`,
      );
      const total = (counted?.[0] as number | undefined) ?? 0;
      let after = '00000000-0000-0000-0000-000000000000';
      for (let done = 0; !signal.aborted; ) {
        const ids = (
          await workspace.database.run(
            sql`select id::text from ${raw(tableOf(workspace.schema, object))} where id > ${after}::uuid order by id limit ${raw(String(BATCH))}`,
          )
        ).map(([id]) => id as string);
        if (ids.length === 0) return;
        await inUnit(door, {}, async (inside) => {
          for (const field of fields) await deriveField(inside, field, ids);
          if (isSearched) await rewriteSearchText(inside, object, ids);
        });
        after = ids.at(-1)!;
        done += ids.length;
        progress(done, Math.max(total, done));
      }
      throw new Error('stopped');
    },
  };
}
