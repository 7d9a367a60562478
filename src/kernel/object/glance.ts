import type { Workspace } from '../records/door.ts';
import type { Records } from '../records/records.ts';
import type { GlancePart } from './glance-part.ts';

/**
 * What somebody who opens a record wants to know first, in a few words beside its name. Each module says what it knows; what
 * the reader may not see, and what fails, is left out, and the others stand.
 *
 * @example { object: 'account', name: 'openTasks', read: async ({ records, id }) => … }
 */
export interface GlanceContribution {
  /** On whose records it stands. */
  readonly object: string;
  /** camelCase; its words are `glance.<name>` in the module's catalogues. */
  readonly name: string;
  /** Reads through the door of whoever looks. Null when there is nothing to tell. */
  read(context: GlanceContext): Promise<GlanceTold | null>;
}

export interface GlanceContext {
  readonly records: Records;
  readonly id: string;
  readonly workspace: Workspace;
  /** ISO date in the reader's zone. */
  readonly today: string;
}

export interface GlanceTold {
  readonly parts: readonly GlancePart[];
  readonly tone?: 'good' | 'warn' | 'bad';
}

/** A record that came along with another one; null where the reader may not see it. */
export function glanceRecord(
  object: string,
  row: object,
  field: string,
): Extract<GlancePart, { record: unknown }> | null {
  const { expanded } = row as { expanded?: Record<string, { id?: string; title?: string } | null> };
  const known = expanded?.[field];
  return known?.id && known.title ? { record: { object, id: known.id, title: known.title } } : null;
}
