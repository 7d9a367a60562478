import { ActionIcon, Button, Checkbox } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '../web/environment.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { TextLine } from '../web/text-line.tsx';
import { type HoursOfDay, type SameDays, sameDays } from './format.ts';

const days = [1, 2, 3, 4, 5, 6, 7];
const usual = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' }));

/** A line for each run of days with the same hours. */
export function Display({ value }: DisplayProps<HoursOfDay[]>) {
  const { language } = useFieldEnvironment();
  return (
    <span className={style.stack}>
      {sameDays(value).map((group) => (
        <span key={group.from} className="tabular">
          {daysText(group, language)} <span className={style.quiet}>{hoursText(group)}</span>
        </span>
      ))}
    </span>
  );
}

export function Cell({ value }: DisplayProps<HoursOfDay[]>) {
  const { language } = useFieldEnvironment();
  return (
    <span>
      {sameDays(value)
        .map((group) => `${daysText(group, language)} ${hoursText(group)}`)
        .join('; ')}
    </span>
  );
}

/** A day a line: whether there are any hours, and which. */
export function Editor({ value, onChange, id, field, ...props }: EditorProps<HoursOfDay[]>) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const all = value ?? [];
  const ofDay = (day: number) => all.filter((one) => one.day === day);
  const set = (day: number, hours: readonly Omit<HoursOfDay, 'day'>[]) => {
    const next = days.flatMap((one) => (one === day ? hours.map((each) => ({ ...each, day })) : ofDay(one)));
    onChange(next.length > 0 ? next : null);
  };
  // Most days are like the one before.
  const proposed = (day: number) => {
    const like = ofDay(days.findLast((one) => one < day && ofDay(one).length > 0) ?? day);
    return like.length > 0 ? like : [{ from: '09:00', to: '17:00' }];
  };
  return (
    <fieldset id={id} className={style.week} aria-label={props['aria-label'] ?? field.label}>
      {days.map((day) => {
        const hours = ofDay(day);
        const name = dayName(day, language, 'long');
        const change = (index: number, part: Partial<HoursOfDay>) =>
          set(
            day,
            hours.map((one, at) => (at === index ? { ...one, ...part } : one)),
          );
        return (
          <div key={day} className={style.weekday}>
            <Checkbox
              autoFocus={day === 1 && props.autoFocus}
              label={name}
              checked={hours.length > 0}
              onChange={(event) => set(day, event.currentTarget.checked ? proposed(day) : [])}
            />
            <div className={style.hours}>
              {hours.map(({ from, to }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no identity of their own while they are typed
                <div key={index} className={style.stretch}>
                  <TextLine
                    id={`${id}-${day}-${index}-from`}
                    type="time"
                    aria-label={t('field.hours.from', { day: name })}
                    invalid={props.invalid}
                    value={from}
                    onChange={(next) => change(index, { from: next ?? '' })}
                  />
                  <span aria-hidden>–</span>
                  <TextLine
                    id={`${id}-${day}-${index}-until`}
                    type="time"
                    aria-label={t('field.hours.until', { day: name })}
                    invalid={props.invalid}
                    // Midnight is the end of this day here, and the beginning of the next one to a browser.
                    value={to === '24:00' ? '00:00' : to}
                    onChange={(next) => change(index, { to: next === '00:00' ? '24:00' : (next ?? '') })}
                  />
                  <ActionIcon
                    aria-label={t('field.hours.remove', { day: name })}
                    onClick={() =>
                      set(
                        day,
                        hours.filter((_, at) => at !== index),
                      )
                    }
                  >
                    <IconX size={14} />
                  </ActionIcon>
                </div>
              ))}
              {hours.length > 0 ? (
                <ActionIcon
                  aria-label={t('field.hours.add', { day: name })}
                  onClick={() => set(day, [...hours, afterLast(hours.at(-1)!.to)])}
                >
                  <IconPlus size={14} />
                </ActionIcon>
              ) : null}
            </div>
          </div>
        );
      })}
      {all.length === 0 ? (
        <Button className={style.usual} variant="default" size="compact-sm" onClick={() => onChange(usual)}>
          {t('field.hours.usual')}
        </Button>
      ) : null}
    </fieldset>
  );
}

/** An hour's break, and as long as the day allows. */
function afterLast(to: string): Omit<HoursOfDay, 'day'> {
  const hour = Number(to.slice(0, 2)) || 12;
  const at = (later: number) => `${String(Math.min(later, 24)).padStart(2, '0')}:00`;
  return hour >= 23 ? { from: '23:00', to: '24:00' } : { from: at(hour + 1), to: at(hour + 5) };
}

function daysText({ from, to }: SameDays, language: string): string {
  const name = (day: number) => dayName(day, language, 'short');
  return from === to ? name(from) : `${name(from)}–${name(to)}`;
}

function hoursText({ hours }: SameDays): string {
  return hours.map((one) => one.replace('-', '–')).join(', ');
}

/** 1 January 2024 was a Monday. */
function dayName(day: number, language: string, weekday: 'long' | 'short'): string {
  const name = new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' }).format(Date.UTC(2024, 0, day));
  return `${name.charAt(0).toLocaleUpperCase(language)}${name.slice(1)}`;
}
