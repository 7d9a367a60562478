import { NumberInput, Select } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { type Recurrence, readRecurrence, writeRecurrence } from '../recurrence/format.ts';
import { useFieldEnvironment } from './environment.tsx';
import style from './field.module.css';
import type { EditorProps } from './field-web.ts';
import { dayWord, recurrenceWords } from './recurrence-words.ts';

const DayPicker = lazy(() => import('./date-picker.tsx').then((loaded) => ({ default: loaded.DayPicker })));

const week = [1, 2, 3, 4, 5, 6, 7];
const bare = { interval: 1, days: [], monthDays: [], months: [], positions: [] } as const;
const workdays: Recurrence = { ...bare, freq: 'WEEKLY', days: [1, 2, 3, 4, 5].map((day) => ({ day })) };
const units = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const;

/** How often, on which days, until when; what it comes to in words is said below. */
export function RecurrenceEditor({ value, onChange, id, field, autoFocus, ...props }: EditorProps<string>) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const rule = value ? readRecurrence(value) : null;
  const set = (next: Recurrence | null) => onChange(next && writeRecurrence(next));
  const choose = (kind: string | null) => {
    if (kind === 'never') return set(null);
    if (kind === 'workdays') return set(workdays);
    set({
      ...{ ...bare, freq: kind as Recurrence['freq'] },
      ...(rule?.count && { count: rule.count }),
      ...(rule?.until && { until: rule.until }),
    });
  };
  const end = rule?.until ? 'until' : rule?.count === undefined ? 'never' : 'count';
  const label = props['aria-label'] ?? field.label;
  const isWorkdays = rule !== null && rule.interval === 1 && rule.freq === 'WEEKLY' && isMondayToFriday(rule);
  const onEnd = (kind: string | null) => {
    if (!rule) return;
    const { count: _count, until: _until, ...endless } = rule;
    const inAYear = new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10);
    set({ ...endless, ...(kind === 'count' && { count: 5 }), ...(kind === 'until' && { until: inAYear }) });
  };
  return (
    <fieldset id={id} className={style.week} aria-label={label}>
      <Select
        aria-label={label}
        autoFocus={autoFocus}
        error={props.invalid}
        allowDeselect={false}
        value={rule === null ? 'never' : isWorkdays ? 'workdays' : rule.freq}
        data={[
          { value: 'never', label: t('field.recurrence.never') },
          { value: 'DAILY', label: t('field.recurrence.single.day') },
          { value: 'workdays', label: t('field.recurrence.weekdays') },
          { value: 'WEEKLY', label: t('field.recurrence.single.week') },
          { value: 'MONTHLY', label: t('field.recurrence.single.month') },
          { value: 'YEARLY', label: t('field.recurrence.single.year') },
        ]}
        onChange={choose}
      />
      {rule && !isWorkdays ? (
        <NumberInput
          aria-label={t('field.recurrence.interval')}
          prefix={`${t('field.recurrence.each')} `}
          suffix={` ${t(`field.recurrence.units.${units[rule.freq]}`, { count: rule.interval })}`}
          min={1}
          max={99}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="strict"
          value={rule.interval}
          onChange={(next) => set({ ...rule, interval: Number(next) || 1 })}
        />
      ) : null}
      {rule?.freq === 'WEEKLY' ? (
        <div className={style.days}>
          {week.map((day) => (
            <button
              key={day}
              type="button"
              aria-label={longDay(day, language)}
              aria-pressed={has(rule, day)}
              onClick={() => set({ ...rule, days: week.filter((one) => (one === day) !== has(rule, one)).map(asDay) })}
            >
              {shortDay(day, language)}
            </button>
          ))}
        </div>
      ) : null}
      {rule?.freq === 'MONTHLY' ? <MonthDay rule={rule} set={set} /> : null}
      {rule ? (
        <>
          <Select
            aria-label={t('field.recurrence.ends')}
            allowDeselect={false}
            value={end}
            data={['never', 'until', 'count'].map((kind) => ({
              value: kind,
              label: t(`field.recurrence.end.${kind}`),
            }))}
            onChange={onEnd}
          />
          {end === 'count' ? (
            <NumberInput
              aria-label={t('field.recurrence.end.count')}
              min={1}
              max={999}
              allowDecimal={false}
              allowNegative={false}
              clampBehavior="strict"
              value={rule.count ?? 1}
              onChange={(next) => set({ ...rule, count: Number(next) || 1 })}
            />
          ) : null}
          {end === 'until' ? (
            <Suspense>
              <DayPicker
                id={`${id}-until`}
                field={field}
                aria-label={t('field.recurrence.end.until')}
                value={rule.until ?? null}
                onChange={(until) => until && set({ ...rule, until })}
              />
            </Suspense>
          ) : null}
        </>
      ) : null}
      {value ? (
        <span className={style.quiet} role="status">
          {recurrenceWords(value, t, language)}
        </span>
      ) : null}
    </fieldset>
  );
}

/** On its date, on the last day, or on the second Tuesday. */
function MonthDay({ rule, set }: { rule: Recurrence; set(rule: Recurrence): void }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [weekday] = rule.days;
  const isLast = rule.monthDays.length === 1 && rule.monthDays[0] === -1;
  const cleared = { ...rule, days: [], monthDays: [], positions: [] };
  return (
    <div className={style.grid}>
      <Select
        aria-label={t('field.recurrence.which')}
        allowDeselect={false}
        value={weekday ? 'weekday' : isLast ? 'last' : 'same'}
        data={['same', 'last', 'weekday'].map((kind) => ({ value: kind, label: t(`field.recurrence.month.${kind}`) }))}
        onChange={(kind) =>
          set({
            ...cleared,
            ...(kind === 'last' && { monthDays: [-1] }),
            ...(kind === 'weekday' && { days: [{ day: 1, nth: 1 }] }),
          })
        }
      />
      {weekday ? (
        <>
          <Select
            aria-label={t('field.recurrence.whichDay')}
            allowDeselect={false}
            value={String(weekday.day)}
            data={week.map((day) => ({ value: String(day), label: longDay(day, language) }))}
            onChange={(day) => set({ ...cleared, days: [{ ...weekday, day: Number(day) }] })}
          />
          <Select
            aria-label={t('field.recurrence.whichOf')}
            className={style.wide}
            allowDeselect={false}
            value={String(weekday.nth ?? 1)}
            data={[1, 2, 3, 4, -1].map((nth) => ({
              value: String(nth),
              label: t(`field.recurrence.nth.${nth === -1 ? 'last' : nth}`, { day: dayWord(weekday.day, t) }),
            }))}
            onChange={(nth) => set({ ...cleared, days: [{ ...weekday, nth: Number(nth) }] })}
          />
        </>
      ) : null}
    </div>
  );
}

function has({ days }: Recurrence, day: number): boolean {
  return days.some((one) => one.day === day);
}

function asDay(day: number): { day: number } {
  return { day };
}

function isMondayToFriday({ days }: Recurrence): boolean {
  return days.length === 5 && days.every(({ day }) => day <= 5);
}

/** 1 January 2024 was a Monday. */
function shortDay(day: number, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, day));
}

function longDay(day: number, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, day));
}
