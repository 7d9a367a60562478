import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { isDay } from '#kernel/fields/calendar.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { readTimelineDays } from '#kernel/timeline/days.ts';
import { type Reach, reaches } from '#kernel/timeline/shapes.ts';
import { readTimeline, type TimelineQuery } from '#kernel/timeline/timeline.ts';
import { readTimelineTop } from '#kernel/timeline/top.ts';
import { doorOf } from './duplicates.ts';

const id = Type.String({ format: 'uuid' });
const nullable = (schema: Parameters<typeof Type.Union>[0][number]) => Type.Union([schema, Type.Null()]);

const Entry = Type.Object({
  kind: Type.String({ description: 'Name of an object, or `change`' }),
  at: Type.String(),
  of: nullable(Type.Object({ object: Type.String(), id, title: nullable(Type.String()) })),
  record: Type.Optional(Type.Unknown({ description: 'As its object describes it' })),
  event: Type.Optional(Type.Unknown({ description: 'As in the history of a record' })),
});
const TimelinePage = Type.Object({
  items: Type.Array(Entry),
  next: nullable(Type.String()),
  previous: nullable(Type.String()),
  isCut: Type.Boolean({ description: 'There is more that belongs to the record than is told of' }),
});
const TimelineDays = Type.Object({ items: Type.Array(Entry), isCut: Type.Boolean() });
const TimelineTop = Type.Object({ pinned: Type.Array(Entry), ahead: Type.Array(Entry) });

const reach = Type.Optional(
  Type.Enum([...reaches], {
    description: 'The record itself, also what belongs to it, also those below it; `own` when left out',
  }),
);
const aDay = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' });
const day = Type.Optional(aDay);
const kinds = Type.Optional(
  Type.String({
    maxLength: 1000,
    pattern: '^[A-Za-z0-9_]+(:[A-Za-z0-9_]+)?(,[A-Za-z0-9_]+(:[A-Za-z0-9_]+)?)*$',
    description: 'Objects, also `interaction:phone`, `change`, `change:opportunity`; all when left out',
  }),
);
const Query = Type.Object(
  {
    reach,
    kinds,
    person: Type.Optional(id),
    team: Type.Optional(id),
    from: day,
    until: day,
    search: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9]|[1-9][0-9]|1[0-9][0-9]|200)$' })),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
  },
  { additionalProperties: false },
);
const params = Type.Object({ object: Type.String({ pattern: '^[A-Za-z0-9_]{1,63}$' }), id });

type Of = { Params: { object: string; id: string } };

/** What happened to a record and to what belongs to it, in one stream. */
export function timelineRoutes(app: FastifyInstance): void {
  const tags = ['records'];

  app.get<Of & { Querystring: Static<typeof Query> }>(
    '/api/timeline/:object/:id',
    {
      schema: {
        tags,
        summary: 'What happened to a record, newest first',
        params,
        querystring: Query,
        response: { 200: TimelinePage },
      },
    },
    (request) => {
      const { kinds, limit, search, reach, ...rest } = request.query;
      checkDays(rest);
      const query: TimelineQuery = {
        ...rest,
        ...(reach ? { reach: reach as Reach } : {}),
        ...(kinds ? { kinds: kinds.split(',') } : {}),
        ...(limit ? { limit: Number(limit) } : {}),
        ...(search?.trim() ? { search: search.trim() } : {}),
      };
      return readTimeline(doorOf(request), request.params.object, request.params.id, query);
    },
  );

  app.get<Of & { Querystring: { reach?: Reach } }>(
    '/api/timeline/:object/:id/top',
    {
      schema: {
        tags,
        summary: 'What stands above a timeline: what is pinned, and what is still to come',
        params,
        querystring: Type.Object({ reach }, { additionalProperties: false }),
        response: { 200: TimelineTop },
      },
    },
    (request) => readTimelineTop(doorOf(request), request.params.object, request.params.id, request.query.reach),
  );

  app.get<Of & { Querystring: { reach?: Reach; kinds?: string; from: string; until: string } }>(
    '/api/timeline/:object/:id/days',
    {
      schema: {
        tags,
        summary: 'What is due or takes place on some days, the earliest first',
        params,
        querystring: Type.Object({ reach, kinds, from: aDay, until: aDay }, { additionalProperties: false }),
        response: { 200: TimelineDays },
      },
    },
    (request) => {
      const { kinds, ...rest } = request.query;
      checkDays(rest);
      const query = { ...rest, ...(kinds ? { kinds: kinds.split(',') } : {}) };
      return readTimelineDays(doorOf(request), request.params.object, request.params.id, query);
    },
  );
}

function checkDays(days: { from?: string; until?: string }): void {
  for (const name of ['from', 'until'] as const) {
    if (days[name] !== undefined && !isDay(days[name]))
      throw new Problem('request.invalid', {}, [{ field: name, code: 'field.invalid' }]);
  }
}
