import {
  type CalendarLink,
  dropLink,
  dropObject,
  keepLink,
  keepObject,
  linksOf,
} from '#kernel/calendar/calendar-state.ts';
import { occurrencesOf, type Pattern, startOf } from '#kernel/calendar/pattern.ts';
import { type CalendarEvents, readEvents } from '#kernel/calendar/read-events.ts';
import { changeSeriesEvent, type SeriesEvent, seriesIn, writeSeries } from '#kernel/calendar/series-event.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Records } from '#kernel/records/records.ts';
import {
  AHEAD_DAYS,
  hashOf,
  interaction,
  type Meeting,
  meetingOf,
  meetingSeries,
  meetingsOf,
  meetingThere,
  type Occurrence,
  ownMeetingIn,
  patternOf,
  remembered,
  reshape,
  type Series,
  uidOf,
} from '#modules/channels/index.ts';
import { type Base, inDays, type Round, windowOf } from './calendar-round.ts';

/** Under which name a link of a file is that of its series, and not of one of its meetings. */
export const OF_SERIES = 'series';

/** What both sides last agreed on of a series; texts as hashes. */
type SeriesBase = Pattern & Pick<Meeting, 'length' | 'subject' | 'body' | 'place'>;

const fields = ['start', 'timeZone', 'rule', 'length', 'subject', 'body', 'place'] as const;

/** A series that is new here stands in the calendar from now on. */
export async function writeNewSeries(ours: Round, series: Series): Promise<void> {
  const { connected, open, now, keep } = ours;
  const meetings = await meetingsOf(ours.records, series.id);
  const href = open.hrefOf(`${series.id}.ics`);
  const text = writeSeries(seriesEventOf(series, meetings, now));
  await open.write(href, text, null);
  await keep(async (_, connection) => {
    await keepSeriesLink(ours, connection, href, series);
    await linkMeetings(ours, connection, href, text, meetings);
    await keepObject(connection, ours.workspace.schema, connected.id, { href, etag: '', againAt: null, fault: null });
  });
}

/** One that came near since its series was written: the file says it by its rule. */
export async function linkNewOccurrence(ours: Round, href: string, series: Series, one: Occurrence): Promise<void> {
  const usual = { ...textsOf(series), start: one.occursAt!, isCancelled: false };
  const base: Base = { ...remembered(usual), attendees: [], isOwn: true };
  const link = { href, recurrence: one.occursAt!, interaction: one.id, base };
  await ours.keep((_, connection) => keepLink(connection, ours.workspace.schema, ours.connected.id, link));
}

/** What became of series here since both sides agreed goes to the calendar. */
export async function writeChangedSeries(ours: Round): Promise<void> {
  const { workspace, records, connected, open, timeZone, now, keep } = ours;
  const { database, schema } = workspace;
  for (const link of await linksOf<SeriesBase>(database, schema, connected.id)) {
    if (link.recurrence !== OF_SERIES) continue;
    const { href, base } = link;
    const series = await records.find(meetingSeries, { id: link.interaction });
    if (series && series.owner !== connected.user) continue;
    const said = series && saidOf(series);
    if (said && fields.every((name) => said[name] === base[name])) continue;
    const [object] = await open.read([href]);
    if (!object) continue;
    const meetings = series ? await meetingsOf(records, series.id) : [];
    const isOther =
      said !== null && (said.start !== base.start || said.timeZone !== base.timeZone || kindOf(said) !== kindOf(base));
    const text = series && changeSeriesEvent(object.text, seriesEventOf(series, meetings, now), isOther, timeZone);
    // It is no series there any more: what it is, the next round reads.
    if (series && text === null) continue;
    const isDone = text === null ? await open.remove(href, object.etag) : await open.write(href, text, object.etag);
    if (!isDone) continue;
    await keep(async (_, connection) => {
      if (!series || text === null) return dropObject(connection, schema, connected.id, href);
      await keepSeriesLink(ours, connection, href, series);
      await linkMeetings(ours, connection, href, text, meetings);
      await keepObject(connection, schema, connected.id, { href, etag: '', againAt: null, fault: null });
    });
  }
}

/**
 * Brings a series in step with its file, before its meetings are one by one.
 * @returns the series, where one is known or can be
 */
export async function takeSeries(
  ours: Round,
  records: Records,
  connection: Connection,
  {
    href,
    text,
    event,
    link,
  }: { href: string; text: string; event: CalendarEvents; link: CalendarLink<Base> | undefined },
): Promise<Series | null> {
  const { connected, timeZone, now } = ours;
  const { schema } = ours.workspace;
  const known = link?.interaction ?? ownMeetingIn(event.uid);
  const series = known ? await records.find(meetingSeries, { id: known }) : null;
  const said = event.repeats ? seriesIn(text, event.uid, timeZone) : null;
  if (!series) {
    if (known || !said || !isOwn(ours, event)) return null;
    const { pattern, length, summary, description, location } = said;
    const made = await records.create(meetingSeries, {
      ...{ channel: 'meeting', direction: 'out', owner: connected.user, uid: event.uid.slice(0, 500), ...pattern },
      ...{ subject: summary || null, body: description || null, place: location || null, duration: length },
    } as never);
    await keepSeriesLink(ours, connection, href, made);
    return made;
  }
  if (series.owner !== connected.user || !said) return series;
  const base = (link as CalendarLink<unknown> | undefined)?.base as SeriesBase | undefined;
  const { pattern, length, summary: subject, description: body, location: place } = said;
  const there = { ...pattern, length, subject, body, place };
  const here = { ...patternOf(series), ...textsOf(series) };
  const agreed = base ?? hashed(here);
  const changed = fields.filter((name) => hashed(there)[name] !== agreed[name]);
  const merged = { ...here, ...Object.fromEntries(changed.map((name) => [name, there[name]])) };
  const values = {
    ...(changed.includes('length') ? { duration: length } : {}),
    ...Object.fromEntries(changed.flatMap((name) => (isText(name) ? [[name, there[name] || null]] : []))),
  };
  if (changed.some((name) => name === 'start' || name === 'timeZone' || name === 'rule')) {
    const meetings = await meetingsOf(records, series.id);
    const from = meetings[0] ? new Date(meetings[0].occursAt!) : startOf(patternOf(series));
    const { start, rule } = merged;
    await reshape(records, series, meetings, {
      ...{ from, isSplit: false, pattern: { start, timeZone: merged.timeZone, rule }, values },
      ...{ keepsGaps: true, surplus: 'cancel', now },
    });
    // Each is another one now, by when it would have begun; of those that are left out there, it is told by what was agreed on.
    for (const one of await linksOf(connection, schema, connected.id, href))
      if (one.recurrence !== OF_SERIES) await dropLink(connection, schema, connected.id, one);
    const agreedAt = { attendees: [], isOwn: true };
    for (const one of await meetingsOf(records, series.id, now))
      await keepLink(connection, schema, connected.id, {
        ...{ href, recurrence: one.occursAt!, interaction: one.id },
        base: { ...remembered(meetingOf(one)), ...agreedAt } satisfies Base,
      });
  } else if (Object.keys(values).length > 0) await records.update(meetingSeries, series.id, values as never);
  // What changed here only stays open until the calendar has it.
  await keepLink(connection, schema, connected.id, {
    ...{ href, recurrence: OF_SERIES, interaction: series.id },
    base: { ...agreed, ...Object.fromEntries(changed.map((name) => [name, hashed(there)[name]])) },
  });
  return records.read(meetingSeries, series.id);
}

/** Its meetings say which series they are of. @param met by when each would have begun */
export async function joinSeries(
  ours: Round,
  records: Records,
  series: Series,
  met: ReadonlyMap<string, string>,
): Promise<void> {
  if (series.owner !== ours.connected.user) return;
  for (const [recurrence, id] of met) {
    const one = await records.find(interaction, { id }, { fields: ['series', 'repeats', 'owner'] });
    if (!one || one.owner !== series.owner || (one.series === series.id && one.repeats === series.rule)) continue;
    await records.update(interaction, id, { series: series.id, occursAt: recurrence, repeats: series.rule } as never);
  }
}

/** A series that is gone from the calendar goes no further. */
export async function endThere(records: Records, id: string): Promise<void> {
  const series = await records.find(meetingSeries, { id });
  if (series?.laidUntil) await records.update(meetingSeries, id, { laidUntil: null } as never);
}

/** A series as a calendar has it; what guests may not read is left out by whoever tells them. */
export function seriesEventOf(series: Series, meetings: readonly Occurrence[], now: Date): SeriesEvent {
  const pattern = patternOf(series);
  const until = series.laidUntil ? new Date(series.laidUntil) : inDays(now, AHEAD_DAYS);
  const present = new Set(meetings.map((one) => one.occursAt!));
  const moments = occurrencesOf(pattern, startOf(pattern), until);
  const meant = new Set(moments.map((at) => at.toISOString()));
  const { length, subject, body, place } = textsOf(series);
  const usual = { length, subject, body, place, isCancelled: false };
  return {
    ...{ uid: series.uid ?? uidOf(series.id), pattern, length, changedAt: now },
    ...{ summary: subject, description: body, location: place },
    without: moments.filter((at) => !present.has(at.toISOString())),
    changed: meetings.flatMap((one) => {
      const { start, ...own } = meetingOf(one);
      const isUsual =
        start === one.occursAt && Object.entries(own).every(([name, value]) => usual[name as 'body'] === value);
      return isUsual || !meant.has(one.occursAt!)
        ? []
        : {
            ...{ recurrence: new Date(one.occursAt!), start: new Date(start), length: own.length, changedAt: now },
            ...{ summary: own.subject, description: own.body, location: own.place },
            state: own.isCancelled ? ('cancelled' as const) : ('confirmed' as const),
          };
    }),
  };
}

/** What the file says of each by now is what both sides agree on. */
async function linkMeetings(
  ours: Round,
  connection: Connection,
  href: string,
  text: string,
  meetings: readonly Occurrence[],
): Promise<void> {
  const { workspace, connected } = ours;
  for (const link of await linksOf(connection, workspace.schema, connected.id, href))
    if (link.recurrence !== OF_SERIES) await dropLink(connection, workspace.schema, connected.id, link);
  const byMoment = new Map(meetings.map((one) => [one.occursAt!, one.id]));
  for (const { occurrences } of readEvents(text, windowOf(ours)))
    for (const one of occurrences) {
      const id = byMoment.get(one.recurrence);
      const attendees = one.attendees.map(({ address }) => hashOf(address));
      const base: Base = { ...remembered(meetingThere(one)), attendees, isOwn: true };
      if (id)
        await keepLink(connection, workspace.schema, connected.id, {
          href,
          recurrence: one.recurrence,
          interaction: id,
          base,
        });
    }
}

async function keepSeriesLink(
  { workspace, connected }: Round,
  connection: Connection,
  href: string,
  series: Series,
): Promise<void> {
  const link = { href, recurrence: OF_SERIES, interaction: series.id, base: saidOf(series) };
  await keepLink(connection, workspace.schema, connected.id, link);
}

/** What nobody invited to, or its owner did, is theirs to change. */
function isOwn({ connected, owner }: Round, { occurrences }: CalendarEvents): boolean {
  const organizer = occurrences[0]?.attendees.find(({ isOrganizer }) => isOrganizer);
  return !organizer || [connected.username, owner].some((one) => one.toLowerCase() === organizer.address);
}

function saidOf(series: Series): SeriesBase {
  return hashed({ ...patternOf(series), ...textsOf(series) });
}

function textsOf({ duration, subject, body, place }: Series): Pick<Meeting, 'length' | 'subject' | 'body' | 'place'> {
  const { length, ...texts } = meetingOf({
    at: new Date().toISOString(),
    state: 'planned',
    duration,
    subject,
    body,
    place,
  });
  return { length, subject: texts.subject, body: texts.body, place: texts.place };
}

function hashed(said: SeriesBase): SeriesBase {
  return { ...said, subject: hashOf(said.subject), body: hashOf(said.body), place: hashOf(said.place) };
}

/** A rule without its end: those that it still has are the same. */
const kindOf = ({ rule }: Pattern) => rule.replace(/;(UNTIL|COUNT)=[^;]*/, '');
const isText = (name: string) => name === 'subject' || name === 'body' || name === 'place';
