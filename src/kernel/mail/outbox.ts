import type { Connection } from '../database/connection.ts';
import { identifier, join, raw, type Sql, sql } from '../database/sql.ts';
import type { FileValue } from '../fields/file/index.ts';
import { LeaseLostError } from './mailbox-state.ts';

/**
 * Mails that people write, from the first letter to what became of them. They are their writer's alone until they are sent;
 * what everybody may know stands in the interaction. A mail that was given to be sent waits until `send_at`: until then it can
 * be taken back, and that is all there is to undoing and to sending later.
 */

/** NOTIFY with the id of a workspace in which a mail waits to be sent, or was taken back. */
export const OUTBOX_CHANNEL = 'tendero_outbox';

/**
 * `draft` → `waiting` (until its time, or the next try) → `sending` (a process has it; the server has not all of it yet) →
 * `ending` (the server may have it) → `sent`, or `failed` (it will not leave), or `unsure` (nobody can tell).
 */
export type OutgoingState = 'draft' | 'waiting' | 'sending' | 'ending' | 'sent' | 'failed' | 'unsure';

export interface OutgoingRecipient {
  readonly address: string;
  /** `delivered`: a fax of which its gateway said so. */
  readonly state: 'waiting' | 'accepted' | 'refused' | 'bounced' | 'delayed' | 'delivered';
  /** In the server's words. */
  readonly detail: string;
}

export interface OutgoingMail<Content = unknown> {
  readonly id: string;
  readonly user: string;
  readonly state: OutgoingState;
  readonly content: Content;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly mailbox: string | null;
  readonly interaction: string | null;
  readonly messageId: string | null;
  readonly file: FileValue | null;
  readonly recipients: readonly OutgoingRecipient[];
  readonly sendAt: Date | null;
  readonly attempts: number;
  readonly fault: string | null;
  readonly detail: string | null;
  readonly retryAt: Date | null;
  readonly sentAt: Date | null;
  readonly keptAt: Date | null;
  readonly followUpAt: Date | null;
}

const LEASE = '60 seconds';
const columns =
  raw(`id::text, user_id::text, state, content, revision, updated_at, mailbox_id::text, interaction_id::text,
  message_id, file, recipients, send_at, attempts, fault, detail, retry_at, sent_at, kept_at, follow_up_at`);

/** @returns what is kept now; null where there is none of theirs, it was sent meanwhile, or another window saved it since */
export async function saveDraft(
  connection: Connection,
  schema: string,
  user: string,
  { id, content, revision }: { id: string; content: unknown; revision: number | null },
): Promise<OutgoingMail | null> {
  const at = tableOf(schema);
  const text = JSON.stringify(content);
  const [row] =
    revision === null
      ? await connection.run(sql`
          insert into ${at} (id, user_id, state, content, created_at, updated_at)
          values (${id}::uuid, ${user}::uuid, 'draft', ${text}::jsonb, now(), now())
          on conflict (id) do nothing returning ${columns}`)
      : await connection.run(sql`
          update ${at} set content = ${text}::jsonb, revision = revision + 1, updated_at = now()
          where id = ${id}::uuid and user_id = ${user}::uuid and state = 'draft' and revision = ${revision}::integer
          returning ${columns}`);
  return row ? mailOf(row) : null;
}

export async function discardDraft(connection: Connection, schema: string, user: string, id: string): Promise<boolean> {
  const gone = await connection.execute(sql`
    delete from ${tableOf(schema)}
    where id = ${id}::uuid and user_id = ${user}::uuid and state = 'draft'`);
  return gone > 0;
}

/** Of one person. */
export async function ownMail(
  connection: Connection,
  schema: string,
  user: string,
  id: string,
): Promise<OutgoingMail | null> {
  const [row] = await connection.run(sql`
    select ${columns} from ${tableOf(schema)} where id = ${id}::uuid and user_id = ${user}::uuid`);
  return row ? mailOf(row) : null;
}

/** What somebody writes and what has not left, the latest first. */
export async function ownMails(
  connection: Connection,
  schema: string,
  user: string,
  states: readonly OutgoingState[],
): Promise<OutgoingMail[]> {
  const rows = await connection.run(sql`
    select ${columns} from ${tableOf(schema)}
    where user_id = ${user}::uuid and state = any(${states}::text[]) order by updated_at desc limit 200`);
  return rows.map(mailOf);
}

/** By the interactions that tell of them. */
export async function mailsOf(
  connection: Connection,
  schema: string,
  by: { readonly interactions: readonly string[] } | { readonly messageIds: readonly string[] },
): Promise<OutgoingMail[]> {
  const which =
    'interactions' in by
      ? sql`interaction_id = any(${by.interactions}::uuid[])`
      : sql`message_id = any(${by.messageIds}::text[])`;
  const rows = await connection.run(sql`select ${columns} from ${tableOf(schema)} where ${which}`);
  return rows.map(mailOf);
}

/** Gives a draft to be sent. @returns whether it was one */
export async function queueMail(
  connection: Connection,
  schema: string,
  user: string,
  id: string,
  given: {
    readonly content: unknown;
    readonly mailbox: string;
    /** Null where colleagues do not see all of its mails: nothing tells of it before it has left. */
    readonly interaction: string | null;
    readonly messageId: string;
    readonly recipients: readonly string[];
    readonly sendAt: Date;
    readonly followUpAt: Date | null;
  },
): Promise<boolean> {
  const recipients = given.recipients.map((address) => ({ address, state: 'waiting', detail: '' }));
  const queued = await connection.execute(sql`
    update ${tableOf(schema)} set state = 'waiting', content = ${JSON.stringify(given.content)}::jsonb,
      mailbox_id = ${given.mailbox}::uuid, interaction_id = ${given.interaction}::uuid, message_id = ${given.messageId},
      recipients = ${JSON.stringify(recipients)}::jsonb, send_at = ${stamp(given.sendAt)}, retry_at = ${stamp(given.sendAt)},
      follow_up_at = ${given.followUpAt ? stamp(given.followUpAt) : raw('null')}, file = null, attempts = 0, fault = null,
      detail = null, failed_at = null, revision = revision + 1, updated_at = now()
    where id = ${id}::uuid and user_id = ${user}::uuid and state = 'draft'`);
  return queued > 0;
}

/**
 * Makes a draft again of what has not left: of what waits for its time, of what will not leave.
 * @returns the interaction that told of it; null when it is too late
 */
export async function takeBack(
  connection: Connection,
  schema: string,
  user: string,
  id: string,
): Promise<{ interaction: string | null } | null> {
  const [row] = await connection.run(sql`
    with was as (
      select id, interaction_id from ${tableOf(schema)}
      where id = ${id}::uuid and user_id = ${user}::uuid and sent_at is null
        and (state = 'failed' or (state = 'waiting' and (leased_until is null or leased_until < now())))
      for update)
    update ${tableOf(schema)} m set state = 'draft', interaction_id = null, message_id = null, file = null, send_at = null,
      retry_at = null, recipients = '[]', attempts = 0, fault = null, detail = null, failed_at = null, follow_up_at = null,
      revision = revision + 1, updated_at = now()
    from was where m.id = was.id returning was.interaction_id::text`);
  return row ? { interaction: row[0] as string | null } : null;
}

/**
 * Sends once more what failed or is in doubt, to those who did not get it, or takes its writer's word that it left.
 * @returns whether it was such a one
 */
export async function retryMail(
  connection: Connection,
  schema: string,
  user: string,
  id: string,
  how: 'again' | 'arrived',
): Promise<boolean> {
  const done = await connection.execute(sql`
    update ${tableOf(schema)} set attempts = 0, retry_at = now(), updated_at = now(),
      ${
        how === 'again'
          ? sql`state = 'waiting', fault = null, detail = null, failed_at = null,
              recipients = (select jsonb_agg(case when r->>'state' = 'accepted' then r else
                r || '{"state": "waiting", "detail": ""}' end) from jsonb_array_elements(recipients) r)`
          : sql`state = 'sent', sent_at = coalesce(sent_at, now()), fault = null, detail = null, failed_at = null,
              recipients = (select jsonb_agg(r || '{"state": "accepted", "detail": ""}') from jsonb_array_elements(recipients) r)`
      }
    where id = ${id}::uuid and user_id = ${user}::uuid and state = any(${how === 'again' ? ['failed', 'unsure'] : ['unsure']}::text[])`);
  return done > 0;
}

/**
 * Takes what is due for a process: what waits, what a killed process left, what is still to be put into the folder of sent
 * mails. The state says how far it had come.
 */
export async function takeDue(
  connection: Connection,
  schema: string,
  runner: string,
  limit: number,
): Promise<OutgoingMail[]> {
  const rows = await connection.run(sql`
    update ${tableOf(schema)} set runner = ${runner}::uuid, leased_until = now() + ${LEASE}::interval
    where id in (
      select id from ${tableOf(schema)}
      where retry_at <= now() and (leased_until is null or leased_until < now())
      order by retry_at limit ${limit}::integer for update skip locked)
    returning ${columns}`);
  return rows.map(mailOf);
}

/** When the next one is due, or a lease ends; null when nothing waits. */
export async function nextDue(connection: Connection, schema: string): Promise<Date | null> {
  const [row] = await connection.run(sql`
    select min(greatest(retry_at, coalesce(leased_until, retry_at))) from ${tableOf(schema)} where retry_at is not null`);
  return dateOf(row?.[0] ?? null);
}

/** @returns those that are still the process's own */
export async function holdMails(
  connection: Connection,
  schema: string,
  ids: readonly string[],
  runner: string,
): Promise<ReadonlySet<string>> {
  const rows = await connection.run(sql`
    update ${tableOf(schema)} set leased_until = now() + ${LEASE}::interval
    where id = any(${ids}::uuid[]) and runner = ${runner}::uuid returning id::text`);
  return new Set(rows.map(([id]) => id as string));
}

/** What a process may say of a mail that it has. */
export interface OutgoingChange {
  readonly state?: OutgoingState;
  readonly file?: FileValue;
  readonly recipients?: readonly OutgoingRecipient[];
  readonly attempts?: number;
  readonly fault?: string | null;
  readonly detail?: string | null;
  readonly retryAt?: Date | null;
  readonly sentAt?: Date;
  readonly keptAt?: Date;
  readonly followUpAt?: null;
}

/**
 * Writes down how far a mail has come, while it is this process's.
 * @param release gives it up
 * @throws LeaseLostError when another process has it
 */
export async function noteMail(
  connection: Connection,
  schema: string,
  id: string,
  runner: string,
  change: OutgoingChange,
  release = false,
): Promise<void> {
  const { fault, detail, retryAt } = change;
  const sets = [
    change.state !== undefined && sql`state = ${change.state}`,
    change.file !== undefined && sql`file = ${JSON.stringify(change.file)}::jsonb`,
    change.recipients !== undefined && sql`recipients = ${JSON.stringify(change.recipients)}::jsonb`,
    change.attempts !== undefined && sql`attempts = ${change.attempts}::integer`,
    fault !== undefined && sql`fault = ${fault}, failed_at = ${fault === null ? raw('null') : raw('now()')}`,
    detail !== undefined && sql`detail = ${detail}`,
    retryAt !== undefined && sql`retry_at = ${retryAt === null ? raw('null') : stamp(retryAt)}`,
    change.sentAt !== undefined && sql`sent_at = coalesce(sent_at, ${stamp(change.sentAt)})`,
    change.keptAt !== undefined && sql`kept_at = ${stamp(change.keptAt)}`,
    change.followUpAt !== undefined && raw('follow_up_at = null'),
    release && raw('runner = null, leased_until = null'),
    raw('updated_at = now()'),
  ].filter((one) => one !== false);
  const noted = await connection.execute(sql`
    update ${tableOf(schema)} set ${join(sets)} where id = ${id}::uuid and runner = ${runner}::uuid`);
  if (noted === 0) throw new LeaseLostError('Another process sends this mail');
}

/** Notes what became of a mail after it had left: what the other servers report. */
export async function noteReport(
  connection: Connection,
  schema: string,
  id: string,
  recipients: readonly OutgoingRecipient[],
): Promise<void> {
  await connection.execute(sql`
    update ${tableOf(schema)} set recipients = ${JSON.stringify(recipients)}::jsonb where id = ${id}::uuid`);
}

/** Mails whose writers want to know by now that nobody answered. */
export async function followUpsDue(connection: Connection, schema: string): Promise<OutgoingMail[]> {
  const rows = await connection.run(sql`
    select ${columns} from ${tableOf(schema)} where follow_up_at <= now() and state = 'sent' limit 100`);
  return rows.map(mailOf);
}

/** @returns false when another process was a moment faster */
export async function endFollowUp(connection: Connection, schema: string, id: string): Promise<boolean> {
  const ended = await connection.execute(
    sql`update ${tableOf(schema)} set follow_up_at = null where id = ${id}::uuid and follow_up_at is not null`,
  );
  return ended > 0;
}

function mailOf(row: readonly unknown[]): OutgoingMail {
  const [id, user, state, content, revision, updatedAt, mailbox, interaction, messageId, file, recipients, ...rest] =
    row;
  const [sendAt, attempts, fault, detail, retryAt, sentAt, keptAt, followUpAt] = rest;
  return {
    ...{
      id,
      user,
      state,
      content,
      revision,
      mailbox,
      interaction,
      messageId,
      file,
      recipients,
      attempts,
      fault,
      detail,
    },
    ...{ updatedAt: dateOf(updatedAt), sendAt: dateOf(sendAt), retryAt: dateOf(retryAt), sentAt: dateOf(sentAt) },
    ...{ keptAt: dateOf(keptAt), followUpAt: dateOf(followUpAt) },
  } as OutgoingMail;
}

const tableOf = (schema: string): Sql => raw(`${identifier(schema)}."outgoing_mail"`);
const stamp = (moment: Date): Sql => sql`${moment.toISOString()}::timestamptz`;
const dateOf = (value: unknown): Date | null => (value === null ? null : new Date(value as string));
