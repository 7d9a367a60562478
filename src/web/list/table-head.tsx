import { Checkbox, Menu, UnstyledButton } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { type KeyboardEvent, memo, type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import { numeric } from '../fields.ts';
import style from './list.module.css';
import { type ColumnLayout, columnStyle } from './use-columns.ts';
import type { ListView } from './use-list-view.ts';
import { isGroup } from './view-settings.ts';

/** The line above the records: a box that marks all that are loaded, and the names of the columns. */
export const TableHead = memo(function TableHead({
  list,
  layout,
  loaded,
  marked,
  onToggleAll,
}: {
  list: ListView;
  layout: ColumnLayout;
  loaded: number;
  marked: number;
  onToggleAll(): void;
}) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by themselves
    // biome-ignore lint/a11y/useFocusableInteractive: the buttons in it are
    <div className={style.header} role="row" aria-rowindex={1}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <span className={`${style.cell} ${style.check} ${style.sticky}`} role="columnheader">
        <Checkbox
          aria-label={t('list.selectLoaded')}
          checked={marked > 0 && marked >= loaded}
          indeterminate={marked > 0 && marked < loaded}
          onChange={onToggleAll}
        />
      </span>
      <ColumnNames list={list} layout={layout} />
    </div>
  );
});

/**
 * Names of the columns. A click sorts (up, down, not at all), with Shift after the others; dragging the name moves the
 * column, dragging its edge makes it wider. With the keyboard: Shift and an arrow move it, Ctrl and an arrow resize it.
 * Kept as they are while rows scroll, are marked, and the cursor moves: their menus cost more to draw than all rows.
 */
const ColumnNames = memo(function ColumnNames({ list, layout }: { list: ListView; layout: ColumnLayout }) {
  const { columns, definition } = list;
  const [dragged, setDragged] = useState<{ from: number; to: number } | null>(null);
  const names = columns.map((field) => field.name);
  const moveColumn = (from: number, to: number) => {
    if (to < 0 || to >= names.length || from === to) return;
    list.change({ columns: names.toSpliced(from, 1).toSpliced(to, 0, names[from]!) }, true);
  };
  const grip = useDragOrder(layout, columns.length, setDragged, moveColumn);
  return columns.map((field, column) => (
    // biome-ignore lint/a11y/useFocusableInteractive: the button inside is
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div
      key={field.name}
      role="columnheader"
      aria-sort={directionOf(list, field)}
      className={`${style.headSlot} ${column < layout.frozen ? style.frozen : ''}`}
      style={columnStyle(column, column < layout.frozen)}
      data-last={column === layout.frozen - 1 || undefined}
      data-dragged={dragged?.from === column || undefined}
      data-drop={
        dragged && dragged.to === column && dragged.to !== dragged.from
          ? dragged.to > dragged.from
            ? 'after'
            : 'before'
          : undefined
      }
    >
      <HeadButton list={list} field={field} column={column} layout={layout} grip={grip} onMove={moveColumn} />
      <ColumnMenu
        list={list}
        field={field}
        column={column}
        onMove={moveColumn}
        isTitle={field.name === definition.title}
      />
      <Edge layout={layout} column={column} />
    </div>
  ));
});

function HeadButton({
  list,
  field,
  column,
  layout,
  grip,
  onMove,
}: {
  list: ListView;
  field: FieldShape;
  column: number;
  layout: ColumnLayout;
  grip: ReturnType<typeof useDragOrder>;
  onMove(from: number, to: number): void;
}) {
  const { t } = useTranslation();
  const sortable = isSortable(field);
  const direction = directionOf(list, field);
  const place = list.sort.findIndex((term) => term.replace(/^-/, '') === field.name);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    if (event.shiftKey) onMove(column, column + step);
    else if (event.ctrlKey || event.metaKey) layout.resize(column, layout.widthOf(column) + step * 20, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      type="button"
      className={style.headCell}
      data-plain={sortable ? undefined : true}
      data-align={numeric.has(field.type) ? 'end' : undefined}
      title={field.help ?? field.label}
      aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight Control+ArrowLeft Control+ArrowRight"
      onKeyDown={onKeyDown}
      onClick={(event) =>
        sortable && !grip.moved() && list.change({ sort: nextSort(list.sort, field.name, event.shiftKey) }, true)
      }
      {...grip.handlers(column)}
    >
      <span>{field.label}</span>
      {direction === 'ascending' ? <IconArrowUp size={13} aria-hidden /> : null}
      {direction === 'descending' ? <IconArrowDown size={13} aria-hidden /> : null}
      {direction && list.sort.length > 1 ? (
        <small className="tabular">
          <span className="visually-hidden">{t('list.sortPlace')} </span>
          {place + 1}
        </small>
      ) : null}
    </button>
  );
}

function ColumnMenu({
  list,
  field,
  column,
  isTitle,
  onMove,
}: {
  list: ListView;
  field: FieldShape;
  column: number;
  isTitle: boolean;
  onMove(from: number, to: number): void;
}) {
  const { t } = useTranslation();
  const names = list.columns.map((one) => one.name);
  const groupKey = field.groupable === 'bucket' ? `${field.name}:month` : field.name;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <UnstyledButton className={style.headMenu} aria-label={t('column.menu', { field: field.label })}>
          <IconChevronDown size={13} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {isSortable(field) ? (
          <>
            <Menu.Item onClick={() => list.change({ sort: [field.name] }, true)}>{t('column.ascending')}</Menu.Item>
            <Menu.Item onClick={() => list.change({ sort: [`-${field.name}`] }, true)}>
              {t('column.descending')}
            </Menu.Item>
            <Menu.Item onClick={() => list.change({ sort: nextSort(list.sort, field.name, true) }, true)}>
              {t('column.alsoSort')}
            </Menu.Item>
            <Menu.Divider />
          </>
        ) : null}
        {isGroup(field) && !field.name.includes('.') ? (
          <Menu.Item onClick={() => list.change({ group: list.settings.group === groupKey ? undefined : groupKey })}>
            {list.settings.group === groupKey ? t('column.ungroup') : t('column.group')}
          </Menu.Item>
        ) : null}
        <Menu.Item onClick={() => list.change({ freeze: column + 1 }, true)}>{t('column.freeze')}</Menu.Item>
        <Menu.Item onClick={() => list.change({ freeze: 0 }, true)}>{t('column.unfreeze')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item disabled={column === 0} onClick={() => onMove(column, column - 1)}>
          {t('column.left')}
        </Menu.Item>
        <Menu.Item disabled={column === names.length - 1} onClick={() => onMove(column, column + 1)}>
          {t('column.right')}
        </Menu.Item>
        {isTitle ? null : (
          <Menu.Item onClick={() => list.change({ columns: names.filter((name) => name !== field.name) }, true)}>
            {t('column.hide')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The edge of a column: drawn for its width, double-clicked for the width of its type. */
function Edge({ layout, column }: { layout: ColumnLayout; column: number }) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const widthAt = (event: PointerEvent) => start.current!.width + event.clientX - start.current!.x;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for pointers; the column's button does it by keys
    <span
      className={style.edge}
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width: layout.widthOf(column) };
      }}
      onPointerMove={(event) => start.current && layout.resize(column, widthAt(event), false)}
      onPointerUp={(event) => {
        if (start.current && event.clientX !== start.current.x) layout.resize(column, widthAt(event), true);
        start.current = null;
      }}
      onDoubleClick={() => layout.fit(column)}
    />
  );
}

/** Dragging a column's name to another place. */
function useDragOrder(
  layout: ColumnLayout,
  count: number,
  show: (dragged: { from: number; to: number } | null) => void,
  drop: (from: number, to: number) => void,
) {
  const drag = useRef<{ from: number; to: number; x: number; moving: boolean } | null>(null);
  const justMoved = useRef(false);
  const targetOf = (from: number, by: number): number => {
    let to = from;
    let left = Math.abs(by);
    const step = by < 0 ? -1 : 1;
    while (to + step >= 0 && to + step < count) {
      const width = layout.widthOf(to + step);
      if (left < width / 2) break;
      left -= width;
      to += step;
    }
    return to;
  };
  return {
    moved: () => justMoved.current,
    handlers: (column: number) => ({
      onPointerDown: (event: PointerEvent) => {
        justMoved.current = false;
        if (event.button === 0 && event.pointerType === 'mouse')
          drag.current = { from: column, to: column, x: event.clientX, moving: false };
      },
      onPointerMove: (event: PointerEvent) => {
        const now = drag.current;
        if (!now) return;
        const by = event.clientX - now.x;
        if (!now.moving && Math.abs(by) < 8) return;
        if (!now.moving) event.currentTarget.setPointerCapture(event.pointerId);
        now.moving = true;
        justMoved.current = true;
        now.to = targetOf(now.from, by);
        show({ from: now.from, to: now.to });
      },
      onPointerUp: () => {
        if (drag.current?.moving) drop(drag.current.from, drag.current.to);
        drag.current = null;
        show(null);
      },
      onPointerCancel: () => {
        drag.current = null;
        show(null);
      },
    }),
  };
}

function nextSort(sort: readonly string[], name: string, adds: boolean): string[] {
  const at = sort.findIndex((term) => term === name || term === `-${name}`);
  const next = at === -1 ? name : sort[at] === name ? `-${name}` : null;
  if (!adds) return next ? [next] : [];
  if (at === -1) return [...sort, name];
  return next ? sort.with(at, next) : sort.toSpliced(at, 1);
}

function isSortable(field: FieldShape): boolean {
  return field.sortable !== false && !field.name.includes('.');
}

function directionOf(list: ListView, field: FieldShape): 'ascending' | 'descending' | undefined {
  if (list.sort.includes(field.name)) return 'ascending';
  return list.sort.includes(`-${field.name}`) ? 'descending' : undefined;
}
