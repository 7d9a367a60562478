/** Numbers, money and times for people. Formatters are kept: making one costs about 50 µs, a list shows hundreds. */

const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  const known = kept.get(key) as T | undefined;
  if (known) return known;
  const made = make();
  kept.set(key, made);
  return made;
}

let chosen: string | null = null;

/** How a person wants their language written: `en-GB`; null for what the language says by itself. */
export function setLocale(locale: string | null): void {
  chosen = locale && isLocale(locale) ? locale : null;
}

/** The chosen way to write a language, where it is one of that language. */
export function localeOf(language: string): string {
  return chosen?.startsWith(`${language}-`) ? chosen : language;
}

export function formatNumber(value: number, language: string, options: Intl.NumberFormatOptions = {}): string {
  const locale = localeOf(language);
  return keep(`n${locale}${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options)).format(value);
}

/** Whole amounts without decimals, others with the currency's own. An unknown currency is written as its code. */
export function formatMoney(
  value: { amount: number; currency: string },
  language: string,
  options: Intl.NumberFormatOptions = {},
): string {
  const whole = Number.isInteger(value.amount) ? { maximumFractionDigits: 0 } : {};
  try {
    return formatNumber(value.amount, language, { style: 'currency', currency: value.currency, ...whole, ...options });
  } catch {
    return `${formatNumber(value.amount, language)} ${value.currency}`;
  }
}

/** From one calendar day to another, each as `2026-01-31`: `30 Nov – 6 Dec 2026`, as the language writes it. */
export function formatDays(from: string, until: string, language: string): string {
  const [first, last] = [from, until].map((day) => new Date(`${day.slice(0, 10)}T00:00:00Z`));
  const locale = localeOf(language);
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return days.formatRange(first!, last!);
}

/** A calendar day, `2026-01-31`, whatever the reader's zone. */
export function formatDate(
  day: string,
  language: string,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' },
): string {
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  const locale = localeOf(language);
  return keep(
    `d${locale}${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }),
  ).format(date);
}

/** A day as people say it: with its year only when that is not the present one. */
export function formatNearDate(day: string, language: string, present: string): string {
  const year = day.slice(0, 4) === present.slice(0, 4) ? {} : ({ year: 'numeric' } as const);
  return formatDate(day, language, { day: 'numeric', month: 'short', ...year });
}

export function formatDateTime(
  moment: string,
  language: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' },
): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  const locale = localeOf(language);
  return keep(
    `t${locale}${timeZone}${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(locale, { ...options, timeZone }),
  ).format(date);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 days ago`, `in 2 hours`, `now`. */
export function formatAgo(moment: string, language: string, now = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  const formatter = keep(
    `r${language}`,
    () => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }),
  );
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return formatter.format(Math.trunc(seconds / size), unit);
  }
  return formatter.format(0, 'second');
}

/** Seconds as `2 h 5 min`. */
export function formatDuration(seconds: number, language: string): string {
  const sign = seconds < 0 ? '−' : '';
  const total = Math.abs(Math.round(seconds));
  const parts: string[] = [];
  const unit = (value: number, name: string) =>
    parts.push(formatNumber(value, language, { style: 'unit', unit: name, unitDisplay: 'short' }));
  if (total >= 3600) unit(Math.floor(total / 3600), 'hour');
  if (total % 3600 >= 60) unit(Math.floor((total % 3600) / 60), 'minute');
  if (total % 60 > 0 || parts.length === 0) unit(total % 60, 'second');
  return sign + parts.join(' ');
}

export function formatBytes(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return formatNumber(bytes / 1000 ** step, language, {
    style: 'unit',
    unit: units[step]!,
    unitDisplay: 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  });
}

/** Today as `2026-01-31` in a zone. */
export function today(timeZone: string, now = new Date()): string {
  return keep(`today${timeZone}`, () => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })).format(now);
}

export function decimalMark(language: string): string {
  return formatNumber(1.5, language).replace(/[\d\s]/g, '') || '.';
}

function isLocale(text: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(text).length > 0;
  } catch {
    return false;
  }
}
