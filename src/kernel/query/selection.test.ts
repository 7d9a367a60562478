import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildAccount, buildWorkspace } from '#test/build.ts';

const { records } = await buildWorkspace();

test('no fields are not all fields, in whichever order they are asked for', async () => {
  const { id } = await buildAccount(records, { name: 'Litera' });
  assert.deepEqual(Object.keys(await records.read('account', id, { fields: [] })), ['id', 'version']);
  assert.equal((await records.read('account', id)).name, 'Litera');
  assert.deepEqual(Object.keys(await records.read('account', id, { fields: [] })), ['id', 'version']);
});
