import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fc } from '#test/property.ts';
import { readTar, tarEnd, tarHeader, tarPadding } from './tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendero-tar-'));
after(() => rmSync(folder, { recursive: true }));

type Files = readonly (readonly [path: string, content: Buffer])[];

function archive(files: Files): Buffer {
  const parts = files.flatMap(([path, content]) => [
    tarHeader(path, content.length, new Date(0)),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function contents(bytes: Buffer, chunk = 1000): Promise<[string, Buffer][]> {
  const found: [string, Buffer][] = [];
  for await (const { path, content } of readTar(inChunks(bytes, chunk))) {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    found.push([path, Buffer.concat(pieces)]);
  }
  return found;
}

test('what was written is read, however the bytes arrive', async () => {
  const path = fc.stringMatching(/^[a-z0-9_]{1,60}(\/[a-z0-9ąčęėįšųūž]{1,40}){0,2}$/);
  const file = fc.tuple(
    path,
    fc.uint8Array({ maxLength: 1600 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 5 }), fc.integer({ min: 1, max: 3000 }), async (files, chunk) => {
      assert.deepEqual(
        await contents(archive(files), chunk),
        files.map(([path, content]) => [path, content]),
      );
    }),
    { numRuns: 100 },
  );
});

test('content that nobody reads is skipped', async () => {
  const paths: string[] = [];
  const bytes = archive([
    ['a', Buffer.alloc(700, 1)],
    ['b', Buffer.alloc(0)],
    ['c', Buffer.alloc(512, 2)],
  ]);
  for await (const { path } of readTar(inChunks(bytes, 100))) paths.push(path);
  assert.deepEqual(paths, ['a', 'b', 'c']);
});

test('the system’s tar opens it, long names too', { skip: process.platform === 'win32' }, () => {
  const long = `tables/${'s'.repeat(63)}/${'t'.repeat(63)}/000001`;
  writeFileSync(
    join(folder, 'a.tar'),
    archive([
      ['short', Buffer.from('one')],
      [long, Buffer.from('two')],
    ]),
  );
  execFileSync('tar', ['xf', 'a.tar'], { cwd: folder });
  assert.equal(readFileSync(join(folder, 'short'), 'utf8'), 'one');
  assert.equal(readFileSync(join(folder, long), 'utf8'), 'two');
});

test('damage is noticed', async () => {
  const bytes = archive([['a', Buffer.alloc(2000, 7)]]);
  await assert.rejects(contents(bytes.subarray(0, 1500)), /ends too early/);
  await assert.rejects(contents(bytes.subarray(0, bytes.length - 1024)), /ends too early/);
  const flipped = Buffer.from(bytes);
  flipped[130]! ^= 1;
  await assert.rejects(contents(flipped), /damaged/);
  assert.throws(() => tarHeader('x'.repeat(300), 1, new Date()), RangeError);
});
