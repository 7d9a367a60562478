import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { EVENT_CHANNEL } from '#kernel/events/event.ts';
import {
  createWebhook,
  listDeliveries,
  listWebhooks,
  removeWebhook,
  replayDelivery,
  updateWebhook,
  type WebhookInput,
  webhookOperations,
} from '#kernel/events/webhooks.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { Deliveries, Webhook, Webhooks } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';

const settings = {
  description: Type.Optional(Type.String({ maxLength: 500 })),
  objects: Type.Optional(Type.Array(Type.String({ maxLength: 63 }), { maxItems: 200 })),
  operations: Type.Optional(Type.Array(Type.Union(Object.values(webhookOperations).map((word) => Type.Literal(word))))),
  active: Type.Optional(Type.Boolean()),
};
const url = Type.String({ maxLength: 2_000 });
const Create = Type.Object({ url, ...settings }, { additionalProperties: false });
const Update = Type.Object(
  { url: Type.Optional(url), ...settings, newSecret: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
const id = Type.String({ format: 'uuid' });
const Id = Type.Object({ id });
const DeliveryId = Type.Object({ id, delivery: id });
const Page = Type.Object({
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
  limit: Type.Optional(Type.String({ pattern: '^(1?[0-9]?[1-9]|[1-9]0|1[0-9]0|200)$' })),
});

/** Addresses that hear of changes, and what was sent to them. */
export function webhookRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['webhooks'];
  const guard = networkGuard();
  const tools = async () => ({ guard, secrets: await openSecrets(runtime.dataFolder) });

  app.get('/api/webhooks', { schema: { tags, summary: 'Webhooks', response: { 200: Webhooks } } }, async (request) => {
    const { workspace, principal } = visitorOfRequest(request);
    return { items: await listWebhooks(workspace, principal) };
  });

  app.post<{ Body: WebhookInput }>(
    '/api/webhooks',
    {
      schema: {
        tags,
        summary: 'Add a webhook; its secret is shown once',
        body: Create,
        response: { 201: Webhook },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      const created = await createWebhook(workspace, principal, request.body, await tools());
      reply.code(201).header('cache-control', 'no-store');
      return created;
    },
  );

  app.patch<{ Params: { id: string }; Body: Partial<WebhookInput> & { newSecret?: boolean } }>(
    '/api/webhooks/:id',
    { schema: { tags, summary: 'Change a webhook', response: { 200: Webhook }, params: Id, body: Update } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      return updateWebhook(workspace, principal, request.params.id, request.body, await tools());
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/api/webhooks/:id',
    { schema: { tags, summary: 'Remove a webhook', params: Id, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      await removeWebhook(workspace, principal, request.params.id);
      reply.code(204);
    },
  );

  app.get<{ Params: { id: string }; Querystring: { before?: string; limit?: string } }>(
    '/api/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'What was sent, newest first',
        response: { 200: Deliveries },
        params: Id,
        querystring: Page,
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const before = request.query.before === undefined ? undefined : Number(request.query.before);
      const limit = Number(request.query.limit ?? 50);
      const items = await listDeliveries(workspace, principal, request.params.id, { before, limit });
      return { items, next: items.length === limit ? items.at(-1)!.position : null };
    },
  );

  app.post<{ Params: { id: string; delivery: string } }>(
    '/api/webhooks/:id/deliveries/:delivery/replay',
    {
      schema: {
        tags,
        summary: 'Send it once more',
        params: DeliveryId,
        response: { 202: Type.Object({ queued: Type.Literal(true) }) },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      await replayDelivery(workspace, principal, request.params.id, request.params.delivery);
      // Wakes the process that sends.
      await runtime.database.run('select pg_notify($1, $2)', [EVENT_CHANNEL, workspace.id]);
      reply.code(202);
      return { queued: true };
    },
  );
}
