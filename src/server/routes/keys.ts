import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { forgetBook } from '#app/address-book.ts';
import { everything, type KeyScope as Scope } from '#app/identity/key-scope.ts';
import { createKey } from '#app/identity/keys.ts';
import type { Runtime } from '#app/runtime.ts';
import { RIGHTS_CHANNEL } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { KeyScope, Keys } from '../answers.ts';
import { administratorOfRequest, visitorOfRequest } from '../session.ts';
import { note } from '../sign-in.ts';
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
      select id::text, name, prefix, scope, created_at, last_used_at, expires_at from platform.api_key
      where identity_id = ${identityId}::uuid order by created_at desc, id desc limit 500`);
      return {
        items: rows.map(([id, name, prefix, scope, createdAt, lastUsedAt, expiresAt]) => ({
          id,
          name,
          prefix,
          scope,
          createdAt,
          lastUsedAt,
          expiresAt,
        })),
      };
    },
  );

  app.post<{ Body: { name: string; scope?: Scope; expiresAt?: string | null } }>(
    '/api/keys',
    {
      schema: {
        tags: ['keys'],
        summary: 'Make an API key',
        response: {
          201: Type.Object({
            id: Type.String({ format: 'uuid' }),
            key: Type.String(),
            name: Type.String(),
            scope: KeyScope,
            expiresAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
          }),
        },
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
            scope: Type.Optional(KeyScope),
            expiresAt: Type.Optional(
              Type.Union([Type.String({ format: 'date-time', maxLength: 40 }), Type.Null()], {
                description: 'Null, or left out: never',
              }),
            ),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const name = request.body.name.trim();
      if (name.includes('\u0000') || !name.isWellFormed()) {
        throw new Problem('request.invalid', {}, [{ field: 'name', code: 'field.invalid' }]);
      }
      const visitor = visitorOfRequest(request);
      const { scope = everything } = request.body;
      checkScope(scope, visitor.workspace.model.objects);
      // Who provisions people makes administrators' colleagues.
      if (scope.kind === 'scim') administratorOfRequest(request);
      const expiresAt = expiryOf(request.body.expiresAt ?? null);
      const created = await createKey(database, visitor.identityId, name, { scope, expiresAt });
      const known = { workspaceId: visitor.workspace.id, userId: visitor.principal.userId! };
      await note(runtime, request, known, 'rights', { key: name, scope: scope.kind, expiresAt });
      reply.code(201).header('cache-control', 'no-store');
      return { ...created, name, scope, expiresAt };
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
      const { identityId, workspace, principal } = visitorOfRequest(request);
      const [removed] = await database.run(
        sql`delete from platform.api_key where id = ${request.params.id}::uuid and identity_id = ${identityId}::uuid returning name, prefix, token_hash`,
      );
      if (!removed) throw new Problem('key.not-found');
      await forgetBook(database, workspace.schema, removed[2] as string);
      forgetVisitors();
      await database.run('select pg_notify($1, $2)', [RIGHTS_CHANNEL, workspace.id]);
      const known = { workspaceId: workspace.id, userId: principal.userId! };
      await note(runtime, request, known, 'revoke', { key: `${removed[0]} (${removed[1]}…)` });
      reply.code(204);
    },
  );
}

function checkScope(scope: Scope, objects: ReadonlyMap<string, unknown>): void {
  if (scope.kind !== 'objects') return;
  const unknown = Object.keys(scope.objects).find((name) => !objects.has(name));
  if (unknown !== undefined)
    throw new Problem('request.invalid', {}, [{ field: `scope.objects.${unknown}`, code: 'field.not-allowed' }]);
}

/** A moment to come, as the database writes it. Ten years are as good as never, and say so. */
function expiryOf(text: string | null): string | null {
  if (text === null) return null;
  const at = Date.parse(text);
  const decade = 10 * 366 * 24 * 3600 * 1_000;
  if (!(at > Date.now() && at < Date.now() + decade))
    throw new Problem('request.invalid', {}, [{ field: 'expiresAt', code: 'key.expiry' }]);
  return new Date(at).toISOString();
}
