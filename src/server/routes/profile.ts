import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { beginAuthenticator, confirmAuthenticator } from '#app/identity/authenticator.ts';
import { addPasskey, beginPasskey, removePasskey, renamePasskey } from '#app/identity/passkeys.ts';
import { checkPassword } from '#app/identity/password-policy.ts';
import { MAX_PASSWORD } from '#app/identity/password-rules.ts';
import { changePassword } from '#app/identity/passwords.ts';
import { makeRecoveryCodes } from '#app/identity/recovery-codes.ts';
import { readFactors, removeAuthenticator } from '#app/identity/second-factor.ts';
import type { Runtime } from '#app/runtime.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { AuthenticatorSecret, Factors, OwnSessions, PasskeyOptions, RecoveryCodes } from '../answers.ts';
import { confirmOwner, hasPassword } from '../confirm-owner.ts';
import { sessionOf } from '../own-session.ts';
import { visitorOfRequest } from '../session.ts';
import { note, siteOf, tried } from '../sign-in.ts';
import type { Visitor } from '../visitor.ts';
import { endOwnSessions, forgetVisitors, listSessions } from '../visitors.ts';

const Confirmation = {
  current: Type.Optional(Type.String({ maxLength: MAX_PASSWORD, description: 'The password in force' })),
};
const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const PasskeyId = Type.Object({ id: Type.String({ maxLength: 200 }) });

/**
 * How a person signs in: their password, their second factor and passkeys, and where they are signed in. A program with a
 * key of theirs may not touch it, and nor may whoever found their screen open: what changes it asks for the password.
 */
export function profileRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['session'];
  const visit = (request: FastifyRequest) => {
    const visitor = visitorOfRequest(request);
    if (visitor.by !== 'session') throw new Problem('access.denied');
    return visitor;
  };

  app.put<{ Body: { current: string; password: string } }>(
    '/api/session/password',
    {
      schema: {
        tags,
        summary: 'Another password; all other sessions end',
        body: Type.Object(
          {
            current: Type.String({ maxLength: MAX_PASSWORD }),
            password: Type.String({ maxLength: MAX_PASSWORD }),
          },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      const { identityId, tokenHash } = visitor;
      const { user, workspace } = await sessionOf(visitor);
      await checkPassword(request.body.password, [user.name, user.email, workspace.name]);
      const attempt = { account: identityId, address: request.ip, kind: 'password' } as const;
      await tried(runtime, attempt, () => changePassword(runtime.database, identityId, request.body, tokenHash));
      forgetVisitors();
      await noted(request, visitor, { password: 'changed' });
      reply.code(204);
    },
  );

  app.get(
    '/api/sessions',
    { schema: { tags, summary: 'Where I am signed in', response: { 200: OwnSessions } } },
    async (request) => ({ items: await listSessions(runtime, visit(request)) }),
  );

  app.delete<{ Params: { id: string } }>(
    '/api/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Sign out there; `others` signs out everywhere but here',
        params: Type.Object({ id: Type.String({ maxLength: 50 }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      await endOwnSessions(runtime, visitor, request.params.id);
      const self = { workspaceId: visitor.workspace.id, userId: visitor.principal.userId! };
      await note(runtime, request, self, 'revoke', { session: request.params.id });
      reply.code(204);
    },
  );

  app.get(
    '/api/session/factors',
    { schema: { tags, summary: 'What I sign in with beside my password', response: { 200: Factors } } },
    async (request) => {
      const { identityId } = visit(request);
      return {
        ...(await readFactors(runtime.database, identityId)),
        hasPassword: await hasPassword(runtime, identityId),
      };
    },
  );

  app.post<{ Body: { current?: string } }>(
    '/api/session/authenticator',
    {
      schema: {
        tags,
        summary: 'Begin to set up codes of an app',
        body: Type.Object(Confirmation, closed),
        response: { 200: AuthenticatorSecret },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      await confirmOwner(runtime, request, visitor, request.body.current);
      const { user, workspace } = await sessionOf(visitor);
      reply.header('cache-control', 'no-store');
      const label = { company: workspace.name, email: user.email };
      return beginAuthenticator(runtime.database, await openSecrets(runtime.dataFolder), visitor.identityId, label);
    },
  );

  app.post<{ Body: { code: string } }>(
    '/api/session/authenticator/confirm',
    {
      schema: {
        tags,
        summary: 'The first code of the app: from now on one is asked for',
        body: Type.Object({ code: Type.String({ maxLength: 20 }) }, closed),
        response: { 200: RecoveryCodes },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      const { identityId } = visitor;
      const attempt = { account: identityId, address: request.ip, kind: 'code' } as const;
      const secrets = await openSecrets(runtime.dataFolder);
      await tried(runtime, attempt, () =>
        confirmAuthenticator(runtime.database, secrets, identityId, request.body.code),
      );
      await noted(request, visitor, { secondFactor: 'authenticator' });
      reply.header('cache-control', 'no-store');
      return { recoveryCodes: await makeRecoveryCodes(runtime.database, identityId) };
    },
  );

  app.post<{ Body: { current?: string } }>(
    '/api/session/authenticator/remove',
    {
      schema: {
        tags,
        summary: 'Codes of the app are not asked for any more',
        body: Type.Object(Confirmation, closed),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      await confirmOwner(runtime, request, visitor, request.body.current);
      await removeAuthenticator(runtime.database, visitor.identityId);
      await noted(request, visitor, { secondFactor: 'removed' });
      reply.code(204);
    },
  );

  app.post<{ Body: { current?: string } }>(
    '/api/session/recovery-codes',
    {
      schema: {
        tags,
        summary: 'Ten new recovery codes; the earlier ones no longer work',
        body: Type.Object(Confirmation, closed),
        response: { 200: RecoveryCodes },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      await confirmOwner(runtime, request, visitor, request.body.current);
      await noted(request, visitor, { recoveryCodes: 'new' });
      reply.header('cache-control', 'no-store');
      return { recoveryCodes: await makeRecoveryCodes(runtime.database, visitor.identityId) };
    },
  );

  app.post<{ Body: { current?: string } }>(
    '/api/session/passkeys/options',
    {
      schema: {
        tags,
        summary: 'What the browser is asked for a new passkey',
        body: Type.Object(Confirmation, closed),
        response: { 200: Type.Object({ token: Type.String(), options: PasskeyOptions }) },
      },
    },
    async (request) => {
      const visitor = visit(request);
      await confirmOwner(runtime, request, visitor, request.body.current);
      const { user, workspace } = await sessionOf(visitor);
      const { identityId } = visitor;
      const person = { identityId, email: user.email, name: user.name, company: workspace.name };
      return beginPasskey(runtime.database, siteOf(request), person);
    },
  );

  app.post<{ Body: { token: string; name: string; answer: object } }>(
    '/api/session/passkeys',
    {
      schema: {
        tags,
        summary: 'Keep the new passkey',
        body: Type.Object({ token: Type.String({ maxLength: 100 }), name: Name, answer: Type.Object({}) }, closed),
        response: { 201: Type.Object({ id: Type.String() }) },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      const given = { ...request.body, name: nameOf(request.body.name) };
      const id = await addPasskey(runtime.database, siteOf(request), visitor.identityId, given);
      await noted(request, visitor, { passkey: 'added' });
      reply.code(201);
      return { id };
    },
  );

  app.patch<{ Params: { id: string }; Body: { name: string } }>(
    '/api/session/passkeys/:id',
    {
      schema: {
        tags,
        summary: 'Call a passkey something else',
        params: PasskeyId,
        body: Type.Object({ name: Name }, closed),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { identityId } = visit(request);
      await renamePasskey(runtime.database, identityId, request.params.id, nameOf(request.body.name));
      reply.code(204);
    },
  );

  app.post<{ Params: { id: string }; Body: { current?: string } }>(
    '/api/session/passkeys/:id/remove',
    {
      schema: {
        tags,
        summary: 'Nobody signs in with this passkey any more',
        params: PasskeyId,
        body: Type.Object(Confirmation, closed),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const visitor = visit(request);
      await confirmOwner(runtime, request, visitor, request.body.current);
      await removePasskey(runtime.database, visitor.identityId, request.params.id);
      await noted(request, visitor, { passkey: 'removed' });
      reply.code(204);
    },
  );

  function noted(request: FastifyRequest, { workspace, principal }: Visitor, details: Record<string, string>) {
    return note(runtime, request, { workspaceId: workspace.id, userId: principal.userId! }, 'rights', details);
  }
}

/** @throws Problem `request.invalid` of `name` for what no text column takes */
function nameOf(text: string): string {
  const name = text.trim();
  if (name.includes('\u0000') || !name.isWellFormed())
    throw new Problem('request.invalid', {}, [{ field: 'name', code: 'field.invalid' }]);
  return name;
}
