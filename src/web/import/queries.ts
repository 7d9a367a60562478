import { queryOptions } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { ImportPreview, ImportShape } from './types.ts';

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
