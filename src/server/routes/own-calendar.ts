import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { isWithin } from '#app/identity/policy.ts';
import { ownCalendar } from '#app/own-calendar.ts';
import type { Runtime } from '#app/runtime.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { siteOf } from '../sign-in.ts';
import { visitorOfKey } from '../visitors.ts';

/** Programs ask every few minutes, whatever they are told. */
const FRESH_S = 300;

/**
 * A person's calendar for the calendar programs of phones and computers. Those know no header for a key, so it stands in the
 * address, and is good for nothing else.
 */
export function ownCalendarRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get<{ Params: { key: string } }>(
    '/calendars/:key',
    { schema: { hide: true, params: Type.Object({ key: Type.String({ maxLength: 200 }) }) } },
    async (request, reply) => {
      const key = /^(tnd_[\w-]+)\.ics$/.exec(request.params.key)?.[1];
      const visitor = key ? await visitorOfKey(runtime, key) : null;
      if (visitor?.scope.kind !== 'calendar' || !isWithin(visitor.networks, request.ip))
        throw new Problem('request.route-unknown');
      const { workspace, principal } = visitor;
      const { language, timeZone } = principal;
      const records = recordsFor(workspace, principal, 'rest');
      const { name } = await records.read('user', principal.userId!, { fields: ['name'] });
      const owner = { name: String(name), language, timeZone, origin: siteOf(request).origin };
      const text = await ownCalendar(records, owner);
      const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
      reply.headers({
        etag,
        'cache-control': `private, max-age=${FRESH_S}`,
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': 'inline; filename="calendar.ics"',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      });
      return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(text);
    },
  );
}
