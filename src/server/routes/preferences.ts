import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { forgetPreference, keepPreference, PREFERENCE_KEY, readPreferences } from '#kernel/workspace/preferences.ts';
import { visitorOfRequest } from '../session.ts';

const Key = Type.Object({ key: Type.String({ pattern: PREFERENCE_KEY }) });
const Value = Type.Object({ value: Type.Unknown() }, { additionalProperties: false });
type One = { Params: { key: string } };

/** What the screens remember for whoever asks. A program may keep things of its own here, under keys of its own. */
export function preferenceRoutes(app: FastifyInstance): void {
  const tags = ['preferences'];

  app.get(
    '/api/preferences',
    {
      schema: {
        tags,
        summary: 'Everything I set for myself, by key',
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
      },
    },
    (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      return readPreferences(workspace, principal.userId!);
    },
  );

  app.put<One & { Body: { value: unknown } }>(
    '/api/preferences/:key',
    {
      schema: {
        tags,
        summary: 'Keep one: any JSON of at most 100 kB; the last word holds',
        params: Key,
        body: Value,
        response: { 200: Value },
      },
      bodyLimit: 200 * 1024,
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      return { value: await keepPreference(workspace, principal.userId!, request.params.key, request.body.value) };
    },
  );

  app.delete<One>(
    '/api/preferences/:key',
    { schema: { tags, summary: 'Back to the default', params: Key, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      await forgetPreference(workspace, principal.userId!, request.params.key);
      reply.code(204);
    },
  );
}
