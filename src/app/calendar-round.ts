import type { OpenCalendar } from '#kernel/calendar/caldav.ts';
import type { ConnectedCalendar } from '#kernel/calendar/calendar-state.ts';
import type { Attendee } from '#kernel/calendar/read-events.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Workspace } from '#kernel/records/door.ts';
import type { Records } from '#kernel/records/records.ts';
import { AHEAD_DAYS, type Meeting } from '#modules/channels/index.ts';

/** Events are read from so long ago; until so far ahead as series stand here. */
const PAST_DAYS = 30;
const DAY_MS = 24 * 3600 * 1_000;

/** What a round works with. */
export interface Round {
  readonly workspace: Workspace;
  /** Of the program. */
  readonly records: Records;
  readonly connected: ConnectedCalendar;
  readonly open: OpenCalendar;
  readonly timeZone: string;
  /** Their own address. */
  readonly owner: string;
  readonly now: Date;
  /** In one transaction, while the calendar is ours. */
  keep<Result>(work: (records: Records, connection: Connection) => Promise<Result>): Promise<Result>;
}

/** What both sides last agreed on, as `remembered`, and hashes of the addresses that the calendar named. */
export interface Base extends Meeting {
  readonly attendees: readonly string[];
  /** False for a colleague's meeting of which a copy stands in this calendar: what becomes of it is theirs to say. */
  readonly isOwn: boolean;
  /** What the calendar says that its owner answers; left out where it does not name them. */
  readonly answer?: Attendee['response'] | undefined;
}

export function windowOf({ now, timeZone }: Round) {
  return { from: inDays(now, -PAST_DAYS), until: inDays(now, AHEAD_DAYS), timeZone };
}

export const inDays = (now: Date, days: number) => new Date(now.getTime() + days * DAY_MS);
export const isDue = (at: Date | null, now: Date) => at !== null && at <= now;
