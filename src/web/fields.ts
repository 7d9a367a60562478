import type { ComponentType } from 'react';
import * as address from '#kernel/fields/address/web.tsx';
import * as autoNumber from '#kernel/fields/autoNumber/web.tsx';
import * as boolean from '#kernel/fields/boolean/web.tsx';
import * as checklist from '#kernel/fields/checklist/web.tsx';
import * as date from '#kernel/fields/date/web.tsx';
import * as datetime from '#kernel/fields/datetime/web.tsx';
import * as decimal from '#kernel/fields/decimal/web.tsx';
import * as duration from '#kernel/fields/duration/web.tsx';
import * as email from '#kernel/fields/email/web.tsx';
import * as file from '#kernel/fields/file/web.tsx';
import * as formula from '#kernel/fields/formula/web.tsx';
import * as geo from '#kernel/fields/geo/web.tsx';
import * as integer from '#kernel/fields/integer/web.tsx';
import * as json from '#kernel/fields/json/web.tsx';
import * as longText from '#kernel/fields/longText/web.tsx';
import * as money from '#kernel/fields/money/web.tsx';
import * as multiSelect from '#kernel/fields/multiSelect/web.tsx';
import * as percent from '#kernel/fields/percent/web.tsx';
import * as phone from '#kernel/fields/phone/web.tsx';
import * as rating from '#kernel/fields/rating/web.tsx';
import * as recurrence from '#kernel/fields/recurrence/web.tsx';
import * as reference from '#kernel/fields/reference/web.tsx';
import * as references from '#kernel/fields/references/web.tsx';
import * as richText from '#kernel/fields/richText/web.tsx';
import * as rollup from '#kernel/fields/rollup/web.tsx';
import * as select from '#kernel/fields/select/web.tsx';
import * as tags from '#kernel/fields/tags/web.tsx';
import * as text from '#kernel/fields/text/web.tsx';
import * as url from '#kernel/fields/url/web.tsx';
import * as user from '#kernel/fields/user/web.tsx';
import type { DisplayProps, EditorProps } from '#kernel/fields/web/field-web.ts';
import * as weeklyHours from '#kernel/fields/weeklyHours/web.tsx';
import type { Definition, RecordShape } from './api/types.ts';

/** Every field type's web part, by name. */
const types = {
  address,
  autoNumber,
  boolean,
  checklist,
  date,
  datetime,
  decimal,
  duration,
  email,
  file,
  formula,
  geo,
  integer,
  json,
  longText,
  money,
  multiSelect,
  percent,
  phone,
  rating,
  recurrence,
  reference,
  references,
  richText,
  rollup,
  select,
  tags,
  text,
  url,
  user,
  weeklyHours,
} as const;

export interface FieldParts {
  Display: ComponentType<DisplayProps<unknown>>;
  Editor: ComponentType<EditorProps<unknown>>;
  Cell: ComponentType<DisplayProps<unknown>>;
}

/** The parts of a type; a type this program does not know is shown as JSON, so that nothing is hidden. */
export function fieldParts(type: string): FieldParts {
  const parts = ((types as Record<string, unknown>)[type] ?? json) as Omit<FieldParts, 'Cell'> & Partial<FieldParts>;
  return { Display: parts.Display, Editor: parts.Editor, Cell: parts.Cell ?? parts.Display };
}

/** Nothing to show: also the empty list. `false` and 0 are values. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Types whose editor has several lines: Enter makes a line, Ctrl+Enter saves. */
export const multiLine: ReadonlySet<string> = new Set([
  'longText',
  'richText',
  'json',
  'weeklyHours',
  'recurrence',
  'checklist',
]);

/** Types nobody writes. */
export const computed: ReadonlySet<string> = new Set(['formula', 'rollup', 'autoNumber']);

export const numeric: ReadonlySet<string> = new Set(['integer', 'decimal', 'percent', 'money', 'duration']);

/** What names a record: its title field's value, a select's in words. */
export function titleOf(definition: Definition, record: RecordShape, untitled: string): string {
  const value = record[definition.title];
  if (isEmpty(value)) return untitled;
  const options = definition.fields.find((field) => field.name === definition.title)?.options?.options;
  const choice = (options as { value: string; label: string }[] | undefined)?.find((one) => one.value === value);
  return choice?.label ?? String(value);
}
