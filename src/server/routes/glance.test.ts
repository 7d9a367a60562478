import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { addCatalogue, isTranslated, languages } from '#kernel/i18n/translate.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace, records } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
// One that fails, to see that it takes nothing from the others.
addCatalogue({ en: { 'glance.broken': 'Broken' }, es: {}, lt: {} });
const broken = {
  ...{ name: 'broken', catalogues: { en: {}, es: {}, lt: {} } },
  glance: [{ object: 'account', name: 'broken', read: () => Promise.reject(new TypeError('it is broken')) }],
};
const { call, person, userId } = await serve({ ...runtime, modules: [...runtime.modules, broken] }, workspace);
const [ona, petras] = [await person(), await person()];

type Told = { name: string; label: string; tone: string | null; parts: Record<string, unknown>[] };
const glance = async (id: string, key?: string) => {
  const answer = await call(`/api/glance/account/${id}`, key ? { key } : {});
  const { items } = (await answer.json()) as { items?: Told[] };
  return { status: answer.status, items: new Map((items ?? []).map((one) => [one.name, one])) };
};

const account = await buildAccount(records, { name: 'Litera', classification: 'a', owner: ona.userId });
const contact = await buildContact(records, { account: account.id });
await records.create('accountContact', { account: account.id, contact: contact.id, role: 'decisionMaker' });
const won = (await system.list('stage', { filter: { kind: 'won' }, limit: 1 })).items[0]!;
const amount = { amount: 1200, currency: 'EUR' };
await buildOpportunity(records, { account: account.id, amount });
await buildOpportunity(records, { account: account.id, amount, stage: won.id });
const old = await buildOpportunity(records, { account: account.id, amount, stage: won.id });
await system.update('opportunity', old.id, { wonAt: '2020-01-01' });
await records.create('interaction', { channel: 'phone', account: account.id, contact: contact.id, at: '2026-01-01' });
const soon = new Date(Date.now() + 86_400_000).toISOString();
await records.create('interaction', { channel: 'visit', account: account.id, at: soon });
await records.create('conversation', { subject: 'Late', channel: 'email', account: account.id, lastDirection: 'in' });
await records.create('task', { subject: 'Late', account: account.id, dueOn: '2020-01-01' });
await records.create('task', { subject: 'Some day', account: account.id });

test('what the modules know of an account stands there at once, the broken one left out', async () => {
  const { items } = await glance(account.id);
  const parts = (name: string) => items.get(name)?.parts;
  assert.deepEqual(parts('importance')![0], {
    option: { object: 'account', field: 'classification', value: 'a' },
  });
  assert.deepEqual((parts('people')![0] as { record: { id: string } }).record.id, contact.id);
  assert.deepEqual(parts('wonInYear'), [{ money: amount }]);
  assert.deepEqual(parts('wonInTotal'), [{ money: { amount: 2400, currency: 'EUR' } }]);
  assert.deepEqual(parts('pipeline'), [{ money: amount }]);
  assert.equal((parts('lastContact')![2] as { record: { id: string } }).record.id, contact.id);
  assert.deepEqual(parts('nextContact')![1], { option: { object: 'interaction', field: 'channel', value: 'visit' } });
  assert.deepEqual(parts('waiting')![0], { count: 1 });
  assert.deepEqual(parts('openTasks'), [{ count: 2 }, { word: 'overdue:' }, { count: 1 }]);
  assert.equal(items.get('openTasks')!.tone, 'bad');
  assert.equal(items.has('broken'), false);
});

test('whoever is away is told with who stands in', async () => {
  const absence = { user: ona.userId, from: 'today-1', until: 'today+1', delegate: petras.userId };
  const { id } = await system.create('absence', absence);
  const { parts, tone } = (await glance(account.id)).items.get('responsible')!;
  assert.equal(tone, 'warn');
  assert.deepEqual(
    parts.map((part) => (part as { record?: { id: string } }).record?.id ?? null),
    [ona.userId, null, null, null, petras.userId],
  );
  assert.match((parts[2] as { at: string }).at, /^\d{4}-\d\d-\d\d$/);
  await system.remove('absence', id);
  assert.equal((await glance(account.id)).items.get('responsible')!.parts.length, 1);
});

test('an account of which nothing is known has no empty lines', async () => {
  const empty = await system.create('account', { name: 'Empty' });
  assert.deepEqual([...(await glance(empty.id)).items.keys()], []);
});

test('every contribution: nothing without its right, never a failure, words in every language', async () => {
  const all = runtime.modules.flatMap((module) => module.glance ?? []);
  assert.ok(all.length >= 10);
  const role = await system.create('role', { name: 'Accounts only', grants: { account: { read: 'all' } } });
  const bare = await person();
  await system.update('user', bare.userId, { roles: [role.id] });
  const { status, items } = await glance(account.id, bare.key);
  assert.equal(status, 200);
  assert.deepEqual(
    [...items.keys()].filter((name) => !['importance', 'responsible'].includes(name)),
    [],
  );
  const none = await system.create('role', { name: 'Nothing', grants: { task: { read: 'all' } } });
  await system.update('user', bare.userId, { roles: [none.id] });
  assert.ok([403, 404].includes((await glance(account.id, bare.key)).status));
  await system.update('user', bare.userId, { roles: [] });
  const fields = { 'account.classification': 'hidden', 'account.owner': 'hidden', 'interaction.contact': 'masked' };
  const grants = { '*': { read: 'all' } };
  const narrow = await system.create('role', { name: 'Narrow', grants, fields });
  await system.update('user', bare.userId, { roles: [narrow.id] });
  assert.equal((await glance(account.id, bare.key)).status, 200);
  for (const { name, object } of all) {
    assert.ok(workspace.model.objects.has(object), name);
    for (const language of languages) assert.ok(isTranslated(language, `glance.${name}`), `${language} ${name}`);
  }
  assert.equal((await glance(userId)).status, 404);
});
