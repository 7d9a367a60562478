import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, mercator, plain, tilesOf } from './projection.ts';

test('both projections are as wide, and the north is up', () => {
  for (const { at } of [plain, mercator]) {
    assert.equal(Math.round(at(180, 0).x - at(-180, 0).x), 2412);
    assert.ok(at(25, 55).y < at(25, 54).y);
    assert.ok(Math.abs(at(0, 0).y) < 1e-9);
  }
  assert.equal(mercator.at(0, 90).y, mercator.at(0, 85.05).y);
});

test('a place is on the tile that the maps of the web draw it on', () => {
  // Vilnius, by the formula of OpenStreetMap's wiki: tile 9324/5217 of zoom 14.
  const [longitude, latitude] = [25.2797, 54.6872];
  const scale = (256 * 2 ** 14) / 2412;
  const camera = { ...mercator.at(longitude, latitude), scale };
  const [middle] = tilesOf(camera, { width: 1, height: 1 });
  const angle = (latitude * Math.PI) / 180;
  const expected = {
    x: Math.floor(((longitude + 180) / 360) * 2 ** 14),
    y: Math.floor(((1 - Math.log(Math.tan(angle) + 1 / Math.cos(angle)) / Math.PI) / 2) * 2 ** 14),
  };
  assert.deepEqual([middle?.z, middle?.x, middle?.y], [14, expected.x, expected.y]);
  assert.equal(
    addressOf('https://t.example/{z}/{x}/{y}.png?{z}', middle!),
    `https://t.example/14/${expected.x}/${expected.y}.png?14`,
  );
});

test('tiles fill the view without seams, at every scale and across the date line', () => {
  const size = { width: 1440, height: 900 };
  for (const scale of [0.3, 0.77, 1, 13, 900, mercator.closest])
    for (const longitude of [0, 25, 179.9]) {
      const camera = { ...mercator.at(longitude, 20), scale };
      const tiles = tilesOf(camera, size);
      assert.ok(tiles.length <= 70, `${tiles.length} at ${scale}`);
      for (const { z, x, y, width, height, left, top } of tiles) {
        assert.ok(x >= 0 && x < 2 ** z && y >= 0 && y < 2 ** z);
        assert.ok(width > 170 && width < 370 && Math.abs(width - height) <= 1, `${width} × ${height}`);
        const right = tiles.find((other) => other.top === top && other.left === left + width);
        assert.ok(right || left + width >= size.width, 'a hole');
      }
      assert.ok(Math.min(...tiles.map(({ left }) => left)) <= 0);
    }
});
