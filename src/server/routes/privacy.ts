import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { exportHoldings, planFor, queueRetention } from '#app/privacy.ts';
import type { Runtime } from '#app/runtime.ts';
import { noteSecurityEvent } from '#kernel/audit/security-events.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { objectOf } from '#kernel/object/model.ts';
import { type ErasureMode, type ErasureReason, listErasures } from '#kernel/privacy/erase.ts';
import {
  dueFor,
  type RetentionRule,
  readRetention,
  retainableObjects,
  SHORTEST_MONTHS,
  writeRetention,
} from '#kernel/privacy/retention.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { ErasurePlan, Erasures, Holdings, RetentionDue, RetentionRules } from '../answers.ts';
import { administratorOfRequest } from '../session.ts';

const id = Type.String({ format: 'uuid' });
const One = Type.Object({ object: Type.String({ maxLength: 63 }), id });
const mode = Type.Enum(['anonymise', 'delete']);
const Rule = Type.Object(
  {
    object: Type.String({ maxLength: 63 }),
    months: Type.Integer({ minimum: SHORTEST_MONTHS, maximum: 1_200 }),
    act: mode,
  },
  { additionalProperties: false },
);
const Rules = Type.Object({ rules: Type.Array(Rule, { maxItems: 100 }) }, { additionalProperties: false });

type OneRecord = { Params: { object: string; id: string } };

/** How many records of a rule are looked for, so that a screen says "1,000 or more" at once. */
const MOST_DUE = 1_000;

/** What is held about somebody, taking it out, and how long it is kept. For administrators. */
export function privacyRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['privacy'];

  app.get<OneRecord>(
    '/api/privacy/:object/:id',
    {
      schema: {
        tags,
        summary: 'Everything that is held about somebody; noted as an export',
        params: One,
        response: { 200: Holdings },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { object, id } = request.params;
      reply.header('cache-control', 'no-store');
      return exportHoldings(workspace, principal, objectOf(workspace.model, object).name, id);
    },
  );

  app.get<OneRecord & { Querystring: { mode: ErasureMode } }>(
    '/api/privacy/:object/:id/erasure',
    {
      schema: {
        tags,
        summary: 'What an erasure would do, without doing it',
        params: One,
        querystring: Type.Object({ mode }, { additionalProperties: false }),
        response: { 200: ErasurePlan },
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const { object, id } = request.params;
      const asked = { object: objectOf(workspace.model, object).name, id, mode: request.query.mode } as const;
      return planFor(runtime, workspace.id, { ...asked, reason: 'other' });
    },
  );

  app.post<OneRecord & { Body: { mode: ErasureMode; reason?: ErasureReason } }>(
    '/api/privacy/:object/:id/erasure',
    {
      schema: {
        tags,
        summary: 'Erase somebody, for good; the proof is the result of the job',
        params: One,
        body: Type.Object(
          { mode, reason: Type.Optional(Type.Enum(['request', 'other'])) },
          { additionalProperties: false },
        ),
        response: { 202: Type.Object({ job: id }) },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { object, id } = request.params;
      const { name } = objectOf(workspace.model, object);
      if (name === 'user') throw new Problem('erasure.impossible', { object: name });
      const payload = { object: name, id, mode: request.body.mode, reason: request.body.reason ?? 'request' };
      reply.code(202);
      const job = { workspaceId: workspace.id, kind: 'erase', payload, createdBy: principal.userId };
      return { job: await queueJob(runtime.database, { ...job, key: `erase ${id}` }) };
    },
  );

  app.get<{ Querystring: { before?: string; limit?: string } }>(
    '/api/privacy/erasures',
    {
      schema: {
        tags,
        summary: 'What was erased, with its proof, the newest first',
        querystring: Type.Object(
          {
            before: Type.Optional(id),
            limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|1[0-9]{2}|200)$' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Erasures },
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const limit = Number(request.query.limit ?? 50);
      const items = await listErasures(workspace, { before: request.query.before, limit });
      return { items, next: items.length === limit ? items.at(-1)!.id : null };
    },
  );

  app.get(
    '/api/privacy/retention',
    { schema: { tags, summary: 'How long data are kept', response: { 200: RetentionRules } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      return {
        rules: await readRetention(workspace),
        objects: retainableObjects(workspace.model).map(({ name }) => name),
        shortestMonths: SHORTEST_MONTHS,
      };
    },
  );

  app.put<{ Body: { rules: RetentionRule[] } }>(
    '/api/privacy/retention',
    {
      schema: {
        tags,
        summary: 'Set how long data are kept; applied each night',
        body: Rules,
        response: { 200: Rules },
      },
    },
    async (request) => {
      const { workspace, principal, by } = administratorOfRequest(request);
      await writeRetention(workspace, request.body.rules);
      const details = { retention: request.body.rules };
      const event = { operation: 'rights', object: 'event', actor: principal.userId, via: by, details } as const;
      await noteSecurityEvent(workspace, event);
      return request.body;
    },
  );

  app.post<{ Body: { rules: RetentionRule[] } }>(
    '/api/privacy/retention/due',
    {
      schema: {
        tags,
        summary: 'How many records such rules would be for now, and the first of them',
        body: Rules,
        response: { 200: RetentionDue },
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const items = [];
      for (const rule of request.body.rules) {
        const ids = await dueFor(workspace, rule, new Date(), MOST_DUE);
        items.push({ ...rule, count: ids.length, isMore: ids.length === MOST_DUE, records: ids.slice(0, 10) });
      }
      return { items };
    },
  );

  app.post(
    '/api/privacy/retention/run',
    {
      schema: {
        tags,
        summary: 'Apply the rules now',
        response: { 202: Type.Object({ job: Type.Union([id, Type.Null()]) }) },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = administratorOfRequest(request);
      reply.code(202);
      return { job: await queueRetention(runtime, workspace.id, principal.userId) };
    },
  );
}
