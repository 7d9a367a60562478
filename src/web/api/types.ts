import type { EventRow as HistoryEvent } from '#kernel/events/event.ts';
import type { FieldShape, RecordShape } from '#kernel/fields/web/field-web.ts';
import type { ShownLayout } from '#kernel/object/layout.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Reach } from '#kernel/timeline/shapes.ts';
import type { Candidate as DuplicateCandidate, Job, Session, SetupState, Undone } from '#server/answers.ts';
import type { Holding } from './problem.ts';

export type { DuplicateCandidate, FieldShape, Filter, HistoryEvent, Job, RecordShape, Session, SetupState, Undone };

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
  /** Something is told of its records at one glance. */
  glance: boolean;
  /** How far the timeline of a record can reach. */
  reaches: Reach[];
  /** References to those that what is written on a record's page is about. */
  timelineOf: string[];
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

export interface Page<Item extends RecordShape = RecordShape> {
  items: Item[];
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
    heldBy?: Holding[];
  };
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
