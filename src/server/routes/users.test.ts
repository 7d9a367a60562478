import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
});

type Body = Record<string, unknown> & { id: string; code: string; path: string };

async function send(method: string, path: string, json?: unknown, key = server.key) {
  const response = await server.call(`/api${path}`, { method, key, ...(json === undefined ? {} : { json }) });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : {}) as Body, headers: response.headers };
}

test('somebody is invited, chooses a password once, and signs in with it', async () => {
  const invited = await send('POST', '/users', { name: 'Ona Lukšienė', email: 'ona@example.com', language: 'lt' });
  assert.equal(invited.status, 201);
  assert.equal(invited.headers.get('cache-control'), 'no-store');
  const token = invited.body.path.split('/').at(-1)!;
  assert.equal((await send('POST', '/password-links/check', { token })).body.email, 'ona@example.com');

  const short = await send('POST', '/password-links/use', { token, password: 'short' });
  assert.equal(short.status, 400);
  const chosen = await send('POST', '/password-links/use', { token, password: 'correct horse battery' });
  assert.equal(chosen.status, 200);
  assert.match(chosen.headers.get('set-cookie') ?? '', /^tendero=/);
  const again = await send('POST', '/password-links/use', { token, password: 'correct horse stable' });
  assert.deepEqual([again.status, again.body.code], [404, 'password-link.invalid']);
  const session = await send('POST', '/session', { email: 'ona@example.com', password: 'correct horse battery' });
  assert.equal((session.body.user as { administrator: boolean }).administrator, false);
});

test('what no database can hold is refused', async () => {
  const json = { name: 'Ona', email: 'ona\u0000@example.com', language: 'en' };
  assert.equal((await server.call('/api/users', { json })).status, 400);
});

test('a newer link replaces the older one, and an address is taken once', async () => {
  const first = await send('POST', '/users', { name: 'Jonas', email: 'jonas@example.com' });
  const second = await send('POST', `/users/${first.body.id}/password-link`);
  assert.equal((await send('POST', '/password-links/check', { token: first.body.path.split('/').at(-1) })).status, 404);
  assert.equal(
    (await send('POST', '/password-links/check', { token: second.body.path.split('/').at(-1) })).status,
    200,
  );
  const twice = await send('POST', '/users', { name: 'Jonas', email: 'JONAS@example.com' });
  assert.equal(twice.status, 422);
});

test('who is let go is out at once, and the last administrator stays', async () => {
  const colleague = await server.person();
  assert.equal((await send('GET', '/session', undefined, colleague.key)).status, 200);
  assert.equal((await send('PATCH', `/users/${colleague.userId}`, { active: false })).status, 200);
  assert.equal((await send('GET', '/session', undefined, colleague.key)).status, 401);
  assert.equal((await send('PATCH', `/users/${colleague.userId}`, { active: true })).status, 200);
  assert.equal((await send('GET', '/session', undefined, colleague.key)).status, 200);
  for (const changes of [{ administrator: false }, { active: false }]) {
    const { status, body } = await send('PATCH', `/users/${server.userId}`, changes);
    assert.deepEqual([status, body.code], [409, 'user.last-administrator']);
  }
  assert.equal((await send('PATCH', `/users/${colleague.userId}`, { administrator: true })).status, 200);
  assert.equal((await send('PATCH', `/users/${server.userId}`, { administrator: false })).status, 200);
  assert.equal((await send('GET', '/users')).status, 403);
  assert.equal((await send('PATCH', `/users/${server.userId}`, { administrator: true }, colleague.key)).status, 200);
});

test('others can neither look nor change, by whatever way', async () => {
  const { key, userId } = await server.person();
  const tries: [string, string, unknown?][] = [
    ['GET', '/users'],
    ['POST', '/users', { name: 'X', email: 'x@example.com' }],
    ['PATCH', `/users/${userId}`, { administrator: true }],
    ['POST', `/users/${server.userId}/password-link`],
    ['POST', '/records/user', { name: 'X', email: 'x@example.com' }],
    ['PATCH', `/records/user/${server.userId}`, { active: false }],
    [
      'POST',
      '/objects',
      { name: 'visit', plural: 'visits', title: 'name', icon: 'map', fields: { name: { type: 'text' } } },
    ],
    ['GET', '/webhooks'],
  ];
  for (const [method, path, json] of tries) {
    const { status } = await send(method, path, json, key);
    assert.equal(status, 403, `${method} ${path}`);
  }
  // What is theirs they set.
  const own = await server.call('/api/session', { method: 'PATCH', key, json: { language: 'es' } });
  assert.equal(own.status, 200);
});
