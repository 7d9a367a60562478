import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { administratorRole, memberRole } from '#kernel/access/access.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';

let at: TestWorkspace;
before(async () => {
  at = await buildWorkspace();
});

test('an administrator arranges the home page once for each role, and everybody reads it', async () => {
  const { records: administrator } = await at.as([administratorRole]);
  const { records: member } = await at.as([memberRole]);
  const page = await administrator.create('homePage', { role: '*', cards: ['day', 'view:account/active'] });
  const code = (error: Problem) => error.code;
  const twice = await administrator.create('homePage', { role: '*', cards: [] }).catch(code);
  assert.equal(twice, 'record.invalid');
  assert.deepEqual((await member.read('homePage', page.id, { fields: ['cards'] })).cards, [
    'day',
    'view:account/active',
  ]);
  assert.equal(await member.update('homePage', page.id, { cards: [] }).catch(code), 'access.denied');
  assert.equal(await member.create('homePage', { role: 'member', cards: [] }).catch(code), 'access.denied');
  assert.equal(await member.remove('homePage', page.id).catch(code), 'access.denied');
});

test('the page of a role is its, whatever the role is called', async () => {
  const { records } = await at.as([administratorRole]);
  const role = await records.create('role', { name: 'Seller', grants: {} });
  const page = await records.create('homePage', { role: 'Seller', cards: ['day'] });
  assert.equal(page.role, role.id);
  await records.update('role', role.id, { name: 'Salesperson' });
  assert.equal((await records.update('homePage', page.id, { cards: ['recent'] })).role, role.id);
  const refused = (error: Problem) => error.errors.map(({ field, code }) => [field, code]);
  for (const nobody of ['Seller', 'nobody', '<b>'])
    assert.deepEqual(await records.create('homePage', { role: nobody, cards: ['day'] }).catch(refused), [
      ['role', 'field.unknown-reference'],
    ]);
  // One page each.
  assert.deepEqual(await records.create('homePage', { role: 'Salesperson', cards: ['day'] }).catch(refused), [
    ['role', 'field.not-unique'],
  ]);
});

test('cards are names, each once', async () => {
  const { records } = await at.as([administratorRole]);
  for (const cards of [
    {},
    'day',
    [1],
    ['day', 'day'],
    ['<b>'],
    ['a'.repeat(151)],
    Array.from({ length: 21 }, (_, n) => `c${n}`),
  ])
    await assert.rejects(records.create('homePage', { role: 'administrator', cards }), { code: 'record.invalid' });
});
