import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '#kernel/problems/problem.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { contentTypes, type ExportFormat, exportRecords } from '#kernel/transfer/export/export.ts';
import { binary } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';

const Query = Type.Object(
  {
    filter: Type.Optional(Type.String({ maxLength: 100_000 })),
    search: Type.Optional(Type.String({ maxLength: 1_000 })),
    sort: Type.Optional(Type.String({ maxLength: 1_000 })),
    fields: Type.Optional(Type.String({ maxLength: 10_000 })),
    references: Type.Optional(Type.Union([Type.Literal('titles'), Type.Literal('ids')])),
  },
  { additionalProperties: false },
);

/** Records as a file, with the rights of whoever asks. */
export function exportRoutes(app: FastifyInstance): void {
  for (const format of Object.keys(contentTypes) as ExportFormat[]) {
    app.get<{
      Params: { object: string };
      Querystring: { filter?: string; search?: string; sort?: string; fields?: string; references?: 'titles' | 'ids' };
    }>(
      `/api/exports/:object.${format}`,
      {
        schema: {
          tags: ['exports'],
          summary: `Records as ${format.toUpperCase()}`,
          response: binary(contentTypes[format]),
          params: Type.Object({ object: Type.String() }),
          querystring: Query,
        },
      },
      async (request, reply) => {
        const { workspace, principal } = visitorOfRequest(request);
        const { object } = request.params;
        const { filter, search, sort, fields, references } = request.query;
        const parts = await exportRecords(workspace, principal, object, format, {
          ...(filter ? { filter: parseFilter(filter) } : {}),
          ...(search ? { search } : {}),
          ...(references ? { references } : {}),
          sort: namesIn(sort),
          ...(namesIn(fields).length > 0 ? { fields: namesIn(fields) } : {}),
        });
        const name = `${workspace.model.objects.get(object)?.definition.plural ?? object}.${format}`;
        reply.type(contentTypes[format]).header('content-disposition', `attachment; filename="${name}"`);
        // Nothing is taken along by whoever asks for the headers: the file is not begun, and nothing noted.
        return request.method === 'HEAD' ? reply.send() : Readable.from(parts, { objectMode: false });
      },
    );
  }
}

function namesIn(text = ''): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function parseFilter(text: string): Filter {
  try {
    const filter: unknown = JSON.parse(text);
    if (typeof filter === 'object' && filter !== null) return filter as Filter;
  } catch {}
  throw new Problem('query.invalid', { reason: 'not-json', path: 'filter' });
}
