import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { createPasswordLink } from '#app/identity/password-links.ts';
import { changeAccess, createIdentity } from '#app/identity/people.ts';
import { resetFactors } from '#app/identity/second-factor.ts';
import { queueLetter } from '#app/mail.ts';
import type { Runtime } from '#app/runtime.ts';
import { sql } from '#kernel/database/sql.ts';
import { languages } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { Users } from '../answers.ts';
import { ownOf } from '../own-session.ts';
import { administratorOfRequest, recordsOf } from '../session.ts';
import { note } from '../sign-in.ts';
import type { Visitor } from '../visitor.ts';
import { forgetVisitors } from '../visitors.ts';

const id = Type.String({ format: 'uuid' });
const Params = Type.Object({ id });
const language = Type.Union(languages.map((name) => Type.Literal(name)));
const Invitation = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    email: Type.String({ minLength: 3, maxLength: 254 }),
    language: Type.Optional(language),
    administrator: Type.Optional(Type.Boolean()),
    roles: Type.Optional(Type.Array(id, { maxItems: 50 })),
    teams: Type.Optional(Type.Array(id, { maxItems: 50 })),
    manager: Type.Optional(Type.String({ format: 'uuid', description: 'Whom they report to' })),
  },
  { additionalProperties: false },
);
type Invitation = Static<typeof Invitation>;
const Changes = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
    active: Type.Optional(Type.Boolean()),
    administrator: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
const Link = Type.Object({
  id,
  path: Type.Union([Type.String(), Type.Null()], {
    description: 'Of the page where the password is chosen, shown once; null when it was mailed',
  }),
  mailedTo: Type.Union([Type.String(), Type.Null()]),
  expiresAt: Type.String(),
});

/** Who works here: invited with a link to choose a password, made administrator or not, let go. For administrators. */
export function userRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['users'];
  const identityOf = async (workspaceId: string, userId: string): Promise<string> => {
    const [row] = await database.run(
      sql`select id::text from platform.identity where workspace_id = ${workspaceId}::uuid and user_id = ${userId}::uuid`,
    );
    if (!row) throw new Problem('record.not-found', { object: 'user', id: userId });
    return row[0] as string;
  };
  /** Mailed to the person where mail is set up; otherwise whoever asks carries it to them. */
  const linkFor = async ({ workspace, principal }: Visitor, userId: string, identityId: string) => {
    const { token, expiresAt } = await createPasswordLink(database, identityId);
    const path = `/password/${token}`;
    const { name, email: address, language } = await ownOf(workspace, userId);
    const { name: by } = await ownOf(workspace, principal.userId!);
    const letter = { kind: 'invitation', to: { name, address }, language, path, params: { by } } as const;
    const isMailed = await queueLetter(runtime, workspace.id, letter);
    return { id: userId, path: isMailed ? null : path, mailedTo: isMailed ? address : null, expiresAt };
  };

  app.get('/api/users', { schema: { tags, summary: 'Who may sign in', response: { 200: Users } } }, async (request) => {
    const { workspace } = administratorOfRequest(request);
    const rows = await database.run(sql`
      select i.user_id::text, i.email, i.administrator, i.active, i.password_hash is not null, i.created_at,
        exists (select 1 from platform.authenticator a where a.identity_id = i.id and a.confirmed_at is not null)
          or exists (select 1 from platform.passkey k where k.identity_id = i.id),
        (select max(s.last_seen_at) from platform.session s where s.identity_id = i.id)
      from platform.identity i where i.workspace_id = ${workspace.id}::uuid order by i.created_at, i.id limit 1000`);
    const names = new Map<string, Record<string, unknown>>();
    const records = recordsOf(request);
    for (let from = 0; from < rows.length; from += 200) {
      const ids = rows.slice(from, from + 200).map(([user]) => user as string);
      const page = await records.list('user', {
        filter: { id: { in: ids } },
        fields: ['name', 'language'],
        limit: 200,
      });
      for (const user of page.items) names.set(user.id, user);
    }
    return {
      items: rows.map(([user, email, administrator, active, hasPassword, createdAt, hasSecondFactor, lastSeenAt]) => ({
        id: user,
        name: names.get(user as string)?.name ?? email,
        language: names.get(user as string)?.language ?? null,
        email,
        administrator,
        active,
        hasPassword,
        hasSecondFactor,
        createdAt,
        lastSeenAt,
      })),
    };
  });

  app.post<{ Body: Invitation }>(
    '/api/users',
    { schema: { tags, summary: 'Invite somebody', body: Invitation, response: { 201: Link } } },
    async (request, reply) => {
      const visitor = administratorOfRequest(request);
      const { workspace } = visitor;
      const { name, email, language: spoken = workspace.settings.language, ...given } = request.body;
      const { identityId, userId } = await createIdentity(database, workspace, {
        name: name.trim(),
        email: email.trim(),
        language: spoken,
        timeZone: workspace.settings.timeZone,
        ...given,
      });
      reply.code(201).header('cache-control', 'no-store');
      return linkFor(visitor, userId, identityId);
    },
  );

  app.patch<{ Params: { id: string }; Body: { name?: string; active?: boolean; administrator?: boolean } }>(
    '/api/users/:id',
    {
      schema: {
        tags,
        summary: 'Change who somebody is here',
        response: { 200: Params },
        params: Params,
        body: Changes,
      },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { name, active, administrator } = request.body;
      const identityId = await identityOf(workspace.id, request.params.id);
      await changeAccess(database, workspace.id, identityId, { active, administrator });
      const whose = { workspaceId: workspace.id, userId: request.params.id };
      if (active !== undefined || administrator !== undefined)
        await note(runtime, request, whose, 'rights', { active, administrator }, principal.userId);
      const changes = { ...(name === undefined ? {} : { name }), ...(active === undefined ? {} : { active }) };
      if (Object.keys(changes).length > 0) await recordsOf(request).update('user', request.params.id, changes);
      forgetVisitors();
      return { id: request.params.id };
    },
  );

  app.post<{ Params: { id: string } }>(
    '/api/users/:id/password-link',
    { schema: { tags, summary: 'A new link to choose a password', params: Params, response: { 201: Link } } },
    async (request, reply) => {
      const visitor = administratorOfRequest(request);
      reply.code(201).header('cache-control', 'no-store');
      return linkFor(visitor, request.params.id, await identityOf(visitor.workspace.id, request.params.id));
    },
  );

  app.post<{ Params: { id: string } }>(
    '/api/users/:id/factors/reset',
    {
      schema: {
        tags,
        summary: 'Take away the second factor and the passkeys of somebody who lost them; their sessions end',
        params: Params,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { id: userId } = request.params;
      await resetFactors(database, await identityOf(workspace.id, userId));
      forgetVisitors();
      const whose = { workspaceId: workspace.id, userId };
      await note(runtime, request, whose, 'revoke', { secondFactor: 'reset' }, principal.userId);
      reply.code(204);
    },
  );
}
