import { createHmac } from 'node:crypto';
import { everything, type KeyScope, limitsOf } from '#app/identity/key-scope.ts';
import { LONGEST_HOURS, usualPolicy } from '#app/identity/policy.ts';
import type { SignInKind } from '#app/identity/sign-in.ts';
import { hashToken, newToken } from '#app/identity/tokens.ts';
import { principalOf } from '#app/principal.ts';
import type { Runtime } from '#app/runtime.ts';
import { sql } from '#kernel/database/sql.ts';
import type { OwnSession } from './answers.ts';
import { seenThrough } from './view-as.ts';
import type { Visitor } from './visitor.ts';

export async function openSession(
  runtime: Runtime,
  identityId: string,
  userAgent: string,
  kind: SignInKind = 'password',
): Promise<{ token: string; visitor: Visitor }> {
  const token = newToken();
  await runtime.database.execute(sql`
    insert into platform.session (token_hash, identity_id, created_at, expires_at, last_seen_at, user_agent, kind)
    values (${hashToken(token)}, ${identityId}::uuid, now(), now() + make_interval(hours => ${LONGEST_HOURS}::integer), now(),
      ${userAgent.slice(0, 300)}, ${kind})`);
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
    select s.token_hash, coalesce(s.user_agent, ''), s.kind, s.created_at, s.last_seen_at from ${liveSessions}
    and i.id = ${visitor.identityId}::uuid order by s.last_seen_at desc, s.token_hash limit 100`);
  return (rows as [string, string, string, string, string][]).map(
    ([tokenHash, userAgent, kind, createdAt, lastSeenAt]) => ({
      id: sessionName(tokenHash),
      isCurrent: tokenHash === visitor.tokenHash,
      ...{ userAgent, kind, createdAt, lastSeenAt },
    }),
  );
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

export function sessionName(tokenHash: string): string {
  return hashToken(tokenHash).slice(0, 22);
}

export function visitorOfSession(runtime: Runtime, token: string): Promise<Visitor | null> {
  return visitorOf(runtime, 'session', token);
}

/** Whoever sits at one of a person's sessions, by the name it has in their list; null when it has ended. They may only read. */
export async function readerOfSession(
  runtime: Runtime,
  identityId: string,
  name: string,
): Promise<Omit<Visitor, 'csrf'> | null> {
  const rows = await runtime.database.run(sql`select s.token_hash from ${liveSessions} and i.id = ${identityId}::uuid`);
  const [tokenHash] = (rows as [string][]).map(([hash]) => hash).filter((hash) => sessionName(hash) === name);
  return tokenHash === undefined ? null : bearerOf(runtime, 'session', tokenHash);
}

export function visitorOfKey(runtime: Runtime, key: string): Promise<Visitor | null> {
  return visitorOf(runtime, 'key', key);
}

const { idleMinutes, longestHours } = usualPolicy;

/** `from … where …` of the sessions `s` that hold: the policy of the moment decides, not that of the sign-in. */
export const liveSessions = sql`platform.session s join platform.identity i on i.id = s.identity_id and i.active
  left join platform.sign_in_policy p on p.workspace_id = i.workspace_id
  where s.expires_at > now()
    and s.created_at > now() - make_interval(hours => coalesce(p.longest_hours, ${longestHours}::integer))
    and s.last_seen_at > now() - make_interval(mins => coalesce(p.idle_minutes, ${idleMinutes}::integer))`;
const whose = sql`i.id::text, i.workspace_id::text, i.user_id::text, coalesce(p.networks, '{}')`;

/** Whoever a token stands for, remembered for some seconds: the look-up costs more than the list it is for. */
const REMEMBERED_MS = 5_000;
const known = new Map<string, { visitor: Omit<Visitor, 'csrf'>; until: number }>();

/** What was looked up before this, and not yet remembered, is not remembered any more either. */
let forgotten = 0;

export function forgetVisitors(): void {
  forgotten++;
  known.clear();
}

async function visitorOf(runtime: Runtime, by: 'session' | 'key', token: string): Promise<Visitor | null> {
  if (token.length > 200) return null;
  const visitor = await bearerOf(runtime, by, hashToken(token));
  return visitor && { ...visitor, csrf: createHmac('sha256', token).update('csrf').digest('base64url') };
}

async function bearerOf(
  runtime: Runtime,
  by: 'session' | 'key',
  tokenHash: string,
): Promise<Omit<Visitor, 'csrf'> | null> {
  const remembered = known.get(tokenHash);
  if (remembered && remembered.until > Date.now()) {
    // Definitions may have changed meanwhile.
    return { ...remembered.visitor, workspace: await runtime.workspace(remembered.visitor.workspace.id) };
  }
  const before = forgotten;
  const [row] = await runtime.database.run(
    by === 'session'
      ? sql`select ${whose}, null, s.viewing_as::text from ${liveSessions} and s.token_hash = ${tokenHash}`
      : sql`select ${whose}, k.scope, null from platform.api_key k join platform.identity i on i.id = k.identity_id and i.active
          left join platform.sign_in_policy p on p.workspace_id = i.workspace_id
          where k.token_hash = ${tokenHash} and (k.expires_at is null or k.expires_at > now())`,
  );
  if (!row) return null;
  const [identityId, workspaceId, userId, networks, given, viewing] = row as [
    ...[string, string, string, string[]],
    KeyScope | null,
    string | null,
  ];
  const scope = given ?? everything;
  const workspace = await runtime.workspace(workspaceId);
  const person = await principalOf(workspace, userId);
  if (!person) return null;
  const limits = limitsOf(scope);
  const seen = viewing === null ? null : await seenThrough(workspace, person, viewing);
  // What has ended does not begin again by itself.
  if (viewing !== null && !seen)
    await runtime.database.execute(sql`update platform.session set viewing_as = null where token_hash = ${tokenHash}`);
  const principal = seen ?? (limits ? { ...person, limits } : person);
  await noteUse(runtime, by, tokenHash);
  const visitor = {
    workspace,
    principal,
    identityId,
    by,
    tokenHash,
    viewer: seen ? userId : null,
    networks,
    scope,
  };
  if (known.size > 10_000) known.clear();
  if (forgotten === before) known.set(tokenHash, { visitor, until: Date.now() + REMEMBERED_MS });
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
