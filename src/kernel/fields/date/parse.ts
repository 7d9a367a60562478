import { FieldProblem } from '../../problems/problem.ts';
import { dayOf } from '../calendar.ts';
import { excerpt, foldText } from '../clean.ts';
import type { ParseEnv } from '../field-type.ts';

/**
 * A day out of a cell: `2026-01-31`, `20260131`, `31.01.2026`, `1/31/26`, `31-Jan-2026`, `Jan 31, 2026`, `31 ene 2026`,
 * `2026 m. sausio 31 d.`. Which of day and month comes first is told by `dateOrder`, otherwise by the numbers, and where
 * these leave it open by the language: month first in English. Two-digit years are 1970–2069.
 * @throws FieldProblem `field.not-a-date`
 */
export function parseDay(cell: string, { dateOrder, language }: Pick<ParseEnv, 'dateOrder' | 'language'>): string {
  const text = foldText(cell.slice(0, 100)).trim();
  const day = numeric(text, dateOrder ?? (language === 'en' ? 'mdy' : 'dmy'), dateOrder !== undefined) ?? named(text);
  if (!day) throw new FieldProblem('field.not-a-date', { text: excerpt(cell) });
  return day;
}

function numeric(text: string, order: 'ymd' | 'dmy' | 'mdy', isSure: boolean): string | undefined {
  const compact = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  const yearFirst = compact ?? /^(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?$/.exec(text)?.toSpliced(2, 1);
  if (yearFirst) return dayOf(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]));
  const found = /^(\d{1,2})([-/. ])\s?(\d{1,2})\2\s?(\d{4}|\d\d)\.?$/.exec(text);
  if (!found) return;
  const [first, second] = [Number(found[1]), Number(found[3])];
  if (order === 'ymd' && found[4]!.length === 2) return dayOf(fullYear(found[1]!), second, Number(found[4]));
  const isDayFirst = order === 'dmy' ? isSure || second <= 12 : !isSure && first > 12;
  return isDayFirst ? dayOf(fullYear(found[4]!), second, first) : dayOf(fullYear(found[4]!), first, second);
}

function named(text: string): string | undefined {
  const numbers = text.match(/\d+/g) ?? [];
  // Words of one or two letters are `de`, `m.`, `d.`, `st`, `th`; three is the least of a month.
  const names = text.match(/[a-z]{3,}/g) ?? [];
  const month =
    names.length === 1 ? months.findIndex((prefixes) => prefixes.some((prefix) => names[0]!.startsWith(prefix))) : -1;
  if (numbers.length !== 2 || month < 0) return;
  const [year, date] = numbers[0]!.length > 2 ? numbers : numbers.toReversed();
  return dayOf(fullYear(year!), month + 1, Number(date));
}

function fullYear(digits: string): number {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year < 70 ? 2000 : 1900);
}

/** How the months begin in English, Spanish and Lithuanian, without accents. */
const months = [
  ['jan', 'ene', 'sau'],
  ['feb', 'vas'],
  ['mar', 'kov'],
  ['apr', 'abr', 'bal'],
  ['may', 'geg'],
  ['jun', 'bir'],
  ['jul', 'lie'],
  ['aug', 'ago', 'rugp'],
  ['sep', 'rugs'],
  ['oct', 'spa'],
  ['nov', 'lap'],
  ['dec', 'dic', 'gru', 'grd'],
];
