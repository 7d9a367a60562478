import { createHash, hash } from 'node:crypto';
import { closeSync, createWriteStream, fsync, open, write } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Problem } from '../problems/problem.ts';
import { newId } from '../records/new-id.ts';

/** Where the content of files is kept. A key is made of `[a-z0-9/_-]`; the same key always has the same content. */
export interface FileStorage {
  /** Takes received files over; afterwards they are there whatever happens. */
  put(files: readonly { readonly key: string; readonly received: ReceivedFile }[]): Promise<void>;
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

/**
 * By what is in it, below the hour in which it came: what comes together lies together, and one folder is confirmed by the disk
 * for all of it. The same content is stored once in a workspace, and never shared between two.
 */
export function storageKey(workspaceId: string, sha256: string, at = new Date()): string {
  const [day, hour] = at.toISOString().replaceAll('-', '').split(/[T:]/);
  return `${workspaceId}/${day}/${hour}/${sha256}`;
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
  const path = join(folder, newId());
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

/** Files that are open at a time. */
const OPEN_AT_ONCE = 64;

/** A `FileHandle` each cost 0.02 ms of a mail. */
const descriptors = {
  open: promisify(open),
  write: promisify(write),
  sync: promisify(fsync),
};

/**
 * The same for contents that are in memory. All are written before the disk is asked to confirm the first: it then confirms
 * most of them together. They are written at the same time: one after the other, each costs 0.1 ms more of waking up.
 */
export async function receiveAll(dataFolder: string, contents: readonly Uint8Array[]): Promise<ReceivedFile[]> {
  const folder = incomingFolder(dataFolder);
  await mkdir(folder, { recursive: true });
  const received = contents.map((bytes) => ({
    path: join(folder, newId()),
    size: bytes.length,
    sha256: hash('sha256', bytes),
    head: Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD)),
  }));
  try {
    for (let from = 0; from < contents.length; from += OPEN_AT_ONCE) {
      const files: number[] = [];
      try {
        const written = await Promise.allSettled(
          contents.slice(from, from + OPEN_AT_ONCE).map(async (bytes, index) => {
            const file = await descriptors.open(received[from + index]!.path, 'wx', 0o600);
            files.push(file);
            for (let at = 0; at < bytes.length; ) at += (await descriptors.write(file, bytes, at)).bytesWritten;
          }),
        );
        for (const one of written) if (one.status === 'rejected') throw one.reason;
        await Promise.all(files.map((file) => descriptors.sync(file)));
      } finally {
        // What the disk has confirmed is closed without waiting for it.
        for (const file of files) closeSync(file);
      }
    }
  } catch (error) {
    for (const one of received) await discard(one);
    throw error;
  }
  return received;
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
