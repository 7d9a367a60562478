import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { hashToken, newToken } from './tokens.ts';

/**
 * A sign-in, or a new passkey, that is half done. Its token opens nothing but the next step, and that for ten minutes.
 * `challenge` is what a passkey signs.
 */
export interface Pending {
  readonly purpose: 'second-factor' | 'enrolment' | 'passkey' | 'new-passkey';
  /** Null while nobody has said who they are. */
  readonly identityId: string | null;
  /** How the first step was made. */
  readonly kind: string | null;
  readonly challenge: string | null;
}

const LASTS = '10 minutes';

export async function beginPending(
  database: Database,
  { purpose, identityId, kind, challenge }: Pending,
): Promise<string> {
  const token = newToken();
  await database.execute(sql`
    insert into platform.pending_sign_in (token_hash, purpose, identity_id, kind, challenge, expires_at)
    values (${hashToken(token)}, ${purpose}, ${identityId}::uuid, ${kind}, ${challenge}, now() + ${LASTS}::interval)`);
  return token;
}

/** @throws Problem `session.step-expired` for a token that is used, of another step, too old, or nobody's */
export async function readPending(database: Database, token: string, purpose: Pending['purpose']): Promise<Pending> {
  const [row] = await database.run(sql`
    select p.identity_id::text, p.kind, p.challenge from platform.pending_sign_in p
    left join platform.identity i on i.id = p.identity_id
    where p.token_hash = ${hashToken(token)} and p.purpose = ${purpose} and p.expires_at > now() and coalesce(i.active, true)`);
  if (!row) throw new Problem('session.step-expired');
  const [identityId, kind, challenge] = row as [string | null, string | null, string | null];
  return { purpose, identityId, kind, challenge };
}

/** What the passkey has to sign in this step. */
export async function challengePending(database: Database, token: string, challenge: string): Promise<void> {
  await database.execute(
    sql`update platform.pending_sign_in set challenge = ${challenge} where token_hash = ${hashToken(token)}`,
  );
}

/** Done once. @throws Problem `session.step-expired` when somebody else was faster with the same token */
export async function endPending(database: Database, token: string): Promise<void> {
  const ended = await database.execute(
    sql`delete from platform.pending_sign_in where token_hash = ${hashToken(token)} and expires_at > now()`,
  );
  if (ended === 0) throw new Problem('session.step-expired');
}
