import type { FieldShape } from '../api/types.ts';

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
  json: 180,
};

export function widthOf(field: FieldShape, isTitle: boolean): number {
  return isTitle ? 260 : (widths[field.type] ?? 150);
}
