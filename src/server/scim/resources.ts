import type { ProvisionedGroup, ProvisionedUser } from '#app/single-sign-on/provisioning.ts';

type Json = Record<string, unknown>;

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** @param base address of `/scim/v2` */
export function presentUser(user: ProvisionedUser, base: string): Json {
  const { id, userName, externalId, name, givenName, familyName, email, title, phone, manager } = user;
  return {
    schemas: manager === null ? [USER] : [USER, ENTERPRISE],
    id,
    userName,
    ...(externalId === null ? {} : { externalId }),
    name: {
      formatted: name,
      ...(givenName === null ? {} : { givenName }),
      ...(familyName === null ? {} : { familyName }),
    },
    displayName: name,
    emails: [{ value: email, type: 'work', primary: true }],
    ...(phone === null ? {} : { phoneNumbers: [{ value: phone, type: 'work', primary: true }] }),
    ...(title === null ? {} : { title }),
    preferredLanguage: user.language,
    timezone: user.timeZone,
    active: user.active,
    groups: user.groups.map((group) => ({
      value: group.id,
      display: group.name,
      type: 'direct',
      $ref: `${base}/Groups/${group.id}`,
    })),
    ...(manager === null
      ? {}
      : {
          [ENTERPRISE]: {
            manager: { value: manager.id, displayName: manager.name, $ref: `${base}/Users/${manager.id}` },
          },
        }),
    meta: metaOf('User', user, `${base}/Users/${id}`),
  };
}

export function presentGroup(group: ProvisionedGroup, base: string): Json {
  const { id, name, externalId, members } = group;
  return {
    schemas: [GROUP],
    id,
    displayName: name,
    ...(externalId === null ? {} : { externalId }),
    members: members.map((member) => ({
      value: member.id,
      display: member.name,
      type: 'User',
      $ref: `${base}/Users/${member.id}`,
    })),
    meta: metaOf('Group', group, `${base}/Groups/${id}`),
  };
}

export function presentList(total: number, offset: number, items: readonly Json[]): Json {
  return {
    schemas: [LIST],
    totalResults: total,
    startIndex: offset + 1,
    itemsPerPage: items.length,
    Resources: items,
  };
}

/** RFC 7644, 3.9: some of its attributes only, or all but some. What tells which resource it is always comes. */
export function selected(resource: Json, attributes: string | undefined, excluded: string | undefined): Json {
  const names = (list: string) => new Set(list.split(',').map((name) => topOf(name.trim().toLowerCase())));
  const always = ['schemas', 'id'];
  if (attributes) {
    const wanted = names(attributes);
    return keeping(resource, (name) => always.includes(name) || wanted.has(name.toLowerCase()));
  }
  if (!excluded) return resource;
  const unwanted = names(excluded);
  return keeping(resource, (name) => always.includes(name) || !unwanted.has(name.toLowerCase()));
}

/** `name.givenName` is a part of `name`; the dot in an extension's name divides nothing. */
function topOf(name: string): string {
  const extension = ENTERPRISE.toLowerCase();
  return name.startsWith(extension) ? extension : name.replace(`${USER.toLowerCase()}:`, '').split('.')[0]!;
}

export function serviceProvider(base: string): Json {
  const supported = (yes: boolean) => ({ supported: yes });
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: supported(true),
    bulk: { ...supported(false), maxOperations: 0, maxPayloadSize: 0 },
    filter: { ...supported(true), maxResults: MOST_AT_ONCE },
    changePassword: supported(false),
    sort: supported(false),
    etag: supported(false),
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'API key',
        description: 'A key whose scope is provisioning, as a bearer token',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export const MOST_AT_ONCE = 200;

export function resourceTypes(base: string): Json[] {
  return [
    ['User', 'Users', USER],
    ['Group', 'Groups', GROUP],
  ].map(([name, path, schema]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${path}`,
    schema,
    ...(schema === USER ? { schemaExtensions: [{ schema: ENTERPRISE, required: false }] } : {}),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  }));
}

export function schemas(base: string): Json[] {
  const text = (name: string, more: Json = {}): Json => ({
    name,
    type: 'string',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  });
  const complex = (name: string, subAttributes: Json[], more: Json = {}) =>
    text(name, { type: 'complex', subAttributes, ...more });
  const fixed = { mutability: 'readOnly' };
  const many = { multiValued: true };
  const reference = [text('value', { mutability: 'immutable' }), text('display', fixed), text('type', fixed)];
  const schema = (id: string, name: string, attributes: Json[]): Json => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    attributes,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  });
  return [
    schema(USER, 'User', [
      text('userName', { required: true, uniqueness: 'server' }),
      text('externalId', { caseExact: true }),
      complex(
        'name',
        ['formatted', 'givenName', 'familyName'].map((name) => text(name)),
      ),
      text('displayName'),
      complex('emails', [text('value'), text('type'), text('primary', { type: 'boolean' })], many),
      complex('phoneNumbers', [text('value'), text('type'), text('primary', { type: 'boolean' })], many),
      text('title'),
      text('preferredLanguage'),
      text('timezone'),
      text('active', { type: 'boolean' }),
      complex('groups', reference, { ...many, ...fixed }),
    ]),
    schema(ENTERPRISE, 'EnterpriseUser', [complex('manager', [text('value'), text('displayName', fixed)])]),
    schema(GROUP, 'Group', [
      text('displayName', { required: true, uniqueness: 'server' }),
      text('externalId', { caseExact: true }),
      complex('members', reference, many),
    ]),
  ];
}

function metaOf(resourceType: string, { createdAt, updatedAt }: ProvisionedUser | ProvisionedGroup, location: string) {
  return { resourceType, created: createdAt, lastModified: updatedAt, location };
}

function keeping(resource: Json, keeps: (name: string) => boolean): Json {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => keeps(name)));
}
