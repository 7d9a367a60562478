import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { keepHeapSmall } from '#app/heap.ts';
import { importHouse } from '#app/imports.ts';
import { principalOf } from '#app/principal.ts';
import { createRuntime } from '#app/runtime.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { exportRecords } from '#kernel/transfer/export/export.ts';
import { undoImport } from '#kernel/transfer/import/imports.ts';
import { runImport } from '#kernel/transfer/import/run.ts';
import { listWorkspaces } from '#kernel/workspace/workspace.ts';

/** What `import.ts` wants to be done in a process of its own, as the command line does it: its memory is nobody else's. */
export interface Task {
  act: 'import' | 'export' | 'undo';
  connection: pg.ClientConfig;
  dataFolder: string;
  userId: string;
  importId: string;
}

export interface Done {
  seconds: number;
  /** Until all rows were in, their indexes not yet. */
  rowsSeconds: number;
  cpuSeconds: number;
  rowsCpuSeconds: number;
  megabytes: number;
  outcome: unknown;
}

keepHeapSmall();
process.once('message', async (task: Task) => {
  const database = openDatabase(task.connection);
  const runtime = createRuntime(database, task.dataFolder);
  const [entry] = await listWorkspaces(database);
  const workspace = await runtime.workspace(entry!.id);
  const principal = (await principalOf(workspace, task.userId))!;
  const house = importHouse(runtime, workspace.id);
  const started = performance.now();
  const cpu = process.cpuUsage();
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1e6;
  };
  let rowsIn: { rowsSeconds: number; rowsCpuSeconds: number } | undefined;
  const work: Record<Task['act'], () => Promise<unknown>> = {
    async import() {
      const { state, counts, message } = await runImport(house, task.importId, {
        onProgress(done, total, phase) {
          if (phase === 'rows') process.send!({ done, total });
          if (phase !== 'indexes' || rowsIn) return;
          rowsIn = { rowsSeconds: (performance.now() - started) / 1_000, rowsCpuSeconds: cpuSeconds() };
          process.send!({ rowsIn: true });
        },
      });
      return { state, counts, message };
    },
    async export() {
      const parts = await exportRecords(workspace, principal, 'contact', 'csv');
      await pipeline(
        Readable.from(parts, { objectMode: false }),
        createWriteStream(join(task.dataFolder, 'export.csv')),
      );
    },
    undo: () => undoImport(house, task.importId),
  };
  const outcome = await work[task.act]();
  const seconds = (performance.now() - started) / 1_000;
  const done: Done = {
    seconds,
    cpuSeconds: cpuSeconds(),
    ...(rowsIn ?? { rowsSeconds: seconds, rowsCpuSeconds: cpuSeconds() }),
    megabytes: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    outcome,
  };
  await database.close();
  process.send!({ finished: done }, () => process.exit(0));
});
