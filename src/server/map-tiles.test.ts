import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { mapTilesOf } from './map-tiles.ts';

const template = 'https://tiles.example.com:8443/osm/{z}/{x}/{y}.png?key=abc';
const attribution = '© OpenStreetMap contributors https://www.openstreetmap.org/copyright';

test('without a server of tiles there is none', () => {
  assert.equal(mapTilesOf({}), null);
  assert.equal(mapTilesOf({ TENDERO_MAP_TILES: '', TENDERO_MAP_ATTRIBUTION: attribution }), null);
});

test('tiles come from one host, and say whose they are', () => {
  const tiles = mapTilesOf({ TENDERO_MAP_TILES: template, TENDERO_MAP_ATTRIBUTION: ` ${attribution} ` });
  assert.deepEqual(tiles, { template, attribution, origin: 'https://tiles.example.com:8443' });
  for (const wrong of [
    'tiles',
    '/tiles/{z}/{x}/{y}.png',
    'https://tiles.example.com/{z}/{x}.png',
    'https://{s}.example.com/{z}/{x}/{y}.png',
    "https://*.example.com 'unsafe-inline'/{z}/{x}/{y}.png",
    'javascript:alert(1)//{z}/{x}/{y}',
    'data:image/png,{z}{x}{y}',
  ])
    assert.throws(
      () => mapTilesOf({ TENDERO_MAP_TILES: wrong, TENDERO_MAP_ATTRIBUTION: attribution }),
      { name: 'UsageError' },
      wrong,
    );
  assert.throws(() => mapTilesOf({ TENDERO_MAP_TILES: template, TENDERO_MAP_ATTRIBUTION: ' ' }), {
    name: 'UsageError',
  });
});

test('the browser may load pictures from that host alone, and is told where they are', async () => {
  const { runtime, workspace } = await buildWorkspace();
  const policy = (response: Response) => response.headers.get('content-security-policy') ?? '';
  const plain = await serve(runtime, workspace);
  const without = await plain.call('/api/map-tiles');
  assert.deepEqual(await without.json(), { tiles: null });
  assert.match(policy(without), /img-src 'self' data: blob:;/);
  const tiles = mapTilesOf({ TENDERO_MAP_TILES: template, TENDERO_MAP_ATTRIBUTION: attribution });
  const server = await serve(runtime, workspace, { tiles });
  const told = await server.call('/api/map-tiles');
  assert.deepEqual(await told.json(), { tiles: { template, attribution } });
  assert.match(policy(told), /img-src 'self' data: blob: https:\/\/tiles\.example\.com:8443;/);
  assert.match(policy(told), /connect-src 'self'$/);
});
