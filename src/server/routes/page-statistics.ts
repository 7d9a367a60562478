import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { visitsOf, weeksOf } from '#app/public-pages.ts';
import type { Runtime } from '#app/runtime.ts';
import { PageStatistics } from '../answers.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

/** What is counted of forms and booking pages, for those who may see the page itself. */
export function pageStatisticsRoutes(app: FastifyInstance, { database }: Runtime): void {
  for (const [path, object] of [
    ['web-forms', 'webForm'],
    ['booking-pages', 'bookingPage'],
  ] as const)
    app.get<{ Params: { id: string }; Querystring: { days?: number } }>(
      `/api/${path}/:id/statistics`,
      {
        schema: {
          tags: ['web forms'],
          summary: 'How often a page was seen and what came of it, by where visitors came from and by week',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          querystring: Type.Object({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })) }),
          response: { 200: PageStatistics },
        },
      },
      async (request) => {
        const { workspace } = visitorOfRequest(request);
        const { id } = await recordsOf(request).read(object, request.params.id, { fields: [] });
        const items = await visitsOf(database, workspace.id, id, request.query.days ?? 30);
        return { items, weeks: await weeksOf(database, workspace.id, id) };
      },
    );
}
