import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { beginMailboxSignIn, finishMailboxSignIn, TRIP_SECONDS } from '#app/mailbox-sign-in.ts';
import type { Runtime } from '#app/runtime.ts';
import {
  type MailProviderName,
  mailProviderNames,
  mailProviderPresets,
  readMailProviders,
  removeMailProvider,
  saveMailProvider,
} from '#kernel/mail/mail-providers.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { MailProviders, MailProviderWays } from '../answers.ts';
import { administratorOfRequest, visitorOfRequest } from '../session.ts';

/** What a provider gave somebody, sealed, until they connect the mailbox. */
export const GRANT_COOKIE = 'tendero-mailbox';
const TRIP_COOKIE = 'tendero-mailbox-trip';
const PATH = '/api/mailboxes';
const CALLBACK = `${PATH}/sign-in/callback`;

const name = Type.Enum([...mailProviderNames]);
const Change = Type.Object(
  {
    issuer: Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'Says its addresses at /.well-known/openid-configuration',
    }),
    clientId: Type.String({ minLength: 1, maxLength: 500 }),
    scope: Type.String({ minLength: 1, maxLength: 1_000 }),
    label: Type.String({ minLength: 1, maxLength: 60 }),
    secret: Type.Optional(
      Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()], {
        description: 'Left out, the one that is kept stays, while issuer and client are the same',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Signing in to a mailbox at its provider, without a password: two redirects of the browser; and where that may be done. */
export function mailboxSignInRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['mailboxes'];

  app.get(
    `${PATH}/providers`,
    {
      schema: {
        tags,
        summary: 'Where mailboxes are signed in to without a password',
        response: { 200: MailProviderWays },
      },
    },
    async (request) => {
      const providers = await readMailProviders(database, visitorOfRequest(request).workspace.id);
      return { items: providers.map(({ name, label }) => ({ name, label })) };
    },
  );

  app.get<{ Querystring: { provider: MailProviderName; address?: string } }>(
    `${PATH}/sign-in`,
    {
      schema: {
        hide: true,
        querystring: Type.Object({ provider: name, address: Type.Optional(Type.String({ maxLength: 254 })) }),
      },
    },
    (request, reply) =>
      redirecting(request, reply, async () => {
        const { workspace, principal } = visitorOfRequest(request);
        const { url, trip } = await beginMailboxSignIn(runtime, workspace, principal.userId!, {
          ...request.query,
          redirectUri: redirectUri(request),
        });
        reply.setCookie(TRIP_COOKIE, trip, { ...cookie(request), maxAge: TRIP_SECONDS });
        return url;
      }),
  );

  app.get(CALLBACK, { schema: { hide: true } }, (request, reply) =>
    redirecting(request, reply, async () => {
      const { workspace, principal } = visitorOfRequest(request);
      const trip = request.cookies[TRIP_COOKIE];
      // Used up, whatever comes of it.
      reply.clearCookie(TRIP_COOKIE, cookie(request));
      const from = request.url.indexOf('?');
      const search = from < 0 ? '' : request.url.slice(from);
      const { provider, grant } = await finishMailboxSignIn(runtime, workspace, principal.userId!, trip, search);
      setGrant(request, reply, grant);
      return `/mailboxes?signedIn=${provider}`;
    }),
  );

  app.get(
    '/api/mail-providers',
    {
      schema: {
        tags,
        summary: 'How each is set up, and what is usual; for administrators',
        response: { 200: MailProviders },
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      return {
        items: await readMailProviders(database, workspace.id),
        presets: mailProviderNames.map((one) => ({ name: one, ...mailProviderPresets[one] })),
        redirectUri: redirectUri(request),
      };
    },
  );

  app.put<{ Params: { name: MailProviderName }; Body: Static<typeof Change> }>(
    '/api/mail-providers/:name',
    {
      schema: {
        tags,
        summary: 'Let people sign in to their mailboxes there',
        params: Type.Object({ name }),
        body: Change,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { workspace } = administratorOfRequest(request);
      const { secret, ...given } = request.body;
      const provider = { name: request.params.name, ...given, issuer: given.issuer.trim() };
      for (const [field, value] of Object.entries({ ...provider, secret }))
        if (typeof value === 'string' && (/\p{Cc}/u.test(value) || !value.isWellFormed()))
          throw new Problem('request.invalid', {}, [{ field, code: 'field.invalid' }]);
      if (!URL.canParse(provider.issuer) || provider.issuer.includes('{'))
        throw new Problem('request.invalid', {}, [{ field: 'issuer', code: 'field.invalid' }]);
      networkGuard().check(provider.issuer);
      await saveMailProvider(database, await openSecrets(runtime.dataFolder), workspace.id, provider, secret);
      reply.code(204);
    },
  );

  app.delete<{ Params: { name: MailProviderName } }>(
    '/api/mail-providers/:name',
    {
      schema: {
        tags,
        summary: 'Nobody signs in there any more; mailboxes that do wait for a password',
        params: Type.Object({ name }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await removeMailProvider(database, administratorOfRequest(request).workspace.id, request.params.name);
      reply.code(204);
    },
  );
}

export function setGrant(request: FastifyRequest, reply: FastifyReply, grant: string): void {
  reply.setCookie(GRANT_COOKIE, grant, { ...cookie(request), maxAge: TRIP_SECONDS });
}

/** Where providers send people back to; registered there. */
function redirectUri(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${CALLBACK}`;
}

async function redirecting(request: FastifyRequest, reply: FastifyReply, work: () => Promise<string>) {
  let to: string;
  try {
    to = await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    request.log.warn({ reason: error.params.reason ?? error.code }, 'mailbox sign-in refused');
    to = '/mailboxes?refused=sign-in';
  }
  return reply.header('cache-control', 'no-store').redirect(to, 302);
}

function cookie(request: FastifyRequest) {
  return { path: PATH, httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
}
