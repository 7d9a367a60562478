const formatters = new Map<string, Intl.DateTimeFormat>();

/** `Jan 31, 2026` in the reader's language. */
export function formatDate(day: string, language: string): string {
  let formatter = formatters.get(language);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
    formatters.set(language, formatter);
  }
  return formatter.format(new Date(`${day}T00:00:00Z`));
}
