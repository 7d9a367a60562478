import { useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { aggregateQuery, readPage } from '../api/queries.ts';
import type { AggregateRow, FieldShape, Filter, Page, RecordShape } from '../api/types.ts';
import { allOf } from './filter-model.ts';
import type { Group, Line, Lines } from './lines.ts';
import { measuresOf } from './table-foot.tsx';
import type { ListView } from './use-list-view.ts';

/** Rows of an open group that are there at once; more come when they are asked for, up to what one page holds. */
const STEPS = [50, 200, 500];
/** Groups that are open from the start; the others are a click away. */
const OPEN = 4;
const MOST_GROUPS = 500;

export interface Groups extends Lines {
  field: FieldShape | undefined;
  toggle(group: Group): void;
  /** Puts a group in the place of another one. */
  move(from: string, to: string): void;
  step(group: Group, by: 1 | -1): void;
  more(group: Group): void;
  /** The condition that a group's records meet. */
  filterOf(group: Group): Filter;
}

/** The rows of a list under the values of one field, each with what its records have together. */
export function useGroups(list: ListView): Groups {
  const { definition, settings } = list;
  const [name = '', bucket] = (settings.group ?? '').split(':');
  const field = list.fieldOf(name);
  const measures = measuresOf(list);
  const groupKey = bucket ? `${name}:${bucket}` : field?.groupable === 'bucket' ? `${name}:month` : name;
  const period = groupKey.split(':')[1];
  const asked = useQuery({
    ...aggregateQuery(definition.name, {
      filter: list.target,
      groupBy: [groupKey],
      measures: { n: { count: true }, ...measures },
      limit: MOST_GROUPS,
    }),
    enabled: field !== undefined,
    placeholderData: (before) => before,
  });
  // By group: how many rows it shows; 0 when it is closed.
  const [shown, setShown] = useState<Readonly<Record<string, number>>>({});
  const { groupOrder } = settings;
  const rows = useMemo(() => inOrder(asked.data?.rows ?? [], field, groupOrder), [asked.data, field, groupOrder]);
  const groups = useMemo(
    () =>
      rows.map((row, index): Group => {
        const value = row.key[0] ?? null;
        const key = String(value);
        const isOpen = (shown[key] ?? (index < OPEN ? STEPS[0]! : 0)) > 0;
        return { key, value, totals: row, count: Number(row.n), isOpen };
      }),
    [rows, shown],
  );
  const filterOf = useCallback(
    (group: Group): Filter => (field ? groupFilter(field, group.value, period) : {}),
    [field, period],
  );
  const open = groups.filter((group) => group.isOpen);
  const pages = useQueries({
    queries: open.map((group) => {
      const query = {
        ...list.query,
        filter: allOf(list.query.filter, filterOf(group)),
        limit: shown[group.key] || STEPS[0]!,
      };
      return {
        // In the form of the lists by pages, so that what is changed is changed here too.
        queryKey: ['records', definition.name, 'list', { ...query, group: groupKey }],
        queryFn: async ({ signal }: { signal: AbortSignal }) => ({
          pages: [await readPage(definition.name, query, signal)],
          pageParams: [null],
        }),
        placeholderData: (before: { pages: Page[]; pageParams: null[] } | undefined) => before,
      };
    }),
    combine: (results) => ({
      items: results.map((result) => result.data?.pages[0]?.items),
      error: results.find((result) => result.isError)?.error ?? null,
    }),
  });

  const lines = useMemo(() => {
    const all: Line[] = [];
    let at = 0;
    for (const group of groups) {
      all.push({ kind: 'group', group });
      if (!group.isOpen) continue;
      const items: RecordShape[] | undefined = pages.items[at++];
      if (!items) for (let n = 0; n < Math.min(group.count, 3); n++) all.push({ kind: 'waiting' });
      for (const record of items ?? []) all.push({ kind: 'record', record });
      if (items && items.length < group.count) all.push({ kind: 'more', group, shown: items.length });
    }
    return all;
  }, [groups, pages.items]);

  const toggle = useCallback(
    (group: Group) => setShown((old) => ({ ...old, [group.key]: group.isOpen ? 0 : STEPS[0]! })),
    [],
  );
  const more = useCallback(
    (group: Group) =>
      setShown((old) => {
        const now = old[group.key] ?? STEPS[0]!;
        return { ...old, [group.key]: STEPS.find((step) => step > now) ?? now };
      }),
    [],
  );
  const { change } = list;
  const move = useCallback(
    (from: string, to: string) => {
      const keys = groups.map((group) => group.key);
      const [at, place] = [keys.indexOf(from), keys.indexOf(to)];
      if (at === -1 || place === -1 || at === place) return;
      // What is open stays open, wherever it goes.
      setShown((old) => Object.fromEntries(groups.map(({ key, isOpen }) => [key, isOpen ? old[key] || STEPS[0]! : 0])));
      // What lies behind all that was moved keeps the order it has without being told: the address stays short.
      const told = Math.max(at, place, (groupOrder?.length ?? 0) - 1) + 1;
      change({ groupOrder: keys.toSpliced(at, 1).toSpliced(place, 0, from).slice(0, told) }, true);
    },
    [groups, groupOrder, change],
  );
  const { isPending, isPlaceholderData, refetch } = asked;
  const error = asked.error ?? pages.error;
  return useMemo(
    () => ({
      field,
      toggle,
      move,
      step: (group, by) => move(group.key, groups[groups.indexOf(group) + by]?.key ?? group.key),
      more,
      filterOf,
      start: 0,
      end: lines.length,
      count: lines.length,
      at: (index) => lines[index] ?? { kind: 'waiting' },
      isComplete: true,
      isPending: field !== undefined && isPending,
      isStale: isPlaceholderData,
      error,
      show: () => {},
      retry: () => void refetch(),
    }),
    [field, toggle, move, groups, more, filterOf, lines, isPending, isPlaceholderData, error, refetch],
  );
}

/** More rows of one group than this are a list of their own. */
export const mostOfGroup = STEPS.at(-1)!;

/** As somebody put them; else options in their own order, periods and the rest by value, records without one last. */
function inOrder(
  rows: readonly AggregateRow[],
  field: FieldShape | undefined,
  chosen: readonly string[] = [],
): AggregateRow[] {
  const options = (field?.options?.options as { value: string }[] | undefined)?.map((option) => option.value);
  const linked = field && ['reference', 'user', 'references'].includes(field.type);
  const rank = ({ key: [value] }: AggregateRow) => {
    const place = chosen.indexOf(String(value));
    if (place !== -1) return place - chosen.length;
    if (value === null) return Number.POSITIVE_INFINITY;
    return options ? options.indexOf(String(value)) : 0;
  };
  return [...rows].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    if (x !== y) return x - y;
    // Ids say nothing: the largest group first.
    return linked ? Number(b.n) - Number(a.n) : 0;
  });
}

export function groupFilter(field: FieldShape, value: unknown, bucket: string | undefined): Filter {
  if (value === null || value === undefined) return { [field.name]: { empty: true } };
  if (bucket) {
    const [from, to] = periodOf(String(value), bucket);
    return { [field.name]: field.operators?.gte ? { gte: from, lt: to } : { is: from } };
  }
  const list = field.groupable === 'each' || field.type === 'references' || field.operators?.hasAny;
  return { [field.name]: list ? { hasAny: [value] } : { is: value } };
}

/** First day of a period and of the one after it. */
function periodOf(first: string, bucket: string): [string, string] {
  const date = new Date(`${first.slice(0, 10)}T00:00:00Z`);
  const end = new Date(date);
  if (bucket === 'day') end.setUTCDate(end.getUTCDate() + 1);
  else if (bucket === 'week') end.setUTCDate(end.getUTCDate() + 7);
  else if (bucket === 'month') end.setUTCMonth(end.getUTCMonth() + 1);
  else if (bucket === 'quarter') end.setUTCMonth(end.getUTCMonth() + 3);
  else end.setUTCFullYear(end.getUTCFullYear() + 1);
  return [date.toISOString().slice(0, 10), end.toISOString().slice(0, 10)];
}
