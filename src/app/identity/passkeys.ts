import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { beginPending, challengePending, endPending, readPending } from './pending.ts';

/** Where a passkey is good: the host that people type, which it will never sign for another. */
export interface Site {
  readonly host: string;
  readonly origin: string;
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

const MOST_PASSKEYS = 20;
/** Loaded when somebody uses one: the readers of certificates are half a megabyte that most starts do not need. */
const load = () => import('@simplewebauthn/server');

export async function listPasskeys(database: Database, identityId: string): Promise<Passkey[]> {
  const rows = await database.run(sql`
    select id, name, created_at, last_used_at from platform.passkey
    where identity_id = ${identityId}::uuid order by created_at, id`);
  return (rows as [string, string, string, string | null][]).map(([id, name, createdAt, lastUsedAt]) => ({
    ...{ id, name, createdAt, lastUsedAt },
  }));
}

/** What the browser is asked for a new passkey, and the token with which its answer comes back. */
export async function beginPasskey(
  database: Database,
  site: Site,
  person: { identityId: string; email: string; name: string; company: string },
): Promise<{ token: string; options: object }> {
  const { generateRegistrationOptions } = await load();
  const known = await database.run(
    sql`select id, transports from platform.passkey where identity_id = ${person.identityId}::uuid`,
  );
  if (known.length >= MOST_PASSKEYS) throw new Problem('passkey.too-many', { max: MOST_PASSKEYS });
  const options = await generateRegistrationOptions({
    rpName: person.company,
    rpID: site.host,
    userID: new TextEncoder().encode(person.identityId),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known.map(([id]) => ({ id: id as string })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const { identityId } = person;
  const { challenge } = options;
  const token = await beginPending(database, { purpose: 'new-passkey', identityId, kind: null, challenge });
  return { token, options };
}

/** @throws Problem `passkey.refused`, `session.step-expired` */
export async function addPasskey(
  database: Database,
  site: Site,
  identityId: string,
  given: { token: string; name: string; answer: object },
): Promise<string> {
  const pending = await readPending(database, given.token, 'new-passkey');
  if (pending.identityId !== identityId) throw new Problem('session.step-expired');
  await endPending(database, given.token);
  const { verifyRegistrationResponse } = await load();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: given.answer as RegistrationResponseJSON,
    expectedChallenge: pending.challenge!,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: true,
  }).catch(refuse);
  if (!verified || !registrationInfo) throw new Problem('passkey.refused');
  const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
  const added = await database.execute(sql`
    insert into platform.passkey (id, identity_id, name, public_key, counter, transports, created_at)
    values (${id}, ${identityId}::uuid, ${given.name}, ${Buffer.from(publicKey).toString('base64url')}, ${counter}::bigint,
      ${transports}::text[], now()) on conflict (id) do nothing`);
  if (added === 0) throw new Problem('passkey.refused');
  return id;
}

export async function renamePasskey(database: Database, identityId: string, id: string, name: string): Promise<void> {
  const renamed = await database.execute(
    sql`update platform.passkey set name = ${name} where id = ${id} and identity_id = ${identityId}::uuid`,
  );
  if (renamed === 0) throw new Problem('passkey.not-found');
}

export async function removePasskey(database: Database, identityId: string, id: string): Promise<void> {
  const removed = await database.execute(
    sql`delete from platform.passkey where id = ${id} and identity_id = ${identityId}::uuid`,
  );
  if (removed === 0) throw new Problem('passkey.not-found');
}

/** Whoever holds one says with it who they are. */
export async function askForPasskey(database: Database, site: Site): Promise<{ token: string; options: object }> {
  const { generateAuthenticationOptions } = await load();
  const options = await generateAuthenticationOptions({ rpID: site.host, userVerification: 'required' });
  const { challenge } = options;
  const token = await beginPending(database, { purpose: 'passkey', identityId: null, kind: null, challenge });
  return { token, options };
}

/** The same of somebody who has given their password: one of their own. */
export async function askForSecondPasskey(database: Database, site: Site, token: string): Promise<{ options: object }> {
  const { identityId } = await readPending(database, token, 'second-factor');
  const own = await database.run(
    sql`select id, transports from platform.passkey where identity_id = ${identityId}::uuid`,
  );
  const { generateAuthenticationOptions } = await load();
  const options = await generateAuthenticationOptions({
    rpID: site.host,
    userVerification: 'preferred',
    allowCredentials: own.map(([id]) => ({ id: id as string })),
  });
  await challengePending(database, token, options.challenge);
  return { options };
}

/**
 * Whose passkey signed what this step asked for. Used once: the step is over, whatever comes out.
 * @throws Problem `passkey.refused`, the same whether or not the passkey is known; `session.step-expired`
 */
export async function acceptPasskey(
  database: Database,
  site: Site,
  purpose: 'passkey' | 'second-factor',
  given: { token: string; answer: object },
): Promise<string> {
  const pending = await readPending(database, given.token, purpose);
  if (pending.challenge === null) throw new Problem('session.step-expired');
  const response = given.answer as AuthenticationResponseJSON;
  const [row] = await database.run(sql`
    select k.identity_id::text, k.public_key, k.counter::float8 from platform.passkey k
    join platform.identity i on i.id = k.identity_id and i.active where k.id = ${String(response.id)}`);
  const [identityId, publicKey, counter] = (row ?? []) as [string?, string?, number?];
  if (purpose === 'passkey') await endPending(database, given.token);
  if (!identityId || (pending.identityId !== null && pending.identityId !== identityId))
    throw new Problem('passkey.refused');
  const { verifyAuthenticationResponse } = await load();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: pending.challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    credential: { id: response.id, publicKey: Buffer.from(publicKey!, 'base64url'), counter: counter! },
    requireUserVerification: purpose === 'passkey',
  }).catch(refuse);
  if (!verified) throw new Problem('passkey.refused');
  if (purpose === 'second-factor') await endPending(database, given.token);
  await database.execute(sql`
    update platform.passkey set counter = ${authenticationInfo.newCounter}::bigint, last_used_at = now()
    where id = ${response.id}`);
  return identityId;
}

/** What the library throws of answers that were forged, replayed or made for another site. */
function refuse(): never {
  throw new Problem('passkey.refused');
}
