import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { v7 as uuid } from 'uuid';
import { Problem } from '../problems/problem.ts';

/** Where the content of files is kept. A key is made of `[a-z0-9/_-]`; the same key always has the same content. */
export interface FileStorage {
  /** Takes the received file over; afterwards it is there whatever happens. */
  put(key: string, received: ReceivedFile): Promise<void>;
  /** @param range first and last byte, both included. @throws Problem `file.not-found` */
  get(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Also when it is not there. */
  remove(key: string): Promise<void>;
}

export interface ReceivedFile {
  /** On this machine, until `put` or `discard`. */
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** The first bytes, by which its type is known. */
  readonly head: Buffer;
}

/** By what is in it: the same content is stored once in a workspace, and never shared between two. */
export function storageKey(workspaceId: string, sha256: string): string {
  return `${workspaceId}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

/** As much as is kept of a file's beginning. A ZIP's first entries tell what it is. */
const HEAD = 4_096;

/**
 * Writes what comes in to disk, at the speed of the disk and without holding it in memory.
 * @throws Problem `file.too-large`
 */
export async function receive(dataFolder: string, content: Readable, maxBytes: number): Promise<ReceivedFile> {
  const folder = incomingFolder(dataFolder);
  await mkdir(folder, { recursive: true });
  const path = join(folder, uuid());
  const hash = createHash('sha256');
  let size = 0;
  let head = Buffer.alloc(0);
  try {
    await pipeline(
      content,
      async function* measure(parts: AsyncIterable<Buffer>) {
        for await (const part of parts) {
          size += part.length;
          if (size > maxBytes) throw new Problem('file.too-large', { maxMegabytes: Math.floor(maxBytes / 1024 ** 2) });
          hash.update(part);
          if (head.length < HEAD) head = Buffer.concat([head, part]).subarray(0, HEAD);
          yield part;
        }
      },
      // On disk before anybody is told that it is there.
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    );
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { path, size, sha256: hash.digest('hex'), head };
}

/** The same for bytes that are in memory. */
export async function receiveBytes(dataFolder: string, bytes: Uint8Array): Promise<ReceivedFile> {
  const folder = incomingFolder(dataFolder);
  await mkdir(folder, { recursive: true });
  const path = join(folder, uuid());
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, size: bytes.length, sha256, head: Buffer.from(bytes.subarray(0, HEAD)) };
}

export async function discard({ path }: ReceivedFile): Promise<void> {
  await rm(path, { force: true });
}

/** What was being received when a process was killed. */
export async function sweepIncoming(dataFolder: string): Promise<void> {
  const folder = incomingFolder(dataFolder);
  for (const name of await readdir(folder).catch(() => [])) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 24 * 3600 * 1_000) await rm(join(folder, name), { force: true });
  }
}

export function filesFolder(dataFolder: string): string {
  return join(dataFolder, 'files');
}

/** On the same disk as the files, so that a file moves there in one step. */
function incomingFolder(dataFolder: string): string {
  return join(filesFolder(dataFolder), 'incoming');
}
