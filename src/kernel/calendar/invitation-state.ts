import type { Connection } from '../database/connection.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';

/**
 * Invitations by mail, in both directions: which meetings invite from here and what each guest was told, and to which meetings one
 * of our mailboxes was invited and what it said. Tables, and no records: what people answered stands with the participants.
 */

/** NOTIFY with the id of a workspace in which guests may have something to hear. */
export const INVITATION_CHANNEL = 'tendero_invitation';

/** A meeting that invites its participants from here. */
export interface MeetingInvitation {
  /** Of a meeting, or of a series. */
  readonly interaction: string;
  /** In whose name its mails go out, from which mailbox. */
  readonly user: string;
  readonly mailbox: string;
  readonly organizer: { readonly name: string; readonly address: string };
  /** What whoever invites says to the guests. */
  readonly message: string;
  /** Grows with each change of when and where. */
  readonly sequence: number;
  /** What of the meeting the guests know, as hashes; null before anybody was told. */
  readonly told: Readonly<Record<string, unknown>> | null;
  /** Why nobody can be told, as a word of the catalogues. */
  readonly fault: string | null;
}

/** Somebody who was told of a meeting. */
export interface MeetingGuest {
  readonly address: string;
  readonly participant: string;
  readonly language: string;
  /** Of the meeting when they last heard of it: an answer to an earlier one says nothing any more. */
  readonly sequence: number;
  /** `kept-out`: they cannot be written to, and `fault` says why. */
  readonly state: 'invited' | 'cancelled' | 'kept-out';
  readonly fault: string | null;
  /** The last mail to them: in the outbox, and as an interaction. */
  readonly outgoing: string | null;
  readonly mail: string | null;
}

/** One of our addresses was invited to a meeting. */
export interface ReceivedInvitation {
  readonly interaction: string;
  readonly address: string;
  readonly mailbox: string;
  readonly uid: string;
  /** Which one of a series, as `Occurrence` says it. */
  readonly recurrence: string;
  readonly repeats: boolean;
  readonly organizer: { readonly name: string; readonly address: string };
  readonly sequence: number;
  /** What was said last; null before. */
  readonly answer: 'accepted' | 'declined' | 'tentative' | null;
  readonly answeredAt: Date | null;
}

const invitationColumns = raw(
  'interaction_id::text, user_id::text, mailbox_id::text, organizer, organizer_name, message, sequence, told, fault',
);

/** Makes a meeting invite from a mailbox, or from another one from now on; its guests hear of it at once. */
export async function beginInvitation(
  connection: Connection,
  schema: string,
  { interaction, user, mailbox, organizer, message }: Omit<MeetingInvitation, 'sequence' | 'told' | 'fault'>,
): Promise<void> {
  await connection.execute(sql`
    insert into ${at(schema, INVITATION)} (interaction_id, user_id, mailbox_id, organizer, organizer_name, message, sequence, due_at)
    values (${interaction}::uuid, ${user}::uuid, ${mailbox}::uuid, ${organizer.address}, ${organizer.name}, ${message}, 0, now())
    on conflict (interaction_id) do update set user_id = excluded.user_id, mailbox_id = excluded.mailbox_id,
      organizer_name = excluded.organizer_name, message = excluded.message, due_at = now(), fault = null`);
}

/** A series that goes on in another one invites to that, too. */
export async function inviteFurther(connection: Connection, schema: string, from: string, to: string): Promise<void> {
  await connection.execute(sql`
    insert into ${at(schema, INVITATION)} (interaction_id, user_id, mailbox_id, organizer, organizer_name, message, sequence)
    select ${to}::uuid, user_id, mailbox_id, organizer, organizer_name, message, 0 from ${at(schema, INVITATION)}
    where interaction_id = ${from}::uuid and told is not null on conflict do nothing`);
}

/** @param lock until the transaction ends, so that one process at a time tells the guests */
export async function invitationOf(
  connection: Connection,
  schema: string,
  interaction: string,
  lock = false,
): Promise<(MeetingInvitation & { isDue: boolean; isPending: boolean }) | null> {
  const [row] = await connection.run(sql`
    select ${invitationColumns}, coalesce(due_at <= now(), false), due_at is not null from ${at(schema, INVITATION)}
    where interaction_id = ${interaction}::uuid ${raw(lock ? 'for update' : '')}`);
  if (!row) return null;
  const [id, user, mailbox, address, name, message, sequence, told, fault, isDue, isPending] = row;
  return {
    interaction: id,
    user,
    mailbox,
    organizer: { name, address },
    message,
    sequence,
    told,
    fault,
    isDue,
    isPending,
  } as never;
}

/** Meetings whose guests may have something to hear by now. */
export async function dueInvitations(connection: Connection, schema: string): Promise<string[]> {
  const rows = await connection.run(sql`
    select interaction_id::text from ${at(schema, INVITATION)} where due_at <= now() order by due_at limit 100`);
  return rows.map(([id]) => id as string);
}

/** Some meetings may have changed: their guests are told once nothing more has changed for a while. @returns how many invite */
export async function noteChanged(
  connection: Connection,
  schema: string,
  interactions: readonly string[],
  quietSeconds: number,
): Promise<number> {
  return connection.execute(sql`
    update ${at(schema, INVITATION)}
    set due_at = case when due_at <= now() then due_at else now() + make_interval(secs => ${quietSeconds}) end
    where interaction_id = any(${[...interactions]}::uuid[])`);
}

/** The guests know, or cannot be told. */
export async function settleInvitation(
  connection: Connection,
  schema: string,
  interaction: string,
  end: { sequence: number; told: object | null } | { fault: string },
): Promise<void> {
  const said =
    'fault' in end
      ? sql`fault = ${end.fault}`
      : sql`fault = null, sequence = ${end.sequence}::integer, told = ${end.told === null ? null : JSON.stringify(end.told)}::jsonb`;
  await connection.execute(sql`
    update ${at(schema, INVITATION)} set due_at = null, ${said} where interaction_id = ${interaction}::uuid`);
}

export async function guestsOf(connection: Connection, schema: string, interaction: string): Promise<MeetingGuest[]> {
  const rows = await connection.run(sql`
    select address, participant_id::text, language, sequence, state, fault, outgoing_id::text, mail_id::text
    from ${at(schema, GUEST)} where interaction_id = ${interaction}::uuid order by address`);
  return rows.map(
    ([address, participant, language, sequence, state, fault, outgoing, mail]) =>
      ({ address, participant, language, sequence, state, fault, outgoing, mail }) as MeetingGuest,
  );
}

export async function keepGuest(
  connection: Connection,
  schema: string,
  interaction: string,
  { address, participant, language, sequence, state, fault, outgoing, mail }: MeetingGuest,
): Promise<void> {
  await connection.execute(sql`
    insert into ${at(schema, GUEST)}
      (interaction_id, address, participant_id, language, sequence, state, fault, outgoing_id, mail_id)
    values (${interaction}::uuid, ${address}, ${participant}::uuid, ${language}, ${sequence}::integer, ${state}, ${fault},
      ${outgoing}::uuid, ${mail}::uuid)
    on conflict (interaction_id, address) do update set participant_id = excluded.participant_id,
      language = excluded.language, sequence = excluded.sequence, state = excluded.state, fault = excluded.fault,
      outgoing_id = coalesce(excluded.outgoing_id, ${raw(`"${GUEST}"`)}.outgoing_id),
      mail_id = coalesce(excluded.mail_id, ${raw(`"${GUEST}"`)}.mail_id)`);
}

/** Notes that one of our addresses is invited; what it said stays, unless when and where are others now. */
export async function keepReceived(
  connection: Connection,
  schema: string,
  one: Omit<ReceivedInvitation, 'answer' | 'answeredAt'>,
): Promise<void> {
  const table = raw(`"${RECEIVED}"`);
  await connection.execute(sql`
    insert into ${at(schema, RECEIVED)} (interaction_id, address, mailbox_id, uid, recurrence, repeats, organizer, organizer_name, sequence)
    values (${one.interaction}::uuid, ${one.address}, ${one.mailbox}::uuid, ${one.uid}, ${one.recurrence}, ${one.repeats},
      ${one.organizer.address}, ${one.organizer.name}, ${one.sequence}::bigint)
    on conflict (interaction_id, address) do update set mailbox_id = excluded.mailbox_id, repeats = excluded.repeats,
      organizer_name = excluded.organizer_name, sequence = excluded.sequence,
      answer = case when excluded.sequence > ${table}.sequence then null else ${table}.answer end
      where ${table}.organizer = excluded.organizer and ${table}.sequence <= excluded.sequence`);
}

export async function receivedOf(
  connection: Connection,
  schema: string,
  interactions: readonly string[],
): Promise<ReceivedInvitation[]> {
  return receivedWhere(connection, schema, sql`interaction_id = any(${[...interactions]}::uuid[])`);
}

/** All occurrences of a series to which an address was invited. */
export async function receivedSeries(
  connection: Connection,
  schema: string,
  { uid, address }: Pick<ReceivedInvitation, 'uid' | 'address'>,
): Promise<ReceivedInvitation[]> {
  return receivedWhere(connection, schema, sql`uid = ${uid} and address = ${address}`);
}

async function receivedWhere(connection: Connection, schema: string, where: Sql): Promise<ReceivedInvitation[]> {
  const rows = await connection.run(sql`
    select interaction_id::text, address, mailbox_id::text, uid, recurrence, repeats, organizer, organizer_name, sequence,
      answer, answered_at
    from ${at(schema, RECEIVED)} where ${where} order by recurrence, address`);
  return rows.map(
    ([interaction, address, mailbox, uid, recurrence, repeats, organizer, name, sequence, answer, when]) => ({
      ...({ interaction, address, mailbox, uid, recurrence, repeats, answer } as ReceivedInvitation),
      organizer: { name: name as string, address: organizer as string },
      sequence: Number(sequence),
      answeredAt: when === null ? null : new Date(when as string),
    }),
  );
}

export async function noteAnswer(
  connection: Connection,
  schema: string,
  { interaction, address }: Pick<ReceivedInvitation, 'interaction' | 'address'>,
  answer: ReceivedInvitation['answer'],
): Promise<void> {
  await connection.execute(sql`
    update ${at(schema, RECEIVED)} set answer = ${answer}, answered_at = now()
    where interaction_id = ${interaction}::uuid and address = ${address}`);
}

/** A mail that tells of a meeting. @param mail its key */
export async function linkMail(
  connection: Connection,
  schema: string,
  mail: string,
  interaction: string,
): Promise<void> {
  await connection.execute(sql`
    insert into ${at(schema, MAIL)} (mail_key, interaction_id) values (${mail}, ${interaction}::uuid) on conflict do nothing`);
}

export async function meetingOfMail(connection: Connection, schema: string, mail: string): Promise<string | null> {
  const [row] = await connection.run(
    sql`select interaction_id::text from ${at(schema, MAIL)} where mail_key = ${mail}`,
  );
  return (row?.[0] as string | undefined) ?? null;
}

/** Keys of the mails that tell of some meetings. */
export async function mailsAbout(
  connection: Connection,
  schema: string,
  interactions: readonly string[],
): Promise<string[]> {
  const rows = await connection.run(sql`
    select mail_key from ${at(schema, MAIL)} where interaction_id = any(${[...interactions]}::uuid[]) limit 100`);
  return rows.map(([key]) => key as string);
}

const INVITATION = 'meeting_invitation';
const GUEST = 'meeting_guest';
const RECEIVED = 'meeting_received';
const MAIL = 'meeting_mail';

function at(schema: string, name: string): Sql {
  return raw(`${identifier(schema)}.${identifier(name)}`);
}
