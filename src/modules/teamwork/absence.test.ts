import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalOf } from '#app/principal.ts';
import { asSystem } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildUser, buildWorkspace } from '#test/build.ts';
import { notify } from './notify.ts';
import { type Away, standingInFor, whoDoes } from './standing-in.ts';

const { workspace } = await buildWorkspace();
// Today is the same day for everybody, also between ten and midnight UTC.
const system = recordsFor(workspace, { ...asSystem('test data'), timeZone: 'Europe/Vilnius' }, 'setup');
const own = { create: 'own', read: 'own', update: 'own', delete: 'own', reassign: 'own' };
const seller = await system.create('role', {
  name: 'Seller',
  grants: { account: own, opportunity: own, task: own },
});
const boss = await buildUser(system, { name: 'Vadovė' });
const person = (name: string) => buildUser(system, { name, roles: [seller.id], manager: boss.id });
const [ona, petras, jonas] = [await person('Ona'), await person('Petras'), await person('Jonas')];
const as = async (id: string) => recordsFor(workspace, (await principalOf(workspace, id))!, 'rest');
const refused = (field: string, code: string) => (error: Problem) => {
  assert.deepEqual(
    error.errors.map((one) => [one.field, one.code]),
    [[field, code]],
  );
  return true;
};
const hasCode = (code: string) => (error: Problem) => error.code === code;
const names = async (id: string, object = 'account') =>
  (await (await as(id)).list(object, { sort: ['name'] })).items.map(({ name }) => name);

test('the delegate sees and works what is left to them, from the first day to the last', async () => {
  const onas = await as(ona.id);
  const account = await onas.create('account', { name: 'Onos klientas' });
  await onas.create('task', { subject: 'Onos užduotis' });
  const away = await onas.create('absence', {
    from: 'today',
    until: 'today+7',
    delegate: petras.id,
    scope: ['accounts'],
  });
  assert.equal(away.name, 'Ona');
  assert.deepEqual(await names(petras.id), ['Onos klientas']);
  assert.deepEqual((await (await as(petras.id)).list('task')).items, []);
  const changed = await (await as(petras.id)).update('account', account.id, { employees: 7 });
  assert.deepEqual([changed.employees, changed.owner], [7, ona.id], 'the owner stays the owner');
  assert.deepEqual(await names(jonas.id), []);

  await onas.update('absence', away.id, { scope: [] });
  assert.equal((await (await as(petras.id)).list('task')).items.length, 1);
  await onas.update('absence', away.id, { from: 'today+1' });
  assert.deepEqual(await names(petras.id), []);
  await onas.update('absence', away.id, { from: 'today-9', until: 'today-1' });
  assert.deepEqual(await names(petras.id), []);
  await onas.update('absence', away.id, { from: 'today-9', until: 'today' });
  assert.deepEqual(await names(petras.id), ['Onos klientas']);
});

test('a delegate who is away too leaves it to their own, and never more than they were left', async () => {
  await system.create('absence', {
    user: petras.id,
    from: 'today',
    until: 'today',
    delegate: jonas.id,
    scope: ['tasks'],
  });
  assert.deepEqual(await names(jonas.id), [], 'accounts were not left to Jonas');
  assert.equal((await (await as(jonas.id)).list('task')).items.length, 1);
});

test('what is new comes to the delegate too', async () => {
  await catchUp(workspace, notify);
  const bosses = await as(boss.id);
  await bosses.create('task', { subject: 'Nauja', owner: ona.id });
  await catchUp(workspace, notify);
  const heard = (await system.list('notification', { filter: { kind: 'assigned' }, sort: ['id'] })).items;
  assert.deepEqual(
    heard.map(({ user, params }) => [user, (params as { insteadOf?: string }).insteadOf]),
    [
      [ona.id, undefined],
      [jonas.id, ona.id],
    ],
  );
});

test('nobody hears of a record that they may not see', async () => {
  const account = await system.create('account', { name: 'Paslaptis', owner: boss.id });
  await system.create('comment', {
    targetObject: 'account',
    targetId: account.id,
    body: `@{${jonas.id}} @{${boss.id}}`,
  });
  await catchUp(workspace, notify);
  const heard = (await system.list('notification', { filter: { targetId: account.id } })).items;
  assert.deepEqual([...new Set(heard.map(({ user }) => user))], [boss.id]);
});

test('what makes no sense is refused', async () => {
  const days = { from: '2030-01-01', until: '2030-01-10' };
  const create = (values: object) => system.create('absence', { ...days, ...values });
  assert.equal((await create({ user: ona.id })).delegate, boss.id, 'whoever they report to');
  await assert.rejects(create({ user: boss.id }), refused('delegate', 'absence.nobody'));
  await assert.rejects(create({ user: jonas.id, delegate: jonas.id }), refused('delegate', 'absence.oneself'));
  await assert.rejects(create({ user: jonas.id, until: '2029-12-31' }), refused('until', 'absence.ends-before'));
  await assert.rejects(create({ user: ona.id, delegate: petras.id }), refused('from', 'absence.overlaps'));
  await assert.rejects(create({ user: boss.id, delegate: ona.id }), refused('delegate', 'absence.circle'));
  const gone = await buildUser(system, { active: false });
  await assert.rejects(create({ user: jonas.id, delegate: gone.id }), refused('delegate', 'absence.not-there'));
  const onas = await as(ona.id);
  await assert.rejects(
    onas.create('absence', { ...days, user: jonas.id, from: '2029-12-30' }),
    hasCode('access.denied'),
  );
});

test('chains and circles that were made at the same moment come to an end', () => {
  const day = { from: '2030-01-01', until: '2030-01-01', scope: null };
  const circle: Away[] = [
    { ...day, id: '1', user: 'a', delegate: 'b' },
    { ...day, id: '2', user: 'b', delegate: 'c' },
    { ...day, id: '3', user: 'c', delegate: 'a' },
  ];
  assert.deepEqual(
    standingInFor('c', circle)
      .map(({ userId }) => userId)
      .sort(),
    ['a', 'b'],
  );
  assert.deepEqual(whoDoes('a', 'task', circle), []);
  assert.deepEqual(whoDoes('a', 'task', circle.slice(0, 2)), ['c']);
});
