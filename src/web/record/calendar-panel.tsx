import { DndContext } from '@dnd-kit/core';
import { ActionIcon } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import type { TimelineDays } from '#kernel/timeline/shapes.ts';
import { get } from '../api/client.ts';
import { type Definitions, useDefinitions } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { Agenda } from '../calendar/agenda.tsx';
import { addDays, addMonths, firstWeekdayOf, localMoment, monthGrid, monthStart } from '../calendar/days.ts';
import { Month } from '../calendar/month.tsx';
import type { CalendarParts, Entry } from '../calendar/parts.ts';
import { PeriodBar } from '../calendar/period-bar.tsx';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { titleOf } from '../fields.ts';
import { usePreference } from '../preferences.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { ErrorState } from '../ui/state.tsx';
import { useRecordContext } from './page-context.ts';
import style from './related.module.css';
import { followChanges, linkField, linkValues } from './timeline-query.ts';

type Span = 'month' | 'agenda';
const spans: readonly Span[] = ['month', 'agenda'];
const AGENDA_DAYS = 30;
const kinds = 'task,interaction:meeting,interaction:visit';

/** Meetings, visits and tasks of a record and of what belongs to it: a month, or the next days one below the other. */
export function CalendarPanel({ zone }: { zone: 'side' | 'middle' }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const { definition, record, compact } = useRecordContext();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const now = today(timeZone);
  const [at, setAt] = useState(now);
  const [kept, setSpan] = usePreference<Span | null>('record.calendar', null);
  const span = zone === 'side' || compact ? 'agenda' : (kept ?? (phone ? 'agenda' : 'month'));
  const weeks = useMemo(() => monthGrid(at, firstWeekdayOf(language)), [at, language]);
  const [from, until] = span === 'month' ? [weeks[0]![0]!, weeks.at(-1)![6]!] : [at, addDays(at, AGENDA_DAYS - 1)];
  const query = { reach: definition.reaches.includes('parts') ? 'parts' : 'own', kinds, from, until };
  const { data, isPending, error, refetch } = useQuery({
    queryKey: ['timeline', definition.name, record.id, 'days', query],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<TimelineDays>(`/timeline/${definition.name}/${record.id}/days`, query, signal),
  });
  useEffect(followChanges, []);
  const entries = useMemo(() => {
    const all = (data?.items ?? []).flatMap((item) =>
      'record' in item ? (entryOf(item, definitions, timeZone, t('list.untitled')) ?? []) : [],
    );
    // What has no time of the day comes before what has one.
    all.sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));
    return Map.groupBy(all, ({ day }) => day);
  }, [data, definitions, timeZone, t]);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;

  const task = definitions.get('task');
  const link = task?.can.create && !record.deletedAt ? linkField(task, definition) : undefined;
  const addTask = (day: string) =>
    task &&
    link &&
    void openQuickCreate({ object: 'task', values: { dueOn: day, ...linkValues(task, definition, record) } });
  const parts: CalendarParts = {
    isTimed: false,
    fields: [],
    entries,
    counts: none,
    today: now,
    canMove: false,
    canCreate: link !== undefined,
    create: addTask,
    move: () => {},
    open: (day) => {
      setAt(day);
      setSpan('agenda');
    },
  };
  const title =
    span === 'month'
      ? formatDate(at, language, { month: 'long', year: 'numeric' })
      : `${formatDate(from, language, { day: 'numeric', month: 'short' })} – ${formatDate(until, language, { day: 'numeric', month: 'short', year: 'numeric' })}`;
  return (
    <div className={style.calendar} data-span={span}>
      <PeriodBar
        title={title}
        span={span}
        spans={zone === 'side' || compact ? [] : spans.map((one) => ({ value: one, label: t(`calendar.${one}`) }))}
        onSpan={(next) => setSpan(next as Span)}
        onStep={(by) => setAt(span === 'month' ? addMonths(monthStart(at), by) : addDays(at, by * AGENDA_DAYS))}
        onToday={() => setAt(now)}
        keys={false}
      >
        {link && !compact ? (
          <ActionIcon
            size="sm"
            aria-label={t('record.addRelated', { object: task!.label.one.toLocaleLowerCase() })}
            title={t('record.addRelated', { object: task!.label.one.toLocaleLowerCase() })}
            onClick={() => addTask(at)}
          >
            <IconPlus size={14} />
          </ActionIcon>
        ) : null}
      </PeriodBar>
      {isPending ? (
        <ScreenSkeleton />
      ) : (
        <DndContext>
          {span === 'month' ? (
            <Month parts={parts} weeks={weeks} month={at.slice(0, 7)} />
          ) : (
            <Agenda parts={parts} from={from} days={AGENDA_DAYS} />
          )}
        </DndContext>
      )}
    </div>
  );
}

const none: ReadonlyMap<string, number> = new Map();

/** Nothing for what was called off. */
function entryOf(
  {
    kind,
    at,
    of,
    record,
  }: { kind: string; at: string; of: { title: string | null } | null; record: Record<string, unknown> },
  definitions: Definitions,
  timeZone: string,
  untitled: string,
): Entry | undefined {
  const definition = definitions.get(kind);
  if (!definition || record.state === 'cancelled' || record.status === 'cancelled') return undefined;
  const [day, time] = at.includes('T') ? localMoment(at, timeZone) : [at, (record.dueTime as string | null) ?? null];
  const isOver = record.state === 'done' || record.status === 'done';
  return {
    object: kind,
    record: record as RecordShape,
    title: titleOf(definition, record as RecordShape, untitled),
    ...{ day, time, repeats: null },
    tone: isOver ? 'gray' : kind === 'task' ? 'blue' : 'teal',
    of: of?.title ?? undefined,
  };
}
