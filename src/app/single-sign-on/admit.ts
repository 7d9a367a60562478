import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { createIdentity } from '../identity/people.ts';
import type { Runtime } from '../runtime.ts';
import { bringGroupsUpToDate, rolesOfNewcomers } from './groups.ts';
import type { Admission } from './providers.ts';
import { SignInRefusal } from './refusal.ts';

/** Somebody as a provider that we trust describes them. */
export interface ExternalPerson {
  /** Which provider of the company, and who they are there, for good. */
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  /** Only when the provider says that it is theirs. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
  /** Null when the provider was not asked. */
  readonly groups: readonly string[] | null;
}

/**
 * Who this is here: known from before, else the person with the same verified address, else somebody new. What their
 * groups give them is brought up to date.
 *
 * @throws SignInRefusal
 */
export async function admit(
  runtime: Runtime,
  workspace: Workspace,
  person: ExternalPerson,
  admission: Admission,
): Promise<string> {
  const identity =
    (await linked(runtime, workspace, person)) ?? (await linkOrCreate(runtime, workspace, person, admission));
  if (!identity.active) throw new SignInRefusal('person-inactive');
  // Also for whoever came in before: the list may have become shorter.
  checkDomain(identity.email, admission.domains);
  if (person.groups) await bringGroupsUpToDate(workspace, identity.userId, person.groups, admission);
  return identity.id;
}

interface Identity {
  id: string;
  userId: string;
  email: string;
  active: boolean;
}

async function linked({ database }: Runtime, workspace: Workspace, person: ExternalPerson): Promise<Identity | null> {
  const [row] = await database.run(sql`
    select i.id::text, i.user_id::text, i.email, i.active from platform.external_identity e
    join platform.identity i on i.id = e.identity_id and i.workspace_id = e.workspace_id
    where e.workspace_id = ${workspace.id}::uuid and e.provider_id = ${person.provider}::uuid
      and e.issuer = ${person.issuer} and e.subject = ${person.subject}`);
  return row ? identityFrom(row) : null;
}

async function linkOrCreate(
  runtime: Runtime,
  workspace: Workspace,
  person: ExternalPerson,
  { domains, createsPeople, roles }: Admission,
): Promise<Identity> {
  const { verifiedEmail: email } = person;
  if (email === null) throw new SignInRefusal('email-not-verified');
  checkDomain(email, domains);
  const known = await identityByEmail(runtime, workspace, email);
  // Whoever left stays linked to nobody: an address is given to somebody else one day.
  if (known && !known.active) throw new SignInRefusal('person-inactive');
  if (!known && !createsPeople) throw new SignInRefusal('person-unknown');
  const identity = known ?? (await create(runtime, workspace, person, email, roles));
  const added = await link(runtime, workspace, person, identity.id);
  // Two first sign-ins at once are one person; two accounts of the provider are not.
  if (added === 0 && (await linked(runtime, workspace, person))?.id !== identity.id)
    throw new SignInRefusal('linked-to-another-account');
  return identity;
}

/**
 * Whoever one OpenID Connect provider vouches for is nobody whom another one may vouch for: of several, the least careful
 * would else decide who comes in as whom.
 */
function link(
  { database }: Runtime,
  workspace: Workspace,
  person: ExternalPerson,
  identityId: string,
): Promise<number> {
  return database.transaction(async (connection) => {
    // Two providers that meet here wait for one another.
    await connection.run(sql`select 1 from platform.identity where id = ${identityId}::uuid for update`);
    const others = await connection.run(sql`
      select 1 from platform.external_identity e
      join platform.identity_provider p on p.workspace_id = e.workspace_id and p.id = e.provider_id and p.kind = 'openid'
      join platform.identity_provider mine
        on mine.workspace_id = e.workspace_id and mine.id = ${person.provider}::uuid and mine.kind = 'openid'
      where e.workspace_id = ${workspace.id}::uuid and e.identity_id = ${identityId}::uuid and p.id <> mine.id limit 1`);
    if (others.length > 0) throw new SignInRefusal('bound-to-another-provider');
    return connection.execute(sql`
      insert into platform.external_identity (workspace_id, provider_id, issuer, subject, identity_id, linked_at)
      values (${workspace.id}::uuid, ${person.provider}::uuid, ${person.issuer}, ${person.subject}, ${identityId}::uuid, now())
      on conflict do nothing`);
  });
}

async function create(
  runtime: Runtime,
  workspace: Workspace,
  person: ExternalPerson,
  email: string,
  roles: readonly string[],
): Promise<Identity> {
  const { language, timeZone } = workspace.settings;
  const name = person.name?.trim().slice(0, 200) || email.split('@')[0]!;
  const given = await rolesOfNewcomers(workspace, roles);
  try {
    const newcomer = { name, email, language, timeZone, roles: given };
    const { identityId, userId } = await createIdentity(runtime.database, workspace, newcomer);
    return { id: identityId, userId, email, active: true };
  } catch (error) {
    // The address may belong to somebody of another company on this server.
    if (error instanceof Problem) throw new SignInRefusal('person-not-created', error);
    throw error;
  }
}

async function identityByEmail({ database }: Runtime, workspace: Workspace, email: string): Promise<Identity | null> {
  const [row] = await database.run(sql`
    select id::text, user_id::text, email, active from platform.identity
    where workspace_id = ${workspace.id}::uuid and lower(email) = lower(${email})`);
  return row ? identityFrom(row) : null;
}

function identityFrom(row: readonly unknown[]): Identity {
  const [id, userId, email, active] = row as [string, string, string, boolean];
  return { id, userId, email, active };
}

function checkDomain(email: string, domains: readonly string[]): void {
  if (domains.length === 0) return;
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  if (!domains.some((allowed) => allowed.toLowerCase() === domain)) throw new SignInRefusal('domain-not-allowed');
}
