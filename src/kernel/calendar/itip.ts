import ICAL from 'ical.js';
import { oneLine } from '../mail/address.ts';
import { type CalendarEntry, calendarOf, eventOf } from './ics.ts';
import type { Attendee } from './read-events.ts';
import { occurrenceComponents, type SeriesEvent, seriesComponents } from './series-event.ts';

/** What a message says of a meeting (RFC 5546). */
export type MeetingMethod = 'REQUEST' | 'CANCEL' | 'REPLY' | 'COUNTER' | 'DECLINECOUNTER';

export interface MeetingMessage {
  readonly method: MeetingMethod;
  /** `url` and `isFree` say nothing here. */
  readonly event: Omit<CalendarEntry, 'url' | 'isFree'>;
  /** Which change of the meeting it tells of, or answers. */
  readonly sequence: number;
  /** Which one of a series, by when it would have begun; the series, or a meeting alone, without it. */
  readonly recurrence?: Date;
  /** All of a series, with what of it was changed, instead of `event`; of one of it that is told alone, whose series it is. */
  readonly series?: SeriesEvent | undefined;
  readonly organizer: { readonly name: string; readonly address: string };
  /** Of an answer, whoever answers. */
  readonly attendees: readonly Omit<Attendee, 'isOrganizer'>[];
  /** What somebody adds to their answer. */
  readonly comment?: string;
}

/** The text of a message about a meeting, as it goes along with a mail (RFC 6047). */
export function writeMeetingMessage(message: MeetingMessage): string {
  const { method, sequence, organizer, attendees, comment } = message;
  const calendar = calendarOf(method);
  for (const part of partsOf(message)) {
    calendar.addSubcomponent(part);
    if (part.name !== 'vevent') continue;
    part.updatePropertyWithValue('sequence', sequence);
    if (comment) part.updatePropertyWithValue('comment', comment);
    part.addProperty(person('organizer', organizer));
    for (const { response, ...one } of attendees) {
      const attendee = person('attendee', one);
      attendee.setParameter('role', 'REQ-PARTICIPANT');
      attendee.setParameter('partstat', response.toUpperCase());
      if (method === 'REQUEST' && response === 'needs-action') attendee.setParameter('rsvp', 'TRUE');
      part.addProperty(attendee);
    }
  }
  return `${calendar.toString()}\r\n`;
}

function partsOf({ event: entry, recurrence, series }: MeetingMessage): ICAL.Component[] {
  if (series && recurrence) {
    const length = Math.round((+new Date(entry.end) - +new Date(entry.start)) / 1_000);
    return occurrenceComponents(series, { ...entry, recurrence, start: new Date(entry.start), length });
  }
  if (series) return seriesComponents(series);
  const event = eventOf(entry);
  if (recurrence) event.updatePropertyWithValue('recurrence-id', ICAL.Time.fromJSDate(recurrence, true));
  return [event];
}

function person(role: 'organizer' | 'attendee', { name, address }: { name: string; address: string }): ICAL.Property {
  const property = new ICAL.Property(role);
  property.setValue(`mailto:${address}`);
  // A parameter can hold no quotation mark; programs read the ways around that differently.
  const plain = oneLine(name).replaceAll('"', "'").slice(0, 250).toWellFormed();
  if (plain && plain !== address) property.setParameter('cn', plain);
  return property;
}
