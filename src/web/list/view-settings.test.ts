import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSearch } from './search.ts';
import { changedSettings, searchOf, settingsOf, settingsOfSaved, type ViewSettings } from './view-settings.ts';

const view: ViewSettings = {
  shape: 'list',
  filter: { status: { in: ['customer'] } },
  sort: ['-amount', 'name'],
  columns: ['name', 'status', 'amount'],
  group: 'status',
};

test('an address says only what differs from the view, and is read back as it was', () => {
  const change: Partial<ViewSettings> = {
    shape: 'board',
    filter: {},
    sort: ['name'],
    columns: ['name'],
    group: undefined,
    groupOrder: ['Vilnius, Lithuania', '100%', 'null'],
    totals: { amount: 'sum', name: 'count' },
    freeze: 2,
    followed: true,
    shared: true,
  };
  const search = readSearch(searchOf(view, change) as Record<string, unknown>);
  assert.deepEqual(search, {
    shape: 'board',
    filter: {},
    sort: 'name',
    columns: 'name',
    group: 'none',
    groupOrder: 'Vilnius%2C Lithuania,100%25,null',
    totals: 'amount~sum,name~count',
    freeze: '2',
    followed: 'true',
    shared: 'true',
  });
  assert.deepEqual(settingsOf(view, search), { ...view, ...change });
  assert.equal(changedSettings(view, search).length, 10);
});

test('what is set back to what the view says leaves the address', () => {
  assert.deepEqual(searchOf(view, { sort: ['-amount', 'name'], group: 'status', lanes: undefined }), {
    sort: undefined,
    group: undefined,
    lanes: undefined,
  });
  assert.deepEqual(settingsOf(view, readSearch(searchOf(view, { sort: [] }) as Record<string, unknown>)).sort, []);
  assert.deepEqual(changedSettings(view, { q: 'litera', at: '2026-01-01', view: 'x' }), []);
});

test('nonsense in an address or a kept view does no harm', () => {
  assert.equal(settingsOf(view, { shape: '<script>' }).shape, 'list');
  assert.deepEqual(settingsOf(view, { totals: 'amount~drop,x' }).totals, {});
  assert.deepEqual(readSearch({ filter: 'x', sort: 7, columns: null, view: { a: 1 } }), {
    sort: '7',
    view: '[object Object]',
  });
  assert.deepEqual(settingsOfSaved('cube', { sort: 'name', columns: [1, 'name', {}], totals: { a: 'x' }, chart: 3 }), {
    shape: 'list',
    filter: {},
    sort: ['-createdAt'],
    columns: ['name'],
  });
  assert.equal(settingsOfSaved('map', null).shape, 'map');
});
