import type { HistoryEvent, RecordShape } from '../api/types.ts';

/** One thing in a timeline. */
export type Entry =
  | { kind: 'note' | 'interaction' | 'task' | 'comment' | 'file'; at: string; record: RecordShape }
  | { kind: 'change'; at: string; event: HistoryEvent };
