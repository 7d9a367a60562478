import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standardRoles } from '#app/standard-roles.ts';
import { catchUp } from '#kernel/events/readers.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import { runAction } from '#kernel/records/actions.ts';
import { buildWorkspace } from '#test/build.ts';
import { notify } from './notify.ts';

const { workspace, records: all, as } = await buildWorkspace();
const representative = standardRoles.find(({ name }) => name === 'representative')!;
const [giver, taker, third] = await Promise.all([1, 2, 3].map(() => as([representative])));
const [me, they] = [giver!.principal.userId!, taker!.principal.userId!];
const act = (who: typeof giver, id: string, name: string, input = {}) =>
  runAction(workspace, who!.principal, 'task', id, name, input);

test('given away, accepted and finished: whoever gave it sees it and hears of each', async () => {
  const task = await giver!.records.create('task', { subject: 'Offer' });
  await told();
  const given = (await act(giver, task.id, 'delegate', { to: they, followUpOn: '2027-01-08' })) as typeof task;
  assert.deepEqual(
    [given.owner, given.givenBy, given.delegatedTo, given.acceptance, given.followUpOn],
    [they, me, they, 'asked', '2027-01-08'],
  );
  assert.deepEqual(await told(), [[they, 'asked', 'Offer']]);
  await act(taker, task.id, 'accept');
  assert.deepEqual(await told(), [[me, 'accepted', 'Offer']]);
  await taker!.records.update('task', task.id, { status: 'done' });
  assert.deepEqual(await told(), [[me, 'finished', 'Offer']]);
  assert.equal((await giver!.records.read('task', task.id)).status, 'done');
});

test('declined with a reason it comes back, and may be given again', async () => {
  const task = await giver!.records.create('task', { subject: 'Visit' });
  await told();
  await act(giver, task.id, 'delegate', { to: they });
  await told();
  await assert.rejects(act(taker, task.id, 'decline', {}), (error: Problem) => error.code === 'request.invalid');
  await assert.rejects(
    taker!.records.update('task', task.id, { acceptance: 'declined' }),
    (error: Problem) => error.code === 'record.invalid' && error.errors[0]?.field === 'answer',
  );
  await act(taker, task.id, 'decline', { answer: 'On holiday' });
  const back = await giver!.records.read('task', task.id);
  assert.deepEqual([back.owner, back.acceptance, back.answer, back.delegatedTo], [me, 'declined', 'On holiday', they]);
  assert.deepEqual(await told(), [[me, 'declined', 'Visit', 'On holiday']]);
  const again = (await act(giver, task.id, 'delegate', { to: third!.principal.userId! })) as typeof task;
  assert.deepEqual([again.acceptance, again.answer], ['asked', null]);
  assert.deepEqual(await told(), [[third!.principal.userId, 'asked', 'Visit']]);
  const reminded = (await act(giver, task.id, 'delegate', { to: third!.principal.userId! })) as typeof task;
  assert.equal(reminded.acceptance, 'asked', 'asked once more while there is no answer');
});

test('nobody gives a task to themself, answers their own question or one that nobody asked', async () => {
  const task = await giver!.records.create('task', { subject: 'Own' });
  const refused = (field: string) => (error: Problem) =>
    error.code === 'record.invalid' && error.errors.some((one) => one.field === field);
  await assert.rejects(act(giver, task.id, 'delegate', { to: me }), refused('owner'));
  await assert.rejects(giver!.records.update('task', task.id, { acceptance: 'accepted' }), refused('acceptance'));
  await assert.rejects(giver!.records.update('task', task.id, { givenBy: they }), refused('givenBy'));
  await act(giver, task.id, 'delegate', { to: they });
  await assert.rejects(act(giver, task.id, 'accept'), refused('acceptance'));
  await assert.rejects(act(third, task.id, 'accept'), (error: Problem) => /denied|not-found/.test(error.code));
  await assert.rejects(third!.records.read('task', task.id), (error: Problem) => error.code === 'record.not-found');
});

test('given to a third one as any record is, it is no question any more', async () => {
  const task = await giver!.records.create('task', { subject: 'Passed on' });
  await act(giver, task.id, 'delegate', { to: they });
  await all.update('task', task.id, { owner: third!.principal.userId! });
  assert.equal((await all.read('task', task.id)).acceptance, null);
});

let heard = new Set<string>();

async function told(): Promise<unknown[][]> {
  await catchUp(workspace, notify);
  const { items } = await all.list('notification', { limit: 500 });
  const fresh = items.filter(({ id }) => !heard.has(id));
  heard = new Set(items.map(({ id }) => id));
  return fresh.map(({ user, kind, params }) => {
    const { title, answer } = params as { title: string; answer?: string };
    return [user, kind, title, ...(answer ? [answer] : [])];
  });
}
