import { raw, sql } from '../../database/sql.ts';
import { Problem } from '../../problems/problem.ts';
import type { Door, Workspace } from '../../records/door.ts';
import { newId } from '../../records/new-id.ts';
import { updateDrafts } from '../../records/pipeline.ts';
import { inUnit } from '../../records/unit.ts';
import { TransferError } from '../errors.ts';
import { batchesOf, type ImportHouse, type OpenImport, openImport } from './engine.ts';
import { bringIndexesBack, takeIndexesAway } from './indexes.ts';
import { lookUp } from './look-up.ts';
import { prepareBatch } from './prepare.ts';
import {
  type Import,
  type ImportCounts,
  importTable,
  insertErrors,
  type RowError,
  readErrors,
  readImport,
  updateImport,
} from './store.ts';
import { type BatchOptions, errorsOf, type Written, writeBatch } from './write.ts';

export interface RunOptions {
  /** Aborted when the process is asked to stop; the import stays as it is, for whoever takes it next. */
  signal?: AbortSignal;
  /** @param phase a key of the catalogue: `import.phase.…` */
  onProgress?(done: number, total: number, phase: 'rows' | 'links' | 'indexes'): void;
}

/**
 * Rows of one transaction. Between 500 and 5,000 the pace is the same; more hold the counter of events locked for longer
 * (other writers wait 10 ms) and more rows in memory (3 kB each, two batches at a time: 190 MB of the process where 2,000 took
 * 212).
 */
const BATCH = 1_000;
/** A run that was killed is noticed when this many beats are missing; see `abandonedImports`. */
const HEARTBEAT_MS = 5_000;

/** Somebody paused, undid or took over the import. */
class Stopped extends Error {}

/**
 * Runs an import from where it stands to its end. While a batch is being written the next one is prepared. Every batch
 * notes how far it came in its own transaction: whenever and however this is killed, the next run goes on with nothing
 * twice and nothing lost.
 *
 * @returns the import as it ended: `done`, `paused`, or `failed` with a message
 */
export async function runImport(house: ImportHouse, id: string, options: RunOptions = {}): Promise<Import> {
  const workspace = await house.workspace();
  const { database, schema } = workspace;
  const runner = newId();
  const taken = await updateImport(database, schema, id, { state: 'running', runner, message: null }, [
    'queued',
    'running',
  ]);
  if (!taken) return readImport(database, schema, id);
  const beat = setInterval(() => {
    database
      .execute(
        sql`update ${importTable(schema)} set updated_at = now() where id = ${id}::uuid and runner = ${runner}::uuid`,
      )
      .catch(() => {});
  }, HEARTBEAT_MS);
  let opened: OpenImport | undefined;
  try {
    const given = await readImport(database, schema, id);
    opened = await openImport(house, given);
    await writeRows(opened, given, runner, options);
    await tryFixedRows(opened, id, runner);
    await linkRows(opened, id, runner, options);
    await endImport(workspace, await opened.door(), id, 'done', options);
  } catch (error) {
    if (error instanceof Stopped) await restoreIndexes(workspace, id, runner);
    else if (options.signal?.aborted) throw error;
    else await failImport(workspace, id, runner, error);
  } finally {
    clearInterval(beat);
    await opened?.close();
  }
  return readImport(database, schema, id);
}

async function writeRows(
  opened: OpenImport,
  given: Import,
  runner: string,
  { signal, onProgress }: RunOptions,
): Promise<void> {
  const { source, preparation } = opened;
  let total = Math.max(given.total, source.estimateRows);
  let writing: Promise<void> = Promise.resolve();
  let isFirst = given.position === 0;
  let done = given.position;
  for await (const rows of batchesOf(source, given.position, BATCH, given.fixes)) {
    signal?.throwIfAborted();
    const door = await opened.door();
    const batch = await prepareBatch(door, preparation, rows);
    if (isFirst && source.estimateRows > rows.length)
      await takeIndexesAway(door, preparation, given.id, source.estimateRows);
    isFirst = false;
    await writing;
    total = Math.max(total, batch.end);
    writing = writeBatch(door, preparation, batch, progressing(given, runner, total)).then(() => {
      done = batch.end;
      onProgress?.(done, total, 'rows');
    });
    // It is awaited when the next batch is ready; until then nobody may call the failure unhandled.
    writing.catch(() => {});
  }
  await writing;
  const { workspace } = await opened.door();
  await updateImport(workspace.database, workspace.schema, given.id, { total: done });
}

/** The note of how far an import came, in the transaction of its rows. */
function progressing(given: Pick<Import, 'id' | 'changeSet'>, runner: string, total: number): BatchOptions {
  return {
    changeSet: given.changeSet,
    importId: given.id,
    before: (inside) => stillMine(inside, given.id, runner),
    async after({ unit, workspace }, { counts }: Written, end) {
      await unit.connection.execute(sql`
        update ${importTable(workspace.schema)} set position = ${end}::bigint, total = greatest(${total}::bigint, ${end}::bigint),
          counts = ${addedCounts(counts)}, updated_at = now()
        where id = ${given.id}::uuid`);
    },
  };
}

function addedCounts(counts: ImportCounts) {
  const { created, updated, skipped, failed, duplicates } = counts;
  const sum = (name: keyof ImportCounts) => raw(`(counts->>'${name}')::bigint`);
  return sql`jsonb_build_object('created', ${sum('created')} + ${created}::int, 'updated', ${sum('updated')} + ${updated}::int, 'skipped', ${sum('skipped')} + ${skipped}::int,
    'failed', ${sum('failed')} + ${failed}::int, 'duplicates', ${sum('duplicates')} + ${duplicates}::int)`;
}

/** Locks the import for the rest of the transaction. @throws Stopped when it was paused or taken over */
async function stillMine({ unit, workspace }: Door, id: string, runner: string): Promise<void> {
  const [row] = await unit!.connection.run(
    sql`select 1 from ${importTable(workspace.schema)} where id = ${id}::uuid and state = 'running' and runner = ${runner}::uuid for update`,
  );
  if (!row) throw new Stopped('the import is not ours any more');
}

/** Rows of the error list that somebody put right are tried again; what works leaves the list. */
async function tryFixedRows(opened: OpenImport, id: string, runner: string): Promise<void> {
  const door = await opened.door();
  const { database, schema } = door.workspace;
  const given = await readImport(database, schema, id);
  for (let after = 0; ; ) {
    const rows = await readErrors(database, schema, id, { after, limit: 1_000, fixedOnly: true });
    if (rows.length === 0) return;
    after = (rows.at(-1) as RowError).row;
    opened.preparation.inFlight.clear();
    const batch = await prepareBatch(door, opened.preparation, rows);
    await writeBatch(door, opened.preparation, batch, {
      changeSet: given.changeSet,
      importId: id,
      async before(inside) {
        await stillMine(inside, id, runner);
        await inside.unit.connection.execute(
          sql`delete from ${importTable(schema, 'import_error')} where import_id = ${id}::uuid and row = any(${rows.map(({ row }) => row)}::bigint[]) and fixed`,
        );
      },
      async after({ unit }, { counts }) {
        const settled = { ...counts, failed: -(counts.created + counts.updated + counts.skipped) };
        await unit.connection.execute(
          sql`update ${importTable(schema)} set counts = ${addedCounts(settled)}, updated_at = now() where id = ${id}::uuid`,
        );
      },
    });
  }
}

const LINKS = 500;

/** References to records of the same file, now that all of them are there. What is not found leaves the field empty. */
async function linkRows(
  opened: OpenImport,
  id: string,
  runner: string,
  { signal, onProgress }: RunOptions,
): Promise<void> {
  const { preparation } = opened;
  const { object } = preparation;
  const { workspace } = await opened.door();
  const { database, schema } = workspace;
  const given = await readImport(database, schema, id);
  const table = importTable(schema, 'import_link');
  const [waiting] = await database.run(sql`select count(*) from ${table} where import_id = ${id}::uuid`);
  const total = (waiting?.[0] as number | undefined) ?? 0;
  for (let done = 0; done < total; ) {
    signal?.throwIfAborted();
    const door = await opened.door();
    const rows = (await database.run(sql`
      select row, line, record_id::text, field, found_by, value, cells from ${table} where import_id = ${id}::uuid order by row, field limit ${raw(String(LINKS))}`)) as [
      number,
      number,
      string,
      string,
      string | null,
      string,
      string[],
    ][];
    if (rows.length === 0) return;
    const found = new Map<string, Awaited<ReturnType<typeof lookUp>>>();
    for (const [by, group] of Map.groupBy(rows, (row) => row[4] ?? '')) {
      found.set(
        by,
        await lookUp(door, by === '' ? object.title : object.fields.get(by)!, [...new Set(group.map((row) => row[5]))]),
      );
    }
    const errors: RowError[] = [];
    const changes = new Map<string, { id: string; changes: Record<string, string>; of: (typeof rows)[number] }>();
    for (const row of rows) {
      const [number, line, record, field, by, text, cells] = row;
      const match = found.get(by ?? '')?.get(text);
      if (match && 'id' in match) {
        changes.set(record, { id: record, changes: { ...changes.get(record)?.changes, [field]: match.id }, of: row });
        continue;
      }
      const column = preparation.columns.columnOf.get(field);
      const code = match && match.count > 1 ? 'import.reference-ambiguous' : 'import.reference-missing';
      const error = {
        field,
        code,
        params: { text, count: match?.count ?? 0 },
        ...(column === undefined ? {} : { column }),
      };
      errors.push({ row: number, line, cells, errors: [error], kept: true });
    }
    await inUnit(door, { changeSet: given.changeSet }, async (inside) => {
      await stillMine(inside, id, runner);
      // One by one: two rows of one statement may make a circle that neither makes alone.
      for (const change of changes.values()) {
        const [result] = await updateDrafts(inside, object.name, [change]);
        const problems = result instanceof Problem ? errorsOf(result, preparation) : result!.errors;
        const [number, line, , , , , cells] = change.of;
        if (problems.length > 0) errors.push({ row: number, line, cells, errors: problems, kept: true });
      }
      await insertErrors(inside.unit.connection, schema, id, errors);
      await inside.unit.connection.execute(
        sql`delete from ${table} l using unnest(${rows.map((row) => row[0])}::bigint[], ${rows.map((row) => row[3])}::text[]) d(row, field)
            where l.import_id = ${id}::uuid and l.row = d.row and l.field = d.field`,
      );
    });
    done += rows.length;
    onProgress?.(done, total, 'links');
  }
}

async function endImport(
  workspace: Workspace,
  door: Door,
  id: string,
  state: 'done',
  options: RunOptions,
): Promise<void> {
  const { database, schema } = workspace;
  const { indexes } = await readImport(database, schema, id);
  options.onProgress?.(0, indexes.length, 'indexes');
  await bringIndexesBack(door, id, indexes, (done) => options.onProgress?.(done, indexes.length, 'indexes'));
  if (indexes.length > 0)
    await database.run(
      sql`analyze ${raw(`"${schema}"."${door.workspace.model.objects.get((await readImport(database, schema, id)).object)!.table}"`)}`,
    );
  await updateImport(database, schema, id, { state, runner: null }, ['running']);
}

/** After a pause, lists are fast again; who took the import over sees to it himself. */
async function restoreIndexes(workspace: Workspace, id: string, runner: string): Promise<void> {
  const now = await readImport(workspace.database, workspace.schema, id);
  if (now.runner === runner) await bringIndexesBack({ workspace } as Door, id, now.indexes, () => {});
}

async function failImport(workspace: Workspace, id: string, runner: string, error: unknown): Promise<void> {
  const { database, schema } = workspace;
  // While the database is away nothing can be noted: the run is found abandoned later and goes on.
  if (error instanceof Problem && error.code === 'database.unavailable') throw error;
  const message = messageOf(error);
  if (!message) console.error(error);
  const [mine] = await database.run(
    sql`select 1 from ${importTable(schema)} where id = ${id}::uuid and runner = ${runner}::uuid`,
  );
  if (!mine) return;
  await updateImport(
    database,
    schema,
    id,
    { state: 'failed', message: message ?? { code: 'problem.internal.title', params: {} } },
    ['running'],
  );
  await restoreIndexes(workspace, id, runner);
}

/** The sentence for what stopped an import; null for a mistake in the program. */
export function messageOf(error: unknown): Import['message'] {
  if (error instanceof TransferError) return { code: `transfer.${error.code}`, params: error.params };
  if (!(error instanceof Problem)) return null;
  const [first] = error.errors;
  return error.code === 'import.invalid' && first
    ? { code: first.code, params: first.params ?? {} }
    : { code: `problem.${error.code}.title`, params: error.params };
}
