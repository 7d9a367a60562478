import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Definitions } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import { arrangedCards, ownCards, readCard } from './cards.ts';

const account = { name: 'account', views: [{ name: 'active' }] } as unknown as Definition;
const definitions: Definitions = { list: [account], get: (name) => (name === 'account' ? account : undefined) };

test('a card is read where the reader may see what it tells of', () => {
  assert.deepEqual(readCard('recent', definitions), { kind: 'own', name: 'recent' });
  assert.deepEqual(readCard('view:account/active', definitions), { kind: 'view', object: 'account', view: 'active' });
  assert.deepEqual(readCard('saved:0199', definitions), { kind: 'saved', id: '0199' });
  for (const name of ['day', 'view:account/gone', 'view:other/active', 'view:', '', 'fromLater', 'view'])
    assert.equal(readCard(name, definitions), null, name);
});

test('one’s own page comes before that of the role, that before everybody’s', () => {
  const page = (role: string, cards: unknown) => ({ id: role, version: 1, role, cards }) as never;
  const pages = [page('*', ['day']), page('member', ['recent'])];
  assert.deepEqual(arrangedCards(['steps'], pages, ['member']), ['steps']);
  assert.deepEqual(arrangedCards([], pages, ['member']), ['recent']);
  assert.deepEqual(arrangedCards([], pages, ['administrator']), ['day']);
  // Of several roles the first that has a page, however the pages come.
  const both = [page('*', ['day']), page('b', ['recent']), page('a', ['steps'])];
  assert.deepEqual(arrangedCards([], both, ['none', 'a', 'b']), ['steps']);
  assert.deepEqual(arrangedCards([], both, ['b', 'a']), ['recent']);
  assert.deepEqual(arrangedCards([], [], ['member']), ownCards);
  assert.deepEqual(arrangedCards([], [page('*', [])], ['member']), []);
});
