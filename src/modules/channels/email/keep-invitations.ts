import { keepReceived, linkMail, receivedOf } from '#kernel/calendar/invitation-state.ts';
import { type CalendarEvents, type Occurrence, readEvents, UnreadableEvent } from '#kernel/calendar/read-events.ts';
import type { Message } from '#kernel/mail/message.ts';
import type { Records } from '#kernel/records/records.ts';
import {
  changesOf,
  createMeeting,
  hashOf,
  keepAttendees,
  meetingKey,
  meetingOf,
  meetingThere,
  ownMeetingIn,
} from '../calendar/keep-meeting.ts';
import { meetingSeries } from '../calendar/meeting-series.object.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';
import { type InvitationContext, keepAnswer, keepRefusal, noteNewest } from './keep-answers.ts';

export type { InvitationContext } from './keep-answers.ts';

/** Invitations of long ago, read with a mailbox's past, are history and no plans. */
const PAST_MS = 24 * 3600 * 1_000;
const AHEAD_MS = 180 * 24 * 3600 * 1_000;
/** An answer is of a meeting that is known, however far ahead it is. */
const ANSWER_AHEAD_MS = 3 * 366 * 24 * 3600 * 1_000;

const methods = ['REQUEST', 'CANCEL', 'REPLY', 'COUNTER', 'DECLINECOUNTER'];

type Mail = Pick<Message, 'from' | 'calendars' | 'key'>;

/**
 * What mails say of meetings (iTIP, RFC 5546): an invitation becomes a planned meeting of whoever has the mailbox, and is moved and
 * called off by whoever invited; an answer is noted with whoever answered (`keep-answers.ts`). An older message, which comes later when a mailbox is
 * read newest first, changes nothing.
 * @param records of the program, in the transaction in which the mails are kept
 */
export async function keepInvitations(
  records: Records,
  mails: readonly Mail[],
  context: InvitationContext,
): Promise<void> {
  for (const { from, calendars, key } of mails) {
    const sender = from?.address?.toLowerCase();
    if (!sender || context.owner.addresses.has(sender)) continue;
    for (const { method, text } of calendars) {
      if (!method || !methods.includes(method)) continue;
      const isAnswer = method === 'REPLY' || method === 'COUNTER';
      for (const event of eventsIn(text, isAnswer ? ANSWER_AHEAD_MS : AHEAD_MS, context)) {
        const meeting = isAnswer
          ? await keepAnswer(records, event, sender, method, context)
          : method === 'DECLINECOUNTER'
            ? await keepRefusal(records, event, sender, context)
            : await keepInvitation(records, event, sender, method === 'CANCEL', context);
        if (meeting) await linkMail(context.connection, context.schema, key, meeting);
      }
    }
  }
}

/** A file that is none, or not understood, stands with the mail as it came. */
function eventsIn(text: string, aheadMs: number, { timeZone, now }: InvitationContext): CalendarEvents[] {
  try {
    return readEvents(text, {
      from: new Date(now.getTime() - PAST_MS),
      until: new Date(now.getTime() + aheadMs),
      timeZone,
    });
  } catch (error) {
    if (error instanceof UnreadableEvent) return [];
    throw error;
  }
}

/** @returns the meeting, of a series the first one */
async function keepInvitation(
  records: Records,
  event: CalendarEvents,
  sender: string,
  isCancelled: boolean,
  context: InvitationContext,
): Promise<string | null> {
  const { connection, schema, owner, now } = context;
  // What was planned here came back to a colleague: it is known.
  const own = ownMeetingIn(event.uid);
  if (own && (await isHere(records, own))) return own;
  let first: string | null = null;
  for (const one of event.occurrences) {
    // Only whoever invites may say what becomes of it.
    const organizer = one.attendees.find(({ isOrganizer }) => isOrganizer);
    if (organizer?.address !== sender || one.isAllDay) continue;
    const key = meetingKey(event.uid, one.recurrence);
    const heard = await noteNewest(context, key, event, sender);
    if (heard === 'other') continue;
    let id = (await records.find(interaction, { messageKey: key }, { fields: [] }))?.id ?? null;
    if (heard === 'newest') id = await becomes(records, id, key, event, one, isCancelled, context);
    if (id === null) continue;
    first ??= id;
    const ours = one.attendees.find(({ address, isOrganizer }) => !isOrganizer && owner.addresses.has(address));
    if (ours && !isCancelled && now < one.end)
      await keepReceived(connection, schema, {
        ...{ interaction: id, address: ours.address, mailbox: context.mailbox, organizer },
        ...{ uid: event.uid, recurrence: one.recurrence, repeats: event.repeats, sequence: event.sequence },
      });
  }
  return first;
}

/** Makes of a meeting what its newest invitation says. @returns null where there is to be none */
async function becomes(
  records: Records,
  id: string | null,
  key: string,
  { sequence }: CalendarEvents,
  one: Occurrence,
  isCancelled: boolean,
  { connection, schema, owner, now }: InvitationContext,
): Promise<string | null> {
  const said = meetingThere(one);
  const there = isCancelled ? { ...said, isCancelled } : said;
  if (id !== null) {
    const found = await records.read(interaction, id);
    // Somebody here said no to it, and it is still the same time.
    const isDeclined = (await receivedOf(connection, schema, [id])).some(
      (answered) => answered.answer === 'declined' && answered.sequence >= sequence,
    );
    const becoming = isDeclined && found.state === 'cancelled' ? { ...there, isCancelled: true } : there;
    const changes = changesOf(meetingOf(found), becoming, found.state);
    if (Object.keys(changes).length > 0) await records.update(interaction, id, changes as never);
    if (!there.isCancelled) await keepAttendees(records, id, await addressesOf(records, id), one.attendees);
    return id;
  }
  const wasDeleted = await records.find(interaction, { messageKey: key }, { deleted: true });
  if (wasDeleted || there.isCancelled || !owner.owner) return null;
  const given = { key, owner: owner.owner, attendees: one.attendees, now };
  return createMeeting(records, there, { ...given, direction: 'in' });
}

async function isHere(records: Records, id: string): Promise<boolean> {
  if (await records.find(meetingSeries, { id }, { fields: [] })) return true;
  const found = await records.find(interaction, { id }, { fields: [] });
  return Boolean(found ?? (await records.find(interaction, { id }, { fields: [], deleted: true })));
}

/** As `keepAttendees` compares them. */
async function addressesOf(records: Records, id: string): Promise<string[]> {
  const { items } = await records.list(participant, { filter: { interaction: id }, limit: 500 });
  return items.flatMap(({ address }) => (address ? [hashOf(address)] : []));
}
