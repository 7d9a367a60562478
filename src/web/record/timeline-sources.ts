import { type InfiniteData, infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import type { TimelineKind } from '#kernel/object/layout.ts';
import { get } from '../api/client.ts';
import { type Definitions, useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import type { Definition, Filter, HistoryEvent, Page, RecordShape } from '../api/types.ts';
import { mergeChanges } from './merge-changes.ts';
import type { Entry } from './timeline-item.ts';

/** What of a record's past is asked for. */
export interface TimelineQuery {
  kinds: readonly TimelineKind[];
  /** Id of a user; null for everybody. */
  person: string | null;
  words: string;
  /** Also of what belongs to the record: an account's contacts and sales. */
  related: boolean;
}

export interface TimelineState {
  entries: Entry[];
  isPending: boolean;
  error: unknown;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

const pageSize = 30;
/** Of an interaction: it is still to come. */
const PLANNED = 'planned';
const openStates = ['open', 'inProgress', 'waiting'];

/**
 * Six lists, each paged by keyset, as one: what is shown reaches back as far as every list that goes on has been read, so
 * that nothing appears in between later.
 */
export function useTimeline(definition: Definition, record: RecordShape, query: TimelineQuery): TimelineState {
  const definitions = useDefinitions();
  const wants = (kind: TimelineKind) => query.kinds.includes(kind);
  const notes = useInfiniteQuery(listOf(definitions, 'note', definition, record, query, wants('note')));
  const talks = useInfiniteQuery(listOf(definitions, 'interaction', definition, record, query, wants('interaction')));
  const tasks = useInfiniteQuery(listOf(definitions, 'task', definition, record, query, wants('task')));
  const comments = useInfiniteQuery(listOf(definitions, 'comment', definition, record, query, wants('comment')));
  const files = useInfiniteQuery(listOf(definitions, 'attachment', definition, record, query, wants('file')));
  const changes = useInfiniteQuery(changesOf(definition, record, query, wants('change')));
  const lists = [
    { query: notes, entries: recordsOf('note', notes.data) },
    { query: talks, entries: recordsOf('interaction', talks.data) },
    { query: tasks, entries: recordsOf('task', tasks.data) },
    { query: comments, entries: recordsOf('comment', comments.data) },
    { query: files, entries: recordsOf('file', files.data) },
    { query: changes, entries: eventsOf(changes.data) },
  ].filter(({ query }) => query.isEnabled);

  const unfinished = lists.filter(({ query }) => query.hasNextPage);
  const reached = unfinished.map(({ entries }) => entries.at(-1)?.at ?? '').reduce((a, b) => (a > b ? a : b), '');
  const all = lists
    .flatMap(({ entries }) => entries)
    .filter(({ at }) => at >= reached)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  return {
    entries: mergeChanges(all),
    isPending: lists.some(({ query }) => query.isPending),
    error: lists.find(({ query }) => query.isError)?.query.error ?? null,
    hasMore: unfinished.length > 0,
    isLoadingMore: lists.some(({ query }) => query.isFetchingNextPage),
    loadMore() {
      for (const { query, entries } of unfinished)
        if ((entries.at(-1)?.at ?? '') >= reached && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    retry() {
      for (const { query } of lists) if (query.isError) void query.refetch();
    },
  };
}

/** What is still to be done, the most urgent first; tasks without a day are last. */
export function upcomingQuery(definitions: Definitions, definition: Definition, record: RecordShape) {
  const filter = { status: { in: openStates } };
  return onTopQuery(definitions, definition, record, 'task', 'upcoming', { filter, sort: ['dueOn'], limit: 30 });
}

/** Meetings, visits and calls that are still to come, the next one first. */
export function plannedQuery(definitions: Definitions, definition: Definition, record: RecordShape) {
  const filter = { state: { is: PLANNED } };
  return onTopQuery(definitions, definition, record, 'interaction', 'planned', { filter, sort: ['at'], limit: 30 });
}

/** What somebody put on top. */
export function pinnedQuery(
  definitions: Definitions,
  definition: Definition,
  record: RecordShape,
  object: 'note' | 'interaction',
) {
  const query = { filter: { pinned: true }, sort: [`-${momentOf(object)}`], limit: 10 };
  return onTopQuery(definitions, definition, record, object, 'pinned', query);
}

/** What of a record stands above its days. */
function onTopQuery(
  definitions: Definitions,
  definition: Definition,
  record: RecordShape,
  object: 'note' | 'interaction' | 'task',
  why: string,
  query: { filter: Record<string, unknown>; sort: string[]; limit: number },
) {
  const about = definitions.get(object);
  const field = linkField(about, definition);
  return {
    queryKey: ['records', object, 'list', why, definition.name, record.id],
    enabled: about !== undefined && field !== undefined,
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const filter = { [field!]: { is: record.id }, ...query.filter } as Filter;
      const page = await readPage(object, { ...query, filter, expand: shownWith(object) }, signal);
      return { pages: [page], pageParams: [null] };
    },
    select: (data: InfiniteData<Page>) => data.pages.flatMap((page) => page.items),
  };
}

/** Who did it, and with whom. */
function shownWith(object: string): string[] {
  if (object === 'interaction') return ['owner', 'contact'];
  return [object === 'task' ? 'owner' : 'createdBy'];
}

/** The field of a note or task that points at this kind of record. */
export function linkField(about: Definition | undefined, definition: Definition): string | undefined {
  return about?.fields.find((field) => field.type === 'reference' && field.options?.to === definition.name)?.name;
}

/** Can the timeline also tell of what belongs to the record? */
export function reachesFurther(definitions: Definitions, definition: Definition): boolean {
  return ['note', 'interaction', 'task'].some(
    (name) => relatedPaths(definitions, definitions.get(name), definition).length > 0,
  );
}

/** A note's contact's account: ways to the record that lead over one other. */
function relatedPaths(definitions: Definitions, about: Definition | undefined, definition: Definition): string[] {
  return (about?.fields ?? []).flatMap((field) => {
    const between = field.type === 'reference' ? definitions.get(String(field.options?.to)) : undefined;
    if (!between || between.name === definition.name) return [];
    const last = between.fields.find((one) => one.type === 'reference' && one.options?.to === definition.name);
    return last ? [`${field.name}.${last.name}`] : [];
  });
}

function listOf(
  definitions: Definitions,
  object: 'note' | 'interaction' | 'task' | 'comment' | 'attachment',
  definition: Definition,
  record: RecordShape,
  query: TimelineQuery,
  isWanted: boolean,
) {
  const about = definitions.get(object);
  const isTargeted = object === 'comment' || object === 'attachment';
  const field = isTargeted ? 'targetId' : linkField(about, definition);
  const links: Filter[] = [
    ...(field ? [{ [field]: { is: record.id } }] : []),
    ...(query.related && !isTargeted
      ? relatedPaths(definitions, about, definition).map((path) => ({ [path]: { is: record.id } }))
      : []),
  ];
  const at = momentOf(object);
  const person = shownWith(object)[0]!;
  const filter: Filter = {
    ...(links.length === 1 ? links[0] : { or: links }),
    ...(isTargeted ? { targetObject: { is: definition.name } } : {}),
    ...(object === 'task' ? { status: { is: 'done' } } : {}),
    ...(object === 'interaction' ? { state: { isNot: PLANNED } } : {}),
    ...(query.person ? { [person]: { is: query.person } } : {}),
  } as Filter;
  return infiniteQueryOptions({
    queryKey: ['records', object, 'list', 'timeline', definition.name, record.id, filter, query.words],
    enabled: isWanted && about !== undefined && links.length > 0,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      readPage(
        object,
        {
          filter,
          search: query.words || undefined,
          sort: [`-${at}`],
          expand: shownWith(object),
          limit: pageSize,
          cursor: pageParam ?? undefined,
        },
        signal,
      ),
    getNextPageParam: (page: Page) => page.next,
  });
}

/** The server knows no words of changes: with words typed, only what is loaded is looked through, by who draws it. */
function changesOf(definition: Definition, record: RecordShape, query: TimelineQuery, isWanted: boolean) {
  return infiniteQueryOptions({
    queryKey: ['records', definition.name, 'history', record.id, 'timeline', query.person],
    enabled: isWanted,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      get<{ items: HistoryEvent[]; next: number | null }>(
        `/records/${definition.name}/${record.id}/history`,
        {
          before: pageParam ?? undefined,
          limit: pageSize,
          derived: 'false',
          actor: query.person ?? undefined,
        },
        signal,
      ),
    getNextPageParam: (page) => page.next,
  });
}

/** The field that says when it happened. */
function momentOf(object: string): string {
  return object === 'task' ? 'doneAt' : object === 'interaction' ? 'at' : 'createdAt';
}

function recordsOf(kind: Exclude<Entry['kind'], 'change'>, data: InfiniteData<Page> | undefined): Entry[] {
  const at = momentOf(kind);
  return (data?.pages ?? [])
    .flatMap((page) => page.items)
    .map((record) => ({ kind, record, at: String(record[at] ?? record.createdAt ?? '') }));
}

function eventsOf(data: InfiniteData<{ items: HistoryEvent[] }, unknown> | undefined): Entry[] {
  return (data?.pages ?? []).flatMap((page) => page.items).map((event) => ({ kind: 'change', at: event.at, event }));
}
