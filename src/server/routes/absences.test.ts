import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handoverJob } from '#app/handover.ts';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace, records, principal } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
const { call, person, userId: administrator } = await serve(runtime, workspace);
const [ona, petras] = [await person(), await person()];
const ask = async (path: string, init: Parameters<typeof call>[1] = {}) => {
  const answer = await call(path, init);
  return { status: answer.status, body: (answer.status === 204 ? null : await answer.json()) as Record<string, never> };
};

test('an account on one page: who is who, what is open, what is next; nothing the reader may not see', async () => {
  const account = await buildAccount(records, { name: 'Litera' });
  const contact = await buildContact(records, { jobTitle: 'Buhalterė', emails: ['b@example.com'] });
  await records.create('accountContact', { account: account.id, contact: contact.id, role: 'payer', primary: true });
  await buildOpportunity(records, { account: account.id, name: 'Nauja sutartis' });
  await records.create('task', { subject: 'Later', account: account.id, dueOn: '2030-02-01' });
  await records.create('task', { subject: 'First', account: account.id, dueOn: '2030-01-01' });
  await records.create('task', { subject: 'Done', account: account.id, status: 'done' });
  await records.create('note', { body: '<p>Agreed on 5 %</p>', account: account.id, pinned: true });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  await records.create('interaction', { channel: 'phone', account: account.id, body: 'Wants a discount' });
  await records.create('interaction', { channel: 'visit', account: account.id, at: tomorrow, body: 'To come' });
  const { status, body } = await ask(`/api/briefs/account/${account.id}`);
  assert.equal(status, 200);
  const brief = body as unknown as Record<string, Record<string, unknown>[]> & { nextStep: { subject: string } };
  assert.equal(brief.nextStep.subject, 'First');
  assert.deepEqual(
    [brief.people!.length, brief.opportunities!.length, brief.tasks!.length, brief.notes!.length],
    [1, 1, 2, 1],
  );
  assert.deepEqual(
    brief.interactions!.map(({ subject }) => subject),
    ['Wants a discount'],
  );
  const role = await system.create('role', { name: 'Accounts only', grants: { account: { read: 'all' } } });
  await system.update('user', petras.userId, { roles: [role.id] });
  const limited = (await ask(`/api/briefs/account/${account.id}`, { key: petras.key })).body as unknown as typeof brief;
  assert.deepEqual([limited.people, limited.opportunities, limited.tasks, limited.notes], [[], [], [], []]);
  await system.update('user', petras.userId, { roles: [] });
  assert.equal((await ask(`/api/briefs/account/${ona.userId}`)).status, 404);
});

test('the report tells what the delegate did with the records of who was away, and only that', async () => {
  const account = await system.create('account', { name: 'Onos', owner: ona.userId });
  const others = await system.create('account', { name: 'Kito', owner: principal.userId });
  const { body: absence } = await ask('/api/records/absence', {
    key: ona.key,
    json: { from: 'today-1', until: 'today+1', delegate: petras.userId },
  });
  const change = (id: string, employees: number) =>
    ask(`/api/records/account/${id}`, { key: petras.key, method: 'PATCH', json: { employees } });
  await change(account.id, 5);
  await change(others.id, 6);
  const { status, body } = await ask(`/api/absences/${(absence as unknown as { id: string }).id}/report`, {
    key: ona.key,
  });
  assert.equal(status, 200);
  const { items } = body as unknown as { items: { title: string; events: { fields: string[]; actor: string }[] }[] };
  assert.deepEqual(
    items.map(({ title, events }) => [title, events.map(({ fields, actor }) => [fields, actor])]),
    [['Onos', [[['employees'], petras.userId]]]],
  );
});

test('somebody leaves: all that was theirs is given away as one act, and taken back as one', async () => {
  for (let n = 0; n < 1_200; n += 400)
    await system.createMany(
      'account',
      Array.from({ length: 400 }, (_, i) => ({ name: `H ${n + i}`, owner: ona.userId })),
    );
  await system.create('task', { subject: 'Hers', owner: ona.userId });
  const count = async (user: string, object: string) => (await system.count(object, { owner: user })).value;
  const before = [await count(ona.userId, 'account'), await count(petras.userId, 'account')];
  assert.equal(
    (await ask(`/api/users/${ona.userId}/handover`, { key: petras.key, json: { to: petras.userId } })).status,
    403,
  );
  assert.equal((await ask(`/api/users/${ona.userId}/handover`, { json: { to: ona.userId } })).status, 400);
  const { status, body } = await ask(`/api/users/${ona.userId}/handover`, { json: { to: petras.userId } });
  assert.equal(status, 202);
  const { changeSet } = body as unknown as { changeSet: string };
  const run = () =>
    handoverJob(runtime).run({ from: ona.userId, to: petras.userId, changeSet }, {
      id: changeSet,
      workspaceId: workspace.id,
      createdBy: administrator,
      progress() {},
      signal: new AbortController().signal,
    } as never);
  // The worker is not running here.
  assert.deepEqual(await run(), { changed: before[0]! + 1, refused: 0, changeSet });
  assert.deepEqual(await run(), { changed: 0, refused: 0, changeSet });
  assert.deepEqual([await count(ona.userId, 'account'), await count(ona.userId, 'task')], [0, 0]);
  assert.equal(await count(petras.userId, 'account'), before[0]! + before[1]!);
  assert.equal((await ask(`/api/changes/${changeSet}/undo`, { method: 'POST' })).status, 200);
  assert.deepEqual([await count(ona.userId, 'account'), await count(petras.userId, 'account')], before);
});
