import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clustersOf, pointOf } from './places.ts';

test('a place is where it says, in its city, or in its country', () => {
  assert.deepEqual(pointOf({ latitude: 54.7, longitude: 25.3 }), { at: [25.3, 54.7], precision: 'exact' });
  assert.deepEqual(pointOf({ city: ' klaipeda ', country: 'lt' }), { at: [21.14, 55.71], precision: 'city' });
  assert.equal(pointOf({ city: 'Nowhere', country: 'LT' })?.precision, 'country');
  assert.equal(pointOf({ city: 'Vilnius', country: null }), null);
  assert.equal(pointOf({ city: 'x', country: 'ZZ' }), null);
  assert.equal(pointOf('Vilnius'), null);
});

test('neighbours are one cluster, nobody is lost', () => {
  const points = Array.from({ length: 100 }, (_, n) => ({ x: (n % 10) * 10, y: Math.floor(n / 10) * 10 }));
  const clusters = clustersOf(points, 25);
  assert.ok(clusters.length < 30);
  assert.equal(
    clusters.reduce((sum, { members }) => sum + members.length, 0),
    100,
  );
  assert.equal(clustersOf(points, 1).length, 100);
});
