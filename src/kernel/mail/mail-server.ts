import type { Database } from '../database/pool.ts';
import { sql } from '../database/sql.ts';
import type { Secrets } from '../workspace/secrets.ts';

/** The company's own SMTP server, through which everything goes out. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte (465), `starttls` before anything is said (587), `none` for a relay of the own network. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** Null for a server that asks nobody who they are. */
  readonly username: string | null;
  readonly senderName: string;
  readonly senderAddress: string;
  /** `https://crm.example.com`: what links in mails begin with. Whoever asks for a mail must not choose it. */
  readonly site: string;
}

export async function readMailServer(
  database: Database,
  workspaceId: string,
): Promise<(MailServer & { readonly hasPassword: boolean }) | null> {
  const [row] = await database.run(sql`
    select host, port, security, username, sender_name, sender_address, site, password is not null
    from platform.mail_server where workspace_id = ${workspaceId}::uuid`);
  if (!row) return null;
  const [host, port, security, username, senderName, senderAddress, site, hasPassword] = row;
  return { host, port, security, username, senderName, senderAddress, site, hasPassword } as MailServer & {
    hasPassword: boolean;
  };
}

/** @param password null for none; left out, the one that is kept stays, while host and name are the same */
export async function saveMailServer(
  database: Database,
  secrets: Secrets,
  workspaceId: string,
  server: MailServer,
  password?: string | null,
): Promise<void> {
  const { host, port, security, username, senderName, senderAddress, site } = server;
  const sealed = password ? secrets.seal(password, purposeOf(workspaceId)) : null;
  // A password is never sent to another host than the one it was given for.
  const kept = sql`case when m.host = excluded.host and m.username is not distinct from excluded.username then m.password end`;
  await database.execute(sql`
    insert into platform.mail_server as m
      (workspace_id, host, port, security, username, password, sender_name, sender_address, site)
    values (${workspaceId}::uuid, ${host}, ${port}::integer, ${security}, ${username}, ${sealed}, ${senderName},
      ${senderAddress}, ${site})
    on conflict (workspace_id) do update set host = excluded.host, port = excluded.port, security = excluded.security,
      username = excluded.username, sender_name = excluded.sender_name, sender_address = excluded.sender_address,
      site = excluded.site, password = ${password === undefined ? kept : sql`excluded.password`}`);
}

export async function removeMailServer(database: Database, workspaceId: string): Promise<void> {
  await database.execute(sql`delete from platform.mail_server where workspace_id = ${workspaceId}::uuid`);
}

export async function passwordOf(database: Database, secrets: Secrets, workspaceId: string): Promise<string | null> {
  const [row] = await database.run(
    sql`select password from platform.mail_server where workspace_id = ${workspaceId}::uuid`,
  );
  const sealed = (row?.[0] as string | null | undefined) ?? null;
  return sealed === null ? null : secrets.open(sealed, purposeOf(workspaceId));
}

function purposeOf(workspaceId: string): string {
  return `mail server ${workspaceId}`;
}
