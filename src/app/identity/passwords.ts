import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: object,
) => Promise<Buffer>;

/**
 * OWASP asks for 2¹⁷ × 8 × 1, or as much work in less memory: 2¹⁵ × 8 × 3 takes 32 MB and about 200 ms. Four at once,
 * as many as Node derives beside one another, are 128 MB instead of 512.
 */
const COST = '15.8.3';

/** `scrypt$<log₂ N>.<r>.<p>$<salt>$<hash>` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password.normalize('NFKC'), salt, 32, optionsOf(COST));
  return `scrypt$${COST}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Takes as long for an unknown identity as for a known one. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const { cost, salt, hash } = partsOf(stored);
  const given = await derive(password.normalize('NFKC').slice(0, 1000), salt, 32, optionsOf(cost));
  return hash.length === given.length && timingSafeEqual(given, hash);
}

/** Was it hashed at another cost than today's? Whoever knows the password may then hash it anew. */
export function isOutdated(stored: string): boolean {
  return stored.split('$')[1] !== COST;
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
  await requirePassword(database, identityId, passwords.current);
  const hash = await hashPassword(passwords.password);
  await database.transaction(async (connection) => {
    await connection.execute(sql`update platform.identity set password_hash = ${hash} where id = ${identityId}::uuid`);
    await connection.execute(sql`delete from platform.password_link where identity_id = ${identityId}::uuid`);
    await connection.execute(
      sql`delete from platform.session where identity_id = ${identityId}::uuid and token_hash <> ${kept}`,
    );
  });
}

/** @throws Problem `request.invalid` of `current` when that is not the person's password */
export async function requirePassword(database: Database, identityId: string, current: string): Promise<void> {
  const [row] = await database.run(sql`select password_hash from platform.identity where id = ${identityId}::uuid`);
  if (!(await isPassword(current, (row?.[0] as string | null | undefined) ?? null)))
    throw new Problem('request.invalid', {}, [{ field: 'current', code: 'password.wrong' }]);
}

/** Before the cost stood in it, a hash was `scrypt$<salt>$<hash>`, at the cost that is still today's. */
function partsOf(stored: string | null): { cost: string; salt: Buffer; hash: Buffer } {
  const parts = (stored ?? '').split('$').slice(1);
  const [cost = COST, salt = 'AAAAAAAAAAAAAAAAAAAAAA', hash = ''] = parts.length === 2 ? [COST, ...parts] : parts;
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

function optionsOf(cost: string) {
  const [n = 0, r = 0, p = 0] = cost.split('.').map(Number);
  return { N: 2 ** n, r, p, maxmem: 256 * 2 ** n * r };
}
