import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { principalOf } from '#app/principal.ts';
import type { Runtime } from '#app/runtime.ts';
import {
  administratorRole,
  ground,
  groundFields,
  isAdministrator,
  type Operation,
  operations,
  type Principal,
} from '#kernel/access/access.ts';
import { explain, fieldRule, rulesOf, ruleWords, sourceOf } from '#kernel/access/explain.ts';
import { sql } from '#kernel/database/sql.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { type ObjectModel, objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door, Workspace } from '#kernel/records/door.ts';
import { fieldLabel, objectLabel } from '#kernel/transfer/labels.ts';
import { AccessExplanation, EffectiveAccess, Ground, RecordRights, Session } from '../answers.ts';
import { ownOf, sessionOf } from '../own-session.ts';
import { readerLanguage } from '../problems.ts';
import { administratorOfRequest, recordsOf, visitorOfRequest, whoAsks } from '../session.ts';
import { note } from '../sign-in.ts';
import { seenThrough } from '../view-as.ts';
import type { Visitor } from '../visitor.ts';
import { forgetVisitors } from '../visitors.ts';

const id = Type.String({ format: 'uuid' });
const name = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,62}$' });
const operation = Type.Enum([...operations]);
const Question = Type.Object(
  { user: id, object: name, operation, record: Type.Optional(id) },
  { additionalProperties: false },
);
interface Question {
  user: string;
  object: string;
  operation: Operation;
  record?: string;
}

/** What a record's page offers: the others are told with the definitions. */
const onRecords = ['update', 'delete', 'reassign', 'run'] as const;

/** Who may do what, and why. What concerns others is for administrators. */
export function accessRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['access'];

  app.get<{ Querystring: Question }>(
    '/api/access/explanation',
    {
      schema: {
        tags,
        summary: 'Why somebody may do something with a record, or may not',
        querystring: Question,
        response: { 200: AccessExplanation },
      },
    },
    async (request): Promise<AccessExplanation> => {
      const { workspace } = administratorOfRequest(request);
      const { user, ...question } = request.query;
      const language = readerLanguage(request);
      const words = translator(language);
      const object = objectOf(workspace.model, question.object);
      const person = await ownOf(workspace, user);
      const principal = await principalOf(workspace, user);
      const params = { name: person.name, objects: objectLabel(object, language) };
      if (!principal) {
        const nothing = { title: null, isDeleted: false, reasons: [] };
        return { isAllowed: false, verdict: 'inactive', text: words('access.verdict.inactive', params), ...nothing };
      }
      const told = await explain(doorOf(workspace, principal), question, language);
      return { ...told, text: words(`access.verdict.${told.verdict}`, params), reasons: [...told.reasons] };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/access/people/:id',
    {
      schema: {
        tags,
        summary: 'All that somebody may do, and which of their roles says so',
        params: Type.Object({ id }),
        response: { 200: EffectiveAccess },
      },
    },
    async (request): Promise<EffectiveAccess> => {
      const { workspace } = administratorOfRequest(request);
      const person = await ownOf(workspace, request.params.id);
      const principal = await principalOf(workspace, request.params.id);
      const language = readerLanguage(request);
      const words = translator(language);
      const labels = operations.map((one) => ({ name: one, label: words(`access.operation.${one}`) }));
      const base = { id: request.params.id, name: person.name, active: principal !== null, operations: labels };
      if (!principal) return { ...base, administrator: false, roles: [], objects: [] };
      const roles = principal.roles.map((role) => sourceOf({ role, from: 'role' }, words));
      const objects = [...workspace.model.objects.values()].map((object) => effectiveOn(object, principal, language));
      return { ...base, administrator: isAdministrator(principal), roles, objects };
    },
  );

  app.get(
    '/api/access/ground',
    { schema: { tags, summary: 'What every role says, unless it says otherwise', response: { 200: Ground } } },
    (request): Ground => {
      administratorOfRequest(request);
      return { grants: ground as Ground['grants'], fields: groundFields };
    },
  );

  app.get<{ Params: { object: string; id: string } }>(
    '/api/access/records/:object/:id',
    {
      schema: {
        tags,
        summary: 'What the reader may do with a record',
        params: Type.Object({ object: name, id }),
        response: { 200: RecordRights },
      },
    },
    async (request): Promise<RecordRights> => {
      const { object, id } = request.params;
      const records = recordsOf(request);
      await records.read(object, id, { fields: ['id'] });
      const allowed = await Promise.all(
        onRecords.map(async (one) => ((await records.allowed(object, one, [id])).has(id) ? [one] : [])),
      );
      return { operations: allowed.flat() };
    },
  );

  viewAsRoutes(app, runtime, tags);
}

function viewAsRoutes(app: FastifyInstance, runtime: Runtime, tags: readonly string[]): void {
  const look = async (request: FastifyRequest, visitor: Visitor, userId: string | null): Promise<Session> => {
    await runtime.database.execute(
      sql`update platform.session set viewing_as = ${userId}::uuid where token_hash = ${visitor.tokenHash}`,
    );
    forgetVisitors();
    const seen = await whoAsks(runtime, request);
    if (!seen) throw new Problem('session.required');
    return sessionOf(seen);
  };
  const noteLook = (request: FastifyRequest, { workspace }: Visitor, whom: string, by: string, ended: boolean) =>
    note(runtime, request, { workspaceId: workspace.id, userId: whom }, 'viewAs', ended ? { ended } : {}, by);

  app.post<{ Body: { user: string } }>(
    '/api/session/view-as',
    {
      schema: {
        tags: [...tags],
        summary: 'See what somebody else sees, from a session of one’s own, and change nothing',
        body: Type.Object({ user: id }, { additionalProperties: false }),
        response: { 200: Session },
      },
    },
    async (request) => {
      const visitor = administratorOfRequest(request);
      const { workspace, principal, by } = visitor;
      const { user } = request.body;
      // Not with a key, which has no session; nor through the eyes of whoever could undo what is seen there.
      if (by !== 'session' || !(await seenThrough(workspace, principal, user))) throw new Problem('access.denied');
      const session = await look(request, visitor, user);
      await noteLook(request, visitor, user, principal.userId!, false);
      return session;
    },
  );

  app.delete(
    '/api/session/view-as',
    {
      config: { reads: true },
      schema: { tags: [...tags], summary: 'Back to one’s own eyes', response: { 200: Session } },
    },
    async (request) => {
      const visitor = visitorOfRequest(request);
      if (visitor.viewer === null) return sessionOf(visitor);
      const session = await look(request, visitor, null);
      await noteLook(request, visitor, visitor.principal.userId!, visitor.viewer, true);
      return session;
    },
  );
}

/** What somebody may do with the records of an object, each with what gives it. */
function effectiveOn(object: ObjectModel, principal: Principal, language: string): EffectiveAccess['objects'][number] {
  const words = translator(language);
  const rights = operations.map((one) => {
    const given = rulesOf(principal, object.name, one).filter(({ scope }) => scope !== 'none');
    const sources = given.map(({ role, from, scope }) => ({
      source: sourceOf({ role, from }, words),
      rule: ruleWords(scope, object, one, language),
      isGround: from === 'ground',
    }));
    return [one, sources] as const;
  });
  const isAdministrator = principal.roles.includes(administratorRole);
  const fields = [...object.fields.values()].flatMap((field) => {
    const { access, roles, from } = fieldRule(principal, object.name, field.name);
    if (access === 'write' || isAdministrator) return [];
    const sources =
      from === 'ground' ? [words('access.source.ground')] : roles.map((role) => words('access.source.role', { role }));
    return [{ name: field.name, label: fieldLabel(field, language), access, sources }];
  });
  return { name: object.name, label: objectLabel(object, language), rights: Object.fromEntries(rights), fields };
}

function doorOf(workspace: Workspace, principal: Principal): Door {
  return { workspace, principal, via: 'rest', trusted: false, unit: null };
}
