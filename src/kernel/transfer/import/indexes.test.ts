import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Door } from '#kernel/records/door.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { uploaded } from '#test/import/house.ts';
import { bringIndexesBack, takeIndexesAway } from './indexes.ts';
import type { Preparation } from './prepare.ts';

let crm: TestWorkspace;
before(async () => {
  crm = await buildWorkspace();
});

async function indexes(): Promise<string[]> {
  const rows = await crm.workspace.database.run(
    `select indexname from pg_indexes where schemaname = $1 and tablename = 'contact' order by 1`,
    [crm.workspace.schema],
  );
  return rows.map(([name]) => name as string);
}

test('a nearly empty table goes without all indexes but those of the key; a table in use keeps those of its lists', async () => {
  const { workspace, principal } = crm;
  const { database, schema } = workspace;
  const { id } = await uploaded(crm, 'contact', 'Last Name\nA\n');
  const door: Door = { workspace, principal, via: 'import', trusted: false, unit: null };
  const preparation = {
    ...{ object: workspace.model.objects.get('contact'), keys: ['externalId'], rulesAsk: false },
    columns: { references: [] },
  } as unknown as Preparation;
  const all = await indexes();
  const takeAndBring = async (): Promise<string[]> => {
    const away = await takeIndexesAway(door, preparation, id, 60_000);
    const left = await indexes();
    await bringIndexesBack(door, id, away, () => {});
    assert.deepEqual(await indexes(), all);
    return left;
  };

  assert.deepEqual(await takeAndBring(), ['ix_contact__external_id', 'pk_contact']);
  await database.run(`
    insert into "${schema}".contact (id, last_name, do_not_call, do_not_email, do_not_contact, created_at, updated_at)
    select gen_random_uuid(), 'Somebody', false, false, false, now(), now() from generate_series(1, 10100)`);
  const left = await takeAndBring();
  assert.ok(left.includes('ix_contact__name') && left.includes('ix_contact__updated_at'), left.join());
  assert.ok(!left.includes('ix_contact__search_text'));
  assert.deepEqual(await takeIndexesAway(door, preparation, id, 1_000), []);
});
