import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { type DirectoryStep, tryDirectory } from '#app/single-sign-on/ldap.ts';
import { askWhoItIs } from '#app/single-sign-on/openid.ts';
import {
  listOpenIdProviders,
  openSecret,
  type Provider,
  type ProviderKind,
  type ProviderSettings,
  readProvider,
  removeProvider,
  type SingleKind,
  type Which,
  writeProvider,
} from '#app/single-sign-on/providers.ts';
import { applyAllGroups, listProvisionedGroups } from '#app/single-sign-on/provisioning.ts';
import { SignInRefusal } from '#app/single-sign-on/refusal.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import {
  DirectoryTest,
  IdentityProviders,
  LdapSettings,
  OpenIdSettings,
  OpenIdTest,
  ScimSettings,
} from '../answers.ts';
import { administratorOfRequest } from '../session.ts';
import { note } from '../sign-in.ts';
import { redirectUri } from './single-sign-on.ts';

const Kind = Type.Object({ kind: Type.Enum(['ldap', 'scim']) });
const id = Type.String({ format: 'uuid' });
const Id = Type.Object({ id });
const active = Type.Boolean();
const secret = Type.Optional(
  Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()], {
    description: 'A new one; null takes it away; left out, it stays as it is',
  }),
);
const OpenId = Type.Object({ active, settings: OpenIdSettings, secret }, { additionalProperties: false });
const Ldap = Type.Object({ active, settings: LdapSettings, secret }, { additionalProperties: false });
const Scim = Type.Object({ active, settings: ScimSettings }, { additionalProperties: false });
const Saved = { 204: Type.Null() };

/** Where the company's people sign in beside here: OpenID Connect providers, a directory, provisioning. For administrators. */
export function identityProviderRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['identity providers'];

  app.get(
    '/api/identity-providers',
    { schema: { tags, summary: 'Where people sign in', response: { 200: IdentityProviders } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const [openid, ldap, scim] = await Promise.all([
        listOpenIdProviders(runtime, workspace.id),
        readProvider(runtime, workspace.id, 'ldap'),
        readProvider(runtime, workspace.id, 'scim'),
      ]);
      const groups = await listProvisionedGroups(runtime, workspace, {}, { offset: 0, limit: 500 });
      const nextId = randomUUID();
      return {
        openid: openid.map(({ id, active, settings, hasSecret, hasFirstCallback }) => ({
          ...{ id, active, settings, hasSecret },
          redirectUri: redirectUri(request, { id, hasFirstCallback }),
        })),
        nextOpenid: { id: nextId, redirectUri: redirectUri(request, { id: nextId, hasFirstCallback: false }) },
        ldap: shown(ldap),
        scim: shown(scim),
        scimGroups: groups.items.map(({ name, members }) => ({ name, members: members.length })),
        scimUrl: `${request.protocol}://${request.host}/scim/v2`,
      };
    },
  );

  app.put<{ Params: { id: string }; Body: Static<typeof OpenId> }>(
    '/api/identity-providers/openid/:id',
    { schema: { tags, summary: 'Single sign-on with OpenID Connect', params: Id, body: OpenId, response: Saved } },
    async (request, reply) => {
      await save(request, { kind: 'openid', id: request.params.id.toLowerCase() }, request.body, checkOpenId);
      reply.code(204);
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/api/identity-providers/openid/:id',
    { schema: { tags, summary: 'One OpenID Connect provider less', params: Id, response: Saved } },
    async (request, reply) => {
      await remove(request, { kind: 'openid', id: request.params.id });
      reply.code(204);
    },
  );

  app.put<{ Body: Static<typeof Ldap> }>(
    '/api/identity-providers/ldap',
    { schema: { tags, summary: 'Sign-in with the company’s directory', body: Ldap, response: Saved } },
    async (request, reply) => {
      await save(request, { kind: 'ldap' }, request.body, checkLdap);
      reply.code(204);
    },
  );

  app.put<{ Body: Static<typeof Scim> }>(
    '/api/identity-providers/scim',
    { schema: { tags, summary: 'Provisioning with SCIM', body: Scim, response: Saved } },
    async (request, reply) => {
      await save(request, { kind: 'scim' }, request.body, checkRoles);
      await applyAllGroups(runtime, administratorOfRequest(request).workspace);
      reply.code(204);
    },
  );

  app.delete<{ Params: { kind: SingleKind } }>(
    '/api/identity-providers/:kind',
    { schema: { tags, summary: 'No longer', params: Kind, response: Saved } },
    async (request, reply) => {
      await remove(request, { kind: request.params.kind });
      reply.code(204);
    },
  );

  const TryOpenId = Type.Object(
    { id: Type.Optional(id), settings: OpenIdSettings, secret },
    { additionalProperties: false },
  );
  app.post<{ Body: Static<typeof TryOpenId> }>(
    '/api/identity-providers/openid/test',
    { schema: { tags, summary: 'Ask the provider who it is', body: TryOpenId, response: { 200: OpenIdTest } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const { id, settings, secret } = request.body;
      checkOpenId(settings);
      try {
        const known = (await listOpenIdProviders(runtime, workspace.id)).find((provider) => provider.id === id);
        const metadata = await askWhoItIs(settings, await secretFor(known, secret));
        return {
          ok: true,
          reason: null,
          issuer: metadata.issuer,
          scopes: metadata.scopes_supported ?? [],
          claims: metadata.claims_supported ?? [],
        };
      } catch (error) {
        return { ok: false, reason: reasonOf(error), issuer: null, scopes: [], claims: [] };
      }
    },
  );

  const TryLdap = Type.Object(
    { settings: LdapSettings, secret, login: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })) },
    { additionalProperties: false },
  );
  app.post<{ Body: Static<typeof TryLdap> }>(
    '/api/identity-providers/ldap/test',
    { schema: { tags, summary: 'Look somebody up in the directory', body: TryLdap, response: { 200: DirectoryTest } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const { settings, secret, login } = request.body;
      checkLdap(settings);
      const steps: DirectoryStep[] = [];
      try {
        const known = await readProvider(runtime, workspace.id, 'ldap');
        const person = await tryDirectory(settings, await secretFor(known, secret), login, (step) => steps.push(step));
        const { verifiedEmail: email = null, name = null, groups = null } = person ?? {};
        return { ok: true, steps, reason: null, person: person ? { name, email, groups: groups ?? [] } : null };
      } catch (error) {
        return { ok: false, steps, reason: reasonOf(error), person: null };
      }
    },
  );

  async function save<Kind extends ProviderKind>(
    request: FastifyRequest,
    which: Which<Kind>,
    body: { active: boolean; settings: ProviderSettings[Kind]; secret?: string | null },
    check: (settings: ProviderSettings[Kind]) => void,
  ): Promise<void> {
    const { workspace } = administratorOfRequest(request);
    check(body.settings);
    checkTexts(body.settings, 'settings');
    await writeProvider(runtime, workspace.id, which, body);
    await noteChange(request, which, body.active ? 'on' : 'off');
  }

  async function remove(request: FastifyRequest, which: Which): Promise<void> {
    await removeProvider(runtime, administratorOfRequest(request).workspace.id, which);
    await noteChange(request, which, 'removed');
  }

  function noteChange(request: FastifyRequest, { kind, id }: Which, state: 'on' | 'off' | 'removed'): Promise<void> {
    const { workspace, principal } = administratorOfRequest(request);
    const who = { workspaceId: workspace.id, userId: principal.userId! };
    return note(runtime, request, who, 'rights', { identityProvider: kind, ...(id ? { id } : {}), state });
  }

  async function secretFor(
    known: Provider<ProviderKind> | null | undefined,
    given: string | null | undefined,
  ): Promise<string> {
    return given === undefined ? openSecret(runtime, known?.secret ?? null) : (given ?? '');
  }
}

function shown<Kind extends ProviderKind>(provider: Provider<Kind> | null) {
  return provider && { active: provider.active, settings: provider.settings, hasSecret: provider.hasSecret };
}

function reasonOf(error: unknown): string {
  if (error instanceof SignInRefusal) return error.reason;
  throw error;
}

/** OpenID Connect Discovery: https, without what stands behind `?` and `#`. This machine itself may be asked without TLS. */
function checkOpenId({ issuer, ...admission }: ProviderSettings['openid']): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const isSafe = url?.protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '');
  if (!url || !isSafe || url.search !== '' || url.hash !== '') throw invalid('settings.issuer', 'provider.https-only');
  refuseOwnNetwork('settings.issuer', () => networkGuard().check(issuer));
  checkRoles(admission);
}

function checkLdap(settings: ProviderSettings['ldap']): void {
  const { url, userFilter, groupBaseDn, groupFilter } = settings;
  if (!URL.canParse(url) || !/^ldaps?:$/.test(new URL(url).protocol))
    throw invalid('settings.url', 'provider.ldap-only');
  refuseOwnNetwork('settings.url', () => networkGuard().check(url, 'ldap'));
  if (!userFilter.includes('{login}')) throw invalid('settings.userFilter', 'provider.login-missing');
  if (groupBaseDn !== '' && !/\{(dn|login)\}/.test(groupFilter))
    throw invalid('settings.groupFilter', 'provider.member-missing');
  checkRoles(settings);
}

/** Whoever has no role works with everything: nobody comes to that by leaving a group. */
function checkRoles({ roles, groups }: ProviderSettings['scim']): void {
  if (roles.length === 0 && groups.some((group) => group.roles.length > 0))
    throw invalid('settings.roles', 'provider.role-needed');
}

function refuseOwnNetwork(field: string, check: () => unknown): void {
  try {
    check();
  } catch {
    throw invalid(field, 'provider.own-network');
  }
}

/** Text that the database can hold. */
function checkTexts(value: unknown, path: string): void {
  if (typeof value === 'string' && (value.includes('\u0000') || !value.isWellFormed()))
    throw invalid(path, 'field.invalid');
  if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) checkTexts(part, `${path}.${name}`);
}

function invalid(field: string, code: string): Problem {
  return new Problem('request.invalid', {}, [{ field, code }]);
}
