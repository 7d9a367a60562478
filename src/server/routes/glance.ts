import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { dayIn } from '#kernel/fields/calendar.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { GlanceContribution } from '#kernel/object/glance.ts';
import type { GlancePart } from '#kernel/object/glance-part.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { readerLanguage } from '../problems.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

const text = Type.String();
const Part = Type.Union([
  Type.Object({ count: Type.Integer() }),
  Type.Object({ money: Type.Object({ amount: Type.Number(), currency: text }) }),
  Type.Object({ at: text }),
  Type.Object({ option: Type.Object({ object: text, field: text, value: text }) }),
  Type.Object({ record: Type.Object({ object: text, id: text, title: text }) }),
  Type.Object({ word: text }),
]);
const Glance = Type.Object({
  items: Type.Array(
    Type.Object({
      name: text,
      label: text,
      tone: Type.Union([Type.Enum(['good', 'warn', 'bad']), Type.Null()]),
      parts: Type.Array(Part),
    }),
  ),
});

/** A record at one glance, composed of what the modules know of it. */
export function glanceRoutes(app: FastifyInstance, runtime: Runtime): void {
  const contributions = runtime.modules.flatMap((module) => module.glance ?? []);

  app.get<{ Params: { object: string; id: string } }>(
    '/api/glance/:object/:id',
    {
      schema: {
        tags: ['records'],
        summary: 'What to know of a record at one glance',
        params: Type.Object({ object: Type.String({ maxLength: 63 }), id: Type.String({ format: 'uuid' }) }),
        response: { 200: Glance },
      },
    },
    async (request) => {
      const { object, id } = request.params;
      const { workspace, principal } = visitorOfRequest(request);
      const records = recordsOf(request);
      await records.read(object, id, { fields: [], deleted: true });
      const words = translator(readerLanguage(request));
      const today = dayIn(new Date(), principal.timeZone);
      const tell = async (contribution: GlanceContribution) => {
        try {
          const told = await contribution.read({ records, id, workspace, today });
          if (!told) return [];
          const { name } = contribution;
          const parts = told.parts.map(
            (part): GlancePart => ('word' in part ? { word: words(`glance.${part.word}`) } : part),
          );
          return [{ name, label: words(`glance.${name}`), tone: told.tone ?? null, parts }];
        } catch (error) {
          // What the reader may not see is no fault; what is one takes nothing from the others.
          if (!(error instanceof Problem)) request.log.error({ err: error }, `glance ${contribution.name}`);
          return [];
        }
      };
      const mine = contributions.filter((contribution) => contribution.object === object);
      return { items: (await Promise.all(mine.map(tell))).flat() };
    },
  );
}
