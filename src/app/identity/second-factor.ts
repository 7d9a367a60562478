import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { listPasskeys, type Passkey } from './passkeys.ts';

export interface Factors {
  /** Since when codes of an app are asked for. */
  readonly authenticator: string | null;
  /** How many are left. */
  readonly recoveryCodes: number;
  readonly passkeys: readonly Passkey[];
}

/** What somebody has beside their password. */
export async function readFactors(database: Database, identityId: string): Promise<Factors> {
  const [row] = await database.run(sql`
    select (select confirmed_at from platform.authenticator where identity_id = ${identityId}::uuid),
      (select count(*)::integer from platform.recovery_code where identity_id = ${identityId}::uuid)`);
  const [authenticator, recoveryCodes] = row as [string | null, number];
  return { authenticator, recoveryCodes, passkeys: await listPasskeys(database, identityId) };
}

/** No more codes are asked for; the recovery codes, which stand in for them, go too. */
export async function removeAuthenticator(database: Database, identityId: string): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.execute(sql`delete from platform.authenticator where identity_id = ${identityId}::uuid`);
    await connection.execute(sql`delete from platform.recovery_code where identity_id = ${identityId}::uuid`);
  });
}

/**
 * For somebody who lost everything: the password alone lets them in again, or whatever the policy then asks for. Whoever
 * is signed in as them no longer is.
 */
export async function resetFactors(database: Database, identityId: string): Promise<void> {
  await database.transaction(async (connection) => {
    for (const table of ['authenticator', 'recovery_code', 'passkey', 'pending_sign_in', 'session'] as const)
      await connection.execute(`delete from platform.${table} where identity_id = $1::uuid`, [identityId]);
  });
}
