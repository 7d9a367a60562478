import type { FieldShape, RecordShape } from '#kernel/fields/web/field-web.ts';
import type { ShownLayout } from '#kernel/object/layout.ts';
import type { Filter } from '#kernel/query/filter.ts';

export type { FieldShape, Filter, RecordShape };

export interface Definition {
  name: string;
  plural: string;
  icon: string;
  title: string;
  custom: boolean;
  label: { one: string; many: string };
  fields: FieldShape[];
  /** Owner, and who made and changed it when. */
  system: FieldShape[];
  views: ViewShape[];
  actions: ActionShape[];
  /** Of a record's page; the first whose condition holds, the last one has none. */
  layouts: ShownLayout[];
  /** Whether its records are compared with one another. */
  duplicates: boolean;
  quickCreate: string[];
  detailOf: string | null;
  related: { object: string; field: string; label: string }[];
  can: { create: boolean; update: boolean; delete: boolean; export: boolean; import: boolean };
}

export interface ViewShape {
  name: string;
  label: string;
  type: 'list' | 'board' | 'calendar';
  columns?: string[];
  filter?: Filter;
  sort?: string[];
  by?: string;
  sum?: string;
}

export interface ActionShape {
  name: string;
  label: string;
  icon: string;
  shortcut?: string | null;
  input: InputSchema;
}

/** The part of JSON Schema an action's input is written in. */
export interface InputSchema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  properties?: Record<string, InputSchema>;
  required?: string[];
}

export interface Session {
  user: {
    id: string;
    name: string;
    email: string;
    language: string;
    timeZone: string;
    theme?: string;
    density?: string;
    /** May change settings, definitions and who works here. */
    administrator?: boolean;
  };
  workspace: { name: string; slug: string; language: string; currency: string; timeZone: string; country: string };
  csrf: string;
}

export interface Page {
  items: RecordShape[];
  next: string | null;
  previous: string | null;
  total?: { value: number; kind: 'exact' | 'estimate' | 'atLeast' };
}

export interface ListQuery {
  filter?: Filter;
  search?: string;
  sort?: readonly string[];
  fields?: readonly string[];
  expand?: readonly string[];
  limit?: number;
  cursor?: string;
  count?: 'none' | 'estimate' | 'exact';
  deleted?: boolean;
}

export interface AggregateRow {
  key: (string | number | boolean | null)[];
  [measure: string]: unknown;
}

export interface BulkResult {
  changeSet: string;
  succeeded: number;
  failed: number;
  results: BulkRow[];
}

export interface BulkRow {
  index: number;
  id: string | null;
  problem?: {
    code: string;
    title?: string;
    detail?: string;
    errors?: { field: string; code: string; message: string }[];
  };
}

export interface HistoryEvent {
  position: number;
  at: string;
  changeSet: string;
  record: string;
  operation: string;
  version: number;
  actor: string | null;
  via: string;
  changes: Record<string, readonly [unknown, unknown]> | null;
  note: string | null;
  /** Of a record that was merged into the one that is asked for. */
  merged?: true;
}

export interface DuplicateCandidate {
  id: string;
  title: string;
  certainty: string;
  score: number;
  reasons: (string | { label?: string; code?: string; message?: string; field?: string })[];
}

export interface Job {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  done: number;
  total: number;
  message: string | null;
}

export interface LiveChange {
  position: number;
  object: string;
  id: string;
  operation: string;
  version: number;
  actor: string | null;
  changeSet: string;
}
