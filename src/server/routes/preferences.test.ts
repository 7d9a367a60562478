import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepPreference, MOST_PREFERENCES } from '#kernel/workspace/preferences.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);

const all = async (key?: string) =>
  (await (await server.call('/api/preferences', key ? { key } : {})).json()) as Record<string, unknown>;
const put = (key: string, value: unknown, more: { key?: string } = {}) =>
  server.call(`/api/preferences/${key}`, { method: 'PUT', json: { value }, ...more });

test('what a person sets is theirs, by key, and the last word holds', async () => {
  assert.deepEqual(await all(), {});
  const widths = { name: 240, 'account.name': 180 };
  assert.equal((await put('list.contact.all:widths', widths)).status, 200);
  assert.equal((await put('density', 'comfortable')).status, 200);
  assert.deepEqual(await (await put('density', 'compact')).json(), { value: 'compact' });
  assert.deepEqual(await all(), { density: 'compact', 'list.contact.all:widths': widths });

  const other = await server.person();
  assert.deepEqual(await all(other.key), {});
  await put('density', null, { key: other.key });
  assert.deepEqual(await all(other.key), { density: null });

  assert.equal((await server.call('/api/preferences/density', { method: 'DELETE' })).status, 204);
  assert.equal((await server.call('/api/preferences/density', { method: 'DELETE' })).status, 204);
  assert.deepEqual(Object.keys(await all()), ['list.contact.all:widths']);
  assert.deepEqual(await all(other.key), { density: null });
});

test('what cannot be kept is refused in words', async () => {
  for (const key of ['9lives', '%20', 'a%00', 'a%2Fb', `a${'b'.repeat(160)}`])
    assert.equal((await put(key, 1)).status, 400, key);
  for (const value of [
    'a\u0000b',
    { 'k\ud800': 1 },
    'x'.repeat(120_000),
    JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`),
  ]) {
    const answer = await put('kept', value);
    assert.equal(answer.status, 400, JSON.stringify(value).slice(0, 40));
    const { errors } = (await answer.json()) as { errors: { field: string; message: string }[] };
    assert.equal(errors[0]?.field, 'value');
    assert.ok(errors[0]?.message.includes(' '), errors[0]?.message);
  }
  assert.equal((await put('kept', 'x'.repeat(300_000))).status, 413);
  assert.equal((await server.call('/api/preferences/kept', { method: 'PUT', json: {} })).status, 400);
  assert.equal(
    (await server.call('/api/preferences/kept', { method: 'PUT', json: { value: 1, more: 2 } })).status,
    400,
  );
});

test('nobody fills the disk with preferences', async () => {
  const { userId, key } = await server.person();
  for (let start = 0; start < MOST_PREFERENCES; start++) await keepPreference(workspace, userId, `k${start}`, start);
  assert.equal((await put('one.more', 1, { key })).status, 400);
  assert.equal((await put('k7', 'still', { key })).status, 200);
});
