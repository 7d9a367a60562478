import type { FieldShape, RecordShape } from '../api/types.ts';

/** A record on its day. */
export interface Entry {
  object: string;
  record: RecordShape;
  title: string;
  day: string;
  /** `14:30`; null for the whole day. */
  time: string | null;
  tone: string | null;
  /** Of one that repeats: how the field that says so is called. */
  repeats: string | null;
  /** Of a calendar about several records: whose it is. */
  of?: string | undefined;
}

/** What the parts of the calendar do with days and entries. */
export interface CalendarParts {
  /** Whether they have a time of the day. */
  isTimed: boolean;
  /** What is told of an entry beside its title. */
  fields: readonly FieldShape[];
  entries: ReadonlyMap<string, readonly Entry[]>;
  /** All records of a day, also those that are not loaded. */
  counts: ReadonlyMap<string, number>;
  today: string;
  /** Whether a person may change the day. */
  canMove: boolean;
  canCreate: boolean;
  create(day: string, time?: string): void;
  move(entry: Entry, day: string, time?: string): void;
  open(day: string): void;
}
