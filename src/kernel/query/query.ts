import type { Operation } from '../access/access.ts';
import type { Filter } from './filter.ts';

export interface ReadOptions {
  /** Fields to answer, `account.name` through references; all of the object's own fields when left out. */
  fields?: readonly string[];
  /** Reference fields whose records come along under `expanded.<field>`. */
  expand?: readonly string[];
  /** Also from the trash. */
  deleted?: boolean;
}

export interface ListQuery extends ReadOptions {
  filter?: Filter;
  /** Words that all have to be in the record. */
  search?: string;
  /** Field names, `-` before one is descending. Newest first when left out. */
  sort?: readonly string[];
  /** 1–500, 50 when left out. */
  limit?: number;
  /** From `next` or `previous` of a page. */
  cursor?: string;
  count?: 'none' | 'estimate' | 'exact';
  /** What has to be allowed on the records besides reading them: those of an export. */
  also?: Operation;
}

export interface Page<R> {
  items: R[];
  next: string | null;
  previous: string | null;
  total?: Count;
}

/** `atLeast` when counting stopped early. */
export interface Count {
  value: number;
  kind: 'exact' | 'estimate' | 'atLeast';
}

export interface AggregateQuery {
  filter?: Filter;
  /** Up to three: a field, or a date field with a bucket: `closeOn:month` (day, week, month, quarter, year). */
  groupBy?: readonly string[];
  /** Name → measure, e.g. `{ total: { sum: 'amount' }, n: { count: true } }`. */
  measures: Readonly<
    Record<string, { count: true } | { sum: string } | { avg: string } | { min: string } | { max: string }>
  >;
  sort?: readonly string[];
  limit?: number;
}

/**
 * `key` in the order of `groupBy`. A measure of money answers `{ base, byCurrency: { EUR: … } }`, of anything else a
 * number (dates: a text); null when there is nothing.
 */
export interface AggregateRow {
  key: (string | number | boolean | null)[];
  [measure: string]: unknown;
}
