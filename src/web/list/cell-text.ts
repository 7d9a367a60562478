import { addressLines } from '#kernel/fields/address/format.ts';
import { formatChecklist } from '#kernel/fields/checklist/format.ts';
import { decimalMark } from '#kernel/fields/web/format.ts';
import { formatHours } from '#kernel/fields/weeklyHours/format.ts';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';

export interface TextEnvironment {
  language: string;
  timeZone: string;
  yes: string;
  no: string;
}

/** A value as a spreadsheet takes it: numbers without grouping, days as ISO, names instead of ids. Pasted back it is read again. */
export function cellText(field: FieldShape, record: RecordShape, environment: TextEnvironment): string {
  const value = record[field.name];
  if (isEmpty(value)) return '';
  const number = (given: unknown) => String(given).replace('.', decimalMark(environment.language));
  switch (field.type) {
    case 'boolean':
      return value ? environment.yes : environment.no;
    case 'integer':
    case 'decimal':
    case 'percent':
    case 'rating':
      return number(value);
    case 'duration':
      return clock(Number(value));
    case 'money':
      return `${number((value as Money).amount)} ${(value as Money).currency}`;
    case 'datetime':
      return new Date(value as string)
        .toLocaleString('sv', { timeZone: environment.timeZone, dateStyle: 'short', timeStyle: 'short' })
        .replace(',', '');
    case 'select':
    case 'multiSelect':
      return (Array.isArray(value) ? value : [value]).map((one) => optionLabel(field, one)).join('; ');
    case 'reference':
    case 'user':
    case 'references':
      return titlesOf(record.expanded?.[field.name]).join('; ');
    case 'address':
      return addressLines(value as never, environment.language).join(', ');
    case 'geo': {
      const { latitude, longitude } = value as { latitude: number; longitude: number };
      return `${latitude}, ${longitude}`;
    }
    case 'checklist':
      return formatChecklist(value as never);
    case 'weeklyHours':
      return formatHours(value as never);
    case 'file':
      return String((value as { name?: string }).name ?? '');
    case 'richText':
      return new DOMParser().parseFromString(String(value), 'text/html').body.innerText.trim();
    case 'formula':
    case 'rollup':
      if (typeof value === 'number') return number(value);
      if (value !== null && typeof value === 'object' && 'amount' in value)
        return `${number((value as Money).amount)} ${(value as Money).currency}`;
      return String(value);
  }
  if (Array.isArray(value))
    return value.map((one) => (typeof one === 'object' && one ? String(one.value ?? '') : String(one))).join('; ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What another cell of the same type takes; `base` of money follows from its amount. */
export function cellValue(field: FieldShape, record: RecordShape): unknown {
  const value = record[field.name] ?? null;
  if (field.type !== 'money' || value === null) return value;
  const { amount, currency } = value as Money;
  return { amount, currency };
}

interface Money {
  amount: number;
  currency: string;
}

function optionLabel(field: FieldShape, value: unknown): string {
  const options = (field.options?.options ?? []) as { value: string; label: string }[];
  return options.find((option) => option.value === value)?.label ?? String(value);
}

function titlesOf(expanded: unknown): string[] {
  const list = Array.isArray(expanded) ? expanded : [expanded];
  return list.map((one) => (one as { title?: string } | null)?.title ?? '').filter(Boolean);
}

function clock(seconds: number): string {
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)}${seconds % 60 ? `:${two(seconds % 60)}` : ''}`;
}
