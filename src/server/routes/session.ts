import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MIN_PASSWORD } from '#app/identity/password-rules.ts';
import type { Runtime } from '#app/runtime.ts';
import { isSetUp, setUpCompany } from '#app/set-up.ts';
import { asSystem, isAdministrator } from '#kernel/access/access.ts';
import { languages } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { JobQueued, Session, SetupState } from '../answers.ts';
import { clearSessionCookie, setSessionCookie, visitorOfRequest } from '../session.ts';
import type { Visitor } from '../visitor.ts';
import { endSession, forgetVisitors, openSession, signIn } from '../visitors.ts';

const Setup = Type.Object(
  {
    company: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    email: Type.String({ minLength: 3, maxLength: 254 }),
    password: Type.String({ minLength: MIN_PASSWORD, maxLength: 1000 }),
    language: Type.Union(languages.map((language) => Type.Literal(language))),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    demo: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** First visit, signing in and out, and what a person sets for themself. */
export function sessionRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get(
    '/api/setup',
    {
      config: { public: true },
      schema: { tags: ['session'], summary: 'Is a first visit needed?', response: { 200: SetupState } },
    },
    async () => ({
      needed: !(await isSetUp(runtime.database)),
      languages,
      currencies: Intl.supportedValuesOf('currency'),
      timeZones: Intl.supportedValuesOf('timeZone'),
      company: await onlyCompany(runtime),
    }),
  );

  app.post(
    '/api/setup',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'First visit: the company and its administrator',
        body: Setup,
        response: { 201: Type.Object({ ...Session.properties, job: Type.Optional(JobQueued.properties.job) }) },
      },
    },
    async (request, reply) => {
      const input = request.body as Parameters<typeof setUpCompany>[1];
      const { identityId, job } = await setUpCompany(runtime, input);
      const { token, visitor } = await openSession(runtime, identityId, request.headers['user-agent'] ?? '');
      setSessionCookie(reply, request, token);
      reply.code(201);
      return { ...(await sessionOf(visitor)), ...(job ? { job } : {}) };
    },
  );

  app.post(
    '/api/session',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'Sign in',
        body: Type.Object({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1000 }) }),
        response: { 200: Session },
      },
    },
    async (request: FastifyRequest, reply: FastifyReply) => {
      const { email, password } = request.body as { email: string; password: string };
      if (email.includes('\u0000') || !email.isWellFormed()) throw new Problem('session.wrong-password');
      const { token, visitor } = await signIn(runtime, email.trim(), password, request.headers['user-agent'] ?? '');
      setSessionCookie(reply, request, token);
      return sessionOf(visitor);
    },
  );

  app.get(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Who am I', response: { 200: Session } } },
    (request) => sessionOf(visitorOfRequest(request)),
  );

  app.patch(
    '/api/session',
    {
      schema: {
        tags: ['session'],
        summary: 'What a person sets for themself',
        body: Type.Object(
          {
            name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
            language: Type.Optional(Type.Union(languages.map((language) => Type.Literal(language)))),
            timeZone: Type.Optional(Type.String({ maxLength: 64 })),
            theme: Type.Optional(Type.Union([Type.Literal('light'), Type.Literal('dark'), Type.Literal('system')])),
            density: Type.Optional(Type.Union([Type.Literal('comfortable'), Type.Literal('compact')])),
          },
          { additionalProperties: false },
        ),
        response: { 200: Session },
      },
    },
    async (request) => {
      const visitor = visitorOfRequest(request);
      const { theme, density, ...own } = request.body as Record<string, string>;
      const records = ownRecords(visitor, request.idempotency?.changeSet);
      const userId = visitor.principal.userId!;
      const { preferences } = await records.read('user', userId, { fields: ['preferences'] });
      const kept = { ...(preferences as object | null), ...(theme ? { theme } : {}), ...(density ? { density } : {}) };
      await records.update('user', userId, { ...own, preferences: kept });
      forgetVisitors();
      const principal = { ...visitor.principal, ...own };
      return sessionOf({ ...visitor, principal });
    },
  );

  app.delete(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: Type.Null() } } },
    async (request, reply) => {
      await endSession(runtime, visitorOfRequest(request));
      clearSessionCookie(reply);
      reply.code(204);
    },
  );
}

/** Who signs in here sees at whose door they stand; with several companies behind it the door is nobody's. */
async function onlyCompany(runtime: Runtime) {
  const [first, second] = await runtime.database.run('select id::text from platform.workspace order by id limit 2');
  if (!first || second) return null;
  const { name, settings } = await runtime.workspace(first[0] as string);
  return { name, ...(settings.logo ? { logo: settings.logo } : {}) };
}

/** What people set for themself is theirs, whatever else they may change. */
function ownRecords({ workspace, principal }: Visitor, changeSet?: string) {
  const { userId, language, timeZone } = principal;
  const own = { ...asSystem('people set what is theirs'), userId, language, timeZone };
  return recordsFor(workspace, own, 'session', changeSet);
}

async function sessionOf(visitor: Visitor) {
  const { workspace, principal } = visitor;
  const user = await ownRecords(visitor).read('user', principal.userId!, {
    fields: ['name', 'email', 'language', 'timeZone', 'preferences'],
  });
  const { theme = 'system', density = 'comfortable' } = (user.preferences ?? {}) as {
    theme?: string;
    density?: string;
  };
  return {
    user: {
      id: user.id,
      name: user.name,
      email: user.email,
      language: user.language,
      timeZone: user.timeZone,
      theme,
      density,
      roles: principal.roles.map((role) => role.name),
      administrator: isAdministrator(principal),
    },
    workspace: { name: workspace.name, slug: workspace.slug, ...workspace.settings },
    csrf: visitor.csrf,
  };
}
