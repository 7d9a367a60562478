import type { TFunction } from 'i18next';
import { type Recurrence, readRecurrence } from '../recurrence/format.ts';
import { formatDate, localeOf } from './format.ts';

/** `Every second Tuesday`, `Every month on the last day, 5 times`; a rule that has no words here is its text. */
export function recurrenceWords(text: string, t: TFunction, language: string): string {
  const rule = readRecurrence(text);
  const every = rule && wordsOf(rule, t, language);
  if (!every) return text;
  if (rule.until) return t('field.recurrence.until', { rule: every, date: formatDate(rule.until, language) });
  return rule.count === undefined ? every : t('field.recurrence.times', { rule: every, count: rule.count });
}

/** Name of a day as it stands in such a sentence. @param day 1 (Monday) to 7 */
export function dayWord(day: number, t: TFunction): string {
  return t(`field.recurrence.days.${day}`);
}

function wordsOf(rule: Recurrence, t: TFunction, language: string): string | null {
  const { freq, interval, days, monthDays, months, positions } = rule;
  const unit = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' }[freq];
  const every =
    interval === 1 ? t(`field.recurrence.single.${unit}`) : t(`field.recurrence.every.${unit}`, { count: interval });
  const on = (when: string) => t('field.recurrence.on', { every, when });
  const isPlain = monthDays.length + months.length + positions.length === 0;
  const list = () => new Intl.ListFormat(language).format(days.map(({ day }) => dayWord(day, t)));

  if (freq === 'DAILY') return isPlain && days.length === 0 ? every : null;
  if (freq === 'WEEKLY') {
    if (!isPlain) return null;
    if (days.length === 0) return every;
    const isWorkdays = days.length === 5 && [1, 2, 3, 4, 5].every((day) => days.some((one) => one.day === day));
    if (isWorkdays && interval === 1) return t('field.recurrence.weekdays');
    if (interval === 1) return t('field.recurrence.everyDay', { days: list() });
    if (interval === 2 && days.length === 1) return t('field.recurrence.secondDay', { days: list() });
    return on(t('field.recurrence.onDays', { days: list() }));
  }
  const date = dateOf(rule);
  const nth = days.length === 1 && monthDays.length === 0 && positions.length === 0 ? days[0]!.nth : undefined;
  const which = nth !== undefined && [1, 2, 3, 4, -1].includes(nth) ? (nth === -1 ? 'last' : String(nth)) : null;
  const weekday = which && t(`field.recurrence.nth.${which}`, { day: dayWord(days[0]!.day, t) });
  if (freq === 'MONTHLY') {
    if (months.length > 0) return null;
    if (weekday) return on(weekday);
    if (days.length > 0) return null;
    if (date === null) return monthDays.length + positions.length === 0 ? every : null;
    return on(date === 31 ? t('field.recurrence.lastDay') : t('field.recurrence.monthDay', { day: date }));
  }
  if (months.length === 0) return days.length + monthDays.length === 0 ? every : null;
  if (months.length > 1) return null;
  if (weekday) return on(t('field.recurrence.ofMonth', { when: weekday, month: monthWord(months[0]!, language) }));
  if (date === null || days.length > 0) return null;
  return on(t('field.recurrence.yearDay', { day: dayOfYear(months[0]!, date, language) }));
}

/** The one date of a month it is on; 31 is the last one. */
function dateOf({ monthDays, positions }: Recurrence): number | null {
  if (positions.length === 0) {
    if (monthDays.length !== 1) return null;
    return monthDays[0] === -1 ? 31 : monthDays[0]! > 0 ? monthDays[0]! : null;
  }
  const isLast = positions.length === 1 && positions[0] === -1 && monthDays.every((day, index) => day === 28 + index);
  return isLast ? Math.max(...monthDays) : null;
}

function dayOfYear(month: number, day: number, language: string): string {
  const text = `2024-${String(month).padStart(2, '0')}-${String(Math.min(day, month === 2 ? 29 : 31)).padStart(2, '0')}`;
  return formatDate(text, language, { day: 'numeric', month: 'long' });
}

/** As it stands beside a day: `kovo`, not `kovas`. */
function monthWord(month: number, language: string): string {
  const parts = new Intl.DateTimeFormat(localeOf(language), { day: 'numeric', month: 'long', timeZone: 'UTC' });
  return parts.formatToParts(Date.UTC(2024, month - 1, 1)).find(({ type }) => type === 'month')!.value;
}
