import type { Subject } from '#kernel/timeline/shapes.ts';
import type { HistoryEvent, RecordShape } from '../api/types.ts';

/** One thing in a timeline; `of` says whose it is, where that is not the record that is looked at. */
export type Entry = { at: string; of: Subject | null } & (
  | { kind: 'note' | 'interaction' | 'heldMail' | 'task' | 'comment' | 'file'; record: RecordShape }
  | { kind: 'change'; event: HistoryEvent }
);
