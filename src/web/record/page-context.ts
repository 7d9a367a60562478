import { createContext, useContext } from 'react';
import type { ShownLayout } from '#kernel/object/layout.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';

/** What can be written about a record. A call, a meeting, a visit, a mail and a letter are interactions of that channel. */
export type Written = 'note' | 'phone' | 'meeting' | 'visit' | 'email' | 'letter' | 'task' | 'comment';

/** What the panels of one record's page share. */
export interface RecordContext {
  definition: Definition;
  record: RecordShape;
  layout: ShownLayout;
  showHistory(field: FieldShape): void;
  /** What is being written where it is read; null when nothing is. */
  composing: Written | null;
  /** Opens the composer, on the tab that has it. */
  compose(kind: Written | null): void;
  /** Shows a tab by its name. */
  openTab(name: string): void;
  /** In the side panel there is less room, and nothing is told twice. */
  compact: boolean;
}

const Context = createContext<RecordContext | null>(null);

export const RecordContextProvider = Context.Provider;

export function useRecordContext(): RecordContext {
  const context = useContext(Context);
  if (!context) throw new Error('Panels are shown inside a RecordContextProvider');
  return context;
}
