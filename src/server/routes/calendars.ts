import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { wordsOfFault } from '#app/mailbox-access.ts';
import type { Runtime } from '#app/runtime.ts';
import { type CalendarServer, type FoundCalendar, findCalendars } from '#kernel/calendar/caldav.ts';
import {
  type CalendarChoice,
  type ConnectedCalendar,
  calendarsOf,
  changeCalendar,
  connectCalendar,
  forgetCalendar,
  objectsOf,
} from '#kernel/calendar/calendar-state.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { MailFault } from '#kernel/mail/imap/fault.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { newId } from '#kernel/records/new-id.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { visitorOfRequest } from '../session.ts';

type One = { Params: { id: string } };

/** More than anybody looks at. */
const MOST_CALENDARS = 10;

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f]+$' });
const time = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const server = { url: text(1_000), username: text(250), password: Type.String({ minLength: 1, maxLength: 1_000 }) };
const choice = Type.Enum(['all', 'customers'], {
  description: 'Which events become meetings: all that are not private, or those in which somebody known takes part',
});
const state = Type.Enum(['active', 'paused']);
const Fault = Type.Union([
  Type.Object({ fault: Type.String(), text: Type.String(), detail: Type.String() }),
  Type.Null(),
]);
const Calendar = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  address: Type.String(),
  username: Type.String(),
  choice,
  state,
  fault: Fault,
  failedAt: time,
  succeededAt: time,
  retryAt: time,
  unreadable: Type.Integer({ minimum: 0, description: 'Events that could not be understood, and stay where they are' }),
});

/** The calendars that whoever asks has elsewhere, in step with their meetings here. Nobody else sees them. */
export function calendarRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['calendar'];
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
  const { database } = runtime;

  app.get(
    '/api/calendars',
    {
      schema: {
        tags,
        summary: 'My calendars on other servers',
        response: { 200: Type.Object({ items: Type.Array(Calendar) }) },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const own = await calendarsOf(database, workspace.schema, { user: principal.userId! });
      return { items: await Promise.all(own.map((one) => told(request, one))) };
    },
  );

  app.post<{ Body: CalendarServer }>(
    '/api/calendars/find',
    {
      config: { reads: true },
      schema: {
        tags,
        summary: 'The calendars of a CalDAV server; nothing is kept',
        body: Type.Object(server, { additionalProperties: false }),
        response: {
          200: Type.Object({
            items: Type.Array(Type.Object({ url: Type.String(), name: Type.String() })),
            fault: Fault,
          }),
        },
      },
    },
    async (request) => {
      const { language } = visitorOfRequest(request).principal;
      const found = await looked(request.body);
      return found instanceof MailFault
        ? { items: [], fault: faultWords(language, found.code, found.detail) }
        : { items: found, fault: null };
    },
  );

  app.post<{ Body: CalendarServer & { calendar: string; name: string; choice?: CalendarChoice } }>(
    '/api/calendars',
    {
      schema: {
        tags,
        summary: 'Connect a calendar of a CalDAV server',
        body: Type.Object(
          { ...server, calendar: text(1_000), name: text(120), choice: Type.Optional(choice) },
          { additionalProperties: false },
        ),
        response: { 201: Calendar },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { url, username, password, calendar, name, choice: chosen = 'all' } = request.body;
      const user = principal.userId!;
      const found = await looked({ url, username, password });
      if (found instanceof MailFault || !found.some((one) => one.url === calendar))
        throw new Problem('request.invalid', {}, [{ field: 'calendar', code: 'field.unknown-reference' }]);
      const own = await calendarsOf(database, workspace.schema, { user });
      if (own.some((one) => one.calendar === calendar && one.username === username))
        throw new Problem('request.invalid', {}, [{ field: 'calendar', code: 'field.not-unique' }]);
      if (own.length >= MOST_CALENDARS)
        throw new Problem('request.invalid', {}, [
          { field: 'calendar', code: 'field.too-many', params: { max: MOST_CALENDARS } },
        ]);
      const id = newId();
      const given = { id, user, name, address: url, calendar, username, choice: chosen };
      await connectCalendar(database, workspace.schema, await openSecrets(runtime.dataFolder), given, password);
      reply.code(201);
      return told(request, await ownOf(request, id));
    },
  );

  app.patch<One & { Body: { name?: string; choice?: CalendarChoice; state?: 'active' | 'paused'; password?: string } }>(
    '/api/calendars/:id',
    {
      schema: {
        tags,
        summary: 'Change a calendar; whatever is changed, it is read at once',
        params,
        body: Type.Partial(Type.Object({ name: text(120), choice, state, password: server.password }), {
          additionalProperties: false,
        }),
        response: { 200: Calendar },
      },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const { id } = await ownOf(request, request.params.id);
      await changeCalendar(database, workspace.schema, await openSecrets(runtime.dataFolder), id, request.body);
      return told(request, await ownOf(request, id));
    },
  );

  app.delete<One>(
    '/api/calendars/:id',
    {
      schema: {
        tags,
        summary: 'Disconnect a calendar; meetings stay on both sides',
        params,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { workspace } = visitorOfRequest(request);
      const { id } = await ownOf(request, request.params.id);
      await database.transaction((connection) => forgetCalendar(connection, workspace.schema, id));
      reply.code(204);
    },
  );

  async function ownOf(request: FastifyRequest, id: string): Promise<ConnectedCalendar> {
    const { workspace, principal } = visitorOfRequest(request);
    const [found] = await calendarsOf(database, workspace.schema, { user: principal.userId!, id });
    if (!found) throw new Problem('record.not-found');
    return found;
  }

  async function told(request: FastifyRequest, one: ConnectedCalendar) {
    const { workspace, principal } = visitorOfRequest(request);
    const { id, name, address, username, choice: chosen, state: now, fault, detail } = one;
    const iso = (at: Date | null) => at?.toISOString() ?? null;
    return {
      ...{ id, name, address, username, choice: chosen, state: now },
      fault: fault === null ? null : faultWords(principal.language, fault, detail ?? ''),
      ...{ failedAt: iso(one.failedAt), succeededAt: iso(one.succeededAt), retryAt: iso(one.retryAt) },
      unreadable: (await objectsOf(database, workspace.schema, id)).filter((object) => object.fault !== null).length,
    };
  }
}

async function looked(given: CalendarServer): Promise<FoundCalendar[] | MailFault> {
  try {
    return await findCalendars(networkGuard(), given);
  } catch (error) {
    if (error instanceof MailFault) return error;
    throw error;
  }
}

/** Most of what goes wrong on the way to a server goes wrong for mailboxes too. */
function faultWords(language: string, fault: string, detail: string) {
  const own = `calendarFault.${fault}`;
  const said = translator(language)(own);
  const words = wordsOfFault(language, fault, detail);
  return said === own ? words : { ...words, text: said };
}
