import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MIN_PASSWORD } from '#app/identity/password-rules.ts';
import { changePassword } from '#app/identity/passwords.ts';
import type { Runtime } from '#app/runtime.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { OwnSessions } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';
import { endOwnSessions, forgetVisitors, listSessions } from '../visitors.ts';

/** How a person signs in: their password, and where they are signed in. A program with a key of theirs may not touch it. */
export function profileRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['session'];
  const visit = (request: FastifyRequest) => {
    const visitor = visitorOfRequest(request);
    if (visitor.by !== 'session') throw new Problem('access.denied');
    return visitor;
  };

  app.put<{ Body: { current: string; password: string } }>(
    '/api/session/password',
    {
      schema: {
        tags,
        summary: 'Another password; all other sessions end',
        body: Type.Object(
          {
            current: Type.String({ maxLength: 1000 }),
            password: Type.String({ minLength: MIN_PASSWORD, maxLength: 1000 }),
          },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { identityId, tokenHash } = visit(request);
      await changePassword(runtime.database, identityId, request.body, tokenHash);
      forgetVisitors();
      reply.code(204);
    },
  );

  app.get(
    '/api/sessions',
    { schema: { tags, summary: 'Where I am signed in', response: { 200: OwnSessions } } },
    async (request) => ({ items: await listSessions(runtime, visit(request)) }),
  );

  app.delete<{ Params: { id: string } }>(
    '/api/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Sign out there; `others` signs out everywhere but here',
        params: Type.Object({ id: Type.String({ maxLength: 50 }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await endOwnSessions(runtime, visit(request), request.params.id);
      reply.code(204);
    },
  );
}
