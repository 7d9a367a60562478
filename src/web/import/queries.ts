import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { ImportErrors, ImportPreview, ImportShape } from './types.ts';

const running = new Set(['checking', 'queued', 'running']);

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  staleTime: 5_000,
  queryFn: ({ signal }) => get<{ items: ImportShape[] }>('/imports', undefined, signal),
  refetchInterval: (query) => (query.state.data?.items.some((one) => running.has(one.state)) ? 2000 : false),
});

/** Asked twice a second while it works. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: ['imports', id],
    staleTime: 1_000,
    queryFn: ({ signal }) => get<ImportShape>(`/imports/${id}`, undefined, signal),
    refetchInterval: (query) => (running.has(query.state.data?.state ?? '') ? 500 : false),
  });
}

export function previewQuery(id: string, version: unknown) {
  return queryOptions({
    queryKey: ['imports', id, 'preview', version],
    queryFn: ({ signal }) => get<ImportPreview>(`/imports/${id}/preview`, undefined, signal),
  });
}

export interface ColumnValues {
  values: { text: string; count: number }[];
  more: boolean;
}

export function columnValuesQuery(id: string, column: number) {
  return queryOptions({
    queryKey: ['imports', id, 'values', column],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => get<ColumnValues>(`/imports/${id}/values`, { column }, signal),
  });
}

/** Rows with errors of the last try, or of the run. */
export function errorsQuery(id: string, version: unknown) {
  return infiniteQueryOptions({
    queryKey: ['imports', id, 'errors', version],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      get<ImportErrors>(`/imports/${id}/errors`, { after: pageParam ?? undefined }, signal),
    getNextPageParam: (page) => page.next,
  });
}
