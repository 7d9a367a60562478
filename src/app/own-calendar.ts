import { type CalendarEntry, writeCalendar } from '#kernel/calendar/ics.ts';
import { addDays, instantIn } from '#kernel/fields/calendar.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';

/** Whose calendar it is, and where what it names is to be seen. */
export interface CalendarOwner {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
  /** `https://crm.example.com` */
  readonly origin: string;
}

/** Calendars that are asked for every few minutes need not tell of years. */
const PAST_DAYS = 90;
const AHEAD_DAYS = 400;
/** Of each kind. */
const MOST = 2_000;
const PAGE = 200;
/** What nobody said the length of: a call, a task at a time of day. */
const SHORT_MS = 15 * 60_000;
const USUAL_MS = 60 * 60_000;
const LONGEST_TEXT = 4_000;

/** What somebody has before them, and had in the last months: appointments, tasks that are due, days they are away. */
export async function ownCalendar(records: Records, owner: CalendarOwner, now = new Date()): Promise<string> {
  const entries = [
    ...(await appointments(records, owner, now)),
    ...(await dueTasks(records, owner, now)),
    ...(await absences(records, owner, now)),
  ];
  return writeCalendar(`${owner.name} · Tendero`, entries);
}

async function appointments(records: Records, owner: CalendarOwner, now: Date): Promise<CalendarEntry[]> {
  const rows = await all(records, 'interaction', {
    and: [
      { owner: { is: 'me' } },
      { channel: { in: ['meeting', 'visit', 'phone'] } },
      // A call that was made is no appointment.
      { or: [{ channel: { in: ['meeting', 'visit'] } }, { state: { is: 'planned' } }] },
      { at: { gte: momentFrom(now, -PAST_DAYS), lt: momentFrom(now, AHEAD_DAYS) } },
    ],
  });
  return rows.map((row) => {
    const start = new Date(String(row.at));
    const length = row.duration ? Number(row.duration) * 1_000 : row.channel === 'phone' ? SHORT_MS : USUAL_MS;
    return {
      ...common(row, 'interaction', owner),
      summary: [row.subject, titleOf(row, 'account') ?? titleOf(row, 'contact')].filter(Boolean).join(' · '),
      start,
      end: new Date(start.getTime() + length),
      description: textOf(row.body),
      location: textOf(row.place),
      state: row.state === 'cancelled' ? 'cancelled' : 'confirmed',
    };
  });
}

async function dueTasks(records: Records, owner: CalendarOwner, now: Date): Promise<CalendarEntry[]> {
  const rows = await all(records, 'task', {
    and: [
      { owner: { is: 'me' } },
      { status: { in: ['open', 'inProgress', 'waiting'] } },
      { dueOn: { gte: momentFrom(now, -PAST_DAYS).slice(0, 10), lt: momentFrom(now, AHEAD_DAYS).slice(0, 10) } },
    ],
  });
  return rows.map((row) => {
    const day = String(row.dueOn);
    const time = /^\d{2}:\d{2}$/.test(String(row.dueTime ?? '')) ? String(row.dueTime) : null;
    const start = time === null ? null : instantIn(`${day}T${time}`, owner.timeZone);
    return {
      ...common(row, 'task', owner),
      summary: [`☐ ${row.subject}`, titleOf(row, 'account') ?? titleOf(row, 'contact')].filter(Boolean).join(' · '),
      start: start ?? day,
      end: start ? new Date(start.getTime() + SHORT_MS) : addDays(day, 1),
      description: textOf(row.description),
      isFree: true,
    };
  });
}

async function absences(records: Records, owner: CalendarOwner, now: Date): Promise<CalendarEntry[]> {
  const words = translator(owner.language);
  const rows = await all(records, 'absence', {
    and: [{ user: { is: 'me' } }, { until: { gte: momentFrom(now, -PAST_DAYS).slice(0, 10) } }],
  });
  return rows.map((row) => ({
    ...common(row, 'absence', owner),
    summary: words('calendar.away'),
    start: String(row.from),
    end: addDays(String(row.until), 1),
  }));
}

type Row = Record<string, unknown> & { id: string };

/** Nothing of what the person may not read at all. */
async function all(records: Records, object: string, filter: Filter): Promise<Row[]> {
  const rows: Row[] = [];
  const expand = object === 'absence' ? [] : ['account', 'contact'];
  let cursor: string | undefined;
  try {
    do {
      const page = await records.list(object, { filter, expand, limit: PAGE, cursor });
      rows.push(...(page.items as Row[]));
      cursor = page.next ?? undefined;
    } while (cursor && rows.length < MOST);
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'access.denied')) throw error;
  }
  return rows;
}

function common({ id, updatedAt }: Row, object: string, { origin }: CalendarOwner) {
  return {
    uid: `${id}@${new URL(origin).host}`,
    url: `${origin}/o/${object}/${id}`,
    changedAt: new Date(String(updatedAt)),
  };
}

function titleOf(row: Row, reference: string): string | null {
  const expanded = row.expanded as Record<string, { title?: string } | null> | undefined;
  return expanded?.[reference]?.title ?? null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_TEXT) : undefined;
}

function momentFrom(now: Date, days: number): string {
  return new Date(now.getTime() + days * 24 * 3600 * 1_000).toISOString();
}
