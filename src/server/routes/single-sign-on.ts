import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { beginSignIn, finishSignIn, TRIP_SECONDS } from '#app/single-sign-on/openid.ts';
import { listOpenIdProviders, type OpenIdProvider, readProvider } from '#app/single-sign-on/providers.ts';
import { SignInRefusal } from '#app/single-sign-on/refusal.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { SignInWays } from '../answers.ts';
import { completeSignIn, identityById } from '../sign-in.ts';

const COOKIE = 'tendero-trip';
const PATH = '/api/sign-in/openid';
const CALLBACK = `${PATH}/callback`;
const company = Type.Optional(
  Type.String({ maxLength: 63, description: 'Short name of the company, where a server has several' }),
);

/** How one may come in, and the way through one of the company's OpenID Connect providers: two redirects of the browser. */
export function singleSignOnRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get<{ Querystring: { company?: string; domain?: string } }>(
    '/api/sign-in',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'How may one sign in?',
        querystring: Type.Object({
          company,
          domain: Type.Optional(
            Type.String({ maxLength: 253, description: 'Of an e-mail address: which provider is for those?' }),
          ),
        }),
        response: { 200: SignInWays },
      },
    },
    async ({ query }) => {
      const workspaceId = await companyOf(runtime, query.company);
      const [openid, ldap] = workspaceId
        ? await Promise.all([activeProviders(runtime, workspaceId), readProvider(runtime, workspaceId, 'ldap')])
        : [[], null];
      return {
        openid: openid.map(({ id, settings }) => ({ id, label: settings.label })),
        leadsTo: query.domain === undefined ? null : (providerOfDomain(openid, query.domain)?.id ?? null),
        directory: ldap?.active === true,
        passwords: ![...openid, ...(ldap?.active ? [ldap] : [])].some(({ settings }) => settings.isOnlyWay),
      };
    },
  );

  app.get<{ Querystring: { company?: string; provider?: string; next?: string } }>(
    PATH,
    {
      config: { public: true },
      schema: {
        hide: true,
        querystring: Type.Object({
          company,
          provider: Type.Optional(Type.String({ maxLength: 36 })),
          next: Type.Optional(Type.String({ maxLength: 2_000 })),
        }),
      },
    },
    async (request, reply) => {
      const { company, provider: asked, next } = request.query;
      return redirecting(request, reply, async () => {
        const workspaceId = await companyOf(runtime, company);
        if (!workspaceId) throw new SignInRefusal('company-unknown');
        const provider = wanted(await activeProviders(runtime, workspaceId), asked);
        if (!provider) throw new SignInRefusal('provider-off');
        const back = redirectUri(request, provider);
        const { url, trip } = await beginSignIn(runtime, workspaceId, provider, back, pathIn(next));
        reply.setCookie(COOKIE, trip, { ...cookie(request), maxAge: TRIP_SECONDS });
        return url;
      });
    },
  );

  for (const path of [CALLBACK, `${CALLBACK}/:provider`]) {
    app.get(path, { config: { public: true }, schema: { hide: true } }, (request, reply) =>
      redirecting(request, reply, async () => {
        const trip = request.cookies[COOKIE];
        // Used up, whatever comes of it.
        reply.clearCookie(COOKIE, cookie(request));
        if (!trip) throw new SignInRefusal('trip-unknown');
        const from = request.url.indexOf('?');
        const [path, search] = from < 0 ? [request.url, ''] : [request.url.slice(0, from), request.url.slice(from)];
        const { identityId, next } = await finishSignIn(runtime, trip, path, search);
        const person = await identityById(runtime, identityId);
        await completeSignIn(runtime, request, reply, person, 'single-sign-on');
        return next;
      }),
    );
  }
}

/** Where a provider sends people back to; registered there, and no other provider's. */
export function redirectUri(
  request: FastifyRequest,
  { id, hasFirstCallback }: Pick<OpenIdProvider, 'id' | 'hasFirstCallback'>,
): string {
  return `${request.protocol}://${request.host}${CALLBACK}${hasFirstCallback ? '' : `/${id}`}`;
}

async function activeProviders(runtime: Runtime, workspaceId: string): Promise<OpenIdProvider[]> {
  return (await listOpenIdProviders(runtime, workspaceId)).filter(({ active }) => active);
}

/** A link that names none is from when a company had one: to that one, else to the only one. */
function wanted(providers: readonly OpenIdProvider[], asked: string | undefined): OpenIdProvider | undefined {
  if (asked !== undefined) return providers.find(({ id }) => id === asked);
  return (
    providers.find(({ hasFirstCallback }) => hasFirstCallback) ?? (providers.length === 1 ? providers[0] : undefined)
  );
}

/** One only: two that are for the same domain leave it to the person. */
function providerOfDomain(providers: readonly OpenIdProvider[], domain: string): OpenIdProvider | undefined {
  const [one, another] = providers.filter(({ settings }) =>
    settings.domains.some((own) => own.toLowerCase() === domain.toLowerCase()),
  );
  return another ? undefined : one;
}

/** The company by its short name, or the only one. */
export async function companyOf({ database }: Runtime, slug: string | undefined): Promise<string | null> {
  const rows = await database.run(
    slug === undefined
      ? sql`select id::text from platform.workspace order by id limit 2`
      : sql`select id::text from platform.workspace where slug = ${slug.replaceAll('\u0000', '')}`,
  );
  return rows.length === 1 ? (rows[0]![0] as string) : null;
}

/** A browser is sent on; whatever went wrong, it is sent to the same page with the same words. */
async function redirecting(request: FastifyRequest, reply: FastifyReply, work: () => Promise<string>) {
  let to: string;
  try {
    to = await work();
  } catch (error) {
    if (error instanceof SignInRefusal) request.log.warn({ reason: error.reason }, 'single sign-on refused');
    else if (error instanceof Problem) request.log.warn({ reason: error.code }, 'single sign-on refused');
    else request.log.error({ err: error }, 'single sign-on failed');
    to = '/sign-in?refused=openid';
  }
  return reply.header('cache-control', 'no-store').redirect(to, 302);
}

/** Only a path of this app: an address from elsewhere must not decide where a sign-in leads. */
function pathIn(next: string | undefined): string {
  const here = 'http://here.invalid';
  if (!next?.startsWith('/') || !URL.canParse(next, here)) return '/';
  const { origin, pathname, search, hash } = new URL(next, here);
  return origin === here && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}

function cookie(request: FastifyRequest) {
  return { path: PATH, httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
}
