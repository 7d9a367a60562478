import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedDatabase, startEmbedded } from '#kernel/database/embedded.ts';

/** Starts a server in a temporary folder. It goes away with `stop`, or at the latest with this process. */
export async function startTestServer(): Promise<Pick<EmbeddedDatabase, 'connection' | 'stop'>> {
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.once('exit', removeFolder);
  // A file of journeys has a program at work for each of its houses, and several files run at once.
  const server = await startEmbedded({ dataFolder: folder, fsync: false, connections: 300 });
  const remove = (): void => {
    server.kill();
    removeFolder();
  };
  process.off('exit', removeFolder);
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  return {
    connection: server.connection,
    async stop() {
      await server.stop();
      process.off('exit', remove);
      removeFolder();
    },
  };
}

const FOLDER_PREFIX = 'tendero-test-';

/** Folders of test processes that were killed. A server whose folder is gone ends itself within a minute. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (pid && !processExists(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
