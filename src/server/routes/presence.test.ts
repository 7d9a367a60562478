import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const at = await buildWorkspace();
const server = await serve(at.runtime, at.workspace);
const account = await buildAccount(at.records);
const own = `/api/presence/account/${account.id}`;

type Heard = { event: string; data: { people?: { user: string; field: string }[] } };

async function listen(key: string): Promise<{ heard: Heard[]; close(): void }> {
  const stopped = new AbortController();
  const response = await server.call('/api/live', { key, signal: stopped.signal });
  const heard: Heard[] = [];
  void (async () => {
    let text = '';
    for await (const bytes of response.body!) {
      text += new TextDecoder().decode(bytes as Uint8Array);
      const frames = text.split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) {
        const [, event] = /^event: (.*)$/m.exec(frame) ?? [];
        const [, data] = /^data: (.*)$/m.exec(frame) ?? [];
        if (event && data) heard.push({ event, data: JSON.parse(data) });
      }
    }
  })().catch(() => {});
  return { heard, close: () => stopped.abort() };
}

async function until(found: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !found(); await sleep(10)) assert.ok(Date.now() < end, 'not heard');
}

const put = (key: string, json: object, path = own) => server.call(path, { method: 'PUT', json, key });

test('those at a record hear who comes, edits and leaves; others hear nothing', async () => {
  const [ona, jonas] = [await server.person(), await server.person()];
  const [onas, elsewhere] = [await listen(ona.key), await listen(server.key)];
  await until(() => onas.heard.length > 0 && elsewhere.heard.length > 0);
  assert.deepEqual(await (await put(ona.key, { seat: 'tab1' })).json(), { people: [] });
  await until(() => onas.heard.some(({ event }) => event === 'presence'));
  const answer = await put(jonas.key, { seat: 'tab1', field: 'name' });
  const { people } = (await answer.json()) as { people: { user: string }[] };
  assert.deepEqual(
    people.map(({ user }) => user),
    [ona.userId],
  );
  const seen = () => onas.heard.findLast(({ event }) => event === 'presence')!.data.people!;
  await until(() => seen().length === 2);
  assert.deepEqual(seen()[1], { ...seen()[1], user: jonas.userId, field: 'name' });
  assert.equal((await server.call(`${own}?seat=tab1`, { method: 'DELETE', key: jonas.key })).status, 204);
  await until(() => seen().length === 1);
  assert.ok(!elsewhere.heard.some(({ event }) => event === 'presence'));
  onas.close();
  elsewhere.close();
});

test('nobody is at a record that they may not see, or that is not there', async () => {
  const missing = '0190aaaa-0000-7000-8000-000000000001';
  assert.equal((await put(server.key, { seat: 'a' }, `/api/presence/account/${missing}`)).status, 404);
  assert.equal((await put(server.key, { seat: 'a' }, `/api/presence/nobody/${account.id}`)).status, 404);
  assert.equal((await put(server.key, { seat: '' })).status, 400);
  assert.equal((await put(server.key, { seat: 'a', more: 1 })).status, 400);
});

test('everybody hears that the definitions changed', async () => {
  const person = await server.person();
  const feed = await listen(person.key);
  await until(() => feed.heard.length > 0);
  const added = await server.call('/api/objects/account/fields', { json: { name: 'segment', type: 'text' } });
  assert.equal(added.status, 201);
  await until(() => feed.heard.some(({ event }) => event === 'definitions'));
  feed.close();
});

test('history is asked by field and by person', async () => {
  const person = await server.person();
  const path = `/api/records/account/${account.id}`;
  await server.call(path, { method: 'PATCH', json: { name: 'Litera 2' } });
  await server.call(path, { method: 'PATCH', json: { website: 'https://litera.example' }, key: person.key });
  const history = async (query: string) =>
    ((await (await server.call(`${path}/history?${query}`)).json()) as { items: { changes: object | null }[] }).items;
  assert.deepEqual(
    (await history('fields=name')).map(({ changes }) => Object.keys(changes ?? {})),
    [['name']],
  );
  assert.equal((await history(`actor=${person.userId}`)).length, 1);
  assert.equal((await history('derived=false')).length, 3);
  assert.equal((await server.call(`${path}/history?fields=nobody`)).status, 400);
  assert.equal((await server.call(`${path}/history?actor=me`)).status, 400);
});
