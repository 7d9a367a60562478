import { randomUUID } from 'node:crypto';
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
/** Kinds of which a company has one at most. */
export type SingleKind = Exclude<ProviderKind, 'openid'>;

export interface Provider<Kind extends ProviderKind> {
  readonly id: string;
  readonly active: boolean;
  readonly settings: ProviderSettings[Kind];
  readonly hasSecret: boolean;
  /** Sealed: whoever needs it opens it. */
  readonly secret: string | null;
}

/** The client secret of OpenID Connect, the password of the LDAP account that searches. */
const PURPOSE = 'identity provider';

export async function readProvider<Kind extends SingleKind>(
  { database }: Runtime,
  workspaceId: string,
  kind: Kind,
): Promise<Provider<Kind> | null> {
  const [row] = await database.run(sql`
    select id::text, active, settings, secret from platform.identity_provider
    where workspace_id = ${workspaceId}::uuid and kind = ${kind}`);
  if (!row) return null;
  const [id, active, settings, secret] = row as [string, boolean, ProviderSettings[Kind], string | null];
  return { id, active, settings, secret, hasSecret: secret !== null };
}

/** An OpenID Connect provider: a company may have several. */
export interface OpenIdProvider extends Provider<'openid'> {
  /** It was set up when a company had one, and sends people back to the address without an id. */
  readonly hasFirstCallback: boolean;
}

/** In the order of their buttons. */
export async function listOpenIdProviders(
  { database }: Runtime,
  workspaceId: string,
): Promise<readonly OpenIdProvider[]> {
  const rows = await database.run(sql`
    select id::text, active, settings, secret, first_callback from platform.identity_provider
    where workspace_id = ${workspaceId}::uuid and kind = 'openid' order by lower(settings->>'label'), id`);
  return rows.map((row) => {
    const [id, active, settings, secret, hasFirstCallback] = row as [
      string,
      boolean,
      OpenIdSettings,
      string | null,
      boolean,
    ];
    return { id, active, settings, secret, hasSecret: secret !== null, hasFirstCallback };
  });
}

/**
 * @param id of an OpenID Connect provider, chosen before it is saved because its redirect address holds it
 * @param secret a new one; `null` takes it away, `undefined` leaves it as it is
 * @throws Problem `sign-in.no-way-left` when nobody could come in without the provider
 */
export async function writeProvider<Kind extends ProviderKind>(
  runtime: Runtime,
  workspaceId: string,
  which: Which<Kind>,
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
    const values = sql`${JSON.stringify(settings)}::jsonb`;
    const kept = await connection.execute(sql`
      update platform.identity_provider set active = ${active}::boolean, settings = ${values}, updated_at = now(),
        secret = case when ${secret === undefined}::boolean then secret else ${sealed} end
      where workspace_id = ${workspaceId}::uuid and ${isIt(which)}`);
    if (kept > 0) return;
    await connection.execute(sql`
      insert into platform.identity_provider (workspace_id, id, kind, active, settings, secret, updated_at)
      values (${workspaceId}::uuid, ${which.id ?? randomUUID()}::uuid, ${which.kind}, ${active}::boolean, ${values}, ${sealed}, now())`);
  });
}

/** Whom it knew is bound to it no longer; they stay, and come in with a password or through another provider. */
export async function removeProvider({ database }: Runtime, workspaceId: string, which: Which): Promise<void> {
  await database.execute(
    sql`delete from platform.identity_provider where workspace_id = ${workspaceId}::uuid and ${isIt(which)}`,
  );
}

/** One provider of a company. */
export type Which<Kind extends ProviderKind = ProviderKind> = Kind extends 'openid'
  ? { readonly kind: Kind; readonly id: string }
  : { readonly kind: Kind; readonly id?: undefined };

function isIt({ kind, id }: Which) {
  return id === undefined ? sql`kind = ${kind}` : sql`kind = ${kind} and id = ${id}::uuid`;
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
