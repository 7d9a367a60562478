import ICAL from 'ical.js';
import { addDays, instantIn, localIn } from '../fields/calendar.ts';
import { readRecurrence, writeRecurrence } from '../fields/recurrence/format.ts';
import { type CalendarEntry, calendarOf, eventOf } from './ics.ts';
import { type Pattern, startOf } from './pattern.ts';
import {
  type Moment,
  momentOf,
  occurrence,
  parsed,
  recurrenceOf,
  repeats,
  textOf,
  understood,
  wallOf,
} from './read-events.ts';
import { zoneComponent } from './zone.ts';

/** What a series and each of its meetings say. */
export type SeriesEntry = Omit<CalendarEntry, 'uid' | 'start' | 'end'>;

/** One that is another one than its series says, by when it would have begun. */
export interface ChangedOccurrence extends SeriesEntry {
  readonly recurrence: Date;
  readonly start: Date;
  /** Seconds. */
  readonly length: number;
}

export interface SeriesEvent extends SeriesEntry {
  readonly uid: string;
  readonly pattern: Pattern;
  /** Seconds. */
  readonly length: number;
  /** Those that are left out. */
  readonly without: readonly Date[];
  readonly changed: readonly ChangedOccurrence[];
}

/** The file of a series in somebody's calendar. */
export function writeSeries(series: SeriesEvent): string {
  const calendar = calendarOf(null);
  for (const part of seriesComponents(series)) calendar.addSubcomponent(part);
  return `${calendar.toString()}\r\n`;
}

/** Its zone, the series, and those of it that were changed: as RFC 5545 has them. */
export function seriesComponents(series: SeriesEvent): ICAL.Component[] {
  return [...zoneOf(series.pattern), masterOf(series), ...series.changed.map((one) => changedOf(series, one))];
}

/** One of a series on its own, with its zone. */
export function occurrenceComponents(series: SeriesEvent, one: ChangedOccurrence): ICAL.Component[] {
  return [...zoneOf(series.pattern), changedOf(series, one)];
}

function zoneOf(pattern: Pattern): ICAL.Component[] {
  return pattern.timeZone === 'UTC' ? [] : [zoneComponent(pattern.timeZone, startOf(pattern))];
}

function masterOf(series: SeriesEvent): ICAL.Component {
  const { uid, pattern, length, without } = series;
  const start = startOf(pattern);
  const event = eventOf({ ...series, uid, start, end: new Date(+start + length * 1_000) });
  writePattern(event, pattern, length);
  for (const one of without) event.addProperty(zoned('exdate', one, pattern.timeZone));
  return event;
}

function changedOf({ uid, pattern }: Pick<SeriesEvent, 'uid' | 'pattern'>, one: ChangedOccurrence): ICAL.Component {
  const end = new Date(+one.start + one.length * 1_000);
  const event = eventOf({ ...one, uid, start: one.start, end });
  replace(event, zoned('recurrence-id', one.recurrence, pattern.timeZone));
  replace(event, zoned('dtstart', one.start, pattern.timeZone));
  replace(event, zoned('dtend', end, pattern.timeZone));
  return event;
}

/**
 * A file with its series changed; everything else in it stays as its owner's program wrote it. At another time or by another rule, those
 * that were changed or left out are said anew.
 * @param series as it is now
 * @param isOther whether its occurrences are others than before
 * @throws UnreadableEvent
 */
export function changeSeriesEvent(
  text: string,
  series: SeriesEvent,
  isOther: boolean,
  timeZone: string,
): string | null {
  return understood(() => {
    const calendar = parsed(text);
    const events = calendar.getAllSubcomponents('vevent');
    const master = events.find((event) => !event.hasProperty('recurrence-id'));
    if (!master || !repeats(master)) return null;
    const fresh = masterOf(series);
    for (const name of ['summary', 'description', 'location', 'dtstamp', 'last-modified']) {
      const property = fresh.getFirstProperty(name);
      if (property) replace(master, property);
      else master.removeAllProperties(name);
    }
    const sequence = Number(master.getFirstPropertyValue('sequence') ?? 0) || 0;
    master.updatePropertyWithValue('sequence', sequence + 1);
    if (isOther) {
      for (const name of ['exdate', 'rdate', 'exrule', 'duration']) master.removeAllProperties(name);
      writePattern(master, series.pattern, series.length);
      for (const one of series.without) master.addProperty(zoned('exdate', one, series.pattern.timeZone));
      for (const event of events) if (event !== master) calendar.removeSubcomponent(event);
      for (const one of series.changed) calendar.addSubcomponent(changedOf(series, one));
      addZone(calendar, series.pattern);
    } else {
      replace(master, ruleOf(series.pattern));
      master.removeAllProperties('duration');
      const start = momentOf(master, 'dtstart', { timeZone });
      replace(master, zoned('dtend', new Date(+start.at + series.length * 1_000), series.pattern.timeZone));
      if (series.pattern.timeZone !== 'UTC') addZone(calendar, series.pattern);
      // Those that the series no longer reaches.
      const last = readRecurrence(series.pattern.rule)?.until;
      for (const event of events) {
        if (event === master || last === undefined) continue;
        const id = recurrenceOf(momentOf(event, 'recurrence-id', { timeZone }));
        if (localIn(new Date(id), series.pattern.timeZone).slice(0, 10) > last) calendar.removeSubcomponent(event);
      }
    }
    return `${calendar.toString()}\r\n`;
  });
}

/** What a file says of a series as a whole. */
export interface SeriesThere {
  readonly pattern: Pattern;
  /** Seconds. */
  readonly length: number;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
}

/**
 * The series of a file, where it can be said by one rule of days and a clock that is known.
 * @param timeZone of times that name none
 * @throws UnreadableEvent
 */
export function seriesIn(text: string, uid: string, timeZone: string): SeriesThere | null {
  return understood(() => {
    const master = parsed(text)
      .getAllSubcomponents('vevent')
      .find((event) => textOf(event, 'uid') === uid && !event.hasProperty('recurrence-id'));
    const rules = master?.getAllProperties('rrule') ?? [];
    if (!master || rules.length !== 1 || master.hasProperty('rdate') || master.hasProperty('exrule')) return null;
    const start = momentOf(master, 'dtstart', { timeZone });
    const rule = start.isDay ? null : ruleIn(rules[0]!.getFirstValue() as ICAL.Recur, start);
    if (rule === null || start.zone === null) return null;
    const { summary, description, location, end } = occurrence(master, null, { timeZone });
    return {
      ...{ pattern: { start: start.wall, timeZone: start.zone, rule }, summary, description, location },
      length: Math.round((+end - +start.at) / 1_000),
    };
  });
}

/** The end of a rule is an instant, its days are counted by the clock; whoever ends within a day means the one before. */
function ruleIn(recur: ICAL.Recur, start: Moment): string | null {
  const { until } = recur;
  const parts = recur.toString().replace(/;?UNTIL=[^;]*/, '');
  const rule = readRecurrence(parts);
  if (!rule || !until) return rule && writeRecurrence(rule);
  const isInstant = !until.isDate && until.zone === ICAL.Timezone.utcTimezone;
  const wall = isInstant ? start.wallAt(until.toJSDate()) : wallOf(until);
  const isWhole = until.isDate || wall.slice(11) >= start.wall.slice(11);
  return writeRecurrence({ ...rule, until: isWhole ? wall.slice(0, 10) : addDays(wall.slice(0, 10), -1) });
}

function writePattern(event: ICAL.Component, pattern: Pattern, length: number): void {
  const start = startOf(pattern);
  replace(event, zoned('dtstart', start, pattern.timeZone));
  replace(event, zoned('dtend', new Date(+start + length * 1_000), pattern.timeZone));
  replace(event, ruleOf(pattern));
}

/** Its end as an instant: RFC 5545 wants that where the beginning has a zone. */
function ruleOf({ rule, timeZone }: Pattern): ICAL.Property {
  const { until, ...endless } = readRecurrence(rule)!;
  const end =
    until &&
    instantIn(`${until}T23:59:59`, timeZone)
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, '');
  const property = new ICAL.Property('rrule');
  property.setValue(ICAL.Recur.fromString(`${writeRecurrence(endless)}${end ? `;UNTIL=${end}` : ''}`));
  return property;
}

/** A time by the clock of a zone. */
function zoned(name: string, at: Date, timeZone: string): ICAL.Property {
  const property = new ICAL.Property(name);
  property.resetType('date-time');
  if (timeZone === 'UTC') property.setValue(ICAL.Time.fromJSDate(at, true));
  else {
    const [year, month, day, hour, minute, second] = localIn(at, timeZone).split(/\D/).map(Number) as [
      ...[number, number, number],
      ...[number, number, number],
    ];
    property.setValue(ICAL.Time.fromData({ year, month, day, hour, minute, second }));
    property.setParameter('tzid', timeZone);
  }
  return property;
}

function addZone(calendar: ICAL.Component, { timeZone }: Pattern): void {
  const isThere = calendar
    .getAllSubcomponents('vtimezone')
    .some((one) => one.getFirstPropertyValue('tzid') === timeZone);
  if (!isThere && timeZone !== 'UTC') calendar.addSubcomponent(zoneComponent(timeZone, new Date()));
}

function replace(event: ICAL.Component, property: ICAL.Property): void {
  event.removeAllProperties(property.name);
  event.addProperty(property);
}
