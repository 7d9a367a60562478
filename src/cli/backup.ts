import { join } from 'node:path';
import { writeBackup } from '#kernel/database/backup.ts';
import type { Command } from './command.ts';

export const backup: Command = {
  usage: '<file>',
  summary: 'Write everything to one file, while everybody works',
  details:
    'A .tar.gz with a manifest and one CSV for each table, of one moment, and the files. It holds all data: keep it safe.',
  words: { least: 1, most: 1 },
  async run(call) {
    const { database, version } = await call.runtime({ upgrade: 'leave' });
    const file = call.path(call.words[0]!);
    const summary = await writeBackup(database, file, {
      programVersion: version,
      filesFolder: join(call.dataFolder, 'files'),
      signal: call.signal,
      onProgress: call.progress,
    });
    call.print(
      `${file}: ${summary.rows} rows of ${summary.tables} tables, ${summary.files} files, ${(summary.bytes / 2 ** 20).toFixed(1)} MB`,
    );
    return { file, ...summary };
  },
};
