import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { expandable, readPage } from '../api/queries.ts';
import type { Filter, ListQuery, Page, RecordShape } from '../api/types.ts';
import { setTrail } from '../record/trail.ts';
import { allOf } from './filter-model.ts';
import type { ListView } from './use-list-view.ts';

export interface ShapeRecords {
  records: readonly RecordShape[];
  /** There are more than one screen can hold. */
  isCut: boolean;
  isPending: boolean;
  error: unknown;
  retry(): void;
}

const none: readonly RecordShape[] = [];

/** The records that a shape shows at once, a few pages of them: what is more is said, not drawn. */
export function useShapeRecords(
  list: ListView,
  options: { filter?: Filter; fields: readonly string[]; sort?: readonly string[]; most?: number; enabled?: boolean },
): ShapeRecords {
  const { definition } = list;
  const most = options.most ?? 500;
  const fields = [...new Set([definition.title, ...options.fields])];
  const query: ListQuery = {
    filter: allOf(list.query.filter, options.filter),
    search: list.words || undefined,
    sort: options.sort ?? list.sort,
    fields,
    expand: expandable(definition, fields),
    limit: 500,
  };
  const result = useQuery({
    // In the form of the lists by pages, so that what is changed elsewhere is changed here too.
    queryKey: ['records', definition.name, 'list', { ...query, most }],
    queryFn: async ({ signal }) => {
      const pages: Page[] = [];
      let cursor: string | undefined;
      do {
        const page = await readPage(definition.name, { ...query, cursor }, signal);
        pages.push(page);
        cursor = page.next ?? undefined;
      } while (cursor && pages.length * 500 < most);
      return { pages, pageParams: [] };
    },
    enabled: options.enabled ?? true,
    placeholderData: (before) => before,
  });
  const pages = result.data?.pages;
  const records = useMemo(() => pages?.flatMap((page) => page.items) ?? none, [pages]);
  const isPage = list.within === undefined;
  useEffect(() => {
    if (isPage) setTrail({ object: definition.name, ids: records.map((record) => record.id), search: list.search });
  }, [definition.name, records, list.search, isPage]);
  return {
    records,
    isCut: Boolean(pages?.at(-1)?.next),
    isPending: result.isPending,
    error: result.error,
    retry: () => void result.refetch(),
  };
}

/** A field in a period of days, open where it is null: a day is compared as it is, a moment as the moments its days begin. */
export function periodFilter(
  field: { name: string; type: string },
  from: string | null,
  to: string | null,
  momentOf: (day: string) => string,
): Filter {
  const bound = field.type === 'datetime' ? momentOf : (day: string) => day;
  return { [field.name]: { ...(from ? { gte: bound(from) } : {}), ...(to ? { lt: bound(to) } : {}) } };
}
