import type { EventRow } from '../events/event.ts';

/** How far a timeline reaches: the record itself, also what belongs to it, also those below it and what belongs to them. */
export const reaches = ['own', 'parts', 'hierarchy'] as const;
export type Reach = (typeof reaches)[number];

/** A record that a timeline tells of. */
export interface Subject {
  object: string;
  id: string;
  /** Null where the reader may not see it. */
  title: string | null;
}

/** One thing in a timeline: a record, or a change of one. */
export type TimelineEntry = {
  at: string;
  /** Whose it is, where that is not the record that was asked for. */
  of: Subject | null;
} & ({ kind: 'change'; event: EventRow } | { kind: string; record: Record<string, unknown> });

export interface TimelinePage {
  items: TimelineEntry[];
  next: string | null;
  previous: string | null;
  /** Some of what belongs to the record is not told of: there is too much of it. */
  isCut: boolean;
}

/** What is due or takes place on some days. */
export interface TimelineDays {
  /** The earliest first; `at` is a day or a moment. */
  items: TimelineEntry[];
  /** There is more than is told of. */
  isCut: boolean;
}

/** What stands above a timeline. */
export interface TimelineTop {
  pinned: TimelineEntry[];
  /** The soonest first. */
  ahead: TimelineEntry[];
}
