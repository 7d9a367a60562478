import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
// @ts-expect-error it has no types
import S3Server from 's3rver';
import { localStorage } from './local.ts';
import { openStorage } from './open-storage.ts';
import { s3Storage } from './s3.ts';
import { type FileStorage, receive, storageKey } from './storage.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendero-storage-'));
const s3 = new S3Server({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: join(folder, 's3'),
  configureBuckets: [{ name: 'files' }],
});
const { port } = await s3.run();
after(async () => {
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});
const settings = {
  endpoint: `http://127.0.0.1:${port}`,
  bucket: 'files',
  region: 'us-east-1',
  accessKeyId: 'S3RVER',
  secretAccessKey: 'S3RVER',
};
const storages: Record<string, FileStorage> = { local: localStorage(join(folder, 'local')), s3: s3Storage(settings) };

for (const [name, storage] of Object.entries(storages)) {
  test(`${name}: what was put comes back, whole or in part, until it is removed`, async () => {
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, n) => (n * 7) % 253));
    const put = async () => {
      const received = await receive(
        folder,
        Readable.from([content.subarray(0, 1_000_000), content.subarray(1_000_000)]),
        10_000_000,
      );
      assert.equal(received.size, content.length);
      const key = storageKey('0190aaaa-0000-7000-8000-000000000001', received.sha256);
      await storage.put([{ key, received }]);
      return key;
    };
    const key = await put();
    assert.equal(await put(), key);
    assert.deepEqual(readdirSync(join(folder, 'files', 'incoming')), []);
    assert.ok(content.equals(await buffer(await storage.get(key))));
    assert.ok(content.subarray(10, 21).equals(await buffer(await storage.get(key, { start: 10, end: 20 }))));
    await storage.remove(key);
    await storage.remove(key);
    await assert.rejects(storage.get(key), { code: 'file.not-found' });
  });

  test(`${name}: an empty file`, async () => {
    const received = await receive(folder, Readable.from([]), 10);
    const key = storageKey('0190aaaa-0000-7000-8000-000000000001', received.sha256);
    await storage.put([{ key, received }]);
    assert.equal((await buffer(await storage.get(key))).length, 0);
  });
}

test('a wrong key or bucket is an error that says so, not a missing file', async () => {
  await assert.rejects(s3Storage({ ...settings, accessKeyId: 'unknown' }).get('a/b/c'), /403/);
  await assert.rejects(s3Storage({ ...settings, bucket: 'nothing' }).get('a/b/c'), /NoSuchBucket/);
  await assert.rejects(s3Storage({ ...settings, endpoint: 'http://127.0.0.1:1' }).get('a/b/c'));
  assert.throws(() => openStorage(folder, { S3_BUCKET: 'files' }), /S3_ACCESS_KEY_ID/);
});

test('a key that leads out of the folder is refused', async () => {
  for (const key of ['../secret.key', '/etc/passwd', 'a/../../b', 'a', 'a//b']) {
    await assert.rejects(storages.local!.get(key), /Not a storage key/, key);
  }
});

test('what is too large leaves nothing behind', async () => {
  await assert.rejects(receive(folder, Readable.from([Buffer.alloc(6), Buffer.alloc(6)]), 10), {
    code: 'file.too-large',
  });
  assert.deepEqual(readdirSync(join(folder, 'files', 'incoming')), []);
});

test('s3: requests are signed as AWS says (Signature Version 4), and announce length and hash of what they bring', async () => {
  const seen: { url: string; method: string; headers: Record<string, string>; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    seen.push({ url: request.url!, method: request.method!, headers: request.headers as Record<string, string>, body });
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  after(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage = s3Storage({ ...settings, endpoint });
  await storage.put([{ key: 'a/b/c', received: await receive(folder, Readable.from([Buffer.from('content')]), 10) }]);
  await storage.get('a/b/c', { start: 1, end: 2 });
  assert.equal(seen.length, 2);
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
  for (const { url, method, headers, body } of seen) {
    const [, day, names, signature] =
      /Credential=S3RVER\/(\d{8})\/us-east-1\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=(\w{64})/.exec(
        headers.authorization!,
      )!;
    assert.ok(names!.split(';').includes('host') && names!.split(';').includes('x-amz-content-sha256'));
    if (method === 'PUT') {
      assert.equal(headers['content-length'], '7');
      assert.equal(headers['x-amz-content-sha256'], sha256(body));
    }
    const signed = names!
      .split(';')
      .map((name) => `${name}:${headers[name]!.trim()}\n`)
      .join('');
    const canonical = [method, url, '', signed, names, headers['x-amz-content-sha256']].join('\n');
    const text = [
      'AWS4-HMAC-SHA256',
      headers['x-amz-date'],
      `${day}/us-east-1/s3/aws4_request`,
      sha256(canonical),
    ].join('\n');
    const key = ['us-east-1', 's3', 'aws4_request'].reduce<Buffer>(
      (key, part) => hmac(key, part),
      hmac('AWS4S3RVER', day!),
    );
    assert.equal(hmac(key, text).toString('hex'), signature);
  }
});
