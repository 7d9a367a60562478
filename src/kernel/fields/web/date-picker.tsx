import { DateInput, DateTimePicker } from '@mantine/dates';
import '@mantine/dates/styles.css';
import dayjs from 'dayjs';
import 'dayjs/locale/es.js';
import 'dayjs/locale/lt.js';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from './environment.tsx';
import type { EditorProps } from './field-web.ts';
import { parseDay } from './parse-day.ts';
import { fromZone, toZone } from './zone.ts';

/** Typed or picked; `2026-01-31`, `31.1`, `tomorrow`, `+3` are understood. A chunk of its own with dayjs in it. */
export function DayPicker({ value, onChange, onDone, id, autoFocus, invalid, ...props }: EditorProps<string>) {
  const { language, timeZone } = useFieldEnvironment();
  const { t } = useTranslation();
  return (
    <DateInput
      id={id}
      size="sm"
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      locale={language}
      firstDayOfWeek={1}
      valueFormat="YYYY-MM-DD"
      placeholder={t('field.dayHint')}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      error={invalid}
      value={value}
      dateParser={(typed) => parseDay(typed, timeZone, language)}
      onChange={(day) => {
        const next = day ? dayjs(day).format('YYYY-MM-DD') : null;
        onChange(next);
        if (!next) onDone?.(next);
      }}
      popoverProps={{ shadow: 'md' }}
    />
  );
}

export function MomentPicker({ value, onChange, id, autoFocus, invalid, ...props }: EditorProps<string>) {
  const { language, timeZone } = useFieldEnvironment();
  const { t } = useTranslation();
  return (
    <DateTimePicker
      id={id}
      size="sm"
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      locale={language}
      firstDayOfWeek={1}
      valueFormat="YYYY-MM-DD HH:mm"
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      error={invalid}
      value={value ? toZone(value, timeZone) : null}
      onChange={(moment) => onChange(moment ? fromZone(dayjs(moment).format('YYYY-MM-DD HH:mm:ss'), timeZone) : null)}
      popoverProps={{ shadow: 'md' }}
    />
  );
}
