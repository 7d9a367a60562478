import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { readPage } from '../api/queries.ts';
import type { Definition, ListQuery, Page, RecordShape } from '../api/types.ts';
import type { Lines } from './lines.ts';

/** The first page is small, so that it is there at once; the others are large, so that scrolling does not wait for them. */
const FIRST_PAGE = 80;
const PAGE = 200;
/** More than that is forgotten at the other end: a million rows were scrolled through in 60 MB. */
const MOST_PAGES = 12;
/** Rows between what is shown and what is not loaded, at which more is asked for. */
const AHEAD = 300;

interface PageParam {
  cursor: string | undefined;
  /** Place of its first row in the whole list. */
  at: number;
  limit: number;
}

/**
 * The rows of a list, however long: a window of pages by keyset that follows what is shown, downwards and upwards. Rows
 * keep their place in the whole list when pages before them are forgotten.
 */
export function useRows(definition: Definition, query: ListQuery): Lines {
  const result = useInfiniteQuery({
    // Two lists with one key would share pages of different sizes.
    queryKey: ['records', definition.name, 'list', { ...query, window: true }],
    initialPageParam: { cursor: undefined, at: 0, limit: FIRST_PAGE } as PageParam,
    queryFn: ({ pageParam, signal }) =>
      readPage(definition.name, { ...query, cursor: pageParam.cursor, limit: pageParam.limit }, signal),
    getNextPageParam: (page: Page, _pages, param): PageParam | undefined =>
      page.next ? { cursor: page.next, at: param.at + page.items.length, limit: PAGE } : undefined,
    getPreviousPageParam: (page: Page, _pages, param): PageParam | undefined => {
      const limit = Math.min(PAGE, param.at);
      return page.previous && limit > 0 ? { cursor: page.previous, at: param.at - limit, limit } : undefined;
    },
    maxPages: MOST_PAGES,
    // Comparing thousands of rows to find the new ones costs more than drawing the fifty that are shown.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });
  const { data, hasNextPage, hasPreviousPage, isFetching, isPending, isError, error, isPlaceholderData } = result;
  const { fetchNextPage, fetchPreviousPage, refetch } = result;

  const placed = useMemo(() => place(data?.pages ?? [], data?.pageParams[0] as PageParam | undefined), [data]);
  const show = useCallback(
    (first: number, last: number) => {
      if (isFetching || isError) return;
      if (hasNextPage && last > placed.end - AHEAD) void fetchNextPage();
      else if (hasPreviousPage && first < placed.start + AHEAD) void fetchPreviousPage();
    },
    [isFetching, isError, hasNextPage, hasPreviousPage, placed, fetchNextPage, fetchPreviousPage],
  );
  return useMemo(
    () => ({
      ...placed,
      count: placed.end + (hasNextPage ? 12 : 0),
      isComplete: !hasNextPage && !hasPreviousPage,
      isPending,
      isStale: isPlaceholderData,
      error,
      show,
      retry: () => void (data ? fetchNextPage() : refetch()),
    }),
    [placed, hasNextPage, hasPreviousPage, isPending, isPlaceholderData, error, show, data, fetchNextPage, refetch],
  );
}

function place(pages: readonly Page[], first: PageParam | undefined): Pick<Lines, 'start' | 'end' | 'at' | 'ends'> {
  const start = pages[0]?.previous ? (first?.at ?? 0) : 0;
  const starts: number[] = [];
  let end = start;
  for (const page of pages) {
    starts.push(end);
    end += page.items.length;
  }
  const recordAt = (index: number): RecordShape | undefined => {
    for (let page = pages.length - 1; page >= 0; page--)
      if (index >= starts[page]!) return pages[page]!.items[index - starts[page]!];
    return undefined;
  };
  return {
    start,
    end,
    ends: { previous: pages[0]?.previous ?? null, next: pages.at(-1)?.next ?? null },
    at(index) {
      const record = recordAt(index);
      return record ? { kind: 'record', record } : { kind: 'waiting' };
    },
  };
}
