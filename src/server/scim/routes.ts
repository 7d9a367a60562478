import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '#app/runtime.ts';
import { readProvider } from '#app/single-sign-on/providers.ts';
import {
  changeProvisionedGroup,
  changeProvisionedUser,
  deprovisionUser,
  listProvisionedGroups,
  listProvisionedUsers,
  provisionGroup,
  provisionUser,
  readProvisionedGroup,
  readProvisionedUser,
  removeProvisionedGroup,
  type Slice,
} from '#app/single-sign-on/provisioning.ts';
import { sql } from '#kernel/database/sql.ts';
import { visitorOfRequest } from '../session.ts';
import { ScimError, scimErrorOf } from './errors.ts';
import { groupQueryOf, idOf, userQueryOf } from './filter.ts';
import {
  MOST_AT_ONCE,
  presentGroup,
  presentList,
  presentUser,
  resourceTypes,
  schemas,
  selected,
  serviceProvider,
} from './resources.ts';
import { groupWordsOf, groupWordsOfPatch, userWordsOf, userWordsOfPatch } from './words.ts';

const PATH = '/scim/v2';
const TYPE = 'application/scim+json';

type Query = Partial<Record<'filter' | 'startIndex' | 'count' | 'attributes' | 'excludedAttributes', string>>;
type ById = { Params: { id: string }; Querystring: Query };

/**
 * SCIM 2.0 (RFC 7643, 7644): a company's directory says who works here. It comes with a key of an administrator whose scope
 * is provisioning. The routes describe themselves at `/Schemas`, so they are not in the OpenAPI document.
 */
export async function scimRoutes(root: FastifyInstance, runtime: Runtime): Promise<void> {
  await root.register(
    async (app) => {
      app.setErrorHandler((error, request, reply) => {
        const { status, scimType, message } = scimErrorOf(error);
        if (status >= 500) request.log.error({ err: error }, 'provisioning failed');
        if (status === 503) reply.header('retry-after', '2');
        answer(reply, status, {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: String(status),
          ...(scimType ? { scimType } : {}),
          detail: message,
        });
      });
      app.addContentTypeParser([TYPE], { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
      app.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, hide: true };
      });
      app.addHook('preHandler', (request) => requireProvisioning(runtime, request));
      app.setNotFoundHandler(() => {
        throw new ScimError(404, undefined, 'There is no such resource');
      });

      app.get('/ServiceProviderConfig', (request, reply) => answer(reply, 200, serviceProvider(baseOf(request))));
      for (const [path, describe] of [
        ['/ResourceTypes', resourceTypes],
        ['/Schemas', schemas],
      ] as const) {
        app.get(path, (request, reply) => {
          const all = describe(baseOf(request));
          answer(reply, 200, presentList(all.length, 0, all));
        });
        app.get<ById>(`${path}/:id`, (request, reply) => {
          const one = describe(baseOf(request)).find(({ id }) => id === request.params.id);
          if (!one) throw new ScimError(404, undefined, 'There is no such resource');
          answer(reply, 200, one);
        });
      }

      app.get<{ Querystring: Query }>('/Users', async (request, reply) => {
        const slice = sliceOf(request.query);
        const found = await listProvisionedUsers(runtime, workspaceOf(request), userQueryOf(filterOf(request)), slice);
        const items = found.items.map((user) => shown(request, presentUser(user, baseOf(request))));
        answer(reply, 200, presentList(found.total, slice.offset, items));
      });
      app.post('/Users', async (request, reply) => {
        const user = await provisionUser(runtime, workspaceOf(request), userWordsOf(request.body));
        answer(reply, 201, presentUser(user, baseOf(request)), `${baseOf(request)}/Users/${user.id}`);
      });
      app.get<ById>('/Users/:id', async (request, reply) => {
        const user = await readProvisionedUser(runtime, workspaceOf(request), idOf(request.params.id));
        answer(reply, 200, shown(request, presentUser(user, baseOf(request))));
      });
      for (const [method, wordsOf] of [
        ['PUT', userWordsOf],
        ['PATCH', userWordsOfPatch],
      ] as const) {
        app.route<ById>({
          method,
          url: '/Users/:id',
          async handler(request, reply) {
            const words = wordsOf(request.body);
            const user = await changeProvisionedUser(runtime, workspaceOf(request), idOf(request.params.id), words);
            answer(reply, 200, shown(request, presentUser(user, baseOf(request))));
          },
        });
      }
      app.delete<ById>('/Users/:id', async (request, reply) => {
        await deprovisionUser(runtime, workspaceOf(request), idOf(request.params.id));
        reply.code(204).send();
      });

      app.get<{ Querystring: Query }>('/Groups', async (request, reply) => {
        const slice = sliceOf(request.query);
        const query = groupQueryOf(filterOf(request));
        const found = await listProvisionedGroups(runtime, workspaceOf(request), query, slice);
        const items = found.items.map((group) => shown(request, presentGroup(group, baseOf(request))));
        answer(reply, 200, presentList(found.total, slice.offset, items));
      });
      app.post('/Groups', async (request, reply) => {
        const group = await provisionGroup(runtime, workspaceOf(request), groupWordsOf(request.body));
        answer(reply, 201, presentGroup(group, baseOf(request)), `${baseOf(request)}/Groups/${group.id}`);
      });
      app.get<ById>('/Groups/:id', async (request, reply) => {
        const group = await readProvisionedGroup(runtime, workspaceOf(request), idOf(request.params.id));
        answer(reply, 200, shown(request, presentGroup(group, baseOf(request))));
      });
      for (const [method, wordsOf] of [
        ['PUT', groupWordsOf],
        ['PATCH', groupWordsOfPatch],
      ] as const) {
        app.route<ById>({
          method,
          url: '/Groups/:id',
          async handler(request, reply) {
            const words = wordsOf(request.body);
            const group = await changeProvisionedGroup(runtime, workspaceOf(request), idOf(request.params.id), words);
            answer(reply, 200, shown(request, presentGroup(group, baseOf(request))));
          },
        });
      }
      app.delete<ById>('/Groups/:id', async (request, reply) => {
        await removeProvisionedGroup(runtime, workspaceOf(request), idOf(request.params.id));
        reply.code(204).send();
      });
    },
    { prefix: PATH },
  );
}

/** Provisioning is switched on, and whoever made the key is still an administrator. */
async function requireProvisioning(runtime: Runtime, request: FastifyRequest): Promise<void> {
  const { workspace, identityId } = visitorOfRequest(request);
  const [row] = await runtime.database.run(
    sql`select administrator from platform.identity where id = ${identityId}::uuid and active`,
  );
  const provider = await readProvider(runtime, workspace.id, 'scim');
  if (row?.[0] !== true || !provider?.active) throw new ScimError(403, undefined, 'Provisioning is switched off');
}

function workspaceOf(request: FastifyRequest) {
  return visitorOfRequest(request).workspace;
}

function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${PATH}`;
}

function filterOf(request: FastifyRequest): string | undefined {
  const { filter } = request.query as Query;
  if (filter !== undefined && typeof filter !== 'string')
    throw new ScimError(400, 'invalidFilter', 'One filter at a time');
  return filter;
}

/** RFC 7644, 3.4.2.4: what is too small or too large is taken for the nearest that is not. */
function sliceOf({ startIndex, count }: Query): Slice {
  const whole = (text: string | undefined, usual: number, least: number, most: number) => {
    const number = text === undefined ? usual : Number(text);
    if (!Number.isInteger(number)) throw new ScimError(400, 'invalidValue', 'startIndex and count are numbers');
    return Math.min(Math.max(number, least), most);
  };
  return { offset: whole(startIndex, 1, 1, 1_000_000) - 1, limit: whole(count, 100, 0, MOST_AT_ONCE) };
}

function shown(request: FastifyRequest, resource: Record<string, unknown>): Record<string, unknown> {
  const { attributes, excludedAttributes } = request.query as Query;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return selected(resource, text(attributes), text(excludedAttributes));
}

function answer(reply: FastifyReply, status: number, body: object, location?: string): void {
  if (location) reply.header('location', location);
  reply.code(status).header('cache-control', 'no-store').type(`${TYPE}; charset=utf-8`).send(JSON.stringify(body));
}
