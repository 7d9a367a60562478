import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { from as copyFrom } from 'pg-copy-streams';
import { runSteps } from '../schema/apply.ts';
import { addMonth } from '../schema/partitions.ts';
import { plan, type StepKind } from '../schema/plan.ts';
import { bringPlatform, extensionSchema, newestPlatform } from '../workspace/platform.ts';
import type { BackedUpTable, BackedUpWorkspace, BackupHeader, BackupManifest } from './backup.ts';
import type { Connection, TransactionConnection } from './connection.ts';
import type { Database } from './pool.ts';
import { RestoreError } from './restore-error.ts';
import { identifier } from './sql.ts';
import { StartError } from './start-error.ts';
import { readTar, type TarEntry } from './tar.ts';

export interface RestoreOptions {
  /** Replaces what is there, which is kept in renamed schemas. */
  force?: boolean;
  /** Where files of the backup are put. */
  filesFolder?: string;
  signal?: AbortSignal;
  onProgress?: (line: string) => void;
}

export interface RestoreSummary {
  takenAt: string;
  tables: number;
  rows: number;
  files: number;
  /** Schemas that hold what was there before. */
  kept: string[];
}

/**
 * Brings a backup into the database: tables as its snapshots say, rows, then indexes and keys, and what it counted is
 * counted again. All in one transaction: whatever ends it early leaves the database as it was. Its tables may be those of
 * an older version; the next start upgrades them.
 *
 * @throws RestoreError, StartError `database-too-new`
 */
export async function restoreBackup(db: Database, file: string, options: RestoreOptions = {}): Promise<RestoreSummary> {
  const { onProgress = () => {}, signal } = options;
  // Tells a file that is missing before anything is begun.
  await (await open(file, 'r')).close();
  return db.transaction(async (connection) => {
    await connection.run('set local idle_in_transaction_session_timeout = 0');
    const entries = readTar(decompressed(file, signal));
    try {
      const header = await readHeader(entries);
      const kept = await makeRoom(connection, options.force ?? false);
      await bringPlatform(connection, 0, header.platformVersion, header.programVersion);
      const extensions = await extensionSchema(connection);
      for (const workspace of header.workspaces) await createTables(connection, workspace, extensions);
      const restored = await fill(connection, header, entries, options);
      for (const workspace of header.workspaces) {
        onProgress(`Building the indexes of ${workspace.schema} …`);
        signal?.throwIfAborted();
        await createKeys(connection, workspace, extensions);
      }
      // What a change of definitions had done is not in the tables, which are as before it: it begins again.
      await connection.run('update platform.workspace set journal_done = 0 where journal is not null');
      signal?.throwIfAborted();
      return { takenAt: header.takenAt, ...restored, kept };
    } catch (error) {
      // What zlib and the archive's reader say, as one of ours.
      const { code } = error as { code?: unknown };
      if (/^Z_/.test(String(code)) || (error as Error).message.startsWith('The archive')) {
        throw new RestoreError(
          `${file} is no backup of Tendero, or damaged (${(error as Error).message.replace(/\.$/, '')}).`,
        );
      }
      throw error;
    } finally {
      await entries.return(undefined);
    }
  });
}

async function* decompressed(file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const running = pipeline(source, gunzip, { signal });
  running.catch(() => {});
  try {
    for await (const piece of gunzip) yield piece as Buffer;
    await running;
  } finally {
    source.destroy();
  }
}

async function readHeader(entries: AsyncGenerator<TarEntry>): Promise<BackupHeader> {
  const { value: first } = await entries.next();
  if (first?.path !== 'backup.json' || first.size > 256 * 1024 * 1024)
    throw new RestoreError('The file is no backup of Tendero.');
  const header = (await readJson(first)) as BackupHeader;
  if (header.format !== 'tendero-backup') throw new RestoreError('The file is no backup of Tendero.');
  if (header.formatVersion !== 1 || header.platformVersion > newestPlatform) {
    throw new StartError(
      'database-too-new',
      `The backup was written by Tendero ${header.programVersion}, which is newer than this one. Restore it with that version.`,
    );
  }
  return header;
}

/** @returns the new names of the schemas that were in the way */
async function makeRoom(connection: Connection, force: boolean): Promise<string[]> {
  const rows = await connection.run(
    `select nspname::text from pg_namespace where nspname = 'platform' or nspname ~ '^ws_[a-z]' order by nspname`,
  );
  const present = rows.map(([name]) => name as string).filter((name) => !/_before_\d{14}$/.test(name));
  if (present.length === 0) return [];
  if (present.length === 1 && !(await hasWorkspaces(connection))) {
    await connection.run('drop schema platform cascade');
    return [];
  }
  if (!force) {
    throw new RestoreError(
      'The database is not empty. With --force the backup replaces what is there, which is kept in renamed schemas.',
    );
  }
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const kept: string[] = [];
  for (const name of present) {
    kept.push(`${name}_before_${stamp}`);
    await connection.run(`alter schema ${identifier(name)} rename to ${identifier(kept.at(-1)!)}`);
  }
  return kept;
}

async function hasWorkspaces(connection: Connection): Promise<boolean> {
  const [there] = await connection.run(`select to_regclass('platform.workspace') is not null`);
  if (!there![0]) return true;
  const [row] = await connection.run('select exists (select from platform.workspace)');
  return row![0] as boolean;
}

const beforeRows: ReadonlySet<StepKind> = new Set(['create-table', 'create-partition']);

async function createTables(connection: Connection, workspace: BackedUpWorkspace, extensions: string): Promise<void> {
  await connection.run(`create schema ${identifier(workspace.schema)}`);
  await runSteps(
    connection,
    stepsOf(workspace, extensions).filter(({ kind }) => beforeRows.has(kind)),
  );
  for (const month of workspace.months) await addMonth(connection, workspace.schema, month);
}

async function createKeys(connection: Connection, workspace: BackedUpWorkspace, extensions: string): Promise<void> {
  await runSteps(
    connection,
    stepsOf(workspace, extensions).filter(({ kind }) => !beforeRows.has(kind)),
  );
}

function stepsOf({ schema, snapshot }: BackedUpWorkspace, extensions: string) {
  return plan(null, snapshot, { schema, extensions });
}

/** Rows and files, in the order of the archive; then what was counted when it was written. */
async function fill(
  connection: TransactionConnection,
  header: BackupHeader,
  entries: AsyncGenerator<TarEntry>,
  { filesFolder, onProgress = () => {} }: RestoreOptions,
): Promise<Pick<RestoreSummary, 'tables' | 'rows' | 'files'>> {
  const tables = new Map(header.tables.map((table) => [folderOf(table), table]));
  const found = new Map<string, { rows: number; sha256: string }>();
  const files = createHash('sha256');
  let rows = 0;
  let count = 0;
  let { value: entry } = await entries.next();
  while (entry) {
    const folder = entry.path.slice(0, entry.path.lastIndexOf('/'));
    if (entry.path === 'manifest.json') {
      compare((await readJson(entry)) as BackupManifest, header, found, { count, sha256: files.digest('hex') });
      return { tables: header.tables.length, rows, files: count };
    }
    if (entry.path.startsWith('files/')) {
      await storeFile(entry, filesFolder, files);
      count++;
      onProgress(`Restoring … ${count} files`);
      entry = (await entries.next()).value;
      continue;
    }
    const table = tables.get(folder);
    if (!table || found.has(folder))
      throw new RestoreError(`The backup holds ${entry.path}, which is none of its tables.`);
    const sha256 = createHash('sha256');
    const pieces = piecesOf(entry, entries, folder, (piece) => sha256.update(piece));
    const copy = connection.client.query(
      copyFrom(
        `copy ${identifier(table.schema)}.${identifier(table.name)} (${table.columns.map(identifier).join(', ')}) from stdin (format csv)`,
      ),
    );
    await pipeline(Readable.from(pieces.content, { objectMode: false }), copy);
    found.set(folder, { rows: copy.rowCount, sha256: sha256.digest('hex') });
    rows += copy.rowCount;
    onProgress(`Restoring … ${rows} rows, ${table.schema}.${table.name} is there`);
    entry = pieces.next();
  }
  throw new RestoreError('The backup ends too early: it has no manifest.');
}

/** The pieces of one table as one stream, and the entry that comes after them. */
function piecesOf(first: TarEntry, entries: AsyncGenerator<TarEntry>, folder: string, look: (piece: Buffer) => void) {
  let entry: TarEntry | undefined = first;
  return {
    next: () => entry,
    content: (async function* () {
      while (entry?.path.startsWith(`${folder}/`)) {
        for await (const piece of entry.content) {
          look(piece);
          yield piece;
        }
        entry = (await entries.next()).value;
      }
    })(),
  };
}

function compare(
  manifest: BackupManifest,
  header: BackupHeader,
  found: ReadonlyMap<string, { rows: number; sha256: string }>,
  files: BackupManifest['files'],
): void {
  const written = new Map(manifest.tables.map((table) => [folderOf(table), table]));
  for (const table of header.tables) {
    const [was, is] = [written.get(folderOf(table)), found.get(folderOf(table)) ?? nothing];
    if (was?.rows !== is.rows || was.sha256 !== is.sha256) {
      throw new RestoreError(
        `The backup is damaged: ${table.schema}.${table.name} has ${is.rows} rows instead of ${was?.rows}, or other ones.`,
      );
    }
  }
  if (manifest.files.count !== files.count || manifest.files.sha256 !== files.sha256) {
    throw new RestoreError('The backup is damaged: its files are not those that were written.');
  }
}

const nothing = { rows: 0, sha256: createHash('sha256').digest('hex') };

/** Files are never changed once stored: one that is there is the same. A restore that fails leaves them, unused. */
async function storeFile(entry: TarEntry, folder: string | undefined, sum: Hash): Promise<void> {
  const path = entry.path.slice('files/'.length);
  if (path.split(/[\\/]/).some((part) => part === '' || part === '.' || part === '..')) {
    throw new RestoreError(`The backup holds ${entry.path}, which is no place for a file.`);
  }
  sum.update(path);
  const target = folder === undefined ? undefined : join(folder, path);
  const isThere =
    target !== undefined &&
    (await access(target).then(
      () => true,
      () => false,
    ));
  if (target === undefined || isThere) {
    for await (const piece of entry.content) sum.update(piece);
    return;
  }
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const unfinished = `${target}.unfinished`;
  try {
    const content = async function* () {
      for await (const piece of entry.content) {
        sum.update(piece);
        yield piece;
      }
    };
    await pipeline(
      Readable.from(content(), { objectMode: false }),
      createWriteStream(unfinished, { mode: 0o600, flush: true }),
    );
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function folderOf({ schema, name }: Pick<BackedUpTable, 'schema' | 'name'>): string {
  return `tables/${schema}/${name}`;
}

async function readJson(entry: TarEntry): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of entry.content) pieces.push(piece);
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new RestoreError(`The backup is damaged: ${entry.path} cannot be read.`);
  }
}
