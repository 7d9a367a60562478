import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { hashPassword } from './passwords.ts';
import { hashToken, newToken } from './tokens.ts';

/** Whoever is invited may be on holiday; who forgot a password asked a minute ago. */
const LASTS = { invitation: '7 days', forgotten: '1 hour' } as const;

export interface PasswordLink {
  readonly token: string;
  readonly expiresAt: string;
}

/** A secret with which somebody chooses their password, once and in time. Earlier ones no longer work. */
export async function createPasswordLink(
  database: Database,
  identityId: string,
  reason: keyof typeof LASTS = 'invitation',
): Promise<PasswordLink> {
  const token = newToken();
  return database.transaction(async (connection) => {
    await connection.execute(sql`delete from platform.password_link where identity_id = ${identityId}::uuid`);
    const [row] = await connection.run(sql`
      insert into platform.password_link (token_hash, identity_id, created_at, expires_at)
      values (${hashToken(token)}, ${identityId}::uuid, now(), now() + ${LASTS[reason]}::interval) returning expires_at`);
    return { token, expiresAt: row![0] as string };
  });
}

/** Whose link it is. @throws Problem `password-link.invalid` for one that was used, replaced or is too old */
export async function personOfLink(
  database: Database,
  token: string,
): Promise<{ identityId: string; workspaceId: string; userId: string; email: string }> {
  const [row] = await database.run(sql`
    select i.id::text, i.workspace_id::text, i.user_id::text, i.email
    from platform.password_link l join platform.identity i on i.id = l.identity_id
    where l.token_hash = ${hashToken(token)} and l.expires_at > now() and i.active`);
  if (!row) throw new Problem('password-link.invalid');
  const [identityId, workspaceId, userId, email] = row as [string, string, string, string];
  return { identityId, workspaceId, userId, email };
}

/** Uses the link up; whoever was signed in with the old password no longer is. */
export async function choosePassword(database: Database, token: string, password: string): Promise<void> {
  const { identityId } = await personOfLink(database, token);
  const hash = await hashPassword(password);
  await database.transaction(async (connection) => {
    const used = await connection.execute(
      sql`delete from platform.password_link where token_hash = ${hashToken(token)} and identity_id = ${identityId}::uuid`,
    );
    if (used === 0) throw new Problem('password-link.invalid');
    await connection.execute(sql`update platform.identity set password_hash = ${hash} where id = ${identityId}::uuid`);
    await connection.execute(sql`delete from platform.session where identity_id = ${identityId}::uuid`);
    await connection.execute(sql`delete from platform.pending_sign_in where identity_id = ${identityId}::uuid`);
  });
}
