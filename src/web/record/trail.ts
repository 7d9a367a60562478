import { readPage } from '../api/queries.ts';
import type { ListQuery } from '../api/types.ts';
import type { ListSearch } from '../list/search.ts';

/** The list a person came from: where "back", "previous" and "next" lead. */
export interface Trail {
  object: string;
  ids: readonly string[];
  search: ListSearch;
  /** How to read on before the first and behind the last of the ids; without it they are all there is. */
  beyond?: { query: ListQuery; previous: string | null; next: string | null };
}

/** Ids come without their records: as many as a person steps through in a while, in one small answer. */
const MORE = 100;

let trail: Trail | null = null;

export function setTrail(next: Trail): void {
  trail = next;
}

export function trailOf(object: string): Trail | null {
  return trail?.object === object ? trail : null;
}

/** Whether there may be a record before (-1) or behind (1) this one. */
export function hasNeighbour(found: Trail | null, id: string, step: 1 | -1): boolean {
  const at = found?.ids.indexOf(id) ?? -1;
  if (!found || at === -1) return false;
  const end = step > 0 ? found.beyond?.next : found.beyond?.previous;
  return found.ids[at + step] !== undefined || Boolean(end);
}

/** The record before or behind this one in its list, read on where the list was not loaded further. */
export async function neighbourOf(object: string, id: string, step: 1 | -1): Promise<string | undefined> {
  const from = trailOf(object);
  if (!from || !hasNeighbour(from, id, step)) return undefined;
  const known = from.ids[from.ids.indexOf(id) + step];
  if (known || !from.beyond) return known;
  const { query, next, previous } = from.beyond;
  const cursor = step > 0 ? next : previous;
  const page = await readPage(object, { ...query, fields: ['id'], expand: undefined, limit: MORE, cursor: cursor! });
  const ids = page.items.map((record) => record.id);
  const longer =
    step > 0
      ? { ...from, ids: [...from.ids, ...ids], beyond: { ...from.beyond, next: page.next } }
      : { ...from, ids: [...ids, ...from.ids], beyond: { ...from.beyond, previous: page.previous } };
  // Unless the person has gone to another list meanwhile.
  if (trail === from) trail = longer;
  return longer.ids[longer.ids.indexOf(id) + step];
}
