import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Filter } from '../api/types.ts';
import { allOf, readFilter, writeFilter } from './filter-model.ts';

const same = (filter: Filter) => assert.deepEqual(writeFilter(readFilter(filter)), filter);

test('what the builder reads it writes again', () => {
  same({});
  same({ name: { contains: 'lit' } });
  same({ owner: { is: 'me' }, amount: { gte: 1000 } });
  same({ and: [{ amount: { gte: 1000 } }, { amount: { lt: 5000 } }] });
  same({ or: [{ status: { is: 'open' } }, { dueOn: { within: 'today' } }] });
  same({ and: [{ owner: { is: 'me' } }, { or: [{ status: { is: 'open' } }, { dueOn: { empty: true } }] }] });
  same({ not: { status: { is: 'open' } } });
});

test('short forms become conditions', () => {
  assert.deepEqual(readFilter({ 'stage.isClosed': false, phone: null }).items, [
    { field: 'stage.isClosed', operator: 'is', value: false },
    { field: 'phone', operator: 'empty', value: true },
  ]);
  assert.deepEqual(writeFilter(readFilter({ amount: { gte: 1, lt: 5 } })), {
    and: [{ amount: { gte: 1 } }, { amount: { lt: 5 } }],
  });
});

test('groups inside an "or" stay together', () => {
  const filter: Filter = { or: [{ a: { is: 1 }, b: { is: 2 } }, { c: { is: 3 } }] };
  assert.deepEqual(writeFilter(readFilter(filter)), filter);
});

test('empty filters are left out of a conjunction', () => {
  assert.equal(allOf(undefined, {}), undefined);
  assert.deepEqual(allOf({ a: 1 }, {}, { b: 2 }), { and: [{ a: 1 }, { b: 2 }] });
});
