import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { listen } from '#kernel/database/listen.ts';
import { sql } from '#kernel/database/sql.ts';
import type { Feeds } from '#kernel/events/feed.ts';
import { openPresence, type Presence, type PresenceSign } from '#kernel/events/presence.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

/** Processes tell each other who is where. */
export const PRESENCE_CHANNEL = 'tendero_presence';
const SWEEP_MS = 2_000;

const place = Type.Object({ object: Type.String(), id: Type.String({ format: 'uuid' }) });
const seat = Type.String({ minLength: 1, maxLength: 40, description: 'Of this tab, chosen by the client' });
const People = Type.Object({
  people: Type.Array(
    Type.Object({
      user: Type.String({ format: 'uuid' }),
      field: Type.String({ description: 'What they edit; empty when they only look' }),
      since: Type.Integer({ description: 'Milliseconds since 1970' }),
    }),
  ),
});

/**
 * Who else looks at a record or edits it. A page gives a sign every 10 s and when it is closed; the others at the same
 * record hear of it as `event: presence` of the live feed. Each sign is checked: whoever may not read the record any more
 * is neither told nor told of.
 */
export function presenceRoutes(app: FastifyInstance, runtime: Runtime, feeds: Feeds): void {
  const presence = openPresence((at) => {
    const people = presence.at(at);
    const { workspace, object, id } = at;
    feeds.tell(workspace, new Set(people.map(({ user }) => user)), 'presence', { object, id, people });
  });
  const listening = listen(runtime.database, PRESENCE_CHANNEL, (sign) =>
    presence.hear(JSON.parse(sign) as PresenceSign),
  );
  const sweeping = setInterval(() => presence.sweep(), SWEEP_MS);
  app.addHook('preClose', async () => {
    clearInterval(sweeping);
    await listening.stop();
  });
  const tell = (sign: PresenceSign) =>
    runtime.database.run(sql`select pg_notify(${PRESENCE_CHANNEL}, ${JSON.stringify(sign)})`);

  app.put<{ Params: { object: string; id: string }; Body: { seat: string; field?: string } }>(
    '/api/presence/:object/:id',
    {
      schema: {
        tags: ['live'],
        summary: 'I am at this record; who else is',
        params: place,
        body: Type.Object(
          { seat, field: Type.Optional(Type.String({ maxLength: 40 })) },
          { additionalProperties: false },
        ),
        response: { 200: People },
      },
    },
    async (request): Promise<{ people: Presence[] }> => {
      const { workspace, principal } = visitorOfRequest(request);
      const { object, id } = request.params;
      if (principal.userId === null) throw new Problem('access.denied');
      await recordsOf(request).read(objectOf(workspace.model, object).name, id, { fields: [], deleted: true });
      const { seat, field = '' } = request.body;
      await tell({ workspace: workspace.id, object, id, user: principal.userId, seat, field });
      const people = presence.at({ workspace: workspace.id, object, id });
      return { people: people.filter(({ user }) => user !== principal.userId) };
    },
  );

  app.delete<{ Params: { object: string; id: string }; Querystring: { seat: string } }>(
    '/api/presence/:object/:id',
    {
      schema: {
        tags: ['live'],
        summary: 'I left this record',
        params: place,
        querystring: Type.Object({ seat }, { additionalProperties: false }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { object, id } = request.params;
      if (principal.userId === null) throw new Problem('access.denied');
      const { seat } = request.query;
      await tell({ workspace: workspace.id, object, id, user: principal.userId, seat, field: null });
      reply.code(204);
    },
  );
}
