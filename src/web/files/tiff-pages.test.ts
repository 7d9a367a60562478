import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { fax } from '#test/tiff.ts';
import { drawPage, readPages } from './tiff-pages.ts';

const black = [
  (x: number, y: number) => (Math.floor(x / 8) + Math.floor(y / 8)) % 2 === 0,
  (x: number, y: number) => x * x + y * y < 2_500,
  (x: number, y: number) => (x + 3 * y) % 17 < 5,
];
const copy = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;

test('the pages of a fax are drawn, dot by dot', () => {
  const pages = readPages(copy(fax));
  assert.deepEqual(pages, Array(3).fill({ width: 96, height: 64, dot: 204 / 98 }));
  for (const [page, isBlack] of black.entries()) {
    const dots = drawPage(copy(fax), page);
    const wrong = [];
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 96; x++) if ((dots[(y * 96 + x) * 4] === 0) !== isBlack(x, y)) wrong.push([x, y]);
    assert.deepEqual(wrong, [], `page ${page}`);
  }
});

test('a file that was made to do harm is no fax', () => {
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const tiff = (entries: readonly Buffer[], next = 0) => {
    const head = Buffer.from('49492a0008000000', 'hex');
    const count = Buffer.from([entries.length & 255, entries.length >> 8]);
    const end = Buffer.alloc(4);
    end.writeUInt32LE(next);
    return copy(Buffer.concat([head, count, ...entries, end]));
  };
  const size = [entry(256, 4, 1, 100), entry(257, 4, 1, 100)];
  assert.equal(readPages(tiff(size)).length, 1);
  for (const hostile of [
    new ArrayBuffer(0),
    copy(Buffer.from('II*\0broken')),
    copy(Buffer.from('%PDF-1.4')),
    // A directory that leads to itself; one with values without end; pages of 65,535 × 65,535 and of none.
    tiff(size, 8),
    tiff([...size, entry(273, 4, 2 ** 31, 8)]),
    tiff([entry(256, 4, 1, 65_535), entry(257, 4, 1, 65_535)]),
    tiff([entry(256, 4, 1, 2 ** 31), entry(257, 4, 1, 2 ** 31)]),
    tiff([entry(256, 4, 1, 0), entry(257, 4, 1, 10)]),
    // A size that is none: of a type that holds no numbers.
    tiff([entry(256, 1, 1, 100), entry(257, 4, 1, 100)]),
    tiff([entry(256, 2, 4, 100), entry(257, 12, 1, 100)]),
    // Directories inside directories.
    tiff([...size, entry(330, 4, 1, 8)]),
    tiff([...size, entry(34_665, 4, 1, 8)]),
    tiff([]),
  ])
    assert.throws(() => readPages(hostile), RangeError);
});

test('whatever is wrong in it, a file is read to its end or refused', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(fax.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(fax);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        for (const page of readPages(copy(bytes))) assert.ok(page.width * page.height <= 40_000_000);
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
    { numRuns: 500 },
  );
});
