import type { MeetingInvitation } from '#kernel/calendar/invitation-state.ts';
import { type MeetingMethod, writeMeetingMessage } from '#kernel/calendar/itip.ts';
import { occurrencesOf } from '#kernel/calendar/pattern.ts';
import type { Attendee } from '#kernel/calendar/read-events.ts';
import type { SeriesEvent } from '#kernel/calendar/series-event.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { languageOf, translator } from '#kernel/i18n/translate.ts';
import { saveDraft } from '#kernel/mail/outbox.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { newId } from '#kernel/records/new-id.ts';
import type { Records } from '#kernel/records/records.ts';
import { interaction, type Meeting } from '#modules/channels/index.ts';
import { escaped } from './answering.ts';
import { timeInWords } from './bookings.ts';
import { type MailContent, type MailPerson, queueOutgoing, referencesTo, type Sender } from './outgoing.ts';

/** What a mail about a meeting is of: its words stand under `meetingMail.<kind>` in the catalogues. */
export type MeetingMailKind =
  | 'invited'
  | 'changed'
  | 'cancelled'
  | 'accepted'
  | 'tentative'
  | 'declined'
  | 'proposed'
  | 'refused';

/** A mail about a meeting, ready to be written. */
export interface MeetingMail {
  readonly kind: MeetingMailKind;
  readonly method: MeetingMethod;
  readonly writer: string;
  readonly sender: Sender;
  readonly from: MailPerson;
  readonly to: MailPerson;
  /** Of whoever reads it. */
  readonly language: string;
  readonly timeZone: string;
  readonly uid: string;
  readonly recurrence?: Date;
  /** All of a series; with `recurrence`, the one that it is of. */
  readonly series?: SeriesEvent;
  readonly sequence: number;
  readonly meeting: Meeting;
  readonly organizer: MeetingInvitation['organizer'];
  readonly attendees: readonly Omit<Attendee, 'isOrganizer'>[];
  /** In the words of whoever sends it. */
  readonly message: string;
  readonly about: MailContent['about'];
  /** The mail before it in the same matter. */
  readonly after: string | null;
}

/**
 * Puts a mail about a meeting into the outbox, in the transaction in which that is noted of which it tells: both are, or neither.
 * @param records of the program
 * @returns its id there, and the interaction that tells of it
 */
export async function queueMeetingMail(
  records: Records,
  connection: Connection,
  workspace: Workspace,
  mail: MeetingMail,
): Promise<{ outgoing: string; interaction: string | null }> {
  const id = newId();
  const content = contentOf(mail);
  await saveDraft(connection, workspace.schema, mail.writer, { id, content, revision: null });
  const before = mail.after ? await records.find(interaction, { id: mail.after }) : null;
  const answered = before ? { conversation: before.conversation, references: referencesTo(before) } : null;
  const { writer, sender, from } = mail;
  const given = { id, writer, sender, from, content, answered, sendAt: new Date(), followUpAt: null };
  const queued = await queueOutgoing(records, connection, workspace, given);
  return { outgoing: id, interaction: queued!.interaction };
}

function contentOf(mail: MeetingMail): MailContent {
  const { kind, method, from, to, timeZone, meeting, message, organizer, attendees } = mail;
  const language = languageOf(mail.language);
  const words = translator(language);
  const start = new Date(meeting.start);
  const title = meeting.subject || words('meetingMail.untitled');
  const fact = (name: string, value: string) =>
    value ? `<strong>${escaped(words(`meetingMail.${name}`))}</strong> ${escaped(value)}` : '';
  const others = attendees.map(({ name, address }) => name || address).join(', ');
  const isAnswer = method === 'REPLY' || method === 'COUNTER';
  const facts = [
    fact('what', title),
    fact('when', timeInWords(start, meeting.length / 60, language, timeZone)),
    fact('again', mail.series && !mail.recurrence ? againInWords(mail.series, mail, words) : ''),
    fact('where', meeting.place),
    fact('who', isAnswer ? '' : others),
  ].filter(Boolean);
  const html = [
    `<p>${escaped(words(`meetingMail.${kind}.text`, { name: from.name || from.address }))}</p>`,
    ...message
      .split(/\n+/)
      .filter((line) => line.trim())
      .map((line) => `<p>${escaped(line)}</p>`),
    `<p>${facts.join('<br>')}</p>`,
  ].join('');
  const { uid, recurrence, sequence, series } = mail;
  const end = new Date(start.getTime() + meeting.length * 1_000);
  const text = writeMeetingMessage({
    ...{ method, sequence, organizer, attendees, ...(recurrence ? { recurrence } : {}), series },
    ...(isAnswer && message ? { comment: message } : {}),
    event: {
      ...{ uid, start, end, summary: title, location: meeting.place, changedAt: new Date() },
      ...(isAnswer ? {} : { description: message }),
      state: method === 'CANCEL' ? 'cancelled' : 'confirmed',
    },
  });
  return {
    ...{ mailbox: mail.sender.id, from: from.address, to: [to], cc: [], bcc: [] },
    ...{ subject: words(`meetingMail.${kind}.subject`, { title }), html, signature: '', quote: '', attachments: [] },
    ...{ replyTo: mail.after, about: mail.about, language, calendar: { method, text } },
  };
}

/** How many of those that follow are named. */
const NAMED = 4;
const YEAR_MS = 366 * 24 * 3600 * 1_000;

/** The days of those that follow: `7, 14, 21 and 28 December`; `…` where there are more. */
function againInWords({ pattern }: SeriesEvent, { meeting, timeZone, language }: MeetingMail, words: Words): string {
  const start = new Date(meeting.start);
  const coming = occurrencesOf(pattern, new Date(+start + 1), new Date(+start + 5 * YEAR_MS));
  const day = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'long',
    timeZone,
  });
  const named = coming.slice(0, NAMED).map((at) => day.format(at));
  return named.length === 0 ? words('meetingMail.over') : `${named.join(', ')}${coming.length > NAMED ? ' …' : ''}`;
}

type Words = ReturnType<typeof translator>;
