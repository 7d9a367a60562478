const formatters = new Map<string, Intl.NumberFormat>();

/** `€1,234.50` in the reader's language. */
export function formatMoney(value: { amount: number; currency: string }, language: string): string {
  const key = `${language} ${value.currency}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(language, { style: 'currency', currency: value.currency });
    formatters.set(key, formatter);
  }
  return formatter.format(value.amount);
}
