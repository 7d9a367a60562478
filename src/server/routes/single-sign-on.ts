import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { beginSignIn, finishSignIn, TRIP_SECONDS } from '#app/single-sign-on/openid.ts';
import { readProvider } from '#app/single-sign-on/providers.ts';
import { SignInRefusal } from '#app/single-sign-on/refusal.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { SignInWays } from '../answers.ts';
import { completeSignIn, identityById } from '../sign-in.ts';

const COOKIE = 'tendero-trip';
const PATH = '/api/sign-in/openid';
const company = Type.Optional(
  Type.String({ maxLength: 63, description: 'Short name of the company, where a server has several' }),
);

/** How one may come in, and the way through the company's OpenID Connect provider: two redirects of the browser. */
export function singleSignOnRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get<{ Querystring: { company?: string } }>(
    '/api/sign-in',
    {
      config: { public: true },
      schema: {
        tags: ['session'],
        summary: 'How may one sign in?',
        querystring: Type.Object({ company }),
        response: { 200: SignInWays },
      },
    },
    async ({ query }) => {
      const workspaceId = await companyOf(runtime, query.company);
      const [openid, ldap] = workspaceId
        ? await Promise.all([readProvider(runtime, workspaceId, 'openid'), readProvider(runtime, workspaceId, 'ldap')])
        : [null, null];
      return {
        openid: openid?.active ? { label: openid.settings.label } : null,
        directory: ldap?.active === true,
        passwords: !(openid?.active && openid.settings.isOnlyWay) && !(ldap?.active && ldap.settings.isOnlyWay),
      };
    },
  );

  app.get<{ Querystring: { company?: string; next?: string } }>(
    PATH,
    {
      config: { public: true },
      schema: {
        hide: true,
        querystring: Type.Object({ company, next: Type.Optional(Type.String({ maxLength: 2_000 })) }),
      },
    },
    async (request, reply) => {
      const { company, next } = request.query;
      return redirecting(request, reply, async () => {
        const workspaceId = await companyOf(runtime, company);
        if (!workspaceId) throw new SignInRefusal('company-unknown');
        const { url, trip } = await beginSignIn(runtime, workspaceId, redirectUri(request), pathIn(next));
        reply.setCookie(COOKIE, trip, { ...cookie(request), maxAge: TRIP_SECONDS });
        return url;
      });
    },
  );

  app.get(`${PATH}/callback`, { config: { public: true }, schema: { hide: true } }, (request, reply) =>
    redirecting(request, reply, async () => {
      const trip = request.cookies[COOKIE];
      // Used up, whatever comes of it.
      reply.clearCookie(COOKIE, cookie(request));
      if (!trip) throw new SignInRefusal('trip-unknown');
      const from = request.url.indexOf('?');
      const { identityId, next } = await finishSignIn(runtime, trip, from < 0 ? '' : request.url.slice(from));
      const person = await identityById(runtime, identityId);
      await completeSignIn(runtime, request, reply, person, 'single-sign-on');
      return next;
    }),
  );
}

/** Where providers send people back to; registered there. */
export function redirectUri(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${PATH}/callback`;
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
