import { formatNumber } from '../decimal/format.ts';

/** `12.5%`; a space before the sign where the language has one. */
export function formatPercent(value: number, language: string, scale = 4): string {
  return `${formatNumber(value, language, scale)}${language === 'en' ? '' : '\u00a0'}%`;
}
