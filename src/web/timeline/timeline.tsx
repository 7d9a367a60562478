import { useMediaQuery } from '@mantine/hooks';
import IconTimeline from '@tabler/icons-react/dist/esm/icons/IconTimeline.mjs';
import { Link } from '@tanstack/react-router';
import { type PointerEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import type { FieldShape, Filter, RecordShape } from '../api/types.ts';
import { toned, toneOf } from '../calendar/calendar.tsx';
import { addDays, addMonths, daysBetween, localMoment, momentOf, monthStart, weekday } from '../calendar/days.ts';
import { PeriodBar } from '../calendar/period-bar.tsx';
import { titleOf } from '../fields.ts';
import type { ListView } from '../list/use-list-view.ts';
import { periodFilter, useShapeRecords } from '../list/use-shape-records.ts';
import { saveChanges } from '../record/save-field.tsx';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './timeline.module.css';

/** Months on the screen, and how wide a day is. */
const spans = {
  month: { months: 2, day: 26 },
  quarter: { months: 5, day: 11 },
  year: { months: 15, day: 3.6 },
} as const;
type Span = keyof typeof spans;

interface Bar {
  record: RecordShape;
  title: string;
  from: string;
  /** Last day; null for a moment in time. */
  until: string | null;
  tone: string | null;
}

/** Records as bars from one of their dates to another. Dragging a bar moves it, dragging its end makes it longer. */
export function TimelineView({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const { definition, search, settings } = list;
  const start = list.by('timeline');
  const end = settings.until ? list.fieldOf(settings.until) : undefined;
  const now = today(timeZone);
  const span: Span = search.span && search.span in spans ? (search.span as Span) : 'quarter';
  const at = /^\d{4}-\d\d-\d\d$/.test(search.at ?? '') ? search.at! : addMonths(monthStart(now), -1);
  const from = monthStart(at);
  const to = addMonths(from, spans[span].months);
  const days = daysBetween(from, to);
  const dayWidth = spans[span].day;
  const nameWidth = phone ? 120 : 240;
  const tone = definition.fields.find((field) => field.type === 'select' && toned(field));
  const { records, isPending, isCut, error, retry } = useShapeRecords(list, {
    filter: start ? overlap(start, end, from, to, timeZone) : undefined,
    fields: [start?.name, end?.name, tone?.name].filter((name): name is string => Boolean(name)),
    sort: start ? [start.name] : undefined,
    most: 500,
    enabled: start !== undefined,
  });
  const bars = useMemo(
    () =>
      records.flatMap((record): Bar[] => {
        const day = (field: FieldShape | undefined) => {
          const value = field ? record[field.name] : null;
          if (typeof value !== 'string') return null;
          return field!.type === 'datetime' ? localMoment(value, timeZone)[0] : value.slice(0, 10);
        };
        const first = day(start);
        if (!first) return [];
        const last = day(end);
        const title = titleOf(definition, record, t('list.untitled'));
        return [{ record, title, from: first, until: last && last >= first ? last : null, tone: toneOf(tone, record) }];
      }),
    [records, start, end, tone, definition, timeZone, t],
  );
  if (!start) return <EmptyState icon={<IconTimeline size={22} />} title={t('calendar.noField')} />;
  if (error && records.length === 0) return <ErrorState error={error} onRetry={retry} />;

  const go = (day: string, next: Span = span) =>
    list.setSearch({ at: day, span: next === 'quarter' ? undefined : next }, true);
  const canMove = definition.can.update && !start.readOnly;
  const canStretch = canMove && end !== undefined && !end.readOnly;
  const save = async (bar: Bar, moved: { from: string; until: string | null }) => {
    const stamp = (field: FieldShape, day: string) => {
      if (field.type !== 'datetime') return day;
      const value = bar.record[field.name];
      return momentOf(day, typeof value === 'string' ? localMoment(value, timeZone)[1] : '09:00', timeZone);
    };
    const changes: Record<string, unknown> = {};
    if (moved.from !== bar.from) changes[start.name] = stamp(start, moved.from);
    if (end && moved.until && moved.until !== bar.until) changes[end.name] = stamp(end, moved.until);
    if (Object.keys(changes).length === 0) return;
    try {
      const told = t('calendar.moved', { title: bar.title, day: formatDate(moved.from, language) });
      await saveChanges(definition, bar.record, changes, told);
    } catch (refused) {
      showProblem(refused);
    }
  };
  const months = Array.from({ length: spans[span].months }, (_, index) => addMonths(from, index));
  const left = (day: string) => daysBetween(from, day) * dayWidth;
  return (
    <>
      <PeriodBar
        title={`${formatDate(from, language, { month: 'short', year: 'numeric' })} – ${formatDate(addDays(to, -1), language, { month: 'short', year: 'numeric' })}`}
        span={span}
        spans={(Object.keys(spans) as Span[]).map((one) => ({ value: one, label: t(`bucket.${one}`) }))}
        onSpan={(next) => go(at, next as Span)}
        onStep={(by) => go(addMonths(from, by * Math.max(1, spans[span].months - 1)))}
        onToday={() => list.setSearch({ at: undefined }, true)}
      >
        {isCut ? <span className={style.cut}>{t('shape.cut', { count: records.length })}</span> : null}
      </PeriodBar>
      {isPending ? (
        <ScreenSkeleton />
      ) : bars.length === 0 ? (
        <EmptyState icon={<IconTimeline size={22} />} title={t('calendar.none')} />
      ) : (
        <div className={style.scroller}>
          <div className={style.sheet} style={{ width: nameWidth + days * dayWidth }}>
            <div className={style.scale}>
              <span className={style.corner} style={{ width: nameWidth }} />
              {months.map((month) => (
                <span
                  key={month}
                  className={style.monthHead}
                  style={{ width: daysBetween(month, addMonths(month, 1)) * dayWidth }}
                >
                  {formatDate(month, language, {
                    month: span === 'year' ? 'short' : 'long',
                    ...(month.endsWith('-01-01') || month === from ? { year: 'numeric' } : {}),
                  })}
                </span>
              ))}
            </div>
            <div className={style.lanes} style={{ left: nameWidth }} aria-hidden>
              {months.slice(1).map((month) => (
                <i key={month} className={style.monthLine} style={{ left: left(month) }} />
              ))}
              {span === 'month'
                ? Array.from({ length: days }, (_, index) => addDays(from, index))
                    .filter((day) => weekday(day) > 5)
                    .map((day) => (
                      <i key={day} className={style.weekend} style={{ left: left(day), width: dayWidth }} />
                    ))
                : null}
              {now >= from && now < to ? <i className={style.now} style={{ left: left(now) + dayWidth / 2 }} /> : null}
            </div>
            {bars.map((bar) => (
              <div key={bar.record.id} className={style.line}>
                <Link
                  to="/o/$object/$id"
                  params={{ object: definition.name, id: bar.record.id }}
                  className={style.name}
                  style={{ width: nameWidth }}
                  tabIndex={-1}
                >
                  {bar.title}
                </Link>
                <BarOf
                  bar={bar}
                  dayWidth={dayWidth}
                  leftOf={(day) => nameWidth + left(day)}
                  canMove={canMove}
                  canStretch={canStretch && bar.until !== null}
                  onMove={(moved) => void save(bar, moved)}
                  label={rangeText(bar, language)}
                />
              </div>
            ))}
          </div>
        </div>
      )}
    </>
  );
}

function BarOf({
  bar,
  dayWidth,
  leftOf,
  canMove,
  canStretch,
  onMove,
  label,
}: {
  bar: Bar;
  dayWidth: number;
  leftOf(day: string): number;
  canMove: boolean;
  canStretch: boolean;
  onMove(moved: { from: string; until: string | null }): void;
  label: string;
}) {
  const { t } = useTranslation();
  const drag = useRef<{ x: number; stretches: boolean } | null>(null);
  const [shift, setShift] = useState({ from: 0, until: 0 });
  const from = addDays(bar.from, shift.from);
  const until = bar.until ? addDays(bar.until, shift.until) : null;
  const length = until ? Math.max(1, daysBetween(from, until) + 1) : 0;
  const begin = (stretches: boolean) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || !(stretches ? canStretch : canMove)) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.focus();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, stretches };
  };
  const follow = (event: PointerEvent) => {
    if (!drag.current) return;
    const days = Math.round((event.clientX - drag.current.x) / dayWidth);
    setShift(
      drag.current.stretches
        ? { from: 0, until: Math.max(days, bar.until ? -daysBetween(bar.from, bar.until) : 0) }
        : { from: days, until: days },
    );
  };
  const drop = () => {
    if (drag.current && (shift.from !== 0 || shift.until !== 0)) onMove({ from, until });
    drag.current = null;
    setShift({ from: 0, until: 0 });
  };
  return (
    <button
      type="button"
      className={style.bar}
      data-tone={bar.tone ?? 'blue'}
      data-point={bar.until === null}
      data-movable={canMove}
      style={{ left: leftOf(from), width: until ? length * dayWidth : undefined }}
      aria-label={`${bar.title}: ${label}`}
      aria-keyshortcuts={canMove ? 'Shift+ArrowLeft Shift+ArrowRight' : undefined}
      title={`${bar.title} · ${label}${canMove ? ` · ${t('timeline.moveHint')}` : ''}`}
      onPointerDown={begin(false)}
      onPointerMove={follow}
      onPointerUp={drop}
      onPointerCancel={drop}
      onKeyDown={(event) => {
        const days = event.shiftKey && canMove ? { ArrowLeft: -1, ArrowRight: 1 }[event.key] : undefined;
        if (!days) return;
        event.preventDefault();
        onMove({ from: addDays(bar.from, days), until: bar.until && addDays(bar.until, days) });
      }}
    >
      {bar.until === null ? null : <span>{bar.title}</span>}
      {canStretch ? (
        <i
          className={style.end}
          onPointerDown={begin(true)}
          onPointerMove={follow}
          onPointerUp={(event) => {
            event.stopPropagation();
            drop();
          }}
        />
      ) : null}
    </button>
  );
}

/** Whatever is on the screen for at least a day. */
function overlap(start: FieldShape, end: FieldShape | undefined, from: string, to: string, timeZone: string): Filter {
  const midnight = (day: string) => momentOf(day, '00:00', timeZone);
  const begins = periodFilter(start, from, to, midnight);
  if (!end) return begins;
  const goesOn = { ...periodFilter(start, null, from, midnight), ...periodFilter(end, from, null, midnight) };
  return { or: [begins, goesOn] };
}

function rangeText(bar: Bar, language: string): string {
  return bar.until
    ? `${formatDate(bar.from, language)} – ${formatDate(bar.until, language)}`
    : formatDate(bar.from, language);
}
