import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import { type Busy, freeBusy, freeTimes, type Stretch } from '#modules/channels/index.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

/** People whose week fits on a screen, and a team that looks for an hour. */
const MOST_PEOPLE = 50;
const MOST_DAYS = 92;
const DAY_MS = 24 * 3600 * 1_000;
const AT_ONCE = 500;

const moment = Type.String({ format: 'date-time', maxLength: 40 });
const StretchAnswer = Type.Object({ from: moment, until: moment });
const nullable = (schema: Parameters<typeof Type.Union>[0][number]) => Type.Union([schema, Type.Null()]);
const BusyAnswer = Type.Object({
  from: moment,
  until: moment,
  kind: Type.Enum(['busy', 'interaction', 'absence', 'holiday'], {
    description: '`busy`: what with is not for the reader; of a `holiday` its name is the subject',
  }),
  id: nullable(Type.String({ format: 'uuid' })),
  channel: nullable(Type.String()),
  subject: nullable(Type.String()),
  account: nullable(Type.String()),
  place: nullable(Type.String()),
});
const people = Type.String({
  description: 'Ids, with commas between them',
  pattern: '^[0-9a-fA-F-]{36}(,[0-9a-fA-F-]{36})*$',
  maxLength: MOST_PEOPLE * 37,
});
const ofTime = { users: people, from: moment, until: moment };

type Asked = { users: string; from: string; until: string };

/** When colleagues are free: with what they are busy is told to whoever may read it. */
export function freeBusyRoutes(app: FastifyInstance): void {
  const tags = ['calendar'];

  app.get<{ Querystring: Asked }>(
    '/api/free-busy',
    {
      schema: {
        tags,
        summary: 'When colleagues work, and when something is in their way',
        querystring: Type.Object(ofTime, { additionalProperties: false }),
        response: {
          200: Type.Object({
            people: Type.Array(
              Type.Object({
                user: Type.String({ format: 'uuid' }),
                name: Type.String(),
                timeZone: Type.String(),
                working: Type.Union([Type.Array(StretchAnswer), Type.Null()], {
                  description: 'Null: no hours are set',
                }),
                busy: Type.Array(BusyAnswer),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const records = recordsOf(request);
      const { from, until } = timeOf(request.query);
      const names = await colleagues(records, request.query.users);
      const times = await freeBusy(workspace, [...names.keys()], from, until);
      const seen = await seenBy(
        records,
        times.flatMap(({ busy }) => busy),
      );
      return {
        people: times.map(({ user, timeZone, working, busy }) => ({
          user,
          name: names.get(user)!,
          timeZone,
          working: working?.map(told) ?? null,
          busy: busy.map((one) => ({ ...told(one), ...seen(one) })),
        })),
      };
    },
  );

  app.get<{ Querystring: Asked & { minutes: number; bufferMinutes?: number } }>(
    '/api/free-busy/times',
    {
      schema: {
        tags,
        summary: 'When all of some colleagues are free, during the hours that they work',
        querystring: Type.Object(
          {
            ...ofTime,
            minutes: Type.Integer({ minimum: 5, maximum: 24 * 60 }),
            bufferMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 240 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(StretchAnswer) }) },
      },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const { from, until } = timeOf(request.query);
      const names = await colleagues(recordsOf(request), request.query.users);
      const found = await freeBusy(workspace, [...names.keys()], from, until);
      // A time that suits only those of whom something is known suits nobody.
      if (found.length < new Set(request.query.users.toLowerCase().split(',')).size) return { items: [] };
      const { minutes, bufferMinutes = 0 } = request.query;
      const wanted = { lengthMs: minutes * 60_000, bufferMs: bufferMinutes * 60_000, most: 200 };
      return { items: freeTimes(found, { from, until, ...wanted }).map(told) };
    },
  );
}

function timeOf({ from, until }: Asked): Stretch {
  const time = { from: new Date(from), until: new Date(until) };
  const isLong = +time.until - +time.from > MOST_DAYS * DAY_MS;
  if (!(time.from < time.until) || isLong)
    throw new Problem('request.invalid', {}, [{ field: 'until', code: 'field.invalid' }]);
  return time;
}

/** Those whom the reader may see, with their names. */
async function colleagues(records: Records, users: string): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(users.toLowerCase().split(','))];
  if (ids.some((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) || ids.length > MOST_PEOPLE)
    throw new Problem('request.invalid', {}, [{ field: 'users', code: 'field.invalid' }]);
  const { items } = await records.list('user', {
    filter: { id: { in: ids }, active: true },
    fields: ['name'],
    limit: MOST_PEOPLE,
  });
  return new Map(items.map(({ id, name }) => [id, String(name)]));
}

const unseen = { kind: 'busy', id: null, channel: null, subject: null, account: null, place: null } as const;

/** What of each the reader may read. */
async function seenBy(records: Records, busy: readonly Busy[]): Promise<(one: Busy) => Record<string, unknown>> {
  const idsOf = (kind: Busy['kind']) => [
    ...new Set(busy.flatMap((one) => (one.kind === kind && one.id !== null ? [one.id] : []))),
  ];
  const appointments = new Map<string, Record<string, unknown>>();
  for (const row of await rowsOf(records, 'interaction', idsOf('interaction'), ['account'])) {
    const { account } = (row.expanded ?? {}) as Record<string, { title?: string } | null>;
    const { channel = null, subject = null, place = null } = row;
    appointments.set(row.id, { channel, subject, place, account: account?.title ?? null });
  }
  const absences = new Set((await rowsOf(records, 'absence', idsOf('absence'), [])).map(({ id }) => id));
  return ({ kind, id, name }) => {
    if (kind === 'holiday') return { ...unseen, kind, subject: name ?? null };
    if (id === null || kind === 'taken') return unseen;
    if (kind === 'absence') return absences.has(id) ? { ...unseen, kind, id } : unseen;
    const appointment = appointments.get(id);
    return appointment ? { ...unseen, kind, id, ...appointment } : unseen;
  };
}

async function rowsOf(records: Records, object: string, ids: readonly string[], expand: string[]) {
  const rows: (Record<string, unknown> & { id: string })[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    try {
      const filter = { id: { in: ids.slice(at, at + AT_ONCE) } };
      rows.push(...(await records.list(object, { filter, expand, limit: AT_ONCE })).items);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'access.denied')) throw error;
    }
  }
  return rows;
}

const told = ({ from, until }: Stretch) => ({ from: from.toISOString(), until: until.toISOString() });
