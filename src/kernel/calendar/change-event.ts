import ICAL from 'ical.js';
import {
  addressIn,
  type Moment,
  momentOf,
  parsed,
  recurrenceOf,
  repeats,
  UnreadableEvent,
  understood,
} from './read-events.ts';

/** What may be said of an event, or of one of its occurrences. Of what is left out nothing is changed. */
export interface EventChanges {
  readonly start?: Date;
  readonly end?: Date;
  readonly summary?: string;
  readonly description?: string;
  readonly location?: string;
  readonly isCancelled?: boolean;
  /** What one of those who are invited says. */
  readonly answer?: { readonly address: string; readonly response: 'accepted' | 'declined' | 'tentative' };
}

export interface EventOwner {
  /** Of times that name none. */
  readonly timeZone: string;
}

/**
 * A file with one event changed, or one occurrence of it; everything else in it stays as its owner's program wrote it.
 * @param recurrence which occurrence, as `Occurrence` says it; empty for an event alone
 * @throws UnreadableEvent
 */
export function changeEvent(
  text: string,
  recurrence: string,
  changes: EventChanges,
  owner: EventOwner,
  now: Date,
): string {
  return understood(() => changed(text, recurrence, changes, owner, now));
}

function changed(text: string, recurrence: string, changes: EventChanges, owner: EventOwner, now: Date): string {
  const calendar = parsed(text);
  const event = eventAt(calendar, recurrence, owner);
  for (const name of ['summary', 'description', 'location'] as const) {
    const value = changes[name];
    if (value === undefined) continue;
    if (value === '') event.removeAllProperties(name);
    else event.updatePropertyWithValue(name, plain(value));
  }
  if (changes.start) moveTo(event, 'dtstart', changes.start, owner);
  if (changes.end) {
    event.removeAllProperties('duration');
    moveTo(event, 'dtend', changes.end, owner);
  }
  if (changes.isCancelled !== undefined)
    event.updatePropertyWithValue('status', changes.isCancelled ? 'CANCELLED' : 'CONFIRMED');
  if (changes.answer) sayFor(event, changes.answer);
  // Only whoever invites counts the changes.
  const { answer: _, ...rest } = changes;
  stamp(event, now, Object.keys(rest).length > 0);
  return `${calendar.toString()}\r\n`;
}

function sayFor(event: ICAL.Component, { address, response }: NonNullable<EventChanges['answer']>): void {
  for (const property of event.getAllProperties('attendee')) {
    if (addressIn(String(property.getFirstValue() ?? ''), property) !== address) continue;
    property.setParameter('partstat', response.toUpperCase());
    property.removeParameter('rsvp');
  }
}

/** A file without one occurrence; null when nothing is left of it. @throws UnreadableEvent */
export function withoutOccurrence(text: string, recurrence: string, owner: EventOwner, now: Date): string | null {
  return understood(() => without(text, recurrence, owner, now));
}

function without(text: string, recurrence: string, owner: EventOwner, now: Date): string | null {
  const calendar = parsed(text);
  const events = calendar.getAllSubcomponents('vevent');
  const master = events.find((event) => !event.hasProperty('recurrence-id'));
  if (recurrence === '' || !master || !repeats(master)) return null;
  for (const event of events)
    if (event.hasProperty('recurrence-id') && recurrenceOf(momentOf(event, 'recurrence-id', owner)) === recurrence)
      calendar.removeSubcomponent(event);
  const start = momentOf(master, 'dtstart', owner);
  const property = new ICAL.Property('exdate');
  setTime(property, start, wallIn(start, recurrence), master.getFirstProperty('dtstart')!);
  master.addProperty(property);
  stamp(master, now);
  return `${calendar.toString()}\r\n`;
}

/** The event of an occurrence; of a series one of its own is made for it. */
function eventAt(calendar: ICAL.Component, recurrence: string, owner: EventOwner): ICAL.Component {
  const events = calendar.getAllSubcomponents('vevent');
  const master = events.find((event) => !event.hasProperty('recurrence-id'));
  if (recurrence === '') {
    const only = master ?? events[0];
    if (!only) throw new UnreadableEvent('There is no event in it');
    return only;
  }
  const own = events.find(
    (event) =>
      event.hasProperty('recurrence-id') && recurrenceOf(momentOf(event, 'recurrence-id', owner)) === recurrence,
  );
  if (own) return own;
  if (!master) throw new UnreadableEvent('The series is gone');
  const start = momentOf(master, 'dtstart', owner);
  const end = master.hasProperty('dtend') ? momentOf(master, 'dtend', owner) : null;
  const made = new ICAL.Component(JSON.parse(JSON.stringify(master.toJSON())));
  for (const name of ['rrule', 'rdate', 'exdate', 'exrule']) made.removeAllProperties(name);
  calendar.addSubcomponent(made);
  const first = master.getFirstProperty('dtstart')!;
  const wall = wallIn(start, recurrence);
  const id = new ICAL.Property('recurrence-id');
  setTime(id, start, wall, first);
  made.addProperty(id);
  setTime(made.getFirstProperty('dtstart')!, start, wall, first);
  if (end) {
    const length = end.at.getTime() - start.at.getTime();
    const until = end.wallAt(new Date(start.instantOf(wall).getTime() + length));
    setTime(made.getFirstProperty('dtend')!, end, until, master.getFirstProperty('dtend')!);
  }
  return made;
}

/** What the clock of the series shows when an occurrence would have begun. */
function wallIn(start: Moment, recurrence: string): string {
  return start.isDay ? `${recurrence.slice(0, 10)}T00:00:00` : start.wallAt(new Date(recurrence));
}

/** Moves a time, and leaves it in the zone in which it was thought. */
function moveTo(event: ICAL.Component, name: 'dtstart' | 'dtend', at: Date, owner: EventOwner): void {
  const like = event.getFirstProperty(name) ?? event.getFirstProperty('dtstart')!;
  const holder = event.hasProperty(name) ? name : 'dtstart';
  const moment = momentOf(event, holder, owner);
  let property = event.getFirstProperty(name);
  if (!property) {
    property = new ICAL.Property(name);
    event.addProperty(property);
  }
  // A day that is moved to an hour is none any more.
  if (moment.isDay) {
    property.removeParameter('value');
    property.removeParameter('tzid');
    property.resetType('date-time');
    property.setValue(ICAL.Time.fromJSDate(at, true));
  } else setTime(property, moment, moment.wallAt(at), like);
}

/** Writes a time as another one of the same event is written. */
function setTime(property: ICAL.Property, { isDay }: Moment, wall: string, like: ICAL.Property): void {
  const tzid = like.getParameter('tzid');
  const old = like.getFirstValue() as ICAL.Time;
  property.resetType(isDay ? 'date' : 'date-time');
  const [year, month, day, hour, minute, second] = wall.split(/\D/).map(Number) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  const time = isDay
    ? ICAL.Time.fromData({ year, month, day, isDate: true })
    : ICAL.Time.fromData({ year, month, day, hour, minute, second }, old.zone);
  property.setValue(time);
  if (typeof tzid === 'string') property.setParameter('tzid', tzid);
}

function stamp(event: ICAL.Component, now: Date, isCounted = true): void {
  const sequence = Number(event.getFirstPropertyValue('sequence') ?? 0) || 0;
  if (isCounted) event.updatePropertyWithValue('sequence', sequence + 1);
  const time = ICAL.Time.fromJSDate(new Date(Math.floor(now.getTime() / 1_000) * 1_000), true);
  event.updatePropertyWithValue('dtstamp', time);
  event.updatePropertyWithValue('last-modified', time);
}

/** A control character in a text would begin a line of its own in programs that read carelessly. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '');
}
