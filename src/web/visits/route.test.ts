import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metresBetween } from '#kernel/fields/geo/format.ts';
import { fc } from '#test/property.ts';
import { routeLength, routeOrder } from './route.ts';

const vilnius = { latitude: 54.6872, longitude: 25.2797 };
const kaunas = { latitude: 54.8985, longitude: 23.9036 };
const klaipeda = { latitude: 55.7033, longitude: 21.1443 };
const siauliai = { latitude: 55.9349, longitude: 23.3137 };

const place = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

test('distances are those of a globe', () => {
  assert.ok(Math.abs(metresBetween(vilnius, kaunas) - 91_300) < 500);
  assert.equal(metresBetween(vilnius, vilnius), 0);
  // Across the date line, and from pole to pole.
  assert.ok(metresBetween({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 }) < 23_000);
  assert.equal(
    Math.round(metresBetween({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 70 }) / 1_000),
    20_015,
  );
});

test('a round goes through Lithuania as a driver would', () => {
  const places = [klaipeda, vilnius, null, siauliai, kaunas];
  assert.deepEqual(routeOrder(vilnius, places), [1, 4, 3, 0, 2]);
  // Without a start it begins with the stop that is first.
  assert.equal(routeOrder(null, places)[0], 0);
  assert.deepEqual(routeOrder(vilnius, []), []);
  assert.deepEqual(routeOrder(null, [null, null]), [0, 1]);
});

test('ways that cross are untangled', () => {
  // Nearest first runs past the second one and has to come back for it.
  const line = [1, -1.5, 3, -5].map((longitude) => ({ latitude: 0, longitude }));
  const start = { latitude: 0, longitude: 0 };
  const order = routeOrder(start, line);
  const length = routeLength(
    start,
    order.map((index) => line[index]!),
  );
  for (const other of [
    [0, 1, 2, 3],
    [0, 1, 3, 2],
    [1, 0, 2, 3],
  ])
    assert.ok(
      length <=
        routeLength(
          start,
          other.map((index) => line[index]!),
        ),
    );
});

test('whatever the places, each is visited once and the way is no longer than the plain one to the nearest', () => {
  fc.assert(
    fc.property(
      fc.option(place, { nil: null }),
      fc.array(fc.option(place, { nil: null }), { maxLength: 12 }),
      (from, places) => {
        const order = routeOrder(from, places);
        assert.deepEqual(
          [...order].sort((a, b) => a - b),
          places.map((_, index) => index),
        );
        const found = order.flatMap((index) => (places[index] ? [index] : []));
        assert.deepEqual(order.slice(0, found.length), found, 'what has no place comes last');
        assert.ok(
          Number.isFinite(
            routeLength(
              from,
              order.map((index) => places[index]!),
            ),
          ),
        );
      },
    ),
    { numRuns: 100 },
  );
});
