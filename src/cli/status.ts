import { identifier } from '#kernel/database/sql.ts';
import { readerStates } from '#kernel/events/readers.ts';
import { listWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Command } from './command.ts';

export const status: Command = {
  usage: '',
  summary: 'Versions, workspaces, how many records, and whether everything keeps up',
  async run(call) {
    const { database, version, workspace } = await call.runtime({ upgrade: 'leave' });
    const [server] = await database.run(
      `select current_setting('server_version'), pg_database_size(current_database())`,
    );
    const [postgres, databaseBytes] = server as [string, number];
    call.print(`Tendero ${version}, PostgreSQL ${postgres}, database of ${(databaseBytes / 2 ** 20).toFixed(0)} MB`);
    const workspaces = [];
    for (const { id, slug, name, state, createdAt } of await listWorkspaces(database)) {
      const opened = await workspace(id);
      const counts = await database.run(
        `select object, live from ${identifier(opened.schema)}.object_count order by object`,
      );
      const records = Object.fromEntries(counts.filter(([, live]) => live !== 0)) as Record<string, number>;
      const readers = await readerStates(opened);
      workspaces.push({ id, slug, name, state, createdAt, records, readers });
      call.print(
        `${name} (${slug}), ${state}: ${
          Object.entries(records)
            .map(([object, live]) => `${live} ${object}`)
            .join(', ') || 'no records'
        }`,
      );
      if (readers.length === 0) call.print('  nothing has been counted yet: the worker has not run');
      for (const reader of readers) {
        if (reader.error) call.print(`  ${reader.name} stands still: ${reader.error}`);
        else if (reader.behind > 0) call.print(`  ${reader.name} is ${reader.behind} events behind`);
      }
    }
    const jobs = await database.run(`select state, count(*) from platform.job_progress group by state order by state`);
    const jobsByState = Object.fromEntries(jobs) as Record<string, number>;
    call.print(`Jobs: ${jobs.map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}`);
    return { version, postgres, databaseBytes, workspaces, jobs: jobsByState };
  },
};
