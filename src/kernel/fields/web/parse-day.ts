import { formatDate, today } from './format.ts';

/** A day as people type it: `2026-01-31`, `31.01.2026`, `31/1`, `1/31/2026` in English, `+3`, `-1`, `0`. Null when it is none. */
export function parseDay(typed: string, timeZone: string, language: string, now = new Date()): string | null {
  const text = typed.trim();
  const start = today(timeZone, now);
  const relative = /^([+-]\d{1,4}|0)$/.exec(text);
  if (relative) {
    const date = new Date(`${start}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + Number(relative[1]));
    return date.toISOString().slice(0, 10);
  }
  const iso = /^(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})\.?$/.exec(text);
  if (iso) return valid(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const short = /^(\d{1,2})[-./ ](\d{1,2})(?:[-./ ](\d{2}|\d{4}))?\.?$/.exec(text);
  if (!short) return null;
  const year = short[3] ? Number(short[3].length === 2 ? `20${short[3]}` : short[3]) : Number(start.slice(0, 4));
  const [first, second] = [Number(short[1]), Number(short[2])];
  // Lithuanians write month before day without a year; English with slashes is read the American way where it can be,
  // unless the reader has it written another way.
  const monthFirst =
    (language === 'lt' && !short[3]) || (language === 'en' && text.includes('/') && isMonthFirst(language));
  return monthFirst
    ? (valid(year, first, second) ?? valid(year, second, first))
    : (valid(year, second, first) ?? valid(year, first, second));
}

function isMonthFirst(language: string): boolean {
  return formatDate('2000-01-31', language, { day: '2-digit', month: '2-digit' }).startsWith('01');
}

function valid(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : null;
}
