/** Calendar days (`2026-01-31`, no zone) and instants. Years 1–9999, as the Gregorian calendar has them. */

const formatters = new Map<string, Intl.DateTimeFormat>();
const DAY = 86_400_000;

/** Whether it is a day that exists: `2024-02-30` and the year 0 do not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date takes the 30th of February for the 1st of March.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** The day of `year`, `month` (1–12) and `day`, or undefined. */
export function dayOf(year: number, month: number, day: number): string | undefined {
  const pad = (value: number, width: number) => String(value).padStart(width, '0');
  const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return isDay(text) ? text : undefined;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The same day `months` later, or the month's last one where it has none: 31 January + 1 is 28 February. */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const index = year * 12 + month - 1 + months;
  const first = new Date(0);
  first.setUTCFullYear(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 0);
  first.setUTCDate(Math.min(date, first.getUTCDate()));
  return first.toISOString().slice(0, 10);
}

/** 1 (Monday) to 7. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/**
 * The day that an instant belongs to in a zone. The last one of a zone is kept for its quarter of an hour, in which no day has
 * begun anywhere since 1972: today is asked for ten times in a search, at 6 µs each.
 */
export function dayIn(instant: Date, timeZone: string): string {
  const quarter = Math.floor(instant.getTime() / 900_000);
  const last = days.get(timeZone);
  if (last?.quarter === quarter) return last.day;
  const day = localIn(instant, timeZone).slice(0, 10);
  if (quarter > FIRST_WHOLE_QUARTER) days.set(timeZone, { quarter, day });
  return day;
}

const days = new Map<string, { readonly quarter: number; readonly day: string }>();
/** Of 1973: the last zone that was not ahead or behind by quarters of an hour was Liberia's. */
const FIRST_WHOLE_QUARTER = Date.UTC(1973) / 900_000;

/** What a zone's clock shows at an instant, e.g. `2026-03-29T04:30:00.000`. */
export function localIn(instant: Date, timeZone: string): string {
  return localTime(instant.getTime(), timeZone).toISOString().slice(0, -1);
}

/**
 * The instant of a local time, e.g. `2026-03-29T03:30:00.000`. Of a time that a clock shows twice, the first; of one that
 * it leaps over, as long after the leap: where midnight does not exist, a day begins with the first instant there is.
 */
export function instantIn(local: string, timeZone: string): Date {
  const wall = Date.parse(`${local}Z`);
  const [before, after] = [wall - DAY, wall + DAY].map((instant) => offsetAt(instant, timeZone)) as [number, number];
  // Before and after a change of the clock, each is tried; the greater offset is the earlier instant.
  const exact = [before, after]
    .map((offset) => wall - offset)
    .filter((instant) => instant + offsetAt(instant, timeZone) === wall);
  return new Date(exact.length > 0 ? Math.min(...exact) : wall - before);
}

export function startOfDay(day: string, timeZone: string): Date {
  return instantIn(`${day}T00:00:00.000`, timeZone);
}

/** Milliseconds that the zone's clock is ahead of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  return localTime(instant, timeZone).getTime() - Math.floor(instant / 1000) * 1000;
}

/** What the zone's clock shows, to the second, as if it were UTC. */
function localTime(instant: number, timeZone: string): Date {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formatters.set(timeZone, formatter);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(instant)) parts[type] = Number(value);
  const local = new Date(0);
  local.setUTCFullYear(parts.year!, parts.month! - 1, parts.day!);
  local.setUTCHours(parts.hour!, parts.minute!, parts.second!);
  return local;
}
