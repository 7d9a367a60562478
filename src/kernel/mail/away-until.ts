/** Beginnings of the months in English, Spanish and Lithuanian; of two that fit, the longer counts. */
const months: readonly string[][] = [
  ['jan', 'ene', 'sausi'],
  ['feb', 'vasari'],
  ['mar', 'kov'],
  ['apr', 'abr', 'baland'],
  ['may', 'geguž'],
  ['jun', 'birž'],
  ['jul', 'liep'],
  ['aug', 'ago', 'rugpj'],
  ['sep', 'set', 'rugs'],
  ['oct', 'spal'],
  ['nov', 'lapkri'],
  ['dec', 'dic', 'gruod'],
];
const beginnings = months.flat().sort((a, b) => b.length - a.length);
const MONTH = `(${beginnings.join('|')})\\p{L}*`;
const UNTIL =
  '(?:until|till|through|back (?:in the office )?on|return(?:ing)? (?:to the office )?on|hasta|regres\\p{L}*|vuelvo|volver[eé]|iki|grįšiu|nuo)';
const GAP = '[^\\d\\n]{0,30}?';
const patterns: readonly (readonly [RegExp, (parts: string[]) => (string | undefined)[]])[] = [
  [/\b(\d{4})-(\d{1,2})-(\d{1,2})\b/, ([y, m, d]) => [y, m, d]],
  [/\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b/, ([d, m, y]) => [y, m, d]],
  [
    new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?\\.? (?:de |of )?${MONTH}(?:,? (?:de )?(\\d{4}))?`, 'iu'),
    ([d, m, y]) => [y, m, d],
  ],
  [new RegExp(`${MONTH} (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?`, 'iu'), ([m, d, y]) => [y, m, d]],
];
/** Absences that are longer are a slip in the year. */
const LONGEST_DAYS = 400;
const DAY_MS = 86_400_000;

/**
 * Until when the writer of an automatic answer says to be away; null where it does not say, or says what cannot be.
 * @param written when; a day without a year is the next one
 * @returns `2026-12-01`
 */
export function awayUntil(text: string, written: Date): string | null {
  const said = new RegExp(`${UNTIL}(?<rest>${GAP}(?:\\d|${MONTH})[^\\n]{0,40})`, 'giu');
  for (const { groups } of text.slice(0, 4_000).matchAll(said)) {
    for (const [pattern, inOrder] of patterns) {
      const found = pattern.exec(groups!.rest!);
      const day = found && dayOf(inOrder(found.slice(1)), written);
      if (day) return day;
    }
  }
  return null;
}

function dayOf([year, month = '', day]: (string | undefined)[], written: Date): string | null {
  const name = month.toLowerCase();
  const index = /^\d+$/.test(month) ? Number(month) - 1 : months.findIndex((names) => names.includes(name));
  const inYear = (y: number) => new Date(Date.UTC(y, index, Number(day)));
  const first = Date.UTC(written.getUTCFullYear(), written.getUTCMonth(), written.getUTCDate());
  let at = inYear(year ? Number(year) : written.getUTCFullYear());
  if (!year && at.getTime() < first) at = inYear(written.getUTCFullYear() + 1);
  const isThere = at.getUTCMonth() === index && at.getTime() >= first && at.getTime() < first + LONGEST_DAYS * DAY_MS;
  return isThere ? at.toISOString().slice(0, 10) : null;
}
