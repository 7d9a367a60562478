import ICAL from 'ical.js';

/** Something with a place in time, for the calendars of other programs. */
export interface CalendarEntry {
  /** The same for as long as it is the same thing, unique in the world. */
  readonly uid: string;
  /** A moment, or a day `2026-11-22` for what fills days. */
  readonly start: Date | string;
  /** The first moment, or day, that it has no part in any more. */
  readonly end: Date | string;
  readonly summary: string;
  readonly description?: string;
  readonly location?: string;
  /** Where more is to be read. */
  readonly url?: string;
  readonly state?: 'confirmed' | 'tentative' | 'cancelled';
  /** One can be asked for something else meanwhile. */
  readonly isFree?: boolean;
  readonly changedAt: Date;
}

/**
 * A calendar that programs ask for again and again, as RFC 5545 wants it.
 * @param name null for what is put into somebody's calendar
 */
export function writeCalendar(name: string | null, entries: readonly CalendarEntry[]): string {
  const calendar = calendarOf(name === null ? null : 'PUBLISH');
  if (name !== null)
    for (const property of ['name', 'x-wr-calname']) calendar.addProperty(textOf(property, clean(name)));
  for (const entry of entries) calendar.addSubcomponent(eventOf(entry));
  return `${calendar.toString()}\r\n`;
}

/** An empty one. @param method of what is a message, or published */
export function calendarOf(method: string | null): ICAL.Component {
  const calendar = new ICAL.Component('vcalendar');
  calendar.updatePropertyWithValue('version', '2.0');
  calendar.updatePropertyWithValue('prodid', '-//Tendero//Calendar//EN');
  calendar.updatePropertyWithValue('calscale', 'GREGORIAN');
  if (method !== null) calendar.updatePropertyWithValue('method', method);
  return calendar;
}

export function eventOf(entry: CalendarEntry): ICAL.Component {
  const event = new ICAL.Component('vevent');
  event.updatePropertyWithValue('uid', entry.uid);
  event.updatePropertyWithValue('dtstamp', timeOf(entry.changedAt));
  event.updatePropertyWithValue('last-modified', timeOf(entry.changedAt));
  event.updatePropertyWithValue('dtstart', timeOf(entry.start));
  event.updatePropertyWithValue('dtend', timeOf(entry.end));
  event.updatePropertyWithValue('summary', clean(entry.summary));
  if (entry.description) event.updatePropertyWithValue('description', clean(entry.description));
  if (entry.location) event.updatePropertyWithValue('location', clean(entry.location));
  if (entry.url) event.updatePropertyWithValue('url', entry.url);
  event.updatePropertyWithValue('status', (entry.state ?? 'confirmed').toUpperCase());
  event.updatePropertyWithValue('transp', entry.isFree ? 'TRANSPARENT' : 'OPAQUE');
  return event;
}

function timeOf(at: Date | string): ICAL.Time {
  return typeof at === 'string' ? ICAL.Time.fromDateString(at) : ICAL.Time.fromJSDate(at, true);
}

/** The library knows these properties by no type, and writes such a value as it is, line breaks and all. */
function textOf(name: string, value: string): ICAL.Property {
  const property = new ICAL.Property(name);
  property.resetType('text');
  property.setValue(value);
  return property;
}

/** A control character in a text would begin a line of its own in programs that read carelessly. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '');
}
