import type { Principal } from '../access/access.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import type { EventRow } from '../events/event.ts';
import { objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import type { Workspace } from '../records/door.ts';
import { eventOf, recordsFor } from '../records/open.ts';
import { belongingsOf } from './belongings.ts';

/** Everything that is kept about somebody, for them to read: theirs by right (GDPR, article 15). */
export interface Holdings {
  readonly object: string;
  readonly record: string;
  readonly title: string;
  readonly at: string;
  /** By object, the person's own record first; references tell what they are called. */
  readonly records: readonly {
    readonly object: string;
    readonly items: readonly Readonly<Record<string, unknown>>[];
  }[];
  /** Files in those records. */
  readonly files: readonly HeldFile[];
  /** What happened to those records, the oldest first. */
  readonly events: readonly EventRow[];
  /** Times they were sent to a webhook, by its address. */
  readonly sentTo: readonly { readonly url: string; readonly times: number; readonly lastAt: string }[];
}

export interface HeldFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

const MOST_EVENTS = 20_000;
const PAGE = 200;

/** @param principal somebody who may see all of it @throws Problem `record.not-found` */
export async function holdingsOf(
  workspace: Workspace,
  principal: Principal,
  objectName: string,
  id: string,
): Promise<Holdings> {
  const { database, schema, model } = workspace;
  const object = objectOf(model, objectName);
  const records = recordsFor(workspace, principal, 'privacy');
  const own = await records.read(objectName, id, { deleted: true });
  const belongings = await belongingsOf(database, workspace, object, id);
  const all = [...belongings.values()].flat();
  const held: { object: string; items: Record<string, unknown>[] }[] = [];
  for (const [name, ids] of belongings) {
    const kind = objectOf(model, name);
    const expand = [...kind.fields.values()].filter((field) => field.target !== null && field.name !== 'id');
    const items: Record<string, unknown>[] = [];
    for (const [start] of Array.from({ length: Math.ceil(ids.length / PAGE) }, (_, index) => [index * PAGE])) {
      const some = ids.slice(start, start! + PAGE);
      for (const deleted of [false, true]) {
        const page = await records.list(name, {
          filter: { id: { in: some } },
          expand: expand.map((field) => field.name),
          sort: ['createdAt'],
          deleted,
          limit: PAGE,
        });
        items.push(...page.items);
      }
    }
    held.push({ object: name, items });
  }
  const at = raw(identifier(schema));
  const events = await database.run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${at}.event where record_id = any(${all}::uuid[]) order by position limit ${raw(String(MOST_EVENTS + 1))}`);
  if (events.length > MOST_EVENTS) throw new Problem('bulk.too-many', { max: MOST_EVENTS });
  const files = await database.run(sql`
    select f.id::text, f.name, f.size, f.type from ${at}.file f
    where f.id in (select l.file_id from ${at}.file_link l where l.record_id = any(${all}::uuid[])) order by f.created_at`);
  const sent = await database.run(sql`
    select h.url, count(*), max(coalesce(d.finished_at, d.created_at)) from ${at}.webhook_delivery d
    join ${at}.webhook h on h.id = d.webhook_id where d.record_id = any(${all}::uuid[]) and d.state = 'delivered' group by h.url order by h.url`);
  return {
    object: objectName,
    record: id,
    title: String(own[object.title.name] ?? ''),
    at: new Date().toISOString(),
    records: held,
    files: files.map(([of, name, size, type]) => ({ id: of, name, size, type }) as HeldFile),
    events: events.map(eventOf),
    sentTo: sent.map(([url, times, lastAt]) => ({
      url: url as string,
      times: times as number,
      lastAt: lastAt as string,
    })),
  };
}
