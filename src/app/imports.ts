import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Principal } from '#kernel/access/access.ts';
import { addJob, type JobDefinition } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { ImportHouse } from '#kernel/transfer/import/engine.ts';
import { queueImport } from '#kernel/transfer/import/imports.ts';
import {
  abandonedImports,
  type Import,
  type ImportState,
  readImport,
  updateImport,
} from '#kernel/transfer/import/store.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { principalOf } from './principal.ts';
import type { Runtime } from './runtime.ts';

/** Seconds without a sign of life; a run gives one every five. */
const ABANDONED_S = 30;

/** @param person of the command line, whose rights do not change meanwhile; whoever started the import otherwise */
export function importHouse(runtime: Runtime, workspaceId: string, person?: Principal): ImportHouse {
  return {
    workspace: () => runtime.workspace(workspaceId),
    folder: join(runtime.dataFolder, 'imports'),
    async principal(userId) {
      if (person) return person;
      return userId === null ? null : principalOf(await runtime.workspace(workspaceId), userId);
    },
  };
}

/** A name in the folder of imports for a file that is about to come. */
export async function newImportPath(house: ImportHouse): Promise<string> {
  await mkdir(house.folder, { recursive: true });
  return randomUUID();
}

type Work = 'run' | 'check' | 'undo';

/** Queues what an import is to do next, and says so in its state. @throws Problem `import.state`, `access.denied` */
export async function queueImportWork(
  runtime: Runtime,
  workspaceId: string,
  principal: Principal,
  id: string,
  work: Work,
): Promise<Import> {
  const workspace = await runtime.workspace(workspaceId);
  const { database, schema } = workspace;
  if (work === 'run') await queueImport(workspace, principal, id, ['ready', 'checked', 'paused', 'failed', 'done']);
  else {
    const [state, from]: [ImportState, ImportState[]] =
      work === 'check' ? ['checking', ['ready', 'checked']] : ['undoing', ['paused', 'done', 'failed']];
    if (!(await updateImport(database, schema, id, { state, message: null }, from))) {
      throw new Problem('import.state', { state: (await readImport(database, schema, id)).state });
    }
  }
  await queue(runtime, workspaceId, id, work, principal.userId);
  return readImport(database, schema, id);
}

export function importJob(runtime: Runtime): JobDefinition<{ import: string; work: Work }> {
  return {
    kind: 'import',
    async run({ import: id, work }, { workspaceId, progress, signal }) {
      const house = importHouse(runtime, workspaceId);
      if (work === 'undo') {
        const { undoImport } = await import('#kernel/transfer/import/imports.ts');
        return undoImport(house, id, { signal, onProgress: progress });
      }
      if (work === 'check') {
        const { dryRunImport } = await import('#kernel/transfer/import/try.ts');
        return dryRunImport(house, id, { signal, onProgress: progress });
      }
      const { runImport } = await import('#kernel/transfer/import/run.ts');
      const { state, counts } = await runImport(house, id, {
        signal,
        onProgress: (done, total, phase) => progress(done, total, phase),
      });
      return { state, counts };
    },
  };
}

/** Takes up again what a killed process left behind. */
export async function takeUpImports(runtime: Runtime): Promise<void> {
  for (const workspaceId of await readyWorkspaces(runtime.database)) {
    const { database, schema } = await runtime.workspace(workspaceId);
    for (const { id, state, createdBy } of await abandonedImports(database, schema, ABANDONED_S)) {
      // From here on it is young again: of two processes that look at the same time, the second finds nothing.
      await updateImport(database, schema, id, {});
      await queue(
        runtime,
        workspaceId,
        id,
        state === 'checking' ? 'check' : state === 'undoing' ? 'undo' : 'run',
        createdBy,
      );
    }
  }
}

async function queue(
  runtime: Runtime,
  workspaceId: string,
  id: string,
  work: Work,
  createdBy: string | null,
): Promise<void> {
  await runtime.database.transaction((connection) =>
    addJob(connection, { workspaceId, kind: 'import', payload: { import: id, work }, createdBy, key: `import:${id}` }),
  );
}
