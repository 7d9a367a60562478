import { useDroppable } from '@dnd-kit/core';
import { ActionIcon } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { type CSSProperties, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import style from './calendar.module.css';
import { weekday } from './days.ts';
import { EntryChip } from './entry.tsx';
import type { CalendarParts, Entry } from './parts.ts';

const HOUR = 46;
const hours = Array.from({ length: 24 }, (_, hour) => hour);

/** Days side by side: what has no clock on top, moments at their hour. Nights and weekends are shaded. */
export function DayColumns({ parts, days }: { parts: CalendarParts; days: readonly string[] }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const scroller = useRef<HTMLDivElement>(null);
  const timed = parts.isTimed;
  useEffect(() => {
    if (timed) scroller.current?.scrollTo({ top: 7.5 * HOUR });
  }, [timed]);
  return (
    <div className={style.columns} ref={scroller} data-timed={timed}>
      <div className={style.columnHeads} style={columnsOf(days, timed)}>
        {timed ? <span /> : null}
        {days.map((day) => (
          <div key={day} className={style.columnHead} data-today={day === parts.today}>
            <button type="button" onClick={() => parts.open(day)}>
              <span>{formatDate(day, language, { weekday: 'short' })}</span> <b>{Number(day.slice(8))}</b>
            </button>
            {parts.canCreate ? (
              <ActionIcon
                size="sm"
                aria-label={t('calendar.addTo', { day: formatDate(day, language) })}
                onClick={() => parts.create(day)}
              >
                <IconPlus size={14} />
              </ActionIcon>
            ) : null}
          </div>
        ))}
      </div>
      <div className={style.columnBody} style={columnsOf(days, timed)}>
        {timed ? (
          <div className={style.clock} aria-hidden>
            {hours.map((hour) => (
              <span key={hour} style={{ height: HOUR }}>
                {hour > 0 ? `${String(hour).padStart(2, '0')}:00` : ''}
              </span>
            ))}
          </div>
        ) : null}
        {days.map((day) =>
          timed ? <HourColumn key={day} parts={parts} day={day} /> : <PlainColumn key={day} parts={parts} day={day} />,
        )}
      </div>
    </div>
  );
}

function PlainColumn({ parts, day }: { parts: CalendarParts; day: string }) {
  const { setNodeRef, isOver } = useDroppable({ id: day, data: { day } });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for pointers; the head's button does it too
    <div
      ref={setNodeRef}
      className={style.plainColumn}
      data-over={isOver}
      data-weekend={weekday(day) > 5}
      onDoubleClick={(event) => event.target === event.currentTarget && parts.create(day)}
    >
      {(parts.entries.get(day) ?? []).map((entry) => (
        <EntryChip key={entry.record.id} parts={parts} entry={entry} large />
      ))}
    </div>
  );
}

function HourColumn({ parts, day }: { parts: CalendarParts; day: string }) {
  const placed = sideBySide(parts.entries.get(day) ?? []);
  return (
    <div className={style.hourColumn} data-weekend={weekday(day) > 5}>
      {hours.map((hour) => (
        <Hour key={hour} parts={parts} day={day} hour={hour} />
      ))}
      {placed.map(({ entry, top, left, width }) => (
        <div key={entry.record.id} className={style.timedEntry} style={{ top, left: `${left}%`, width: `${width}%` }}>
          <EntryChip parts={parts} entry={entry} large />
        </div>
      ))}
    </div>
  );
}

function Hour({ parts, day, hour }: { parts: CalendarParts; day: string; hour: number }) {
  const time = `${String(hour).padStart(2, '0')}:00`;
  const { setNodeRef, isOver } = useDroppable({ id: `${day}T${time}`, data: { day, time } });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for pointers; the head's button does it too
    <div
      ref={setNodeRef}
      className={style.hour}
      style={{ height: HOUR }}
      data-over={isOver}
      data-night={hour < 8 || hour >= 18}
      onDoubleClick={() => parts.create(day, time)}
    />
  );
}

function columnsOf(days: readonly string[], timed: boolean): CSSProperties {
  const least = days.length > 1 ? 120 : 240;
  return {
    gridTemplateColumns: `${timed ? '52px ' : ''}repeat(${days.length}, minmax(0, 1fr))`,
    '--least': `${days.length * least}px`,
  } as CSSProperties;
}

/** Moments within the same half hour stand beside each other. */
function sideBySide(entries: readonly Entry[]): { entry: Entry; top: number; left: number; width: number }[] {
  const slots = Map.groupBy(entries, ({ time }) => {
    const [hour = 0, minute = 0] = (time ?? '00:00').split(':').map(Number);
    return hour * 2 + (minute >= 30 ? 1 : 0);
  });
  return [...slots].flatMap(([slot, together]) =>
    together.map((entry, index) => ({
      entry,
      top: (slot * HOUR) / 2,
      left: (100 / together.length) * index,
      width: 100 / together.length,
    })),
  );
}
