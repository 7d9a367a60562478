import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from '../database/sql.ts';
import type { Workspace } from '../records/door.ts';
import { type ImportState, importTable } from '../transfer/import/store.ts';
import { openSource, type SourceHints } from '../transfer/source.ts';
import { hasTrace, type Traces } from './traces.ts';

/** While it works on the file, it has to stay. */
const working: ReadonlySet<ImportState> = new Set(['checking', 'queued', 'running', 'undoing']);

export interface ImportedFiles {
  /** Ids of imports whose file holds the person, and of those among them that work on it now. */
  readonly holding: readonly string[];
  readonly busy: readonly string[];
}

/**
 * Which imported files, which are kept so that rows can be put right and imports taken back, hold somebody: those that made
 * or changed one of their records, and those in which a trace is read.
 */
export async function importsHolding(
  workspace: Workspace,
  folder: string,
  traces: Traces,
  changeSets: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<ImportedFiles> {
  const rows = (await workspace.database.run(
    sql`select id::text, path, file_name, hints, state, change_set::text from ${importTable(workspace.schema)} order by created_at`,
  )) as [string, string, string, SourceHints, ImportState, string][];
  const holding: string[] = [];
  const busy: string[] = [];
  for (const [id, path, fileName, hints, state, changeSet] of rows) {
    signal?.throwIfAborted();
    const file = join(folder, path);
    if (!(await stat(file).catch(() => null))) continue;
    if (!changeSets.has(changeSet) && !(await isIn(file, fileName, hints, traces))) continue;
    holding.push(id);
    if (working.has(state)) busy.push(id);
  }
  return { holding, busy };
}

/** Removes the files from the disk; the import stays with its numbers, and can still be taken back. */
export async function removeImportFiles(workspace: Workspace, folder: string, ids: readonly string[]): Promise<number> {
  const rows = await workspace.database.run(
    sql`select path from ${importTable(workspace.schema)} where id = any(${ids}::uuid[])`,
  );
  let removed = 0;
  for (const [path] of rows) {
    removed += await rm(join(folder, path as string)).then(
      () => 1,
      () => 0,
    );
  }
  return removed;
}

async function isIn(file: string, fileName: string, hints: SourceHints, traces: Traces): Promise<boolean> {
  if (hasTrace(traces, fileName)) return true;
  try {
    const source = await openSource(file, { fileName, hints });
    try {
      for await (const batch of source.rows())
        for (const row of batch.rows) if (hasTrace(traces, textOf(row))) return true;
    } finally {
      await source.close();
    }
    return false;
  } catch {
    // What cannot be read as rows is looked at as it is, piece by piece.
    let before = '';
    for await (const piece of createReadStream(file, 'utf8')) {
      const text = before + piece;
      if (hasTrace(traces, text)) return true;
      before = text.slice(-200);
    }
    return false;
  }
}

function textOf(row: readonly string[]): string {
  return row.join(' \u0001 ');
}
