import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import { ApiProblem, isProblem } from './problem.ts';
import type { RecordAs } from './shipped.ts';
import type { AggregateRow, Definition, ListQuery, Page, RecordShape, Session, SetupState } from './types.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    // The client retries what may pass; the live feed tells what changed, so nothing needs asking again by time.
    queries: { retry: false, staleTime: 60_000, gcTime: 10 * 60_000, refetchOnWindowFocus: false },
  },
});

/** null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await get<Session>('/session', undefined, signal);
    } catch (error) {
      if (error instanceof ApiProblem && (error.status === 401 || error.code === 'setup.required')) return null;
      throw error;
    }
  },
});

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => get<SetupState>('/setup', undefined, signal),
});

export const definitionsQuery = queryOptions({
  queryKey: ['objects'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => get<{ version: number; objects: Definition[] }>('/objects', undefined, signal),
});

/** Fields whose records have to come along for their titles. */
export function expandable(definition: Definition, fields?: readonly string[]): string[] {
  const names = definition.fields
    .filter(
      (field) => ['reference', 'references', 'user'].includes(field.type) && (!fields || fields.includes(field.name)),
    )
    .map((field) => field.name);
  for (const system of ['owner', 'createdBy', 'updatedBy']) {
    if (!names.includes(system) && fields?.includes(system)) names.push(system);
  }
  return names;
}

export function recordQuery(definition: Definition, id: string) {
  return queryOptions({
    queryKey: ['records', definition.name, 'record', id],
    queryFn: ({ signal }) => readRecord(definition, id, signal),
  });
}

export function readRecord(definition: Definition, id: string, signal?: AbortSignal): Promise<RecordShape> {
  const expand = [...new Set([...expandable(definition), 'owner', 'createdBy', 'updatedBy'])].join(',');
  return get<RecordShape>(`/records/${definition.name}/${id}`, { expand, deleted: 'true' }, signal);
}

/** Pages by keyset; the next page's cursor comes with the page before. */
export function listQuery<Name extends string>(object: Name, query: ListQuery) {
  return infiniteQueryOptions({
    queryKey: ['records', object, 'list', query],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => readPage(object, { ...query, cursor: pageParam ?? undefined }, signal),
    getNextPageParam: (page) => page.next,
  });
}

/** Short queries as GET (cacheable, visible in logs), long filters in a body. */
export function readPage<Name extends string>(
  object: Name,
  query: ListQuery,
  signal?: AbortSignal,
): Promise<Page<RecordAs<Name>>> {
  const filter = query.filter && Object.keys(query.filter).length > 0 ? query.filter : undefined;
  const text = filter ? JSON.stringify(filter) : undefined;
  if ((text?.length ?? 0) > 1500) {
    return post<Page<RecordAs<Name>>>(`/records/${object}/query`, { ...query, filter }, { signal });
  }
  return get<Page<RecordAs<Name>>>(
    `/records/${object}`,
    {
      filter: text,
      search: query.search,
      sort: query.sort?.join(','),
      fields: query.fields?.join(','),
      expand: query.expand?.join(','),
      limit: query.limit,
      cursor: query.cursor,
      count: query.count,
      deleted: query.deleted ? 'true' : undefined,
    },
    signal,
  );
}

/** Asked apart from the list, which never waits for it. */
export function countQuery(object: string, query: Pick<ListQuery, 'filter' | 'search' | 'deleted'>) {
  return queryOptions({
    queryKey: ['records', object, 'count', query],
    queryFn: async ({ signal }) =>
      (await readPage(object, { ...query, fields: ['id'], limit: 1, count: 'estimate' }, signal)).total ?? null,
  });
}

export function aggregateQuery(object: string, body: Record<string, unknown>) {
  return queryOptions({
    queryKey: ['records', object, 'aggregate', body],
    queryFn: ({ signal }) => post<{ rows: AggregateRow[] }>(`/records/${object}/aggregate`, body, { signal }),
  });
}

export interface SearchGroup {
  object: string;
  items: { id: string; title: string; detail: string | null; matched?: string }[];
}

export function searchQuery(words: string, objects?: readonly string[], limit = 6) {
  return queryOptions({
    queryKey: ['search', words, objects ?? [], limit],
    staleTime: 20_000,
    queryFn: ({ signal }) =>
      get<{ groups: SearchGroup[]; corrected: string | null }>(
        '/search',
        { q: words, objects: objects?.join(','), limit },
        signal,
      ),
  });
}

/** Title of a record by id, kept; null when it is gone or may not be seen. */
export function titleQuery(object: string, titleField: string, id: string) {
  return queryOptions({
    queryKey: ['titles', object, id],
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }): Promise<string | null> => {
      try {
        const record = await get<RecordShape>(
          `/records/${object}/${id}`,
          { fields: titleField, deleted: 'true' },
          signal,
        );
        return String(record[titleField] ?? record.title ?? '—');
      } catch (error) {
        if (isProblem(error)) return null;
        throw error;
      }
    },
  });
}
