import { isIPv6 } from 'node:net';
import type { Connection } from '#kernel/database/connection.ts';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { hashToken } from './tokens.ts';

/**
 * What a guess costs. So many are free; then one waits ten seconds, and after each one more twice as long as before, up to
 * the longest wait, which is never for good. An hour without any and the count begins anew.
 */
interface Limit {
  readonly free: number;
  /** Seconds. */
  readonly longest: number;
}

const limits = {
  /** One account tried from one address: a person who mistypes, or somebody at their desk. */
  here: { free: 5, longest: 15 * 60 },
  /** One account from everywhere: many machines share the guesses between them. */
  account: { free: 50, longest: 60 },
  /** Who tries codes knows the password already, and there are but a million. */
  code: { free: 10, longest: 15 * 60 },
  /** All accounts from one address: a whole office may come from one. */
  address: { free: 30, longest: 5 * 60 },
  /** Mails sent to one address because somebody asked for them. */
  mail: { free: 3, longest: 60 * 60 },
} as const satisfies Record<string, Limit>;

const FIRST_WAIT_S = 10;

/** Whoever signed in from an address lately is not held up by what others elsewhere try on their account. */
const TRUSTED = '30 days';
const FORGOTTEN = '1 hour';

export interface Attempt {
  /** What is guessed at: an e-mail address as typed, an identity; null for a link, which belongs to nobody yet. */
  readonly account: string | null;
  readonly address: string;
  readonly kind: 'password' | 'code' | 'link' | 'mail';
}

/**
 * Counts an attempt before it is known how it ends, so that many at once are not all free. It is the same for accounts
 * that do not exist.
 * @throws Problem `session.too-many-attempts` with the seconds to wait, which then does not count
 */
export async function countAttempt(database: Database, attempt: Attempt): Promise<void> {
  await database.transaction(async (connection) => {
    for (const { subject, limit } of await subjectsOf(connection, attempt)) await count(connection, subject, limit);
  });
}

/** The attempt was no guess: it is taken back, and the person is known at this address. */
export async function forgiveAttempt(database: Database, attempt: Attempt): Promise<void> {
  const { here, everywhere, address } = namesOf(attempt);
  await database.transaction(async (connection) => {
    await connection.execute(sql`
      update platform.throttle set attempts = greatest(attempts - 1, 0), blocked_until = null where subject = ${address}`);
    if (here === null) return;
    await connection.execute(sql`
      update platform.throttle set attempts = 0, blocked_until = null, succeeded_at = now() where subject = ${here}`);
    await connection.execute(sql`delete from platform.throttle where subject = ${everywhere}`);
  });
}

/** Nobody waits any more: for who can reach the command line. */
export async function forgetAttempts(database: Database): Promise<void> {
  await database.execute('delete from platform.throttle');
}

async function subjectsOf(
  connection: Connection,
  attempt: Attempt,
): Promise<readonly { subject: string; limit: Limit }[]> {
  const { here, everywhere, address } = namesOf(attempt);
  const ofAddress = { subject: address, limit: limits.address };
  if (here === null) return [ofAddress];
  if (attempt.kind === 'mail') return [ofAddress, { subject: everywhere, limit: limits.mail }];
  const [trusted] = await connection.run(
    sql`select 1 from platform.throttle where subject = ${here} and succeeded_at > now() - ${TRUSTED}::interval`,
  );
  const own = [ofAddress, { subject: here, limit: limits.here }];
  if (trusted) return own;
  return [...own, { subject: everywhere, limit: attempt.kind === 'code' ? limits.code : limits.account }];
}

async function count(connection: Connection, subject: string, { free, longest }: Limit): Promise<void> {
  const attempts = sql`case when t.last_at < now() - ${FORGOTTEN}::interval then 1 else t.attempts + 1 end`;
  const [counted] = await connection.run(sql`
    insert into platform.throttle as t (subject, attempts, last_at) values (${subject}, 1, now())
    on conflict (subject) do update set attempts = ${attempts}, last_at = now(),
      blocked_until = case when (${attempts}) >= ${free}::integer
        then now() + make_interval(secs => least(${longest}::integer, ${FIRST_WAIT_S}::integer * power(2, least((${attempts}) - ${free}::integer, 20)))) end
    where t.blocked_until is null or t.blocked_until <= now()
    returning 1`);
  if (counted) return;
  const [row] = await connection.run(sql`
    select ceil(extract(epoch from blocked_until - now()))::integer from platform.throttle where subject = ${subject}`);
  throw tooMany(Math.max(1, (row?.[0] as number | undefined) ?? 1));
}

function tooMany(seconds: number): Problem {
  const wait = seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return new Problem('session.too-many-attempts', { retryAfter: seconds, wait });
}

/** Addresses and names stand here as hashes only. */
function namesOf({ account, address, kind }: Attempt) {
  const from = networkOf(address);
  const who = account?.trim().toLowerCase() ?? null;
  return {
    here: who === null ? null : hashToken(`here ${kind} ${who} ${from}`),
    everywhere: hashToken(`account ${kind} ${who}`),
    address: hashToken(`address ${kind} ${from}`),
  };
}

/** Of IPv6 the network: one customer of a provider has all the addresses in it. */
function networkOf(address: string): string {
  if (!isIPv6(address) || /^::ffff:\d+\./i.test(address)) return address.replace(/^::ffff:/i, '');
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const groups = [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return groups.slice(0, 4).join(':');
}
