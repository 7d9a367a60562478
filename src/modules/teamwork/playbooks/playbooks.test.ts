import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem, memberRole } from '#kernel/access/access.ts';
import { catchUp, readerStates } from '#kernel/events/readers.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import { runAction } from '#kernel/records/actions.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildOpportunity, buildUser, buildWorkspace } from '#test/build.ts';
import { playbookReader } from './playbook.reader.ts';
import type { RunStep } from './run-steps.ts';
import { workingDayAfter } from './working-days.ts';

const { records, workspace, principal, as } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('a test of playbooks'), 'reader');
const read = async () => {
  await catchUp(workspace, playbookReader);
  const [failed] = (await readerStates(workspace)).filter(({ error }) => error);
  assert.equal(failed, undefined);
};

async function template(values: Record<string, unknown>, steps: Record<string, unknown>[]) {
  const { id } = await records.create('playbook', { name: 'Welcome', ...values });
  for (const [index, step] of steps.entries())
    await records.create('playbookStep', { playbook: id, position: index + 1, subject: `Step ${index + 1}`, ...step });
  return id;
}

const start = async (object: string, id: string, playbook: string) => {
  const started = await (runAction(workspace, principal, object, id, 'startPlaybook', { playbook }) as Promise<{
    run: string;
    changeSet: string;
  }>);
  await read();
  return started;
};
const tasksOf = async (run: string) =>
  (await records.list('task', { filter: { playbookRun: run }, sort: ['subject'], limit: 100 })).items as unknown as {
    id: string;
    subject: string;
    owner: string;
    dueOn: string;
    account: string | null;
  }[];
const runOf = (id: string) => records.read('playbookRun', id);
const refusal = (code: string) => (error: Problem) => {
  assert.equal(error.code, code);
  return true;
};

test('working days are those on which the company works', () => {
  const friday = '2026-11-20';
  assert.equal(workingDayAfter(friday, 0, {}), friday);
  assert.equal(workingDayAfter(friday, 1, {}), '2026-11-23');
  assert.equal(workingDayAfter('2026-11-21', 0, {}), '2026-11-23');
  assert.equal(workingDayAfter('2026-11-21', 1, {}), '2026-11-24');
  assert.equal(workingDayAfter(friday, 5, {}), '2026-11-27');
  assert.equal(workingDayAfter(friday, 0, { workingHours: [{ day: 6, from: '10:00', to: '14:00' }] }), '2026-11-21');
});

test('what waits for no other step is a task at once; the rest follows, step by step, until all of it is done', async () => {
  const keeper = await buildUser(system);
  const account = await buildAccount(records, { owner: keeper.id });
  const id = await template({}, [{ days: 0 }, { after: 'previous', days: 2, who: 'accountOwner' }, { days: 5 }]);
  const { run } = await start('account', account.id, id);
  const first = await tasksOf(run);
  assert.deepEqual(
    first.map(({ subject, owner, account: about }) => [subject, owner, about]),
    [
      ['Step 1', principal.userId, account.id],
      ['Step 3', principal.userId, account.id],
    ],
  );
  const { startedOn, total, next } = await runOf(run);
  assert.deepEqual(
    first.map(({ dueOn }) => dueOn),
    [workingDayAfter(String(startedOn), 0, {}), workingDayAfter(String(startedOn), 5, {})],
  );
  assert.deepEqual([total, next], [3, 'Step 1']);
  await assert.rejects(start('account', account.id, id), refusal('playbook.running'));

  // A template that changes meanwhile does not change what was started.
  const [, second] = (await records.list('playbookStep', { filter: { playbook: id }, sort: ['position'], limit: 9 }))
    .items;
  await records.update('playbookStep', second!.id, { subject: 'Another' });
  await records.update('task', first[0]!.id, { status: 'done' });
  await read();
  await read();
  const then = await tasksOf(run);
  assert.deepEqual(
    then.map(({ subject, owner }) => [subject, owner]),
    [
      ['Step 1', principal.userId],
      ['Step 2', keeper.id],
      ['Step 3', principal.userId],
    ],
  );
  assert.equal((await runOf(run)).done, 1);

  // One that is deleted is behind them, and does not come back; one that is reopened is not.
  await records.remove('task', then[1]!.id);
  await records.update('task', then[2]!.id, { status: 'done' });
  await read();
  assert.deepEqual([(await runOf(run)).done, (await runOf(run)).state], [3, 'done']);
  assert.equal((await tasksOf(run)).length, 2);
  await records.update('task', then[2]!.id, { status: 'open' });
  await read();
  assert.deepEqual([(await runOf(run)).done, (await runOf(run)).state], [2, 'running']);
});

test('stopped, what is not done goes, and comes back with one undo', async () => {
  const account = await buildAccount(records);
  const id = await template({}, [{}, {}, { after: 'previous' }]);
  const { run } = await start('account', account.id, id);
  const [one] = await tasksOf(run);
  await records.update('task', one!.id, { status: 'done' });
  await read();
  const { changeSet } = (await runAction(workspace, principal, 'playbookRun', run, 'stop', {})) as {
    changeSet: string;
  };
  await read();
  assert.deepEqual(
    (await tasksOf(run)).map((task) => task.id),
    [one!.id],
  );
  assert.equal((await runOf(run)).state, 'stopped');
  await records.undo(changeSet);
  assert.equal((await tasksOf(run)).length, 2);
  assert.equal((await runOf(run)).state, 'running');
});

test('a start that is taken back takes its open tasks along, and brings them back', async () => {
  const account = await buildAccount(records);
  const { run, changeSet } = await start('account', account.id, await template({}, [{}, {}, {}]));
  const [done, deleted, open] = await tasksOf(run);
  await records.update('task', done!.id, { status: 'done' });
  await records.remove('task', deleted!.id);
  await read();
  await records.undo(changeSet);
  await read();
  assert.deepEqual(
    (await tasksOf(run)).map(({ id }) => id),
    [done!.id],
  );
  await records.restore('playbookRun', run);
  await read();
  assert.deepEqual(
    (await tasksOf(run)).map(({ id }) => id),
    [done!.id, open!.id],
  );
  assert.equal((await runOf(run)).state, 'running');
});

test('it starts by itself, once, for what its filter fits', async () => {
  const fits = await template({ starts: 'created', filter: { status: 'customer' } }, [{}]);
  await template({ starts: 'created', active: false }, [{}]);
  await template({ starts: 'created' }, []);
  await read();
  const customer = await buildAccount(records, { status: 'customer' });
  const prospect = await buildAccount(records, { status: 'prospect' });
  await read();
  await read();
  const { items } = await records.list('playbookRun', {
    filter: { account: { in: [customer.id, prospect.id] } },
    limit: 9,
  });
  assert.deepEqual(
    items.map((one) => [one.playbook, one.account, one.owner]),
    [[fits, customer.id, customer.owner]],
  );

  const sale = await buildOpportunity(records);
  const { items: stages } = await records.list('stage', {
    filter: { pipeline: String(sale.pipeline), kind: 'open' },
    sort: ['position'],
    limit: 9,
  });
  const stage = stages.at(-1)!.id;
  const atStage = await template({ about: 'opportunity', starts: 'stage', stage }, [{}]);
  await read();
  await records.update('opportunity', sale.id, { stage });
  await read();
  const run = await records.find('playbookRun', { playbook: atStage, opportunity: sale.id });
  assert.equal(run?.state, 'running');
  assert.equal((await tasksOf(run!.id)).length, 1);
});

test('a team’s next one is whoever has the fewest', async () => {
  const team = await system.create('team', { name: 'Welcome' });
  const [one, other] = [await buildUser(system, { teams: [team.id] }), await buildUser(system, { teams: [team.id] })];
  await buildUser(system, { teams: [team.id], active: false });
  const id = await template({}, [
    { who: 'team', team: team.id },
    { who: 'team', team: team.id },
  ]);
  const { run } = await start('account', (await buildAccount(records)).id, id);
  assert.deepEqual(new Set((await tasksOf(run)).map(({ owner }) => owner)), new Set([one.id, other.id]));
});

test('what makes no sense is refused', async () => {
  const account = await buildAccount(records);
  const empty = await template({}, []);
  await assert.rejects(start('account', account.id, empty), refusal('playbook.empty'));
  const ofContacts = await template({ about: 'contact' }, [{}]);
  await assert.rejects(start('account', account.id, ofContacts), refusal('playbook.other-object'));
  await assert.rejects(start('account', account.id, account.id), refusal('record.not-found'));
  for (const values of [
    { starts: 'stage' },
    { starts: 'created', filter: { nothing: 1 } },
    { starts: 'created', filter: 'x' },
    { about: 'opportunity', starts: 'stage' },
  ])
    await assert.rejects(template(values, []), refusal('record.invalid'), JSON.stringify(values));
  // Nobody writes by hand what follows from a start.
  const { run } = await start('account', account.id, await template({}, [{}]));
  const member = await as([memberRole]);
  for (const changes of [{ state: 'done' }, { done: 3 }, { steps: [] as RunStep[] }])
    await assert.rejects(member.records.update('playbookRun', run, changes), refusal('record.invalid'));
});
