import type { Connection } from '../database/connection.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { Secrets } from '../workspace/secrets.ts';

/**
 * What the program knows of the calendars that people connected: how each is reached, whose turn it is, what of it was read, and
 * which of its events are interactions here. Tables, and no records: a person's own calendar is nobody else's matter.
 */

/** Which events become interactions; others are times that are taken. */
export type CalendarChoice = 'all' | 'customers';

export interface ConnectedCalendar {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  /** The server's address as it was typed, and that of the calendar. */
  readonly address: string;
  readonly calendar: string;
  readonly username: string;
  readonly choice: CalendarChoice;
  readonly state: 'active' | 'paused';
  /** Of the calendar when it was last read; null: everything is looked at. */
  readonly tag: string | null;
  /** Of the event stream when what is here was last looked through. */
  readonly position: number;
  readonly attempts: number;
  readonly fault: string | null;
  readonly detail: string | null;
  readonly failedAt: Date | null;
  readonly succeededAt: Date | null;
  readonly retryAt: Date | null;
  readonly createdAt: Date;
}

/** Another process took the calendar over. */
export class CalendarLeaseLost extends Error {}

/** A round takes seconds; one that was killed is taken up by another process after it. */
const LEASE = '2 minutes';

const CALENDAR = 'calendar';
const OBJECT = 'calendar_object';
const LINK = 'calendar_link';
const BUSY = 'calendar_busy';

const columns =
  raw(`id::text, user_id::text, name, address, calendar, username, choice, state, tag, position, attempts, fault,
  detail, failed_at, succeeded_at, retry_at, created_at`);

export async function calendarsOf(
  connection: Connection,
  schema: string,
  of: { user?: string; id?: string } = {},
): Promise<ConnectedCalendar[]> {
  const rows = await connection.run(sql`
    select ${columns} from ${tableOf(schema, CALENDAR)}
    where ${of.user ? sql`user_id = ${of.user}::uuid` : raw('true')} and ${of.id ? sql`id = ${of.id}::uuid` : raw('true')}
    order by created_at, id`);
  return rows.map((row) => {
    const [id, user, name, address, calendar, username, choice, state, tag, position, attempts, fault, detail, ...at] =
      row;
    const [failedAt, succeededAt, retryAt, createdAt] = at.map(dateOf);
    return {
      ...{
        id,
        user,
        name,
        address,
        calendar,
        username,
        choice,
        state,
        tag,
        position: Number(position),
        attempts,
        fault,
      },
      ...{ detail, failedAt, succeededAt, retryAt, createdAt },
    } as ConnectedCalendar;
  });
}

export async function connectCalendar(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  given: Pick<ConnectedCalendar, 'id' | 'user' | 'name' | 'address' | 'calendar' | 'username' | 'choice'>,
  password: string,
): Promise<void> {
  const { id, user, name, address, calendar, username, choice } = given;
  await connection.execute(sql`
    insert into ${tableOf(schema, CALENDAR)} (id, user_id, name, address, calendar, username, secret, choice, state, created_at)
    values (${id}::uuid, ${user}::uuid, ${name}, ${address}, ${calendar}, ${username},
      ${secrets.seal(password, purposeOf(id))}, ${choice}, 'active', now())`);
}

/** Everything is looked at once more, at once. */
export async function changeCalendar(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  id: string,
  changes: { name?: string; choice?: CalendarChoice; state?: 'active' | 'paused'; password?: string },
): Promise<void> {
  const { name = null, choice = null, state = null, password } = changes;
  await connection.execute(sql`
    update ${tableOf(schema, CALENDAR)} set name = coalesce(${name}, name), choice = coalesce(${choice}, choice),
      state = coalesce(${state}, state), secret = coalesce(${password === undefined ? null : secrets.seal(password, purposeOf(id))}, secret),
      tag = null, position = 0, retry_at = null, attempts = 0
    where id = ${id}::uuid`);
  // With another choice each event may become something else.
  if (choice !== null)
    await connection.execute(sql`update ${tableOf(schema, OBJECT)} set etag = '' where calendar_id = ${id}::uuid`);
}

/** The interactions stay. */
export async function forgetCalendar(connection: Connection, schema: string, id: string): Promise<void> {
  for (const name of [OBJECT, LINK, BUSY])
    await connection.execute(sql`delete from ${tableOf(schema, name)} where calendar_id = ${id}::uuid`);
  await connection.execute(sql`delete from ${tableOf(schema, CALENDAR)} where id = ${id}::uuid`);
}

export async function passwordOf(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  id: string,
): Promise<string> {
  const [row] = await connection.run(sql`select secret from ${tableOf(schema, CALENDAR)} where id = ${id}::uuid`);
  return secrets.open(row![0] as string, purposeOf(id));
}

/** Takes a calendar whose time has come; none has it meanwhile. @returns its id */
export async function takeCalendar(connection: Connection, schema: string, runner: string): Promise<string | null> {
  const table = tableOf(schema, CALENDAR);
  const [row] = await connection.run(sql`
    update ${table} set runner = ${runner}::uuid, leased_until = now() + ${LEASE}::interval
    where id = (
      select id from ${table} where state = 'active' and (retry_at is null or retry_at <= now())
        and (leased_until is null or leased_until < now())
      order by retry_at nulls first, id limit 1 for update skip locked)
    returning id::text`);
  return (row?.[0] as string | undefined) ?? null;
}

/** @throws CalendarLeaseLost; in a transaction it stays held until its end */
export async function holdCalendar(connection: Connection, schema: string, id: string, runner: string): Promise<void> {
  const held = await connection.execute(sql`
    update ${tableOf(schema, CALENDAR)} set leased_until = now() + ${LEASE}::interval
    where id = ${id}::uuid and runner = ${runner}::uuid and state = 'active'`);
  if (held === 0) throw new CalendarLeaseLost();
}

/** How a round ended. @param waitMs until the next one */
export async function leaveCalendar(
  connection: Connection,
  schema: string,
  id: string,
  runner: string,
  waitMs: number,
  end: { tag: string | null; position: number } | { fault: string; detail: string } | null,
): Promise<void> {
  const isDone = end !== null && 'position' in end;
  const failed = end !== null && 'fault' in end ? end : null;
  await connection.execute(sql`
    update ${tableOf(schema, CALENDAR)} set runner = null, leased_until = null,
      retry_at = now() + make_interval(secs => ${waitMs / 1_000}::double precision)
      ${isDone ? sql`, tag = ${end.tag}, position = ${end.position}::bigint, attempts = 0, fault = null, detail = null, failed_at = null, succeeded_at = now()` : raw('')}
      ${failed ? sql`, attempts = attempts + 1, fault = ${failed.fault}, detail = ${failed.detail}, failed_at = now()` : raw('')}
    where id = ${id}::uuid and runner = ${runner}::uuid`);
}

export interface KnownObject {
  readonly href: string;
  readonly etag: string;
  /** When its series has to be looked at again, whatever its tag. */
  readonly againAt: Date | null;
  readonly fault: string | null;
}

export async function objectsOf(connection: Connection, schema: string, id: string): Promise<KnownObject[]> {
  const rows = await connection.run(sql`
    select href, etag, again_at, fault from ${tableOf(schema, OBJECT)} where calendar_id = ${id}::uuid order by href`);
  return rows.map(([href, etag, againAt, fault]) => ({ href, etag, againAt: dateOf(againAt), fault }) as KnownObject);
}

/** Of an interaction, and what both sides agreed on. */
export interface CalendarLink<Base> {
  readonly href: string;
  readonly recurrence: string;
  readonly interaction: string;
  readonly base: Base;
}

export async function linksOf<Base>(
  connection: Connection,
  schema: string,
  id: string,
  href?: string,
): Promise<CalendarLink<Base>[]> {
  const rows = await connection.run(sql`
    select href, recurrence, interaction_id::text, base from ${tableOf(schema, LINK)}
    where calendar_id = ${id}::uuid ${href === undefined ? raw('') : sql`and href = ${href}`} order by href, recurrence`);
  return rows.map(([of, recurrence, interaction, base]) => ({ href: of, recurrence, interaction, base }) as never);
}

export async function keepObject(
  connection: Connection,
  schema: string,
  id: string,
  { href, etag, againAt, fault }: KnownObject,
): Promise<void> {
  await connection.execute(sql`
    insert into ${tableOf(schema, OBJECT)} (calendar_id, href, etag, again_at, fault)
    values (${id}::uuid, ${href}, ${etag}, ${againAt?.toISOString() ?? null}::timestamptz, ${fault})
    on conflict (calendar_id, href) do update set etag = excluded.etag, again_at = excluded.again_at, fault = excluded.fault`);
}

export async function keepLink(
  connection: Connection,
  schema: string,
  id: string,
  link: CalendarLink<unknown>,
): Promise<void> {
  await connection.execute(sql`
    insert into ${tableOf(schema, LINK)} (calendar_id, href, recurrence, interaction_id, base)
    values (${id}::uuid, ${link.href}, ${link.recurrence}, ${link.interaction}::uuid, ${JSON.stringify(link.base)}::jsonb)
    on conflict (calendar_id, href, recurrence) do update
      set interaction_id = excluded.interaction_id, base = excluded.base`);
}

export async function dropLink(
  connection: Connection,
  schema: string,
  id: string,
  { href, recurrence }: Pick<CalendarLink<unknown>, 'href' | 'recurrence'>,
): Promise<void> {
  await connection.execute(sql`
    delete from ${tableOf(schema, LINK)} where calendar_id = ${id}::uuid and href = ${href} and recurrence = ${recurrence}`);
}

/** An object that is gone from the server. */
export async function dropObject(connection: Connection, schema: string, id: string, href: string): Promise<void> {
  for (const name of [OBJECT, LINK, BUSY])
    await connection.execute(
      sql`delete from ${tableOf(schema, name)} where calendar_id = ${id}::uuid and href = ${href}`,
    );
}

/** Which of some interactions stand in a calendar, in whosesoever. */
export async function linkedAmong(
  connection: Connection,
  schema: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await connection.run(sql`
    select interaction_id::text from ${tableOf(schema, LINK)} where interaction_id = any(${[...ids]}::uuid[])`);
  return new Set(rows.map(([id]) => id as string));
}

export interface TakenTime {
  readonly user: string;
  readonly from: Date;
  readonly until: Date;
}

export async function keepBusy(
  connection: Connection,
  schema: string,
  id: string,
  href: string,
  taken: readonly (TakenTime & { recurrence: string })[],
): Promise<void> {
  const table = tableOf(schema, BUSY);
  await connection.execute(sql`delete from ${table} where calendar_id = ${id}::uuid and href = ${href}`);
  if (taken.length === 0) return;
  const rows = taken.map(({ recurrence, user, from, until }) => ({ recurrence, user, from, until }));
  await connection.execute(sql`
    insert into ${table} (calendar_id, href, recurrence, user_id, starts_at, ends_at)
    select ${id}::uuid, ${href}, t.recurrence, t."user"::uuid, t."from"::timestamptz, t.until::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) t (recurrence text, "user" text, "from" text, until text)
    on conflict do nothing`);
}

/** Times that are taken by events which are nobody else's to see. */
export async function takenTimes(
  connection: Connection,
  schema: string,
  users: readonly string[],
  from: Date,
  until: Date,
): Promise<TakenTime[]> {
  const rows = await connection.run(sql`
    select distinct user_id::text, starts_at, ends_at from ${tableOf(schema, BUSY)}
    where user_id = any(${[...users]}::uuid[]) and ends_at > ${from.toISOString()}::timestamptz
      and starts_at < ${until.toISOString()}::timestamptz order by starts_at`);
  return rows.map(([user, start, end]) => ({ user: user as string, from: dateOf(start)!, until: dateOf(end)! }));
}

function tableOf(schema: string, name: string): Sql {
  return raw(`${identifier(schema)}.${identifier(name)}`);
}

function purposeOf(id: string): string {
  return `calendar ${id}`;
}

const dateOf = (value: unknown): Date | null => (value === null ? null : new Date(value as string));
