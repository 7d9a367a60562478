import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { languages } from '#kernel/i18n/translate.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildAccount, buildOpportunity, buildUser, buildWorkspace } from '#test/build.ts';
import { principalOf } from './principal.ts';
import { makeStandardRoles } from './standard-roles.ts';

const { workspace } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');

async function as(role: string, more: Record<string, unknown> = {}): Promise<Records & { id: string }> {
  const { id } = await buildUser(system, { roles: [role], ...more });
  return now(id);
}

/** Who is in one's teams is known anew with every request. */
async function now(id: string): Promise<Records & { id: string }> {
  return { ...recordsFor(workspace, (await principalOf(workspace, id))!, 'rest'), id };
}

const titles = async (records: Records, object: string) =>
  (await records.list(object, { sort: ['createdAt'] })).items.map((one) => one.name ?? one.body);
const isRefused = (act: Promise<unknown>) =>
  act.then(
    () => false,
    () => true,
  );

test('they are made once, in the language of the company', async () => {
  for (const language of languages) {
    const ids = await makeStandardRoles(system, language);
    assert.deepEqual(await makeStandardRoles(system, language), ids);
  }
  assert.equal((await system.count('role')).value, 11);
});

test('sellers see all accounts, the sales of their team, and what was said on what they see; managers what is below them', async () => {
  const roles = await makeStandardRoles(system, 'en');
  const { id: team } = await system.create('team', { name: 'North' });
  const { id: bossId } = await as(roles.manager);
  const { id: sellerId } = await as(roles.representative, { teams: [team], manager: bossId });
  const mate = await as(roles.representative, { teams: [team] });
  const other = await as(roles.representative);
  const [boss, seller] = [await now(bossId), await now(sellerId)];
  const account = await buildAccount(system, { name: 'Litera', owner: other.id });
  await buildOpportunity(system, { name: 'Of seller', owner: seller.id, account: account.id });
  await buildOpportunity(system, { name: 'Of mate', owner: mate.id, account: account.id });
  const foreign = await buildOpportunity(system, { name: 'Of other', owner: other.id, account: account.id });
  await system.create('note', { body: 'On the account', account: account.id, owner: other.id });
  await system.create('note', { body: 'On a sale elsewhere', opportunity: foreign.id, owner: other.id });

  assert.deepEqual(await titles(seller, 'account'), ['Litera']);
  assert.deepEqual(await titles(seller, 'opportunity'), ['Of seller', 'Of mate']);
  assert.deepEqual(await titles(other, 'opportunity'), ['Of other']);
  assert.deepEqual(await titles(boss, 'opportunity'), ['Of seller']);
  assert.equal((await titles(seller, 'note')).length, 1);
  assert.ok(await isRefused(seller.update('account', account.id, { name: 'X' })));
  const own = await seller.create('account', { name: 'New' });
  await seller.update('account', own.id, { name: 'Newer' });
  await boss.update('account', own.id, { owner: boss.id });
});

test('who only reads writes nothing, not even a remark; marketing keeps contacts and leaves sales alone', async () => {
  const roles = await makeStandardRoles(system, 'en');
  const [reader, marketing] = [await as(roles.reader), await as(roles.marketing)];
  const { items } = await reader.list('opportunity');
  const account = (await reader.list('account')).items[0]!;
  assert.ok(items.length > 2);
  const remark = { targetObject: 'account', targetId: account.id, body: 'Yes' };
  for (const act of [
    () => reader.create('account', { name: 'X' }),
    () => reader.update('account', account.id, { name: 'X' }),
    () => reader.create('comment', remark),
    () => reader.create('task', { subject: 'X' }),
    () => marketing.update('opportunity', items[0]!.id, { name: 'X' }),
    () => marketing.remove('account', account.id),
    () => marketing.create('opportunity', { name: 'X', account: account.id }),
    () => marketing.create('pipeline', { name: 'X', position: 2 }),
  ])
    assert.ok(await isRefused(act()), String(act));
  await marketing.update('account', account.id, { phones: ['+37061234567'] });
  await marketing.create('comment', remark);
});
