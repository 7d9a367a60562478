import { Button, Checkbox } from '@mantine/core';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import { memo, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import type { RecordShape } from '../api/types.ts';
import { type Lines, recordAt } from '../list/lines.ts';
import { useWindow } from '../list/use-window.ts';
import { channelIcon } from '../record/channel-icons.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './inbox.module.css';

/** Pixels of a row: three lines and their air. */
export const ROW = 78;
const edges = { top: 0, bottom: 0 };

export interface ListKeys {
  scrollTo(index: number): void;
}

/** The conversations of a folder, however many. What comes in above does not move what somebody is looking at. */
export function ConversationList({
  lines,
  label,
  open,
  marked,
  onOpen,
  onMark,
  keys,
}: {
  lines: Lines;
  label: string;
  /** Id of the one that is read. */
  open: string | undefined;
  marked: ReadonlySet<string>;
  onOpen(record: RecordShape, index: number): void;
  onMark(index: number, range: boolean): void;
  keys: RefObject<ListKeys | null>;
}) {
  const { t } = useTranslation();
  const [box, setBox] = useState<HTMLElement | null>(null);
  const view = useWindow(box, lines.count, ROW, edges);
  const { show } = lines;
  useEffect(() => show(view.first, view.last), [show, view.first, view.last]);
  useEffect(() => {
    keys.current = { scrollTo: view.scrollTo };
  }, [keys, view.scrollTo]);
  const isAbove = useHeldStill(box, lines, view.skipped);
  const rows = [];
  for (let index = view.first; index <= view.last; index++) {
    const record = recordAt(lines, index);
    const top = (index - view.skipped) * ROW;
    rows.push(
      record ? (
        <Row
          key={record.id}
          record={record}
          index={index}
          top={top}
          isOpen={record.id === open}
          isMarked={marked.has(record.id)}
          onOpen={onOpen}
          onMark={onMark}
        />
      ) : (
        <div key={index} className={style.row} style={{ top }} aria-hidden data-waiting />
      ),
    );
  }
  return (
    <div className={style.listBox}>
      {isAbove ? (
        <Button
          className={style.newer}
          size="compact-xs"
          radius="xl"
          leftSection={<IconArrowUp size={12} aria-hidden />}
          onClick={() => view.scrollTo(0)}
        >
          {t('inbox.newer')}
        </Button>
      ) : null}
      <div ref={setBox} className={style.scroll} data-stale={lines.isStale}>
        <ul aria-label={label} style={{ height: view.height }}>
          {rows}
        </ul>
      </div>
    </div>
  );
}

/** Keeps the line under the pointer, or the first that is seen, where it is. @returns whether newer ones are above */
function useHeldStill(box: HTMLElement | null, lines: Lines, skipped: number): boolean {
  const held = useRef<{ id: string; index: number } | null>(null);
  const pointer = useRef<number | null>(null);
  const [isAbove, setAbove] = useState(false);
  useEffect(() => {
    if (!box) return;
    const move = (event: PointerEvent) => {
      pointer.current = event.clientY - box.getBoundingClientRect().top;
    };
    const leave = () => {
      pointer.current = null;
    };
    const scrolled = () => box.scrollTop < ROW / 2 && setAbove(false);
    box.addEventListener('pointermove', move);
    box.addEventListener('pointerleave', leave);
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      box.removeEventListener('pointermove', move);
      box.removeEventListener('pointerleave', leave);
      box.removeEventListener('scroll', scrolled);
    };
  }, [box]);
  const look = () => {
    if (!box) return;
    const at = box.scrollTop + (pointer.current ?? 0);
    const index = skipped + Math.floor(at / ROW);
    const record = recordAt(lines, index);
    // Whoever is at the top, and not about to click, sees what is new.
    held.current = record && (pointer.current !== null || box.scrollTop > 0) ? { id: record.id, index } : null;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other lines move anything
  useLayoutEffect(() => {
    const before = held.current;
    if (box && before) {
      for (let index = lines.start; index < lines.end; index++) {
        if (recordAt(lines, index)?.id !== before.id) continue;
        // Up to a page of new ones; one that was itself moved to the top takes nobody along.
        if (index > before.index) {
          box.scrollTop += (index - before.index) * ROW;
          setAbove(true);
        }
        break;
      }
    }
    look();
  }, [lines]);
  useEffect(() => {
    if (!box) return;
    box.addEventListener('pointermove', look);
    box.addEventListener('scroll', look, { passive: true });
    return () => {
      box.removeEventListener('pointermove', look);
      box.removeEventListener('scroll', look);
    };
  });
  return isAbove;
}

const Row = memo(function Row({
  record,
  index,
  top,
  isOpen,
  isMarked,
  onOpen,
  onMark,
}: {
  record: RecordShape;
  index: number;
  top: number;
  isOpen: boolean;
  isMarked: boolean;
  onOpen(record: RecordShape, index: number): void;
  onMark(index: number, range: boolean): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const title = (field: string) => (record.expanded?.[field] as { title?: string } | null | undefined)?.title;
  const [contact, account] = [title('contact'), title('account')];
  const waits = record.lastDirection === 'in' && record.status !== 'done';
  const subject = String(record.subject ?? '');
  const owner = record.owner && record.owner !== userId ? title('owner') : undefined;
  const snoozed = record.status === 'snoozed' && record.snoozedUntil ? String(record.snoozedUntil) : null;
  const tags = (record.tags as string[] | null) ?? [];
  return (
    <li className={style.row} style={{ top }} data-open={isOpen} data-waits={waits} data-marked={isMarked}>
      <span className={style.mark}>
        <Checkbox
          size="xs"
          aria-label={t('inbox.mark', { subject })}
          checked={isMarked}
          onChange={() => {}}
          onClick={(event) => onMark(index, event.shiftKey)}
        />
        <ObjectIcon name={channelIcon(String(record.channel))} size={15} />
      </span>
      <button
        type="button"
        className={style.rowMain}
        aria-current={isOpen ? 'true' : undefined}
        onClick={() => onOpen(record, index)}
      >
        <span className={style.rowHead}>
          <bdi className={style.who}>{contact ?? account ?? t('inbox.unknownSender')}</bdi>
          {contact && account ? <bdi className={style.company}>{account}</bdi> : null}
          <time dateTime={String(record.lastAt)}>{shortTime(String(record.lastAt), language, timeZone)}</time>
        </span>
        <span className={style.subject}>
          {waits ? <span className="visually-hidden">{t('inbox.waits')}</span> : null}
          <bdi>{subject}</bdi>
        </span>
        <span className={style.rowFoot}>
          <bdi className={style.preview}>{String(record.preview ?? '')}</bdi>
          {tags.slice(0, 2).map((tag) => (
            <span key={tag} className={style.tag}>
              {tag}
            </span>
          ))}
          {snoozed ? (
            <span className={style.until}>{t('inbox.until', { at: shortTime(snoozed, language, timeZone) })}</span>
          ) : null}
          {owner ? <bdi className={style.owner}>{owner}</bdi> : null}
        </span>
      </button>
    </li>
  );
});

/** The clock of today, the day of this year, else the date. */
export function shortTime(moment: string, language: string, timeZone: string): string {
  const day = (at: Date) => at.toLocaleDateString('sv', { timeZone });
  const [then, now] = [new Date(moment), new Date()];
  if (day(then) === day(now)) return formatDateTime(moment, language, timeZone, { timeStyle: 'short' });
  const isNear = Math.abs(then.getTime() - now.getTime()) < 300 * 86_400_000;
  return formatDateTime(
    moment,
    language,
    timeZone,
    isNear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' },
  );
}
