import {
  DndContext,
  type DragEndEvent,
  PointerSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { useMediaQuery } from '@mantine/hooks';
import IconCalendarOff from '@tabler/icons-react/dist/esm/icons/IconCalendarOff.mjs';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDays, today } from '#kernel/fields/web/format.ts';
import { aggregateQuery, queryClient } from '../api/queries.ts';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { titleOf } from '../fields.ts';
import { allOf } from '../list/filter-model.ts';
import type { ListView } from '../list/use-list-view.ts';
import { periodFilter, useShapeRecords } from '../list/use-shape-records.ts';
import { saveChanges } from '../record/save-field.tsx';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import { Agenda } from './agenda.tsx';
import { DayColumns } from './day-columns.tsx';
import { addDays, addMonths, firstWeekdayOf, localMoment, momentOf, monthGrid, monthStart, weekStart } from './days.ts';
import { Month } from './month.tsx';
import type { CalendarParts, Entry } from './parts.ts';
import { PeriodBar } from './period-bar.tsx';

const spans = ['month', 'week', 'day', 'agenda'] as const;
type Span = (typeof spans)[number];
const AGENDA_DAYS = 30;

/** Records on the days of one of their dates, by month, week, day or as an agenda. Dragging one changes its date. */
export function CalendarView({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const { definition, search } = list;
  const field = list.by('calendar');
  const now = today(timeZone);
  const at = /^\d{4}-\d\d-\d\d$/.test(search.at ?? '') ? search.at! : now;
  const span: Span = spans.includes(search.span as Span) ? (search.span as Span) : phone ? 'agenda' : 'month';
  const firstWeekday = firstWeekdayOf(language);
  const weeks = useMemo(() => monthGrid(at, firstWeekday), [at, firstWeekday]);
  const week = weekStart(at, firstWeekday);
  const [from, to] =
    span === 'month'
      ? [weeks[0]![0]!, addDays(weeks.at(-1)![6]!, 1)]
      : span === 'week'
        ? [week, addDays(week, 7)]
        : [at, addDays(at, span === 'day' ? 1 : AGENDA_DAYS)];
  const midnight = (day: string) => momentOf(day, '00:00', timeZone);
  const period = field ? periodFilter(field, from, to, midnight) : undefined;
  const fields = useMemo(() => cardsOf(list, 'calendar', field?.name), [list, field]);
  const tone = useMemo(() => definition.fields.find((one) => one.type === 'select' && toned(one)), [definition]);
  const rule = definition.fields.find((one) => one.type === 'recurrence');
  const { records, isPending, error, retry } = useShapeRecords(list, {
    filter: period,
    fields: [field?.name ?? '', tone?.name ?? '', rule?.name ?? '', ...fields.map((one) => one.name)].filter(Boolean),
    sort: field ? [field.name] : undefined,
    most: span === 'month' ? 1000 : 500,
    enabled: field !== undefined,
  });
  const counted = useQuery({
    ...aggregateQuery(definition.name, {
      filter: allOf(list.target, period),
      groupBy: [`${field?.name}:day`],
      measures: { n: { count: true } },
    }),
    enabled: field?.groupable === 'bucket',
    placeholderData: (before) => before,
  });
  const counts = useMemo(
    () => new Map(counted.data?.rows.map((row) => [String(row.key[0]).slice(0, 10), Number(row.n)])),
    [counted.data],
  );
  const entries = useMemo(() => {
    const all = records.flatMap((record): Entry[] => {
      const value = field ? record[field.name] : null;
      if (typeof value !== 'string') return [];
      const [day, time] = field!.type === 'datetime' ? localMoment(value, timeZone) : [value.slice(0, 10), null];
      return [
        {
          ...{ object: definition.name, record, title: titleOf(definition, record, t('list.untitled')), day, time },
          ...{ tone: toneOf(tone, record), repeats: rule && record[rule.name] ? rule.label : null },
        },
      ];
    });
    return Map.groupBy(all, (entry) => entry.day);
  }, [records, field, timeZone, definition, tone, rule, t]);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 250, tolerance: 8 } }),
  );

  if (!field) return <EmptyState icon={<IconCalendarOff size={22} />} title={t('calendar.noField')} />;
  if (error && records.length === 0) return <ErrorState error={error} onRetry={retry} />;

  const go = (day: string, next: Span = span) =>
    list.setSearch({ at: day === now ? undefined : day, span: next === 'month' && !phone ? undefined : next }, true);
  const step = (by: 1 | -1) =>
    go(
      span === 'month'
        ? addMonths(monthStart(at), by)
        : addDays(at, by * (span === 'week' ? 7 : span === 'day' ? 1 : AGENDA_DAYS)),
    );
  const move = async (entry: Entry, day: string, time?: string) => {
    const { record } = entry;
    const value = field.type === 'datetime' ? momentOf(day, time ?? entry.time ?? '09:00', timeZone) : day;
    if (value === record[field.name]) return;
    try {
      const moved = t('calendar.moved', { title: entry.title, day: formatDate(day, language) });
      if (await saveChanges(definition, record, { [field.name]: value }, moved))
        void queryClient.invalidateQueries({ queryKey: ['records', definition.name, 'list'] });
    } catch (refused) {
      showProblem(refused);
    }
  };
  const canCreate = definition.can.create && !field.readOnly;
  const parts: CalendarParts = {
    isTimed: field.type === 'datetime',
    fields,
    entries,
    counts,
    today: now,
    canMove: definition.can.update && !field.readOnly,
    canCreate,
    create: (day, time) => {
      if (!canCreate) return;
      const value = field.type === 'datetime' ? momentOf(day, time ?? '09:00', timeZone) : day;
      void openQuickCreate({ object: definition.name, values: { ...list.within, [field.name]: value } });
    },
    move: (entry, day, time) => void move(entry, day, time),
    open: (day) => go(day, 'day'),
  };
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    const entry = active.data.current?.entry as Entry | undefined;
    const target = over?.data.current as { day?: string; time?: string } | undefined;
    if (entry && target?.day) parts.move(entry, target.day, target.time);
  };
  const title =
    span === 'month'
      ? formatDate(at, language, { month: 'long', year: 'numeric' })
      : span === 'day'
        ? formatDate(at, language, { dateStyle: 'full' })
        : formatDays(from, addDays(to, -1), language);
  return (
    <>
      <PeriodBar
        title={title}
        span={span}
        spans={spans.map((one) => ({ value: one, label: t(`calendar.${one}`) }))}
        onSpan={(next) => go(at, next as Span)}
        onStep={step}
        onToday={() => go(now)}
        keys={list.within === undefined}
      />
      <DndContext sensors={sensors} collisionDetection={pointerWithin} onDragEnd={onDragEnd}>
        {isPending ? (
          <ScreenSkeleton />
        ) : span === 'month' ? (
          <Month parts={parts} weeks={weeks} month={at.slice(0, 7)} />
        ) : span === 'agenda' ? (
          <Agenda parts={parts} from={from} days={AGENDA_DAYS} />
        ) : (
          <DayColumns
            parts={parts}
            days={span === 'day' ? [at] : Array.from({ length: 7 }, (_, index) => addDays(week, index))}
          />
        )}
      </DndContext>
    </>
  );
}

/** What is told of a record beside its title: as the view says, else as the shipped view of that shape does. */
export function cardsOf(list: ListView, shape: string, without: string | undefined): FieldShape[] {
  const shipped = list.definition.views.find((view) => view.type === shape);
  return (list.settings.cards ?? shipped?.columns ?? [])
    .filter((name) => name !== list.definition.title && name !== without)
    .flatMap((name) => list.fieldOf(name) ?? [])
    .slice(0, 4);
}

interface Option {
  value: string;
  color?: string | null;
}

export function toned(field: FieldShape): boolean {
  return ((field.options?.options ?? []) as Option[]).some((option) => option.color);
}

export function toneOf(field: FieldShape | undefined, record: RecordShape): string | null {
  const options = (field?.options?.options ?? []) as Option[];
  return options.find((option) => option.value === record[field?.name ?? ''])?.color ?? null;
}
