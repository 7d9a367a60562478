import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Handover } from '#app/handover.ts';
import type { Runtime } from '#app/runtime.ts';
import { eventsBy } from '#kernel/events/by-actor.ts';
import { addJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { newId } from '#kernel/records/new-id.ts';
import { type Away, briefOf, happenedWhile } from '#modules/teamwork/index.ts';
import { Brief, HandBack, HandoverQueued } from '../answers.ts';
import { administratorOfRequest, recordsOf, visitorOfRequest } from '../session.ts';

type One = { Params: { id: string } };

/** Events that a report is made of; a delegate who did more has the history of each record. */
const MOST_EVENTS = 2_000;
const DAY_MS = 24 * 3600 * 1000;

/** Work in somebody's place: what to know before, what happened meanwhile, and all of it when somebody leaves. */
export function absenceRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['absences'];
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });

  app.get<One>(
    '/api/briefs/account/:id',
    { schema: { tags, summary: 'An account on one page', params, response: { 200: Brief } } },
    (request) => briefOf(recordsOf(request), request.params.id),
  );

  app.get<One>(
    '/api/absences/:id/report',
    {
      schema: { tags, summary: 'What the delegate did meanwhile, by record', params, response: { 200: HandBack } },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const records = recordsOf(request);
      const absence = (await records.read('absence', request.params.id, {
        expand: ['user', 'delegate'],
      })) as unknown as Away;
      const events = await eventsBy(workspace, {
        actor: absence.delegate,
        from: absence.from,
        until: new Date(Date.parse(absence.until) + DAY_MS).toISOString(),
        limit: MOST_EVENTS,
      });
      const titleOf = (object: string) => workspace.model.objects.get(object)?.title.name;
      return {
        absence,
        items: await happenedWhile(records, absence, events, titleOf),
        isCut: events.length === MOST_EVENTS,
      };
    },
  );

  app.post<One & { Body: { to: string } }>(
    '/api/users/:id/handover',
    {
      schema: {
        tags: ['users'],
        summary: 'Everything that somebody owns goes to somebody else; undone as one change set',
        params,
        body: Type.Object({ to: Type.String({ format: 'uuid' }) }, { additionalProperties: false }),
        response: { 202: HandoverQueued },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = administratorOfRequest(request);
      const records = recordsOf(request);
      const from = request.params.id;
      const { to } = request.body;
      await records.read('user', from, { fields: [] });
      const successor = await records.find('user', { id: to, active: true }, { fields: [] });
      if (!successor || to === from)
        throw new Problem('request.invalid', {}, [{ field: 'to', code: 'field.unknown-reference' }]);
      const payload: Handover = { from, to, changeSet: request.idempotency?.changeSet ?? newId() };
      const id = await runtime.database.transaction((connection) =>
        addJob(connection, {
          workspaceId: workspace.id,
          kind: 'handover',
          payload: { ...payload },
          createdBy: principal.userId,
        }),
      );
      reply.code(202);
      return { job: { id }, changeSet: payload.changeSet };
    },
  );
}
