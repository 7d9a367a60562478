import type { EventRow } from '#kernel/events/event.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import type { Away } from './standing-in.ts';

/** What happened to one record while its owner was away, newest first. */
export interface Happened {
  object: string;
  id: string;
  title: string;
  events: { at: string; actor: string | null; operation: string; fields: string[] }[];
}

/**
 * What the delegate did with somebody's records meanwhile, by record, the latest first.
 * @param events theirs in these days, newest first
 */
export async function happenedWhile(
  records: Records,
  { user }: Pick<Away, 'user'>,
  events: readonly EventRow[],
  titleOf: (object: string) => string | undefined,
): Promise<Happened[]> {
  const found = new Map<string, Happened>();
  for (const [object, ofObject] of Map.groupBy(events, (event) => event.object)) {
    const title = titleOf(object);
    if (title === undefined) continue;
    const ids = [...new Set(ofObject.map(({ record }) => record))];
    for (let start = 0; start < ids.length; start += 500) {
      const filter = { id: { in: ids.slice(start, start + 500) }, owner: user };
      const page = await ofThose(records, object, filter, title);
      for (const record of page)
        found.set(`${object} ${record.id}`, { object, id: record.id, title: String(record[title] ?? ''), events: [] });
    }
  }
  for (const { object, record, at, actor, operation, changes } of events)
    found.get(`${object} ${record}`)?.events.push({ at, actor, operation, fields: Object.keys(changes ?? {}) });
  return [...found.values()].toSorted((a, b) => (a.events[0]!.at < b.events[0]!.at ? 1 : -1));
}

/** None of an object that the reader does not see. */
async function ofThose(records: Records, object: string, filter: object, title: string) {
  try {
    return (await records.list(object, { filter, fields: [title], limit: 500 } as never)).items as (Record<
      string,
      unknown
    > & { id: string })[];
  } catch (error) {
    if (error instanceof Problem && ['access.denied', 'field.unknown'].includes(error.code)) return [];
    throw error;
  }
}
