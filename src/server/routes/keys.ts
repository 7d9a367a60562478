import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { createKey } from '#app/identity/keys.ts';
import type { Runtime } from '#app/runtime.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { Keys } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';
import { forgetVisitors } from '../visitors.ts';

/** The API keys of whoever asks. A key itself is shown once, when it is made. */
export function keyRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;

  app.get(
    '/api/keys',
    { schema: { tags: ['keys'], summary: 'My API keys', response: { 200: Keys } } },
    async (request) => {
      const { identityId } = visitorOfRequest(request);
      const rows = await database.run(sql`
      select id::text, name, prefix, created_at, last_used_at, expires_at from platform.api_key
      where identity_id = ${identityId}::uuid order by created_at desc, id desc limit 500`);
      return {
        items: rows.map(([id, name, prefix, createdAt, lastUsedAt, expiresAt]) => ({
          id,
          name,
          prefix,
          createdAt,
          lastUsedAt,
          expiresAt,
        })),
      };
    },
  );

  app.post<{ Body: { name: string } }>(
    '/api/keys',
    {
      schema: {
        tags: ['keys'],
        summary: 'Make an API key',
        response: {
          201: Type.Object({ id: Type.String({ format: 'uuid' }), key: Type.String(), name: Type.String() }),
        },
        body: Type.Object(
          { name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const name = request.body.name.trim();
      if (name.includes('\u0000') || !name.isWellFormed()) {
        throw new Problem('request.invalid', {}, [{ field: 'name', code: 'field.invalid' }]);
      }
      const created = await createKey(database, visitorOfRequest(request).identityId, name);
      reply.code(201).header('cache-control', 'no-store');
      return { ...created, name };
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/api/keys/:id',
    {
      schema: {
        tags: ['keys'],
        summary: 'Revoke an API key',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { identityId } = visitorOfRequest(request);
      const removed = await database.execute(
        sql`delete from platform.api_key where id = ${request.params.id}::uuid and identity_id = ${identityId}::uuid`,
      );
      if (removed === 0) throw new Problem('key.not-found');
      forgetVisitors();
      reply.code(204);
    },
  );
}
