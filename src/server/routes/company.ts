import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { queueConversion } from '#app/convert.ts';
import type { Runtime } from '#app/runtime.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { languages } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { type CompanyChanges, changeCompany, listRates, removeRate, setRate } from '#kernel/workspace/settings.ts';
import { Company, Converting, NumberingSet, Numberings, Rates, WeeklyHours } from '../answers.ts';
import { administratorOfRequest, visitorOfRequest } from '../session.ts';
import { forgetVisitors } from '../visitors.ts';

/** A small picture as it is shown beside the name; 200 kB as text. */
const Logo = Type.String({ maxLength: 200_000, pattern: '^data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+$' });
const Holiday = Type.Object(
  { on: Type.String({ format: 'date' }), name: Type.String({ maxLength: 80 }) },
  { additionalProperties: false },
);
const Changes = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    language: Type.Optional(Type.Union(languages.map((language) => Type.Literal(language)))),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    logo: Type.Optional(Type.Union([Logo, Type.Null()])),
    workingHours: Type.Optional(Type.Union([WeeklyHours, Type.Null()])),
    mailTracking: Type.Optional(Type.Boolean()),
    holidays: Type.Optional(Type.Union([Type.Array(Holiday, { maxItems: 200 }), Type.Null()])),
  },
  { additionalProperties: false },
);
/** What a company may leave unsaid. */
const blank = { logo: null, workingHours: null, holidays: null, mailTracking: false };
const day = Type.String({ format: 'date' });
const currency = Type.String({ pattern: '^[A-Z]{3}$' });
const RateParams = Type.Object({ currency, on: day });
const Numbering = Type.Object({ object: Type.String(), field: Type.String() });

/** What the company says of itself, its rates of exchange, and its series of numbers. For administrators. */
export function companyRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['company'];

  app.get(
    '/api/company',
    { schema: { tags, summary: 'What the company says of itself', response: { 200: Company } } },
    (request) => {
      const { name, settings } = visitorOfRequest(request).workspace;
      return { ...blank, name, ...settings };
    },
  );

  app.patch<{ Body: CompanyChanges }>(
    '/api/company',
    {
      schema: {
        tags,
        summary: 'Change it; another base currency converts every amount',
        response: { 200: Company },
        body: Changes,
      },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      await changeCompany(database, workspace, request.body);
      let job: string | null = null;
      if (request.body.currency !== undefined && request.body.currency !== workspace.settings.currency) {
        runtime.forgetRates(workspace.schema);
        job = await database.transaction((connection) =>
          queueConversion(connection, workspace.id, {}, principal.userId),
        );
      }
      forgetVisitors();
      const { name, settings } = await runtime.workspace(workspace.id);
      return { ...blank, name, ...settings, job };
    },
  );

  app.get(
    '/api/rates',
    { schema: { tags, summary: 'Rates of exchange by currency and day', response: { 200: Rates } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const items = await listRates(database, workspace.schema);
      return { base: workspace.settings.currency, items };
    },
  );

  app.put<{ Params: { currency: string; on: string }; Body: { rate: number } }>(
    '/api/rates/:currency/:on',
    {
      schema: {
        tags,
        summary: 'Set a rate: units of base currency per unit, from that day on; amounts since then follow',
        response: { 200: Converting },
        params: RateParams,
        body: Type.Object({ rate: Type.Number() }, { additionalProperties: false }),
      },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { currency, on } = request.params;
      await setRate(database, workspace, { currency, on, rate: request.body.rate });
      return { job: await afterRate(workspace, principal.userId, currency, on) };
    },
  );

  app.delete<{ Params: { currency: string; on: string } }>(
    '/api/rates/:currency/:on',
    {
      schema: {
        tags,
        summary: 'Remove a rate; amounts since then follow',
        response: { 200: Converting },
        params: RateParams,
      },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { currency, on } = request.params;
      await removeRate(database, workspace.schema, currency, on);
      return { job: await afterRate(workspace, principal.userId, currency, on) };
    },
  );

  app.get(
    '/api/numbering',
    { schema: { tags, summary: 'Series of human numbers', response: { 200: Numberings } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const counters = new Map(
        (await database.run(
          sql`select name, value from ${raw(identifier(workspace.schema))}.counter where name like 'number:%'`,
        )) as [string, number][],
      );
      const items = [...workspace.model.objects.values()].flatMap((object) =>
        [...object.fields.values()].flatMap((field) => {
          if (field.type.name !== 'autoNumber') return [];
          const { prefix = '', digits = 1 } = field.definition as { prefix?: string; digits?: number };
          const next = (counters.get(`number:${object.name}.${field.name}`) ?? 0) + 1;
          return [{ object: object.name, field: field.name, prefix, digits, next }];
        }),
      );
      return { items };
    },
  );

  app.put<{ Params: { object: string; field: string }; Body: { next: number } }>(
    '/api/numbering/:object/:field',
    {
      schema: {
        tags,
        summary: 'Go on with a higher number',
        response: { 200: NumberingSet },
        params: Numbering,
        body: Type.Object({ next: Type.Integer({ minimum: 1, maximum: 1e12 }) }, { additionalProperties: false }),
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const { object, field } = request.params;
      if (workspace.model.objects.get(object)?.fields.get(field)?.type.name !== 'autoNumber')
        throw new Problem('field.unknown', { object, field });
      const last = request.body.next - 1;
      // Never back: a number that was given would be given twice.
      const changed = await database.execute(sql`
        insert into ${raw(identifier(workspace.schema))}.counter (name, value) values (${`number:${object}.${field}`}, ${last}::bigint)
        on conflict (name) do update set value = excluded.value where counter.value <= excluded.value`);
      if (changed === 0) throw new Problem('request.invalid', {}, [{ field: 'next', code: 'number.taken' }]);
      return { next: request.body.next };
    },
  );

  async function afterRate(
    workspace: { id: string; schema: string },
    userId: string | null,
    currency: string,
    since: string,
  ): Promise<string> {
    runtime.forgetRates(workspace.schema);
    return database.transaction((connection) => queueConversion(connection, workspace.id, { currency, since }, userId));
  }
}
