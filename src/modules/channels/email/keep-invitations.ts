import {
  type Attendee,
  type CalendarEvents,
  type Occurrence,
  readEvents,
  UnreadableEvent,
} from '#kernel/calendar/read-events.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import type { Message } from '#kernel/mail/message.ts';
import type { Records } from '#kernel/records/records.ts';
import {
  changesOf,
  createMeeting,
  hashOf,
  keepAttendees,
  type Meeting,
  meetingKey,
  meetingOf,
  ownMeetingIn,
} from '../calendar/keep-meeting.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';
import type { MailboxOwner } from './received-mail.ts';

/** Invitations of long ago, read with a mailbox's past, are history and no plans. */
const PAST_MS = 24 * 3600 * 1_000;
const AHEAD_MS = 180 * 24 * 3600 * 1_000;

export interface InvitationContext {
  readonly connection: Connection;
  readonly schema: string;
  readonly owner: MailboxOwner;
  /** Of times that name no zone. */
  readonly timeZone: string;
  readonly now: Date;
}

type Mail = Pick<Message, 'from' | 'calendars'>;

/**
 * What mails say of meetings (iTIP, RFC 5546): an invitation becomes a planned meeting of whoever has the mailbox, and is moved and
 * called off by whoever invited; an answer is noted with whoever answered. An older message, which comes later when a mailbox is
 * read newest first, changes nothing.
 * @param records of the program, in the transaction in which the mails are kept
 */
export async function keepInvitations(
  records: Records,
  mails: readonly Mail[],
  context: InvitationContext,
): Promise<void> {
  for (const { from, calendars } of mails) {
    const sender = from?.address?.toLowerCase();
    if (!sender || context.owner.addresses.has(sender)) continue;
    for (const { method, text } of calendars) {
      if (!method || !['REQUEST', 'CANCEL', 'REPLY', 'COUNTER'].includes(method)) continue;
      for (const event of eventsIn(text, context)) {
        if (method === 'REPLY' || method === 'COUNTER') await keepAnswer(records, event, sender, method);
        else await keepInvitation(records, event, sender, method === 'CANCEL', context);
      }
    }
  }
}

/** A file that is none, or not understood, stands with the mail as it came. */
function eventsIn(text: string, { timeZone, now }: InvitationContext): CalendarEvents[] {
  try {
    return readEvents(text, {
      from: new Date(now.getTime() - PAST_MS),
      until: new Date(now.getTime() + AHEAD_MS),
      timeZone,
    });
  } catch (error) {
    if (error instanceof UnreadableEvent) return [];
    throw error;
  }
}

async function keepInvitation(
  records: Records,
  event: CalendarEvents,
  sender: string,
  isCancelled: boolean,
  context: InvitationContext,
): Promise<void> {
  for (const one of event.occurrences) {
    // Only whoever invites may say what becomes of it.
    const organizer = one.attendees.find(({ isOrganizer }) => isOrganizer);
    if (organizer?.address !== sender || one.isAllDay) continue;
    const key = meetingKey(event.uid, one.recurrence);
    if (!(await isNewest(context, key, event, sender))) continue;
    const there = meetingThere(one, isCancelled);
    const found = (await records.find(interaction, { messageKey: key })) ?? null;
    if (found) {
      const changes = changesOf(meetingOf(found), there, found.state);
      if (Object.keys(changes).length > 0) await records.update(interaction, found.id, changes as never);
      if (!there.isCancelled)
        await keepAttendees(records, found.id, await addressesOf(records, found.id), one.attendees);
      continue;
    }
    const wasDeleted = await records.find(interaction, { messageKey: key }, { deleted: true });
    if (wasDeleted || there.isCancelled || !context.owner.owner) continue;
    const given = { key, owner: context.owner.owner, attendees: one.attendees, now: context.now };
    await createMeeting(records, there, { ...given, direction: 'in' });
  }
}

/** What somebody who was invited from here says; nobody answers for another one. */
async function keepAnswer(records: Records, event: CalendarEvents, sender: string, method: string): Promise<void> {
  for (const one of event.occurrences) {
    const said = one.attendees.find(({ address }) => address === sender);
    const response = method === 'COUNTER' ? 'tentative' : said?.response;
    if (!said || !response || response === 'needs-action') continue;
    const own = ownMeetingIn(event.uid);
    const found = await records.find(
      interaction,
      own ? { id: own } : { messageKey: meetingKey(event.uid, one.recurrence) },
    );
    if (!found) continue;
    const present = await records.list(participant, { filter: { interaction: found.id }, limit: 500 });
    const there = present.items.find(({ address }) => address === sender);
    if (there && there.response !== response) await records.update(participant, there.id, { response });
    // Whoever forwards an invitation brings somebody along.
    else if (!there) await keepAttendees(records, found.id, [], [{ ...said, response } satisfies Attendee]);
  }
}

/** Whether nothing newer was heard of a meeting; notes that this was. */
async function isNewest(
  { connection, schema }: InvitationContext,
  key: string,
  { sequence, stampedAt }: CalendarEvents,
  organizer: string,
): Promise<boolean> {
  const at = (stampedAt ?? new Date(0)).toISOString();
  const noted = await connection.execute(sql`
    insert into ${raw(identifier(schema))}.invitation as i (key, organizer, sequence, stamped_at)
    values (${key}, ${organizer}, ${sequence}::bigint, ${at}::timestamptz)
    on conflict (key) do update set sequence = excluded.sequence, stamped_at = excluded.stamped_at
      where i.organizer = excluded.organizer and (i.sequence, i.stamped_at) < (excluded.sequence, excluded.stamped_at)`);
  return noted > 0;
}

/** As `keepAttendees` compares them. */
async function addressesOf(records: Records, id: string): Promise<string[]> {
  const { items } = await records.list(participant, { filter: { interaction: id }, limit: 500 });
  return items.flatMap(({ address }) => (address ? [hashOf(address)] : []));
}

function meetingThere(
  { start, end, summary, description, location, isCancelled }: Occurrence,
  isOff: boolean,
): Meeting {
  return {
    start: start.toISOString(),
    length: Math.min(30 * 24 * 3600, Math.round((end.getTime() - start.getTime()) / 1_000)),
    ...{ subject: summary, body: description, place: location, isCancelled: isCancelled || isOff },
  };
}
