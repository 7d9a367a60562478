import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { historyQuery, readPage } from '../api/queries.ts';
import type { Definition, HistoryEvent, RecordShape } from '../api/types.ts';
import { ErrorState } from '../ui/state.tsx';
import { Composer } from './composer.tsx';
import style from './record.module.css';
import { type Entry, TimelineEntry } from './timeline-entry.tsx';

/** Notes, tasks and comments about a record and the changes of its fields, newest first, by day. */
export function Activity({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const [shown, setShown] = useState('all');
  const history = useInfiniteQuery(historyQuery(definition.name, record.id));
  const notes = useAbout(definitions.get('note'), definition, record);
  const tasks = useAbout(definitions.get('task'), definition, record);
  const comments = useComments(definitions.get('comment'), definition, record);

  const written: Entry[] = [
    ...(notes.data ?? []).map((item) => ({ kind: 'note' as const, at: String(item.createdAt), record: item })),
    ...(tasks.data ?? []).map((item) => ({ kind: 'task' as const, at: String(item.createdAt), record: item })),
    ...(comments.data ?? []).map((item) => ({ kind: 'comment' as const, at: String(item.createdAt), record: item })),
  ];
  const changes: Entry[] = (history.data?.pages ?? []).flatMap((page) => page.items).flatMap(toEntry);
  const pick: Record<string, Entry[]> = {
    all: [...written, ...changes],
    notes: written.filter((entry) => entry.kind === 'note' || entry.kind === 'comment'),
    tasks: written.filter((entry) => entry.kind === 'task'),
    changes,
  };
  const isOpen = (entry: Entry) => entry.kind === 'task' && !entry.record.doneAt && entry.record.status !== 'cancelled';
  const entries = (pick[shown] ?? []).sort((a, b) => (a.at < b.at ? 1 : -1));
  const upcoming = entries.filter(isOpen).sort((a, b) => dueOf(a).localeCompare(dueOf(b)));
  const past = Map.groupBy(
    entries.filter((entry) => !isOpen(entry)),
    (entry) => today(timeZone, new Date(entry.at)),
  );

  return (
    <div className={style.activity}>
      <Composer definition={definition} record={record} />
      <SegmentedControl
        size="xs"
        aria-label={t('activity.filter')}
        value={shown}
        onChange={setShown}
        data={['all', 'notes', 'tasks', 'changes'].map((value) => ({ value, label: t(`activity.shown.${value}`) }))}
        style={{ alignSelf: 'flex-start' }}
      />
      {history.isPending ? <Skeleton height={80} /> : null}
      {history.isError ? <ErrorState error={history.error} onRetry={() => void history.refetch()} /> : null}
      {upcoming.length > 0 ? (
        <section>
          <h3 className={style.day}>{t('activity.upcoming')}</h3>
          {upcoming.map((entry) => (
            <TimelineEntry key={keyOf(entry)} entry={entry} definition={definition} />
          ))}
        </section>
      ) : null}
      {[...past].map(([day, list]) => (
        <section key={day}>
          <h3 className={style.day}>{day === today(timeZone) ? t('period.today') : formatDate(day, language)}</h3>
          {list.map((entry) => (
            <TimelineEntry key={keyOf(entry)} entry={entry} definition={definition} />
          ))}
        </section>
      ))}
      {!history.isPending && entries.length === 0 ? <p className={style.quiet}>{t('activity.none')}</p> : null}
      {history.hasNextPage ? (
        <Button
          variant="subtle"
          color="gray"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </div>
  );
}

/** The field of a note or task that points at this kind of record. */
export function linkField(about: Definition | undefined, definition: Definition): string | undefined {
  return about?.fields.find((field) => field.type === 'reference' && field.options?.to === definition.name)?.name;
}

function useAbout(about: Definition | undefined, definition: Definition, record: RecordShape) {
  const field = linkField(about, definition);
  return useQuery({
    queryKey: ['records', about?.name ?? '', 'list', 'about', definition.name, record.id],
    enabled: about !== undefined && field !== undefined,
    queryFn: async ({ signal }) => {
      const page = await readPage(
        about!.name,
        { filter: { [field!]: { is: record.id } }, sort: ['-createdAt'], expand: ['createdBy', 'owner'], limit: 50 },
        signal,
      );
      return { pages: [page], pageParams: [null] };
    },
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

function useComments(comment: Definition | undefined, definition: Definition, record: RecordShape) {
  return useQuery({
    queryKey: ['records', 'comment', 'list', 'about', definition.name, record.id],
    enabled: comment !== undefined,
    queryFn: async ({ signal }) => {
      const filter = { targetObject: { is: definition.name }, targetId: { is: record.id } };
      const page = await readPage(
        'comment',
        { filter, sort: ['-createdAt'], expand: ['createdBy'], limit: 50 },
        signal,
      );
      return { pages: [page], pageParams: [null] };
    },
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** Changes the program derived by itself say nothing that the change before them does not. */
function toEntry(event: HistoryEvent): Entry[] {
  if (event.operation === 'derive') return [];
  return [{ kind: 'change', at: event.at, event }];
}

function dueOf(entry: Entry): string {
  return entry.kind === 'task' ? String(entry.record.dueOn ?? '9999') : '';
}

function keyOf(entry: Entry): string {
  return entry.kind === 'change' ? `change-${entry.event.position}` : entry.record.id;
}
