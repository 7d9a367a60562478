import { formatNumber } from '#kernel/fields/web/format.ts';

/** `340 m`, `2.4 km`, `87 km`. */
export function formatWay(metres: number, language: string): string {
  const isShort = metres < 1000;
  return formatNumber(isShort ? Math.round(metres / 10) * 10 : metres / 1000, language, {
    style: 'unit',
    unit: isShort ? 'meter' : 'kilometer',
    maximumFractionDigits: !isShort && metres < 20_000 ? 1 : 0,
  });
}
