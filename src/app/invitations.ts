import { asSystem, type Principal } from '#kernel/access/access.ts';
import {
  beginInvitation,
  dueInvitations,
  guestsOf,
  INVITATION_CHANNEL,
  invitationOf,
  keepGuest,
  type MeetingGuest,
  type MeetingInvitation,
  settleInvitation,
} from '#kernel/calendar/invitation-state.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import {
  changeSeries,
  hashOf,
  interaction,
  joinMeetings,
  keepAttendees,
  meetingOf,
  meetingSeries,
  meetingsOf,
  participant,
  remembered,
  type SeriesScope,
  uidOf,
} from '#modules/channels/index.ts';
import { contact } from '#modules/customers/index.ts';
import { notification } from '#modules/teamwork/index.ts';
import { inviteesOf } from './invitees.ts';
import { type MeetingMailKind, queueMeetingMail } from './meeting-mail.ts';
import { type MailPerson, notesOn, requireSender, type Sender } from './outgoing.ts';
import { principalOf } from './principal.ts';
import { keepRounds } from './rounds.ts';
import type { Runtime } from './runtime.ts';
import { tellSeries } from './series-invitations.ts';

/** Finds what no notice told of, and meetings that have been quiet for long enough. */
const SWEEP_MS = 3_000;

const program = asSystem('whoever was invited hears what becomes of a meeting, whoever changes it');

/** Who is invited to what, from where. */
export interface Inviting {
  readonly mailbox: string;
  readonly from: string | null;
  readonly message: string;
  /** Who comes to the meeting. */
  readonly add: readonly MailPerson[];
  /** Of a meeting that repeats: to which ones of it. */
  readonly scope: 'this' | SeriesScope;
  /** Which of its participants are invited to those, beside who is added; null for all with the first invitation, then for none. */
  readonly people: readonly string[] | null;
}

/**
 * Invites the participants of a meeting from a mailbox. From now on they hear of every change of it by themselves. To those that
 * follow of a series they are invited as a series of its own, which begins with this one.
 * @throws Problem `meeting.not-to-invite`, `meeting.nobody`, `outgoing.*`, `record.not-found`, `access.denied`
 */
export async function inviteTo(
  workspace: Workspace,
  principal: Principal,
  id: string,
  { mailbox, from, message, add, scope, people }: Inviting,
): Promise<void> {
  const meeting = await changeable(workspace, principal, id);
  const now = new Date();
  if (!mayInvite(meeting, now)) throw new Problem('meeting.not-to-invite');
  const { sender, from: organizer } = await requireSender(workspace, principal, { mailbox, from });
  const isOne = meeting.series === null || scope === 'this';
  const coming = isOne ? null : await comingOf(workspace, principal, meeting, scope, now);
  await inTransaction(workspace, program, 'mail', async (records, connection) => {
    const known = await invitationOf(connection, workspace.schema, meeting.series ?? id, true);
    // Answers go where the first invitation came from.
    if (known && known.organizer.address !== organizer.address) throw new Problem('meeting.not-to-invite');
    const before = (await participantsOf(records, id)).map((one) => one.id);
    await invitesCustomer(records, meeting);
    const attendees = add.map(({ name, address }) => ({
      ...{ name, address: address.toLowerCase(), response: 'needs-action' as const, isOrganizer: false },
    }));
    await keepAttendees(records, id, [], attendees);
    const wanted = (await inviteesOf(records, [meeting], sender, organizer)).get(id)!;
    if (wanted.length === 0) throw new Problem('meeting.nobody');
    const isJoining = (one: Participant) =>
      !before.includes(one.id) || (people === null ? known === null : people.includes(one.id));
    const joining = (await participantsOf(records, id)).filter(isJoining);
    if (coming && joining.length > 0) {
      if (coming.isPart) await changeSeries(records, meeting, 'following', {}, now);
      await joinMeetings(records, joining, coming.ids);
    }
    // Of a series, one invitation is to all of it.
    const of = (await records.read(interaction, id, { fields: ['series'] })).series ?? id;
    const given = { interaction: of, user: principal.userId!, mailbox, organizer, message };
    await beginInvitation(connection, workspace.schema, given);
    await wakeInvitations(connection, workspace.id);
  });
}

/** A meeting that somebody may change. @throws Problem `record.not-found`, `access.denied` */
export async function changeable(workspace: Workspace, principal: Principal, id: string) {
  const records = recordsFor(workspace, principal, 'mail');
  const meeting = await records.read(interaction, id);
  if (!(await records.allowed(interaction, 'update', [id])).has(id)) throw new Problem('access.denied');
  return meeting;
}

/** A meeting that was planned here and is still to come; what came from elsewhere invites from there. */
export function mayInvite({ channel, state, messageKey, at, duration }: Meeting, now: Date): boolean {
  const end = new Date(at).getTime() + (duration ?? 0) * 1_000;
  return (channel === 'meeting' || channel === 'visit') && state === 'planned' && !messageKey && end > now.getTime();
}

/** Tells the workers of all processes that guests may have something to hear. */
export async function wakeInvitations(connection: Connection, workspaceId: string): Promise<void> {
  await connection.run(sql`select pg_notify(${INVITATION_CHANNEL}, ${workspaceId})`);
}

/** Tells guests what they do not know yet, as soon as a meeting has been left alone for a while. */
export function keepInvitationsSent(runtime: Runtime, onError: (error: unknown) => void): { stop(): Promise<void> } {
  const round = async (workspaceId: string): Promise<void> => {
    const workspace = await runtime.workspace(workspaceId);
    for (const id of await dueInvitations(workspace.database, workspace.schema))
      await tellGuests(workspace, id).catch(onError);
  };
  return keepRounds(runtime, { channel: INVITATION_CHANNEL, sweepMs: SWEEP_MS, round }, onError);
}

type Meeting = Awaited<ReturnType<typeof changeable>>;
type Participant = RecordOf<typeof participant>;

/**
 * Compares what the guests of a meeting were told with what it is, and sends them what they do not know. What is sent, and that
 * it is, is one transaction: however often this is begun, they hear of it once.
 */
export async function tellGuests(workspace: Workspace, id: string): Promise<void> {
  const { schema } = workspace;
  await inTransaction(workspace, program, 'mail', async (records, connection) => {
    const invitation = await invitationOf(connection, schema, id, true);
    if (!invitation?.isDue) return;
    // It must not wait for another connection.
    const inside = { ...workspace, database: connection as Database };
    const writer = await principalOf(workspace, invitation.user, connection);
    const { mailbox, organizer } = invitation;
    let found: { sender: Sender; from: MailPerson };
    try {
      if (!writer) throw new Problem('outgoing.sender');
      found = await requireSender(inside, writer, { mailbox, from: organizer.address });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await settleInvitation(connection, schema, id, { fault: error.code });
      // Of a series its first one stands for it.
      const targetId = (await meetingsOf(records, id))[0]?.id ?? id;
      await records.create(notification, {
        ...{ user: invitation.user, kind: 'mailFailed', targetObject: 'interaction', targetId },
        params: { title: (await titleOf(records, targetId)) ?? '', answer: '' },
      } as never);
      return;
    }
    const meeting = await records.find(interaction, { id });
    const now = Date.now();
    const isThere = await records.find(meetingSeries, { id });
    const series = isThere ?? (await records.find(meetingSeries, { id }, { deleted: true }));
    if (series) {
      const given = { invitation, series, isGone: !isThere, ...found, now: new Date(now) };
      await tellSeries(records, connection, inside, program, given);
      return;
    }
    const here = meeting ?? (await records.find(interaction, { id }, { deleted: true }));
    if (here) await tell(records, connection, inside, { invitation, here, isGone: !meeting, ...found, now });
    else await settleInvitation(connection, schema, id, invitation);
  });
}

interface Telling {
  readonly invitation: MeetingInvitation;
  readonly here: Meeting;
  /** It was deleted. */
  readonly isGone: boolean;
  readonly sender: Sender;
  readonly from: MailPerson;
  readonly now: number;
}

async function tell(
  records: Records,
  connection: Connection,
  workspace: Workspace,
  { invitation, here, isGone, sender, from, now }: Telling,
): Promise<void> {
  const { schema } = workspace;
  const { interaction: id, organizer, message } = invitation;
  const meeting = meetingOf(here);
  const { start, length, subject, place } = remembered(meeting);
  const told = { start, length, subject, place, message: hashOf(message) };
  const before = invitation.told as typeof told | null;
  const isOff = isGone || here.state === 'cancelled';
  const guests = await guestsOf(connection, schema, id);
  const isOver = Date.parse(start) + length * 1_000 < now && (before === null || before.start === start);
  if (isOver || (!isOff && here.state !== 'planned')) {
    await settleInvitation(connection, schema, id, invitation);
    return;
  }
  const isMoved = before !== null && (before.start !== start || before.length !== length || before.place !== place);
  const isChanged = isMoved || (before !== null && (before.subject !== subject || before.message !== told.message));
  if (before !== null && (before.start !== start || before.length !== length))
    await askAgain(records, id, here.at, guests);
  const all = isOff ? [] : (await inviteesOf(records, [here], sender, organizer)).get(id)!;
  const wanted = all.map((one) => ({ ...one, language: one.language || workspace.settings.language }));
  const byAddress = new Map(guests.map((one) => [one.address, one]));
  const left = guests.filter(
    ({ address, state }) => state === 'invited' && !wanted.some((one) => one.address === address),
  );
  // What was called off and takes place after all is later than that.
  const isAgain = before === null && guests.length > 0 && !isOff;
  const sequence = invitation.sequence + (isMoved || left.length > 0 || isAgain ? 1 : 0);
  const { timeZone } = await records.read('user', here.owner ?? invitation.user, { fields: ['timeZone'] });
  const send = (kind: MeetingMailKind, guest: MailPerson & { language: string; mail: string | null }) =>
    queueMeetingMail(records, connection, workspace, {
      ...{ kind, method: kind === 'cancelled' ? 'CANCEL' : 'REQUEST', writer: invitation.user, sender, from },
      ...{ to: { name: guest.name, address: guest.address }, language: guest.language, after: guest.mail },
      ...{ timeZone: String(timeZone), uid: uidOf(id), sequence, meeting, organizer },
      ...{ message: kind === 'cancelled' ? '' : message, about: aboutOf(here) },
      attendees: (kind === 'cancelled' ? [{ ...guest, response: null }] : wanted).map(
        ({ name, address, response }) => ({
          ...{ name, address, response: response ?? 'needs-action' },
        }),
      ),
    });
  for (const one of wanted) {
    const known = byAddress.get(one.address);
    const isNew = known?.state !== 'invited';
    if (!isNew && !isChanged && known.participant === one.participant) continue;
    const to = { name: one.name, address: one.address };
    const notes = await notesOn(workspace, program, { to: [to], cc: [], bcc: [], replyTo: null });
    const stop = notes.find(({ stops }) => stops);
    const guest: MeetingGuest = {
      ...{ address: one.address, participant: one.participant, language: one.language, sequence },
      ...{ state: stop ? 'kept-out' : 'invited', fault: stop?.code ?? null, outgoing: null, mail: null },
    };
    const isSent = !stop && (isNew || isChanged);
    const sent = isSent ? await send(isNew ? 'invited' : 'changed', { ...one, mail: known?.mail ?? null }) : null;
    await keepGuest(connection, schema, id, {
      ...{ ...guest, sequence: isSent ? sequence : (known?.sequence ?? sequence) },
      ...{ outgoing: sent?.outgoing ?? null, mail: sent?.interaction ?? null },
    });
  }
  for (const one of left) {
    const sent = isOverAlready(before, now) ? null : await send('cancelled', { ...one, name: '' });
    await keepGuest(connection, schema, id, {
      ...{ ...one, state: 'cancelled', sequence, outgoing: sent?.outgoing ?? null, mail: sent?.interaction ?? null },
    });
  }
  await settleInvitation(connection, schema, id, { sequence, told: isOff ? null : told });
}

/** What has been needs no calling off. */
function isOverAlready(before: { start: string; length: number } | null, now: number): boolean {
  return before !== null && Date.parse(before.start) + before.length * 1_000 < now;
}

/** At another time what was said of the one before says nothing, but from whoever wanted it so. */
async function askAgain(records: Records, id: string, at: string, guests: readonly MeetingGuest[]): Promise<void> {
  const invited = new Set(guests.flatMap(({ state, participant: of }) => (state === 'invited' ? of : [])));
  const { items } = await records.list(participant, { filter: { interaction: id }, limit: 500 });
  for (const one of items) {
    if (!invited.has(one.id) || (one.response === null && one.proposedAt === null)) continue;
    const isTheirs = one.proposedAt !== null && +new Date(one.proposedAt) === +new Date(at);
    const changes = { response: isTheirs ? 'accepted' : null, proposedAt: null, proposedDuration: null, comment: null };
    await records.update(participant, one.id, changes as never);
  }
}

/** Whom the meeting is with takes part in it. */
async function invitesCustomer(records: Records, { id, contact: of, owner }: Meeting): Promise<void> {
  if (!of || (await records.find(participant, { interaction: id, contact: of }, { fields: [] }))) return;
  const { name } = await records.read(contact, of, { fields: ['name'] });
  await records.create(participant, {
    interaction: id,
    role: 'attendee',
    contact: of,
    name: String(name),
    owner,
  } as never);
}

/** Those of a series that are to come, or of them those from one on. @throws Problem `access.denied` */
async function comingOf(
  workspace: Workspace,
  principal: Principal,
  meeting: Meeting,
  scope: SeriesScope,
  now: Date,
): Promise<{ ids: string[]; isPart: boolean }> {
  const all = await meetingsOf(recordsFor(workspace, program, 'mail'), meeting.series!);
  const coming = all.filter((one) => one.state === 'planned' && new Date(one.at) > now);
  const ids = coming.filter((one) => scope === 'all' || one.occursAt! >= meeting.occursAt!).map((one) => one.id);
  // What nobody may do to one of them, nobody does to all.
  const allowed = await recordsFor(workspace, principal, 'mail').allowed(interaction, 'update', ids);
  if (ids.some((one) => !allowed.has(one))) throw new Problem('access.denied');
  return { ids, isPart: ids.length < coming.length };
}

async function participantsOf(records: Records, meeting: string): Promise<Participant[]> {
  const filter = { interaction: meeting, role: { isNot: 'uninvited' } };
  return (await records.list(participant, { filter, limit: 500 })).items;
}

function aboutOf({ account, opportunity }: Meeting) {
  return { ...(account ? { account } : {}), ...(opportunity ? { opportunity } : {}) };
}

async function titleOf(records: Records, id: string): Promise<string | null> {
  return (await records.find(interaction, { id }, { fields: ['subject'] }))?.subject ?? null;
}
