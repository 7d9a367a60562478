import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { queueRecompute, recomputeJob, type StaleColumns } from './recompute.ts';

test('records that were there before get their roll-ups, formulas and words', async () => {
  const { runtime, workspace, records, principal } = await buildWorkspace();
  const account = await buildAccount(records, { name: 'Kepykla', externalId: 'ąžuolas-7' });
  const contact = await buildContact(records, { account: account.id });
  const stale: StaleColumns[] = [];
  const change = (wanted: Parameters<typeof changeDefinitions>[2]) =>
    changeDefinitions(runtime.database, workspace, wanted, {
      shipped: runtime.shipped,
      userId: principal.userId,
      onDerived: async (connection, { id }, changes) => {
        stale.push(...changes);
        await queueRecompute(connection, id, changes, principal.userId);
      },
    });
  await change({
    kind: 'addField',
    object: 'account',
    name: 'people',
    definition: {
      type: 'rollup',
      from: 'contact',
      via: 'account',
      measure: 'count',
      returns: 'integer',
      label: { en: 'People' },
    },
  });
  await change({
    kind: 'addField',
    object: 'contact',
    name: 'company',
    definition: { type: 'formula', formula: 'upper(account.name)', returns: 'text', label: { en: 'Company' } },
  });
  await change({ kind: 'changeField', object: 'account', name: 'externalId', changes: { search: true } });

  const run = {
    id: '',
    workspaceId: workspace.id,
    createdBy: null,
    progress: () => {},
    signal: new AbortController().signal,
  };
  for (const part of stale) await recomputeJob(runtime).run(part, run);

  const now = await runtime.workspace(workspace.id);
  const [row] = await runtime.database.run(`select x_people, search_text from "${now.schema}".account where id = $1`, [
    account.id,
  ]);
  assert.equal(row![0], 1);
  assert.match(row![1] as string, /azuolas-7/);
  const [person] = await runtime.database.run(`select x_company from "${now.schema}".contact where id = $1`, [
    contact.id,
  ]);
  assert.equal(person![0], 'KEPYKLA');
});
