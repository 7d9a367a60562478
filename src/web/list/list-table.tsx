import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import IconFilterOff from '@tabler/icons-react/dist/esm/icons/IconFilterOff.mjs';
import { useNavigate } from '@tanstack/react-router';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { usePreferences } from '../preferences.ts';
import { setTrail } from '../record/trail.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { GroupLine, MoreLine } from './group-line.tsx';
import { type Line, type Lines, recordAt } from './lines.ts';
import style from './list.module.css';
import { ListRow, PhoneRow, type RowWords } from './list-row.tsx';
import { TableFoot } from './table-foot.tsx';
import { TableHead } from './table-head.tsx';
import { rangeOf, type Spot, useCells } from './use-cells.ts';
import { useClipboard } from './use-clipboard.tsx';
import { CHECK_WIDTH, useColumns } from './use-columns.ts';
import { type Groups, useGroups } from './use-groups.ts';
import type { ListView } from './use-list-view.ts';
import { useRecordLinks } from './use-record-links.ts';
import { useRows } from './use-rows.ts';
import { useSelection } from './use-selection.ts';
import { useWindow } from './use-window.ts';

const HEAD = 32;
const FOOT = 30;
/** Where lists were left for one of their records: how far down, and on which cell. */
const leftAt = new Map<string, { top: number; active: Spot | null }>();

export function ListTable({ list }: { list: ListView }) {
  return list.settings.group ? <GroupedTable list={list} /> : <FlatTable list={list} />;
}

function FlatTable({ list }: { list: ListView }) {
  return <Table list={list} lines={useRows(list.definition, list.query)} groups={null} />;
}

function GroupedTable({ list }: { list: ListView }) {
  const groups = useGroups(list);
  return <Table list={list} lines={groups} groups={groups} />;
}

function Table({ list, lines, groups }: { list: ListView; lines: Lines; groups: Groups | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const { density } = usePreferences();
  const { definition, columns } = list;
  const selection = useSelection(lines);
  const scroller = useRef<HTMLDivElement | null>(null);
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const attach = useCallback((given: HTMLDivElement | null) => {
    scroller.current = given;
    setElement(given);
  }, []);
  const grid = useRef<HTMLDivElement>(null);
  const activeId = useId();
  const layout = useColumns(list, grid);
  const lineHeight = phone ? 62 : density === 'compact' ? 31 : 38;
  const links = useRecordLinks();
  const words = useMemo((): RowWords => {
    const [before, after] = t('list.selectRow', { title: '\n' }).split('\n');
    return { untitled: t('list.untitled'), select: (title) => `${before}${title}${after}` };
  }, [t]);
  const view = useWindow(element, lines.count, lineHeight, { top: phone ? 0 : HEAD, bottom: phone ? 0 : FOOT });

  useEffect(() => {
    const look = () => element?.toggleAttribute('data-sideways', element.scrollLeft > 0);
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [element]);

  const { show } = lines;
  useEffect(() => show(view.first, view.last), [show, view.first, view.last]);
  // A new question is answered from its top.
  const asked = JSON.stringify([list.query.filter, list.query.search, list.query.sort]);
  const before = useRef(asked);
  useEffect(() => {
    if (before.current !== asked) scroller.current?.scrollTo({ top: 0 });
    before.current = asked;
  }, [asked]);

  const loaded = useMemo(() => {
    const ids: string[] = [];
    for (let index = lines.start; index < lines.end; index++) {
      const line = lines.at(index);
      if (line.kind === 'record') ids.push(line.record.id);
    }
    return ids;
  }, [lines]);
  const { ends } = lines;
  useEffect(
    () =>
      setTrail({
        object: definition.name,
        ids: loaded,
        search: list.search,
        beyond: ends && { ...ends, query: list.query },
      }),
    [definition.name, loaded, list.search, list.query, ends],
  );

  const isMarked = selection.ids.size > 0;
  const { toggleAll: markAll, clear: clearMarks } = selection;
  const toggleAll = useCallback(
    () => (isMarked ? clearMarks() : markAll(loaded)),
    [isMarked, markAll, clearMarks, loaded],
  );

  const scrollTo = useCallback(
    (row: number, column: number) => {
      view.scrollTo(row);
      const element = scroller.current;
      if (!element || column < layout.frozen) return;
      let left = CHECK_WIDTH;
      for (let index = 0; index < column; index++) left += layout.widthOf(index);
      let stays = CHECK_WIDTH;
      for (let index = 0; index < layout.frozen; index++) stays += layout.widthOf(index);
      if (left - stays < element.scrollLeft) element.scrollLeft = left - stays;
      else if (left + layout.widthOf(column) > element.scrollLeft + element.clientWidth)
        element.scrollLeft = left + layout.widthOf(column) - element.clientWidth;
    },
    [view.scrollTo, layout],
  );
  const cells = useCells(definition, columns, lines, scrollTo, scroller);
  const clipboard = useClipboard(definition, columns, lines, cells);
  const { active, editing } = cells;
  const range = rangeOf(cells);

  // Back from one of its records, a list stands where it stood.
  const place = `${definition.name} ${asked}`;
  const standing = useRef(active);
  standing.current = active;
  const { go } = cells;
  useLayoutEffect(() => {
    if (!element) return;
    const left = leftAt.get(place);
    if (left) {
      leftAt.delete(place);
      element.scrollTop = left.top;
      go(left.active);
    }
    return () => {
      if (window.location.pathname.startsWith(`/o/${definition.name}/`))
        leftAt.set(place, { top: element.scrollTop, active: standing.current });
    };
  }, [element, place, definition.name, go]);

  const open = (row: number) => {
    const id = recordAt(lines, row)?.id;
    if (id) void navigate({ to: '/o/$object/$id', params: { object: definition.name, id } });
  };
  useShortcuts([
    { keys: 'j', label: t('shortcut.down'), run: () => cells.move(1, 0) },
    { keys: 'k', label: t('shortcut.up'), run: () => cells.move(-1, 0) },
    { keys: 'x', label: t('shortcut.select'), run: () => active && selection.toggle(active.row, false) },
    { keys: 'enter', label: t('shortcut.open'), run: () => active && open(active.row) },
    { keys: 'e', label: t('shortcut.edit'), run: () => cells.edit() },
    {
      keys: 'escape',
      label: t('shortcut.clear'),
      run: () => (selection.ids.size > 0 ? selection.clear() : cells.go(null)),
    },
  ]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (editing || event.target !== event.currentTarget || event.altKey) return;
    const far = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / lineHeight) - 2);
    const steps: Record<string, [number, number]> = {
      ArrowDown: [far ? lines.end : 1, 0],
      ArrowUp: [far ? -lines.end : -1, 0],
      ArrowRight: [0, far ? columns.length : 1],
      ArrowLeft: [0, far ? -columns.length : -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: far ? [-lines.end, -columns.length] : [0, -columns.length],
      End: far ? [lines.end, columns.length] : [0, columns.length],
    };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      cells.move(...step, event.shiftKey);
    } else if (far) {
      return;
    } else if (event.key === 'Tab' && active) {
      const column = active.column + (event.shiftKey ? -1 : 1);
      if (column < 0 || column >= columns.length) return;
      event.preventDefault();
      cells.move(0, event.shiftKey ? -1 : 1);
    } else if (event.key === 'Enter' && active) {
      event.preventDefault();
      if (columns[active.column]?.name === definition.title) open(active.row);
      else cells.edit();
    } else if (event.key === 'F2') {
      event.preventDefault();
      cells.edit();
    } else if (event.key === ' ' && active) {
      event.preventDefault();
      selection.toggle(active.row, event.shiftKey);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && active) {
      event.preventDefault();
      clipboard.clear();
    }
  };

  // Which cell was pressed first: a second click on the same one edits it, a drag marks a range.
  const pressed = useRef<{ spot: Spot; again: boolean } | null>(null);
  const onMouseDown = (event: MouseEvent) => {
    const spot = event.button === 0 ? spotOf(event.target) : null;
    if (!spot) return;
    const again = active?.row === spot.row && active.column === spot.column && !editing;
    pressed.current = { spot, again };
    // A drag marks cells, not text. Typing goes on in an editor until the cell elsewhere has it.
    event.preventDefault();
    (document.activeElement as HTMLElement | null)?.blur?.();
    scroller.current?.focus({ preventScroll: true });
    cells.go(spot, event.shiftKey);
  };
  const onMouseOver = (event: MouseEvent) => {
    if (!pressed.current || event.buttons !== 1) return;
    const spot = spotOf(event.target);
    if (!spot || (spot.row === pressed.current.spot.row && spot.column === pressed.current.spot.column)) return;
    pressed.current.again = false;
    cells.go(spot, true);
  };
  const onMouseUp = (event: MouseEvent) => {
    const at = pressed.current;
    pressed.current = null;
    if (at?.again && !event.shiftKey) cells.edit(at.spot);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const spot = spotOf(event.target);
    if (spot && !editing) cells.edit(spot);
  };

  if (lines.isPending) return <TableSkeleton lineHeight={lineHeight} />;
  if (lines.error && lines.end === 0) return <ErrorState error={lines.error} onRetry={lines.retry} />;
  if (lines.count === 0) return <NothingHere list={list} />;

  const shown: number[] = [];
  for (let index = view.first; index <= view.last; index++) shown.push(index);
  const topOf = (index: number) => (index - view.skipped) * lineHeight;
  const groupLine = (all: Groups, line: Extract<Line, { kind: 'group' | 'more' }>, index: number) =>
    line.kind === 'group' ? (
      <GroupLine
        key={`g${line.group.key}`}
        list={list}
        // On a phone a group tells its name and its count alone.
        columns={phone ? [] : columns}
        groups={all}
        group={line.group}
        index={index}
        top={topOf(index)}
        frozen={layout.frozen}
        phone={phone}
      />
    ) : (
      <MoreLine
        key={`m${line.group.key}`}
        list={list}
        groups={all}
        group={line.group}
        shown={line.shown}
        top={topOf(index)}
        phone={phone}
      />
    );

  if (phone) {
    return (
      <div className={style.scroller} ref={attach} role="presentation" {...links}>
        <div style={{ height: view.height, position: 'relative', '--row': `${lineHeight}px` } as CSSProperties}>
          {shown.map((index) => {
            const line = lineAt(lines, index);
            if (line.kind === 'record')
              return (
                <PhoneRow
                  key={line.record.id}
                  untitled={words.untitled}
                  definition={definition}
                  columns={columns}
                  record={line.record}
                  top={topOf(index)}
                />
              );
            if (line.kind !== 'waiting' && groups) return groupLine(groups, line, index);
            return <WaitingRow key={index} top={topOf(index)} height={lineHeight} />;
          })}
        </div>
      </div>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by themselves */}
      <div
        className={style.scroller}
        ref={attach}
        role="grid"
        tabIndex={0}
        aria-label={definition.label.many}
        aria-rowcount={lines.isComplete ? lines.end + 1 : -1}
        aria-multiselectable
        aria-busy={lines.isStale}
        aria-activedescendant={active && active.row >= view.first && active.row <= view.last ? activeId : undefined}
        {...links}
        onKeyDown={onKeyDown}
        onMouseDown={onMouseDown}
        onMouseOver={onMouseOver}
        onMouseUp={onMouseUp}
        onDoubleClick={onDoubleClick}
        onCopy={clipboard.onCopy}
        onCut={clipboard.onCut}
        onPaste={clipboard.onPaste}
        onFocus={(event) =>
          event.target === event.currentTarget &&
          !active &&
          event.currentTarget.matches(':focus-visible') &&
          cells.move(0, 0)
        }
      >
        <div
          className={style.grid}
          ref={grid}
          style={layout.style}
          data-selecting={selection.ids.size > 0}
          role="presentation"
        >
          <TableHead
            list={list}
            layout={layout}
            loaded={loaded.length}
            marked={selection.ids.size}
            onToggleAll={toggleAll}
          />
          <div className={style.lines} style={{ height: view.height }} role="presentation">
            {shown.map((index) => {
              const line = lineAt(lines, index);
              if ((line.kind === 'group' || line.kind === 'more') && groups) return groupLine(groups, line, index);
              if (line.kind !== 'record') return <WaitingRow key={index} top={topOf(index)} height={lineHeight} />;
              const { record } = line;
              const inRange = range !== null && index >= range.top && index <= range.bottom;
              const isActive = active?.row === index;
              return (
                <ListRow
                  words={words}
                  key={groups ? `${record.id}${index}` : record.id}
                  activeId={activeId}
                  definition={definition}
                  columns={columns}
                  widths={layout.widths}
                  frozen={layout.frozen}
                  record={record}
                  index={index}
                  top={topOf(index)}
                  selected={selection.all || selection.ids.has(record.id)}
                  activeColumn={isActive ? active.column : -1}
                  left={inRange ? range.left : -1}
                  right={inRange ? range.right : -1}
                  editing={editing && isActive}
                  refusals={cells.refused.get(record.id)}
                  onToggle={selection.toggle}
                  onSave={cells.save}
                  onCancel={cells.cancel}
                />
              );
            })}
          </div>
          <TableFoot list={list} frozen={layout.frozen} />
        </div>
      </div>
      {lines.error ? (
        <div role="alert" className={style.bulk}>
          {t('list.pageFailed')}
          <Button size="compact-sm" variant="subtle" onClick={lines.retry}>
            {t('problem.retry')}
          </Button>
        </div>
      ) : null}
      <BulkBar list={list} selection={selection} />
    </>
  );
}

/** Lines that were forgotten or are not there yet have their place. */
function lineAt(lines: Lines, index: number): Line {
  return index < lines.start || index >= lines.end ? { kind: 'waiting' } : lines.at(index);
}

/** The cell under the pointer; null on links, boxes and editors, which do something of their own. */
function spotOf(target: EventTarget): Spot | null {
  const element = target as HTMLElement;
  if (element.closest('a, button, input, label, [data-editor]')) return null;
  const column = element.closest<HTMLElement>('[data-column]')?.dataset.column;
  const row = element.closest<HTMLElement>('[data-row]')?.dataset.row;
  return column === undefined || row === undefined ? null : { row: Number(row), column: Number(column) };
}

function NothingHere({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { definition } = list;
  const object = definition.label.one.toLocaleLowerCase();
  const objects = definition.label.many.toLocaleLowerCase();
  const filtered = Object.keys(list.target).length > 0;
  if (filtered) {
    return (
      <EmptyState
        icon={<IconFilterOff size={22} />}
        title={t('list.noneFound')}
        text={t('list.noneFoundText', { objects })}
      >
        <Button
          variant="default"
          onClick={() =>
            list.setSearch({
              filter: {},
              q: undefined,
              followed: list.settings.followed ? 'none' : undefined,
              shared: list.settings.shared ? 'none' : undefined,
            })
          }
        >
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
      style={{ top, height, alignItems: 'center', gap: 40, paddingLeft: 50 }}
      aria-hidden
      data-waiting
    >
      <i className={style.ghost} style={{ width: 150 }} />
      <i className={style.ghost} style={{ width: 90 }} />
      <i className={style.ghost} style={{ width: 120 }} />
    </div>
  );
}

function TableSkeleton({ lineHeight }: { lineHeight: number }) {
  return (
    <div className={style.scroller} aria-hidden>
      {Array.from({ length: 14 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <WaitingRow key={index} top={HEAD + index * lineHeight} height={lineHeight} />
      ))}
    </div>
  );
}
