import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  assert.deepEqual(Object.keys(listed), ['id', 'name', 'prefix', 'createdAt', 'lastUsedAt', 'expiresAt']);
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
