import type { Principal } from '../access/access.ts';
import type { TransactionConnection } from '../database/connection.ts';
import { appendEvents } from '../events/append.ts';
import type { SecurityOperation } from '../events/event.ts';
import type { Workspace } from '../records/door.ts';
import { newId } from '../records/new-id.ts';

/** Something that people did beside changing records, for the audit. */
export interface SecurityEvent {
  readonly operation: SecurityOperation;
  /** What it concerns: `user` for signing in, the object that was exported or looked at. */
  readonly object: string;
  /** Its record; none for an export. */
  readonly record?: string | null;
  /** The user; null for nobody who is known. */
  readonly actor: string | null;
  /** Where it came from: `session`, `key`, `cli` … */
  readonly via?: string;
  /** More about it, shown by name: `{ address: '192.0.2.1', rows: 1200 }`. Lost with the person's data, or with age. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Stands for "no record". */
export const NO_RECORD = '00000000-0000-0000-0000-000000000000';

/**
 * Notes something in the workspace's stream of events, in a transaction of its own. One line where it happens:
 * @example
 * await noteSecurityEvent(workspace, { operation: 'signIn', object: 'user', record: userId, actor: userId, via: 'session' });
 */
export function noteSecurityEvent(workspace: Workspace, event: SecurityEvent): Promise<void> {
  return noteSecurityEvents(workspace, [event]);
}

/** Several that came from the same place, in their order. */
export async function noteSecurityEvents(workspace: Workspace, events: readonly SecurityEvent[]): Promise<void> {
  if (events.length === 0) return;
  const last = await workspace.database.transaction((connection) =>
    appendSecurityEvents(connection, workspace, events, newId()),
  );
  workspace.onCommit(last);
}

/** As the last act of a transaction, which it commits. @returns the last position */
export function appendSecurityEvents(
  connection: TransactionConnection,
  workspace: Workspace,
  events: readonly SecurityEvent[],
  changeSet: string,
): Promise<number> {
  const via = events[0]?.via ?? 'session';
  return appendEvents(
    { workspace, principal: nobody, via, trusted: false, unit: null },
    {
      connection,
      changeSet,
      at: new Date(),
      note: null,
      pending: events.map(({ object, record, operation, actor, details }) => ({
        object,
        record: record ?? NO_RECORD,
        operation,
        version: 0,
        changes: changesOf(details),
        actor: actor ?? undefined,
      })),
    },
  );
}

/** As a change tells it: what is now, and nothing before it. */
function changesOf(details: SecurityEvent['details']): Record<string, readonly [null, unknown]> | null {
  const known = Object.entries(details ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return known.length > 0 ? Object.fromEntries(known.map(([name, value]) => [name, [null, clean(value)]])) : null;
}

/** Whoever fails to sign in may have sent anything. */
function clean(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\u0000', '').toWellFormed().slice(0, 2_000) : value;
}

const nobody: Principal = { userId: null, roles: [], language: 'en', timeZone: 'UTC' };
