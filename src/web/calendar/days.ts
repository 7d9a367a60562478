/** Calendar arithmetic on ISO days. Days are days, whatever the zone: no clock is asked. */

const DAY_MS = 86_400_000;

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another month, or its last one where it has none. */
export function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(date, last)))
    .toISOString()
    .slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** 1 is Monday, 7 Sunday. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** First day of a week as the language's calendars begin it. */
export function weekStart(day: string, firstWeekday: number): string {
  return addDays(day, -((weekday(day) - firstWeekday + 7) % 7));
}

export function monthStart(day: string): string {
  return `${day.slice(0, 8)}01`;
}

/** Which weekday calendars of a language begin with: 1 Monday, 7 Sunday. */
export function firstWeekdayOf(language: string): number {
  const locale = new Intl.Locale(language) as Intl.Locale & {
    getWeekInfo?(): { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  // A language without a country says Sunday for English; who works here mostly begins on Monday.
  if (!locale.region) return 1;
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** All weeks that show a month, as days. */
export function monthGrid(day: string, firstWeekday: number): string[][] {
  const first = weekStart(monthStart(day), firstWeekday);
  const next = addMonths(monthStart(day), 1);
  const weeks: string[][] = [];
  for (let start = first; start < next; start = addDays(start, 7))
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(start, index)));
  return weeks;
}

/** Day and clock of a moment in a zone: `['2026-11-22', '14:30']`. */
export function localMoment(moment: string, timeZone: string): [day: string, time: string] {
  const text = new Date(moment).toLocaleString('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return [text.slice(0, 10), text.slice(11, 16)];
}

/** The moment of a day and clock in a zone, as ISO. */
export function momentOf(day: string, time: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  const offsetAt = (instant: number) => {
    const [localDay, localTime] = localMoment(new Date(instant).toISOString(), timeZone);
    return Date.parse(`${localDay}T${localTime}:00Z`) - Math.floor(instant / 60_000) * 60_000;
  };
  // Asked twice: the first answer may be of the other side of a clock change.
  const guess = wanted - offsetAt(wanted);
  return new Date(wanted - offsetAt(guess)).toISOString();
}
