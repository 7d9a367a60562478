import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDefinition } from '#kernel/jobs/jobs.ts';
import type { Runtime } from './runtime.ts';

/** Where backups of the server lie: those before upgrades, and those that administrators ask for. */
export function backupFolder(dataFolder: string): string {
  return join(dataFolder, 'backups');
}

/** Everything in one file of the backup folder, while everybody works. */
export function backupJob(runtime: Runtime): JobDefinition {
  return {
    kind: 'backup',
    async run(_, { signal }) {
      const { writeBackup } = await import('#kernel/database/backup.ts');
      const folder = backupFolder(runtime.dataFolder);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `tendero-${runtime.version}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.tar.gz`;
      const summary = await writeBackup(runtime.database, join(folder, name), {
        programVersion: runtime.version,
        filesFolder: join(runtime.dataFolder, 'files'),
        signal,
      });
      return { name, ...summary };
    },
  };
}
