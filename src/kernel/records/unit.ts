import { RIGHTS_CHANNEL } from '../access/access.ts';
import { sql } from '../database/sql.ts';
import { appendEvents } from '../events/append.ts';
import type { PendingEvent } from '../events/event.ts';
import { toProblem } from './database-errors.ts';
import { deriveChanged } from './derive.ts';
import type { Door, Unit } from './door.ts';
import { newId } from './new-id.ts';
import type { WriteOptions } from './records.ts';

interface UnitOptions extends WriteOptions {
  /** When it happens; now unless told. */
  at?: Date | undefined;
}

/**
 * Runs writes as one transaction: the rows, what is derived from them, and their events. Inside another unit the work
 * simply joins it.
 */
export async function inUnit<T>(
  door: Door,
  options: UnitOptions,
  work: (door: Door & { unit: Unit }) => Promise<T>,
): Promise<T> {
  if (door.unit) return work(door as Door & { unit: Unit });
  let last = 0;
  let decides = false;
  let result: T;
  try {
    result = await door.workspace.database.transaction(async (connection) => {
      const unit: Unit = {
        connection,
        changeSet: options.changeSet ?? door.changeSet ?? newId(),
        at: options.at ?? new Date(),
        note: options.note ?? null,
        pending: [],
      };
      const inside = { ...door, unit };
      const value = await work(inside);
      if (unit.pending.length > 0) {
        await deriveChanged(inside);
        decides = unit.pending.some((event) => decidesRights(door, event));
        // With the commit, so that no process goes on by what it knew.
        if (decides) await connection.run(sql`select pg_notify(${RIGHTS_CHANNEL}, ${door.workspace.id})`);
        last = await appendEvents(inside, unit);
      }
      return value;
    });
  } catch (error) {
    throw toProblem(error, door.workspace.model);
  }
  if (decides) door.workspace.onRightsChange();
  if (last > 0) door.workspace.onCommit(last);
  return result;
}

/** What people set for themselves is kept without a history, and decides nothing. */
function decidesRights({ workspace }: Door, { object, operation, changes }: PendingEvent): boolean {
  if (!workspace.model.objects.get(object)?.definition.decidesRights) return false;
  return operation !== 'update' || Object.keys(changes ?? {}).length > 0;
}
