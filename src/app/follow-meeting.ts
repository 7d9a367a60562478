import type { Records } from '#kernel/records/records.ts';
import { interaction } from '#modules/channels/index.ts';
import { booking } from '#modules/forms/index.ts';

/** What is told of a booking; its words stand in the catalogues of letters. */
export type BookingNews = 'bookingMade' | 'bookingMoved' | 'bookingCancelled' | 'bookingSoon';

/**
 * A booking is what its meeting is: moved, called off, or planned again by whoever is visited. However often it is asked, once.
 * @returns what there is to tell; null for nothing
 */
export async function followMeeting(records: Records, id: string): Promise<BookingNews | null> {
  const booked = await records.find(booking, { id });
  if (!booked?.interaction) return null;
  const meeting = await records.find(interaction, { id: booked.interaction });
  const sequence = booked.sequence + 1;
  const isOff = !meeting || meeting.state === 'cancelled';
  if (new Date(booked.at) < new Date() && (isOff || new Date(meeting.at) < new Date())) return null;
  if (isOff) {
    if (booked.state !== 'booked') return null;
    await records.update(booking, id, { state: 'cancelled', sequence });
    return 'bookingCancelled';
  }
  const minutes = Math.max(1, Math.round((meeting.duration ?? booked.minutes * 60) / 60));
  const isSame = meeting.at === booked.at && minutes === booked.minutes;
  if (meeting.state !== 'planned' || (isSame && booked.state === 'booked')) return null;
  await records.update(booking, id, { state: 'booked', at: meeting.at, minutes, sequence });
  return booked.state === 'booked' ? 'bookingMoved' : 'bookingMade';
}
