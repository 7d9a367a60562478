import type { Database } from '../database/pool.ts';
import { sql } from '../database/sql.ts';
import type { Secrets } from '../workspace/secrets.ts';

export const mailProviderNames = ['google', 'microsoft', 'other'] as const;
export type MailProviderName = (typeof mailProviderNames)[number];

/** Where people sign in to their mailboxes without giving their password away: OAuth 2.0 (RFC 6749), XOAUTH2 and RFC 7628. */
export interface MailProvider {
  readonly name: MailProviderName;
  /** Says its addresses at `/.well-known/openid-configuration`. */
  readonly issuer: string;
  /** Of this program, as it was registered there. */
  readonly clientId: string;
  readonly scope: string;
  /** Of the button: `Google`. */
  readonly label: string;
}

/** What a provider's pages of help say; `{tenant}` is the company's own. */
export const mailProviderPresets: Readonly<Record<MailProviderName, Omit<MailProvider, 'name' | 'clientId'>>> = {
  google: { issuer: 'https://accounts.google.com', scope: 'https://mail.google.com/', label: 'Google' },
  microsoft: {
    issuer: 'https://login.microsoftonline.com/{tenant}/v2.0',
    scope: 'offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
    label: 'Microsoft',
  },
  other: { issuer: '', scope: 'openid offline_access', label: '' },
};

export async function readMailProviders(
  database: Database,
  workspaceId: string,
): Promise<(MailProvider & { readonly hasSecret: boolean })[]> {
  const rows = await database.run(sql`
    select name, issuer, client_id, scope, label, secret is not null from platform.mail_provider
    where workspace_id = ${workspaceId}::uuid order by name`);
  return rows.map(([name, issuer, clientId, scope, label, hasSecret]) => {
    return { name, issuer, clientId, scope, label, hasSecret } as MailProvider & { hasSecret: boolean };
  });
}

/** Null where it is not set up. The secret is '' for a program that has none. */
export async function openMailProvider(
  database: Database,
  secrets: Secrets,
  workspaceId: string,
  name: MailProviderName,
): Promise<(MailProvider & { readonly secret: string }) | null> {
  const [row] = await database.run(sql`
    select issuer, client_id, scope, label, secret from platform.mail_provider
    where workspace_id = ${workspaceId}::uuid and name = ${name}`);
  if (!row) return null;
  const [issuer, clientId, scope, label, sealed] = row as [string, string, string, string, string | null];
  const secret = sealed === null ? '' : secrets.open(sealed, purposeOf(workspaceId, name));
  return { name, issuer, clientId, scope, label, secret };
}

/** @param secret null for none; left out, the one that is kept stays, while issuer and program are the same */
export async function saveMailProvider(
  database: Database,
  secrets: Secrets,
  workspaceId: string,
  { name, issuer, clientId, scope, label }: MailProvider,
  secret?: string | null,
): Promise<void> {
  const sealed = secret ? secrets.seal(secret, purposeOf(workspaceId, name)) : null;
  const kept = sql`case when p.issuer = excluded.issuer and p.client_id = excluded.client_id then p.secret end`;
  await database.execute(sql`
    insert into platform.mail_provider as p (workspace_id, name, issuer, client_id, scope, label, secret)
    values (${workspaceId}::uuid, ${name}, ${issuer}, ${clientId}, ${scope}, ${label}, ${sealed})
    on conflict (workspace_id, name) do update set issuer = excluded.issuer, client_id = excluded.client_id,
      scope = excluded.scope, label = excluded.label, secret = ${secret === undefined ? kept : sql`excluded.secret`}`);
}

export async function removeMailProvider(database: Database, workspaceId: string, name: string): Promise<void> {
  await database.execute(
    sql`delete from platform.mail_provider where workspace_id = ${workspaceId}::uuid and name = ${name}`,
  );
}

function purposeOf(workspaceId: string, name: string): string {
  return `mail provider ${workspaceId} ${name}`;
}
