import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { v7 as uuid } from 'uuid';
import { asSystem } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { sql } from '#kernel/query/sql.ts';
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
  person: { name: string; email: string; password: string; language: string; timeZone: string },
): Promise<{ identityId: string; userId: string }> {
  const passwordHash = await hashPassword(person.password);
  const { email, name, language, timeZone } = person;
  const known = await database.run(sql`select 1 from platform.identity where lower(email) = lower(${email})`);
  if (known.length > 0) throw new Problem('record.invalid', {}, [{ field: 'email', code: 'field.not-unique' }]);
  const records = recordsFor(workspace, asSystem('a person is given access'), 'setup');
  const user = await records.create('user', { name, email, language, timeZone });
  const identityId = uuid();
  await database.execute(sql`
    insert into platform.identity (id, workspace_id, user_id, email, password_hash, active, created_at)
    values (${identityId}::uuid, ${workspace.id}::uuid, ${user.id}::uuid, ${email}, ${passwordHash}, true, now())`);
  return { identityId, userId: user.id };
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
  return createHash('sha256').update(token).digest('base64url');
}
