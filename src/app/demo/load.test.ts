import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildWorkspace } from '#test/build.ts';
import { type DemoProgress, loadDemo } from './load.ts';

test('the demo company goes through the door, and its figures make sense', async () => {
  const { workspace } = await buildWorkspace();
  const records = recordsFor(workspace, asSystem('test data'), 'demo');
  const steps: DemoProgress[] = [];
  const now = new Date();
  const { done, total } = await loadDemo(records, {
    now,
    language: 'lt',
    onProgress: (progress) => steps.push(progress),
  });
  assert.equal(done, total);
  assert.deepEqual(steps.at(-1), { done, total });
  assert.ok(steps.length > 10, `${steps.length} steps`);

  const closed = await records.list('opportunity', { filter: { 'stage.kind': 'won' }, limit: 500 });
  for (const one of closed.items)
    assert.ok((one.wonAt as string).startsWith(one.closeOn as string), `${one.wonAt} ${one.closeOn}`);
  const [sum] = await records.aggregate('opportunity', {
    filter: { 'stage.isClosed': false },
    measures: { open: { sum: 'weighted' } },
  });
  assert.ok((sum!.open as { base: number }).base > 10_000);
  const [litera] = (await records.list('contact', { search: 'rasa', limit: 1 })).items;
  assert.ok(litera, 'somebody is called Rasa');

  const { items: notes } = await records.list('note', { sort: ['createdAt'], limit: 500 });
  const first = notes[0]!;
  assert.ok(Date.parse(first.createdAt as string) < now.getTime() - 600 * 86_400_000, `${first.createdAt}`);
  const [entered] = await records.history('note', first.id);
  assert.deepEqual([entered!.at, entered!.actor, first.createdBy], [first.createdAt, first.owner, first.owner]);

  const { items: people } = await records.list('user', { filter: { teams: { empty: false } }, expand: ['roles'] });
  assert.equal(people.length, 6);
  assert.equal(people.filter(({ manager }) => manager === null).length, 2);
  for (const { roles } of people) assert.equal((roles as string[]).length, 1);

  const before = await records.count('contact');
  await loadDemo(records, { now });
  assert.deepEqual(await records.count('contact'), before, 'a second time brings in nothing');
});
