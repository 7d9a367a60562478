import { sql } from '../database/sql.ts';
import { objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import type { Door } from '../records/door.ts';
import { openRecords } from '../records/open.ts';
import type { WriteOptions } from '../records/records.ts';
import { inUnit } from '../records/unit.ts';
import { findCandidates, keysOfTyped } from './candidates.ts';

/**
 * Creates a record unless it is likely that it exists. Of two that share a key the second waits until the first is there, so
 * that of two people who save the same person at the same moment one is warned.
 *
 * @throws Problem `record.duplicate` with `candidates` when one of them is at least likely, and whatever creating throws
 */
export async function createUnlessDuplicate(
  door: Door,
  name: string,
  input: Record<string, unknown>,
  options: WriteOptions,
): Promise<Record<string, unknown> & { id: string }> {
  const object = objectOf(door.workspace.model, name);
  const keys = await keysOfTyped(door, object.name, input);
  const { id } = await inUnit(door, options, async (inside) => {
    // Everybody takes them in the same order.
    if (keys.length > 0)
      await inside.unit.connection.run(
        sql`select pg_advisory_xact_lock(k) from unnest(${[...keys].sort()}::bigint[]) k`,
      );
    const candidates = await findCandidates(inside, object.name, input);
    const likely = candidates.filter(({ certainty }) => certainty !== 'possible');
    if (likely.length > 0) throw new Problem('record.duplicate', { candidates: likely });
    return openRecords(inside).create(object.name, input);
  });
  // With what the end of the transaction derived.
  return openRecords(door).read(object.name, id);
}
