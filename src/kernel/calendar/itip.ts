import ICAL from 'ical.js';
import { oneLine } from '../mail/address.ts';
import { type CalendarEntry, calendarOf, eventOf } from './ics.ts';
import type { Attendee } from './read-events.ts';

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
  readonly organizer: { readonly name: string; readonly address: string };
  /** Of an answer, whoever answers. */
  readonly attendees: readonly Omit<Attendee, 'isOrganizer'>[];
  /** What somebody adds to their answer. */
  readonly comment?: string;
}

/** The text of a message about a meeting, as it goes along with a mail (RFC 6047). */
export function writeMeetingMessage(message: MeetingMessage): string {
  const { method, event: entry, sequence, recurrence, organizer, attendees, comment } = message;
  const calendar = calendarOf(method);
  const event = eventOf(entry);
  event.updatePropertyWithValue('sequence', sequence);
  if (recurrence) event.updatePropertyWithValue('recurrence-id', ICAL.Time.fromJSDate(recurrence, true));
  if (comment) event.updatePropertyWithValue('comment', comment);
  event.addProperty(person('organizer', organizer));
  for (const { response, ...one } of attendees) {
    const attendee = person('attendee', one);
    attendee.setParameter('role', 'REQ-PARTICIPANT');
    attendee.setParameter('partstat', response.toUpperCase());
    if (method === 'REQUEST' && response === 'needs-action') attendee.setParameter('rsvp', 'TRUE');
    event.addProperty(attendee);
  }
  calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

function person(role: 'organizer' | 'attendee', { name, address }: { name: string; address: string }): ICAL.Property {
  const property = new ICAL.Property(role);
  property.setValue(`mailto:${address}`);
  // A parameter can hold no quotation mark; programs read the ways around that differently.
  const plain = oneLine(name).replaceAll('"', "'").slice(0, 250).toWellFormed();
  if (plain && plain !== address) property.setParameter('cn', plain);
  return property;
}
