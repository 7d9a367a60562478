/** `group` is '' where thousands are not divided. A style never has the same mark twice. */
export type NumberStyle = { decimal: '.' | ','; group: '' | '.' | ',' | ' ' | "'" };
/** Order of day, month and year where only the column can tell: `3/4/2024`. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';
export type Detected<Style> = {
  style: Style /** False where the sample did not decide and the language did. */;
  isCertain: boolean;
};
/** A decimal without grouping and with a point, as a database takes it; `unit` is '%', a currency code or its sign. */
export type ParsedNumber = { value: string; unit: string | null };

/** Spaces that programs put between thousands: plain, no-break, narrow no-break, thin, figure. */
const SPACES = /[ \u00a0\u202f\u2009\u2007]/g;

/**
 * How a column writes its numbers: the cells that can be read in one way only decide for those that can be read in two
 * (`1.234`). Where no cell tells, the language does: comma in Spanish and Lithuanian, point in English.
 */
export function detectNumberStyle(sample: Iterable<string>, language = 'en'): Detected<NumberStyle> {
  const votes = { point: 0, comma: 0 };
  const groups: Record<Exclude<NumberStyle['group'], ''>, number> = { '.': 0, ',': 0, ' ': 0, "'": 0 };
  for (const text of sample) {
    const { digits } = withoutUnits(text);
    if (!/^\d[\d.,' ]*$|^[.,]\d+$/.test(digits)) continue;
    if (/\d \d{3}(\D|$)/.test(digits)) groups[' ']++;
    if (/\d'\d{3}(\D|$)/.test(digits)) groups["'"]++;
    const point = digits.lastIndexOf('.');
    const comma = digits.lastIndexOf(',');
    if (point === -1 && comma === -1) continue;
    if (point !== -1 && comma !== -1) {
      if (point > comma) votes.point += 2;
      else votes.comma += 2;
      groups[point > comma ? ',' : '.']++;
      continue;
    }
    const mark = point !== -1 ? '.' : ',';
    const parts = digits.split(mark);
    const tail = parts.at(-1) as string;
    if (parts.length > 2) {
      // A mark that comes twice divides thousands.
      groups[mark]++;
      if (mark === '.') votes.comma += 2;
      else votes.point += 2;
    } else if (
      tail.length !== 3 ||
      parts[0] === '0' ||
      parts[0] === '' ||
      /^\d{4,}$/.test(parts[0] as string) ||
      /[ ']/.test(digits)
    ) {
      if (mark === '.') votes.point += 2;
      else votes.comma += 2;
    }
  }
  const isCertain = votes.point !== votes.comma;
  const usesPoint = isCertain ? votes.point > votes.comma : /^en|-(mx|us|gb)$/i.test(language);
  const decimal = usesPoint ? '.' : ',';
  const other = usesPoint ? ',' : '.';
  const group = groups[' '] > groups[other] ? ' ' : groups["'"] > groups[other] ? "'" : other;
  return { style: { decimal, group }, isCertain };
}

/**
 * Reads a number as its column writes it: `1.234,56`, `-15,5`, `(12)`, `12 %`, `€ 1.200`, `EUR 5`, `1 234,50-`.
 * Null for anything else, also for a grouping mark in a wrong place (`1,23` where the comma divides thousands).
 * Spaces and apostrophes between thousands are taken in any style: they mean nothing else.
 */
export function parseNumber(text: string, style: NumberStyle): ParsedNumber | null {
  const { digits, unit, isNegative } = withoutUnits(text);
  const { decimal } = style;
  const other = decimal === '.' ? ',' : '.';
  const at = digits.indexOf(decimal);
  const whole = at === -1 ? digits : digits.slice(0, at);
  const fraction = at === -1 ? '' : digits.slice(at + 1);
  if (!/^\d*$/.test(fraction) || (whole === '' && fraction === '')) {
    return parseScientific(text);
  }
  if (whole !== '' && !/^\d+$/.test(whole)) {
    const mark = whole.includes(other) ? other : whole.includes(' ') ? ' ' : "'";
    const thousands = whole.split(mark);
    // India divides 12,34,567: groups of two, but for the last.
    if (!/^\d{1,3}$/.test(thousands[0] as string) || thousands.at(-1)?.length !== 3) return parseScientific(text);
    if (!thousands.slice(1).every((part) => /^\d{2,3}$/.test(part))) return null;
  }
  const integer = whole.replace(/\D/g, '').replace(/^0+(?=\d)/, '') || '0';
  const value = fraction === '' ? integer : `${integer}.${fraction}`;
  return { value: isNegative && /[1-9]/.test(value) ? `-${value}` : value, unit };
}

function parseScientific(text: string): ParsedNumber | null {
  const [, mantissa = '', exponent = ''] = /^\s*(-?\d+(?:[.,]\d+)?)e([+-]?\d{1,2})\s*$/i.exec(text) ?? [];
  if (mantissa === '') return null;
  const number = Number(`${mantissa.replace(',', '.')}e${exponent}`);
  if (Number.isInteger(number)) return { value: BigInt(number).toString(), unit: null };
  return { value: number.toFixed(20).replace(/0+$/, '').replace(/\.$/, ''), unit: null };
}

const CURRENCIES: Record<string, string> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY', zł: 'PLN', Kč: 'CZK' };

/** Takes sign, brackets, percent and currency off; what is left should be digits and marks. */
function withoutUnits(text: string): { digits: string; unit: string | null; isNegative: boolean } {
  let rest = text.replace(SPACES, ' ').trim();
  let isNegative = false;
  let unit: string | null = null;
  if (/^\(.*\)$/.test(rest)) {
    isNegative = true;
    rest = rest.slice(1, -1).trim();
  }
  // The sign may stand before or after the currency: `-€5`, `€-5`, `5- €`.
  for (let i = 0; i < 2; i++) {
    const sign = /^[-−–+]\s*(?=\S)|(?<=\S)\s*[-−–]$/.exec(rest);
    if (sign) {
      isNegative ||= sign[0].trim() !== '+';
      rest = rest.replace(sign[0], '').trim();
    }
    const found = /^(US\$|€|\$|£|¥|[A-Za-z]{3}(?=[\s\d.,-]))|(%|€|\$|£|¥|zł|Kč|(?<![A-Za-z])[A-Za-z]{3})\.?$/.exec(
      rest,
    );
    if (!found) continue;
    const mark = (found[1] ?? found[2]) as string;
    unit ??= mark === 'US$' ? 'USD' : (CURRENCIES[mark] ?? mark.toUpperCase());
    rest = rest.replace(found[0], '').trim();
  }
  return { digits: rest, unit, isNegative };
}

/**
 * The order of day and month in a column: one cell with a number above 12 settles it for all the others. Where none
 * does, dots mean day first, and for slashes the language decides: month first only for the United States.
 */
export function detectDateOrder(sample: Iterable<string>, language = 'es'): Detected<DateOrder> {
  const votes = { dmy: 0, mdy: 0, ymd: 0 };
  let hasDots = false;
  for (const text of sample) {
    const [, a, mark, b, c] = /^\s*(\d{1,4})([./\- ])\s?(\d{1,2})\2\s?(\d{1,4})/.exec(text) ?? [];
    if (!a || !b || !c) continue;
    if (a.length === 4) votes.ymd++;
    else if (Number(a) > 12 && Number(b) <= 12) votes.dmy++;
    else if (Number(b) > 12 && Number(a) <= 12) votes.mdy++;
    else if (mark === '.') hasDots = true;
  }
  if (votes.dmy !== votes.mdy) return { style: votes.dmy > votes.mdy ? 'dmy' : 'mdy', isCertain: true };
  if (hasDots) return { style: 'dmy', isCertain: true };
  if (votes.ymd > 0) return { style: 'ymd', isCertain: true };
  return { style: /^en(-us)?$/i.test(language) ? 'mdy' : 'dmy', isCertain: false };
}

/** First letters, without accents, of the months' names: English, Spanish, Lithuanian (nominative, genitive, short). */
const MONTHS: [RegExp, number][] = [
  [/^(jan|ene|saus)/, 1],
  [/^(feb|vas)/, 2],
  [/^(mar|kov)/, 3],
  [/^(apr|abr|bal)/, 4],
  [/^(may|geg)/, 5],
  [/^(jun|birz)/, 6],
  [/^(jul|liep)/, 7],
  [/^(aug|ago|rugp)/, 8],
  [/^(sep|set|rugs)/, 9],
  [/^(oct|okt|spa)/, 10],
  [/^(nov|lapk)/, 11],
  [/^(dec|dic|gruod)/, 12],
];

/**
 * Reads a date: ISO, `3/4/2024` in the column's order, `2024 03 04`, `2024.03.04`, `4 Mar 2024`, `March 4, 2024`,
 * `4 de marzo de 2024`, `2024 m. kovo 4 d.`, `20240304`, a spreadsheet's day number. A time behind it is left out.
 * @returns ISO date, null for anything else and for days that do not exist
 */
export function parseDate(text: string, order: DateOrder): string | null {
  return splitDate(text.trim(), order)?.date ?? null;
}

/**
 * Reads a date with time: as `parseDate`, then `13:30`, `13:30:15.5`, `1:30 PM`, `1:30 p. m.`, with `Z`, `+02:00` or
 * `+0300` where the text has a zone.
 * @returns ISO date and time to the second; without zone it is the local time of whoever wrote the file
 */
export function parseDateTime(text: string, order: DateOrder): string | null {
  const parts = splitDate(text.trim(), order);
  if (!parts) return null;
  const rest = parts.rest.replace(/^[\s,T]+/i, '');
  if (rest === '') return `${parts.date}T00:00:00`;
  const found =
    /^(\d{1,2})(?::|\.|h)(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?\s?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i.exec(
      rest,
    );
  if (!found) return null;
  const [, hours = '', minutes = '', seconds = '00', half, zone] = found;
  let hour = Number(hours);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const offset = !zone ? '' : /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  return `${parts.date}T${String(hour).padStart(2, '0')}:${minutes}:${seconds}${offset}`;
}

/**
 * A spreadsheet's day number as ISO date (or date and time, to the second), null outside the years 1900 to 9999.
 * Day 1 is 1900-01-01 and there is a 29 February 1900 in between, so days count from 1899-12-30 after it.
 */
export function serialToIso(serial: number, dateOnly: boolean, startsIn1904 = false): string | null {
  if (serial < 0 || serial >= 2_958_466) return null;
  const days = startsIn1904 ? serial + 1_462 : serial < 60 ? serial + 1 : serial;
  const iso = new Date(Date.UTC(1899, 11, 30) + Math.round(days * 86_400) * 1_000).toISOString();
  return dateOnly ? iso.slice(0, 10) : iso.slice(0, 19);
}

function splitDate(text: string, order: DateOrder): { date: string; rest: string } | null {
  const numeric = /^(\d{1,4})([./\-\s])\s?(\d{1,2})\2\s?(\d{1,4})\.?(?=$|[\sT,])/i.exec(text);
  if (numeric) {
    const [whole, a = '', , b = '', c = ''] = numeric;
    const rest = text.slice(whole.length);
    if (a.length === 4) return isoDate(a, b, c, rest);
    if (a.length === 3 || c.length === 3 || c.length === 1) return null;
    if (order === 'ymd' && c.length === 2) return isoDate(a, b, c, rest);
    return order === 'mdy' ? isoDate(c, a, b, rest) : isoDate(c, b, a, rest);
  }
  const compact = /^((?:19|20)\d{2})(\d{2})(\d{2})(?=$|T)/.exec(text);
  if (compact) return isoDate(compact[1] as string, compact[2] as string, compact[3] as string, text.slice(8));
  const serial = /^\d{5}(\.\d+)?$/.exec(text);
  if (serial) {
    const iso = serialToIso(Number(text), false);
    return iso ? { date: iso.slice(0, 10), rest: serial[1] ? iso.slice(10) : '' } : null;
  }
  const words =
    /^(?:(\d{4})\s*m?\.?\s+)?(?:(\d{1,2})(?:st|nd|rd|th|º|\.)?[\s-]+(?:de\s+|of\s+)?)?([\p{L}]{3,12})\.?(?:[\s-]+(?:de\s+|del\s+)?(\d{4}|\d{1,2})(?:st|nd|rd|th)?\b)?(?:\s*d\.)?(?:,?\s*(\d{4})\b)?/iu.exec(
      text,
    );
  if (!words) return null;
  const [whole, yearBefore, dayBefore, name = '', next = '', yearAfter] = words;
  const month = monthOf(name);
  if (month === null) return null;
  const year = yearBefore ?? yearAfter ?? (dayBefore && next ? next : undefined);
  const day = dayBefore ?? (next.length <= 2 ? next : '');
  return year && day ? isoDate(year, String(month), day, text.slice(whole.length)) : null;
}

function monthOf(name: string): number | null {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return MONTHS.find(([pattern]) => pattern.test(plain))?.[1] ?? null;
}

function isoDate(year: string, month: string, day: string, rest: string): { date: string; rest: string } | null {
  // Two digits: 1930 to 2029, as spreadsheets take them.
  const full =
    year.length === 4 ? Number(year) : year.length === 2 ? Number(year) + (Number(year) < 30 ? 2000 : 1900) : 0;
  const date = new Date(Date.UTC(full, Number(month) - 1, Number(day)));
  if (full < 1000 || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  return { date: date.toISOString().slice(0, 10), rest };
}

const TRUE = new Set(['1', 'true', 't', 'yes', 'y', 'x', 'on', 'si', 's', 'verdadero', 'taip', '✓', '✔', '☑']);
const FALSE = new Set(['0', 'false', 'f', 'no', 'n', 'off', 'falso', 'ne', '✗', '✘', '☐']);

/** Reads yes and no in English, Spanish and Lithuanian, also 1/0, x and ticks; null for anything else. */
export function parseBoolean(text: string): boolean | null {
  const plain = text.trim().toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return TRUE.has(plain) ? true : FALSE.has(plain) ? false : null;
}

/** What programs write where there is nothing. Compared without regard to case and to spaces around it. */
export const NULL_MARKS = ['', 'null', '(null)', 'n/a', '#n/a', '-', '--', '—'];

/**
 * Whether a cell stands for nothing.
 * @param marks more marks that this file uses, such as `Select` of some web forms or `?`: never guessed
 */
export function isNull(text: string, marks: readonly string[] = []): boolean {
  const plain = text.trim().toLowerCase();
  return NULL_MARKS.includes(plain) || marks.some((mark) => mark.toLowerCase() === plain);
}
