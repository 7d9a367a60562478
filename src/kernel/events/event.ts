/** Processes tell each other here, with the id of the workspace, that events were appended. */
export const EVENT_CHANNEL = 'tendero_event';

/** What happened to one record. Rows of the event table, in the order their transactions committed. */
export interface EventRow {
  /** 1, 2, 3 … without gaps within a workspace. */
  position: number;
  at: string;
  /** All that one request, import batch or undo did. */
  changeSet: string;
  object: string;
  record: string;
  operation: EventOperation;
  /** Version of the record after it. */
  version: number;
  /** The user; null for the program itself. */
  actor: string | null;
  /** Where it came from: `rest`, `import`, `job`, `undo`, `rule`, `merge` … */
  via: string;
  /** Field → `[from, to]` for an update or a derived change; null for the others. */
  changes: Readonly<Record<string, readonly [unknown, unknown]>> | null;
  /** In the history of another record, into which this one was merged. */
  merged?: true;
  /** Words the person gave, e.g. why an opportunity was lost. */
  note: string | null;
}

/** `derive`: a roll-up or a formula through a reference changed because another record did. */
export type EventOperation =
  | 'create'
  | 'update'
  | 'remove'
  | 'restore'
  | 'purge'
  | 'derive'
  | 'merge'
  | 'unmerge'
  /** Personal data were taken out of the record and out of its history; the rest of it stays. */
  | 'erase';

/**
 * What people did beside changing records. These stand in the same stream, with version 0, which no event of a record has:
 * history, live screens, webhooks and the readers of the modules pass them over; see `audit/`.
 */
export type SecurityOperation =
  | 'signIn'
  | 'signInFailed'
  | 'signOut'
  | 'revoke'
  | 'export'
  | 'view'
  | 'viewAs'
  | 'rights'
  /** Events grew old and lost their data. */
  | 'expire';

/** An event without its position, which it gets as the last act before the commit. */
export interface PendingEvent {
  readonly object: string;
  readonly record: string;
  readonly operation: EventOperation | SecurityOperation;
  readonly version: number;
  readonly changes: Record<string, readonly [unknown, unknown]> | null;
  /** When and by whom, where that is not now and whoever acts. */
  readonly at?: string | undefined;
  readonly actor?: string | undefined;
}
