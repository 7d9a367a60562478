import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Runtime } from '#app/runtime.ts';
import { administratorRole, isAllowed, type Principal } from '#kernel/access/access.ts';
import type { ActionDefinition } from '#kernel/object/action.ts';
import { buildModel, type Model } from '#kernel/object/model.ts';
import { describeObject, type Json, type Part, ref, sharedSchemas } from './openapi-records.ts';

/** Documents kept: one per workspace, version of its definitions, and set of roles. About 2 MB each. */
const MOST_KEPT = 10;

/**
 * `GET /api/openapi.json` and `/api/reference`, a page to read it: the routes as they are registered, and for each object
 * those of its records. A visitor sees the objects of their workspace, anybody else those that are shipped.
 */
export async function openApiRoutes(app: FastifyInstance, runtime: Runtime): Promise<void> {
  const kept = new Map<string, Json>();
  const documentFor = ({ visitor }: FastifyRequest): Json => {
    const { workspace, principal } = visitor ?? {};
    const roles = principal?.roles.map((role) => role.name) ?? [];
    const limits = JSON.stringify(principal?.limits ?? '');
    const key = workspace ? [workspace.id, workspace.version, ...roles, limits].join(' ') : '';
    let document = kept.get(key);
    if (!document) {
      document = workspace
        ? openApiDocument(app.swagger() as unknown as Json, workspace.model, workspace.actions, principal!)
        : shippedDocument(app, runtime);
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
      kept.set(key, document);
    }
    return document;
  };
  app.get('/api/openapi.json', { config: { public: true }, schema: { hide: true } }, documentFor);
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
    });
    await page.register(swaggerUi, {
      routePrefix: '/api/reference',
      theme: { title: 'Tendero' },
      // Without the bar of its maker, and closed: there are over a hundred paths.
      uiConfig: {
        layout: 'BaseLayout',
        docExpansion: 'none',
        persistAuthorization: false,
        requestInterceptor: withToken,
      },
      transformSpecificationClone: false,
      transformSpecification: (_routes, request) => documentFor(request),
    });
  });
}

/** Runs in the page, as text: whoever is signed in by cookie tries out what changes something with their token. */
async function withToken<R extends { method?: string; headers?: object }>(request: R): Promise<R> {
  if (!request.method || /^(get|head)$/i.test(request.method)) return request;
  const answer = await fetch('/api/session');
  const { csrf } = answer.ok ? ((await answer.json()) as { csrf: string }) : {};
  if (csrf) request.headers = { ...request.headers, 'x-csrf': csrf };
  return request;
}

/** Of a new workspace, for somebody who may do everything. */
export function shippedDocument(app: FastifyInstance, runtime: Pick<Runtime, 'shipped' | 'modules'>): Json {
  const actions = runtime.modules.flatMap((module) => module.actions ?? []);
  return openApiDocument(
    app.swagger() as unknown as Json,
    buildModel(runtime.shipped),
    Map.groupBy(actions, (action) => action.object),
    { userId: null, roles: [administratorRole], language: 'en', timeZone: 'UTC' },
  );
}

/** @param routes the document of the routes that do not depend on definitions */
export function openApiDocument(
  routes: Json,
  model: Model,
  actions: ReadonlyMap<string, readonly ActionDefinition[]>,
  principal: Principal,
): Json {
  const { components, paths, tags } = routes as { components?: Json; paths?: Record<string, Json>; tags?: Json[] };
  const schemas: Json = { ...(components?.schemas as Json), Problem: problemSchema, ...sharedSchemas };
  const parts: Part[] = [];
  for (const object of model.objects.values()) {
    if (!isAllowed(principal, object.name, 'read')) continue;
    const part = describeObject(object, actions.get(object.name) ?? [], principal, nameTaker(schemas));
    Object.assign(schemas, part.schemas);
    parts.push(part);
  }
  const all = Object.assign({}, paths, ...parts.map((part) => part.paths)) as Record<string, Json>;
  return {
    ...routes,
    tags: [...(tags ?? []), ...parts.map((part) => part.tag)],
    paths: Object.fromEntries(Object.entries(all).map(([path, item]) => [path, withProblems(path, item)])),
    components: { ...components, schemas, responses: problemResponses },
  };
}

/**
 * Gives components their names. An object that an administrator calls `problem` gets `Problem_`, because `Problem` is
 * taken; a schema that is there already, letter by letter, is used again.
 */
function nameTaker(schemas: Json): (wanted: string, schema?: Json) => string {
  const taken = new Map<string, string | undefined>();
  for (const [name, schema] of Object.entries(schemas)) taken.set(name, JSON.stringify(schema));
  return (wanted, schema) => {
    const text = schema && JSON.stringify(schema);
    let name = wanted;
    while (taken.has(name) && (text === undefined || taken.get(name) !== text)) name += '_';
    taken.set(name, text);
    return name;
  };
}

const problemSchema: Json = {
  description: 'RFC 9457. `code` is for programs; `title`, `detail` and the messages are in the reader’s language.',
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string', minLength: 1 },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', minLength: 1 },
    code: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          field: { type: 'string', description: 'Path in the request; empty for the whole of it' },
          code: { type: 'string' },
          message: { type: 'string', minLength: 1 },
        },
        required: ['field', 'code', 'message'],
        additionalProperties: false,
      },
    },
    current: { description: 'record.stale: the record as it is now' },
    candidates: { description: 'record.duplicate: what it may be a duplicate of', type: 'array' },
    index: { description: 'The row of a bulk request', type: 'integer' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'instance', 'errors'],
};

const problems = {
  '400': ['BadRequest', 'The request is not right'],
  '401': ['Unauthenticated', 'Nobody is signed in'],
  '403': ['Denied', 'The reader may not do this'],
  '404': ['NotFound', 'It does not exist, or the reader may not see it'],
  '409': ['Conflict', 'It is not as the request expects it'],
  '413': ['TooLarge', 'The body is too large'],
  '415': ['UnsupportedType', 'The body is of a kind that is not accepted here'],
  '422': ['Invalid', 'Values that cannot be taken, each named in `errors`'],
  '429': ['TooMany', 'Too many requests'],
  '503': ['Unavailable', 'The database does not answer at the moment'],
} as const;

const problemResponses: Json = Object.fromEntries(
  Object.entries(problems).map(([status, [name, description]]) => [
    name,
    {
      description,
      ...((status === '429' || status === '503') && {
        headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } },
      }),
      content: { 'application/problem+json': { schema: ref('Problem') } },
    },
  ]),
);

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Adds the problems that may come, and answers of routes that say nothing about theirs stay open. */
function withProblems(path: string, item: Json): Json {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => {
      if (!METHODS.includes(method)) return [method, operation];
      const { responses, security, requestBody } = operation as {
        responses?: Json;
        security?: unknown[];
        requestBody?: Json;
      };
      const isPublic = security?.length === 0;
      const statuses = Object.keys(problems).filter((status) => {
        if (path === '/api/health') return false;
        if (status === '403') return !isPublic;
        if (status === '413' || status === '415') return requestBody !== undefined || method !== 'get';
        if (status === '409') return method !== 'get';
        return true;
      }) as (keyof typeof problems)[];
      const refused = statuses.map((status) => [status, { $ref: `#/components/responses/${problems[status][0]}` }]);
      return [method, { ...(operation as Json), responses: { ...responses, ...Object.fromEntries(refused) } }];
    }),
  );
}
