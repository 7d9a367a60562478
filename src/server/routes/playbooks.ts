import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { dayIn } from '#kernel/fields/calendar.ts';
import { newId } from '#kernel/records/new-id.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { dueDays, MOST_STEPS, type PlaybookDraft, savePlaybook } from '#modules/teamwork/index.ts';
import { PlaybookDays, SavedPlaybook } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';

const uuid = Type.String({ format: 'uuid' });
/** What the values are is judged where all records are judged. */
const Values = { type: 'object' as const, additionalProperties: true };
const Draft = Type.Object(
  {
    values: Type.Unsafe<Record<string, unknown>>(Values),
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    steps: Type.Array(Type.Unsafe<PlaybookDraft['steps'][number]>({ ...Values, properties: { id: uuid } }), {
      maxItems: MOST_STEPS,
    }),
  },
  { additionalProperties: false },
);
const Counted = Type.Object(
  {
    days: Type.Integer({ minimum: 0, maximum: 365 }),
    after: Type.Union([Type.Literal('start'), Type.Literal('previous')]),
  },
  { additionalProperties: false },
);
const Days = Type.Object(
  { on: Type.Optional(Type.String({ format: 'date' })), steps: Type.Array(Counted, { maxItems: MOST_STEPS }) },
  { additionalProperties: false },
);

/** Playbooks written as a whole, and when their steps would be due. */
export function playbookRoutes(app: FastifyInstance): void {
  const tags = ['playbooks'];
  app.put<{ Params: { id: string }; Body: PlaybookDraft }>(
    '/api/playbooks/:id',
    {
      schema: {
        tags,
        summary: 'A playbook and all its steps as they are to be; undone as one change set',
        params: Type.Object({ id: uuid }),
        body: Draft,
        response: { 200: SavedPlaybook },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const changeSet = request.idempotency?.changeSet ?? newId();
      await savePlaybook(recordsFor(workspace, principal, 'rest', changeSet), request.params.id, request.body);
      return { changeSet };
    },
  );

  app.post<{ Body: { on?: string; steps: { days: number; after: string }[] } }>(
    '/api/playbooks/days',
    {
      schema: {
        tags,
        summary: 'When steps would be due that are started on a day: the working days of the company',
        body: Days,
        response: { 200: PlaybookDays },
      },
    },
    (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const on = request.body.on ?? dayIn(new Date(), principal.timeZone);
      const days = dueDays(request.body.steps, on, workspace.settings);
      const [first, last] = [on, days.toSorted().at(-1) ?? on];
      const holidays = (workspace.settings.holidays ?? []).filter((one) => one.on >= first && one.on <= last);
      return { on, days, holidays };
    },
  );
}
