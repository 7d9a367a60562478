import type { ComponentType } from 'react';

/**
 * The web part of a field type: `fields/<type>/web.tsx` exports `Display` and `Editor` (and `Cell` where a list shows
 * something else than the record page), and one line in `src/web/fields.ts` makes it known.
 */
export interface FieldWeb {
  Display: ComponentType<DisplayProps<never>>;
  Editor: ComponentType<EditorProps<never>>;
  Cell?: ComponentType<DisplayProps<never>>;
}

/** A field as `GET /api/objects` describes it, in the reader's language. */
export interface FieldShape<Options extends object = Record<string, unknown>> {
  name: string;
  type: string;
  label: string;
  help?: string | null;
  required?: boolean;
  readOnly?: boolean;
  /** Every record has it. */
  system?: boolean;
  sortable?: boolean;
  /** Whether records are grouped by its value, by periods of it, or by each of its values. */
  groupable?: false | 'value' | 'bucket' | 'each';
  /** `sum`, `avg`, `min`, `max`: what can be told of many of its values. */
  aggregations?: readonly string[];
  /** Operator → what it takes: `value`, `list`, `text`, `period`, `number`, `nothing`. */
  operators?: Readonly<Record<string, string>>;
  options?: Options;
}

/** A record as REST answers it. */
export interface RecordShape {
  id: string;
  version: number;
  expanded?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Never rendered without a value: who shows a field shows the empty state. */
export interface DisplayProps<Value, Options extends object = Record<string, unknown>> {
  value: Value;
  field: FieldShape<Options>;
  record?: RecordShape;
  /** A change that wants no editor, as a tick; absent where nothing may be changed. */
  onChange?(value: Value): void;
}

export interface EditorProps<Value, Options extends object = Record<string, unknown>> {
  value: Value | null;
  onChange(value: Value | null): void;
  field: FieldShape<Options>;
  record?: RecordShape;
  /** Id of the control, for the label's `htmlFor`. */
  id: string;
  /** Where no visible label points at the control. */
  'aria-label'?: string;
  /** Focused as it appears; pickers open. */
  autoFocus?: boolean;
  invalid?: boolean;
  /** A choice that ends the edit by itself (a picked option): save without waiting for Enter. */
  onDone?(value: Value | null): void;
  placeholder?: string;
}

/** Enough of a record to show a link to it. */
export interface RecordLink {
  object: string;
  id: string;
  title: string;
  detail?: string | null;
}

export interface FileLink {
  id: string;
  name: string;
  size: number;
  type: string;
}
