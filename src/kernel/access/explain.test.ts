import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalOf } from '#app/principal.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildOpportunity, buildUser, buildWorkspace } from '#test/build.ts';
import { fc } from '#test/property.ts';
import { administratorRole, asSystem, type Grant, type Operation, type Principal, type Role } from './access.ts';
import { explain } from './explain.ts';

const { workspace } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
let number = 0;

const doorOf = (principal: Principal): Door => ({ workspace, principal, via: 'rest', trusted: false, unit: null });
const principal = async (id: string) => (await principalOf(workspace, id))!;
const role = ({ grants = {}, fields = {} }: Partial<Role>) =>
  system.create('role', { name: `Role ${++number}`, grants, fields });

/** Whether the door lets somebody, found out by knocking. */
async function isLetIn(who: Principal, object: string, operation: Operation, id: string): Promise<boolean> {
  const records = recordsFor(workspace, who, 'rest');
  try {
    if (operation === 'read') await records.read(object, id);
    else if (operation === 'update') await records.update(object, id, { name: `Renamed ${++number}` });
    else return (await records.allowed(object, operation, [id])).has(id);
    return true;
  } catch (error) {
    if (error instanceof Problem && ['access.denied', 'record.not-found'].includes(error.code)) return false;
    throw error;
  }
}

test('it says yes exactly when the door lets them, and names a rule exactly then', async () => {
  const teams = [await system.create('team', { name: 'Red' }), await system.create('team', { name: 'Blue' })];
  const people: string[] = [];
  for (let index = 0; index < 5; index++)
    people.push((await buildUser(system, { manager: people[index - 1] ?? null })).id);
  const accounts: string[] = [];
  const sales: string[] = [];
  for (let index = 0; index < 10; index++) {
    const industry = index % 2 ? 'retail' : 'finance';
    const { id } = await buildAccount(system, { owner: people[index % 5], industry });
    accounts.push(id);
    sales.push((await buildOpportunity(system, { account: id, owner: people[(index * 3) % 5] })).id);
  }
  const scope = (references: readonly string[]): fc.Arbitrary<Grant> => {
    const filter = { filter: { owner: { is: people[0] } } };
    // A filter is of one object's fields.
    const ofOne = references.length > 0 ? [filter, ...references.map(through)] : [];
    const one = fc.constantFrom<Grant>('none', 'own', 'team', 'tree', 'all', ...ofOne);
    return fc.oneof(one, fc.array(one as fc.Arbitrary<never>, { maxLength: 3 }));
  };
  const through = (reference: string) => ({ through: reference });
  const asked = ['read', 'update', 'delete', 'export', 'reassign'] as const;
  const grantsOn = (references: readonly string[]) =>
    fc.record(Object.fromEntries(asked.map((operation) => [operation, scope(references)])), { requiredKeys: [] });
  const roles = fc.array(
    fc.record(
      { account: grantsOn(['parent']), opportunity: grantsOn(['account']), '*': grantsOn([]) },
      { requiredKeys: [] },
    ),
    { minLength: 1, maxLength: 3 },
  );
  const share = fc.record({
    user: fc.option(fc.constantFrom(...people)),
    team: fc.constantFrom(...teams.map(({ id }) => id)),
    on: fc.constantFrom(...accounts),
    level: fc.constantFrom('read', 'write'),
  });
  let yes = 0;
  let no = 0;
  await fc.assert(
    fc.asyncProperty(
      roles,
      fc.constantFrom(...people),
      fc.subarray(teams.map(({ id }) => id)),
      fc.array(share, { maxLength: 3 }),
      fc.integer({ min: 0, max: 9 }),
      async (given, person, theirTeams, shares, index) => {
        const ids: string[] = [];
        for (const grants of given) ids.push((await role({ grants: grants as Role['grants'] })).id);
        await system.update('user', person, { roles: ids, teams: theirTeams });
        const shared = new Map(shares.map((one) => [`${one.on}/${one.user ?? one.team}`, one]));
        const made: string[] = [];
        for (const { user, team, on, level } of shared.values()) {
          const withWhom = user ? { user } : { team };
          const row = await system.create('share', { targetObject: 'account', targetId: on, level, ...withWhom });
          made.push(row.id);
        }
        try {
          const who = await principal(person);
          for (const [object, id] of [
            ['account', accounts[index]!],
            ['opportunity', sales[index]!],
          ] as const)
            for (const operation of asked) {
              const told = await explain(doorOf(who), { object, operation, record: id }, 'en');
              const truth = await isLetIn(who, object, operation, id);
              assert.equal(told.isAllowed, truth, `${operation} ${object}: ${JSON.stringify({ given, told })}`);
              assert.equal(told.verdict === 'allowed', truth);
              const isMatched = told.reasons.some(({ matches }) => matches);
              const isSeen = operation === 'read' || (await isLetIn(who, object, 'read', id));
              assert.equal(isMatched && isSeen, truth, `${operation} ${object}: ${JSON.stringify({ given, told })}`);
              if (truth) yes++;
              else no++;
            }
        } finally {
          for (const id of made) await system.remove('share', id);
          for (const id of made) await system.purge('share', id);
        }
      },
    ),
    { numRuns: 80 },
  );
  assert.ok(yes > 60 && no > 60, `${yes} yes, ${no} no`);
});

test('the words name the role, its rule and how it is with this record', async () => {
  const ona = await buildUser(system, { name: 'Ona' });
  const { id: seller } = await system.create('role', {
    name: 'Seller',
    grants: { account: { read: 'own' }, opportunity: { read: { through: 'account' } } },
  });
  let jonas = await principal((await buildUser(system, { name: 'Jonas', roles: [seller] })).id);
  const account = await buildAccount(system, { name: 'Litera', owner: ona.id });
  const sale = await buildOpportunity(system, { account: account.id, owner: jonas.userId });
  const ask = (object: string, record?: string, operation: Operation = 'read', language = 'en') =>
    explain(doorOf(jonas), { object, operation, record }, language);

  const onAccount = await ask('account', account.id);
  assert.equal(onAccount.verdict, 'not-matched');
  assert.equal(onAccount.title, 'Litera');
  assert.deepEqual(onAccount.reasons, [
    { source: 'Role “Seller”', rule: 'their own', fact: 'this one belongs to Ona', matches: false, through: null },
  ]);
  assert.equal((await ask('account', account.id, 'read', 'lt')).reasons[0]?.fact, 'šio savininkas yra Ona');
  const [throughAccount] = (await ask('opportunity', sale.id)).reasons;
  assert.deepEqual(throughAccount, {
    source: 'Role “Seller”',
    rule: 'those whose “Account” they may see',
    fact: 'here they may not',
    matches: false,
    through: { object: 'account', id: account.id },
  });

  const { id } = await system.create('share', {
    targetObject: 'account',
    targetId: account.id,
    user: jonas.userId,
    until: '2999-12-31',
  });
  jonas = await principal(jonas.userId!);
  const shared = await ask('account', account.id);
  assert.equal(shared.isAllowed, true);
  assert.deepEqual(shared.reasons.at(-1), {
    source: 'Shared',
    rule: 'with Jonas, to see',
    fact: 'until 2999-12-31',
    matches: true,
    through: null,
  });
  assert.equal((await ask('account', account.id, 'update')).reasons.at(-1)?.matches, false);
  await system.remove('share', id);

  const onContacts = await ask('contact');
  assert.equal(onContacts.verdict, 'not-granted');
  assert.equal(onContacts.reasons[0]?.rule, 'none');
  assert.equal((await ask('stage')).reasons[0]?.source, 'What everybody has');
});

test('administrators, limits of a key, and records that nobody has', async () => {
  const account = await buildAccount(system);
  const boss = { ...(await principal((await buildUser(system)).id)), roles: [administratorRole] };
  const question = { object: 'account', operation: 'delete', record: account.id } as const;
  assert.equal((await explain(doorOf(boss), question, 'en')).verdict, 'administrator');
  const limited = { ...boss, limits: { account: { read: 'all' as const } } };
  assert.equal((await explain(doorOf(limited), question, 'en')).verdict, 'limited');
  await assert.rejects(
    explain(doorOf(boss), { ...question, record: '00000000-0000-7000-8000-000000000000' }, 'en'),
    (error: Problem) => error.code === 'record.not-found',
  );
  await assert.rejects(
    explain(doorOf(boss), { ...question, object: 'nothing' }, 'en'),
    (error: Problem) => error.code === 'object.unknown',
  );
});
