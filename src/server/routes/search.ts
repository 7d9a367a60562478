import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { searchAll } from '#kernel/search/search.ts';
import { visitorOfRequest } from '../session.ts';

const Found = Type.Object({
  groups: Type.Array(
    Type.Object({
      object: Type.String(),
      items: Type.Array(
        Type.Object({
          id: Type.String({ format: 'uuid' }),
          title: Type.String(),
          detail: Type.Union([Type.String(), Type.Null()], {
            description: 'What tells it from others of the same name',
          }),
        }),
      ),
    }),
  ),
  corrected: Type.Union([Type.String(), Type.Null()], {
    description: 'The words that were searched instead, when nothing has those that were typed',
  }),
});

export function searchRoutes(app: FastifyInstance): void {
  app.get(
    '/api/search',
    {
      schema: {
        tags: ['search'],
        summary:
          'Records of all objects that contain the words, phone numbers as they are dialled, mistyped words corrected',
        querystring: Type.Object({
          q: Type.String({ maxLength: 1000 }),
          objects: Type.Optional(Type.String({ description: 'Comma-separated names' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: 'Per object; 5 when left out' })),
        }),
        response: { 200: Found },
      },
    },
    async (request) => {
      const { q, objects, limit } = request.query as { q: string; objects?: string; limit?: number | string };
      const { workspace, principal } = visitorOfRequest(request);
      const names = objects?.split(',').filter(Boolean);
      const door = { workspace, principal, via: 'rest', trusted: false, unit: null };
      return searchAll(door, q, { objects: names, limit: limit === undefined ? undefined : Number(limit) });
    },
  );
}
