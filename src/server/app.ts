import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import serveStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { Type } from 'typebox';
import { loggedError } from '#app/log-text.ts';
import type { Runtime } from '#app/runtime.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { cardDavRoutes } from './carddav/routes.ts';
import { replayRequests } from './idempotency.ts';
import type { MapTiles } from './map-tiles.ts';
import { openApiRoutes } from './openapi.ts';
import { answerProblem } from './problems.ts';
import { limitRates } from './rate-limit.ts';
import { absenceRoutes } from './routes/absences.ts';
import { accessRoutes } from './routes/access.ts';
import { auditRoutes } from './routes/audit.ts';
import { bookingPageRoutes } from './routes/booking-pages.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { cellRoutes } from './routes/cells.ts';
import { companyRoutes } from './routes/company.ts';
import { configurationRoutes } from './routes/configuration.ts';
import { definitionRoutes } from './routes/definitions.ts';
import { duplicateRoutes } from './routes/duplicates.ts';
import { exportRoutes } from './routes/exports.ts';
import { faxRoutes } from './routes/fax.ts';
import { fileRoutes } from './routes/files.ts';
import { frameRoutes } from './routes/frames.ts';
import { freeBusyRoutes } from './routes/free-busy.ts';
import { glanceRoutes } from './routes/glance.ts';
import { identityProviderRoutes } from './routes/identity-providers.ts';
import { importRoutes } from './routes/imports.ts';
import { jobRoutes } from './routes/jobs.ts';
import { keyRoutes } from './routes/keys.ts';
import { knownAddressRoutes } from './routes/known-addresses.ts';
import { layoutRoutes } from './routes/layouts.ts';
import { liveRoutes } from './routes/live.ts';
import { mailServerRoutes } from './routes/mail-server.ts';
import { mailTemplateRoutes } from './routes/mail-templates.ts';
import { mailTrackingRoutes } from './routes/mail-tracking.ts';
import { mailboxSignInRoutes } from './routes/mailbox-sign-in.ts';
import { mailboxRoutes } from './routes/mailboxes.ts';
import { mailRoutes } from './routes/mails.ts';
import { mapRoutes } from './routes/map.ts';
import { meetingRoutes } from './routes/meetings.ts';
import { objectRoutes } from './routes/objects.ts';
import { operationRoutes } from './routes/operations.ts';
import { ownCalendarRoutes } from './routes/own-calendar.ts';
import { pageStatisticsRoutes } from './routes/page-statistics.ts';
import { passwordLinkRoutes } from './routes/password-links.ts';
import { playbookRoutes } from './routes/playbooks.ts';
import { preferenceRoutes } from './routes/preferences.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { profileRoutes } from './routes/profile.ts';
import { recordRoutes } from './routes/records.ts';
import { searchRoutes } from './routes/search.ts';
import { securityRoutes } from './routes/security.ts';
import { sessionRoutes } from './routes/session.ts';
import { singleSignOnRoutes } from './routes/single-sign-on.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { userRoutes } from './routes/users.ts';
import { webFormRoutes } from './routes/web-forms.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { scimRoutes } from './scim/routes.ts';
import { secureHeaders } from './secure-headers.ts';
import { guard } from './session.ts';
import { endUnusedConnections } from './unused-connections.ts';

const webFolder = fileURLToPath(new URL('../../dist/web', import.meta.url));

const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String() });

export interface AppOptions {
  /** Nothing, or a stream for the log lines. */
  log?: boolean | { write(line: string): void };
  /** Where pictures of the map come from; none when left out. */
  tiles?: MapTiles | null;
  /** Requests a minute for each key and person; no limit when left out or 0. */
  rateLimit?: number;
}

/** The HTTP side: routes are read from top to bottom, each file of `routes/` a part of the REST interface. */
export async function buildApp(runtime: Runtime, options: AppOptions = {}): Promise<FastifyInstance> {
  const app = fastify({
    // TypeBox checks six times as fast to start as Ajv, which is not even loaded so. Responses are described for the document
    // only; serialising by schema costs 38 µs on a list.
    schemaController: {
      compilersFactory: {
        buildValidator: () => TypeBoxValidatorCompiler as never,
        buildSerializer: () => () => (data: unknown) => JSON.stringify(data),
      },
    },
    logger: options.log
      ? {
          level: 'warn',
          redact: ['req.headers.authorization', 'req.headers.cookie'],
          serializers: { err: loggedError },
          ...(options.log === true ? {} : { stream: options.log }),
        }
      : false,
    bodyLimit: 1024 * 1024,
    trustProxy: 'loopback',
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // What still comes in while the server stops is served, and its connection closed; the other answer is no problem document.
    return503OnClosing: false,
    // Addresses that cannot be read never come to a route.
    frameworkErrors: answerProblem,
    routerOptions: { maxParamLength: 200 },
  });
  app.setErrorHandler(answerProblem);
  endUnusedConnections(app);
  app.removeContentTypeParser('text/plain');

  secureHeaders(app, options.tiles ? [options.tiles.origin] : []);
  await app.register(cookie);
  await app.register(multipart, { limits: { fileSize: 2 * 1024 ** 3, files: 1, fields: 50 } });
  // Small answers cost more to compress than to send.
  await app.register(compress, { threshold: 8 * 1024, encodings: ['gzip'] });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tendero',
        version: runtime.version,
        description: 'See docs/guides/rest.md for the ideas behind it.',
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'tendero' },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform: ({ schema, url, route }) => ({
      schema: route.config?.public ? { ...schema, security: [] } : schema,
      url,
    }),
  });
  guard(app, runtime);
  if (options.rateLimit) limitRates(app, options.rateLimit);
  replayRequests(app, runtime);

  app.get(
    '/api/health',
    {
      config: { public: true },
      schema: { tags: ['health'], summary: 'Served once requests are', response: { 200: Health } },
    },
    () => ({
      status: 'ok',
      version: runtime.version,
    }),
  );
  sessionRoutes(app, runtime);
  objectRoutes(app, runtime);
  definitionRoutes(app, runtime);
  layoutRoutes(app);
  frameRoutes(app);
  recordRoutes(app);
  calendarRoutes(app, runtime);
  cellRoutes(app);
  duplicateRoutes(app);
  searchRoutes(app);
  timelineRoutes(app);
  glanceRoutes(app, runtime);
  playbookRoutes(app);
  knownAddressRoutes(app);
  importRoutes(app, runtime);
  exportRoutes(app);
  fileRoutes(app, runtime);
  freeBusyRoutes(app);
  jobRoutes(app, runtime);
  keyRoutes(app, runtime);
  preferenceRoutes(app);
  profileRoutes(app, runtime);
  liveRoutes(app, runtime);
  mapRoutes(app, options.tiles ?? null);
  companyRoutes(app, runtime);
  configurationRoutes(app, runtime);
  operationRoutes(app, runtime);
  userRoutes(app, runtime);
  absenceRoutes(app, runtime);
  ownCalendarRoutes(app, runtime);
  passwordLinkRoutes(app, runtime);
  securityRoutes(app, runtime);
  mailServerRoutes(app, runtime);
  singleSignOnRoutes(app, runtime);
  identityProviderRoutes(app, runtime);
  mailboxRoutes(app, runtime);
  mailboxSignInRoutes(app, runtime);
  mailRoutes(app, runtime);
  mailTrackingRoutes(app, runtime);
  mailTemplateRoutes(app);
  meetingRoutes(app, runtime);
  faxRoutes(app, runtime);
  webFormRoutes(app, runtime);
  pageStatisticsRoutes(app, runtime);
  bookingPageRoutes(app, runtime);
  webhookRoutes(app, runtime);
  auditRoutes(app, runtime);
  accessRoutes(app, runtime);
  privacyRoutes(app, runtime);
  await scimRoutes(app, runtime);
  await openApiRoutes(app, runtime);
  serveWebApp(app);
  await cardDavRoutes(app, runtime);
  return app;
}

/** The built web app; any path of its own is its start page, any unknown path of the API is a problem. */
function serveWebApp(app: FastifyInstance): void {
  const isBuilt = existsSync(webFolder);
  if (isBuilt) {
    app.register(serveStatic, {
      root: webFolder,
      wildcard: false,
      index: false,
      cacheControl: false,
      // The names of assets change with their content; the service worker, the manifest and the icons keep theirs.
      setHeaders: (reply, path) =>
        reply.header(
          'cache-control',
          path.startsWith(`${webFolder}/assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!;
    if (
      !isBuilt ||
      path.startsWith('/api/') ||
      path.startsWith('/scim/') ||
      (request.method !== 'GET' && request.method !== 'HEAD') ||
      /\.\w{2,5}$/.test(path)
    ) {
      answerProblem(new Problem('request.route-unknown'), request, reply);
      return;
    }
    reply.sendFile('index.html');
  });
}
