import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { choosePassword, createPasswordLink, personOfLink } from '#app/identity/password-links.ts';
import { checkPassword } from '#app/identity/password-policy.ts';
import { MAX_PASSWORD } from '#app/identity/password-rules.ts';
import { identityOfEmail } from '#app/identity/sign-in.ts';
import { countAttempt } from '#app/identity/throttle.ts';
import { queueLetter } from '#app/mail.ts';
import type { Runtime } from '#app/runtime.ts';
import { NextStep, Session } from '../answers.ts';
import { ownOf } from '../own-session.ts';
import { continueSignIn, note, tried } from '../sign-in.ts';
import { forgetVisitors } from '../visitors.ts';

const Token = Type.String({ minLength: 20, maxLength: 100 });

/** Whoever was invited, or forgot it, chooses a password with a link. */
export function passwordLinkRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['session'];

  app.post<{ Body: { email: string } }>(
    '/api/password-links',
    {
      config: { public: true },
      schema: {
        tags,
        summary:
          'Forgot the password: a link is sent to whoever has the address; the answer does not tell whether anybody has',
        body: Type.Object({ email: Type.String({ minLength: 3, maxLength: 254 }) }, { additionalProperties: false }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { email } = request.body;
      await countAttempt(database, { account: email, address: request.ip, kind: 'mail' });
      // After the answer: how long it takes must not tell either.
      setImmediate(() => send(email).catch((error) => request.log.error({ err: error }, 'a link could not be sent')));
      reply.code(204);
    },
  );

  async function send(email: string): Promise<void> {
    const known = await identityOfEmail(database, email);
    if (!known) return;
    const person = await ownOf(await runtime.workspace(known.workspaceId), known.userId);
    const { token } = await createPasswordLink(database, known.identityId, 'forgotten');
    const { name, language, email: address } = person;
    const path = `/password/${token}`;
    await queueLetter(runtime, known.workspaceId, { kind: 'forgotten', to: { name, address }, language, path });
  }

  app.post<{ Body: { token: string } }>(
    '/api/password-links/check',
    {
      config: { public: true },
      schema: {
        tags,
        summary: 'Whose password link is this?',
        body: Type.Object({ token: Token }, { additionalProperties: false }),
        response: { 200: Type.Object({ email: Type.String(), name: Type.String() }) },
      },
    },
    async (request) => {
      const { email, workspaceId, userId } = await tried(runtime, linkAttempt(request.ip), () =>
        personOfLink(database, request.body.token),
      );
      const { name } = await ownOf(await runtime.workspace(workspaceId), userId);
      return { email, name };
    },
  );

  app.post<{ Body: { token: string; password: string } }>(
    '/api/password-links/use',
    {
      config: { public: true },
      schema: {
        tags,
        summary: 'Choose a password with a link, and be signed in; 202 when there is a step to go',
        body: Type.Object(
          { token: Token, password: Type.String({ maxLength: MAX_PASSWORD }) },
          { additionalProperties: false },
        ),
        response: { 200: Session, 202: NextStep },
      },
    },
    async (request, reply) => {
      const { token, password } = request.body;
      const known = await tried(runtime, linkAttempt(request.ip), () => personOfLink(database, token));
      const workspace = await runtime.workspace(known.workspaceId);
      const { name } = await ownOf(workspace, known.userId);
      await checkPassword(password, [name, known.email, workspace.name]);
      await choosePassword(database, token, password);
      forgetVisitors();
      await note(runtime, request, known, 'rights', { password: 'changed' });
      return continueSignIn(runtime, request, reply, known, 'password');
    },
  );
}

/** A link belongs to nobody until it is found. */
function linkAttempt(address: string) {
  return { account: null, address, kind: 'link' } as const;
}
