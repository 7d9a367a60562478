import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAllowed, type Principal } from '../../access/access.ts';
import { raw, sql } from '../../database/sql.ts';
import { translator } from '../../i18n/translate.ts';
import { objectOf } from '../../object/model.ts';
import { Problem } from '../../problems/problem.ts';
import type { Workspace } from '../../records/door.ts';
import { newId } from '../../records/new-id.ts';
import { undoChangeSet } from '../../records/undo.ts';
import { type Cell, csvOptionsFor, writeCsv } from '../formats/write-csv.ts';
import { fieldLabel } from '../labels.ts';
import { openSource, type SourceHints } from '../source.ts';
import type { ImportHouse } from './engine.ts';
import { mayImport } from './engine.ts';
import { bringIndexesBack } from './indexes.ts';
import { checkSettings, type ImportSettings, noSettings } from './settings.ts';
import {
  type Fixes,
  type Import,
  type ImportState,
  importTable,
  insertImport,
  json,
  readErrors,
  readImport,
  updateImport,
} from './store.ts';
import { suggestTargets } from './targets.ts';

export interface NewImport {
  object: string;
  fileName: string;
  /** Below the folder of imports. */
  path: string;
  size: number;
  hints?: SourceHints;
}

/**
 * Registers a file that is in the folder of imports, with the mapping that its columns suggest.
 * @throws TransferError when it cannot be read; Problem `access.denied`
 */
export async function createImport(house: ImportHouse, principal: Principal, given: NewImport): Promise<Import> {
  const { database, schema, model, settings } = await house.workspace();
  const object = objectOf(model, given.object);
  if (!isAllowed(principal, object.name, 'import')) throw new Problem('access.denied');
  const hints = { language: settings.language, ...given.hints };
  const source = await openSource(join(house.folder, given.path), { fileName: given.fileName, hints });
  try {
    const suggested = suggestTargets(model, object, principal, source.columns, source.sample);
    const columns = Object.fromEntries(
      suggested.flatMap(({ target }, column) => (target === null ? [] : [[column, { target }]])),
    );
    const id = newId();
    await insertImport(database, schema, {
      ...given,
      id,
      format: source.format,
      // What was found out is kept, so that a later run reads the file in the same way.
      hints: {
        ...hints,
        format: source.format,
        encoding: source.encoding,
        hasHeader: source.hasHeader,
        ...(source.sheet === null ? {} : { sheet: source.sheet }),
      },
      settings: { ...noSettings, columns },
      total: source.estimateRows,
      createdBy: principal.userId,
    });
    return readImport(database, schema, id);
  } finally {
    await source.close();
  }
}

export interface ImportChanges {
  settings?: Partial<ImportSettings>;
  fixes?: Fixes;
}

/** Says how the file becomes records, or puts cells right. @throws Problem `import.invalid`, `import.state` */
export async function configureImport(
  workspace: Workspace,
  principal: Principal,
  id: string,
  changes: ImportChanges,
): Promise<Import> {
  const { database, schema, model } = workspace;
  await database.transaction(async (connection) => {
    const given = await readImport(connection, schema, id, true);
    const isBefore = (['mapping', 'ready', 'checked'] as ImportState[]).includes(given.state);
    const hasEnded = (['paused', 'done', 'failed'] as ImportState[]).includes(given.state);
    if (changes.settings) {
      if (!isBefore) throw new Problem('import.state', { state: given.state });
      const settings = { ...given.settings, ...changes.settings };
      checkSettings(settings, model, objectOf(model, given.object), principal);
      await updateImport(connection, schema, id, { settings, state: 'ready' });
    }
    if (!changes.fixes) return;
    if (!isBefore && !hasEnded) throw new Problem('import.state', { state: given.state });
    checkFixes(changes.fixes);
    if (isBefore) {
      const fixes = Object.fromEntries(
        Object.entries({ ...given.fixes, ...changes.fixes }).map(([row, cells]) => [
          row,
          { ...given.fixes[row], ...cells },
        ]),
      );
      await updateImport(connection, schema, id, { fixes });
      return;
    }
    for (const [row, cells] of Object.entries(changes.fixes)) {
      for (const [column, text] of Object.entries(cells)) {
        await connection.execute(sql`
          update ${importTable(schema, 'import_error')} set cells = jsonb_set(cells, ${[column]}::text[], ${json(text)}::jsonb), fixed = true
          where import_id = ${id}::uuid and row = ${row}::bigint and not kept and cells->${raw(String(Number(column)))} is not null`);
      }
    }
  });
  return readImport(database, schema, id);
}

const MOST_FIXES = 1_000;

function checkFixes(fixes: Fixes): void {
  const entries = Object.entries(fixes);
  const isRight =
    entries.length <= MOST_FIXES &&
    entries.every(
      ([row, cells]) =>
        /^[1-9]\d{0,9}$/.test(row) &&
        typeof cells === 'object' &&
        cells !== null &&
        Object.entries(cells).every(
          ([column, text]) => /^\d{1,3}$/.test(column) && typeof text === 'string' && text.length <= 100_000,
        ),
    );
  if (!isRight) throw new Problem('import.invalid', {}, [{ field: 'fixes', code: 'field.invalid' }]);
}

/** Puts an import in the queue: for its first run, to go on, or to try rows again that somebody put right. */
export async function queueImport(
  workspace: Workspace,
  principal: Principal,
  id: string,
  from: readonly ImportState[],
): Promise<Import> {
  const { database, schema, model } = workspace;
  await database.transaction(async (connection) => {
    const given = await readImport(connection, schema, id, true);
    if (!from.includes(given.state)) throw new Problem('import.state', { state: given.state });
    if (!mayImport(principal, given)) throw new Problem('access.denied');
    checkSettings(given.settings, model, objectOf(model, given.object), principal);
    if (given.position === 0 && given.state !== 'paused') {
      // What a trial found is no longer of interest.
      await connection.execute(
        sql`delete from ${importTable(schema, 'import_error')} where import_id = ${id}::uuid and not fixed`,
      );
    }
    await updateImport(connection, schema, id, { state: 'queued', message: null });
  });
  return readImport(database, schema, id);
}

/** The batch that is being written is finished or taken back; the import goes on when it is resumed. */
export async function pauseImport({ database, schema }: Workspace, id: string): Promise<Import> {
  const paused = await updateImport(database, schema, id, { state: 'paused' }, ['queued', 'running']);
  const now = await readImport(database, schema, id);
  if (!paused && now.state !== 'paused') throw new Problem('import.state', { state: now.state });
  return now;
}

/**
 * Takes back everything that an import did, updates too. What somebody changed since stays and is counted. Begun again
 * after a crash it finds the rest.
 */
export async function undoImport(
  house: ImportHouse,
  id: string,
  options: { signal?: AbortSignal; onProgress?(done: number, total: number): void } = {},
): Promise<{ undone: number; conflicts: number }> {
  const workspace = await house.workspace();
  const { database, schema } = workspace;
  const given = await readImport(database, schema, id);
  const principal = await house.principal(given.createdBy);
  if (!principal) throw new Problem('access.denied');
  const door = { workspace, principal, via: 'undo', trusted: true, unit: null };
  await bringIndexesBack(door, id, given.indexes, () => {});
  const total = given.counts.created + given.counts.updated;
  const result = await undoChangeSet(door, given.changeSet, {
    signal: options.signal,
    onProgress: (done) => options.onProgress?.(done, Math.max(done, total)),
  }).catch((error: unknown) => {
    // An import that changed nothing has nothing to take back.
    if (error instanceof Problem && error.code === 'change.not-found') return { undone: 0, conflicts: [] };
    throw error;
  });
  await updateImport(
    database,
    schema,
    id,
    {
      state: 'undone',
      message:
        result.conflicts.length > 0
          ? { code: 'import.undo-conflicts', params: { count: result.conflicts.length } }
          : null,
    },
    ['undoing'],
  );
  return { undone: result.undone, conflicts: result.conflicts.length };
}

/** Forgets an import that wrote nothing, and its file. */
export async function removeImport(house: ImportHouse, id: string): Promise<void> {
  const { database, schema } = await house.workspace();
  const given = await readImport(database, schema, id);
  if (!['mapping', 'ready', 'checked', 'undone'].includes(given.state) && given.position > 0)
    throw new Problem('import.state', { state: given.state });
  for (const name of ['import_error', 'import_link'] as const)
    await database.execute(sql`delete from ${importTable(schema, name)} where import_id = ${id}::uuid`);
  await database.execute(sql`delete from ${importTable(schema)} where id = ${id}::uuid`);
  await rm(join(house.folder, given.path), { force: true });
}

/** The rows with errors as a CSV file: their own columns, and why, in a person's language. It can be imported again. */
export async function* errorFile(house: ImportHouse, id: string, language: string): AsyncGenerator<string> {
  const { database, schema, model } = await house.workspace();
  const given = await readImport(database, schema, id);
  const source = await openSource(join(house.folder, given.path), { fileName: given.fileName, hints: given.hints });
  await source.close();
  const words = translator(language);
  const object = objectOf(model, given.object);
  const say = (error: { field: string; code: string; params?: Record<string, unknown>; column?: number }): string => {
    const field = object.fields.get(error.field.split('.')[0] as string);
    const name = error.column === undefined ? (field ? fieldLabel(field, language) : '') : source.columns[error.column];
    return `${name ? `${name}: ` : ''}${words(error.code, error.params)}`;
  };
  async function* batches(): AsyncGenerator<Cell[][]> {
    for (let after = 0; ; ) {
      const errors = await readErrors(database, schema, id, { after });
      if (errors.length === 0) return;
      after = errors.at(-1)!.row;
      yield errors.map(({ cells, errors, kept, line }) => [
        ...source.columns.map((_, column) => cells[column] ?? ''),
        String(line),
        `${errors.map(say).join(' ')}${kept ? ` ${words('import.kept')}` : ''}`,
      ]);
    }
  }
  yield* writeCsv(
    [...source.columns, words('import.line'), words('import.reason')],
    batches(),
    csvOptionsFor(language),
  );
}
