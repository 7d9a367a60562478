import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { buildAccount, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { recordsFor } from './open.ts';

test('a roll-up tells of its changes, and of nothing else', async () => {
  const { runtime, workspace, principal } = await buildWorkspace();
  await changeDefinitions(
    runtime.database,
    workspace,
    {
      kind: 'addField',
      object: 'account',
      name: 'sales',
      definition: {
        type: 'rollup',
        from: 'opportunity',
        via: 'account',
        measure: 'sum',
        field: 'amount',
        returns: 'money',
        label: { en: 'Sales' },
      },
    },
    { shipped: runtime.shipped, userId: principal.userId },
  );
  const records = recordsFor(await runtime.workspace(workspace.id), principal, 'rest');
  const account = await buildAccount(records);
  assert.equal(account.sales, null);
  const derived = async () =>
    (await records.history('account', account.id)).flatMap(({ operation, changes }) =>
      operation === 'derive' ? [changes!.sales] : [],
    );

  const sale = await buildOpportunity(records, { account: account.id });
  assert.deepEqual(await derived(), []);
  await records.update('opportunity', sale.id, { amount: 120.5 });
  const sum = { amount: 120.5, currency: 'EUR', base: 120.5 };
  assert.deepEqual(await derived(), [[null, sum]]);
  await records.update('opportunity', sale.id, { name: 'Renamed' });
  assert.deepEqual(await derived(), [[null, sum]]);
  await records.remove('opportunity', sale.id);
  assert.deepEqual(await derived(), [
    [sum, null],
    [null, sum],
  ]);
  assert.equal((await records.read('account', account.id)).sales, null);
});
