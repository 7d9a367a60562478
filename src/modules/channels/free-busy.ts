import { asSystem } from '#kernel/access/access.ts';
import { takenTimes } from '#kernel/calendar/calendar-state.ts';
import { addDays, dayIn, startOfDay } from '#kernel/fields/calendar.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Page } from '#kernel/query/query.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { awayBetween, hoursOf, workingStretches } from '#modules/teamwork/index.ts';
import { interaction } from './interaction.object.ts';
import { participant } from './participant.object.ts';

/** From the first moment until the one that has no part in it any more. */
export interface Stretch {
  readonly from: Date;
  readonly until: Date;
}

/** Time that is taken. What by is for those who may read the record. */
export interface Busy extends Stretch {
  /** `taken`: by what stands in their own calendar and is nobody else's to see. */
  readonly kind: 'interaction' | 'absence' | 'holiday' | 'taken';
  /** Of the record. */
  readonly id: string | null;
  /** Of a day on which the company does not work: how it is called. */
  readonly name?: string;
}

export interface PersonTimes {
  readonly user: string;
  readonly timeZone: string;
  /** When they work; null where neither they nor the company say any hours. */
  readonly working: readonly Stretch[] | null;
  /** In the order of their beginnings; they may overlap. */
  readonly busy: readonly Busy[];
}

/** What nobody said the length of. */
const USUAL_MS = { phone: 15 * 60_000, other: 60 * 60_000 };
/** The longest that an interaction may take. */
const LONGEST_MS = 30 * 24 * 3600 * 1_000;
const AT_ONCE = 500;

/**
 * When some people work, and when something is in their way: appointments that are theirs or that they take part in, calls that
 * are planned, days they are away, and those on which the company does not work. It is the same whoever asks; the ids in it lead to what the reader may see through their
 * own door.
 *
 * @param users ids; of those who do not work here any more nothing is told
 * @returns in the order of `users`
 * @example
 * const people = await freeBusy(workspace, [userId], from, until);
 * const slots = freeTimes(people, { from, until, lengthMs: 30 * 60_000 });
 */
export async function freeBusy(
  workspace: Workspace,
  users: readonly string[],
  from: Date,
  until: Date,
): Promise<PersonTimes[]> {
  if (users.length === 0 || until <= from) return [];
  const records = recordsFor(workspace, asSystem('that somebody is busy is told whoever asks'), 'calendar');
  const among = { in: [...new Set(users)] };
  const people = await every((cursor) =>
    records.list('user', { filter: { id: among, active: true }, fields: ['timeZone', 'workingHours'], ...cursor }),
  );
  const busy = new Map(people.map(({ id }) => [id, [] as Busy[]]));
  const fields = ['channel', 'at', 'duration', 'owner'];
  const when = { gte: new Date(from.getTime() - LONGEST_MS).toISOString(), lt: until.toISOString() };
  const own = await every((cursor) =>
    records.list(interaction, { filter: { and: [{ owner: among, at: when }, takesTime('')] }, fields, ...cursor }),
  );
  const theirs = await every((cursor) =>
    records.list(participant, {
      filter: { and: [{ user: among, 'interaction.at': when }, isComing, takesTime('interaction.')] },
      fields: ['user', 'interaction', ...fields.map((field) => `interaction.${field}`)],
      ...cursor,
    }),
  );
  const seen = new Set<string>();
  const take = (user: unknown, id: string, appointment: object, prefix = '') => {
    const list = busy.get(user as string);
    if (!list || seen.has(`${user} ${id}`)) return;
    seen.add(`${user} ${id}`);
    const row = appointment as Record<string, unknown>;
    const start = new Date(row[`${prefix}at`] as string);
    const seconds = row[`${prefix}duration`] as number | null;
    const usual = row[`${prefix}channel`] === 'phone' ? USUAL_MS.phone : USUAL_MS.other;
    const end = new Date(start.getTime() + (seconds === null ? usual : seconds * 1_000));
    if (end > from && start < until) list.push({ kind: 'interaction', id, from: start, until: end });
  };
  for (const row of own) take(row.owner, row.id, row);
  for (const row of theirs) take(row.user, row.interaction, row, 'interaction.');
  const zones = new Map(people.map(({ id, timeZone }) => [id, timeZone as string]));
  // A day begins elsewhere up to fourteen hours earlier or later.
  for (const away of await awayBetween(records, addDays(dayIn(from, 'UTC'), -1), addDays(dayIn(until, 'UTC'), 1))) {
    const timeZone = zones.get(away.user);
    if (timeZone === undefined) continue;
    const start = startOfDay(away.from, timeZone);
    const end = startOfDay(addDays(away.until, 1), timeZone);
    if (end > from && start < until)
      busy.get(away.user)!.push({ kind: 'absence', id: away.id, from: start, until: end });
  }
  for (const { on, name } of workspace.settings.holidays ?? [])
    for (const [user, timeZone] of zones) {
      const [start, end] = [startOfDay(on, timeZone), startOfDay(addDays(on, 1), timeZone)];
      if (end > from && start < until)
        busy.get(user)!.push({ kind: 'holiday', id: null, name, from: start, until: end });
    }
  for (const { user, ...time } of await takenTimes(workspace.database, workspace.schema, [...busy.keys()], from, until))
    busy.get(user)!.push({ kind: 'taken', id: null, ...time });
  const of = new Map(people.map((person) => [person.id, person]));
  return [...new Set(users)].flatMap((user): PersonTimes[] => {
    const person = of.get(user);
    if (!person) return [];
    const timeZone = person.timeZone as string;
    const { workingHours } = workspace.settings;
    const hours = hoursOf({ workingHours: person.workingHours }, workingHours ? { workingHours } : {});
    return [
      {
        user,
        timeZone,
        working: hours && workingStretches(hours, from, until, timeZone),
        busy: busy.get(user)!.sort((a, b) => +a.from - +b.from || +a.until - +b.until),
      },
    ];
  });
}

export interface TimesWanted extends Stretch {
  readonly lengthMs: number;
  /** Kept free before and after. */
  readonly bufferMs?: number;
  /** Beginnings are this far apart, counted from `from`. */
  readonly stepMs?: number;
  /** At most so many. */
  readonly most?: number;
}

/** Stretches of a length during which everybody works and nobody is busy, earliest first. */
export function freeTimes(
  people: readonly Pick<PersonTimes, 'working' | 'busy'>[],
  { from, until, lengthMs, bufferMs = 0, stepMs = 15 * 60_000, most = 1_000 }: TimesWanted,
): Stretch[] {
  const free = people.reduce<readonly Stretch[]>(
    (left, { working, busy }) => without(working ? common(left, joined(working)) : left, padded(busy, bufferMs)),
    [{ from, until }],
  );
  const found: Stretch[] = [];
  for (const one of free) {
    const skipped = Math.ceil((+one.from - +from) / stepMs) * stepMs;
    for (let at = +from + skipped; at + lengthMs <= +one.until && found.length < most; at += stepMs)
      found.push({ from: new Date(at), until: new Date(at + lengthMs) });
  }
  return found;
}

/** Whoever said no has the time for something else. */
const isComing: Filter = {
  role: { isNot: 'uninvited' },
  or: [{ response: null }, { response: { isNot: 'declined' } }],
};

/** Appointments that are to be, or were; calls only while they are planned. */
function takesTime(prefix: string): Filter {
  const planned = { [`${prefix}state`]: { is: 'planned' } };
  return {
    or: [
      { [`${prefix}channel`]: { in: ['meeting', 'visit'] }, [`${prefix}state`]: { in: ['planned', 'done'] } },
      { [`${prefix}channel`]: { is: 'phone' }, ...planned },
    ],
  };
}

function padded(stretches: readonly Stretch[], by: number): Stretch[] {
  return joined(stretches.map((one) => ({ from: new Date(+one.from - by), until: new Date(+one.until + by) })));
}

/** In their order, those that touch made one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const one of stretches.toSorted((a, b) => +a.from - +b.from)) {
    const last = all.at(-1);
    if (last && one.from <= last.until) all[all.length - 1] = { from: last.from, until: later(last.until, one.until) };
    else all.push(one);
  }
  return all;
}

function common(some: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      const stretch = { from: later(one.from, other.from), until: earlier(one.until, other.until) };
      return stretch.from < stretch.until ? [stretch] : [];
    }),
  );
}

function without(some: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  return some.flatMap((one) => {
    const left: Stretch[] = [];
    let at = one.from;
    for (const { from, until } of taken) {
      if (until <= at || from >= one.until) continue;
      if (from > at) left.push({ from: at, until: from });
      at = later(at, until);
    }
    return at < one.until ? [...left, { from: at, until: one.until }] : left;
  });
}

const later = (one: Date, other: Date) => (one > other ? one : other);
const earlier = (one: Date, other: Date) => (one < other ? one : other);

async function every<Row>(page: (options: { limit: number; cursor?: string }) => Promise<Page<Row>>): Promise<Row[]> {
  const all: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await page({ limit: AT_ONCE, ...(cursor ? { cursor } : {}) });
    all.push(...items);
    if (next === null) return all;
    cursor = next;
  }
}
