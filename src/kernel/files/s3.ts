import { openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { AwsClient } from 'aws4fetch';
import { Problem } from '../problems/problem.ts';
import type { FileStorage, ReceivedFile } from './storage.ts';

export interface S3Settings {
  /** `https://s3.eu-central-1.amazonaws.com`; buckets are addressed by path, which every server understands. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const TRIES = 4;
const SENT_AT_ONCE = 8;

export function s3Storage({ endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Settings): FileStorage {
  let client: AwsClient | undefined;
  /** Loaded for the first file: it wakes up the whole of `fetch`, which a server that only starts can do without. */
  const open = async () => {
    const { AwsClient: Client } = await import('aws4fetch');
    client ??= new Client({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
    return client;
  };
  const base = `${endpoint.replace(/\/+$/, '')}/${bucket}`;

  /** Every request may be sent again: a key always has the same content. */
  const send = async (key: string, init: { method: string; headers?: Record<string, string> }, body?: Blob) => {
    for (let attempt = 1; ; attempt++) {
      // Signed without its body, whose hash is in a header.
      const { url, headers } = await (client ?? (await open())).sign(`${base}/${key}`, init);
      let problem: unknown;
      try {
        const response = await fetch(url, { method: init.method, headers, body: body ?? null, redirect: 'error' });
        if (response.ok) return response;
        const text = (await response.text()).slice(0, 500);
        if (response.status === 404 && !text.includes('NoSuchBucket')) return null;
        problem = new Error(`The file storage answered ${response.status}: ${text}`);
        if (response.status < 500 && response.status !== 429) throw problem;
      } catch (error) {
        if (error === problem || attempt === TRIES) throw error;
        problem = error;
      }
      if (attempt === TRIES) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * Math.random()));
    }
  };

  const putOne = async (key: string, { path, sha256 }: ReceivedFile) => {
    const headers = { 'x-amz-content-sha256': sha256, 'content-type': 'application/octet-stream' };
    await send(key, { method: 'PUT', headers }, await openAsBlob(path));
    await rm(path, { force: true });
  };

  return {
    async put(files) {
      for (let from = 0; from < files.length; from += SENT_AT_ONCE)
        await Promise.all(files.slice(from, from + SENT_AT_ONCE).map(({ key, received }) => putOne(key, received)));
    },
    async get(key, range) {
      const headers = range ? { range: `bytes=${range.start}-${range.end}` } : undefined;
      const response = await send(key, { method: 'GET', ...(headers ? { headers } : {}) });
      if (!response) throw new Problem('file.not-found');
      return response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([]);
    },
    async remove(key) {
      const response = await send(key, { method: 'DELETE' });
      await response?.body?.cancel();
    },
  };
}
