import { Button, Checkbox, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import IconFilterOff from '@tabler/icons-react/dist/esm/icons/IconFilterOff.mjs';
import IconSortAscending from '@tabler/icons-react/dist/esm/icons/IconSortAscending.mjs';
import IconSortDescending from '@tabler/icons-react/dist/esm/icons/IconSortDescending.mjs';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listQuery } from '../api/queries.ts';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { computed, numeric } from '../fields.ts';
import { usePreferences } from '../preferences.ts';
import type { EndedBy } from '../record/inline-editor.tsx';
import { saveChanges } from '../record/save-field.tsx';
import { setTrail } from '../record/trail.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { widthOf } from './column-widths.ts';
import style from './list.module.css';
import { ListRow, PhoneRow } from './list-row.tsx';
import type { ListView } from './use-list-view.ts';
import { useSelection } from './use-selection.ts';

interface Position {
  row: number;
  column: number;
}

/** Rows come in pages of 100 by keyset; the next page is asked for while 60 rows are still ahead. */
const ahead = 60;

export function ListTable({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const { density } = usePreferences();
  const { definition, columns } = list;
  const query = useInfiniteQuery({ ...listQuery(definition.name, list.query), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const selection = useSelection(ids);
  const scroller = useRef<HTMLDivElement>(null);
  const gridId = useId();
  const [active, setActive] = useState<Position | null>(null);
  const [editing, setEditing] = useState(false);

  const rowHeight = phone ? 62 : density === 'compact' ? 31 : 38;
  const waiting = query.hasNextPage ? 8 : 0;
  const virtualizer = useVirtualizer({
    count: rows.length + waiting,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? `wait-${index - rows.length}`,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured again when their height changes
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const wantsMore = hasNextPage && !isFetchingNextPage && !isFetchNextPageError && lastShown >= rows.length - ahead;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);
  useEffect(() => setTrail({ object: definition.name, ids, search: list.search }), [definition.name, ids, list.search]);

  useShortcuts([
    { keys: 'j', label: t('shortcut.down'), run: () => move(1, 0) },
    { keys: 'k', label: t('shortcut.up'), run: () => move(-1, 0) },
    { keys: 'x', label: t('shortcut.select'), run: () => active && selection.toggle(active.row, false) },
    { keys: 'enter', label: t('shortcut.open'), run: () => active && open(active.row) },
    { keys: 'e', label: t('shortcut.edit'), run: () => edit() },
    {
      keys: 'escape',
      label: t('shortcut.clear'),
      run: () => (selection.ids.size > 0 ? selection.clear() : setActive(null)),
    },
  ]);

  const focusGrid = () => scroller.current?.focus({ preventScroll: true });
  const open = (row: number) => {
    const id = rows[row]?.id;
    if (id) void navigate({ to: '/o/$object/$id', params: { object: definition.name, id } });
  };
  const editable = (field: FieldShape | undefined) =>
    definition.can.update &&
    field !== undefined &&
    !field.readOnly &&
    !computed.has(field.type) &&
    !field.name.includes('.');
  const edit = (at: Position | null = active) => {
    if (!at || !editable(columns[at.column])) return;
    setActive(at);
    setEditing(true);
  };
  const move = (down: number, right: number) => {
    const from = active ?? { row: -1, column: 0 };
    const row = Math.max(0, Math.min(rows.length - 1, from.row + down));
    const column = Math.max(0, Math.min(columns.length - 1, from.column + right));
    setActive({ row, column });
    virtualizer.scrollToIndex(row, { align: 'auto' });
    focusGrid();
  };
  const save = useCallback(
    (record: RecordShape, field: FieldShape, value: unknown, by: EndedBy) => {
      setEditing(false);
      if (by !== 'blur') scroller.current?.focus({ preventScroll: true });
      const step = { enter: [1, 0], tab: [0, 1], 'back-tab': [0, -1] }[by as string];
      if (step) {
        setActive(
          (old) =>
            old && {
              row: Math.min(rows.length - 1, old.row + step[0]!),
              column: Math.max(0, Math.min(columns.length - 1, old.column + step[1]!)),
            },
        );
      }
      if (JSON.stringify(value) === JSON.stringify(record[field.name] ?? null)) return;
      saveChanges(definition, record, { [field.name]: value }).catch(showProblem);
    },
    [rows.length, columns.length, definition],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (editing || event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2);
    const steps: Record<string, [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [0, -columns.length],
      End: [0, columns.length],
    };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      if (event.shiftKey && step[0] !== 0 && active) selection.toggle(active.row, false);
      move(...step);
    } else if (event.key === 'Enter' && active) {
      event.preventDefault();
      if (columns[active.column]?.name === definition.title) open(active.row);
      else edit();
    } else if (event.key === 'F2') {
      event.preventDefault();
      edit();
    } else if (event.key === ' ' && active) {
      event.preventDefault();
      selection.toggle(active.row, event.shiftKey);
    }
  };
  const onCell = useCallback(
    (row: number, column: number, twice: boolean) => {
      scroller.current?.focus({ preventScroll: true });
      setActive((old) => {
        const again = old?.row === row && old.column === column;
        const field = columns[column];
        const mayEdit =
          definition.can.update && field && !field.readOnly && !computed.has(field.type) && !field.name.includes('.');
        setEditing(Boolean(mayEdit && (twice || again)));
        return { row, column };
      });
    },
    [columns, definition.can.update],
  );
  const cancel = useCallback(() => {
    setEditing(false);
    scroller.current?.focus({ preventScroll: true });
  }, []);

  if (query.isPending) return <TableSkeleton rowHeight={rowHeight} />;
  if (query.isError && rows.length === 0)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (rows.length === 0) return <NothingHere list={list} />;

  const toggleSort = (field: FieldShape) => {
    const first = list.sort[0];
    const next = first === field.name ? `-${field.name}` : first === `-${field.name}` ? undefined : field.name;
    list.setSearch({ sort: next }, true);
  };
  const shown = items.map((item) => ({ item, record: rows[item.index] }));

  if (phone) {
    return (
      <div className={style.scroller} ref={scroller}>
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {shown.map(({ item, record }) =>
            record ? (
              <PhoneRow key={item.key} list={list} record={record} top={item.start} />
            ) : (
              <WaitingRow key={item.key} top={item.start} height={rowHeight} />
            ),
          )}
        </div>
      </div>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by themselves */}
      <div
        className={style.scroller}
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={definition.label.many}
        aria-rowcount={query.hasNextPage ? -1 : rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-busy={query.isFetching}
        aria-activedescendant={active ? `${gridId}-${active.row}-${active.column}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={(event) =>
          event.target === event.currentTarget &&
          !active &&
          event.currentTarget.matches(':focus-visible') &&
          setActive({ row: 0, column: 0 })
        }
      >
        <div className={style.grid} data-selecting={selection.ids.size > 0} role="presentation">
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus */}
          <div className={style.header} role="row" aria-rowindex={1}>
            {/* biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus */}
            {/* biome-ignore lint/a11y/useSemanticElements: see above */}
            <span className={`${style.headCell} ${style.check} ${style.sticky}`} role="columnheader" data-plain>
              <Checkbox
                aria-label={t('list.selectLoaded')}
                checked={selection.ids.size === rows.length}
                indeterminate={selection.ids.size > 0 && selection.ids.size < rows.length}
                onChange={() => (selection.ids.size === 0 ? selection.selectLoaded() : selection.clear())}
              />
            </span>
            {columns.map((field) => {
              const sortable = field.sortable !== false && !field.name.includes('.');
              const direction =
                list.sort[0] === field.name
                  ? 'ascending'
                  : list.sort[0] === `-${field.name}`
                    ? 'descending'
                    : undefined;
              const isTitle = field.name === definition.title;
              return (
                // biome-ignore lint/a11y/useFocusableInteractive: the button inside is focusable
                // biome-ignore lint/a11y/useSemanticElements: see above
                <div
                  key={field.name}
                  role="columnheader"
                  aria-sort={direction}
                  className={isTitle ? style.stickyTitle : undefined}
                  style={{ width: widthOf(field, isTitle), flex: 'none', display: 'flex' }}
                >
                  <button
                    type="button"
                    className={style.headCell}
                    style={{ width: '100%' }}
                    data-plain={sortable ? undefined : true}
                    data-align={numeric.has(field.type) ? 'end' : undefined}
                    disabled={!sortable}
                    title={field.help ?? field.label}
                    onClick={() => toggleSort(field)}
                  >
                    <span>{field.label}</span>
                    {direction === 'ascending' ? <IconSortAscending size={13} aria-hidden /> : null}
                    {direction === 'descending' ? <IconSortDescending size={13} aria-hidden /> : null}
                  </button>
                </div>
              );
            })}
          </div>
          <div
            style={{
              height: virtualizer.getTotalSize(),
              width: columns.reduce((sum, field) => sum + widthOf(field, field.name === definition.title), 40),
            }}
            role="presentation"
          >
            <div style={{ position: 'absolute', top: 32, left: 0, right: 0 }} role="presentation">
              {shown.map(({ item, record }) =>
                record ? (
                  <ListRow
                    key={item.key}
                    gridId={gridId}
                    definition={definition}
                    columns={columns}
                    record={record}
                    index={item.index}
                    top={item.start}
                    selected={selection.ids.has(record.id)}
                    activeColumn={active?.row === item.index ? active.column : -1}
                    editing={editing && active?.row === item.index}
                    onToggle={selection.toggle}
                    onCell={onCell}
                    onSave={save}
                    onCancel={cancel}
                  />
                ) : (
                  <WaitingRow key={item.key} top={item.start} height={rowHeight} />
                ),
              )}
            </div>
          </div>
        </div>
      </div>
      {query.isFetchNextPageError ? (
        <div role="alert" className={style.bulk}>
          {t('list.pageFailed')}
          <Button size="compact-sm" variant="subtle" onClick={() => void fetchNextPage()}>
            {t('problem.retry')}
          </Button>
        </div>
      ) : null}
      <BulkBar list={list} selection={selection} />
    </>
  );
}

function NothingHere({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { definition } = list;
  const object = definition.label.one.toLocaleLowerCase();
  const objects = definition.label.many.toLocaleLowerCase();
  const filtered = Object.keys(list.filter).length > 0 || list.words !== '';
  if (filtered) {
    return (
      <EmptyState
        icon={<IconFilterOff size={22} />}
        title={t('list.noneFound')}
        text={t('list.noneFoundText', { objects })}
      >
        <Button variant="default" onClick={() => list.setSearch({ filter: {}, q: undefined })}>
          {t('list.showAll', { objects })}
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<ObjectIcon name={definition.icon} size={22} />}
      title={t('list.none', { objects })}
      text={definition.can.create ? t('list.noneText') : t('list.noneRights')}
    >
      {definition.can.create ? (
        <>
          <Button onClick={() => void openQuickCreate({ object: definition.name })}>{t('list.new', { object })}</Button>
          {definition.can.import ? <ImportButton object={definition.name} /> : null}
        </>
      ) : null}
    </EmptyState>
  );
}

function ImportButton({ object }: { object: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Button variant="default" onClick={() => void navigate({ to: '/import', search: { object } })}>
      {t('list.import')}
    </Button>
  );
}

function WaitingRow({ top, height }: { top: number; height: number }) {
  return (
    <div
      className={style.row}
      style={{ transform: `translateY(${top}px)`, height, alignItems: 'center', gap: 40, paddingLeft: 50 }}
      aria-hidden
    >
      <Skeleton height={9} width={150} />
      <Skeleton height={9} width={90} />
      <Skeleton height={9} width={120} />
    </div>
  );
}

function TableSkeleton({ rowHeight }: { rowHeight: number }) {
  return (
    <div className={style.scroller} aria-hidden>
      {Array.from({ length: 14 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <WaitingRow key={index} top={32 + index * rowHeight} height={rowHeight} />
      ))}
    </div>
  );
}
