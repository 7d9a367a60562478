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
import { useInViewport } from '@mantine/hooks';
import IconLayoutKanban from '@tabler/icons-react/dist/esm/icons/IconLayoutKanban.mjs';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { aggregateQuery, expandable, queryClient } from '../api/queries.ts';
import type { AggregateRow, FieldShape, Filter, ListQuery, RecordShape } from '../api/types.ts';
import { bulk, undoChange } from '../api/writes.ts';
import { titleOf } from '../fields.ts';
import { BulkBar } from '../list/bulk-bar.tsx';
import { allOf } from '../list/filter-model.ts';
import { GroupLabel } from '../list/group-line.tsx';
import { groupFilter } from '../list/use-groups.ts';
import type { ListView } from '../list/use-list-view.ts';
import { setTrail } from '../record/trail.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './board.module.css';
import { Card } from './card.tsx';
import { Column, ColumnHead, type Place } from './column.tsx';
import { moveCard } from './move-card.ts';
import { useCardSelection } from './use-card-selection.ts';
import { type Lane, useLanes } from './use-lanes.ts';

/** Records as cards in columns, one per value of a field. Moving a card changes that field. */
export function Board({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { definition, settings } = list;
  const by = list.by('board');
  const { lanes, divider, dividedBy, isPending, error } = useLanes(by, list.search.lane);
  const [dragged, setDragged] = useState<RecordShape | null>(null);
  const selection = useCardSelection();
  const shipped = definition.views.find((view) => view.type === 'board' && view.by === by?.name);
  const sum = settings.sum ?? (settings.shape === 'board' ? shipped?.sum : undefined);
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
  const swimField = settings.lanes && settings.lanes !== by?.name ? list.fieldOf(settings.lanes) : undefined;
  const measures = { n: { count: true }, ...(sum ? { total: { sum } } : {}) };
  const sums = useQuery({
    ...aggregateQuery(definition.name, { filter, groupBy: [by?.name], measures }),
    enabled: by !== undefined,
    placeholderData: (before) => before,
  });
  const swims = useQuery({
    ...aggregateQuery(definition.name, {
      filter,
      groupBy: [swimField?.name],
      measures,
      sort: ['-n'],
      limit: 50,
    }),
    enabled: swimField !== undefined,
    placeholderData: (before) => before,
  });
  const bySum = useMemo(() => new Map(sums.data?.rows.map((row) => [String(row.key[0]), row])), [sums.data]);
  const shownFields = useMemo(
    () =>
      (settings.cards ?? shipped?.columns ?? defaultCards(list))
        .filter((name) => name !== definition.title && name !== by?.name)
        .flatMap((name) => list.fieldOf(name) ?? []),
    [settings.cards, shipped, definition.title, by?.name, list],
  );
  const wanted = [
    ...new Set([
      definition.title,
      by?.name ?? '',
      swimField?.name ?? '',
      ...(sum ? [sum] : []),
      ...shownFields.map((field) => field.name),
    ]),
  ].filter(Boolean);
  const queryOf = (place: Place): ListQuery => ({
    filter: allOf(list.query.filter, { [by?.name ?? '']: { is: place.lane.value } }, swimFilter(place)),
    search: list.words || undefined,
    sort: list.sort,
    fields: wanted,
    expand: expandable(definition, wanted),
    limit: 50,
  });
  const isPage = list.within === undefined;
  useEffect(() => {
    if (isPage) setTrail({ object: definition.name, ids: [], search: list.search });
  }, [definition.name, list.search, isPage]);
  useShortcuts(isPage ? [{ keys: 'escape', label: t('shortcut.clear'), run: () => selection.clear() }] : []);
  // One and the same for the cards, which are kept as they are while the board is drawn again.
  const step = useRef((_record: RecordShape, _columns: number) => {});
  const onStep = useCallback((record: RecordShape, columns: number) => step.current(record, columns), []);

  if (!by) return <EmptyState icon={<IconLayoutKanban size={22} />} title={t('board.noField')} />;
  if (error) return <ErrorState error={error} />;
  if (isPending)
    return (
      <div className={style.board} aria-busy>
        {[1, 2, 3, 4].map((column) => (
          <div key={column} className={style.stack}>
            <div className={style.ghost} />
          </div>
        ))}
      </div>
    );
  if (lanes.length === 0)
    return (
      <EmptyState icon={<IconLayoutKanban size={22} />} title={t('board.noLanes')} text={t('board.noLanesText')} />
    );

  const rows: { key: string; swim: Place['swim']; totals: AggregateRow | undefined }[] = swimField
    ? (swims.data?.rows ?? []).map((totals) => ({
        key: String(totals.key[0]),
        swim: { field: swimField, value: totals.key[0] ?? null },
        totals,
      }))
    : [{ key: '', swim: undefined, totals: undefined }];
  const places = new Map(
    rows.flatMap((row) =>
      lanes.map((lane): [string, Place] => [placeKey({ lane, swim: row.swim }), { lane, swim: row.swim }]),
    ),
  );
  const nameOf = (id: unknown) => {
    const record = dragged?.id === id ? dragged : null;
    if (!record) return '';
    return selection.ids.has(record.id) && selection.ids.size > 1
      ? t('board.cards', { count: selection.ids.size })
      : titleOf(definition, record, t('list.untitled'));
  };
  const laneLabel = (id: unknown) => places.get(String(id))?.lane.label ?? '';
  const announcements: Announcements = {
    onDragStart: () => t('board.picked'),
    onDragOver: ({ active, over }) =>
      over ? t('board.over', { card: nameOf(active.id), lane: laneLabel(over.id) }) : '',
    onDragEnd: ({ active, over }) =>
      over ? t('board.dropped', { card: nameOf(active.id), lane: laneLabel(over.id) }) : t('board.cancelled'),
    onDragCancel: () => t('board.cancelled'),
  };
  const changesTo = (place: Place): Record<string, unknown> => ({
    [by.name]: place.lane.value,
    ...(place.swim ? { [place.swim.field.name]: place.swim.value } : {}),
  });
  const isAt = (record: RecordShape, place: Place) =>
    Object.entries(changesTo(place)).every(([field, value]) => (record[field] ?? null) === value);
  const onDragStart = ({ active }: DragStartEvent) =>
    setDragged((active.data.current?.record as RecordShape | undefined) ?? null);
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    const record = active.data.current?.record as RecordShape | undefined;
    const place = over ? places.get(String(over.id)) : undefined;
    if (!record || !place) return;
    if (selection.ids.has(record.id) && selection.ids.size > 1) void moveAll(place);
    else if (!isAt(record, place)) void move(record, place);
  };
  const placeOf = (record: RecordShape): Place | undefined => [...places.values()].find((place) => isAt(record, place));
  const move = (record: RecordShape, to: Place) => {
    const from = placeOf(record);
    return moveCard({
      definition,
      record,
      changes: changesTo(to),
      lane: to.lane,
      by: by.name,
      fromKey: ['records', definition.name, 'list', from ? queryOf(from) : null],
      toKey: ['records', definition.name, 'list', queryOf(to)],
      message: t('board.moved', { card: titleOf(definition, record, t('list.untitled')), lane: to.lane.label }),
    }).finally(() => void queryClient.invalidateQueries({ queryKey: ['records', definition.name, 'aggregate'] }));
  };
  const moveAll = async (to: Place) => {
    try {
      const result = await bulk(definition, { update: { ids: [...selection.ids], changes: changesTo(to) } });
      selection.clear();
      if (result.succeeded > 0)
        showUndo(t('board.movedMany', { count: result.succeeded, lane: to.lane.label }), () =>
          undoChange(definition, result.changeSet),
        );
      if (result.failed > 0) {
        const problem = result.results.find((row) => row.problem)?.problem;
        const reason = problem?.errors?.[0]?.message ?? problem?.detail ?? problem?.title ?? '';
        showToast(t('bulk.failed', { count: result.failed, reason }));
      }
    } catch (refused) {
      showProblem(refused);
    }
  };
  step.current = (record, columns) => {
    const at = lanes.findIndex((lane) => lane.value === record[by.name]);
    const lane = lanes[at + columns];
    if (lane) void move(record, { lane, swim: placeOf(record)?.swim });
  };
  const columnOf = (place: Place) => (
    <Column
      key={placeKey(place)}
      id={placeKey(place)}
      list={list}
      place={place}
      query={queryOf(place)}
      fields={shownFields}
      selection={selection}
      onStep={onStep}
      dragging={dragged?.id}
    />
  );
  const headOf = (lane: Lane) => (
    <ColumnHead list={list} by={by.name} lane={lane} total={bySum.get(lane.value)} isPending={sums.isPending} />
  );

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
        {swimField ? (
          <div className={style.swimBoard}>
            <div className={style.swimHead}>
              {lanes.map((lane) => (
                <div key={lane.value} className={style.swimColumn}>
                  {headOf(lane)}
                </div>
              ))}
            </div>
            {rows.map((row) => (
              <Swim key={row.key} field={swimField} value={row.swim?.value} count={row.totals?.n}>
                {() => lanes.map((lane) => columnOf({ lane, swim: row.swim }))}
              </Swim>
            ))}
          </div>
        ) : (
          <div className={style.board}>
            {lanes.map((lane) => (
              <section key={lane.value} className={style.stack} aria-label={lane.label}>
                {headOf(lane)}
                {columnOf({ lane, swim: undefined })}
              </section>
            ))}
          </div>
        )}
        <DragOverlay dropAnimation={null}>
          {dragged ? (
            <div className={style.lifted}>
              <Card definition={definition} record={dragged} fields={shownFields} lifted />
              {selection.ids.has(dragged.id) && selection.ids.size > 1 ? (
                <span className={`${style.liftedCount} tabular`}>{selection.ids.size}</span>
              ) : null}
            </div>
          ) : null}
        </DragOverlay>
      </DndContext>
      <BulkBar list={list} selection={selection} />
    </>
  );
}

/** A swimlane asks for its cards when it comes into sight: twenty of them would be a hundred questions at once. */
function Swim({
  field,
  value,
  count,
  children,
}: {
  field: FieldShape;
  value: unknown;
  count: unknown;
  children(): ReactNode;
}) {
  const { ref, inViewport } = useInViewport<HTMLElement>();
  const [seen, setSeen] = useState(false);
  if (inViewport && !seen) setSeen(true);
  return (
    <section ref={ref} className={style.swim}>
      <h2 className={style.swimTitle}>
        <GroupLabel field={field} value={value} />
        <span className={`${style.count} tabular`}>{String(count ?? '')}</span>
      </h2>
      <div className={style.swimColumns}>{seen ? children() : null}</div>
    </section>
  );
}

function placeKey({ lane, swim }: Place): string {
  return swim ? `${lane.value}|${String(swim.value)}` : lane.value;
}

function swimFilter({ swim }: Place): Filter | undefined {
  return swim ? groupFilter(swim.field, swim.value, undefined) : undefined;
}

/** Where no view says what stands on a card. */
function defaultCards(list: ListView): string[] {
  const told = list.definition.fields.filter((field) => ['money', 'date', 'reference', 'user'].includes(field.type));
  return [...told.slice(0, 3).map((field) => field.name), 'owner'];
}

/** Arrow keys move a lifted card by whole columns, or from one swimlane to the next. */
const toNextColumn: KeyboardCoordinateGetter = (event, { context }) => {
  const rect = context.collisionRect;
  const sideways = { ArrowRight: 1, ArrowLeft: -1 }[event.code];
  const upright = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  const direction = sideways ?? upright;
  if (!direction || !rect) return undefined;
  event.preventDefault();
  const centre = { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
  const candidates = context.droppableContainers
    .getEnabled()
    .flatMap((column) => column.rect.current ?? [])
    .map((column) => {
      const across = column.left + column.width / 2 - centre.x;
      const isSameColumn = centre.x > column.left && centre.x < column.left + column.width;
      const isSameRow = centre.y > column.top && centre.y < column.top + column.height;
      if (sideways) return { column, away: isSameRow ? across * direction : 0 };
      return { column, away: isSameColumn && !isSameRow ? (column.top - centre.y) * direction : 0 };
    })
    .filter(({ away }) => away > 10)
    .sort((a, b) => a.away - b.away);
  const next = candidates[0]?.column;
  if (!next) return undefined;
  return { x: next.left + 8, y: sideways ? Math.max(next.top + 8, rect.top) : next.top + 8 };
};
