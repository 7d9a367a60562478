import type { InfiniteData } from '@tanstack/react-query';
import { queryClient } from './queries.ts';
import type { ListQuery, Page, RecordShape } from './types.ts';

/** Changes a record wherever it is shown: its page, and every list that holds it. Returns how to put it back. */
export function patchCached(object: string, id: string, change: (record: RecordShape) => RecordShape): () => void {
  const before: [readonly unknown[], unknown][] = [];
  const key = ['records', object, 'record', id];
  const record = queryClient.getQueryData<RecordShape>(key);
  if (record) {
    before.push([key, record]);
    queryClient.setQueryData(key, change(record));
  }
  for (const [listKey, data] of cachedLists(object)) {
    if (!data?.pages.some((page) => page.items.some((item) => item.id === id))) continue;
    before.push([listKey, data]);
    queryClient.setQueryData(
      listKey,
      mapItems(data, (item) => (item.id === id ? change(item) : item)),
    );
  }
  return () => {
    for (const [changed, data] of before) queryClient.setQueryData(changed, data);
  };
}

/** Takes records out of every list. Returns how to put them back. */
export function dropCached(object: string, ids: ReadonlySet<string>): () => void {
  const before = cachedLists(object);
  for (const [key, data] of before) {
    if (data)
      queryClient.setQueryData(
        key,
        mapItems(data, (item) => (ids.has(item.id) ? null : item)),
      );
  }
  return () => {
    for (const [key, data] of before) queryClient.setQueryData(key, data);
  };
}

/** Ids of an object's records that some list on the screen shows. */
export function shownIds(object: string): Set<string> {
  const ids = new Set<string>();
  for (const [, data] of cachedLists(object))
    for (const page of data?.pages ?? []) for (const item of page.items) ids.add(item.id);
  return ids;
}

/** Counts, sums and lists of an object are asked again where they are on the screen. */
export function refreshObject(object: string, kinds: readonly string[] = ['list', 'count', 'aggregate']): void {
  for (const kind of kinds) void queryClient.invalidateQueries({ queryKey: ['records', object, kind] });
}

/**
 * What others changed may belong into another list now, or to another place in it: a card in the next column of a board.
 * Lists that filter or sort by a field that differs from what they show are asked again, the others keep their rows.
 */
export function refreshListsBy(object: string, fresh: RecordShape): void {
  const lists = cachedLists(object);
  const shown = lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? []);
  const changed = new Set(
    shown
      .filter((record) => record.id === fresh.id)
      .flatMap((record) => Object.keys(record).filter((name) => !isSame(record[name], fresh[name]))),
  );
  for (const [queryKey] of lists) {
    const { filter, sort, search } = (queryKey[3] ?? {}) as ListQuery;
    const words = JSON.stringify([filter, sort?.map((name) => name.replace(/^-/, ''))]);
    if (search || [...changed].some((name) => words.includes(`"${name}"`) || words.includes(`"${name}.`)))
      void queryClient.invalidateQueries({ queryKey, exact: true });
  }
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

function cachedLists(object: string) {
  return queryClient.getQueriesData<InfiniteData<Page>>({ queryKey: ['records', object, 'list'] });
}

function mapItems(data: InfiniteData<Page>, change: (item: RecordShape) => RecordShape | null): InfiniteData<Page> {
  const pages = data.pages.map((page) => {
    let same = true;
    const items = page.items.flatMap((item) => {
      const next = change(item);
      if (next !== item) same = false;
      return next ? [next] : [];
    });
    return same ? page : { ...page, items };
  });
  return { ...data, pages };
}
