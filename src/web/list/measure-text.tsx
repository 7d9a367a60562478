import { useCallback } from 'react';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDuration, formatMoney, formatNumber } from '#kernel/fields/web/format.ts';
import type { FieldShape } from '../api/types.ts';
import type { TotalKind } from './view-settings.ts';

/** Money of many records: never added across currencies, beside the sum in the company's own. */
interface MoneyMeasure {
  base: number | null;
  byCurrency?: Record<string, number>;
}

/** A measure as words: `€1.2M`, `12,403`, `31 Jan 2026`. `full` is what is shown on hover. */
export function useMeasureText(): (
  value: unknown,
  field?: FieldShape,
  kind?: TotalKind,
  compact?: boolean,
) => { text: string; full: string } {
  const { language, currency } = useFieldEnvironment();
  return useCallback(
    (value, field, kind = 'sum', compact = false) => {
      if (value === null || value === undefined) return { text: '—', full: '' };
      const short: Intl.NumberFormatOptions = compact ? { notation: 'compact', maximumFractionDigits: 1 } : {};
      if (typeof value === 'object') {
        const { base, byCurrency = {} } = value as MoneyMeasure;
        const parts = Object.entries(byCurrency).sort(([, a], [, b]) => b - a);
        const full = parts
          .map(([code, amount]) => formatMoney({ amount: rounded(amount), currency: code }, language))
          .join(' + ');
        const [only] = parts;
        if (parts.length === 1 && only) {
          const money = { amount: rounded(only[1]), currency: only[0] };
          return { text: formatMoney(money, language, short), full };
        }
        if (base === null) return { text: full, full };
        return {
          text: `${parts.length > 1 ? '≈ ' : ''}${formatMoney({ amount: rounded(base), currency }, language, short)}`,
          full,
        };
      }
      if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) {
        const text = formatDate(value, language);
        return { text, full: text };
      }
      const number = Number(value);
      if (kind !== 'count' && field?.type === 'duration') {
        const text = formatDuration(number, language);
        return { text, full: text };
      }
      const digits = kind === 'avg' ? { maximumFractionDigits: 2 } : {};
      const unit = kind !== 'count' && field?.type === 'percent' ? ' %' : '';
      return {
        text: formatNumber(number, language, { ...digits, ...short }) + unit,
        full: formatNumber(number, language, digits) + unit,
      };
    },
    [language, currency],
  );
}

function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
