import type { Connection } from '../../database/connection.ts';
import { identifier, raw, type Sql, sql } from '../../database/sql.ts';
import { Problem } from '../../problems/problem.ts';
import { newId } from '../../records/new-id.ts';
import type { SourceHints } from '../source.ts';
import type { CellError } from './columns.ts';
import type { ImportSettings } from './settings.ts';

/** The file and how it becomes records, how far that came, and what came of it. */
export interface Import {
  readonly id: string;
  readonly object: string;
  readonly fileName: string;
  /** Below the folder of imports. */
  readonly path: string;
  readonly size: number;
  readonly format: 'csv' | 'xlsx' | 'vcard';
  readonly hints: SourceHints;
  readonly settings: ImportSettings;
  readonly fixes: Fixes;
  readonly state: ImportState;
  readonly counts: ImportCounts;
  readonly dryRun: ImportCounts | null;
  /** Data rows: an estimate until the file was read to its end. */
  readonly total: number;
  /** Data rows dealt with. */
  readonly position: number;
  readonly changeSet: string;
  readonly indexes: readonly string[];
  readonly runner: string | null;
  /** Why it stopped: a key of the catalogue and its values. */
  readonly message: { code: string; params: Record<string, unknown> } | null;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * `mapping` uploaded, `ready` told how, `checking` and `checked` tried without writing, then `queued`, `running`, and
 * `paused`, `done`, `failed` or `undone`.
 */
export type ImportState =
  | 'mapping'
  | 'ready'
  | 'checking'
  | 'checked'
  | 'queued'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'undoing'
  | 'undone';

export interface ImportCounts {
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  duplicates: number;
}

/** Row (from 1) → column (from 0) → text. */
export type Fixes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface RowError {
  /** From 1. */
  row: number;
  line: number;
  cells: readonly string[];
  errors: readonly CellError[];
  kept: boolean;
}

export const noCounts: ImportCounts = { created: 0, updated: 0, skipped: 0, failed: 0, duplicates: 0 };

/** Where each part of an import is kept: column and type. */
const columns: Readonly<Record<keyof Import, readonly [name: string, type: string]>> = {
  id: ['id', 'uuid'],
  object: ['object', 'text'],
  fileName: ['file_name', 'text'],
  path: ['path', 'text'],
  size: ['size', 'bigint'],
  format: ['format', 'text'],
  hints: ['hints', 'jsonb'],
  settings: ['settings', 'jsonb'],
  fixes: ['fixes', 'jsonb'],
  state: ['state', 'text'],
  counts: ['counts', 'jsonb'],
  dryRun: ['dry_run', 'jsonb'],
  total: ['total', 'bigint'],
  position: ['position', 'bigint'],
  changeSet: ['change_set', 'uuid'],
  indexes: ['indexes', 'jsonb'],
  runner: ['runner', 'uuid'],
  message: ['message', 'jsonb'],
  createdBy: ['created_by_id', 'uuid'],
  createdAt: ['created_at', 'timestamptz'],
  updatedAt: ['updated_at', 'timestamptz'],
};
const names = Object.keys(columns);
const COLUMNS = raw(
  Object.values(columns)
    .map(([name, type]) => (type === 'uuid' ? `${name}::text` : name))
    .join(', '),
);

export function importTable(schema: string, name: 'import' | 'import_error' | 'import_link' = 'import'): Sql {
  return raw(`${identifier(schema)}.${identifier(name)}`);
}

export async function insertImport(
  connection: Connection,
  schema: string,
  given: Pick<
    Import,
    'id' | 'object' | 'fileName' | 'path' | 'size' | 'format' | 'hints' | 'settings' | 'total' | 'createdBy'
  >,
): Promise<void> {
  await connection.execute(sql`
    insert into ${importTable(schema)} (id, object, file_name, path, size, format, hints, settings, fixes, state, counts, total, position,
      change_set, indexes, created_by_id, created_at, updated_at)
    values (${given.id}::uuid, ${given.object}, ${given.fileName}, ${given.path}, ${given.size}::bigint, ${given.format}, ${json(given.hints)}::jsonb,
      ${json(given.settings)}::jsonb, '{}', 'mapping', ${json(noCounts)}::jsonb, ${given.total}::bigint, 0, ${newId()}::uuid, '[]', ${given.createdBy}::uuid, now(), now())`);
}

/** @throws Problem `import.not-found` */
export async function readImport(connection: Connection, schema: string, id: string, lock = false): Promise<Import> {
  const [row] = await connection.run(
    sql`select ${COLUMNS} from ${importTable(schema)} where id = ${id}::uuid ${raw(lock ? 'for update' : '')}`,
  );
  if (!row) throw new Problem('import.not-found', { id });
  return importOf(row);
}

/** Newest first; those of one person, or everybody's. */
export async function listImports(
  connection: Connection,
  schema: string,
  createdBy: string | null,
  limit = 50,
): Promise<Import[]> {
  const rows = await connection.run(sql`
    select ${COLUMNS} from ${importTable(schema)} where ${createdBy}::uuid is null or created_by_id = ${createdBy}::uuid
    order by created_at desc, id desc limit ${raw(String(limit))}`);
  return rows.map(importOf);
}

/** Imports that say they are at work, though nobody moved them for a while: whoever did was killed. */
export async function abandonedImports(connection: Connection, schema: string, seconds: number): Promise<Import[]> {
  const rows = await connection.run(sql`
    select ${COLUMNS} from ${importTable(schema)}
    where state in ('checking', 'queued', 'running', 'undoing') and updated_at < now() - make_interval(secs => ${seconds}::int)`);
  return rows.map(importOf);
}

type Changes = Partial<
  Pick<
    Import,
    'settings' | 'fixes' | 'state' | 'counts' | 'dryRun' | 'total' | 'position' | 'indexes' | 'runner' | 'message'
  >
>;

/** Changes an import that is in one of these states, or does nothing. @returns whether it was changed */
export async function updateImport(
  connection: Connection,
  schema: string,
  id: string,
  changes: Changes,
  states?: readonly ImportState[],
): Promise<boolean> {
  const sets = (Object.entries(changes) as [keyof Changes, unknown][]).map(([key, value]) => {
    const [name, type] = columns[key];
    const given = type === 'jsonb' && value !== null ? json(value) : value;
    return sql`${raw(name)} = ${given}${raw(`::${type}`)}`;
  });
  const query = sets.reduce(
    (query, set) => sql`${query}, ${set}`,
    sql`update ${importTable(schema)} set updated_at = now()`,
  );
  const condition = states ? sql` and state = any(${states}::text[])` : raw('');
  return (await connection.execute(sql`${query} where id = ${id}::uuid${condition}`)) > 0;
}

export async function insertErrors(
  connection: Connection,
  schema: string,
  id: string,
  errors: readonly RowError[],
): Promise<void> {
  if (errors.length === 0) return;
  await connection.execute(sql`
    insert into ${importTable(schema, 'import_error')} (import_id, row, line, cells, errors, kept)
    select ${id}::uuid, e.* from unnest(${errors.map(({ row }) => row)}::bigint[], ${errors.map(({ line }) => line)}::bigint[],
      ${errors.map(({ cells }) => json(cells))}::jsonb[], ${errors.map((error) => json(error.errors))}::jsonb[], ${errors.map(({ kept }) => kept)}::boolean[]) e
    on conflict (import_id, row) do update set cells = excluded.cells, errors = excluded.errors, kept = excluded.kept, fixed = false`);
}

/** In the order of the file. */
export async function readErrors(
  connection: Connection,
  schema: string,
  id: string,
  options: { after?: number; limit?: number; fixedOnly?: boolean } = {},
): Promise<RowError[]> {
  const rows = await connection.run(sql`
    select row, line, cells, errors, kept from ${importTable(schema, 'import_error')}
    where import_id = ${id}::uuid and row > ${options.after ?? 0}::bigint ${raw(options.fixedOnly ? 'and fixed' : '')}
    order by row limit ${raw(String(options.limit ?? 1_000))}`);
  return rows.map(([row, line, cells, errors, kept]) => ({ row, line, cells, errors, kept }) as RowError);
}

/** Text for a jsonb parameter. NUL and lone surrogates, which a cell may have and jsonb may not, become U+FFFD. */
export function json(value: unknown): string {
  const text = JSON.stringify(value);
  return /\\u0000|\\ud[89a-f]/i.test(text) ? text.replace(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\ufffd') : text;
}

function importOf(row: readonly unknown[]): Import {
  return Object.fromEntries(names.map((name, index) => [name, row[index]])) as unknown as Import;
}
