import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalOf } from '#app/principal.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { ListQuery } from '#kernel/query/query.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { searchAll } from '#kernel/search/search.ts';
import { buildAccount, buildContact, buildOpportunity, buildUser, buildWorkspace } from '#test/build.ts';
import { asSystem, type Grant, type Operation, operations, type Principal, type Role, roleOf } from './access.ts';

const { workspace, records: boss } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
let number = 0;

/** Somebody with roles and teams, as they are when they sign in. */
async function person(
  role: Partial<Role> | readonly string[],
  more: { teams?: string[]; manager?: string } = {},
): Promise<{ id: string; principal: Principal; records: Records }> {
  const roles = 'length' in role ? role : [(await makeRole(role)).id];
  const user = await buildUser(system, { roles, ...more });
  return as(user.id);
}

async function as(id: string) {
  const principal = (await principalOf(workspace, id))!;
  return { id, principal, records: recordsFor(workspace, principal, 'rest') };
}

function makeRole({ grants = {}, fields }: Partial<Role>) {
  return system.create('role', { name: `Role ${++number}`, grants, ...(fields ? { fields } : {}) });
}

function all(...except: [Operation, Grant][]): Partial<Record<Operation, Grant>> {
  return { ...Object.fromEntries(operations.map((operation) => [operation, 'all'])), ...Object.fromEntries(except) };
}

const names = async (records: Records, object = 'account') =>
  (await records.list(object, { sort: ['name'], limit: 100 })).items.map(({ name }) => name);
const denied = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test('without a grant an object does not exist for anybody', async () => {
  const { records, principal } = await person({ grants: { contact: { read: 'all' } } });
  const { id } = await buildAccount(boss, { name: 'Unseen' });
  for (const act of [
    () => records.list('account'),
    () => records.read('account', id),
    () => records.count('account'),
    () => records.aggregate('account', { measures: { n: { count: true } } }),
    () => records.create('account', { name: 'X' }),
    () => records.update('account', id, { name: 'X' }),
    () => records.remove('account', id),
    () => records.history('account', id),
    () => records.updateMany('account', { ids: [id] }, { name: 'X' }),
  ])
    await assert.rejects(act(), denied('access.denied'));
  const door = { workspace, principal, via: 'rest', trusted: false, unit: null };
  assert.deepEqual((await searchAll(door, 'unseen')).groups, []);
});

test('own, team, tree: the owners whose records are seen', async () => {
  const scoped = (scope: Grant) => ({
    grants: { account: all(['read', scope], ['update', 'own'], ['create', 'own']) },
  });
  const kaunas = (await system.create('team', { name: 'Kaunas' })).id;
  const chief = await person(scoped('tree'));
  const lead = await person(scoped(['team', 'tree']), { teams: [kaunas], manager: chief.id });
  const seller = await person(scoped('own'), { teams: [kaunas], manager: lead.id });
  const other = await person(scoped('own'));
  for (const [one, name] of [
    [chief, 'S chief'],
    [lead, 'S lead'],
    [seller, 'S seller'],
    [other, 'S other'],
  ] as const)
    await one.records.create('account', { name });
  assert.deepEqual(await names(seller.records), ['S seller']);
  assert.deepEqual(await names((await as(lead.id)).records), ['S lead', 'S seller']);
  assert.deepEqual(await names((await as(chief.id)).records), ['S chief', 'S lead', 'S seller']);
  assert.deepEqual(await names(other.records), ['S other']);

  assert.deepEqual(await other.records.count('account'), { value: 1, kind: 'exact' });
  const foreign = (await boss.list('account', { filter: { name: 'S seller' } })).items[0]!.id;
  await assert.rejects(other.records.read('account', foreign), denied('record.not-found'));
  await assert.rejects(other.records.update('account', foreign, { name: 'X' }), denied('record.not-found'));
  const leads = await as(lead.id);
  await assert.rejects(leads.records.update('account', foreign, { name: 'X' }), denied('access.denied'));
  // Nobody creates for others what they could not keep, nor gives away what is not theirs to give.
  await assert.rejects(seller.records.create('account', { name: 'S gift', owner: other.id }), denied('access.denied'));
});

test('through a reference: who sees the account sees its sales; and through another object of any kind', async () => {
  const seller = await person({
    grants: {
      account: { read: 'own', create: 'own' },
      opportunity: { read: ['own', { through: 'account' }], update: 'own' },
      note: { read: { through: 'account' }, create: 'all' },
    },
  });
  const mine = await seller.records.create('account', { name: 'T mine' });
  const foreign = await buildAccount(boss, { name: 'T foreign' });
  const seen = await buildOpportunity(boss, { name: 'T seen', account: mine.id });
  const unseen = await buildOpportunity(boss, { name: 'T unseen', account: foreign.id });
  assert.deepEqual(await names(seller.records, 'opportunity'), ['T seen']);
  await assert.rejects(seller.records.update('opportunity', seen.id, { name: 'X' }), denied('access.denied'));
  await boss.create('note', { body: '<p>on mine</p>', account: mine.id });
  await boss.create('note', { body: '<p>on foreign</p>', account: foreign.id });
  assert.equal((await seller.records.list('note')).items.length, 1);

  const remark = (id: string) => ({ targetObject: 'opportunity', targetId: id, body: 'Remark' });
  await boss.create('comment', remark(seen.id));
  await boss.create('comment', remark(unseen.id));
  assert.deepEqual(
    (await seller.records.list('comment')).items.map(({ targetId }) => targetId),
    [seen.id],
  );
  await assert.rejects(seller.records.create('comment', remark(unseen.id)), denied('record.not-found'));
  await seller.records.create('comment', remark(seen.id));
});

test('a filter finds by fields that its readers may not see themselves', async () => {
  const { records } = await person({
    grants: { account: all(['read', { filter: { industry: { is: 'retail' } } }]) },
    fields: { 'account.industry': 'hidden' },
  });
  await buildAccount(boss, { name: 'F shop', industry: 'retail' });
  await buildAccount(boss, { name: 'F bank', industry: 'finance' });
  assert.deepEqual(await names(records), ['F shop']);
});

test('a share shows one record more, to read or to change, until its day, until it is taken back', async () => {
  const grants = { account: all(['read', 'own'], ['update', 'own'], ['delete', 'own'], ['reassign', 'own']) };
  const owner = await person({ grants });
  const vilnius = (await system.create('team', { name: 'Vilnius' })).id;
  let helper = await person({ grants }, { teams: [vilnius] });
  const account = await owner.records.create('account', { name: 'Shared' });
  const onAccount = { targetObject: 'account', targetId: account.id };
  assert.deepEqual(await names(helper.records), []);

  const given = await owner.records.create('share', { ...onAccount, user: helper.id });
  // As they are at their next request.
  helper = await as(helper.id);
  assert.deepEqual(await names(helper.records), ['Shared']);
  await assert.rejects(helper.records.update('account', account.id, { name: 'X' }), denied('access.denied'));
  await owner.records.update('share', given.id, { level: 'write' });
  await helper.records.update('account', account.id, { name: 'Shared 2' });
  // What is shared may not be deleted, given away or shared on.
  await assert.rejects(helper.records.remove('account', account.id), denied('access.denied'));
  await assert.rejects(helper.records.update('account', account.id, { owner: helper.id }), denied('record.invalid'));
  await assert.rejects(helper.records.create('share', { ...onAccount, team: vilnius }), denied('access.denied'));
  await owner.records.remove('share', given.id);
  assert.deepEqual(await names(helper.records), []);

  const toTeam = await owner.records.create('share', { ...onAccount, team: vilnius, until: '2999-12-31' });
  assert.deepEqual(await names(helper.records), ['Shared 2']);
  await system.update('share', toTeam.id, { until: '2000-01-01' }).catch(() => undefined);
  for (const [bad, field] of [
    [{ user: owner.id }, 'user'],
    [{}, 'user'],
    [{ user: helper.id, team: vilnius }, 'user'],
    [{ user: helper.id, until: '2000-01-01' }, 'until'],
  ] as const)
    await assert.rejects(owner.records.create('share', { ...onAccount, ...bad }), (error: Problem) => {
      assert.equal(error.errors[0]?.field, field);
      return true;
    });
  const foreign = await buildAccount(boss, { name: 'Not theirs' });
  await assert.rejects(
    owner.records.create('share', { targetObject: 'account', targetId: foreign.id, user: helper.id }),
    denied('record.not-found'),
  );
});

test('hidden means absent; masked shows the end and finds nothing', async () => {
  const limited = await person({
    grants: { contact: all(), account: all() },
    fields: {
      'contact.emails': 'hidden',
      'contact.phones': 'masked',
      'contact.jobTitle': 'read',
      'account.name': 'hidden',
    },
  });
  const account = await buildAccount(boss, { name: 'Slaptoji' });
  const input = {
    lastName: 'Zuokas',
    emails: ['paslaptis@example.com'],
    phones: ['+37061234567'],
    jobTitle: 'Chef',
    account: account.id,
  };
  const { id } = await buildContact(boss, input);
  const seen = await limited.records.read('contact', id, { expand: ['account'] });
  assert.ok(!('emails' in seen));
  assert.deepEqual(seen.phones, [{ value: '••••4567' }]);
  assert.equal((seen.expanded as { account: { title: unknown } }).account.title, null);
  const queries: ListQuery[] = [
    { filter: { emails: { contains: 'paslaptis' } } },
    { filter: { phones: { contains: '612' } } },
    { sort: ['emails'] },
    { fields: ['emails'] },
    { filter: { 'account.name': { contains: 'Slap' } } },
  ];
  for (const query of queries) await assert.rejects(limited.records.list('contact', query), denied('field.unknown'));
  await assert.rejects(
    limited.records.aggregate('contact', { groupBy: ['account.name'], measures: { n: { count: true } } }),
    denied('field.unknown'),
  );
  const door = { workspace, principal: limited.principal, via: 'rest', trusted: false, unit: null };
  for (const words of ['paslaptis', '61234567', 'slaptoji']) {
    assert.deepEqual((await searchAll(door, words)).groups, [], words);
    assert.equal((await limited.records.list('contact', { search: words })).items.length, 0, words);
  }
  assert.equal((await searchAll(door, 'zuokas')).groups[0]?.items.length, 1);
  assert.equal((await searchAll(door, 'Žuokas')).groups[0]?.items[0]?.detail, null);

  await boss.update('contact', id, { emails: ['kita@example.com'], phones: ['+37061234568'] });
  for (const { changes } of await limited.records.history('contact', id))
    assert.deepEqual(
      Object.keys(changes ?? {}).filter((field) => field === 'emails' || field === 'phones'),
      [],
    );
  await assert.rejects(
    limited.records.update('contact', id, { emails: [] }),
    (error: Problem) => error.errors[0]?.code === 'field.unknown',
  );
  await assert.rejects(
    limited.records.update('contact', id, { jobTitle: 'X' }),
    (error: Problem) => error.errors[0]?.code === 'field.read-only',
  );
  // The value behind a mask is not told by what is refused and what is not.
  for (const guess of ['+37061234568', '+37061234999'])
    await assert.rejects(
      limited.records.update('contact', id, { phones: [guess] }),
      (error: Problem) => error.errors[0]?.code === 'field.read-only',
    );
  await limited.records.update('contact', id, { phones: [{ value: '••••4568' }], lastName: 'Žuokienė' });
});

test('several roles are added to one another; a role on other objects opens no field', async () => {
  const narrow = await makeRole({ grants: { contact: { read: 'own' } }, fields: { 'contact.emails': 'hidden' } });
  const wide = await makeRole({ grants: { contact: { read: 'all', update: 'own' } } });
  const elsewhere = await makeRole({ grants: { account: { read: 'all' } } });
  const { records } = await person([narrow.id, elsewhere.id]);
  const { id } = await buildContact(boss, { emails: ['a@example.com'] });
  await assert.rejects(records.read('contact', id), denied('record.not-found'));
  const own = await boss.create('contact', {
    lastName: 'Own',
    emails: ['b@example.com'],
    owner: (await person([narrow.id, elsewhere.id])).id,
  });
  const both = await person([narrow.id, wide.id]);
  assert.ok('emails' in (await both.records.read('contact', own.id)));
});

test('reassign, export, bulk, merge and run are rights of their own', async () => {
  const member = await person({
    grants: {
      account: all(['reassign', 'none'], ['bulk', 'none'], ['merge', 'none']),
      opportunity: all(['run', 'own']),
    },
  });
  const colleague = await person({ grants: {} });
  const [a, b] = [await buildAccount(boss), await buildAccount(boss)];
  await assert.rejects(member.records.update('account', a.id, { owner: colleague.id }), denied('record.invalid'));
  await assert.rejects(member.records.updateMany('account', { ids: [a.id] }, { name: 'X' }), denied('access.denied'));
  await assert.rejects(member.records.merge('account', { survivor: a.id, others: [b.id] }), denied('access.denied'));
  assert.equal((await member.records.allowed('opportunity', 'run', [(await buildOpportunity(boss)).id])).size, 0);
});

test('what is limited by a key stays within it', async () => {
  const { principal } = await person({ grants: { account: all(), contact: all() } });
  const limits = { account: { read: 'all' as const } };
  const records = recordsFor(workspace, { ...principal, limits }, 'rest');
  await records.list('account');
  await assert.rejects(records.list('contact'), denied('access.denied'));
  await assert.rejects(records.create('account', { name: 'X' }), denied('access.denied'));
});

test('a role that nobody understands is refused, one in use stays, one in the trash allows nothing', async () => {
  for (const grants of [
    { account: { read: 'everything' } },
    { account: { see: 'all' } },
    { account: { read: { filter: { industry: { is: 3 } } } } },
    { account: { read: { filter: { nothing: 1 } } } },
    'all',
    [{ account: { read: 'all' } }],
  ])
    await assert.rejects(
      system.create('role', { name: `Bad ${++number}`, grants }),
      denied('record.invalid'),
      JSON.stringify(grants),
    );
  await assert.rejects(makeRole({ grants: {}, fields: { account: 'hidden' } as never }), denied('record.invalid'));
  const role = await makeRole({ grants: { account: { read: 'all' } } });
  const { id } = await person([role.id]);
  await assert.rejects(system.remove('role', role.id), denied('role.in-use'));
  const { database, schema } = workspace;
  await database.run(`update "${schema}".role set deleted_at = now() where id = $1::uuid`, [role.id]);
  await assert.rejects((await as(id)).records.list('account'), denied('access.denied'));
});

test('nobody gives themself a role', async () => {
  const role = await makeRole({ grants: { '*': all() } });
  for (const { records, id } of [await person({ grants: { '*': all() } }), await person([])]) {
    await assert.rejects(records.update('user', id, { roles: [role.id] }), denied('access.denied'));
    await assert.rejects(records.create('role', { name: 'Mine', grants: {} }), denied('access.denied'));
    await assert.rejects(records.list('role'), denied('access.denied'));
    assert.ok(!('roles' in (await records.read('user', id))));
  }
  assert.equal(roleOf({ name: 'x', grants: {} }).grants.administration?.update, 'none');
});
