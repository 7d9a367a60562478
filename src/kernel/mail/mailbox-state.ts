import type { Connection } from '../database/connection.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { Secrets } from '../workspace/secrets.ts';
import type { ImapServer } from './imap/connection.ts';
import type { FolderBatch, FolderCursor, FolderReport, MailFolder, SkipReason } from './imap/contract.ts';
import type { FollowState } from './imap/watch.ts';
import type { MailProviderName } from './mail-providers.ts';

/**
 * What the program knows of the mailboxes that it reads: how each is reached, whose turn it is, how far each folder was read,
 * where each mail is, and what was left out. Tables beside the records, because they change with every mail.
 */

/** NOTIFY with the id of a workspace in which a mailbox was connected, changed, or is to be tried at once. */
export const MAILBOX_CHANNEL = 'tendero_mailboxes';

/** Where a mailbox is. */
export type MailHost = Pick<ImapServer, 'host' | 'port' | 'security' | 'username'>;

export interface MailboxAccess {
  readonly imap: MailHost;
  /** Through which server it sends; null while nobody said. */
  readonly smtp: MailHost | null;
}

/** Passwords, or what a provider gave so that tokens can be asked for. */
export type MailboxSecret =
  | { readonly imap: string; readonly smtp: string | null }
  | { readonly provider: MailProviderName; readonly refreshToken: string };

export interface MailboxState extends MailboxAccess {
  readonly mailbox: string;
  readonly revision: number;
  /** Whether some process works on it now. */
  readonly isHeld: boolean;
  readonly doing: FollowState['kind'] | null;
  readonly folder: string | null;
  readonly succeededAt: Date | null;
  readonly attempts: number;
  readonly fault: string | null;
  readonly detail: string | null;
  readonly failedAt: Date | null;
  readonly retryAt: Date | null;
  readonly turnAt: Date | null;
}

export interface FolderState {
  readonly path: string;
  readonly role: MailFolder['role'];
  readonly chosen: boolean;
  readonly present: boolean;
  readonly messages: number | null;
  readonly beforeStart: number;
  readonly cursor: FolderCursor | null;
  readonly succeededAt: Date | null;
  readonly fault: string | null;
  readonly detail: string | null;
  readonly failedAt: Date | null;
}

/** Somebody else took the mailbox over: what was read in the meantime is theirs to keep. */
export class LeaseLostError extends Error {}

const LEASE = '30 seconds';

/** Connects a mailbox, or changes how it is reached. */
export async function saveAccess(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  mailbox: string,
  { imap, smtp }: MailboxAccess,
  secret: MailboxSecret,
): Promise<void> {
  const sealed = secrets.seal(JSON.stringify(secret), purposeOf(mailbox));
  await connection.execute(sql`
    insert into ${tableOf(schema, 'mailbox_state')} as s (mailbox_id, imap, smtp, secret)
    values (${mailbox}::uuid, ${JSON.stringify(imap)}::jsonb, ${smtp ? JSON.stringify(smtp) : null}::jsonb, ${sealed})
    on conflict (mailbox_id) do update set imap = excluded.imap, smtp = excluded.smtp, secret = excluded.secret,
      revision = s.revision + 1, attempts = 0, retry_at = null`);
}

/** The provider gave another refresh token: the one before is no good any more. How it is reached stays as it is. */
export async function renewSecret(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  mailbox: string,
  secret: MailboxSecret,
): Promise<void> {
  const sealed = secrets.seal(JSON.stringify(secret), purposeOf(mailbox));
  await connection.execute(
    sql`update ${tableOf(schema, 'mailbox_state')} set secret = ${sealed} where mailbox_id = ${mailbox}::uuid`,
  );
}

export async function secretOf(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  mailbox: string,
): Promise<MailboxSecret> {
  const [row] = await connection.run(
    sql`select secret from ${tableOf(schema, 'mailbox_state')} where mailbox_id = ${mailbox}::uuid`,
  );
  return JSON.parse(secrets.open(row![0] as string, purposeOf(mailbox))) as MailboxSecret;
}

/** @param mailboxes all of the workspace when left out */
export async function mailboxStates(
  connection: Connection,
  schema: string,
  mailboxes?: readonly string[],
): Promise<MailboxState[]> {
  const rows = await connection.run(sql`
    select mailbox_id::text, imap, smtp, revision, coalesce(leased_until > now(), false), doing, folder, succeeded_at,
      attempts, fault, detail, failed_at, retry_at, turn_at
    from ${tableOf(schema, 'mailbox_state')}
    ${mailboxes ? sql`where mailbox_id = any(${mailboxes}::uuid[])` : raw('')}
    order by turn_at nulls first, mailbox_id`);
  return rows.map((row) => {
    const [mailbox, imap, smtp, revision, isHeld, doing, folder, succeededAt, attempts, ...rest] = row;
    const [fault, detail, failedAt, retryAt, turnAt] = rest;
    return {
      ...{ mailbox, imap, smtp, revision, isHeld, doing, folder, attempts, fault, detail },
      ...{ succeededAt: dateOf(succeededAt), failedAt: dateOf(failedAt), retryAt: dateOf(retryAt) },
      turnAt: dateOf(turnAt),
    } as MailboxState;
  });
}

/** Takes the mailbox for a process, if nobody has it. @returns the revision it is to work with; null when it is taken */
export async function takeMailbox(
  connection: Connection,
  schema: string,
  mailbox: string,
  runner: string,
): Promise<number | null> {
  const [row] = await connection.run(sql`
    update ${tableOf(schema, 'mailbox_state')}
    set runner = ${runner}::uuid, leased_until = now() + ${LEASE}::interval, turn_at = now()
    where mailbox_id = ${mailbox}::uuid and (leased_until is null or leased_until < now() or runner = ${runner}::uuid)
    returning revision`);
  return row ? (row[0] as number) : null;
}

/** Says that a process is still at work. @returns the mailboxes that are still its own, with their revisions */
export async function holdMailboxes(
  connection: Connection,
  schema: string,
  mailboxes: readonly string[],
  runner: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.run(sql`
    update ${tableOf(schema, 'mailbox_state')} set leased_until = now() + ${LEASE}::interval
    where mailbox_id = any(${mailboxes}::uuid[]) and runner = ${runner}::uuid returning mailbox_id::text, revision`);
  return new Map(rows as [string, number][]);
}

export async function leaveMailbox(
  connection: Connection,
  schema: string,
  mailbox: string,
  runner: string,
): Promise<void> {
  await connection.execute(sql`
    update ${tableOf(schema, 'mailbox_state')} set runner = null, leased_until = null,
      doing = case when doing = 'waiting' then doing end, folder = null
    where mailbox_id = ${mailbox}::uuid and runner = ${runner}::uuid`);
}

/** Notes what a mailbox is doing, for whoever looks after it. `retryAt` of what failed is the caller's. */
export async function noteState(
  connection: Connection,
  schema: string,
  mailbox: string,
  runner: string,
  state: FollowState,
): Promise<void> {
  const own = sql`mailbox_id = ${mailbox}::uuid and runner = ${runner}::uuid`;
  const states = tableOf(schema, 'mailbox_state');
  if (state.kind === 'failed')
    await connection.execute(sql`
      update ${tableOf(schema, 'mailbox_folder')} set fault = ${state.fault}, detail = ${state.detail}, failed_at = now()
      where mailbox_id = ${mailbox}::uuid and path = ${state.folder ?? ''}`);
  else if (state.kind === 'waiting')
    await connection.execute(sql`
      update ${states} set doing = 'waiting', folder = null, fault = ${state.fault}, detail = ${state.detail},
        failed_at = now(), attempts = attempts + 1, retry_at = ${state.retryAt.toISOString()}::timestamptz where ${own}`);
  else if (state.kind === 'watching')
    await connection.execute(sql`
      update ${states} set doing = 'watching', folder = ${state.folder ?? null}, succeeded_at = now(), attempts = 0,
        fault = null, detail = null, failed_at = null, retry_at = null where ${own}`);
  else
    await connection.execute(
      sql`update ${states} set doing = ${state.kind}, folder = ${state.folder ?? null} where ${own}`,
    );
}

/** What failed is tried again now, and what is being followed is begun anew. */
export async function retryMailbox(connection: Connection, schema: string, mailbox: string): Promise<void> {
  await connection.execute(sql`
    update ${tableOf(schema, 'mailbox_state')} set retry_at = null, attempts = 0, revision = revision + 1
    where mailbox_id = ${mailbox}::uuid`);
}

export async function foldersOf(connection: Connection, schema: string, mailbox: string): Promise<FolderState[]> {
  const rows = await connection.run(sql`
    select path, role, chosen, present, messages, before_start, cursor, succeeded_at, fault, detail, failed_at
    from ${tableOf(schema, 'mailbox_folder')} where mailbox_id = ${mailbox}::uuid
    order by role is distinct from 'inbox', role is distinct from 'sent', path`);
  return rows.map((row) => {
    const [path, role, chosen, present, messages, beforeStart, cursor, succeededAt, fault, detail, failedAt] = row;
    return {
      ...{ path, role, chosen, present, messages, beforeStart, cursor, fault, detail },
      ...{ succeededAt: dateOf(succeededAt), failedAt: dateOf(failedAt) },
    } as FolderState;
  });
}

/** Which folders are read unless somebody chooses: not what nobody wants to keep, nor what holds everything once more. */
export function isReadByDefault({ role, holdsMail }: Pick<MailFolder, 'role' | 'holdsMail'>): boolean {
  return holdsMail && !['junk', 'trash', 'drafts', 'all', 'flagged'].includes(role ?? '');
}

/**
 * Notes what folders the server has. One that is new is read when all those are that could be: whoever chose some chose
 * against the others.
 */
export async function noteFolders(
  connection: Connection,
  schema: string,
  mailbox: string,
  listed: readonly MailFolder[],
  chosen?: readonly string[],
): Promise<void> {
  const table = tableOf(schema, 'mailbox_folder');
  const known = new Map((await foldersOf(connection, schema, mailbox)).map((folder) => [folder.path, folder]));
  const holding = listed.filter(({ holdsMail }) => holdsMail);
  const isAllRead = holding.every((one) => !isReadByDefault(one) || (known.get(one.path)?.chosen ?? true));
  for (const folder of holding) {
    const isChosen = chosen ? chosen.includes(folder.path) : isAllRead && isReadByDefault(folder);
    await connection.execute(sql`
      insert into ${table} as f (mailbox_id, path, role, chosen, messages)
      values (${mailbox}::uuid, ${folder.path}, ${folder.role}, ${isChosen}, ${folder.messages}::integer)
      on conflict (mailbox_id, path) do update set role = excluded.role, messages = excluded.messages, present = true
        ${chosen ? sql`, chosen = excluded.chosen` : raw('')}`);
  }
  await connection.execute(sql`
    update ${table} set present = false
    where mailbox_id = ${mailbox}::uuid and present and not path = any(${holding.map(({ path }) => path)}::text[])`);
}

export async function chooseFolders(
  connection: Connection,
  schema: string,
  mailbox: string,
  chosen: readonly string[],
): Promise<void> {
  await connection.execute(sql`
    update ${tableOf(schema, 'mailbox_folder')} set chosen = path = any(${chosen}::text[]), fault = null, detail = null
    where mailbox_id = ${mailbox}::uuid`);
}

/** A folder has another name: what was read of it was read. */
export async function renameFolder(
  connection: Connection,
  schema: string,
  mailbox: string,
  from: string,
  to: string,
): Promise<void> {
  const folders = tableOf(schema, 'mailbox_folder');
  await connection.execute(
    sql`delete from ${folders} where mailbox_id = ${mailbox}::uuid and path = ${to} and cursor is null`,
  );
  await connection.execute(sql`
    update ${folders} set path = ${to}, present = true, fault = null, detail = null, failed_at = null
    where mailbox_id = ${mailbox}::uuid and path = ${from}`);
  for (const name of ['mailbox_mail', 'mailbox_skip'])
    await connection.execute(
      sql`update ${tableOf(schema, name)} set folder = ${to} where mailbox_id = ${mailbox}::uuid and folder = ${from}`,
    );
}

/** Forgets how far a folder was read: it is read from the start, and what is kept already is not kept twice. */
export async function replayFolder(
  connection: Connection,
  schema: string,
  mailbox: string,
  path: string,
): Promise<boolean> {
  const forgotten = await connection.execute(sql`
    update ${tableOf(schema, 'mailbox_folder')} set cursor = null, fault = null, detail = null, failed_at = null
    where mailbox_id = ${mailbox}::uuid and path = ${path}`);
  if (forgotten === 0) return false;
  await connection.execute(sql`
    delete from ${tableOf(schema, 'mailbox_skip')} where mailbox_id = ${mailbox}::uuid and folder = ${path}`);
  await retryMailbox(connection, schema, mailbox);
  return true;
}

export async function noteRead(
  connection: Connection,
  schema: string,
  mailbox: string,
  { folder, exists, beforeStart, isComplete }: FolderReport,
): Promise<void> {
  await connection.execute(sql`
    update ${tableOf(schema, 'mailbox_folder')} set messages = ${exists}::integer, before_start = ${beforeStart}::integer,
      fault = null, detail = null, failed_at = null
      ${isComplete ? raw(', succeeded_at = now()') : raw('')}
    where mailbox_id = ${mailbox}::uuid and path = ${folder}`);
}

/**
 * Writes what a batch says of where mails are, and the cursor, in the transaction that keeps the mails.
 * @throws LeaseLostError when another process has the mailbox, or the folder is no longer read
 */
export async function noteBatch(
  connection: Connection,
  schema: string,
  mailbox: string,
  runner: string,
  batch: FolderBatch,
): Promise<void> {
  const { folder, cursor, isRenumbered, arrived, located, changed, gone, skipped } = batch;
  const [mails, skips] = [tableOf(schema, 'mailbox_mail'), tableOf(schema, 'mailbox_skip')];
  const own = sql`mailbox_id = ${mailbox}::uuid and folder = ${folder}`;
  const moved = await connection.execute(sql`
    update ${tableOf(schema, 'mailbox_folder')} f set cursor = ${JSON.stringify(cursor)}::jsonb
    from ${tableOf(schema, 'mailbox_state')} s
    where f.mailbox_id = ${mailbox}::uuid and f.path = ${folder} and s.mailbox_id = f.mailbox_id
      and s.runner = ${runner}::uuid`);
  if (moved === 0) throw new LeaseLostError('Another process has this mailbox');
  if (isRenumbered)
    for (const table of [mails, skips]) await connection.execute(sql`delete from ${table} where ${own}`);
  if (gone.length > 0)
    for (const table of [mails, skips])
      await connection.execute(sql`delete from ${table} where ${own} and uid = any(${gone}::bigint[])`);
  const places = [...arrived, ...located].map(({ uid, key, flags, receivedAt }) => ({
    ...{ uid, key, flags },
    received_at: receivedAt.toISOString(),
  }));
  if (places.length > 0) {
    const uids = places.map(({ uid }) => uid);
    await connection.execute(sql`
      with placed as (
        insert into ${mails} (mailbox_id, folder, uid, key, flags, received_at)
        select ${mailbox}::uuid, ${folder}, p.uid, p.key, p.flags, p.received_at
        from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) p (uid bigint, key text, flags text[], received_at timestamptz)
        on conflict (mailbox_id, folder, uid) do update set key = excluded.key, flags = excluded.flags
      )
      delete from ${skips} where ${own} and uid = any(${uids}::bigint[])`);
  }
  if (changed.length > 0)
    await connection.execute(sql`
      update ${mails} m set flags = c.flags
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) c (uid bigint, flags text[])
      where m.mailbox_id = ${mailbox}::uuid and m.folder = ${folder} and m.uid = c.uid`);
  if (skipped.length > 0) {
    const rows = skipped.map(({ uid, key, reason, messageId, subject, from, size, receivedAt }) => ({
      ...{ uid, key, reason, message_id: kept(messageId), subject: kept(subject), sender: kept(from), size },
      received_at: receivedAt.toISOString(),
    }));
    await connection.execute(sql`
      insert into ${skips} (mailbox_id, folder, uid, key, reason, message_id, subject, sender, size, received_at)
      select ${mailbox}::uuid, ${folder}, p.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        p (uid bigint, key text, reason text, message_id text, subject text, sender text, size bigint, received_at timestamptz)
      on conflict (mailbox_id, folder, uid) do update set reason = excluded.reason`);
  }
}

/** Which of these mails some mailbox holds that were kept once, whatever became of them here. */
export async function placedKeys(
  connection: Connection,
  schema: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await connection.run(
    sql`select distinct key from ${tableOf(schema, 'mailbox_mail')} where key = any(${keys}::text[])`,
  );
  return new Set(rows.map(([key]) => key as string));
}

export async function placedUids(
  connection: Connection,
  schema: string,
  mailbox: string,
  folder: string,
): Promise<number[]> {
  const rows = await connection.run(sql`
    select uid from ${tableOf(schema, 'mailbox_mail')} where mailbox_id = ${mailbox}::uuid and folder = ${folder}`);
  return rows.map(([uid]) => Number(uid));
}

export interface Place {
  readonly folder: string;
  readonly uid: number;
  readonly key: string;
}

type At = Pick<Place, 'folder' | 'uid'>;

/** Some places as a table `p`. */
function among(at: readonly At[]): Sql {
  const places = JSON.stringify(at.map(({ folder, uid }) => ({ folder, uid })));
  return sql`jsonb_to_recordset(${places}::jsonb) p (folder text, uid bigint)`;
}

/** What is known of mails by where they are. */
export async function placesAt(
  connection: Connection,
  schema: string,
  mailbox: string,
  at: readonly At[],
): Promise<Place[]> {
  const rows = await connection.run(sql`
    select m.folder, m.uid, m.key from ${tableOf(schema, 'mailbox_mail')} m
    join ${among(at)} on p.folder = m.folder and p.uid = m.uid
    where m.mailbox_id = ${mailbox}::uuid`);
  return rows.map(([folder, uid, key]) => ({ folder, uid: Number(uid), key }) as Place);
}

/** Why some mails were left out, by where they are. */
export async function skippedAt(
  connection: Connection,
  schema: string,
  mailbox: string,
  at: readonly At[],
): Promise<{ folder: string; uid: number; reason: SkipReason }[]> {
  const rows = await connection.run(sql`
    select s.folder, s.uid, s.reason from ${tableOf(schema, 'mailbox_skip')} s
    join ${among(at)} on p.folder = s.folder and p.uid = s.uid
    where s.mailbox_id = ${mailbox}::uuid`);
  return rows.map(([folder, uid, reason]) => ({ folder, uid: Number(uid), reason }) as never);
}

/** How many mails of each folder are here, and how many were left out. */
export async function countsOf(
  connection: Connection,
  schema: string,
  mailbox: string,
): Promise<ReadonlyMap<string, { kept: number; skipped: number }>> {
  const rows = await connection.run(sql`
    select folder, sum(kept)::integer, sum(skipped)::integer from (
      select folder, count(*) kept, 0 skipped from ${tableOf(schema, 'mailbox_mail')}
        where mailbox_id = ${mailbox}::uuid group by folder
      union all select folder, 0, count(*) from ${tableOf(schema, 'mailbox_skip')}
        where mailbox_id = ${mailbox}::uuid group by folder) c group by folder`);
  return new Map(rows.map(([folder, kept, skipped]) => [folder as string, { kept, skipped } as never]));
}

export interface SkippedMail {
  readonly folder: string;
  readonly uid: number;
  readonly reason: SkipReason;
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: string | null;
  readonly size: number;
  readonly receivedAt: Date;
}

/** Newest first. @param before the date of the last one of the page before */
export async function skippedOf(
  connection: Connection,
  schema: string,
  mailbox: string,
  { before, limit = 50 }: { before?: Date | undefined; limit?: number } = {},
): Promise<SkippedMail[]> {
  const rows = await connection.run(sql`
    select folder, uid, reason, message_id, subject, sender, size, received_at from ${tableOf(schema, 'mailbox_skip')}
    where mailbox_id = ${mailbox}::uuid ${before ? sql`and received_at < ${before.toISOString()}::timestamptz` : raw('')}
    order by received_at desc, uid desc limit ${limit}::integer`);
  return rows.map(([folder, uid, reason, messageId, subject, from, size, receivedAt]) => {
    return {
      folder,
      uid: Number(uid),
      reason,
      messageId,
      subject,
      from,
      size,
      receivedAt: dateOf(receivedAt),
    } as never;
  });
}

/** Nothing is left of a mailbox that is gone for good but its mails. */
export async function forgetMailboxes(
  connection: Connection,
  schema: string,
  mailboxes: readonly string[],
): Promise<void> {
  for (const name of ['mailbox_state', 'mailbox_folder', 'mailbox_mail', 'mailbox_skip'])
    await connection.execute(sql`delete from ${tableOf(schema, name)} where mailbox_id = any(${mailboxes}::uuid[])`);
}

function tableOf(schema: string, name: string): Sql {
  return raw(`${identifier(schema)}.${identifier(name)}`);
}

function purposeOf(mailbox: string): string {
  return `mailbox ${mailbox}`;
}

/** As the database takes it: without NUL and halves of letters. */
const kept = (text: string | null) => text?.replaceAll('\u0000', '').toWellFormed() ?? null;

const dateOf = (value: unknown): Date | null => (value === null ? null : new Date(value as string));
