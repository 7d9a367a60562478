import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import type { EventReader } from '../object/module.ts';
import { catchUp, readerStates, readersBehind } from './readers.ts';

const { workspace, records } = await buildWorkspace();

test('a reader is moved past what it does not want, without its turn, and has its turn for what it wants', async () => {
  const heard: string[] = [];
  const listening = (name: string, wants: Pick<EventReader, 'objects' | 'operations'>): EventReader => ({
    ...{ name, ...wants },
    async run(events) {
      heard.push(...events.map(({ object, operation }) => `${name}: ${operation} ${object}`));
    },
  });
  const readers = [
    listening('contacts', { objects: ['contact'] }),
    listening('removals', { operations: ['remove'] }),
    listening('chosen', { objects: ({ model }) => (model.objects.has('account') ? ['account'] : []) }),
    listening('all', {}),
  ];
  const behind = async () => (await readersBehind(workspace, readers)).map(({ name }) => name);
  const positions = async () => new Set((await readerStates(workspace)).map(({ behind }) => behind));
  assert.deepEqual(
    await behind(),
    ['contacts', 'removals', 'chosen', 'all'],
    'those that never read have no cursor yet',
  );
  for (const reader of readers) await catchUp(workspace, reader);
  assert.deepEqual(await behind(), []);

  heard.length = 0;
  const { id } = await buildAccount(records, { name: 'Ąžuolas' });
  assert.deepEqual(await behind(), ['chosen', 'all']);
  for (const reader of readers) await catchUp(workspace, reader);
  assert.deepEqual(heard, ['chosen: create account', 'all: create account']);
  assert.deepEqual([...(await positions())], [0]);

  heard.length = 0;
  await records.remove('account', id);
  await buildContact(records, { lastName: 'Kazlauskas' });
  assert.deepEqual(await behind(), ['contacts', 'removals', 'chosen', 'all']);
  for (const reader of readers) await catchUp(workspace, reader);
  assert.deepEqual(heard, [
    ...['contacts: create contact', 'removals: remove account', 'chosen: remove account'],
    ...['all: remove account', 'all: create contact'],
  ]);
});

test('a reader that failed keeps its cursor, whatever came since', async () => {
  let fails = false;
  const contacts: EventReader = {
    name: 'failing',
    objects: ['contact'],
    run: async () => assert.ok(!fails, 'not now'),
  };
  const state = async () => (await readerStates(workspace)).find(({ name }) => name === 'failing')!;
  await catchUp(workspace, contacts);
  const { position } = await state();
  fails = true;
  await buildContact(records, { lastName: 'Petrauskas' });
  await catchUp(workspace, contacts);
  await buildAccount(records, { name: 'Beržas' });
  assert.deepEqual(await readersBehind(workspace, [contacts]), [contacts]);
  const after = await state();
  assert.deepEqual([after.position, after.error], [position, 'not now']);
});
