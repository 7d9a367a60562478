import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellOf, grantOf, isSame, withCell } from './role-draft.ts';

const ground = { team: { read: 'all' }, savedView: { read: 'own', update: 'own' } } as const;

test('what a role says by name comes before what everybody has, and that before what it says of all others', () => {
  const grants = { '*': { read: 'team' }, account: { read: ['own', { through: 'parent' }] } } as const;
  assert.deepEqual(cellOf(grants, ground, 'account', 'read'), {
    scopes: ['own', { through: 'parent' }],
    from: 'object',
  });
  assert.deepEqual(cellOf(grants, ground, 'team', 'read'), { scopes: ['all'], from: 'ground' });
  assert.deepEqual(cellOf(grants, ground, 'contact', 'read'), { scopes: ['team'], from: 'others' });
  assert.deepEqual(cellOf(grants, ground, 'contact', 'delete'), { scopes: [], from: 'others' });
  // An object that a role names is not what everybody has any more, in none of its operations.
  const named = { savedView: { read: 'all' } } as const;
  assert.deepEqual(cellOf(named, ground, 'savedView', 'update'), { scopes: [], from: 'others' });
});

test('a cell is said as shortly as it can be, and not at all where all others say it', () => {
  assert.equal(grantOf([]), 'none');
  assert.equal(grantOf(['own', 'all']), 'all');
  assert.deepEqual(grantOf(['own', 'team']), ['own', 'team']);
  const one = withCell({}, 'account', 'read', ['own']);
  assert.deepEqual(one, { account: { read: 'own' } });
  assert.deepEqual(withCell(one, 'account', 'read', null), {});
  assert.ok(isSame({ a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }));
});
