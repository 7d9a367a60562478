import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import type { Runtime } from '../runtime.ts';

/** What being in a group of the directory gives somebody here. */
export interface GroupMapping {
  /** As the directory names it; in LDAP its DN or its common name. */
  readonly group: string;
  /** Ids of `role` records. */
  readonly roles: readonly string[];
  /** Ids of `team` records. */
  readonly teams: readonly string[];
}

/** Whom a provider lets in, and with what. */
export interface Admission {
  /** Of e-mail addresses; empty: any. */
  readonly domains: readonly string[];
  /** Somebody unknown is given access when they first sign in. */
  readonly createsPeople: boolean;
  /** Ids of the roles that newcomers get. */
  readonly roles: readonly string[];
  readonly groups: readonly GroupMapping[];
  /** Passwords are for administrators only, who can come in when the provider cannot. */
  readonly isOnlyWay: boolean;
}

export interface OpenIdSettings extends Admission {
  readonly issuer: string;
  readonly clientId: string;
  /** Of the button: `Google`. */
  readonly label: string;
  readonly scope: string;
  /** Name of the claim that lists groups; empty: groups are not asked for, and roles stay as they are. */
  readonly groupsClaim: string;
}

export interface LdapSettings extends Admission {
  /** `ldaps://host[:port]`, or `ldap://` where StartTLS comes first. */
  readonly url: string;
  /** Who signs the server's certificate, in PEM; empty: the authorities that Node trusts. */
  readonly certificate: string;
  readonly baseDn: string;
  /** Who searches; empty: nobody in particular. */
  readonly bindDn: string;
  /** Holds `{login}`. */
  readonly userFilter: string;
  readonly nameAttribute: string;
  readonly emailAttribute: string;
  /** What stays the same when somebody is renamed: `entryUUID`, `objectGUID`. */
  readonly idAttribute: string;
  /** The groups of a person, on their entry: `memberOf`; empty: the groups are searched, or not asked for. */
  readonly groupAttribute: string;
  /** Where groups are searched with `{dn}` or `{login}`; empty: they are not. */
  readonly groupBaseDn: string;
  readonly groupFilter: string;
}

export interface ScimSettings {
  readonly roles: readonly string[];
  readonly groups: readonly GroupMapping[];
}

export interface ProviderSettings {
  openid: OpenIdSettings;
  ldap: LdapSettings;
  scim: ScimSettings;
}

export type ProviderKind = keyof ProviderSettings;

export interface Provider<Kind extends ProviderKind> {
  readonly active: boolean;
  readonly settings: ProviderSettings[Kind];
  readonly hasSecret: boolean;
  /** Sealed: whoever needs it opens it. */
  readonly secret: string | null;
}

/** The client secret of OpenID Connect, the password of the LDAP account that searches. */
const PURPOSE = 'identity provider';

export async function readProvider<Kind extends ProviderKind>(
  { database }: Runtime,
  workspaceId: string,
  kind: Kind,
): Promise<Provider<Kind> | null> {
  const [row] = await database.run(sql`
    select active, settings, secret from platform.identity_provider
    where workspace_id = ${workspaceId}::uuid and kind = ${kind}`);
  if (!row) return null;
  const [active, settings, secret] = row as [boolean, ProviderSettings[Kind], string | null];
  return { active, settings, secret, hasSecret: secret !== null };
}

/**
 * @param secret a new one; `null` takes it away, `undefined` leaves it as it is
 * @throws Problem `sign-in.no-way-left` when nobody could come in without the provider
 */
export async function writeProvider<Kind extends ProviderKind>(
  runtime: Runtime,
  workspaceId: string,
  kind: Kind,
  { active, settings, secret }: { active: boolean; settings: ProviderSettings[Kind]; secret?: string | null },
): Promise<void> {
  const sealed = secret ? (await openSecrets(runtime.dataFolder)).seal(secret, PURPOSE) : null;
  await runtime.database.transaction(async (connection) => {
    // The row of the workspace: who lets the last administrator with a password go waits here too.
    await connection.run(sql`select 1 from platform.workspace where id = ${workspaceId}::uuid for update`);
    if (active && 'isOnlyWay' in settings && settings.isOnlyWay) {
      const [left] = await connection.run(sql`
        select count(*) from platform.identity
        where workspace_id = ${workspaceId}::uuid and active and administrator and password_hash is not null`);
      if (left![0] === 0) throw new Problem('sign-in.no-way-left');
    }
    await connection.execute(sql`
      insert into platform.identity_provider as p (workspace_id, kind, active, settings, secret, updated_at)
      values (${workspaceId}::uuid, ${kind}, ${active}::boolean, ${JSON.stringify(settings)}::jsonb, ${sealed}, now())
      on conflict (workspace_id, kind) do update set active = excluded.active, settings = excluded.settings, updated_at = now(),
        secret = case when ${secret === undefined}::boolean then p.secret else excluded.secret end`);
  });
}

export async function removeProvider({ database }: Runtime, workspaceId: string, kind: ProviderKind): Promise<void> {
  await database.execute(
    sql`delete from platform.identity_provider where workspace_id = ${workspaceId}::uuid and kind = ${kind}`,
  );
}

export async function openSecret(runtime: Runtime, sealed: string | null): Promise<string> {
  return sealed === null ? '' : (await openSecrets(runtime.dataFolder)).open(sealed, PURPOSE);
}

/** May somebody come in with a password? Administrators always may: no provider can lock a company out. */
export async function mayUsePassword(
  { database }: Runtime,
  { identityId, workspaceId }: { identityId: string; workspaceId: string },
): Promise<boolean> {
  const onlyWays = await database.run(sql`
    select 1 from platform.identity_provider p join platform.identity i on i.id = ${identityId}::uuid
    where p.workspace_id = ${workspaceId}::uuid and p.active and (p.settings->>'isOnlyWay')::boolean and not i.administrator
    limit 1`);
  return onlyWays.length === 0;
}
