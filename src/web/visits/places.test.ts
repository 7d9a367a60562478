import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapLink, whereaboutsOf } from './places.ts';

const address = { street: 'Laisvės al. 1', city: 'Kaunas', region: null, postcode: '44238', country: 'LT' };

test('a customer is where the door is, else in their city, else nobody knows', () => {
  const position = { latitude: 54.9, longitude: 23.9 };
  assert.deepEqual(whereaboutsOf({ position, billingAddress: address }, 'en'), {
    ...{ place: position, isExact: true },
    address: 'Laisvės al. 1, 44238 Kaunas, Lithuania',
  });
  assert.deepEqual(whereaboutsOf({ billingAddress: address }, 'en').place, { latitude: 54.9, longitude: 23.9 });
  assert.equal(whereaboutsOf({ billingAddress: address }, 'en').isExact, false);
  for (const unknown of [undefined, {}, { shippingAddress: { ...address, city: 'Nowhere', country: null } }])
    assert.equal(whereaboutsOf(unknown, 'en').place, null);
});

test('the map program of each device is asked in its own words', () => {
  const exact = { place: { latitude: 54.9, longitude: 23.9 }, isExact: true, address: '' };
  assert.equal(mapLink(exact, 'A&B (x)', 'Linux; Android 15'), 'geo:54.9,23.9?q=54.9,23.9(A%26B%20(x))');
  assert.equal(mapLink(exact, '', 'iPhone'), 'https://maps.apple.com/?daddr=54.9%2C23.9');
  const city = { ...exact, isExact: false, address: 'Kaunas & Co' };
  assert.equal(mapLink(city, '', 'Android'), 'geo:0,0?q=Kaunas%20%26%20Co');
  assert.match(mapLink(city, '', 'X11')!, /search\?query=Kaunas%20%26%20Co$/);
  assert.equal(mapLink({ place: null, isExact: false, address: '' }, 'x', 'iPhone'), null);
});
