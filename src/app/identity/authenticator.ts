import { Secret, TOTP } from 'otpauth';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Secrets } from '#kernel/workspace/secrets.ts';

/** Codes of an authenticator app: RFC 6238 with what every app can do, six digits of SHA-1 every 30 seconds. */
const PERIOD_S = 30;
/** Clocks may be one period apart. */
const WINDOW = 1;

/** A new secret, which counts once a code of it was given. One that was in use stays in use until then. */
export async function beginAuthenticator(
  database: Database,
  secrets: Secrets,
  identityId: string,
  label: { company: string; email: string },
): Promise<{ secret: string; uri: string }> {
  const secret = new Secret({ size: 20 });
  const sealed = secrets.seal(secret.base32, purposeOf(identityId));
  const begun = await database.execute(sql`
    insert into platform.authenticator as a (identity_id, secret, created_at) values (${identityId}::uuid, ${sealed}, now())
    on conflict (identity_id) do update set secret = excluded.secret, last_step = 0, created_at = now()
    where a.confirmed_at is null`);
  if (begun === 0) throw new Problem('second-factor.exists');
  const { company, email } = label;
  const uri = new TOTP({ issuer: company.replaceAll(':', ' '), label: email, secret, period: PERIOD_S }).toString();
  return { secret: secret.base32, uri };
}

/** @throws Problem `request.invalid` of `code` */
export async function confirmAuthenticator(
  database: Database,
  secrets: Secrets,
  identityId: string,
  code: string,
): Promise<void> {
  if (!(await acceptCode(database, secrets, identityId, code, false))) throw wrongCode();
  await database.execute(
    sql`update platform.authenticator set confirmed_at = now() where identity_id = ${identityId}::uuid and confirmed_at is null`,
  );
}

/** Is it a code of now? It is used up: the same one, or an earlier one, opens nothing again. */
export async function acceptCode(
  database: Database,
  secrets: Secrets,
  identityId: string,
  code: string,
  isConfirmed = true,
): Promise<boolean> {
  const [row] = await database.run(sql`
    select secret from platform.authenticator
    where identity_id = ${identityId}::uuid and (confirmed_at is not null) = ${isConfirmed}::boolean`);
  const token = code.replaceAll(/\s/g, '');
  if (!row || !/^\d{6}$/.test(token)) return false;
  const secret = Secret.fromBase32(secrets.open(row[0] as string, purposeOf(identityId)));
  const now = Date.now();
  const delta = new TOTP({ secret, period: PERIOD_S }).validate({ token, timestamp: now, window: WINDOW });
  if (delta === null) return false;
  const step = Math.floor(now / 1000 / PERIOD_S) + delta;
  const used = await database.execute(sql`
    update platform.authenticator set last_step = ${step}::bigint
    where identity_id = ${identityId}::uuid and last_step < ${step}::bigint`);
  return used === 1;
}

export function wrongCode(): Problem {
  return new Problem('request.invalid', {}, [{ field: 'code', code: 'code.wrong' }]);
}

function purposeOf(identityId: string): string {
  return `authenticator ${identityId}`;
}
