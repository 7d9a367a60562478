import type { FastifyRequest } from 'fastify';
import { requirePassword } from '#app/identity/passwords.ts';
import type { Runtime } from '#app/runtime.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { tried } from './sign-in.ts';
import type { Visitor } from './visitor.ts';

/** Who has no password here (they sign in elsewhere) must have done so just now. */
const JUST_NOW = '15 minutes';

/**
 * Is it really them, and not whoever found their screen open?
 * @throws Problem `request.invalid` of `current`, `session.confirm-first`, `session.too-many-attempts`
 */
export async function confirmOwner(
  runtime: Runtime,
  request: FastifyRequest,
  { identityId, tokenHash }: Visitor,
  current: string | undefined,
): Promise<void> {
  if (await hasPassword(runtime, identityId)) {
    const attempt = { account: identityId, address: request.ip, kind: 'password' } as const;
    return tried(runtime, attempt, () => requirePassword(runtime.database, identityId, current ?? ''));
  }
  const [fresh] = await runtime.database.run(sql`
    select 1 from platform.session
    where token_hash = ${tokenHash} and created_at > now() - ${JUST_NOW}::interval`);
  if (!fresh) throw new Problem('session.confirm-first');
}

export async function hasPassword({ database }: Runtime, identityId: string): Promise<boolean> {
  const [row] = await database.run(
    sql`select password_hash is not null from platform.identity where id = ${identityId}::uuid`,
  );
  return row?.[0] === true;
}
