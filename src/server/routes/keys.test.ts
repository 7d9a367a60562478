import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScope } from '#app/identity/key-scope.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);

test('a key is shown once, works at once, and is dead as soon as it is revoked', async () => {
  const made = await server.call('/api/keys', { json: { name: ' Sandėlis ' } });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  const { id, key, name } = (await made.json()) as Record<string, string>;
  assert.equal(name, 'Sandėlis');
  assert.equal((await server.call('/api/session', { key: key! })).status, 200);
  const text = await (await server.call('/api/keys')).text();
  const { items } = JSON.parse(text) as { items: Record<string, unknown>[] };
  const listed = items.find((item) => item.id === id)!;
  assert.deepEqual(Object.keys(listed), ['id', 'name', 'prefix', 'scope', 'createdAt', 'lastUsedAt', 'expiresAt']);
  assert.ok(key!.startsWith(listed.prefix as string) && !text.includes(key!));
  assert.ok(listed.lastUsedAt);

  const other = await server.person();
  assert.equal((await server.call(`/api/keys/${id}`, { method: 'DELETE', key: other.key })).status, 404);
  assert.equal((await server.call(`/api/keys/${id}`, { method: 'DELETE' })).status, 204);
  assert.equal((await server.call('/api/session', { key: key! })).status, 401);
  assert.equal((await server.call(`/api/keys/${id}`, { method: 'DELETE' })).status, 404);
});

test('a key needs a name that can be read', async () => {
  for (const json of [
    {},
    { name: '' },
    { name: '   ' },
    { name: 'a\u0000' },
    { name: 7 },
    { name: 'a', scope: 'all' },
  ]) {
    assert.equal((await server.call('/api/keys', { json })).status, 400, JSON.stringify(json));
  }
});

async function keyWith(scope: object, more: object = {}): Promise<string> {
  const made = await server.call('/api/keys', { json: { name: 'narrow', scope, ...more } });
  assert.equal(made.status, 201, await made.clone().text());
  return ((await made.json()) as { key: string }).key;
}

async function statusOf(key: string, method: string, path: string, json?: unknown): Promise<number> {
  return (await server.call(`/api${path}`, { method, key, ...(json === undefined ? {} : { json }) })).status;
}

test('a key that reads changes nothing, wherever it asks', async () => {
  const key = await keyWith({ kind: 'read' });
  const { id } = (await (await server.call('/api/records/account', { json: { name: 'Litera' } })).json()) as {
    id: string;
  };
  assert.equal(await statusOf(key, 'GET', `/records/account/${id}`), 200);
  assert.equal(await statusOf(key, 'POST', '/records/account/query', {}), 200);
  assert.equal(await statusOf(key, 'GET', '/search?q=Litera'), 200);
  const tries: [string, string, unknown?][] = [
    ['POST', '/records/account', { name: 'X' }],
    ['PATCH', `/records/account/${id}`, { version: 1, name: 'X' }],
    ['DELETE', `/records/account/${id}`],
    ['POST', '/records/account/bulk', { create: [{ name: 'X' }] }],
    ['POST', '/keys', { name: 'wider' }],
    ['POST', '/users', { name: 'X', email: 'x@example.com' }],
    ['PATCH', '/session', { name: 'X' }],
    [
      'POST',
      '/objects',
      { name: 'visit', plural: 'visits', title: 'name', icon: 'map', fields: { name: { type: 'text' } } },
    ],
    ['POST', '/webhooks', { url: 'https://example.com' }],
    ['PUT', '/identity-providers/scim', { active: true, settings: { roles: [], groups: [] } }],
    ['GET', '/users'],
    ['GET', '/identity-providers'],
  ];
  for (const [method, path, json] of tries) {
    const status = await statusOf(key, method, path, json);
    assert.ok(status === 403 || status === 400, `${method} ${path}: ${status}`);
  }
  assert.equal(((await (await server.call(`/api/records/account/${id}`)).json()) as { name: string }).name, 'Litera');
  assert.equal(await statusOf(key, 'POST', '/keys', { name: 'wider' }), 403);
});

test('a key of some objects and operations does those and no others', async () => {
  const key = await keyWith({ kind: 'objects', objects: { account: ['create', 'read'] } });
  const made = await server.call('/api/records/account', { key, json: { name: 'By key' } });
  assert.equal(made.status, 201);
  const { id } = (await made.json()) as { id: string };
  assert.equal(await statusOf(key, 'GET', `/records/account/${id}`), 200);
  assert.equal(await statusOf(key, 'PATCH', `/records/account/${id}`, { version: 1, name: 'X' }), 403);
  assert.equal(await statusOf(key, 'DELETE', `/records/account/${id}`), 403);
  assert.equal(await statusOf(key, 'GET', '/records/contact'), 403);
  const document = await (await server.call('/api/openapi.json', { key })).text();
  assert.ok(document.includes('/api/records/account/{id}') && !document.includes('/api/records/contact/{id}'));
  assert.ok((await (await server.call('/api/openapi.json')).text()).includes('/api/records/contact/{id}'));
});

test('a key for provisioning opens nothing else, and only administrators make one', async () => {
  const key = await keyWith({ kind: 'scim' });
  for (const path of ['/session', '/records/account', '/keys', '/users'])
    assert.equal(await statusOf(key, 'GET', path), 403, path);
  const { key: other } = await server.person();
  assert.equal(await statusOf(other, 'POST', '/keys', { name: 'x', scope: { kind: 'scim' } }), 403);
});

test('a key ends when it is said to, and says what it is for', async () => {
  const soon = new Date(Date.now() + 1_200).toISOString();
  const key = await keyWith({ kind: 'all' }, { expiresAt: soon });
  assert.equal(await statusOf(key, 'GET', '/session'), 200);
  const { items } = (await (await server.call('/api/keys')).json()) as {
    items: { expiresAt: string | null; scope: object }[];
  };
  assert.deepEqual(items[0]!.scope, { kind: 'all' });
  assert.equal(Date.parse(items[0]!.expiresAt!), Date.parse(soon));
  // What was looked up is remembered for five seconds.
  await new Promise((done) => setTimeout(done, 6_500));
  assert.equal(await statusOf(key, 'GET', '/session'), 401);
  for (const json of [
    { expiresAt: '2020-01-01T00:00:00Z' },
    { expiresAt: '2100-01-01T00:00:00Z' },
    { expiresAt: 'tomorrow' },
    { scope: { kind: 'some' } },
    { scope: { kind: 'objects', objects: {} } },
    { scope: { kind: 'objects', objects: { nothing: ['read'] } } },
    { scope: { kind: 'objects', objects: { constructor: ['read'] } } },
    { scope: { kind: 'objects', objects: { account: ['everything'] } } },
    { scope: { kind: 'objects', objects: { account: [] } } },
  ])
    assert.equal((await server.call('/api/keys', { json: { name: 'x', ...json } })).status, 400, JSON.stringify(json));
});

test('scopes are read as people write them on the command line', () => {
  const known = (name: string) => name === 'account';
  assert.deepEqual(parseScope(' read ', known), { kind: 'read' });
  assert.deepEqual(parseScope('account:read,update', known), {
    kind: 'objects',
    objects: { account: ['read', 'update'] },
  });
  for (const text of ['', 'write', 'account', 'account:', 'account:x', 'other:read', 'account:read:x'])
    assert.equal(parseScope(text, known), null, text);
});
