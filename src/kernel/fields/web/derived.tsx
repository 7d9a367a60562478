import { Check } from './check.tsx';
import { useFieldEnvironment } from './environment.tsx';
import type { DisplayProps } from './field-web.ts';
import { formatDate, formatDateTime, formatMoney, formatNumber } from './format.ts';

/** What a formula or a roll-up returned, shown by what it is. */
export function Derived({ value, field }: DisplayProps<unknown, { returns?: string }>) {
  const { language, timeZone } = useFieldEnvironment();
  if (typeof value === 'boolean') return <Check value={value} />;
  if (typeof value === 'number') {
    const percent = field.options?.returns === 'percent' ? ' %' : '';
    return <span className="tabular">{formatNumber(value, language, { maximumFractionDigits: 2 }) + percent}</span>;
  }
  if (typeof value === 'object' && value !== null && 'amount' in value) {
    return <span className="tabular">{formatMoney(value as { amount: number; currency: string }, language)}</span>;
  }
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return <span>{formatDate(value, language)}</span>;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
    return <span>{formatDateTime(value, language, timeZone)}</span>;
  return <span>{String(value)}</span>;
}

/** Nobody edits what the program computes. */
export function NotEditable({ value, field }: { value: unknown; field: DisplayProps<unknown>['field'] }) {
  return value === null || value === undefined ? <span>—</span> : <Derived value={value} field={field} />;
}
