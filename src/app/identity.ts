import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { v7 as uuid } from 'uuid';
import { asSystem } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: object,
) => Promise<Buffer>;
/** 2¹⁵ × 8 × 1 takes 32 MB and about 70 ms: OWASP's minimum for scrypt is 2¹⁷ × 8 × 1 or these with p = 3. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

export const MIN_PASSWORD = 10;

/** `scrypt$<salt>$<hash>` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password.normalize('NFKC'), salt, 32, cost);
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Takes as long for an unknown identity as for a known one. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, salt = 'AAAAAAAAAAAAAAAAAAAAAA', hash = ''] = (stored ?? '').split('$');
  const given = await derive(password.normalize('NFKC').slice(0, 1000), Buffer.from(salt, 'base64url'), 32, cost);
  const expected = Buffer.from(hash, 'base64url');
  return expected.length === given.length && timingSafeEqual(given, expected);
}

/** A person who may sign in: the identity, and their `user` record in the workspace. */
export async function createIdentity(
  database: Database,
  workspace: Workspace,
  person: {
    name: string;
    email: string;
    /** Left out, they choose it with a link. */
    password?: string;
    language: string;
    timeZone: string;
    administrator?: boolean;
  },
): Promise<{ identityId: string; userId: string }> {
  const passwordHash = person.password === undefined ? null : await hashPassword(person.password);
  const { email, name, language, timeZone } = person;
  const known = await database.run(sql`select 1 from platform.identity where lower(email) = lower(${email})`);
  if (known.length > 0) throw new Problem('record.invalid', {}, [{ field: 'email', code: 'field.not-unique' }]);
  const records = recordsFor(workspace, asSystem('a person is given access'), 'setup');
  const user = await records.create('user', { name, email, language, timeZone });
  const identityId = uuid();
  await database.execute(sql`
    insert into platform.identity (id, workspace_id, user_id, email, password_hash, active, administrator, created_at)
    values (${identityId}::uuid, ${workspace.id}::uuid, ${user.id}::uuid, ${email}, ${passwordHash}, true, ${person.administrator ?? false}::boolean, now())`);
  return { identityId, userId: user.id };
}

const LINK_DAYS = 7;

/** A secret with which somebody chooses their password, once and within a week. Earlier ones no longer work. */
export async function createPasswordLink(
  database: Database,
  identityId: string,
): Promise<{ token: string; expiresAt: string }> {
  const token = randomBytes(32).toString('base64url');
  return database.transaction(async (connection) => {
    await connection.execute(sql`delete from platform.password_link where identity_id = ${identityId}::uuid`);
    const [row] = await connection.run(sql`
      insert into platform.password_link (token_hash, identity_id, created_at, expires_at)
      values (${hashToken(token)}, ${identityId}::uuid, now(), now() + ${`${LINK_DAYS} days`}::interval) returning expires_at`);
    return { token, expiresAt: row![0] as string };
  });
}

/** Whose link it is. @throws Problem `password-link.invalid` for one that was used, replaced or is too old */
export async function personOfLink(database: Database, token: string): Promise<{ identityId: string; email: string }> {
  const [row] = await database.run(sql`
    select i.id::text, i.email from platform.password_link l join platform.identity i on i.id = l.identity_id
    where l.token_hash = ${hashToken(token)} and l.expires_at > now() and i.active`);
  if (!row) throw new Problem('password-link.invalid');
  return { identityId: row[0] as string, email: row[1] as string };
}

/** Uses the link up; whoever was signed in with the old password no longer is. */
export async function choosePassword(database: Database, token: string, password: string): Promise<string> {
  const { identityId } = await personOfLink(database, token);
  const hash = await hashPassword(password);
  await database.transaction(async (connection) => {
    const used = await connection.execute(
      sql`delete from platform.password_link where token_hash = ${hashToken(token)} and identity_id = ${identityId}::uuid`,
    );
    if (used === 0) throw new Problem('password-link.invalid');
    await connection.execute(sql`update platform.identity set password_hash = ${hash} where id = ${identityId}::uuid`);
    await connection.execute(sql`delete from platform.session where identity_id = ${identityId}::uuid`);
  });
  return identityId;
}

/**
 * A person replaces their own password: whoever else is signed in with the old one, or holds a link, no longer is.
 * @param kept hash of the token of the session that stays
 * @throws Problem `request.invalid` of `current` when that is not the password
 */
export async function changePassword(
  database: Database,
  identityId: string,
  passwords: { current: string; password: string },
  kept: string,
): Promise<void> {
  const [row] = await database.run(sql`select password_hash from platform.identity where id = ${identityId}::uuid`);
  if (!(await isPassword(passwords.current, (row?.[0] as string | null | undefined) ?? null)))
    throw new Problem('request.invalid', {}, [{ field: 'current', code: 'password.wrong' }]);
  const hash = await hashPassword(passwords.password);
  await database.transaction(async (connection) => {
    await connection.execute(sql`update platform.identity set password_hash = ${hash} where id = ${identityId}::uuid`);
    await connection.execute(sql`delete from platform.password_link where identity_id = ${identityId}::uuid`);
    await connection.execute(
      sql`delete from platform.session where identity_id = ${identityId}::uuid and token_hash <> ${kept}`,
    );
  });
}

/** An API key, shown once. Its first letters stay visible so that its owner can tell keys apart. */
export async function createKey(
  database: Database,
  identityId: string,
  name: string,
): Promise<{ id: string; key: string }> {
  const id = uuid();
  const key = `tnd_${randomBytes(30).toString('base64url')}`;
  await database.execute(sql`
    insert into platform.api_key (id, identity_id, name, token_hash, prefix, created_at)
    values (${id}::uuid, ${identityId}::uuid, ${name.slice(0, 200)}, ${hashToken(key)}, ${key.slice(0, 8)}, now())`);
  return { id, key };
}

export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url');
}
