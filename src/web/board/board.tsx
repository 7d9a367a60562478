import {
  type Announcements,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  type DragStartEvent,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  PointerSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SegmentedControl } from '@mantine/core';
import IconLayoutKanban from '@tabler/icons-react/dist/esm/icons/IconLayoutKanban.mjs';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { aggregateQuery, expandable, queryClient } from '../api/queries.ts';
import type { ListQuery, RecordShape } from '../api/types.ts';
import { allOf } from '../list/filter-model.ts';
import { titleOf } from '../list/list-row.tsx';
import type { ListView } from '../list/use-list-view.ts';
import { setTrail } from '../record/trail.ts';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import style from './board.module.css';
import { Card } from './card.tsx';
import { Column } from './column.tsx';
import { moveCard } from './move-card.ts';
import { useLanes } from './use-lanes.ts';

/** Records as cards in columns, one per value of a field. Moving a card changes that field. */
export function Board({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { definition, view } = list;
  const by = list.fieldOf(view.by ?? '');
  const { lanes, divider, dividedBy, isPending, error } = useLanes(by, list.search.lane);
  const [dragged, setDragged] = useState<RecordShape | null>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: toNextColumn,
      keyboardCodes: { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter'] },
    }),
  );
  const laneFilter =
    divider && dividedBy && by ? { [`${by.name}.${divider.field.name}`]: { is: dividedBy } } : undefined;
  const filter = allOf(list.target, laneFilter);
  const sums = useQuery({
    ...aggregateQuery(definition.name, {
      filter,
      groupBy: [view.by],
      measures: { n: { count: true }, ...(view.sum ? { total: { sum: view.sum } } : {}) },
    }),
    enabled: by !== undefined,
    placeholderData: (before) => before,
  });
  const bySum = useMemo(() => new Map(sums.data?.rows.map((row) => [String(row.key[0]), row])), [sums.data]);
  const shownFields = useMemo(
    () =>
      (view.columns ?? [])
        .filter((name) => name !== definition.title && name !== view.by)
        .flatMap((name) => list.fieldOf(name) ?? []),
    [view, definition.title, list],
  );
  const wanted = [
    ...new Set([
      definition.title,
      view.by ?? '',
      ...(view.sum ? [view.sum] : []),
      ...shownFields.map((field) => field.name),
    ]),
  ].filter(Boolean);
  const queryOf = (value: string): ListQuery => ({
    filter: allOf(list.filter, { [view.by ?? '']: { is: value } }),
    search: list.words || undefined,
    sort: list.sort,
    fields: wanted,
    expand: expandable(definition, wanted),
    limit: 40,
  });
  useEffect(() => setTrail({ object: definition.name, ids: [], search: list.search }), [definition.name, list.search]);

  if (!by) return <EmptyState icon={<IconLayoutKanban size={22} />} title={t('board.noField')} />;
  if (error) return <ErrorState error={error} />;
  if (isPending) return <div className={style.board} aria-busy />;
  if (lanes.length === 0)
    return (
      <EmptyState icon={<IconLayoutKanban size={22} />} title={t('board.noLanes')} text={t('board.noLanesText')} />
    );

  const laneLabel = (value: unknown) => lanes.find((lane) => lane.value === value)?.label ?? '';
  const nameOf = (id: unknown) => {
    const record = dragged?.id === id ? dragged : null;
    return record ? titleOf(definition, record, t('list.untitled')) : '';
  };
  const announcements: Announcements = {
    onDragStart: () => t('board.picked'),
    onDragOver: ({ active, over }) =>
      over ? t('board.over', { card: nameOf(active.id), lane: laneLabel(over.id) }) : '',
    onDragEnd: ({ active, over }) =>
      over ? t('board.dropped', { card: nameOf(active.id), lane: laneLabel(over.id) }) : t('board.cancelled'),
    onDragCancel: () => t('board.cancelled'),
  };
  const onDragStart = ({ active }: DragStartEvent) =>
    setDragged((active.data.current?.record as RecordShape | undefined) ?? null);
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    const record = active.data.current?.record as RecordShape | undefined;
    const to = over ? String(over.id) : null;
    if (record && to && record[by.name] !== to) void move(record, to);
  };
  const move = (record: RecordShape, to: string) =>
    moveCard({
      definition,
      record,
      field: by.name,
      to,
      lane: lanes.find((lane) => lane.value === to),
      fromKey: ['records', definition.name, 'list', queryOf(String(record[by.name]))],
      toKey: ['records', definition.name, 'list', queryOf(to)],
      message: t('board.moved', { card: titleOf(definition, record, t('list.untitled')), lane: laneLabel(to) }),
    }).finally(() => void queryClient.invalidateQueries({ queryKey: ['records', definition.name, 'aggregate'] }));
  const step = (record: RecordShape, by1: number) => {
    const at = lanes.findIndex((lane) => lane.value === record[by.name]);
    const to = lanes[at + by1]?.value;
    if (to) void move(record, to);
  };

  return (
    <>
      {divider && divider.choices.length > 1 ? (
        <div className={style.divider}>
          <SegmentedControl
            size="xs"
            aria-label={divider.field.label}
            value={dividedBy ?? undefined}
            onChange={(lane) => list.setSearch({ lane })}
            data={divider.choices.map((choice) => ({ value: choice.id, label: choice.title }))}
          />
        </div>
      ) : null}
      <DndContext
        sensors={sensors}
        collisionDetection={(args) => (args.pointerCoordinates ? pointerWithin(args) : rectIntersection(args))}
        onDragStart={onDragStart}
        onDragEnd={onDragEnd}
        onDragCancel={() => setDragged(null)}
        accessibility={{ announcements, screenReaderInstructions: { draggable: t('board.instructions') } }}
      >
        <div className={style.board}>
          {lanes.map((lane) => (
            <Column
              key={lane.value}
              list={list}
              lane={lane}
              query={queryOf(lane.value)}
              sum={bySum.get(lane.value)}
              fields={shownFields}
              onStep={step}
              dragging={dragged?.id}
            />
          ))}
        </div>
        <DragOverlay dropAnimation={null}>
          {dragged ? <Card definition={definition} record={dragged} fields={shownFields} lifted /> : null}
        </DragOverlay>
      </DndContext>
    </>
  );
}

/** Arrow keys move a lifted card by whole columns. */
const toNextColumn: KeyboardCoordinateGetter = (event, { context }) => {
  const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.code];
  const rect = context.collisionRect;
  if (!direction || !rect) return undefined;
  event.preventDefault();
  const columns = context.droppableContainers.getEnabled().flatMap((column) => column.rect.current ?? []);
  const centre = rect.left + rect.width / 2;
  const candidates = columns
    .map((column) => ({
      left: column.left,
      top: column.top,
      away: (column.left + column.width / 2 - centre) * direction,
    }))
    .filter((column) => column.away > 10)
    .sort((a, b) => a.away - b.away);
  const next = candidates[0];
  return next ? { x: next.left + 8, y: Math.max(next.top + 8, rect.top) } : undefined;
};
