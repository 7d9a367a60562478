import { createHmac, randomBytes } from 'node:crypto';
import { isPassword } from '#app/identity/passwords.ts';
import { hashToken } from '#app/identity/tokens.ts';
import { principalOf } from '#app/principal.ts';
import type { Runtime } from '#app/runtime.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { OwnSession } from './answers.ts';
import type { Visitor } from './visitor.ts';

const SESSION_DAYS = 30;

/** @throws Problem `session.wrong-password`, the same whether or not the address is known */
export async function signIn(
  runtime: Runtime,
  email: string,
  password: string,
  userAgent: string,
): Promise<{ token: string; visitor: Visitor }> {
  const [row] = await runtime.database.run(
    sql`select id::text, password_hash from platform.identity where lower(email) = lower(${email}) and active`,
  );
  if (!(await isPassword(password, (row?.[1] as string | undefined) ?? null)) || !row)
    throw new Problem('session.wrong-password');
  return openSession(runtime, row[0] as string, userAgent);
}

export async function openSession(
  runtime: Runtime,
  identityId: string,
  userAgent: string,
): Promise<{ token: string; visitor: Visitor }> {
  const token = randomBytes(32).toString('base64url');
  await runtime.database.execute(sql`
    insert into platform.session (token_hash, identity_id, created_at, expires_at, last_seen_at, user_agent)
    values (${hashToken(token)}, ${identityId}::uuid, now(), now() + ${`${SESSION_DAYS} days`}::interval, now(), ${userAgent.slice(0, 300)})`);
  const visitor = await visitorOfSession(runtime, token);
  return { token, visitor: visitor! };
}

export async function endSession(runtime: Runtime, visitor: Visitor): Promise<void> {
  known.delete(visitor.tokenHash);
  await runtime.database.execute(sql`delete from platform.session where token_hash = ${visitor.tokenHash}`);
}

/** Where somebody is signed in, the newest first. What a session is called tells nothing about its token. */
export async function listSessions(runtime: Runtime, visitor: Visitor): Promise<OwnSession[]> {
  const rows = await runtime.database.run(sql`
    select token_hash, coalesce(user_agent, ''), created_at, last_seen_at from platform.session
    where identity_id = ${visitor.identityId}::uuid and expires_at > now() order by last_seen_at desc, token_hash limit 100`);
  return (rows as [string, string, string, string][]).map(([tokenHash, userAgent, createdAt, lastSeenAt]) => ({
    id: sessionName(tokenHash),
    isCurrent: tokenHash === visitor.tokenHash,
    ...{ userAgent, createdAt, lastSeenAt },
  }));
}

/** Ends one of a person's other sessions, by the name it has in their list, or all of them: `others`. */
export async function endOwnSessions(runtime: Runtime, visitor: Visitor, name: string): Promise<void> {
  const rows = await runtime.database.run(
    sql`select token_hash from platform.session where identity_id = ${visitor.identityId}::uuid`,
  );
  const ended = (rows as [string][])
    .map(([tokenHash]) => tokenHash)
    .filter((tokenHash) => tokenHash !== visitor.tokenHash && (name === 'others' || sessionName(tokenHash) === name));
  await runtime.database.execute(
    sql`delete from platform.session where token_hash in (select jsonb_array_elements_text(${JSON.stringify(ended)}::jsonb))`,
  );
  for (const tokenHash of ended) known.delete(tokenHash);
}

function sessionName(tokenHash: string): string {
  return hashToken(tokenHash).slice(0, 22);
}

export function visitorOfSession(runtime: Runtime, token: string): Promise<Visitor | null> {
  return visitorOf(runtime, 'session', token);
}

export function visitorOfKey(runtime: Runtime, key: string): Promise<Visitor | null> {
  return visitorOf(runtime, 'key', key);
}

/** Whoever a token stands for, remembered for some seconds: the look-up costs more than the list it is for. */
const REMEMBERED_MS = 5_000;
const known = new Map<string, { visitor: Visitor; until: number }>();

export function forgetVisitors(): void {
  known.clear();
}

async function visitorOf(runtime: Runtime, by: 'session' | 'key', token: string): Promise<Visitor | null> {
  if (token.length > 200) return null;
  const tokenHash = hashToken(token);
  const remembered = known.get(tokenHash);
  if (remembered && remembered.until > Date.now()) {
    // Definitions may have changed meanwhile.
    return { ...remembered.visitor, workspace: await runtime.workspace(remembered.visitor.workspace.id) };
  }
  const source =
    by === 'session'
      ? sql`select identity_id from platform.session where token_hash = ${tokenHash} and expires_at > now()`
      : sql`select identity_id from platform.api_key where token_hash = ${tokenHash} and (expires_at is null or expires_at > now())`;
  const [row] = await runtime.database.run(
    sql`select i.id::text, i.workspace_id::text, i.user_id::text from platform.identity i where i.active and i.id = (${source})`,
  );
  if (!row) return null;
  const [identityId, workspaceId, userId] = row as [string, string, string];
  const workspace = await runtime.workspace(workspaceId);
  const principal = await principalOf(workspace, userId);
  if (!principal) return null;
  await noteUse(runtime, by, tokenHash);
  const visitor: Visitor = {
    workspace,
    principal,
    identityId,
    by,
    csrf: createHmac('sha256', token).update('csrf').digest('base64url'),
    tokenHash,
  };
  if (known.size > 10_000) known.clear();
  known.set(tokenHash, { visitor, until: Date.now() + REMEMBERED_MS });
  return visitor;
}

/** To the minute: what is in use would otherwise be written every few seconds. */
async function noteUse(runtime: Runtime, by: 'session' | 'key', tokenHash: string): Promise<void> {
  await runtime.database.execute(
    by === 'session'
      ? sql`update platform.session set last_seen_at = now()
          where token_hash = ${tokenHash} and last_seen_at < now() - interval '1 minute'`
      : sql`update platform.api_key set last_used_at = now()
          where token_hash = ${tokenHash} and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
  );
}
