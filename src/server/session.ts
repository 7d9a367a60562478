import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '#app/runtime.ts';
import { requireAdministrator } from '#kernel/access/access.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import type { Visitor } from './visitor.ts';
import { visitorOfKey, visitorOfSession } from './visitors.ts';

const COOKIE = 'tendero';

/** Finds out who asks, before anything else is read. Deny by default: a route says `config: { public: true }` or needs a visitor. */
export function guard(app: FastifyInstance, runtime: Runtime): void {
  app.decorateRequest('visitor', undefined);
  app.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    const visitor = await visitorOf(runtime, request);
    if (visitor) request.visitor = visitor;
    if (request.routeOptions.config.public) return;
    if (!visitor) throw new Problem('session.required');
    const isUnsafe = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
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
    maxAge: 30 * 24 * 3600,
  });
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: '/' });
}

async function visitorOf(runtime: Runtime, request: FastifyRequest): Promise<Visitor | null> {
  const header = request.headers.authorization;
  if (header !== undefined) return /^Bearer /i.test(header) ? visitorOfKey(runtime, header.slice(7).trim()) : null;
  const token = request.cookies[COOKIE];
  return token ? visitorOfSession(runtime, token) : null;
}
