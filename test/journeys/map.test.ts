import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { mapTilesOf } from '#server/map-tiles.ts';
import { beforeDrop } from '#test/database.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkWPe/HgAEhAI/1Vw2PAAAAABJRU5ErkJggg==',
  'base64',
);

test('records lie on the tiles of the server that was named, and on outlines when there are none', {
  skip: noBrowser,
}, async () => {
  const asked: { path: string; from: string | undefined }[] = [];
  let isUp = true;
  const host = createServer((request, response) => {
    asked.push({ path: request.url ?? '', from: request.headers.referer });
    if (isUp) response.setHeader('content-type', 'image/png').end(picture);
    else response.writeHead(503).end();
  });
  await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
  beforeDrop(async () => {
    host.closeAllConnections();
    host.close();
  });
  const { port } = host.address() as { port: number };
  const tiles = mapTilesOf({
    TENDERO_MAP_TILES: `http://127.0.0.1:${port}/{z}/{x}/{y}.png`,
    TENDERO_MAP_ATTRIBUTION: '© Somebody https://example.com/licence',
  });
  const house = await openHouse({}, { tiles });
  const { page, call, assertQuiet, forgive } = await openWindow(house, { as: administrator });
  await call('POST', '/records/account/bulk', {
    create: ['Vilnius', 'Kaunas'].map((city) => ({ name: `Of ${city}`, billingAddress: { city, country: 'LT' } })),
  });
  const map = page.getByRole('group', { name: /Accounts/ });

  await page.goto('/o/account?shape=map');
  await map.getByRole('button', { name: 'Of Vilnius' }).waitFor();
  await eventually(async () => assert.ok(asked.length > 4, `${asked.length} tiles`));
  assert.match(asked[0]!.path, /^\/\d+\/\d+\/\d+\.png$/);
  // Who uses the tiles, not which records are looked at.
  assert.equal(asked[0]!.from, `${house.url}/`);
  assert.equal(
    await map.locator('svg path').count(),
    await map.locator('[class*=tools] svg path').count(),
    'no outlines',
  );
  assert.equal(await map.getByRole('link', { name: '© Somebody' }).getAttribute('href'), 'https://example.com/licence');
  const zoomOf = (path: string) => Number(path.split('/')[1]);
  const before = zoomOf(asked.at(-1)!.path);
  await map.getByRole('button', { name: 'Closer' }).click();
  await map.getByRole('button', { name: 'Closer' }).click();
  await eventually(async () => assert.ok(zoomOf(asked.at(-1)!.path) > before));
  assertQuiet();

  isUp = false;
  await page.reload();
  await map.getByRole('button', { name: 'Of Vilnius' }).waitFor();
  await page.locator('[class*=world] path').first().waitFor({ state: 'attached' });
  assert.equal(await map.getByRole('link').count(), 0);
  forgive();
});
