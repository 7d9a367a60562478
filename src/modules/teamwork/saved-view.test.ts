import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administratorRole, memberRole } from '#kernel/access/access.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { buildWorkspace } from '#test/build.ts';

const { as } = await buildWorkspace();
const rasa = await as([memberRole]);
const tomas = await as([memberRole]);
const boss = await as([administratorRole]);

const settings = { filter: { status: { in: ['customer'] } }, sort: ['-name'], columns: ['name', 'status'] };
const view = (more: object = {}) => ({ name: 'Customers', object: 'account', settings, ...more });

test('a private view is its owner’s, a team’s is seen by the team, everyone’s by everyone', async () => {
  const own = await rasa.records.create('savedView', view());
  assert.equal(own.owner, rasa.principal.userId);
  assert.equal(own.sharing, 'private');
  assert.deepEqual(own.settings, settings);
  assert.equal(await tomas.records.find('savedView', { id: own.id }), null);

  await rasa.records.update('savedView', own.id, { sharing: 'team', team: [tomas.principal.userId] });
  assert.ok(await tomas.records.find('savedView', { id: own.id }));
  await rasa.records.update('savedView', own.id, { team: [] });
  assert.equal(await tomas.records.find('savedView', { id: own.id }), null);

  await rasa.records.update('savedView', own.id, { sharing: 'everyone' });
  assert.ok(await tomas.records.find('savedView', { id: own.id }));
  await assert.rejects(tomas.records.update('savedView', own.id, { name: 'Mine now' }), Problem);
  await assert.rejects(tomas.records.remove('savedView', own.id), Problem);
});

test('what opens first is an administrator’s choice, for everyone, and one per object', async () => {
  await assert.rejects(rasa.records.create('savedView', view({ isDefault: true })), Problem);
  const first = await boss.records.create('savedView', view({ isDefault: true }));
  assert.equal(first.sharing, 'everyone');
  const second = await boss.records.create('savedView', view({ isDefault: true, name: 'Newer' }));
  const defaults = await rasa.records.list('savedView', { filter: { object: 'account', isDefault: true } });
  assert.deepEqual(
    defaults.items.map(({ id }) => id),
    [second.id],
  );
  assert.equal((await boss.records.read('savedView', first.id)).isDefault, false);
});

test('a view stays with its object', async () => {
  const own = await rasa.records.create('savedView', view());
  await assert.rejects(rasa.records.update('savedView', own.id, { object: 'contact' }), Problem);
});
