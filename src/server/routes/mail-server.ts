import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { sendLetter } from '#app/mail.ts';
import type { Runtime } from '#app/runtime.ts';
import { readMailServer, removeMailServer, saveMailServer } from '#kernel/mail/mail-server.ts';
import { MailDelayedError } from '#kernel/mail/send.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { MailServer } from '../answers.ts';
import { requireMailHost } from '../mail-host.ts';
import { ownOf } from '../own-session.ts';
import { administratorOfRequest } from '../session.ts';

const { hasPassword: _, ...fields } = MailServer.properties;
const Change = Type.Object(
  {
    ...fields,
    password: Type.Optional(
      Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()], {
        description: 'Left out, the one that is kept stays, while host and user are the same',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Through which server mail goes out. For administrators; its password is never shown. */
export function mailServerRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['company'];
  const path = '/api/mail-server';

  app.get(
    path,
    {
      schema: {
        tags,
        summary: 'Through which server mail goes out',
        response: { 200: Type.Object({ server: Type.Union([MailServer, Type.Null()]) }) },
      },
    },
    async (request) => ({ server: await readMailServer(database, administratorOfRequest(request).workspace.id) }),
  );

  app.put<{ Body: Static<typeof Change> }>(
    path,
    {
      schema: { tags, summary: 'Send mail through a server', body: Change, response: { 200: MailServer } },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const { password, ...given } = request.body;
      const server = {
        ...given,
        host: given.host.trim(),
        senderName: given.senderName.trim(),
        site: siteOf(given.site),
      };
      requireMailHost(server.host, server.port);
      for (const [field, value] of Object.entries({ ...server, password }))
        if (typeof value === 'string' && (/\p{Cc}/u.test(value) || !value.isWellFormed()))
          throw new Problem('request.invalid', {}, [{ field, code: 'field.invalid' }]);
      await saveMailServer(database, await openSecrets(runtime.dataFolder), workspace.id, server, password);
      return (await readMailServer(database, workspace.id))!;
    },
  );

  app.delete(
    path,
    { schema: { tags, summary: 'Mail is not sent any more', response: { 204: Type.Null() } } },
    async (request, reply) => {
      await removeMailServer(database, administratorOfRequest(request).workspace.id);
      reply.code(204);
    },
  );

  app.post(
    `${path}/test`,
    {
      schema: {
        tags,
        summary: 'Send me a test mail, and tell what the server says',
        response: { 200: Type.Object({ sentTo: Type.String() }) },
      },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { name, email: address, language } = await ownOf(workspace, principal.userId!);
      await sendLetter(runtime, workspace.id, { kind: 'test', to: { name, address }, language }).catch((error) => {
        throw error instanceof MailDelayedError ? new Problem('mail.not-sent', { reason: error.message }) : error;
      });
      return { sentTo: address };
    },
  );
}

/** `https://crm.example.com` without what stands behind it. @throws Problem `request.invalid` of `site` */
function siteOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new Problem('request.invalid', {}, [{ field: 'site', code: 'field.invalid' }]);
  return url.origin;
}
