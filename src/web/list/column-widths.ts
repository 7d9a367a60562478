import type { FieldShape, RecordShape } from '../api/types.ts';

const widths: Record<string, number> = {
  text: 170,
  longText: 240,
  richText: 240,
  email: 210,
  phone: 150,
  url: 170,
  integer: 100,
  decimal: 110,
  percent: 100,
  money: 130,
  boolean: 90,
  date: 120,
  datetime: 170,
  duration: 110,
  select: 150,
  multiSelect: 180,
  tags: 180,
  reference: 180,
  references: 200,
  user: 180,
  address: 220,
  geo: 170,
  autoNumber: 110,
  formula: 130,
  rollup: 110,
  file: 150,
  rating: 120,
  weeklyHours: 220,
  recurrence: 200,
  checklist: 130,
  json: 180,
};

export function widthOf(field: FieldShape, isTitle: boolean): number {
  return isTitle ? 260 : (widths[field.type] ?? 150);
}

/** Of the widest letters but W, at the size of a cell's text. */
const LETTER = 9;
const PADDING = 20;
/** Scripts whose signs are as wide as they are high, and pictures. */
const wide = /[\u1100-\uffff]/;

/**
 * Whether a text may be longer than its column, guessed generously; null may be anything. Cutting it off costs a clip, and the
 * clips of all cells were a fifth of each frame that is scrolled; most values fit.
 */
export function mayOverflow(text: string | null, width: number): boolean {
  return text === null || text.length * LETTER + PADDING > width || wide.test(text);
}

/** About what a cell shows; null where that is not known without drawing it. */
export function shownText({ type, name }: FieldShape, record: RecordShape): string | null {
  const value = record[name];
  const title = (record.expanded?.[name] as { title?: unknown } | undefined)?.title;
  switch (type) {
    case 'date':
    case 'integer':
    case 'boolean':
      return 'Nov 12, 2026';
    case 'datetime':
      return 'Nov 12, 12:34 PM';
    case 'reference':
    case 'user':
      return typeof title === 'string' ? `${title}...` : null;
    case 'email':
    case 'phone': {
      const points = Array.isArray(value) ? (value as { value: string }[]) : [{ value: String(value) }];
      return points.length === 1 ? `${points[0]!.value}..` : `${points[0]?.value} + ${points.length}`;
    }
    case 'text':
      return typeof value === 'string' ? value : null;
    default:
      return null;
  }
}
