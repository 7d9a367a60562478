import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../problems/problem.ts';
import type { FileStorage } from './storage.ts';

/** A folder of this machine, or one that all machines have mounted. */
export function localStorage(folder: string): FileStorage {
  const pathOf = (key: string): string => {
    if (!/^[a-z0-9-]+(\/[a-z0-9]+)+$/.test(key)) throw new Error(`Not a storage key: ${key}`);
    return join(folder, key);
  };
  return {
    async put(files) {
      const moved = files.map(({ key, received }) => ({ from: received.path, to: pathOf(key) }));
      const folders = [...new Set(moved.map(({ to }) => dirname(to)))];
      await Promise.all(folders.map((path) => mkdir(path, { recursive: true })));
      await Promise.all(moved.map(({ from, to }) => rename(from, to)));
      await Promise.all(folders.map(syncFolder));
    },
    async get(key, range) {
      try {
        return (await open(pathOf(key))).createReadStream(range);
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Problem('file.not-found') : error;
      }
    },
    async remove(key) {
      await rm(pathOf(key), { force: true });
    },
  };
}

/** The name of a file is in its folder: until that is on disk, a power cut takes the file away again. */
async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders.
  const folder = await open(path).catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
