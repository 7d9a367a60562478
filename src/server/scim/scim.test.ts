/** With the requests that Microsoft Entra and Okta send, as their guides for builders of SCIM services show them. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { openSession } from '#server/visitors.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
let key: string;

before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
  const made = await server.call('/api/keys', { json: { name: 'Directory', scope: { kind: 'scim' } } });
  key = ((await made.json()) as { key: string }).key;
  await configure();
});

async function configure(settings: object = { roles: [], groups: [] }, active = true): Promise<void> {
  const answer = await server.call('/api/identity-providers/scim', { method: 'PUT', json: { active, settings } });
  assert.equal(answer.status, 204, await answer.text());
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
type Body = any;

async function send(method: string, path: string, json?: unknown, own = key) {
  const answer = await server.call(`/scim/v2${path}`, {
    method,
    key: own,
    ...(json === undefined
      ? {}
      : {
          body: typeof json === 'string' ? json : JSON.stringify(json),
          headers: { 'content-type': 'application/scim+json' },
        }),
  });
  const text = await answer.text();
  if (text) assert.match(answer.headers.get('content-type') ?? '', /^application\/scim\+json/, `${method} ${path}`);
  return { status: answer.status, body: (text ? JSON.parse(text) : null) as Body, headers: answer.headers };
}

const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

/** As Entra creates somebody. */
const entraUser = (login: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
  externalId: `${login}-object-id`,
  userName: `${login}@litera.example`,
  active: true,
  displayName: 'Ona Lukšienė',
  emails: [{ primary: true, type: 'work', value: `${login}@litera.example` }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Ona Lukšienė', familyName: 'Lukšienė', givenName: 'Ona' },
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Sales' },
  ...more,
});

/** As Okta creates somebody. */
const oktaUser = (login: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${login}@litera.example`,
  name: { givenName: 'Jonas', familyName: 'Petraitis' },
  emails: [{ primary: true, value: `${login}@litera.example`, type: 'work' }],
  displayName: 'Jonas Petraitis',
  locale: 'lt-LT',
  externalId: `00u-${login}`,
  groups: [],
  password: '1mz050nq',
  active: true,
});

async function session(userId: string): Promise<() => Promise<number>> {
  const [row] = await crm.runtime.database.run(
    sql`select id::text from platform.identity where user_id = ${userId}::uuid`,
  );
  const { token } = await openSession(crm.runtime, row![0] as string, 'test');
  return async () => (await fetch(`${server.url}/api/session`, { headers: { cookie: `tendero=${token}` } })).status;
}

test('Entra: the connection is tested, somebody is looked for, made, changed, switched off and on', async () => {
  const none = await send('GET', '/Users?filter=userName+eq+%22non-existent%22');
  assert.deepEqual([none.status, none.body.totalResults, none.body.Resources], [200, 0, []]);
  const made = await send('POST', '/Users', entraUser('ona'));
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('location'), made.body.meta.location);
  const { id } = made.body;
  assert.deepEqual(
    [made.body.userName, made.body.externalId, made.body.name.givenName, made.body.active],
    ['ona@litera.example', 'ona-object-id', 'Ona', true],
  );
  const found = await send('GET', `/Users?filter=${encodeURIComponent('userName eq "ONA@litera.example"')}`);
  assert.equal(found.body.Resources[0].id, id);
  const byOther = await send('GET', `/Users?filter=${encodeURIComponent('externalId eq "ona-object-id"')}`);
  assert.equal(byOther.body.Resources[0].id, id);
  assert.equal((await send('POST', '/Users', entraUser('ona'))).status, 409);

  const changed = await send(
    'PATCH',
    `/Users/${id}`,
    patch(
      { op: 'Replace', path: 'displayName', value: 'Ona Lukšaitė' },
      { op: 'Replace', path: 'name.familyName', value: 'Lukšaitė' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'ona.luksaite@litera.example' },
      { op: 'Replace', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'X' },
      { op: 'Add', path: 'title', value: 'Seller' },
      { op: 'Replace', value: { 'name.givenName': 'Onutė', preferredLanguage: 'lt' } },
    ),
  );
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.deepEqual(
    [changed.body.displayName, changed.body.name.familyName, changed.body.emails[0].value, changed.body.title],
    ['Ona Lukšaitė', 'Lukšaitė', 'ona.luksaite@litera.example', 'Seller'],
  );
  assert.deepEqual([changed.body.name.givenName, changed.body.preferredLanguage], ['Onutė', 'lt']);

  const status = await session(id);
  assert.equal(await status(), 200);
  const off = await send('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'False' }));
  assert.equal(off.body.active, false);
  assert.equal(await status(), 401, 'out at once');
  assert.equal((await send('GET', `/Users/${id}`)).body.active, false, 'still there for the directory');
  const on = await send('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: true }));
  assert.equal(on.body.active, true);
  assert.equal(await status(), 401, 'and comes in anew');
  assert.equal((await send('DELETE', `/Users/${id}`)).status, 204);
  assert.equal((await send('GET', `/Users/${id}`)).status, 404);
  const system = recordsFor(crm.workspace, asSystem('test data'), 'setup');
  assert.equal((await system.read('user', id)).active, false, 'what they did keeps their name');
  const again = await send('POST', '/Users', entraUser('ona.luksaite'));
  assert.deepEqual(
    [again.status, again.body.id, again.body.active],
    [201, id, true],
    'who comes again is who they were',
  );
});

test('Okta: a page of people, somebody made, replaced, renamed by parts, switched off', async () => {
  const page = await send('GET', '/Users?startIndex=1&count=2');
  assert.deepEqual([page.body.startIndex, page.body.itemsPerPage], [1, 2]);
  const rest = await send('GET', '/Users?startIndex=3&count=100');
  assert.equal(rest.body.totalResults, page.body.totalResults);
  assert.equal(rest.body.Resources.length, page.body.totalResults - 2);
  assert.deepEqual((await send('GET', '/Users?count=0')).body.Resources, []);

  const made = await send('POST', '/Users', oktaUser('jonas'));
  assert.equal(made.status, 201);
  assert.equal(made.body.preferredLanguage, 'lt');
  assert.ok(!JSON.stringify(made.body).includes('1mz050nq'));
  const { id } = made.body;
  const put = await send('PUT', `/Users/${id}`, {
    ...made.body,
    displayName: undefined,
    name: { givenName: 'Jonas', familyName: 'Jonaitis' },
  });
  assert.deepEqual([put.status, put.body.displayName], [200, 'Jonas Jonaitis']);
  const partly = await send(
    'PATCH',
    `/Users/${id}`,
    patch({ op: 'replace', path: 'name.givenName', value: 'Jonukas' }),
  );
  assert.equal(partly.body.displayName, 'Jonukas Jonaitis');
  const status = await session(id);
  const off = await send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }));
  assert.deepEqual([off.status, off.body.active, await status()], [200, false, 401]);
});

test('groups become roles and teams; who leaves a group loses what it gave', async () => {
  const system = recordsFor(crm.workspace, asSystem('test data'), 'setup');
  const [seller, ground] = await Promise.all(
    ['Seller', 'Everybody'].map((name) => system.create('role', { name, grants: { account: { read: 'own' } } })),
  );
  const team = await system.create('team', { name: 'North' });
  await configure({
    roles: [ground!.id],
    groups: [
      { group: 'Sales', roles: [seller!.id], teams: [team.id] },
      { group: 'Sales of tomorrow', roles: [], teams: [team.id] },
    ],
  });
  const has = async (id: string) => {
    const { roles, teams } = await system.read('user', id, { fields: ['roles', 'teams'] });
    return [roles ?? [], teams ?? []];
  };
  const people: string[] = [];
  for (const login of ['ana', 'beata', 'carla']) people.push((await send('POST', '/Users', entraUser(login))).body.id);
  const [ana, beata, carla] = people as [string, string, string];
  assert.deepEqual(await has(ana), [[ground!.id], []]);

  // Entra makes the group first and fills it afterwards; Okta in one request.
  const made = await send('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    externalId: 'group-object-id',
    displayName: 'Sales',
    meta: { resourceType: 'Group' },
  });
  assert.equal(made.status, 201);
  const { id } = made.body;
  assert.equal((await send('POST', '/Groups', { displayName: 'sales' })).status, 409);
  const add = await send(
    'PATCH',
    `/Groups/${id}`,
    patch({
      op: 'Add',
      path: 'members',
      value: [
        { $ref: null, value: ana },
        { $ref: null, value: beata },
      ],
    }),
  );
  assert.equal(add.body.members.length, 2);
  assert.deepEqual(await has(ana), [[seller!.id, ground!.id].toSorted((a) => (a === ground!.id ? -1 : 1)), [team.id]]);
  const withoutMembers = await send('GET', `/Groups/${id}?excludedAttributes=members`);
  assert.deepEqual([withoutMembers.body.members, withoutMembers.body.displayName], [undefined, 'Sales']);
  const mine = await send(
    'GET',
    `/Groups?filter=${encodeURIComponent(`displayName eq "Sales" and members eq "${ana}"`)}`,
  );
  assert.equal(mine.body.totalResults, 1);
  assert.deepEqual(
    (await send('GET', `/Users/${ana}`)).body.groups.map((group: Body) => group.display),
    ['Sales'],
  );

  await send('PATCH', `/Groups/${id}`, patch({ op: 'Remove', path: 'members', value: [{ value: ana }] }));
  assert.deepEqual(await has(ana), [[ground!.id], []]);
  await send('PATCH', `/Groups/${id}`, patch({ op: 'remove', path: `members[value eq "${beata}"]` }));
  assert.deepEqual(await has(beata), [[ground!.id], []]);
  await send(
    'PATCH',
    `/Groups/${id}`,
    patch({ op: 'replace', path: 'members', value: [{ value: carla, display: 'carla' }] }),
  );
  assert.deepEqual((await has(carla))[1], [team.id]);
  // Okta renames without a path.
  const renamed = await send(
    'PATCH',
    `/Groups/${id}`,
    patch({ op: 'replace', value: { id, displayName: 'Sales of tomorrow' } }),
  );
  assert.equal(renamed.body.displayName, 'Sales of tomorrow');
  assert.deepEqual(await has(carla), [[ground!.id], [team.id]]);
  const put = await send('PUT', `/Groups/${id}`, { displayName: 'Sales', members: [{ value: ana }, { value: carla }] });
  assert.equal(put.body.members.length, 2);
  await configure({ roles: [ground!.id], groups: [] });
  await configure({ roles: [ground!.id], groups: [{ group: 'sales', roles: [], teams: [team.id] }] });
  assert.deepEqual((await has(ana))[1], [team.id], 'a mapping that is changed reaches everybody');
  assert.equal((await send('DELETE', `/Groups/${id}`)).status, 204);
  assert.deepEqual((await has(ana))[1], []);
  assert.equal((await send('GET', `/Groups/${id}`)).status, 404);
});

test('many groups at once give one person all that they stand for', async () => {
  const system = recordsFor(crm.workspace, asSystem('test data'), 'setup');
  const teams = await Promise.all([1, 2, 3, 4].map((number) => system.create('team', { name: `Team ${number}` })));
  await configure({
    roles: [],
    groups: teams.map(({ id }, index) => ({ group: `Group ${index}`, roles: [], teams: [id] })),
  });
  const { id } = (await send('POST', '/Users', entraUser('rasa'))).body;
  await Promise.all(
    teams.map((_team, index) => send('POST', '/Groups', { displayName: `Group ${index}`, members: [{ value: id }] })),
  );
  const user = await system.read('user', id, { fields: ['teams'] });
  assert.deepEqual(new Set(user.teams as string[]), new Set(teams.map((team) => team.id)));
});

test('what the service can do stands where directories look for it', async () => {
  const { body } = await send('GET', '/ServiceProviderConfig');
  assert.deepEqual([body.patch.supported, body.bulk.supported, body.filter.supported], [true, false, true]);
  assert.equal((await send('GET', '/ResourceTypes')).body.totalResults, 2);
  assert.equal((await send('GET', '/ResourceTypes/User')).body.endpoint, '/Users');
  const schema = await send('GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User');
  assert.ok(schema.body.attributes.some((attribute: Body) => attribute.name === 'userName'));
  assert.equal((await send('GET', '/Nothing')).status, 404);
});

test('only a provisioning key of an administrator opens it, and only while it is switched on', async () => {
  assert.equal((await send('GET', '/Users', undefined, server.key)).status, 403);
  assert.equal((await send('GET', '/Users', undefined, 'tnd_nonsense')).status, 401);
  assert.equal((await fetch(`${server.url}/scim/v2/Users`)).status, 401);
  const status = await session(server.userId);
  assert.equal(await status(), 200);
  const boss = await server.person(true);
  const made = await server.call('/api/keys', { key: boss.key, json: { name: 'x', scope: { kind: 'scim' } } });
  const { key: other, id } = (await made.json()) as { key: string; id: string };
  assert.equal((await send('GET', '/Users', undefined, other)).status, 200);
  await server.call(`/api/users/${boss.userId}`, { method: 'PATCH', json: { administrator: false } });
  assert.equal((await send('GET', '/Users', undefined, other)).status, 403);
  await server.call(`/api/keys/${id}`, { method: 'DELETE', key: boss.key });
  assert.equal((await send('GET', '/Users', undefined, other)).status, 401);
  await configure({ roles: [], groups: [] }, false);
  assert.equal((await send('GET', '/Users')).status, 403);
  await configure();
});

test('the last administrator with a password is not switched off', async () => {
  const answer = await send('PATCH', `/Users/${server.userId}`, patch({ op: 'replace', value: { active: false } }));
  assert.equal(answer.status, 409);
  assert.equal((await server.call('/api/session')).status, 200);
});

test('bad input is refused in the words of SCIM, and leaves nothing behind', async () => {
  const { id } = (await send('POST', '/Users', entraUser('greta'))).body;
  const { id: group } = (await send('POST', '/Groups', { displayName: 'Hostile' })).body;
  const before = await crm.runtime.database.run(
    'select count(*), sum(case when active then 1 else 0 end) from platform.identity',
  );
  const stranger = '01900000-0000-7000-8000-000000000000';
  const tries: [string, string, unknown, number][] = [
    ['POST', '/Users', {}, 400],
    ['POST', '/Users', [], 400],
    ['POST', '/Users', '{', 400],
    ['POST', '/Users', entraUser('x', { userName: '' }), 400],
    ['POST', '/Users', { userName: 'no address' }, 400],
    ['POST', '/Users', entraUser('x', { userName: 7 }), 400],
    ['POST', '/Users', entraUser('x', { displayName: 'a\u0000' }), 400],
    ['POST', '/Users', entraUser('x', { active: 'perhaps' }), 400],
    ['POST', '/Users', entraUser('x', { userName: `${'x'.repeat(300)}@litera.example` }), 400],
    ['PATCH', `/Users/${id}`, {}, 400],
    ['PATCH', `/Users/${id}`, patch({ op: 'destroy', path: 'active' }), 400],
    ['PATCH', `/Users/${id}`, patch({ op: 'remove' }), 400],
    ['PATCH', `/Users/${id}`, patch({ op: 'replace', value: 'x' }), 400],
    ['PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'userName', value: 'ana@litera.example' }), 409],
    [
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'replace', path: 'emails[type eq "work"].value', value: 'ana@litera.example' }),
      409,
    ],
    ['PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'emails[type eq "work"].value', value: 'nonsense' }), 400],
    ['PATCH', `/Users/${stranger}`, patch({ op: 'replace', path: 'active', value: false }), 404],
    ['PATCH', '/Users/nonsense', patch({ op: 'replace', path: 'active', value: false }), 404],
    ['GET', '/Users?filter=userName+co+%22a%22', undefined, 400],
    ['GET', '/Users?filter=userName+eq+%22a', undefined, 400],
    ['GET', '/Users?filter=password+eq+%22a%22', undefined, 400],
    ['GET', '/Users?filter=userName+eq+%22a%22+and', undefined, 400],
    ['GET', "/Users?filter=userName+eq+%22a'%3B+drop+table%22+or+1", undefined, 400],
    ['GET', '/Users?startIndex=x', undefined, 400],
    ['POST', '/Groups', { displayName: 'X', members: [{ value: stranger }] }, 400],
    ['POST', '/Groups', { displayName: 'X', members: [{ value: 'nonsense' }] }, 400],
    ['POST', '/Groups', { displayName: ' ' }, 400],
    ['PATCH', `/Groups/${group}`, patch({ op: 'add', path: 'members', value: [{ value: stranger }] }), 400],
    ['PATCH', `/Groups/${group}`, patch({ op: 'replace', path: 'displayName', value: '' }), 400],
  ];
  for (const [method, path, json, status] of tries) {
    const answer = await send(method, path, json);
    const shown = `${method} ${path} ${JSON.stringify(json)}: ${JSON.stringify(answer.body)}`;
    assert.equal(answer.status, status, shown);
    assert.deepEqual(answer.body.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error'], shown);
  }
  const after = await crm.runtime.database.run(
    'select count(*), sum(case when active then 1 else 0 end) from platform.identity',
  );
  assert.deepEqual(after, before);
  assert.equal((await send('GET', `/Users/${id}`)).body.emails[0].value, 'greta@litera.example');
  assert.equal((await send('GET', '/Groups?filter=displayName+eq+%22X%22')).body.totalResults, 0);
});

test('phone numbers and whom somebody reports to come with the directory', async () => {
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  const boss = (await send('POST', '/Users', entraUser('vadove'))).body.id as string;
  const made = await send(
    'POST',
    '/Users',
    entraUser('pavaldus', {
      phoneNumbers: [
        { value: '+370 5 200 0000', type: 'fax' },
        { value: 'tel:+370-612-34567', type: 'work', primary: true },
      ],
      [enterprise]: { department: 'Sales', manager: { value: boss } },
    }),
  );
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = made.body;
  assert.deepEqual(made.body.phoneNumbers, [{ value: '+37061234567', type: 'work', primary: true }]);
  assert.deepEqual(
    [made.body[enterprise].manager.value, made.body[enterprise].manager.displayName],
    [boss, 'Ona Lukšienė'],
  );
  assert.ok(made.body.schemas.includes(enterprise));
  const system = recordsFor(crm.workspace, asSystem('test'), 'test');
  const user = async () => {
    const { phone, manager } = await system.read('user', id, { fields: ['phone', 'manager'] });
    return [phone, manager];
  };
  assert.deepEqual(await user(), ['+37061234567', boss]);
  const change = (...operations: object[]) => send('PATCH', `/Users/${id}`, patch(...operations));

  // As Entra changes and removes them.
  await change({ op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: '8 612 76543' });
  assert.deepEqual(await user(), ['+37061276543', boss]);
  await change({ op: 'Replace', path: 'phoneNumbers[type eq "fax"].value', value: '+37052000000' });
  await change({ op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: 'ask at the desk' });
  assert.deepEqual(await user(), ['+37061276543', boss], 'what is no number is passed over');
  await change({ op: 'Remove', path: `${enterprise}:manager` }, { op: 'Remove', path: 'phoneNumbers' });
  assert.deepEqual(await user(), [null, null]);
  for (const value of [boss, { value: boss }, [{ value: boss }]]) {
    assert.equal((await change({ op: 'Add', path: `${enterprise}:manager`, value })).status, 200);
    assert.deepEqual(await user(), [null, boss]);
    await change({ op: 'Replace', path: `${enterprise}:manager`, value: '' });
    assert.deepEqual(await user(), [null, null]);
  }
  // In one operation without a path, and as a whole.
  await change({ op: 'add', value: { [`${enterprise}:manager`]: boss, phoneNumbers: '+34 612 345 678' } });
  assert.deepEqual(await user(), ['+34612345678', boss]);
  const put = await send('PUT', `/Users/${id}`, entraUser('pavaldus', { [enterprise]: { manager: null } }));
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.deepEqual(await user(), ['+34612345678', null], 'what is not spoken of stays');

  // Nobody, somebody of another workspace, and a circle.
  await change({ op: 'add', path: `${enterprise}:manager`, value: boss });
  for (const value of ['0190aaaa-0000-7000-8000-000000000001', 'nonsense', { value: 7 }])
    assert.equal((await change({ op: 'replace', path: `${enterprise}:manager`, value })).status, 400, String(value));
  const circle = patch({ op: 'replace', path: `${enterprise}:manager`, value: id });
  assert.equal((await send('PATCH', `/Users/${boss}`, circle)).status, 400);
  assert.deepEqual(await user(), ['+34612345678', boss]);

  const only = await send('GET', `/Users/${id}?attributes=${enterprise}:manager`);
  assert.deepEqual(Object.keys(only.body).sort(), ['id', 'schemas', enterprise].sort());
  const without = await send('GET', `/Users/${id}?excludedAttributes=${enterprise},phoneNumbers`);
  assert.ok(!(enterprise in without.body) && !('phoneNumbers' in without.body) && without.body.userName);
  assert.equal((await send('GET', `/Schemas/${enterprise}`)).body.name, 'EnterpriseUser');
  const type = (await send('GET', '/ResourceTypes/User')).body;
  assert.deepEqual(type.schemaExtensions, [{ schema: enterprise, required: false }]);
});
