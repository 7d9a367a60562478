import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { isAllowed } from '#kernel/access/access.ts';
import { findCandidates } from '#kernel/duplicates/candidates.ts';
import { decidePair, listPairs, type PairState, readPair } from '#kernel/duplicates/pairs.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door } from '#kernel/records/door.ts';
import type { MergeRequest } from '#kernel/records/records.ts';
import { Candidates, JobQueued, Merged, PairDecided, Pairs, Undone } from '../answers.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

const uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });
const objectParams = Type.Object({ object: Type.String() });
const pairParams = Type.Object({ id: uuid });
const winners = Type.Record(Type.String(), uuid, { description: 'Field → the record whose value wins' });
const note = Type.String({ maxLength: 4000 });
const mergeBody = Type.Object(
  {
    survivor: uuid,
    others: Type.Array(uuid, { minItems: 1, maxItems: 20 }),
    fields: Type.Optional(winners),
    note: Type.Optional(note),
  },
  { additionalProperties: false },
);
const pairMergeBody = Type.Object(
  { survivor: uuid, fields: Type.Optional(winners), note: Type.Optional(note) },
  { additionalProperties: false },
);
const queue = Type.Object(
  {
    object: Type.String(),
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('dismissed')])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);

/** Finding duplicates, deciding about them, making one record of several, and separating them again. */
export function duplicateRoutes(app: FastifyInstance): void {
  const schema = (summary: string, answer: TSchema, more: object = {}) => ({
    schema: { tags: ['duplicates'], summary, response: { 200: answer }, ...more },
  });

  app.post<{ Params: { object: string } }>(
    '/api/records/:object/duplicates',
    schema('Records that may be the same as one that is being typed', Candidates, {
      params: objectParams,
      body: Type.Record(Type.String(), Type.Unknown()),
    }),
    async (request) => ({
      candidates: await findCandidates(doorOf(request), request.params.object, request.body as Record<string, unknown>),
    }),
  );

  app.post<{ Params: { object: string }; Body: MergeRequest & { note?: string } }>(
    '/api/records/:object/merge',
    schema('Make one record of several', Merged, { params: objectParams, body: mergeBody }),
    (request) => {
      const { note: reason, ...merge } = request.body;
      return recordsOf(request).merge(request.params.object, merge, reason === undefined ? {} : { note: reason });
    },
  );

  app.post<{ Params: { changeSet: string } }>(
    '/api/merges/:changeSet/unmerge',
    schema('Separate what a merge made one', Undone, { params: Type.Object({ changeSet: uuid }) }),
    (request) => recordsOf(request).unmerge(request.params.changeSet),
  );

  app.get<{ Querystring: { object: string; state?: PairState; limit?: number; cursor?: string } }>(
    '/api/duplicates',
    schema('Pairs that look the same, surest first', Pairs, { querystring: queue }),
    (request) => listPairs(doorOf(request), { ...request.query, limit: Number(request.query.limit ?? 50) }),
  );

  app.post<{ Params: { id: string } }>(
    '/api/duplicates/:id/dismiss',
    schema('They are not the same', PairDecided, { params: pairParams }),
    (request) => decide(request, 'dismissed'),
  );

  app.post<{ Params: { id: string } }>(
    '/api/duplicates/:id/reopen',
    schema('They may be the same after all', PairDecided, { params: pairParams }),
    (request) => decide(request, 'open'),
  );

  app.post<{ Params: { id: string }; Body: { survivor: string; fields?: Record<string, string>; note?: string } }>(
    '/api/duplicates/:id/merge',
    schema('They are the same', Merged, { params: pairParams, body: pairMergeBody }),
    async (request) => {
      const { survivor, fields, note: reason } = request.body;
      const { object, records } = await readPair(doorOf(request), request.params.id);
      if (!records.includes(survivor))
        throw new Problem('request.invalid', {}, [{ field: 'survivor', code: 'merge.not-among' }]);
      const others = records.filter((id) => id !== survivor);
      return recordsOf(request).merge(
        object,
        { survivor, others, ...(fields ? { fields } : {}) },
        reason === undefined ? {} : { note: reason },
      );
    },
  );

  app.post<{ Body: { object: string } }>(
    '/api/duplicates/search',
    schema('Go through all records of an object', JobQueued, {
      response: { 202: JobQueued },
      body: Type.Object({ object: Type.String() }, { additionalProperties: false }),
    }),
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { name } = objectOf(workspace.model, request.body.object);
      if (!isAllowed(principal, name, 'update')) throw new Problem('access.denied');
      reply.code(202);
      const job = {
        workspaceId: workspace.id,
        kind: 'duplicates',
        payload: { object: name },
        createdBy: principal.userId,
      };
      return { job: { id: await queueJob(workspace.database, { ...job, key: `duplicates ${workspace.id} ${name}` }) } };
    },
  );
}

async function decide(request: FastifyRequest<{ Params: { id: string } }>, state: 'dismissed' | 'open') {
  await decidePair(doorOf(request), request.params.id, state);
  return { id: request.params.id, state };
}

/** The door as the kernel's own functions want it. */
export function doorOf(request: FastifyRequest): Door {
  const { workspace, principal } = visitorOfRequest(request);
  return { workspace, principal, via: 'rest', trusted: false, unit: null, changeSet: request.idempotency?.changeSet };
}
