import { useDroppable } from '@dnd-kit/core';
import { ActionIcon, Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '#kernel/fields/web/chip.tsx';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { listQuery } from '../api/queries.ts';
import type { AggregateRow, FieldShape, ListQuery, RecordShape } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { useMeasureText } from '../list/measure-text.tsx';
import type { ListView } from '../list/use-list-view.ts';
import style from './board.module.css';

import { DraggableCard } from './card.tsx';
import type { useCardSelection } from './use-card-selection.ts';
import type { Lane } from './use-lanes.ts';

/** Where a card can be dropped: a column, and a swimlane where there are some. */
export interface Place {
  lane: Lane;
  /** `undefined`: the board has no swimlanes. */
  swim: { field: FieldShape; value: unknown } | undefined;
}

const GAP = 6;
/** Cards that are left below when the next page is asked for. */
const AHEAD = 15;

export function ColumnHead({
  list,
  by,
  lane,
  total,
  isPending,
}: {
  list: ListView;
  by: string;
  lane: Lane;
  total: AggregateRow | undefined;
  isPending: boolean;
}) {
  const { t, i18n } = useTranslation();
  const measureText = useMeasureText();
  const { definition } = list;
  const sum =
    total && 'total' in total && total.total !== null ? measureText(total.total, undefined, 'sum', true) : null;
  return (
    <header className={style.columnHead}>
      <Chip tone={lane.tone}>{lane.label}</Chip>
      {isPending ? null : (
        <span className={`${style.count} tabular`}>{formatNumber(Number(total?.n ?? 0), i18n.language)}</span>
      )}
      <span className={style.spring} />
      {sum ? (
        <span className={`${style.sum} tabular`} title={sum.full}>
          {sum.text}
        </span>
      ) : null}
      {definition.can.create ? (
        <ActionIcon
          size="sm"
          aria-label={t('board.addTo', { lane: lane.label })}
          onClick={() =>
            void openQuickCreate({
              object: definition.name,
              values: { ...list.within, [by]: lane.value, ...dividerValues(list, by, lane) },
            })
          }
        >
          <IconPlus size={14} />
        </ActionIcon>
      ) : null}
    </header>
  );
}

/** The cards of one column: only those in sight are drawn, the next come as one scrolls. */
export function Column({
  id,
  list,
  place,
  query,
  fields,
  selection,
  onStep,
  dragging,
}: {
  id: string;
  list: ListView;
  place: Place;
  query: ListQuery;
  fields: readonly FieldShape[];
  selection: ReturnType<typeof useCardSelection>;
  onStep(record: RecordShape, by: number): void;
  dragging: string | undefined;
}) {
  const { t } = useTranslation();
  const { definition } = list;
  const { setNodeRef, isOver } = useDroppable({ id });
  const scroller = useRef<HTMLDivElement | null>(null);
  const page = useInfiniteQuery(listQuery(definition.name, query));
  const records = useMemo(() => page.data?.pages.flatMap((one) => one.items) ?? [], [page.data]);
  const virtualizer = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 64 + 20 * Math.min(fields.length, 3),
    getItemKey: (index) => records[index]!.id,
    gap: GAP,
    overscan: 6,
    paddingStart: 2,
    paddingEnd: 10,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetching, isError, fetchNextPage } = page;
  const wantsMore = hasNextPage && !isFetching && !isError && last >= records.length - AHEAD;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: its children are placed by themselves inside another element
    <div
      className={style.cards}
      ref={(element) => {
        setNodeRef(element);
        scroller.current = element;
      }}
      data-over={isOver}
      role="list"
      aria-label={place.lane.label}
      aria-busy={page.isPending}
    >
      {page.isPending ? [1, 2, 3].map((key) => <div key={key} className={style.ghost} />) : null}
      {isError ? (
        <Button variant="subtle" color="red" onClick={() => void page.refetch()}>
          {t('problem.retry')}
        </Button>
      ) : null}
      <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const record = records[item.index]!;
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            <div
              key={item.key}
              role="listitem"
              aria-setsize={hasNextPage ? -1 : records.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
              ref={virtualizer.measureElement}
              className={style.place}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <DraggableCard
                definition={definition}
                record={record}
                fields={fields}
                selected={selection.ids.has(record.id)}
                hidden={
                  record.id === dragging ||
                  (dragging !== undefined && selection.ids.has(dragging) && selection.ids.has(record.id))
                }
                onToggle={selection.toggleCard}
                onStep={onStep}
              />
            </div>
          );
        })}
      </div>
      {!page.isPending && !isError && records.length === 0 ? (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <p role="listitem" className={style.none}>
          {t('board.empty')}
        </p>
      ) : null}
    </div>
  );
}

/** A new card in a stage of one pipeline belongs to that pipeline where the object says so itself. */
function dividerValues(list: ListView, by: string, lane: Lane): Record<string, unknown> {
  return Object.fromEntries(
    list.definition.fields
      .filter(
        (field) =>
          field.type === 'reference' &&
          typeof lane.record?.[field.name] === 'string' &&
          field.name !== by &&
          field.name !== 'owner',
      )
      .map((field) => [field.name, lane.record![field.name]]),
  );
}
