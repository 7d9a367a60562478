import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { createIdentity } from '#app/identity/people.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { realData } from '#kernel/transfer/test-data.ts';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { importCommand } from '../../src/cli/import.ts';
import { buildWorkspace, type TestWorkspace } from '../build.ts';
import { runCommand } from './command.ts';

/**
 * The sales of a hardware maker: 85 accounts, 35 sellers in teams, 8,800 opportunities. Traps: `GTXPro` means `GTX Pro`,
 * 1,425 opportunities name no account, five sellers sell nothing, sectors and countries are misspelt.
 */
const maps = join(import.meta.dirname, 'pipeline');
let crm: TestWorkspace;

before(async () => {
  crm = await buildWorkspace();
  await createIdentity(crm.runtime.database, crm.workspace, {
    name: 'Administrator',
    email: 'admin@example.com',
    password: 'correct horse battery',
    language: 'en',
    timeZone: 'Europe/Vilnius',
    administrator: true,
  });
  // What the file of teams tells about people, as an administrator adds it.
  for (const name of ['head', 'region']) {
    const change = {
      kind: 'addField' as const,
      object: 'user',
      name,
      definition: { type: 'text' as const, label: { en: name } },
    };
    await changeDefinitions(crm.runtime.database, crm.workspace, change, {
      shipped: crm.runtime.shipped,
      userId: null,
    });
  }
});

async function importFile(object: string, file: string, map: string) {
  return runCommand(crm.runtime, importCommand, [file], { object, map: join(maps, map) });
}

test('the command line loads all of it, and the totals are right', { skip: realData.skip }, async () => {
  const file = (name: string) => realData.path('pipeline', name);
  const teams = await importFile('user', file('sales_teams.csv'), 'teams.map.json');
  assert.deepEqual(
    teams.counts,
    { created: 35, updated: 0, skipped: 0, failed: 0, duplicates: 0 },
    JSON.stringify(teams.errors),
  );
  const accounts = await importFile('account', file('accounts.csv'), 'accounts.map.json');
  assert.deepEqual(
    accounts.counts,
    { created: 85, updated: 0, skipped: 0, failed: 0, duplicates: 0 },
    JSON.stringify(accounts.errors),
  );
  assert.deepEqual(accounts.errors, []);
  const stages = await importFile('stage', join(maps, 'stages.csv'), 'stages.map.json');
  assert.deepEqual(
    stages.counts,
    { created: 4, updated: 0, skipped: 0, failed: 0, duplicates: 0 },
    JSON.stringify(stages.errors),
  );
  const deals = await importFile('opportunity', file('sales_pipeline.csv'), 'deals.map.json');
  assert.deepEqual(
    deals.counts,
    { created: 8800, updated: 0, skipped: 0, failed: 0, duplicates: 0 },
    JSON.stringify(deals.errors),
  );
  assert.deepEqual(deals.errors, []);

  const records = recordsFor(await crm.runtime.workspace(crm.workspace.id), crm.principal, 'rest');
  const byStage = await records.aggregate('opportunity', { groupBy: ['stage.name'], measures: { n: { count: true } } });
  assert.deepEqual(Object.fromEntries(byStage.map(({ key, n }) => [key[0], n])), {
    Won: 4238,
    Lost: 2473,
    Engaging: 1589,
    Prospecting: 500,
  });
  const won = { 'stage.kind': 'won' };
  const [all] = await records.aggregate('opportunity', {
    filter: won,
    measures: { sum: { sum: 'amount' }, n: { count: true } },
  });
  assert.equal((all!.sum as { base: number }).base, 10_005_534);
  const [closed] = await records.aggregate('opportunity', {
    filter: { 'stage.isClosed': true },
    measures: { n: { count: true } },
  });
  assert.equal(((all!.n as number) / (closed!.n as number)).toFixed(6), '0.631501');
  const regions = await records.aggregate('opportunity', {
    filter: won,
    groupBy: ['owner.region'],
    measures: { sum: { sum: 'amount' } },
  });
  assert.deepEqual(Object.fromEntries(regions.map(({ key, sum }) => [key[0], (sum as { base: number }).base])), {
    Central: 3_346_293,
    East: 3_090_594,
    West: 3_568_647,
  });

  assert.equal((await records.count('opportunity', { account: { empty: true } })).value, 1425);
  const products = await records.aggregate('opportunity', { groupBy: ['products'], measures: { n: { count: true } } });
  assert.equal(products.length, 7);
  assert.equal((await records.count('account', { parent: { empty: false } })).value, 15);
  const revenue = await records.find(
    'account',
    { name: 'Acme Corporation' },
    { fields: ['annualRevenue', 'industry', 'billingAddress'] },
  );
  assert.deepEqual(
    [(revenue!.annualRevenue as { amount: number }).amount, revenue!.industry],
    [1_100_040_000, 'technology'],
  );
});

test('a second import of the same file changes nothing', { skip: realData.skip }, async () => {
  const again = await importFile('opportunity', realData.path('pipeline', 'sales_pipeline.csv'), 'deals.map.json');
  assert.deepEqual(
    again.counts,
    { created: 0, updated: 0, skipped: 8800, failed: 0, duplicates: 0 },
    JSON.stringify(again.errors),
  );
});

test('the command line exports it', { skip: realData.skip }, async () => {
  const out = join(crm.runtime.dataFolder, 'out.csv');
  await runCommand(crm.runtime, exportCommand, ['opportunity'], {
    out,
    fields: 'name,account,amount,stage',
    filter: '{"stage.kind":"won"}',
  });
  const { readFileSync } = await import('node:fs');
  const lines = readFileSync(out, 'utf8').trim().split('\r\n');
  assert.equal(lines.length, 4239);
});
