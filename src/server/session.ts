import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayAsk } from '#app/identity/key-scope.ts';
import { isWithin, LONGEST_HOURS } from '#app/identity/policy.ts';
import type { Runtime } from '#app/runtime.ts';
import { RIGHTS_CHANNEL, requireAdministrator } from '#kernel/access/access.ts';
import { listen } from '#kernel/database/listen.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import type { Visitor } from './visitor.ts';
import { forgetVisitors, visitorOfKey, visitorOfSession } from './visitors.ts';

const COOKIE = 'tendero';

/** Finds out who asks, before anything else is read. Deny by default: a route says `config: { public: true }` or needs a visitor. */
export function guard(app: FastifyInstance, runtime: Runtime): void {
  app.decorateRequest('visitor', undefined);
  // A right that was taken away is gone with the next request, whichever process is asked.
  runtime.rights.on('change', forgetVisitors);
  const listening = listen(runtime.database, RIGHTS_CHANNEL, (id) => runtime.rights.emit('change', id));
  app.addHook('onClose', async () => {
    runtime.rights.off('change', forgetVisitors);
    await listening.stop();
  });
  app.addHook('onRequest', async (request) => {
    if (!/^\/(api|scim)\//.test(request.url)) return;
    const visitor = await whoAsks(runtime, request);
    if (visitor) request.visitor = visitor;
    if (request.routeOptions.config.public) return;
    if (!visitor) throw new Problem('session.required');
    if (!isWithin(visitor.networks, request.ip)) throw new Problem('access.network');
    if (!mayAsk(visitor.scope, request.method, request.url)) throw new Problem('access.denied');
    const isUnsafe = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (isUnsafe && visitor.viewer !== null && !request.routeOptions.config.reads) throw new Problem('access.viewing');
    if (isUnsafe && visitor.by === 'session' && request.headers['x-csrf'] !== visitor.csrf)
      throw new Problem('access.denied');
  });
}

export function visitorOfRequest(request: FastifyRequest): Visitor {
  if (!request.visitor) throw new Problem('session.required');
  return request.visitor;
}

/** Whoever asks for what is the administrators' matter. @throws Problem `access.denied` */
export function administratorOfRequest(request: FastifyRequest): Visitor {
  const visitor = visitorOfRequest(request);
  requireAdministrator(visitor.principal);
  return visitor;
}

/** The door for whoever asks. */
export function recordsOf(request: FastifyRequest): Records {
  const { workspace, principal } = visitorOfRequest(request);
  return recordsFor(workspace, principal, 'rest', request.idempotency?.changeSet);
}

export function setSessionCookie(reply: FastifyReply, request: FastifyRequest, token: string): void {
  reply.setCookie(COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
    // The server knows when it ends.
    maxAge: LONGEST_HOURS * 3600,
  });
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: '/' });
}

/** Whether one of our own people asks, as far as their browser tells. */
export function hasSession(request: FastifyRequest): boolean {
  return request.cookies[COOKIE] !== undefined;
}

/** As the database has it now, for whoever changed it. */
export async function whoAsks(runtime: Runtime, request: FastifyRequest): Promise<Visitor | null> {
  const header = request.headers.authorization;
  if (header !== undefined) return /^Bearer /i.test(header) ? visitorOfKey(runtime, header.slice(7).trim()) : null;
  const token = request.cookies[COOKIE];
  return token ? visitorOfSession(runtime, token) : null;
}
