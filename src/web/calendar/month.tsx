import { useDroppable } from '@dnd-kit/core';
import { useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import style from './calendar.module.css';
import { weekday } from './days.ts';
import { EntryChip } from './entry.tsx';
import type { CalendarParts } from './parts.ts';

/** Height of an entry with its gap, and of a day's number. */
const ENTRY = 24;
const NUMBER = 30;

export function Month({ parts, weeks, month }: { parts: CalendarParts; weeks: readonly string[][]; month: string }) {
  const { language } = useFieldEnvironment();
  const grid = useRef<HTMLDivElement>(null);
  const [fit, setFit] = useState(3);
  // As many entries as a day has room for; the rest is counted.
  useLayoutEffect(() => {
    const element = grid.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const height = element.clientHeight / weeks.length;
      setFit(Math.max(1, Math.floor((height - NUMBER - ENTRY) / ENTRY)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [weeks.length]);
  return (
    <div className={style.month}>
      <div className={style.weekdays} aria-hidden>
        {weeks[0]!.map((day) => (
          <span key={day}>{formatDate(day, language, { weekday: 'short' })}</span>
        ))}
      </div>
      <div className={style.days} ref={grid} style={{ gridTemplateRows: `repeat(${weeks.length}, minmax(92px, 1fr))` }}>
        {weeks.flat().map((day) => (
          <Day key={day} parts={parts} day={day} fit={fit} isOutside={!day.startsWith(month)} />
        ))}
      </div>
    </div>
  );
}

function Day({ parts, day, fit, isOutside }: { parts: CalendarParts; day: string; fit: number; isOutside: boolean }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const { setNodeRef, isOver } = useDroppable({ id: day, data: { day } });
  const entries = parts.entries.get(day) ?? [];
  const count = Math.max(parts.counts.get(day) ?? 0, entries.length);
  const shown = count > fit + 1 || entries.length < count ? entries.slice(0, fit) : entries;
  return (
    <section
      ref={setNodeRef}
      className={style.day}
      data-over={isOver}
      data-outside={isOutside}
      data-today={day === parts.today}
      data-weekend={weekday(day) > 5}
      aria-label={formatDate(day, language, { dateStyle: 'full' })}
      onDoubleClick={(event) => event.target === event.currentTarget && parts.create(day)}
    >
      <button
        type="button"
        className={style.number}
        aria-label={t('calendar.openDay', { day: formatDate(day, language) })}
        onClick={() => parts.open(day)}
      >
        {Number(day.slice(8))}
      </button>
      {shown.map((entry) => (
        <EntryChip key={entry.record.id} parts={parts} entry={entry} />
      ))}
      {count > shown.length ? (
        <button type="button" className={style.moreEntries} onClick={() => parts.open(day)}>
          {t('calendar.more', { count: count - shown.length })}
        </button>
      ) : null}
    </section>
  );
}
