import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { acceptCode, beginAuthenticator, confirmAuthenticator, wrongCode } from '#app/identity/authenticator.ts';
import { acceptPasskey, askForPasskey, askForSecondPasskey } from '#app/identity/passkeys.ts';
import { checkPassword } from '#app/identity/password-policy.ts';
import { MAX_PASSWORD } from '#app/identity/password-rules.ts';
import { endPending, readPending } from '#app/identity/pending.ts';
import { acceptRecoveryCode, makeRecoveryCodes } from '#app/identity/recovery-codes.ts';
import { identityOfEmail } from '#app/identity/sign-in.ts';
import type { Runtime } from '#app/runtime.ts';
import { isSetUp, setUpCompany } from '#app/set-up.ts';
import { checkAnyPassword } from '#app/single-sign-on/check-password.ts';
import { languages } from '#kernel/i18n/translate.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import {
  AuthenticatorSecret,
  JobQueued,
  NextStep,
  PasskeyOptions,
  Session,
  SetupState,
  SignedInWithCodes,
} from '../answers.ts';
import { ownRecords, sessionOf } from '../own-session.ts';
import { clearSessionCookie, setSessionCookie, visitorOfRequest } from '../session.ts';
import { completeSignIn, continueSignIn, identityById, note, siteOf, tried } from '../sign-in.ts';
import { endSession, forgetVisitors, openSession } from '../visitors.ts';

const Setup = Type.Object(
  {
    company: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    email: Type.String({ minLength: 3, maxLength: 254 }),
    password: Type.String({ maxLength: MAX_PASSWORD }),
    language: Type.Union(languages.map((language) => Type.Literal(language))),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    demo: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** Checked by the field, which has words for what is wrong. */
const AsOfUser = Type.Optional(Type.Unknown({ description: 'As in the record of a user' }));
const Token = Type.String({ minLength: 20, maxLength: 100 });
const PasskeyAnswer = Type.Object(
  { token: Token, answer: Type.Object({ id: Type.String({ maxLength: 2_000 }) }) },
  { additionalProperties: false },
);

interface OwnSettings {
  theme?: string;
  density?: string;
  language?: string;
  timeZone?: string;
  [field: string]: unknown;
}

/** First visit, signing in and out, and what a person sets for themself. */
export function sessionRoutes(app: FastifyInstance, runtime: Runtime): void {
  /** After the answer: how long a refusal takes must not tell whether the account exists. */
  const noteLater = (request: FastifyRequest, known: Parameters<typeof note>[2], kind: string) =>
    void setImmediate(() =>
      note(runtime, request, known, 'signInFailed', { kind }, null).catch((error) =>
        request.log.error({ err: error }, 'a failed sign-in was not noted'),
      ),
    );

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
      mail: (await runtime.database.run('select 1 from platform.mail_server limit 1')).length > 0,
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
      await checkPassword(input.password, [input.name ?? '', input.email, input.company]);
      const { identityId, job } = await setUpCompany(runtime, input);
      const { token, visitor } = await openSession(runtime, identityId, request.headers['user-agent'] ?? '');
      setSessionCookie(reply, request, token);
      reply.code(201);
      return { ...(await sessionOf(visitor)), ...(job ? { job } : {}) };
    },
  );

  app.post<{ Body: { email: string; password: string } }>(
    '/api/session',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'Sign in with a password; 202 when there is a step to go',
        body: Type.Object({
          email: Type.String({ maxLength: 254 }),
          password: Type.String({ maxLength: MAX_PASSWORD }),
        }),
        response: { 200: Session, 202: NextStep },
      },
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const attempt = { account: email, address: request.ip, kind: 'password' } as const;
      const known = await identityOfEmail(runtime.database, email);
      const log = (reason: string) => request.log.warn({ reason }, 'sign-in refused');
      const person = await tried(runtime, attempt, () => checkAnyPassword(runtime, known, email, password, log)).catch(
        (error) => {
          if (known) noteLater(request, known, 'password');
          throw error;
        },
      );
      return continueSignIn(runtime, request, reply, person.known, person.kind);
    },
  );

  app.post<{ Body: { token: string; code?: string; recoveryCode?: string } }>(
    '/api/session/second-factor',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'The step after the password: a code of the app, or one of the recovery codes',
        body: Type.Object(
          {
            token: Token,
            code: Type.Optional(Type.String({ maxLength: 20 })),
            recoveryCode: Type.Optional(Type.String({ maxLength: 50 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const { token, code = '', recoveryCode } = request.body;
      const { identityId } = await readPending(runtime.database, token, 'second-factor');
      const known = await identityById(runtime, identityId!);
      const attempt = { account: identityId, address: request.ip, kind: 'code' } as const;
      const secrets = await openSecrets(runtime.dataFolder);
      await tried(runtime, attempt, async () => {
        const isRight =
          recoveryCode === undefined
            ? await acceptCode(runtime.database, secrets, identityId!, code)
            : await acceptRecoveryCode(runtime.database, identityId!, recoveryCode);
        if (isRight) return;
        noteLater(request, known, recoveryCode === undefined ? 'second-factor' : 'recovery-code');
        throw wrongCode();
      });
      await endPending(runtime.database, token);
      const kind = recoveryCode === undefined ? 'second-factor' : 'recovery-code';
      return completeSignIn(runtime, request, reply, known, kind);
    },
  );

  app.post<{ Body: { token: string } }>(
    '/api/session/second-factor/passkey-options',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'What the browser asks a passkey for, after the password',
        body: Type.Object({ token: Token }, { additionalProperties: false }),
        response: { 200: Type.Object({ options: PasskeyOptions }) },
      },
    },
    (request) => askForSecondPasskey(runtime.database, siteOf(request), request.body.token),
  );

  app.post<{ Body: { token: string; answer: object } }>(
    '/api/session/second-factor/passkey',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'The step after the password: a passkey',
        body: PasskeyAnswer,
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const identityId = await acceptPasskey(runtime.database, siteOf(request), 'second-factor', request.body);
      return completeSignIn(runtime, request, reply, await identityById(runtime, identityId), 'second-factor');
    },
  );

  app.post(
    '/api/session/passkey-options',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'What the browser asks a passkey for, instead of a password',
        response: { 200: Type.Object({ token: Type.String(), options: PasskeyOptions }) },
      },
    },
    (request) => askForPasskey(runtime.database, siteOf(request)),
  );

  app.post<{ Body: { token: string; answer: object } }>(
    '/api/session/passkey',
    {
      config: { public: true },
      schema: { tags: ['session'], summary: 'Sign in with a passkey', body: PasskeyAnswer, response: { 200: Session } },
    },
    async (request, reply) => {
      const attempt = { account: null, address: request.ip, kind: 'password' } as const;
      const identityId = await tried(runtime, attempt, () =>
        acceptPasskey(runtime.database, siteOf(request), 'passkey', request.body),
      );
      return completeSignIn(runtime, request, reply, await identityById(runtime, identityId), 'passkey');
    },
  );

  app.post<{ Body: { token: string } }>(
    '/api/session/enrolment',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'Set up the second factor that is asked of everybody, before one is in',
        body: Type.Object({ token: Token }, { additionalProperties: false }),
        response: { 200: AuthenticatorSecret },
      },
    },
    async (request, reply) => {
      const { identityId } = await readPending(runtime.database, request.body.token, 'enrolment');
      const { workspaceId, email } = await identityById(runtime, identityId!);
      const { name: company } = await runtime.workspace(workspaceId);
      reply.header('cache-control', 'no-store');
      const secrets = await openSecrets(runtime.dataFolder);
      return beginAuthenticator(runtime.database, secrets, identityId!, { company, email });
    },
  );

  app.post<{ Body: { token: string; code: string } }>(
    '/api/session/enrolment/confirm',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'The first code of the app: it is set up, and the person is in',
        body: Type.Object({ token: Token, code: Type.String({ maxLength: 20 }) }, { additionalProperties: false }),
        response: { 200: SignedInWithCodes },
      },
    },
    async (request, reply) => {
      const { token, code } = request.body;
      const { identityId } = await readPending(runtime.database, token, 'enrolment');
      const known = await identityById(runtime, identityId!);
      const attempt = { account: identityId, address: request.ip, kind: 'code' } as const;
      const secrets = await openSecrets(runtime.dataFolder);
      await tried(runtime, attempt, () => confirmAuthenticator(runtime.database, secrets, identityId!, code));
      await endPending(runtime.database, token);
      const recoveryCodes = await makeRecoveryCodes(runtime.database, identityId!);
      await note(runtime, request, known, 'rights', { secondFactor: 'authenticator' });
      return { session: await completeSignIn(runtime, request, reply, known, 'second-factor'), recoveryCodes };
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
            workingHours: AsOfUser,
            languages: AsOfUser,
            skills: AsOfUser,
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
      const { theme, density, ...own } = request.body as OwnSettings;
      const records = ownRecords(visitor, request.idempotency?.changeSet);
      const userId = visitor.principal.userId!;
      const { preferences } = await records.read('user', userId, { fields: ['preferences'] });
      const kept = { ...(preferences as object | null), ...(theme ? { theme } : {}), ...(density ? { density } : {}) };
      await records.update('user', userId, { ...own, preferences: kept });
      forgetVisitors();
      const { language, timeZone } = { ...visitor.principal, ...own };
      const principal = { ...visitor.principal, language, timeZone };
      return sessionOf({ ...visitor, principal });
    },
  );

  app.delete(
    '/api/session',
    { config: { reads: true }, schema: { tags: ['session'], summary: 'Sign out', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const visitor = visitorOfRequest(request);
      await endSession(runtime, visitor);
      if (visitor.by === 'session')
        await note(
          runtime,
          request,
          { workspaceId: visitor.workspace.id, userId: visitor.viewer ?? visitor.principal.userId! },
          'signOut',
          {},
        );
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
