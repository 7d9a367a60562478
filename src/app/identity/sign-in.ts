import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { hashPassword, isOutdated, isPassword } from './passwords.ts';
import { beginPending } from './pending.ts';
import { readPolicy } from './policy.ts';
import { readFactors } from './second-factor.ts';

/** How a session began; shown to the person beside the device. */
export type SignInKind = 'password' | 'second-factor' | 'recovery-code' | 'passkey' | 'single-sign-on' | 'directory';

/** What is still asked for after a password: the second factor, or to set one up. */
export interface NextStep {
  readonly step: 'second-factor' | 'enrolment';
  readonly token: string;
  /** What somebody may give; empty when they have nothing yet. */
  readonly ways: readonly ('code' | 'recovery' | 'passkey')[];
}

export interface KnownIdentity {
  readonly identityId: string;
  readonly workspaceId: string;
  readonly userId: string;
}

/** Who has an address; null for nobody, or somebody who was let go. */
export async function identityOfEmail(
  database: Database,
  email: string,
): Promise<(KnownIdentity & { passwordHash: string | null }) | null> {
  if (email.includes('\u0000') || !email.isWellFormed()) return null;
  const [row] = await database.run(sql`
    select id::text, workspace_id::text, user_id::text, password_hash from platform.identity
    where lower(email) = lower(${email.trim()}) and active`);
  if (!row) return null;
  const [identityId, workspaceId, userId, passwordHash] = row as [string, string, string, string | null];
  return { identityId, workspaceId, userId, passwordHash };
}

/**
 * @param known what `identityOfEmail` found; for nobody it takes as long
 * @throws Problem `session.wrong-password`, the same whether or not the address is known
 */
export async function checkSignIn(
  database: Database,
  known: { identityId: string; passwordHash: string | null } | null,
  password: string,
): Promise<void> {
  if (!(await isPassword(password, known?.passwordHash ?? null)) || !known) throw new Problem('session.wrong-password');
  if (!isOutdated(known.passwordHash!)) return;
  const anew = await hashPassword(password);
  await database.execute(sql`
    update platform.identity set password_hash = ${anew}
    where id = ${known.identityId}::uuid and password_hash = ${known.passwordHash}`);
}

/** What is still missing once the first step is done; null when nothing is. */
export async function nextStepOf(
  database: Database,
  { identityId, workspaceId }: KnownIdentity,
  kind: SignInKind,
): Promise<NextStep | null> {
  const [{ authenticator, recoveryCodes, passkeys }, policy] = await Promise.all([
    readFactors(database, identityId),
    readPolicy(database, workspaceId),
  ]);
  const step =
    authenticator !== null || (policy.secondFactor && passkeys.length > 0)
      ? 'second-factor'
      : policy.secondFactor
        ? 'enrolment'
        : null;
  if (step === null) return null;
  const token = await beginPending(database, { purpose: step, identityId, kind, challenge: null });
  const ways = [
    ...(authenticator === null ? [] : (['code'] as const)),
    ...(passkeys.length === 0 ? [] : (['passkey'] as const)),
    ...(recoveryCodes === 0 ? [] : (['recovery'] as const)),
  ];
  return { step, token, ways };
}
