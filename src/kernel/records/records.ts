import type { Operation } from '../access/access.ts';
import type { EventRow } from '../events/event.ts';
import type { ObjectDefinition, RecordInput, RecordOf } from '../object/definition.ts';
import type { Filter } from '../query/filter.ts';
import type { AggregateQuery, AggregateRow, Count, ListQuery, Page, ReadOptions } from '../query/query.ts';

// biome-ignore lint/suspicious/noExplicitAny: any object's definition, whatever its fields
type AnyObject = ObjectDefinition<any>;
/** A definition where the caller knows it, its name where it only comes to be known at run time. */
type ObjectRef = AnyObject | string;
type Row<O> = O extends AnyObject ? RecordOf<O> : Record<string, unknown> & { id: string; version: number };
type Input<O> = O extends AnyObject ? RecordInput<O> : Record<string, unknown>;

/**
 * The door: every read and write of records, with the rights of whoever acts compiled into the SQL.
 *
 * @example
 * const records = openRecords(workspace, principal);
 * const account = await records.create('account', { name: 'Litera UAB' });
 * await records.update('account', account.id, { industry: 'retail' }, { version: account.version });
 */
export interface Records {
  /** @throws Problem `record.not-found` also when it exists and may not be seen */
  read<O extends ObjectRef>(object: O, id: string, options?: ReadOptions): Promise<Row<O>>;
  list<O extends ObjectRef>(object: O, query?: ListQuery): Promise<Page<Row<O>>>;
  /** The first match or null. */
  find<O extends ObjectRef>(object: O, filter: Filter, options?: ReadOptions): Promise<Row<O> | null>;
  count(object: ObjectRef, filter?: Filter, how?: 'exact' | 'estimate'): Promise<Count>;
  aggregate(object: ObjectRef, query: AggregateQuery): Promise<AggregateRow[]>;
  /** The program itself may also say when it was made and by whom: `createdAt`, `createdBy`, `updatedAt`, `updatedBy`. */
  create<O extends ObjectRef>(object: O, input: Input<O>, options?: WriteOptions): Promise<Row<O>>;
  /** Merge-patch: fields left out stay, null clears. @throws Problem `record.stale` when `version` is behind */
  update<O extends ObjectRef>(
    object: O,
    id: string,
    changes: Input<O>,
    options?: WriteOptions & { version?: number },
  ): Promise<Row<O>>;
  /** To the trash. */
  remove(object: ObjectRef, id: string, options?: WriteOptions & { version?: number }): Promise<void>;
  restore<O extends ObjectRef>(object: O, id: string, options?: WriteOptions): Promise<Row<O>>;
  /** Out of the trash for good. */
  purge(object: ObjectRef, id: string, options?: WriteOptions): Promise<void>;
  /** One result per row, in order: a row that is refused does not stop the others (unless `atomic`). */
  createMany(object: ObjectRef, inputs: readonly Record<string, unknown>[], options?: BulkOptions): Promise<BulkResult>;
  updateMany(
    object: ObjectRef,
    target: BulkTarget,
    changes: Record<string, unknown>,
    options?: BulkOptions,
  ): Promise<BulkResult>;
  /** Different changes for different records, in one transaction. */
  updateEach(
    object: ObjectRef,
    changes: readonly { id: string; version?: number; changes: Record<string, unknown> }[],
    options?: BulkOptions,
  ): Promise<BulkResult>;
  removeMany(object: ObjectRef, target: BulkTarget, options?: BulkOptions): Promise<BulkResult>;
  restoreMany(object: ObjectRef, ids: readonly string[], options?: BulkOptions): Promise<BulkResult>;
  /** Those of some records on which an operation is allowed. */
  allowed(object: ObjectRef, operation: Operation, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Makes one record of several: what points to the others points to the survivor, the others go to the trash.
   * @throws Problem `record.not-found`, `record.merged`, `request.invalid`, `record.invalid`
   */
  merge(object: ObjectRef, request: MergeRequest, options?: WriteOptions): Promise<MergeResult>;
  /** Takes back a merge; what somebody changed since stays and is reported. @throws Problem `change.not-found`, `merge.undone` */
  unmerge(changeSet: string): Promise<UndoResult>;
  /** Newest first, with what happened to records that were merged into it (`merged`). */
  history(object: ObjectRef, id: string, page?: HistoryPage): Promise<EventRow[]>;
  /** Takes back what a change set did, as a new change set. Fields that changed again since stay and are reported. */
  undo(changeSet: string): Promise<UndoResult>;
  /** Several writes as one transaction and one change set. */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>;
}

export interface HistoryPage {
  /** Position of the last one of the page before. */
  before?: number;
  limit?: number;
  /** Only changes of these. */
  fields?: readonly string[];
  /** Only what this user did. */
  actor?: string;
  /** `false` leaves out what the program computed because another record changed. */
  derived?: boolean;
}

export interface WriteOptions {
  /** Why, in the person's words; kept in the history. */
  note?: string;
  /** Groups several calls into one change set. */
  changeSet?: string;
}

export interface BulkOptions extends WriteOptions {
  /** All or nothing. */
  atomic?: boolean;
}

export type BulkTarget = { ids: readonly string[] } | { filter: Filter };

export interface BulkResult {
  changeSet: string;
  succeeded: number;
  failed: number;
  /** One per row that failed, and per row that succeeded where the caller gave rows. */
  results: BulkRow[];
}

export interface BulkRow {
  index: number;
  id: string | null;
  /** Absent when it worked. */
  problem?: {
    code: string;
    params?: Record<string, unknown>;
    errors: readonly { field: string; code: string; params?: Record<string, unknown> }[];
  };
}

export interface MergeRequest {
  survivor: string;
  /** 1–20 records that go into it. */
  others: readonly string[];
  /** Field → the record whose value wins. Otherwise lists are united, and what the survivor lacks comes from the others. */
  fields?: Readonly<Record<string, string>>;
}

export interface MergeOutcome {
  /** Records that point to the survivor now. */
  moved: number;
  /** Of them those that said the same as one the survivor had, and went to the trash. */
  dropped: number;
}

export interface MergeResult extends MergeOutcome {
  changeSet: string;
  /** The survivor as the reader may see it. */
  record: Record<string, unknown>;
}

export interface UndoResult {
  changeSet: string;
  undone: number;
  /** Left as they are because somebody changed them since. */
  conflicts: { object: string; record: string; fields: string[] }[];
}
