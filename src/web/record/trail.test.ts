import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hasNeighbour, neighbourOf, setTrail, trailOf } from './trail.ts';

Object.assign(globalThis, { window: { location: { origin: 'http://localhost' } } });

const query = { filter: { status: { is: 'open' } }, sort: ['name'], fields: ['name', 'owner'], expand: ['owner'] };

/** Answers with these pages, one after the other. */
function answers(
  t: TestContext,
  ...pages: { items: { id: string }[]; next: string | null; previous: string | null }[]
) {
  const asked: URL[] = [];
  t.mock.method(globalThis, 'fetch', async (url: string | URL) => {
    asked.push(new URL(url));
    return Response.json(pages.shift());
  });
  return asked;
}

test('the next record of a list that was not loaded further is asked for, by ids alone', async (t) => {
  const asked = answers(t, { items: [{ id: 'c' }, { id: 'd' }], next: null, previous: 'before-c' });
  setTrail({ object: 'task', ids: ['a', 'b'], search: {}, beyond: { query, previous: null, next: 'behind-b' } });
  assert.equal(await neighbourOf('task', 'a', 1), 'b');
  assert.equal(asked.length, 0);
  assert.equal(await neighbourOf('task', 'b', 1), 'c');
  assert.deepEqual(
    ['cursor', 'fields', 'sort', 'expand', 'filter'].map((name) => asked[0]!.searchParams.get(name)),
    ['behind-b', 'id', 'name', null, JSON.stringify(query.filter)],
  );
  assert.equal(await neighbourOf('task', 'c', 1), 'd');
  assert.equal(hasNeighbour(trailOf('task'), 'd', 1), false);
  assert.equal(await neighbourOf('task', 'd', 1), undefined);
  assert.equal(hasNeighbour(trailOf('task'), 'a', -1), false);
  assert.equal(asked.length, 1);
});

test('the record before the first that is still loaded is asked for too', async (t) => {
  answers(t, { items: [{ id: 'a' }, { id: 'b' }], next: 'behind-b', previous: null });
  setTrail({ object: 'task', ids: ['c', 'd'], search: {}, beyond: { query, previous: 'before-c', next: 'behind-d' } });
  assert.equal(await neighbourOf('task', 'c', -1), 'b');
  assert.equal(await neighbourOf('task', 'b', -1), 'a');
  assert.equal(hasNeighbour(trailOf('task'), 'a', -1), false);
  assert.equal(hasNeighbour(trailOf('task'), 'd', 1), true);
});

test('who went to another list meanwhile keeps that one', async (t) => {
  answers(t, { items: [{ id: 'b' }], next: null, previous: null });
  setTrail({ object: 'task', ids: ['a'], search: {}, beyond: { query, previous: null, next: 'behind-a' } });
  const next = neighbourOf('task', 'a', 1);
  setTrail({ object: 'account', ids: ['x'], search: {} });
  assert.equal(await next, 'b');
  assert.deepEqual(trailOf('account')?.ids, ['x']);
  assert.equal(hasNeighbour(trailOf('account'), 'x', 1), false);
  assert.equal(hasNeighbour(trailOf('task'), 'a', 1), false);
});
