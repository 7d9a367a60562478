import { type Principal, requireAdministrator } from '../access/access.ts';
import { and, raw, type Sql, sql } from '../database/sql.ts';
import type { EventRow, SecurityOperation } from '../events/event.ts';
import type { Workspace } from '../records/door.ts';
import { recordsFor } from '../records/open.ts';
import { schemaOf } from './seal.ts';
import { NO_RECORD } from './security-events.ts';

export interface AuditQuery {
  /** Who did it. */
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly object?: string | undefined;
  readonly record?: string | undefined;
  /** ISO instants, the second one not included. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** Position that the page before ended with. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

export interface AuditEntry extends Omit<EventRow, 'operation' | 'record' | 'merged'> {
  readonly operation: EventRow['operation'] | SecurityOperation;
  /** Null where it was not about one. */
  readonly record: string | null;
  /** What the record is called now; null when it is not there any more. */
  readonly title: string | null;
}

export interface AuditPage {
  readonly items: readonly AuditEntry[];
  /** Ask again with it as `before`; null at the end. A page may be short, or empty, before the end. */
  readonly next: number | null;
  /** When the oldest event was that was looked at, found or not. */
  readonly lookedBackTo: string | null;
}

const securityOperations: ReadonlySet<string> = new Set([
  'signIn',
  'signInFailed',
  'signOut',
  'revoke',
  'export',
  'view',
  'viewAs',
  'rights',
  'expire',
] satisfies SecurityOperation[]);

/**
 * Events that a page looks through at most: 40 ms. What is rare among millions is found a page at a time, each of which
 * tells how far it looked, instead of by an index for every question, which every write would pay for.
 */
const LOOKED_THROUGH = 50_000;
const MOST = 500;

/** The newest first. For administrators. @throws Problem `access.denied` */
export async function searchAudit(workspace: Workspace, principal: Principal, query: AuditQuery): Promise<AuditPage> {
  requireAdministrator(principal);
  const { database, schema } = workspace;
  const at = schemaOf(schema);
  const limit = Math.min(query.limit ?? 50, MOST);
  const times: Sql[] = [
    ...(query.from ? [sql`at >= ${query.from}::timestamptz`] : []),
    ...(query.until ? [sql`at < ${query.until}::timestamptz`] : []),
  ];
  const [first] = await database.run(sql`
    select max(position) from (select position from ${at}.event
      where position < ${query.before ?? Number.MAX_SAFE_INTEGER}::bigint and ${and(times)} order by position desc limit 1) e`);
  const newest = first![0] as number | null;
  if (newest === null) return { items: [], next: null, lookedBackTo: null };
  // Both of these have an index of their own.
  const isIndexed =
    query.record !== undefined || (query.operation !== undefined && securityOperations.has(query.operation));
  const oldest = isIndexed ? 0 : Math.max(0, newest - LOOKED_THROUGH);
  const conditions: Sql[] = [
    sql`position <= ${newest}::bigint and position > ${oldest}::bigint`,
    ...times,
    ...(query.actor ? [sql`actor_id = ${query.actor}::uuid`] : []),
    ...(query.object ? [sql`object = ${query.object}`] : []),
    ...(query.record ? [sql`record_id = ${query.record}::uuid`] : []),
    ...(query.operation ? [sql`operation = ${query.operation}`] : []),
    ...(query.operation && securityOperations.has(query.operation) ? [raw('version = 0')] : []),
  ];
  const rows = await database.run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${at}.event where ${and(conditions)} order by position desc limit ${limit + 1}`);
  const isMore = rows.length > limit;
  const kept = rows.slice(0, limit);
  const titles = await titlesOf(workspace, principal, kept);
  const items = kept.map((row) => entryOf(row, titles));
  const end = isMore ? (items.at(-1)?.position ?? null) : oldest === 0 ? null : oldest + 1;
  const looked = end ?? 1;
  const [seen] = await database.run(
    sql`select at from ${at}.event where position >= ${looked}::bigint order by position limit 1`,
  );
  return { items, next: end, lookedBackTo: (seen?.[0] as string | undefined) ?? null };
}

function entryOf(row: readonly unknown[], titles: ReadonlyMap<string, string>): AuditEntry {
  const [position, at, changeSet, object, record, operation, version, actor, via, changes, note] = row;
  return {
    position,
    at,
    changeSet,
    object,
    record: record === NO_RECORD ? null : record,
    title: titles.get(`${object} ${record}`) ?? null,
    operation,
    version,
    actor,
    via,
    changes,
    note,
  } as AuditEntry;
}

async function titlesOf(
  workspace: Workspace,
  principal: Principal,
  rows: readonly (readonly unknown[])[],
): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  const records = recordsFor(workspace, principal, 'audit');
  for (const [name, ofObject] of Map.groupBy(rows, (row) => row[3] as string)) {
    const object = workspace.model.objects.get(name);
    if (!object) continue;
    const ids = [...new Set(ofObject.map((row) => row[4] as string))];
    const { items } = await records.list(name, {
      filter: { id: { in: ids } },
      fields: [object.title.name],
      limit: MOST,
    });
    for (const record of items) {
      const title = record[object.title.name];
      if (typeof title === 'string') titles.set(`${name} ${record.id}`, title);
    }
  }
  return titles;
}
