const formatters = new Map<string, Intl.DateTimeFormat>();

/** `Jan 31, 2026, 10:00 AM` in the reader's language and zone. */
export function formatDateTime(instant: string, language: string, timeZone: string): string {
  const key = `${language} ${timeZone}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone });
    formatters.set(key, formatter);
  }
  // ICU puts a narrow no-break space before AM, which spreadsheets and searches do not take for a space.
  return formatter.format(new Date(instant)).replaceAll('\u202f', ' ');
}
