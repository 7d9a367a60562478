import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { defaultLayout } from '#kernel/object/default-layout.ts';
import { layoutsSchema } from '#kernel/object/layout-check.ts';
import { objectOf } from '#kernel/object/model.ts';
import { administratorOfRequest } from '../session.ts';

/**
 * What an administrator arranges: all layouts of an object, for all roles and in all languages. They are changed as the
 * object is, `PATCH /api/objects/:object` with `layouts`; an empty list leaves the one that follows from the definition.
 */
export function layoutRoutes(app: FastifyInstance): void {
  app.get<{ Params: { object: string } }>(
    '/api/objects/:object/layouts',
    {
      schema: {
        tags: ['objects'],
        summary: 'How record pages are arranged, for all roles',
        params: Type.Object({ object: Type.String() }),
        response: { 200: Type.Object({ layouts: layoutsSchema, default: Type.Unknown() }) },
      },
    },
    (request) => {
      const { workspace } = administratorOfRequest(request);
      const object = objectOf(workspace.model, request.params.object);
      return { layouts: object.definition.layouts ?? [], default: defaultLayout(object) };
    },
  );
}
