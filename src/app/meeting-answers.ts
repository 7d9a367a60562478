import { asSystem, type Principal } from '#kernel/access/access.ts';
import {
  guestsOf,
  invitationOf,
  mailsAbout,
  noteAnswer,
  noteChanged,
  type ReceivedInvitation,
  receivedOf,
  receivedSeries,
} from '#kernel/calendar/invitation-state.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Database } from '#kernel/database/pool.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { interaction, meetingOf, participant, uidOf } from '#modules/channels/index.ts';
import { changeable, wakeInvitations } from './invitations.ts';
import { guestsByParticipant } from './invitees.ts';
import { type MeetingMailKind, queueMeetingMail } from './meeting-mail.ts';
import { type MailPerson, requireSender, type Sender, sendersOf } from './outgoing.ts';

const program = asSystem('what somebody says to an invitation stands with the meeting, whoever planned it');

export type MeetingResponse = 'accepted' | 'tentative' | 'declined';

export interface MeetingAnswer {
  readonly response: MeetingResponse;
  /** Which of our addresses answers, where several were invited. */
  readonly address?: string | undefined;
  readonly comment: string;
  /** Another time, with how long it takes in seconds: a question, with `tentative`. */
  readonly at?: Date | undefined;
  readonly duration?: number | undefined;
  /** This one of a series only. */
  readonly onlyThis: boolean;
}

/** Invitations to some meetings that somebody may answer: they came to mailboxes that they may write from. */
export async function answerable(
  workspace: Workspace,
  principal: Principal,
  id: string,
): Promise<{ invitation: ReceivedInvitation; sender: Sender }[]> {
  const received = await receivedOf(workspace.database, workspace.schema, [id]);
  if (received.length === 0) return [];
  const senders = await sendersOf(workspace, principal);
  return received.flatMap((invitation) => {
    const sender = senders.find((one) => one.id === invitation.mailbox && one.canSend);
    return sender ? { invitation, sender } : [];
  });
}

/**
 * Answers an invitation: by mail to whoever invited, from the address that was invited; among colleagues without one.
 * @throws Problem `meeting.not-invited`, `record.not-found`, `outgoing.*`
 */
export async function answerMeeting(
  workspace: Workspace,
  principal: Principal,
  id: string,
  answer: MeetingAnswer,
): Promise<void> {
  const meeting = await recordsFor(workspace, principal, 'mail').read(interaction, id);
  const possible = await answerable(workspace, principal, id);
  const chosen = answer.address ? possible.find((one) => one.invitation.address === answer.address) : possible[0];
  if (!chosen) return answerColleague(workspace, principal, id, answer);
  const { invitation, sender } = chosen;
  const { address } = invitation;
  const own = sender.addresses.find((one) => one.toLowerCase() === address) ?? sender.addresses[0]!;
  const { from } = await requireSender(workspace, principal, { mailbox: sender.id, from: own });
  const isCounter = answer.at !== undefined;
  const response = isCounter ? 'tentative' : answer.response;
  await inTransaction(workspace, program, 'mail', async (records, connection) => {
    const { schema } = workspace;
    const alone = answer.onlyThis || isCounter || !invitation.repeats;
    const all = alone ? [invitation] : await receivedSeries(connection, schema, invitation);
    for (const one of all) {
      await noteAnswer(connection, schema, one, response);
      await noteOwn(records, one, response, answer);
    }
    const kind: MeetingMailKind = isCounter ? 'proposed' : response;
    const there = meetingOf(meeting);
    const start = answer.at?.toISOString() ?? there.start;
    await queueMeetingMail(records, connection, workspace, {
      ...{ kind, method: isCounter ? 'COUNTER' : 'REPLY', writer: principal.userId!, sender, from },
      ...{ to: invitation.organizer, organizer: invitation.organizer, message: answer.comment },
      ...{ language: await languageOf(records, workspace, meeting.contact), timeZone: principal.timeZone },
      ...{ uid: invitation.uid, sequence: invitation.sequence, about: {} },
      after: await mailOf(records, connection, schema, all),
      ...(alone && invitation.recurrence ? { recurrence: new Date(invitation.recurrence) } : {}),
      meeting: { ...there, start, length: answer.duration ?? there.length },
      attendees: [{ name: from.name, address, response }],
    });
  });
}

/** The mail by which an invitation came: what it is answered with stands in its thread. */
async function mailOf(
  records: Records,
  connection: Connection,
  schema: string,
  invitations: readonly ReceivedInvitation[],
): Promise<string | null> {
  const ids = invitations.map((one) => one.interaction);
  const filter = { messageKey: { in: await mailsAbout(connection, schema, ids) }, direction: 'in' };
  const { items } = await records.list(interaction, { filter, fields: [], sort: ['-at'], limit: 1 });
  return items[0]?.id ?? null;
}

/** What was said stands with whoever said it; what somebody declined takes none of their time. */
async function noteOwn(
  records: Records,
  { interaction: id, address }: ReceivedInvitation,
  response: MeetingResponse,
  { at, duration, comment }: MeetingAnswer,
): Promise<void> {
  const { items } = await records.list(participant, { filter: { interaction: id }, limit: 500 });
  const own = items.find((one) => one.address === address);
  const said = {
    ...{ response, comment: comment || null, proposedAt: at?.toISOString() ?? null },
    proposedDuration: at ? (duration ?? null) : null,
  };
  if (own) await records.update(participant, own.id, said as never);
  const meeting = await records.find(interaction, { id });
  if (!meeting) return;
  const isOthers = items.some((one) => one.user !== null && one.id !== own?.id && one.response !== 'declined');
  if (response === 'declined' && meeting.state === 'planned' && !isOthers)
    await records.update(interaction, id, { state: 'cancelled' } as never);
  else if (response !== 'declined' && meeting.state === 'cancelled')
    await records.update(interaction, id, { state: 'planned' } as never);
}

/** A colleague who takes part in a meeting of ours says so here. */
async function answerColleague(
  workspace: Workspace,
  principal: Principal,
  id: string,
  { response, comment, at, duration }: MeetingAnswer,
): Promise<void> {
  const records = recordsFor(workspace, program, 'mail');
  const own = await records.find(participant, { interaction: id, user: principal.userId });
  if (!own || own.role === 'uninvited' || (await receivedOf(workspace.database, workspace.schema, [id])).length > 0)
    throw new Problem('meeting.not-invited');
  await records.update(participant, own.id, {
    ...{ response: at ? 'tentative' : response, comment: comment || null },
    ...{ proposedAt: at?.toISOString() ?? null, proposedDuration: at ? (duration ?? null) : null },
  } as never);
}

/**
 * Moves a meeting to the time that a participant proposes, of which its guests hear, or tells them that it stays.
 * @throws Problem `record.not-found`, `access.denied`
 */
export async function decideProposal(
  workspace: Workspace,
  principal: Principal,
  id: string,
  participantId: string,
  isAccepted: boolean,
): Promise<void> {
  const meeting = await changeable(workspace, principal, id);
  const { schema } = workspace;
  if (isAccepted) {
    await inTransaction(workspace, principal, 'rest', async (records, connection) => {
      const { proposedAt, proposedDuration } = await proposalOf(records, id, participantId);
      const length = proposedDuration ? { duration: proposedDuration } : {};
      await records.update(interaction, id, { at: proposedAt, state: 'planned', ...length } as never);
      await noteChanged(connection, schema, [meeting.series ?? id], 0);
      await wakeInvitations(connection, workspace.id);
    });
    // Whoever tells the guests clears what was proposed; a meeting that is not told of from here has nobody who does.
    if (await invitationOf(workspace.database, schema, meeting.series ?? id)) return;
    await clear(recordsFor(workspace, program, 'mail'), participantId, { response: 'accepted' });
    return;
  }
  await inTransaction(workspace, program, 'mail', async (records, connection) => {
    const proposal = await proposalOf(records, id, participantId);
    await clear(records, participantId);
    const of = meeting.series ?? id;
    const invitation = await invitationOf(connection, schema, of, true);
    const guest = (await guestsByParticipant(records, await guestsOf(connection, schema, of), [proposal])).get(
      proposal.id,
    );
    if (!invitation || guest?.state !== 'invited') return;
    const { mailbox, organizer } = invitation;
    const { sender, from } = await senderInside(workspace, principal, connection, mailbox, organizer.address);
    const there = meetingOf(meeting);
    await queueMeetingMail(records, connection, workspace, {
      ...{ kind: 'refused', method: 'DECLINECOUNTER', writer: principal.userId!, sender, from, organizer, message: '' },
      ...{ to: { name: proposal.name ?? '', address: guest.address }, language: guest.language },
      ...{ timeZone: principal.timeZone, uid: uidOf(of), sequence: guest.sequence, after: guest.mail, about: {} },
      ...(meeting.series ? { recurrence: new Date(meeting.occursAt!) } : {}),
      ...{ meeting: there, attendees: [{ name: proposal.name ?? '', address: guest.address, response: 'tentative' }] },
    });
  });
}

/** In a transaction, which must not wait for another connection. */
async function senderInside(
  workspace: Workspace,
  principal: Principal,
  connection: Connection,
  mailbox: string,
  address: string,
): Promise<{ sender: Sender; from: MailPerson }> {
  return requireSender({ ...workspace, database: connection as Database }, principal, { mailbox, from: address });
}

async function proposalOf(records: Records, id: string, participantId: string) {
  const one = await records.find(participant, { id: participantId, interaction: id });
  if (!one?.proposedAt) throw new Problem('record.not-found');
  return one;
}

async function clear(records: Records, id: string, more: object = {}): Promise<void> {
  await records.update(participant, id, { proposedAt: null, proposedDuration: null, ...more } as never);
}

async function languageOf(records: Records, { settings }: Workspace, contact: string | null): Promise<string> {
  const known = contact ? await records.find('contact', { id: contact }, { fields: ['language'] }) : null;
  return String(known?.language ?? settings.language);
}
