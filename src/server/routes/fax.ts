import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { gatewaysOf } from '#app/fax.ts';
import { sendersOf } from '#app/outgoing.ts';
import type { Runtime } from '#app/runtime.ts';
import { requireAdministrator } from '#kernel/access/access.ts';
import { gatewaysWithSecret, saveGatewaySecret } from '#kernel/mail/gateway-secret.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { faxGateway } from '#modules/channels/index.ts';
import { FaxGateways, FaxSecrets } from '../answers.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

/** Faxes: through which gateways they go, and what a gateway wants to be told; a fax itself is sent as a mail is. */
export function faxRoutes(app: FastifyInstance, { database, dataFolder }: Runtime): void {
  const tags = ['fax'];

  app.get(
    '/api/fax/gateways',
    { schema: { tags, summary: 'Gateways that I may send faxes through', response: { 200: FaxGateways } } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      return { items: await gatewaysOf(workspace, await sendersOf(workspace, principal)) };
    },
  );

  app.get(
    '/api/fax/secrets',
    { schema: { tags, summary: 'Gateways that are told a secret; never the secret', response: { 200: FaxSecrets } } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      requireAdministrator(principal);
      return { items: [...(await gatewaysWithSecret(database, workspace.schema))] };
    },
  );

  app.put<{ Params: { id: string }; Body: { secret: string | null } }>(
    '/api/fax/gateways/:id/secret',
    {
      schema: {
        tags,
        summary: 'What a gateway is told where its templates say `{secret}`; null for nothing',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        body: Type.Object(
          {
            secret: Type.Union([
              // In one line of a mail.
              Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
              Type.Null(),
            ]),
          },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      requireAdministrator(principal);
      const { id } = await recordsOf(request).read(faxGateway, request.params.id, { fields: [] });
      await saveGatewaySecret(database, workspace.schema, await openSecrets(dataFolder), id, request.body.secret);
      reply.code(204);
    },
  );
}
