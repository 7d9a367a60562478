import { infiniteQueryOptions, queryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { TimelineKind } from '#kernel/object/layout.ts';
import type { Reach, TimelineEntry, TimelinePage, TimelineTop } from '#kernel/timeline/shapes.ts';
import { get } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import type { Definition, HistoryEvent, RecordShape } from '../api/types.ts';
import { onLive } from '../live/live.ts';
import { mergeChanges } from './merge-changes.ts';
import type { Entry } from './timeline-item.ts';

/** What of a record's past is asked for. */
export interface TimelineFilter {
  kinds: readonly TimelineKind[];
  /** Of conversations; all when empty. */
  channels: readonly string[];
  /** Id of a user; null for everybody. */
  person: string | null;
  team: string | null;
  /** ISO dates, `''` without one. */
  from: string;
  until: string;
  words: string;
  reach: Reach;
}

const pageSize = 30;
/** A thread is seldom longer; the rest of it is on its own page. */
const longestThread = 50;
/** Others' changes are gathered for so long before they are asked for. */
const GATHER_MS = 400;

export function useTimeline(definition: Definition, record: RecordShape, filter: TimelineFilter) {
  const query = useInfiniteQuery(pagesOf(definition, record, filter));
  useEffect(followChanges, []);
  const pages = query.data?.pages ?? [];
  return {
    entries: mergeChanges(pages.flatMap((page) => page.items).map(entryOf)),
    isCut: pages.some((page) => page.isCut),
    isPending: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

/** What is pinned and what is to be done. */
export function topQuery(definition: Definition, record: RecordShape, reach: Reach) {
  return queryOptions({
    queryKey: ['timeline', definition.name, record.id, 'top', reach],
    staleTime: 0,
    queryFn: ({ signal }) => get<TimelineTop>(`/timeline/${definition.name}/${record.id}/top`, { reach }, signal),
    select: ({ pinned, ahead }) => ({ pinned: pinned.map(entryOf), ahead: ahead.map(entryOf) }),
  });
}

/** All that was said in a conversation, in the order it was said. */
export function threadQuery(conversation: string) {
  const filter = JSON.stringify({ conversation: { is: conversation } });
  const query = { filter, sort: 'at', expand: 'owner,contact', limit: longestThread };
  return queryOptions({
    queryKey: ['timeline', 'thread', conversation],
    staleTime: 0,
    queryFn: ({ signal }) => get<{ items: RecordShape[] }>('/records/interaction', query, signal),
    select: ({ items }) => items,
  });
}

/** Asks again for the timelines that are shown. */
export function refreshTimelines(): void {
  void queryClient.invalidateQueries({ queryKey: ['timeline'] });
}

/** The field by which a note or task written on a page of this kind says first what it is about. */
export function linkField(about: Definition | undefined, definition: Definition): string | undefined {
  return about && linksOf(about, definition)[0]?.field;
}

/** What a note or task written on the page of a record is about, for its own fields. */
export function linkValues(about: Definition, definition: Definition, record: RecordShape): Record<string, unknown> {
  return Object.fromEntries(linksOf(about, definition).map(({ field, from }) => [field, record[from]]));
}

/** Fields of a note or task, and those of the record (or its own id) that they are filled from. */
function linksOf(about: Definition, definition: Definition): { field: string; from: string }[] {
  const subjects =
    definition.timelineOf.length === 0
      ? [{ from: 'id', to: definition.name }]
      : definition.timelineOf.map((from) => {
          return { from, to: definition.fields.find(({ name }) => name === from)?.options?.to };
        });
  return subjects.flatMap(({ from, to }) => {
    const field = about.fields.find(({ type, options }) => type === 'reference' && options?.to === to);
    return field ? [{ field: field.name, from }] : [];
  });
}

/** Any change may belong to what is shown: which it does only the server knows. */
export function followChanges(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      refreshTimelines();
    }, GATHER_MS);
  };
  const stops = ['change', 'changes', 'refresh', 'reset'].map((event) => onLive(event, changed));
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

function pagesOf(definition: Definition, record: RecordShape, filter: TimelineFilter) {
  const kinds = filter.kinds.flatMap((kind) => {
    // What a mailbox holds back is a mail to whoever works it.
    const held = filter.channels.length === 0 || filter.channels.includes('email') ? ['heldMail'] : [];
    if (kind === 'interaction')
      return [...(filter.channels.length > 0 ? filter.channels.map((one) => `interaction:${one}`) : [kind]), ...held];
    return kind === 'file' ? 'attachment' : kind;
  });
  const query = {
    reach: filter.reach,
    kinds: kinds.join(','),
    person: filter.person ?? undefined,
    team: filter.team ?? undefined,
    from: filter.from || undefined,
    until: filter.until || undefined,
    search: filter.words || undefined,
    limit: pageSize,
  };
  return infiniteQueryOptions({
    queryKey: ['timeline', definition.name, record.id, 'pages', query],
    // What happened while it was not on the screen nobody was told of.
    staleTime: 0,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const path = `/timeline/${definition.name}/${record.id}`;
      return get<TimelinePage>(path, { ...query, cursor: pageParam ?? undefined }, signal);
    },
    getNextPageParam: (page: TimelinePage) => page.next,
  });
}

function entryOf(entry: TimelineEntry): Entry {
  const { at, of } = entry;
  if ('event' in entry) return { kind: 'change', at, of, event: entry.event as HistoryEvent };
  const kind = entry.kind === 'attachment' ? 'file' : (entry.kind as Exclude<Entry['kind'], 'change'>);
  return { kind, at, of, record: entry.record as RecordShape };
}
