import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { searchAll } from '#kernel/search/search.ts';
import { visitorOfRequest } from '../session.ts';

export function searchRoutes(app: FastifyInstance): void {
  app.get(
    '/api/search',
    {
      schema: {
        tags: ['search'],
        summary: 'Records of all objects that contain the words',
        querystring: Type.Object({
          q: Type.String({ maxLength: 1000 }),
          objects: Type.Optional(Type.String({ description: 'Comma-separated names' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: 'Per object; 5 when left out' })),
        }),
      },
    },
    async (request) => {
      const { q, objects, limit } = request.query as { q: string; objects?: string; limit?: number | string };
      const { workspace, principal } = visitorOfRequest(request);
      const names = objects?.split(',').filter(Boolean);
      const door = { workspace, principal, via: 'rest', trusted: false, unit: null };
      return { groups: await searchAll(door, q, { objects: names, limit: limit === undefined ? undefined : Number(limit) }) };
    },
  );
}
