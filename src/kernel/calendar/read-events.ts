import ICAL from 'ical.js';
import { RRuleTemporal } from 'rrule-temporal';
import { addDays, instantIn, isDay, localIn } from '../fields/calendar.ts';

/** Somebody who takes part, by what the calendar says of them. */
export interface Attendee {
  /** In small letters. */
  readonly address: string;
  readonly name: string;
  readonly response: 'needs-action' | 'accepted' | 'declined' | 'tentative';
  readonly isOrganizer: boolean;
}

/** An event, or one occurrence of it. */
export interface Occurrence {
  /** Which one of a series, by when it would have begun: `2026-11-22T08:00:00.000Z`, or its day; empty for an event alone. */
  readonly recurrence: string;
  readonly start: Date;
  readonly end: Date;
  readonly isAllDay: boolean;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  /** What somebody adds to their answer. */
  readonly comment: string;
  readonly isCancelled: boolean;
  /** Its owner lets nobody else see it. */
  readonly isPrivate: boolean;
  /** One can be asked for something else meanwhile. */
  readonly isFree: boolean;
  readonly attendees: readonly Attendee[];
}

export interface CalendarEvents {
  readonly uid: string;
  /** Grows with each change that those invited have to hear of. */
  readonly sequence: number;
  /** Of a message (RFC 5546): `REQUEST`, `CANCEL` …; null in a calendar. */
  readonly method: string | null;
  readonly stampedAt: Date | null;
  readonly repeats: boolean;
  readonly occurrences: readonly Occurrence[];
}

export interface Window {
  readonly from: Date;
  readonly until: Date;
  /** Of times that name none, and of zones that nobody knows. */
  readonly timeZone: string;
}

/** Why a file is kept as it is and not understood. */
export class UnreadableEvent extends Error {}

/** Characters. A meeting with 500 people has 60 kB. */
const LONGEST = 1_000_000;
/** A year of days is more than anybody looks ahead. */
const MOST_OCCURRENCES = 400;
const MOST_ATTENDEES = 200;
/** An end by number has to be counted to; without one the library leaps. */
const TRIES = 10_000;
const DAY_MS = 24 * 3600 * 1_000;
const LONGEST_TEXT = { line: 250, text: 20_000, place: 300, comment: 1_000, uid: 500 };
const MOST_CHANGES = 2 ** 31 - 1;

/**
 * Reads the events of a file, each with its occurrences in a window of time: rules, further and left out dates, and those that
 * were moved or changed on their own. Endless series end with the window; rules that have no day cost a moment.
 * @throws UnreadableEvent for what is no calendar, has no event, or events without a beginning
 */
export function readEvents(text: string, window: Window): CalendarEvents[] {
  return understood(() => eventsOf(parsed(text), window));
}

/** The library says what it does not understand in errors of many kinds, and only when it comes to the value. */
export function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof UnreadableEvent ? error : new UnreadableEvent((error as Error).message.slice(0, 200));
  }
}

function eventsOf(calendar: ICAL.Component, window: Window): CalendarEvents[] {
  const events = calendar.getAllSubcomponents('vevent').slice(0, MOST_OCCURRENCES);
  if (events.length === 0) throw new UnreadableEvent('There is no event in it');
  const method = textOf(calendar, 'method').toUpperCase() || null;
  const byUid = Map.groupBy(events, (event) => textOf(event, 'uid'));
  return [...byUid].map(([uid, all]) => {
    if (uid === '') throw new UnreadableEvent('An event has no UID');
    const master = all.find((event) => !event.hasProperty('recurrence-id'));
    const changed = all.filter((event) => event.hasProperty('recurrence-id'));
    const stamp = master ?? changed[0]!;
    return {
      uid: uid.slice(0, LONGEST_TEXT.uid),
      sequence: sequenceOf(stamp),
      method,
      stampedAt: stamp.hasProperty('dtstamp') ? momentOf(stamp, 'dtstamp', window).at : null,
      repeats: master ? repeats(master) : false,
      occurrences: occurrencesOf(master, changed, window),
    };
  });
}

function sequenceOf(event: ICAL.Component): number {
  const number = Math.trunc(Number(event.getFirstPropertyValue('sequence') ?? 0)) || 0;
  return Math.min(MOST_CHANGES, Math.max(0, number));
}

/** @throws UnreadableEvent */
export function parsed(text: string): ICAL.Component {
  if (text.length > LONGEST) throw new UnreadableEvent('It is too long');
  return understood(() => {
    const jcal = ICAL.parse(text) as unknown[];
    // Several calendars in one file: the first one counts.
    const calendar = new ICAL.Component((Array.isArray(jcal[0]) ? jcal[0] : jcal) as never);
    if (calendar.name !== 'vcalendar') throw new UnreadableEvent('It is no calendar');
    return calendar;
  });
}

export function repeats(event: ICAL.Component): boolean {
  return event.hasProperty('rrule') || event.hasProperty('rdate');
}

/** What a clock shows, in which zone, and when that is. */
export interface Moment {
  /** `2026-11-22T09:00:00`; of a day its midnight. */
  readonly wall: string;
  readonly isDay: boolean;
  readonly at: Date;
  /** By its name in the world; null for one that only the file knows. */
  readonly zone: string | null;
  /** When a clock of the same zone shows something else. */
  instantOf(wall: string): Date;
  wallAt(instant: Date): string;
}

/** @throws UnreadableEvent */
export function momentOf(event: ICAL.Component, name: string, window: Pick<Window, 'timeZone'>): Moment {
  const property = event.getFirstProperty(name);
  const [first] = property ? momentsIn(property, window) : [];
  if (!first) throw new UnreadableEvent(`An event has no ${name}`);
  return first;
}

/** In what way somebody is named by a recurrence: the instant, or the day. */
export function recurrenceOf({ isDay, wall, at }: Moment): string {
  return isDay ? wall.slice(0, 10) : at.toISOString();
}

/** @throws UnreadableEvent for a time that is none */
function momentsIn(property: ICAL.Property, { timeZone }: Pick<Window, 'timeZone'>): Moment[] {
  const tzid = String(property.getParameter('tzid') ?? '');
  return property.getValues().map((value: unknown): Moment => {
    const time = (value instanceof ICAL.Period ? value.start : value) as ICAL.Time;
    if (!(time instanceof ICAL.Time)) throw new UnreadableEvent('A time is none');
    const wall = wallOf(time);
    if (!isDay(wall.slice(0, 10)) || Number.isNaN(Date.parse(`${wall}Z`))) throw new UnreadableEvent('A time is none');
    const zone = time.isDate ? timeZone : zoneNamed(tzid, time, timeZone);
    const instantOf =
      typeof zone === 'string'
        ? (text: string) => instantIn(text, zone)
        : (text: string) => ICAL.Time.fromData(partsOf(text), zone).toJSDate();
    const wallAt =
      typeof zone === 'string'
        ? (at: Date) => localIn(at, zone).slice(0, 19)
        : (at: Date) => wallOf(ICAL.Time.fromJSDate(at, true).convertToZone(zone));
    return {
      wall,
      isDay: time.isDate,
      zone: typeof zone === 'string' ? zone : null,
      at: instantOf(wall),
      instantOf,
      wallAt,
    };
  });
}

/** The zone by its name where the world knows it, else by what the file says of it. */
function zoneNamed(tzid: string, time: ICAL.Time, usual: string): string | ICAL.Timezone {
  if (time.zone === ICAL.Timezone.utcTimezone) return 'UTC';
  if (tzid === '') return usual;
  // `/freeassociation.sourceforge.net/Europe/Vilnius`
  const known = [tzid, tzid.split('/').slice(-2).join('/'), windowsZones[tzid] ?? ''].find(isZone);
  if (known) return known;
  const { zone } = time;
  return zone && zone !== ICAL.Timezone.localTimezone && zone.component ? zone : usual;
}

const zones = new Map<string, boolean>();

function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]+(\/[\w+-]+){0,2}$/.test(name) || name.length > 60) return false;
  let known = zones.get(name);
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name });
      known = true;
    } catch {
      known = false;
    }
    if (zones.size < 1_000) zones.set(name, known);
  }
  return known;
}

/** What Outlook calls the zones of most of its users (CLDR, windowsZones). */
const windowsZones: Readonly<Record<string, string>> = {
  UTC: 'UTC',
  'GMT Standard Time': 'Europe/London',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Romance Standard Time': 'Europe/Paris',
  'FLE Standard Time': 'Europe/Kyiv',
  'GTB Standard Time': 'Europe/Bucharest',
  'E. Europe Standard Time': 'Europe/Chisinau',
  'Russian Standard Time': 'Europe/Moscow',
  'Turkey Standard Time': 'Europe/Istanbul',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'Pacific Standard Time': 'America/Los_Angeles',
  'SA Pacific Standard Time': 'America/Bogota',
  'Argentina Standard Time': 'America/Buenos_Aires',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'India Standard Time': 'Asia/Kolkata',
  'China Standard Time': 'Asia/Shanghai',
  'Tokyo Standard Time': 'Asia/Tokyo',
};

function occurrencesOf(
  master: ICAL.Component | undefined,
  changed: readonly ICAL.Component[],
  window: Window,
): Occurrence[] {
  const own = changed.map((event) => occurrence(event, momentOf(event, 'recurrence-id', window), window));
  const inWindow = (one: Occurrence) => one.end >= window.from && one.start < window.until;
  if (!master) return own.filter(inWindow);
  const start = momentOf(master, 'dtstart', window);
  if (!repeats(master)) return [occurrence(master, null, window)].filter(inWindow);
  const without = new Set(own.map(({ recurrence }) => recurrence));
  for (const property of master.getAllProperties('exdate'))
    for (const moment of momentsIn(property, window)) without.add(recurrenceOf(moment));
  const walls = new Set([...wallsOf(master, start, window), ...furtherWalls(master, start, window)]);
  const usual = [...walls]
    .sort()
    .slice(0, MOST_OCCURRENCES)
    .map((wall) => occurrence(master, { ...start, wall, at: start.instantOf(wall) }, window))
    .filter(({ recurrence }) => !without.has(recurrence));
  return [...usual, ...own].filter(inWindow).sort((a, b) => a.start.getTime() - b.start.getTime());
}

/** What the clock shows at each occurrence of the rules: a rule counts in the time of the wall. */
function wallsOf(master: ICAL.Component, start: Moment, window: Window): string[] {
  const length = lengthOf(master, start, window);
  // A day more on each side, for the zone.
  const from = new Date(window.from.getTime() - length - DAY_MS);
  const until = new Date(window.until.getTime() + DAY_MS);
  return master.getAllProperties('rrule').flatMap((property) => {
    const rule = property.getFirstValue() as ICAL.Recur;
    const end = rule.until;
    if (end) {
      // The end is an instant, the rule is counted by the clock.
      const wall = end.isDate ? `${wallOf(end).slice(0, 10)}T23:59:59` : endWall(end, start);
      rule.until = ICAL.Time.fromData({ ...partsOf(wall), isDate: false }, ICAL.Timezone.utcTimezone);
    }
    const text = rule.toString();
    if (end) rule.until = end;
    try {
      const days = new RRuleTemporal({
        rruleString: `DTSTART;TZID=UTC:${compact(start.wall)}\nRRULE:${text}`,
        maxIterations: TRIES,
      });
      return days.between(from, until, true).map((one) => new Date(one.epochMilliseconds).toISOString().slice(0, 19));
    } catch {
      // It has no end that can be counted to, or is no rule: the event itself takes place all the same.
      return [start.wall];
    }
  });
}

function endWall(end: ICAL.Time, start: Moment): string {
  return end.zone === ICAL.Timezone.utcTimezone ? start.wallAt(end.toJSDate()) : wallOf(end);
}

/** Dates that are named one by one, and the first one, which always counts. */
function furtherWalls(master: ICAL.Component, start: Moment, window: Window): string[] {
  const named = master.getAllProperties('rdate').flatMap((property) => momentsIn(property, window));
  return [
    start.wall,
    ...named.slice(0, MOST_OCCURRENCES).map(({ at, isDay, wall }) => (isDay ? wall : start.wallAt(at))),
  ];
}

/** @param at which one of a series; null for an event alone */
export function occurrence(event: ICAL.Component, at: Moment | null, window: Pick<Window, 'timeZone'>): Occurrence {
  const own = momentOf(event, 'dtstart', window);
  // Of the series itself the beginning is that of the occurrence; one that was changed has its own.
  const isUsual = at !== null && !event.hasProperty('recurrence-id');
  const start = isUsual ? at : own;
  const length = lengthOf(event, own, window);
  const status = textOf(event, 'status').toUpperCase();
  return {
    recurrence: at === null ? '' : recurrenceOf(at),
    start: start.at,
    end: start.isDay
      ? own.instantOf(`${addDays(start.wall.slice(0, 10), Math.max(1, Math.round(length / DAY_MS)))}T00:00:00`)
      : new Date(start.at.getTime() + length),
    isAllDay: start.isDay,
    summary: oneLine(textOf(event, 'summary'), LONGEST_TEXT.line),
    description: clean(textOf(event, 'description'), LONGEST_TEXT.text),
    location: oneLine(textOf(event, 'location'), LONGEST_TEXT.place),
    comment: oneLine(textOf(event, 'comment'), LONGEST_TEXT.comment),
    isCancelled: status === 'CANCELLED',
    isPrivate: ['PRIVATE', 'CONFIDENTIAL'].includes(textOf(event, 'class').toUpperCase()),
    isFree: textOf(event, 'transp').toUpperCase() === 'TRANSPARENT',
    attendees: attendeesOf(event),
  };
}

/** Milliseconds; a day where a day says no end. */
function lengthOf(event: ICAL.Component, start: Moment, window: Pick<Window, 'timeZone'>): number {
  if (event.hasProperty('dtend'))
    return Math.max(0, momentOf(event, 'dtend', window).at.getTime() - start.at.getTime());
  const length = event.getFirstPropertyValue('duration');
  if (length instanceof ICAL.Duration) return Math.max(0, length.toSeconds() * 1_000);
  return start.isDay ? DAY_MS : 0;
}

function attendeesOf(event: ICAL.Component): Attendee[] {
  const found = new Map<string, Attendee>();
  for (const name of ['organizer', 'attendee']) {
    for (const property of event.getAllProperties(name).slice(0, MOST_ATTENDEES)) {
      const address = addressIn(String(property.getFirstValue() ?? ''), property);
      if (address === null) continue;
      const said = String(property.getParameter('partstat') ?? '').toUpperCase();
      const response =
        said === 'ACCEPTED' || said === 'DECLINED' || said === 'TENTATIVE' ? said.toLowerCase() : 'needs-action';
      const known = found.get(address);
      found.set(address, {
        address,
        name: oneLine(String(property.getParameter('cn') ?? ''), LONGEST_TEXT.line) || (known?.name ?? ''),
        response: response as Attendee['response'],
        isOrganizer: name === 'organizer' || (known?.isOrganizer ?? false),
      });
    }
  }
  return [...found.values()];
}

/** In small letters; null for what is no address. */
export function addressIn(value: string, property: ICAL.Property): string | null {
  const text = /^mailto:/i.test(value) ? value.slice(7) : String(property.getParameter('email') ?? value);
  let address = text.trim().toLowerCase();
  try {
    address = decodeURIComponent(address);
  } catch {
    // As it stands there.
  }
  return /^[^\s@,;<>"\p{Cc}]{1,64}@[^\s@,;<>"\p{Cc}]{1,185}$/u.test(address) ? address : null;
}

/** Empty where it is not said. */
export function textOf(event: ICAL.Component, name: string): string {
  const value = event.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : '';
}

function oneLine(text: string, length: number): string {
  return clean(text.replaceAll(/\s+/g, ' '), length);
}

function clean(text: string, length: number): string {
  const plain = text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trim();
  return plain.length > length ? plain.slice(0, length).toWellFormed() : plain;
}

/** What the clock shows, `2026-11-22T09:00:00`; of a day its midnight. */
export function wallOf(time: ICAL.Time): string {
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const clock = time.isDate ? '00:00:00' : `${pad(time.hour)}:${pad(time.minute)}:${pad(Math.min(59, time.second))}`;
  return `${pad(time.year, 4)}-${pad(time.month)}-${pad(time.day)}T${clock}`;
}

function partsOf(wall: string) {
  const [year, month, day, hour, minute, second] = wall.split(/\D/).map(Number) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  return { year, month, day, hour, minute, second };
}

/** `20261122T090000`, as rules write it. */
export function compact(wall: string): string {
  return wall.replaceAll(/[-:]/g, '').slice(0, 15);
}
