import { join } from 'node:path';
import { openDatabase } from '#kernel/database/pool.ts';
import { restoreBackup } from '#kernel/database/restore.ts';
import type { Command } from './command.ts';

export const restore: Command = {
  usage: '<file> [--force]',
  summary: 'Bring a backup into an empty database',
  details: 'All of it or nothing: interrupted, the database is as before. The server must not be running meanwhile.',
  options: {
    force: { type: 'boolean', about: 'Also into a database in use; what was there is kept in renamed schemas' },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const file = call.path(call.words[0]!);
    const server = await call.server();
    await server.requireAlone();
    const database = openDatabase(server.connection);
    try {
      const summary = await restoreBackup(database, file, {
        force: call.flag('force'),
        filesFolder: join(call.dataFolder, 'files'),
        signal: call.signal,
        onProgress: call.progress,
      });
      call.print(
        `Restored ${summary.rows} rows of ${summary.tables} tables and ${summary.files} files, as of ${summary.takenAt}.`,
      );
      if (summary.kept.length > 0)
        call.print(`What was there before is in ${summary.kept.join(', ')}; drop these schemas when all is well.`);
      return summary;
    } finally {
      await database.close();
    }
  },
};
