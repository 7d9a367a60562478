import { useDroppable } from '@dnd-kit/core';
import { ActionIcon, Button, Skeleton } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Chip } from '#kernel/fields/web/chip.tsx';
import { formatMoney, formatNumber } from '#kernel/fields/web/format.ts';
import { listQuery } from '../api/queries.ts';
import type { AggregateRow, FieldShape, ListQuery, RecordShape } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import type { ListView } from '../list/use-list-view.ts';
import style from './board.module.css';
import { DraggableCard } from './card.tsx';
import type { Lane } from './use-lanes.ts';

export function Column({
  list,
  lane,
  query,
  sum,
  fields,
  onStep,
  dragging,
}: {
  list: ListView;
  lane: Lane;
  query: ListQuery;
  sum: AggregateRow | undefined;
  fields: readonly FieldShape[];
  onStep(record: RecordShape, by: number): void;
  dragging: string | undefined;
}) {
  const { t, i18n } = useTranslation();
  const { definition, view } = list;
  const { setNodeRef, isOver } = useDroppable({ id: lane.value });
  const page = useInfiniteQuery(listQuery(definition.name, query));
  const records = page.data?.pages.flatMap((one) => one.items) ?? [];
  const count = Number(sum?.n ?? 0);
  return (
    <section className={style.column} ref={setNodeRef} data-over={isOver} aria-label={lane.label}>
      <header className={style.columnHead}>
        <Chip tone={lane.tone}>{lane.label}</Chip>
        <span className={`${style.count} tabular`}>{formatNumber(count, i18n.language)}</span>
        <span className={style.spring} />
        <Sum total={sum?.total} language={i18n.language} />
        {definition.can.create ? (
          <ActionIcon
            size="sm"
            aria-label={t('board.addTo', { lane: lane.label })}
            onClick={() =>
              void openQuickCreate({
                object: definition.name,
                values: { [view.by ?? '']: lane.value, ...dividerValues(list, lane) },
              })
            }
          >
            <IconPlus size={14} />
          </ActionIcon>
        ) : null}
      </header>
      <div className={style.cards}>
        {page.isPending ? [1, 2, 3].map((key) => <Skeleton key={key} height={74} radius="md" />) : null}
        {page.isError ? (
          <Button variant="subtle" color="red" onClick={() => void page.refetch()}>
            {t('problem.retry')}
          </Button>
        ) : null}
        {records.map((record) => (
          <DraggableCard
            key={record.id}
            definition={definition}
            record={record}
            fields={fields}
            hidden={record.id === dragging}
            onStep={(by) => onStep(record, by)}
          />
        ))}
        {page.hasNextPage ? (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={page.isFetchingNextPage}
            onClick={() => void page.fetchNextPage()}
          >
            {t('board.more', { count: Math.max(1, count - records.length) })}
          </Button>
        ) : null}
        {!page.isPending && records.length === 0 ? <p className={style.none}>{t('board.empty')}</p> : null}
      </div>
    </section>
  );
}

/** Money in base currency; by currency on hover where there are several. */
function Sum({ total, language }: { total: unknown; language: string }) {
  if (total === null || total === undefined) return null;
  if (typeof total === 'number')
    return <span className={`${style.sum} tabular`}>{formatNumber(total, language, { notation: 'compact' })}</span>;
  const {
    base,
    byCurrency = {},
    currency,
  } = total as { base: number | null; byCurrency?: Record<string, number>; currency?: string };
  const entries = Object.entries(byCurrency);
  const parts = entries.map(([code, amount]) => formatMoney({ amount, currency: code }, language)).join(' + ');
  const single = entries.length === 1 ? entries[0] : undefined;
  const compact: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: 1 };
  const text = single
    ? formatMoney({ amount: single[1], currency: single[0] }, language, compact)
    : base !== null && currency
      ? formatMoney({ amount: base, currency }, language, compact)
      : parts;
  return (
    <span className={`${style.sum} tabular`} title={parts}>
      {text}
    </span>
  );
}

/** A new card in a stage of one pipeline belongs to that pipeline where the object says so itself. */
function dividerValues(list: ListView, lane: Lane): Record<string, unknown> {
  return Object.fromEntries(
    list.definition.fields
      .filter(
        (field) =>
          field.type === 'reference' &&
          typeof lane.record?.[field.name] === 'string' &&
          field.name !== list.view.by &&
          field.name !== 'owner',
      )
      .map((field) => [field.name, lane.record![field.name]]),
  );
}
