import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { applyRetention, eraseJob } from '#app/privacy.ts';
import { identifier } from '#kernel/database/sql.ts';
import type { RunningJob } from '#kernel/jobs/jobs.ts';
import { newId } from '#kernel/records/new-id.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let world: TestWorkspace;
let server: TestServer;

before(async () => {
  world = await buildWorkspace();
  server = await serve(world.runtime, world.workspace);
});

async function json<T>(path: string, init: Parameters<TestServer['call']>[1] = {}, status = 200): Promise<T> {
  const response = await server.call(path, init);
  assert.equal(response.status, status, await response.clone().text());
  return (await response.json()) as T;
}

test('everything that is held about somebody, for administrators, noted as an export', async () => {
  const { records } = world;
  const account = await buildAccount(records, { name: 'Holder' });
  const contact = await buildContact(records, { lastName: 'Held', account: account.id, emails: ['held@example.com'] });
  await records.create('note', { body: '<p>likes tea</p>', contact: contact.id });
  await records.create('consent', { contact: contact.id, purpose: 'newsletter', channel: 'email' });
  await records.update('contact', contact.id, { jobTitle: 'Buyer' });
  const trashed = await records.create('task', { subject: 'Call Held', contact: contact.id });
  await records.remove('task', trashed.id);

  const held = await json<{
    title: string;
    records: { object: string; items: Record<string, unknown>[] }[];
    events: unknown[];
  }>(`/api/privacy/contact/${contact.id}`);
  assert.equal(held.title, 'Aldona Held');
  assert.deepEqual(held.records.map(({ object }) => object).sort(), ['consent', 'contact', 'note', 'task']);
  assert.deepEqual(held.records[0]!.items[0]!.emails, [{ value: 'held@example.com', label: null }]);
  assert.ok(held.events.length >= 5);
  assert.ok(!held.records.some(({ object }) => object === 'account'), 'the company is no part of the person');
  const { items } = await json<{ items: { record: string; operation: string }[] }>('/api/audit?operation=export');
  assert.equal(items[0]!.record, contact.id);

  const someone = await server.person();
  for (const path of [
    `/api/privacy/contact/${contact.id}`,
    `/api/privacy/contact/${contact.id}/erasure?mode=delete`,
    '/api/privacy/erasures',
    '/api/privacy/retention',
  ])
    assert.equal((await server.call(path, { key: someone.key })).status, 403, path);
  const erase = { json: { mode: 'delete' }, key: someone.key };
  assert.equal((await server.call(`/api/privacy/contact/${contact.id}/erasure`, erase)).status, 403);
  assert.equal((await server.call(`/api/privacy/contact/${newId()}`)).status, 404);
  assert.equal((await server.call(`/api/privacy/nothing/${newId()}`)).status, 404);
});

test('an erasure is planned, queued, done and proved', async () => {
  const { records, runtime, workspace } = world;
  const contact = await buildContact(records, { lastName: 'Leaving' });
  const account = await buildAccount(records);
  await records.create('accountContact', { account: account.id, contact: contact.id, role: 'user', comment: 'x' });
  const path = `/api/privacy/contact/${contact.id}/erasure`;
  const plan = await json<{ records: { object: string; deleted: number }[] }>(`${path}?mode=delete`);
  assert.deepEqual(plan.records.map(({ object }) => object).sort(), ['accountContact', 'contact']);
  const { job } = await json<{ job: string }>(path, { json: { mode: 'delete' } }, 202);
  assert.ok(job);
  const running = { id: job, workspaceId: workspace.id, createdBy: server.userId, progress() {} };
  const payload = { object: 'contact', id: contact.id, mode: 'delete', reason: 'request' } as const;
  await eraseJob(runtime).run(payload, { ...running, signal: new AbortController().signal } as RunningJob);
  assert.equal((await server.call(`/api/records/contact/${contact.id}?deleted=true`)).status, 404);
  const { items } = await json<{ items: { record: string; hash: string; doneBy: string }[] }>('/api/privacy/erasures');
  assert.equal(items[0]!.record, contact.id);
  assert.equal(items[0]!.doneBy, server.userId);
  const audit = await json<{ items: { operation: string; changes: Record<string, unknown[]> | null }[] }>(
    `/api/audit?record=${contact.id}`,
  );
  const noted = audit.items.find(({ operation, changes }) => operation === 'erase' && changes?.proof);
  assert.deepEqual(noted?.changes?.proof, [null, items[0]!.hash], 'the proof stands in the stream');
  assert.equal((await server.call(path, { json: { mode: 'maybe' } })).status, 400);
  const self = `/api/privacy/user/${server.userId}/erasure`;
  assert.equal((await server.call(self, { json: { mode: 'delete' } })).status, 422);
});

test('rules about keeping data: tried first, applied to what nobody touched, and nothing else', async () => {
  const { records, runtime, workspace } = world;
  const [old, young, selling] = [await buildContact(records), await buildContact(records), await buildContact(records)];
  const opportunity = await buildOpportunity(records);
  await records.create('opportunityContact', { opportunity: opportunity.id, contact: selling.id, role: 'user' });
  const table = `${identifier(workspace.schema)}.contact`;
  await runtime.database.run(
    `update ${table} set updated_at = now() - interval '3 years' where id in ('${old.id}', '${selling.id}')`,
  );
  const rules = [{ object: 'contact', months: 24, act: 'anonymise' }];
  const due = await json<{ items: { count: number; isMore: boolean; records: string[] }[] }>(
    '/api/privacy/retention/due',
    { json: { rules } },
  );
  assert.deepEqual(due.items[0]!.records, [old.id]);
  for (const wrong of [
    [{ object: 'contact', months: 1, act: 'delete' }],
    [{ object: 'user', months: 24, act: 'delete' }],
    [{ object: 'stage', months: 24, act: 'delete' }],
    [rules[0], rules[0]],
  ])
    assert.equal((await server.call('/api/privacy/retention', { method: 'PUT', json: { rules: wrong } })).status, 400);
  await json('/api/privacy/retention', { method: 'PUT', json: { rules } });
  const { job } = await json<{ job: string | null }>('/api/privacy/retention/run', { method: 'POST' }, 202);
  assert.ok(job);
  assert.deepEqual(await applyRetention(runtime, workspace.id), [{ object: 'contact', done: 1, refused: 0 }]);
  assert.ok(!(await records.read('contact', old.id)).name);
  for (const { id, name } of [young, selling]) assert.equal((await records.read('contact', id)).name, name);
  await runtime.database.run(`update ${table} set updated_at = now() - interval '9 years' where id = '${old.id}'`);
  assert.deepEqual(await applyRetention(runtime, workspace.id), [{ object: 'contact', done: 0, refused: 0 }]);
  const renamed = await records.update('contact', old.id, { tags: ['kept'] });
  assert.deepEqual(renamed.tags, ['kept'], 'without a name it can still be changed');
});

test('who made a key, took one back, or made somebody an administrator is noted', async () => {
  const made = await json<{ id: string }>('/api/keys', { json: { name: 'for the test' } }, 201);
  assert.equal((await server.call(`/api/keys/${made.id}`, { method: 'DELETE' })).status, 204);
  const someone = await server.person();
  await json(`/api/users/${someone.userId}`, { method: 'PATCH', json: { administrator: true } });
  const noted = async (operation: string) =>
    (
      await json<{ items: { changes: Record<string, unknown[]>; record: string }[] }>(
        `/api/audit?operation=${operation}`,
      )
    ).items;
  assert.match(String((await noted('revoke'))[0]!.changes.key![1]), /for the test/);
  const [rights, key] = await noted('rights');
  assert.deepEqual(rights!.changes.administrator, [null, true]);
  assert.equal(rights!.record, someone.userId);
  assert.equal(key!.changes.key![1], 'for the test');
});
