import {
  endedBefore,
  isOver,
  movedFrom,
  occurrencesOf,
  type Pattern,
  patternFrom,
  startOf,
} from '#kernel/calendar/pattern.ts';
import { readRecurrence } from '#kernel/fields/recurrence/format.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Save } from '#kernel/object/rules.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import { interaction } from '../interaction.object.ts';
import { meetingSeries } from './meeting-series.object.ts';
import { joinMeetings, regularsOf } from './series-people.ts';

/** Occurrences stand here as meetings so far ahead: an endless series has no end. */
export const AHEAD_DAYS = 180;
const DAY_MS = 24 * 3600 * 1_000;
const SLACK_MS = 3 * 3600 * 1_000;
/** Of one series. */
const MOST = 1_000;

export type Series = RecordOf<typeof meetingSeries>;
export type Occurrence = RecordOf<typeof interaction>;

/** What all meetings of a series have in common, unless one was changed on its own. */
const common = [
  ...['subject', 'channel', 'direction', 'body', 'duration', 'place', 'account', 'contact', 'opportunity', 'owner'],
] as const;
/** What belongs to one meeting alone, whatever else was entered with the first. */
const ownMatter: ReadonlySet<string> = new Set([
  ...['at', 'state', 'outcome', 'sentiment', 'conversation', 'pinned', 'stop', 'arrivedAt', 'leftAt', 'arrivedPlace'],
  ...['leftPlace', 'attachments', 'original', 'repeats'],
]);

/** Which meetings of a series a change is of, beside the one at which it was made. */
export type SeriesScope = 'following' | 'all';

/** What becomes of those that the series no longer has: deleted by people, called off when a calendar no longer has them. */
type Surplus = 'remove' | 'cancel';

export function patternOf({ start, timeZone, rule }: Pick<Series, 'start' | 'timeZone' | 'rule'>): Pattern {
  return { start, timeZone, rule };
}

/** Those that are not deleted, in the order of the rule. @param from when it would have begun */
export async function meetingsOf(records: Records, series: string, from?: Date): Promise<Occurrence[]> {
  const filter: Filter = { series, ...(from ? { occursAt: { gte: from.toISOString() } } : {}) };
  const all: Occurrence[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { filter, sort: ['occursAt'], limit: 500, ...(cursor ? { cursor } : {}) };
    const page = await records.list(interaction, query);
    all.push(...page.items);
    if (page.next === null || all.length >= MOST) return all;
    cursor = page.next;
  }
}

/** Begins a series with a meeting that is being saved: it is the first one, those that follow are made beside it. */
export async function beginSeries({ after, set, refuse, context }: Save<Occurrence>): Promise<void> {
  const { keeper, now } = context;
  const rule = readRecurrence(after.repeats!);
  if (!keeper || !rule) return;
  const owner = after.owner && (await keeper.find('user', { id: after.owner }, { fields: ['timeZone'] }));
  const timeZone = (owner && (owner.timeZone as string | null)) || context.timeZone;
  const pattern = patternFrom(rule, new Date(after.at), timeZone);
  const horizon = horizonOf(now);
  if (!pattern) return refuse('repeats', 'field.never-recurs');
  const values = Object.fromEntries(common.map((name) => [name, after[name]]));
  const first = startOf(pattern);
  const { id } = await keeper.create(meetingSeries, {
    ...values,
    ...pattern,
    laidUntil: laidUntil(pattern, horizon),
  } as never);
  set('at', first.toISOString());
  set('occursAt', first.toISOString());
  set('repeats', pattern.rule);
  set('series', id);
  const entered = (context.entered?.(interaction.name) ?? common).filter((name) => !ownMatter.has(name));
  const copy = Object.fromEntries([...entered, ...common].map((name) => [name, after[name as keyof Occurrence]]));
  const following = occurrencesOf(pattern, new Date(+first + 1), horizon);
  await lay(keeper, { id, rule: pattern.rule }, copy, following);
}

/**
 * Makes those meetings of series that came near since. Of two workers that do it at once the second finds another version.
 * @param records of the program
 * @returns how many
 */
export async function layAhead(records: Records, now: Date): Promise<number> {
  const horizon = horizonOf(now);
  const soon = new Date(+horizon - DAY_MS).toISOString();
  const { items } = await records.list(meetingSeries, { filter: { laidUntil: { lt: soon } }, limit: 100 });
  let laid = 0;
  for (const series of items) {
    const pattern = patternOf(series);
    laid += await records.transaction(async (inside) => {
      const { version } = series;
      await inside.update(meetingSeries, series.id, { laidUntil: laidUntil(pattern, horizon) } as never, { version });
      const coming = occurrencesOf(pattern, new Date(series.laidUntil!), horizon);
      return lay(inside, series, valuesOf(series), coming, await regularsOf(inside, series.id, now));
    });
  }
  return laid;
}

/**
 * Changes a series from one of its meetings on, or all of it. What has been stays as it was: with another time or rule, a series of
 * which some have been ends, and a new one begins. A meeting that was changed on its own keeps what it has of its own.
 *
 * @param records with the rights of whoever changes it, that may write what is read-only
 * @param changes of the fields of a meeting; of `repeats` null ends the series with this one
 */
export async function changeSeries(
  records: Records,
  edited: Occurrence,
  scope: SeriesScope,
  changes: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<void> {
  const series = await records.read(meetingSeries, edited.series!);
  if ('repeats' in changes && changes.repeats === null) return endSeries(records, edited, 'following', now, edited.id);
  const pattern = patternOf(series);
  const meetings = await meetingsOf(records, series.id);
  const isOther = 'repeats' in changes || ('at' in changes && changes.at !== edited.at);
  const was = new Date(edited.occursAt!);
  // Of all, only those that are still to come can be at another time.
  const upcoming = meetings.find((one) => new Date(one.at) > now && one.state === 'planned') ?? edited;
  const begin = scope === 'following' ? edited : isOther ? upcoming : meetings[0]!;
  const from = new Date(begin.occursAt!);
  const at = 'at' in changes ? new Date(changes.at as string) : was;
  const next = isOther ? nextPattern(pattern, { from, was, at, repeats: changes.repeats as string | undefined }) : null;
  const isSplit = (scope === 'following' || isOther) && from > startOf(pattern);
  const values = Object.fromEntries(Object.entries(changes).filter(([name]) => isCommon(name)));
  await reshape(records, series, meetings, {
    ...{ from, isSplit, values, edited: edited.id, now },
    pattern: next ?? (isSplit ? movedFrom(pattern, from, from, from) : pattern),
    keepsGaps: !('repeats' in changes),
    surplus: 'remove',
  });
}

/** Deletes those of a series that follow one, and it, or all that are still to come. @param kept one that stays, alone */
export async function endSeries(
  records: Records,
  edited: Occurrence,
  scope: SeriesScope,
  now: Date,
  kept?: string,
): Promise<void> {
  const series = await records.read(meetingSeries, edited.series!);
  const meetings = await meetingsOf(records, series.id);
  const first = meetings.find((one) => new Date(one.at) > now && one.state === 'planned');
  const all = [edited.occursAt!, first?.occursAt ?? edited.occursAt!].sort()[0]!;
  const from = scope === 'all' ? all : edited.occursAt!;
  const gone = meetings.filter((one) => one.occursAt! >= from && one.id !== kept);
  if (kept) await records.update(interaction, kept, { series: null, occursAt: null, repeats: null } as never);
  if (gone.length > 0) await records.removeMany(interaction, { ids: gone.map(({ id }) => id) }, { atomic: true });
  const left = meetings.filter((one) => one.occursAt! < from);
  if (left.length === 0) return records.remove(meetingSeries, series.id);
  const rule = endedBefore(patternOf(series), new Date(from));
  await records.update(meetingSeries, series.id, { rule, laidUntil: null } as never);
  await rename(records, left, rule);
}

/** What becomes of a series. */
export interface Reshaping {
  /** When the first one that is meant would have begun. */
  readonly from: Date;
  /** Those before stay in a series of their own, which ends. */
  readonly isSplit: boolean;
  readonly pattern: Pattern;
  /** Of the fields that all have in common. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The one at which the change was made: it takes all of it. */
  readonly edited?: string | undefined;
  /** What was left out stays left out. */
  readonly keepsGaps: boolean;
  readonly surplus: Surplus;
  readonly now: Date;
}

/** Brings a series to another pattern and other values: its meetings stay the same records, one by one, in their order. */
export async function reshape(
  records: Records,
  series: Series,
  meetings: readonly Occurrence[],
  { from, isSplit, pattern, values, edited, keepsGaps, surplus, now }: Reshaping,
): Promise<void> {
  const horizon = horizonOf(now);
  const before = patternOf(series);
  const until = series.laidUntil ? new Date(series.laidUntil) : horizon;
  const old = occurrencesOf(before, from, until);
  // As far into the new one as it is into the old one; an hour or two more where the clocks change in between.
  const moved = isSplit ? startOf(pattern) : new Date(+from + +startOf(pattern) - +startOf(before) - SLACK_MS);
  const coming = occurrencesOf(pattern, moved, horizon);
  const settled = { ...pattern, laidUntil: laidUntil(pattern, horizon) };
  const people = await regularsOf(records, series.id, now);
  let target = series.id;
  if (isSplit) {
    const rule = endedBefore(before, from);
    target = (
      await records.create(meetingSeries, { ...valuesOf(series), ...values, ...settled, follows: series.id } as never)
    ).id;
    await records.update(meetingSeries, series.id, { rule, laidUntil: null } as never);
    await rename(
      records,
      meetings.filter((one) => new Date(one.occursAt!) < from),
      rule,
    );
  } else await records.update(meetingSeries, series.id, { ...values, ...settled } as never);
  const byMoment = new Map(meetings.map((one) => [one.occursAt!, one]));
  const changed: { id: string; changes: Record<string, unknown> }[] = [];
  const gone: Occurrence[] = [];
  const missing: Date[] = [];
  for (let index = 0; index < Math.max(old.length, coming.length); index++) {
    const one = old[index] ? byMoment.get(old[index]!.toISOString()) : undefined;
    const at = coming[index];
    if (one && !at) gone.push(one);
    else if (one && at)
      changed.push({ id: one.id, changes: changesOf(one, series, { at, target, pattern, values, edited }) });
    else if (at && (!keepsGaps || !old[index])) missing.push(at);
  }
  const some = changed.filter(({ changes }) => Object.keys(changes).length > 0);
  if (some.length > 0) await records.updateEach(interaction, some, { atomic: true });
  if (gone.length > 0 && surplus === 'remove')
    await records.removeMany(interaction, { ids: gone.map(({ id }) => id) }, { atomic: true });
  const off = gone.filter((one) => one.state === 'planned' && new Date(one.at) > now);
  if (surplus === 'cancel' && off.length > 0)
    await records.updateMany(interaction, { ids: off.map(({ id }) => id) }, { state: 'cancelled' }, { atomic: true });
  await lay(records, { id: target, rule: pattern.rule }, { ...valuesOf(series), ...values }, missing, people);
}

function changesOf(
  one: Occurrence,
  series: Series,
  {
    at,
    target,
    pattern,
    values,
    edited,
  }: { at: Date; target: string; pattern: Pattern; values: object; edited: string | undefined },
): Record<string, unknown> {
  const moment = at.toISOString();
  const isOpen = one.state === 'planned' || one.state === 'cancelled';
  const isOwn = (name: string) => one.id !== edited && !isSame(one[name as 'subject'], series[name as 'subject']);
  const shared = Object.entries(values).filter(
    ([name, value]) => !isOwn(name) && !isSame(one[name as 'subject'], value),
  );
  return {
    ...(one.series === target ? {} : { series: target }),
    ...(one.occursAt === moment ? {} : { occursAt: moment }),
    ...(one.repeats === pattern.rule ? {} : { repeats: pattern.rule }),
    ...(isOpen && one.at !== moment && (one.at === one.occursAt || one.id === edited) ? { at: moment } : {}),
    ...Object.fromEntries(shared),
  };
}

/** @param people who take part in them */
async function lay(
  records: Records,
  { id, rule }: Pick<Series, 'id' | 'rule'>,
  values: Readonly<Record<string, unknown>>,
  moments: readonly Date[],
  people: Parameters<typeof joinMeetings>[1] = [],
): Promise<number> {
  if (moments.length === 0) return 0;
  const inputs = moments.map((at) => ({
    ...{ ...values, series: id, repeats: rule, at: at.toISOString(), occursAt: at.toISOString() },
    state: at > new Date() ? 'planned' : 'done',
  }));
  const { results } = await records.createMany(interaction, inputs, { atomic: true });
  await joinMeetings(
    records,
    people,
    results.flatMap(({ id: made }) => made ?? []),
  );
  return inputs.length;
}

/** What is read beside each: how often it takes place. */
async function rename(records: Records, meetings: readonly Occurrence[], rule: string): Promise<void> {
  const ids = meetings.filter(({ repeats }) => repeats !== rule).map(({ id }) => id);
  if (ids.length > 0) await records.updateMany(interaction, { ids }, { repeats: rule }, { atomic: true });
}

function nextPattern(
  pattern: Pattern,
  { from, was, at, repeats }: { from: Date; was: Date; at: Date; repeats: string | undefined },
): Pattern {
  const moved = movedFrom(pattern, from, was, at);
  const rule = repeats === undefined ? null : readRecurrence(repeats);
  return (rule && patternFrom(rule, startOf(moved), pattern.timeZone)) ?? moved;
}

function laidUntil(pattern: Pattern, horizon: Date): string | null {
  return isOver(pattern, horizon) ? null : horizon.toISOString();
}

function valuesOf(series: Series): Record<string, unknown> {
  return Object.fromEntries(common.map((name) => [name, series[name]]));
}

const isCommon = (name: string) => (common as readonly string[]).includes(name);
const isSame = (one: unknown, other: unknown) => (one ?? null) === (other ?? null);
const horizonOf = (now: Date) => new Date(+now + AHEAD_DAYS * DAY_MS);
