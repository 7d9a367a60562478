import { sql } from '../../database/sql.ts';
import { batchesOf, type ImportHouse, openImport } from './engine.ts';
import { type Item, prepareBatch } from './prepare.ts';
import { messageOf, type RunOptions } from './run.ts';
import type { Import, ImportCounts, RowError } from './store.ts';
import { importTable, insertErrors, noCounts, readImport, updateImport } from './store.ts';
import { type Written, writeBatch } from './write.ts';

const PREVIEWED = 50;
const BATCH = 2_000;

export interface PreviewRow {
  row: number;
  line: number;
  cells: readonly string[];
  /** What would be stored, by field. */
  values: Record<string, unknown>;
  kind: Item['kind'];
  errors: RowError['errors'];
}

/** The first rows as they would be stored. Writes nothing. */
export async function previewImport(
  house: ImportHouse,
  given: Import,
): Promise<{ rows: PreviewRow[]; total: number; errors: number }> {
  const opened = await openImport(house, given, true);
  try {
    const door = await opened.door();
    for await (const rows of batchesOf(opened.source, 0, PREVIEWED, given.fixes)) {
      const batch = await prepareBatch(door, opened.preparation, rows.slice(0, PREVIEWED));
      const written = await tryBatch(door, opened, batch, given);
      const byRow = new Map(written.errors.map((error) => [error.row, error.errors]));
      const shown = batch.items.map(
        (item): PreviewRow => ({
          ...{ row: item.row, line: item.line, cells: item.cells, kind: item.kind },
          values: valuesOf(item, opened.preparation.columns.mapped),
          errors: byRow.get(item.row) ?? [],
        }),
      );
      return {
        rows: shown,
        total: opened.source.estimateRows,
        errors: shown.filter((row) => row.errors.length > 0).length,
      };
    }
    return { rows: [], total: 0, errors: 0 };
  } finally {
    await opened.close();
  }
}

/**
 * Does everything that an import does but leaves no record: every batch is checked in a transaction that is rolled back.
 * The counts are kept in the import, the errors in its list.
 */
export async function dryRunImport(
  house: ImportHouse,
  id: string,
  { signal, onProgress }: RunOptions = {},
): Promise<ImportCounts> {
  const { database, schema } = await house.workspace();
  const given = await readImport(database, schema, id);
  const counts = { ...noCounts };
  try {
    const opened = await openImport(house, given, true);
    try {
      await database.execute(sql`delete from ${importTable(schema, 'import_error')} where import_id = ${id}::uuid`);
      let done = 0;
      for await (const rows of batchesOf(opened.source, 0, BATCH, given.fixes)) {
        signal?.throwIfAborted();
        const door = await opened.door();
        const batch = await prepareBatch(door, opened.preparation, rows);
        const written = await tryBatch(door, opened, batch, given);
        for (const name of Object.keys(counts) as (keyof ImportCounts)[]) counts[name] += written.counts[name];
        await insertErrors(database, schema, id, written.errors);
        done = batch.end;
        onProgress?.(done, Math.max(done, opened.source.estimateRows), 'rows');
      }
      await updateImport(database, schema, id, { state: 'checked', dryRun: counts, total: done, message: null }, [
        'checking',
        'mapping',
        'ready',
        'checked',
      ]);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    const message = messageOf(error);
    if (!message) throw error;
    await updateImport(database, schema, id, { state: 'ready', message }, ['checking']);
    throw error;
  }
  return counts;
}

async function tryBatch(
  door: Parameters<typeof writeBatch>[0],
  opened: Awaited<ReturnType<typeof openImport>>,
  batch: Parameters<typeof writeBatch>[2],
  given: Import,
): Promise<Written> {
  const all: Written = { counts: { ...noCounts }, errors: [] };
  await writeBatch(door, opened.preparation, batch, {
    changeSet: given.changeSet,
    importId: given.id,
    isTrial: true,
    async before() {},
    async after(_inside, written) {
      for (const name of Object.keys(all.counts) as (keyof ImportCounts)[]) all.counts[name] += written.counts[name];
      all.errors.push(...written.errors);
    },
  });
  return all;
}

function valuesOf(item: Item, mapped: ReadonlySet<string>): Record<string, unknown> {
  const from = item.draft?.after ?? item.values;
  return Object.fromEntries(
    [...mapped].filter((name) => name !== 'id' && (from[name] ?? null) !== null).map((name) => [name, from[name]]),
  );
}
