import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderFilter, leaves, listFilter, readInboxSearch, sortOf } from './folders.ts';

const id = '01900000-aaaa-7000-8000-000000000001';

test('what stands in an address is read, and nothing else', () => {
  assert.deepEqual(readInboxSearch({ in: 'team', of: id, state: 'done', q: 12, c: id }), {
    ...{ in: 'team', of: id, state: 'done', q: '12', channel: undefined, account: undefined, c: id },
  });
  assert.equal(readInboxSearch({ in: 'team', of: 'x' }).in, undefined);
  assert.equal(readInboxSearch({ in: 'everything', of: id, state: 'open', c: '../x' }).c, undefined);
  assert.equal(readInboxSearch({ of: id }).of, undefined);
});

test('a folder is a filter along an index', () => {
  assert.deepEqual(folderFilter({}), { owner: { is: 'me' }, status: 'open' });
  assert.deepEqual(folderFilter({ in: 'unassigned', state: 'done' }), { owner: null, status: 'done' });
  assert.deepEqual(listFilter({ in: 'team', of: id, channel: 'email', account: id }), {
    ...{ team: { is: id }, status: 'open', channel: { is: 'email' }, account: { is: id } },
  });
  assert.deepEqual([sortOf({}), sortOf({ state: 'snoozed' })], [['-lastAt'], ['snoozedUntil']]);
});

test('a conversation leaves the folders it belongs to no longer', () => {
  assert.equal(leaves({}, { status: 'done' }, id), true);
  assert.equal(leaves({ state: 'done' }, { status: 'done' }, id), false);
  assert.equal(leaves({}, { owner: id }, id), false);
  assert.equal(leaves({ in: 'unassigned' }, { owner: id }, id), true);
  assert.equal(leaves({ in: 'team', of: id }, { owner: 'somebody' }, id), false);
  assert.equal(leaves({ in: 'team', of: id }, { team: null }, id), true);
  assert.equal(leaves({ in: 'mentions' }, { status: 'done' }, id), false);
  assert.equal(leaves({ in: 'mentions' }, { mentioned: [] }, id), true);
});
