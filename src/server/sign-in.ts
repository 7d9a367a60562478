import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Site } from '#app/identity/passkeys.ts';
import { isWithin, readPolicy } from '#app/identity/policy.ts';
import { type KnownIdentity, type NextStep, nextStepOf, type SignInKind } from '#app/identity/sign-in.ts';
import { type Attempt, countAttempt, forgiveAttempt } from '#app/identity/throttle.ts';
import type { Runtime } from '#app/runtime.ts';
import { mayUsePassword } from '#app/single-sign-on/providers.ts';
import { noteSecurityEvent, type SecurityEvent } from '#kernel/audit/security-events.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Session } from './answers.ts';
import { sessionOf } from './own-session.ts';
import { setSessionCookie } from './session.ts';
import { openSession } from './visitors.ts';

/**
 * Tries something that may be a guess: it is counted first, and forgiven when it was none.
 * @throws Problem `session.too-many-attempts`, and what `work` throws
 */
export async function tried<T>(runtime: Runtime, attempt: Attempt, work: () => Promise<T>): Promise<T> {
  await countAttempt(runtime.database, attempt);
  const result = await work();
  await forgiveAttempt(runtime.database, attempt);
  return result;
}

/** After a password: the person is in, or has a step to go (202), whose token opens nothing else. */
export async function continueSignIn(
  runtime: Runtime,
  request: FastifyRequest,
  reply: FastifyReply,
  known: KnownIdentity,
  kind: SignInKind,
): Promise<Session | NextStep> {
  await requireNetwork(runtime, request, known.workspaceId);
  await requireOpenWay(runtime, known, kind);
  const next = await nextStepOf(runtime.database, known, kind);
  if (!next) return completeSignIn(runtime, request, reply, known, kind);
  reply.code(202).header('cache-control', 'no-store');
  return next;
}

/** A session of its own, under a new token whatever cookie came along, and the answer that begins it. */
export async function completeSignIn(
  runtime: Runtime,
  request: FastifyRequest,
  reply: FastifyReply,
  known: KnownIdentity,
  kind: SignInKind,
): Promise<Session> {
  await requireNetwork(runtime, request, known.workspaceId);
  await requireOpenWay(runtime, known, kind);
  const { token, visitor } = await openSession(runtime, known.identityId, request.headers['user-agent'] ?? '', kind);
  await note(runtime, request, known, 'signIn', { kind });
  setSessionCookie(reply, request, token);
  reply.header('cache-control', 'no-store');
  return sessionOf(visitor);
}

/** Something about a person's way in, for the audit: by themself, or by the administrator `actor`. */
export async function note(
  runtime: Runtime,
  request: FastifyRequest,
  { workspaceId, userId }: Pick<KnownIdentity, 'workspaceId' | 'userId'>,
  operation: SecurityEvent['operation'],
  details: Readonly<Record<string, unknown>>,
  actor: string | null = userId,
): Promise<void> {
  await noteSecurityEvent(await runtime.workspace(workspaceId), {
    ...{ operation, object: 'user', record: userId, actor },
    details: { ...details, address: request.ip, userAgent: request.headers['user-agent']?.slice(0, 300) },
  });
}

export async function identityById(runtime: Runtime, identityId: string): Promise<KnownIdentity & { email: string }> {
  const [row] = await runtime.database.run(sql`
    select workspace_id::text, user_id::text, email from platform.identity where id = ${identityId}::uuid and active`);
  if (!row) throw new Problem('session.step-expired');
  const [workspaceId, userId, email] = row as [string, string, string];
  return { identityId, workspaceId, userId, email };
}

/** The address that people have typed, for which a passkey is made. */
export function siteOf(request: FastifyRequest): Site {
  return { host: request.hostname, origin: `${request.protocol}://${request.host}` };
}

async function requireNetwork(runtime: Runtime, request: FastifyRequest, workspaceId: string): Promise<void> {
  const { networks } = await readPolicy(runtime.database, workspaceId);
  if (!isWithin(networks, request.ip)) throw new Problem('access.network');
}

/** Where single sign-on or the directory is the only way in, what people have of their own is the administrators'. */
async function requireOpenWay(runtime: Runtime, known: KnownIdentity, kind: SignInKind): Promise<void> {
  if ((kind === 'password' || kind === 'passkey') && !(await mayUsePassword(runtime, known)))
    throw new Problem('session.wrong-password');
}
