import { identifier } from '../database/sql.ts';
import { Problem } from '../problems/problem.ts';
import { primaryKeyName, shortName } from './names.ts';
import { EXTENSIONS } from './snapshot.ts';
import type { Column, ForeignKey, Index, Snapshot, Table } from './table.ts';

/** One statement on the way from one snapshot to another. */
export interface Step {
  readonly kind: StepKind;
  readonly table: string;
  /** Of `drop-column`. */
  readonly column?: string;
  readonly sql: string;
  /** One line in English for the log and the progress shown in the terminal. */
  readonly description: string;
  /** False: runs by itself, outside a transaction, and may be repeated after a crash. */
  readonly transactional: boolean;
  /** Loses data: `apply` runs it only when told. */
  readonly destructive?: true;
}

export type StepKind =
  | 'create-table'
  | 'create-partition'
  | 'add-column'
  | 'change-column'
  | 'compute-column'
  | 'create-index'
  | 'change-index'
  | 'add-key'
  | 'validate-key'
  | 'drop-key'
  | 'drop-index'
  | 'drop-column'
  | 'drop-table';

/** Where the steps are to run. Both are unquoted names of schemas. */
export interface Site {
  readonly schema: string;
  /** The schema where pg_trgm is installed. */
  readonly extensions: string;
}

export interface PlanOptions {
  /** Tables with so many rows that their indexes are built without stopping writers. */
  readonly isLarge?: (table: string) => boolean;
}

/**
 * The steps from one snapshot to another, in order. Pure: the same snapshots give the same steps.
 *
 * What loses nothing but speed or strictness (indexes, keys, `not null`, computed columns) is dropped as it goes; columns
 * and tables are dropped in steps of their own at the end, marked destructive. Where those are not run, what is left
 * (see `reached`) keeps its data and stands in nobody's way.
 *
 * @param from null for a schema that does not exist yet
 * @throws Problem `object.invalid` when a column would have to change its type in a way that could lose data
 */
export function plan(from: Snapshot | null, to: Snapshot, site: Site, options: PlanOptions = {}): Step[] {
  const isLarge = options.isLarge ?? (() => false);
  const before = from?.tables ?? {};
  const created = names(to.tables).filter((table) => !before[table]);
  const kept = names(to.tables).filter((table) => before[table]);
  const gone = names(before).filter((table) => !to.tables[table]);
  const changes = kept.map((table) => changeTable(table, before[table]!, to.tables[table]!, site, isLarge(table)));
  const leftovers = gone.map((table) => loosenTable(table, before[table]!, site));

  return [
    ...leftovers.flat(),
    ...changes.flatMap((change) => change.loosen),
    ...created.flatMap((table) => createTable(table, to.tables[table]!, site)),
    // Keys before indexes: PostgreSQL reads all indexes of a table for each of them, which took a third more.
    ...created.flatMap((table) => {
      const { foreignKeys } = to.tables[table]!;
      return names(foreignKeys).map((name) => addKey(table, name, foreignKeys[name]!, site, false));
    }),
    ...created.flatMap((table) => {
      const { indexes } = to.tables[table]!;
      return names(indexes).map((name) => createIndex(table, name, indexes[name]!, site, false));
    }),
    ...changes.flatMap((change) => change.columns),
    ...changes.flatMap((change) => change.indexes),
    ...changes.flatMap((change) => change.keys),
    ...changes.flatMap((change) => change.drops),
    ...gone.map((table) => dropTable(table, site)),
  ];
}

/**
 * What there is after the steps were applied: the new snapshot, and what was left over because its destructive step is not
 * among `dropped`.
 */
export function reached(from: Snapshot | null, to: Snapshot, dropped: readonly Step[] = []): Snapshot {
  const tables: Record<string, Table> = { ...to.tables };
  for (const [name, table] of Object.entries(from?.tables ?? {})) {
    const wanted = to.tables[name];
    const left = Object.entries(table.columns).filter(
      ([column, shape]) => !wanted?.columns[column] && !isComputed(shape) && !isDropped(dropped, name, column),
    );
    if (!wanted && isDropped(dropped, name)) continue;
    if (!wanted) tables[name] = { ...table, indexes: {}, foreignKeys: {} };
    else if (left.length > 0) {
      const loose = left.map(([column, { notNull: _, ...shape }]) => [column, shape]);
      tables[name] = { ...wanted, columns: { ...wanted.columns, ...Object.fromEntries(loose) } };
    }
  }
  return { format: 1, tables };
}

function isDropped(dropped: readonly Step[], table: string, column?: string): boolean {
  return dropped.some((step) => step.destructive && step.table === table && step.column === column);
}

/** Columns whose values the program has to compute anew for the rows that exist. */
export function derivedChanges(from: Snapshot | null, to: Snapshot): { object: string; columns: string[] }[] {
  return names(to.tables).flatMap((name) => {
    const table = to.tables[name]!;
    const before = from?.tables[name];
    if (!before || !table.object) return [];
    const columns = names(table.columns).filter((column) => {
      const { derived } = table.columns[column]!;
      return derived !== undefined && derived !== before.columns[column]?.derived;
    });
    return columns.length > 0 ? [{ object: table.object, columns }] : [];
  });
}

/** The same tables, whatever the order of their parts and whatever is no part of the database. */
export function sameSnapshot(one: Snapshot, other: Snapshot): boolean {
  return canonical(one) === canonical(other);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'fill' || typeof part !== 'object' || part === null || Array.isArray(part)) {
      return key === 'fill' ? undefined : part;
    }
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

interface TableChange {
  loosen: Step[];
  columns: Step[];
  indexes: Step[];
  keys: Step[];
  drops: Step[];
}

function changeTable(table: string, from: Table, to: Table, site: Site, isLarge: boolean): TableChange {
  if (from.partitionBy !== to.partitionBy || canonical(from.primaryKey) !== canonical(to.primaryKey)) {
    throw impossible(to, table, 'primaryKey');
  }
  const on = qualified(table, site);
  const alter = (kind: StepKind, action: string, description: string): Step =>
    step(kind, table, `alter table ${on} ${action}`, description);
  const change: TableChange = { loosen: [], columns: [], indexes: [], keys: [], drops: [] };

  const widened = names(to.columns).filter(
    (name) => from.columns[name] && from.columns[name].type !== to.columns[name]!.type,
  );
  const replaced = replacedColumns(from, to, widened);
  const vanishing = names(from.columns).filter((name) => !to.columns[name] && isComputed(from.columns[name]!));

  for (const name of names(from.foreignKeys)) {
    if (canonical(from.foreignKeys[name]) !== canonical(to.foreignKeys[name] ?? null)) {
      change.loosen.push(alter('drop-key', `drop constraint if exists ${identifier(name)}`, `Drop key ${name}`));
    }
  }
  const droppedIndexes = new Set(
    names(from.indexes).filter((name) => {
      const wanted = to.indexes[name];
      return (
        !wanted ||
        (canonical(wanted) !== canonical(from.indexes[name]) && !isTuned(from.indexes[name]!, wanted)) ||
        [...replaced, ...vanishing].some((column) => mentions(wanted, column))
      );
    }),
  );
  for (const name of droppedIndexes) {
    const sql = `drop index if exists ${qualified(name, site)}`;
    change.loosen.push(step('drop-index', table, sql, `Drop index ${name}`));
  }

  for (const name of [...vanishing, ...replaced]) {
    change.columns.push(
      alter('change-column', `drop column if exists ${identifier(name)}`, `Drop computed ${table}.${name}`),
    );
  }
  for (const name of names(from.columns)) {
    const [was, is] = [from.columns[name]!, to.columns[name]];
    if (!is) {
      if (isComputed(was)) continue;
      if (was.notNull) {
        change.columns.push(
          alter('change-column', `alter column ${identifier(name)} drop not null`, `Loosen ${table}.${name}`),
        );
      }
      change.drops.push({
        ...alter('drop-column', `drop column if exists ${identifier(name)}`, `Drop column ${table}.${name}`),
        column: name,
        destructive: true,
      });
    } else if (!replaced.has(name)) change.columns.push(...changeColumn(table, name, was, is, to, alter));
  }
  const added = names(to.columns).filter((name) => !from.columns[name] || replaced.has(name));
  for (const name of [...added].sort((a, b) => rank(to.columns[a]!) - rank(to.columns[b]!))) {
    const column = to.columns[name]!;
    const { fill } = column;
    const initial = fill !== undefined && fill !== 'null' ? { ...column, default: fill } : column;
    const action = `add column if not exists ${columnSql(name, initial)}`;
    change.columns.push(alter('add-column', action, `Add column ${table}.${name}`));
    if (initial !== column) {
      change.columns.push(
        alter('change-column', `alter column ${identifier(name)} drop default`, `Add column ${table}.${name}`),
      );
    }
  }

  for (const name of names(to.indexes)) {
    const [was, is] = [from.indexes[name], to.indexes[name]!];
    if (!was || droppedIndexes.has(name)) {
      change.indexes.push(createIndex(table, name, is, site, isLarge && !to.partitionBy));
    } else if (isTuned(was, is)) {
      const sql = `alter index if exists ${qualified(name, site)} set (${is.with})`;
      change.indexes.push(step('change-index', table, sql, `Tune index ${name}`));
    }
  }
  for (const name of names(to.foreignKeys)) {
    if (canonical(from.foreignKeys[name] ?? null) !== canonical(to.foreignKeys[name])) {
      change.keys.push(addKey(table, name, to.foreignKeys[name]!, site, true));
      change.keys.push(alter('validate-key', `validate constraint ${identifier(name)}`, `Check key ${name}`));
    }
  }
  return change;
}

/** The same index with other storage parameters: no reason to build it anew. */
function isTuned(from: Index, to: Index): boolean {
  const { with: before, ...was } = from;
  const { with: after, ...is } = to;
  return after !== undefined && before !== after && canonical(was) === canonical(is);
}

/** Generated columns that have to be made again: another expression, or one that reads a column of another type. */
function replacedColumns(from: Table, to: Table, widened: readonly string[]): Set<string> {
  const replaced = new Set<string>();
  for (const [name, is] of Object.entries(to.columns)) {
    const was = from.columns[name];
    if (!was || is.generated === undefined) continue;
    // A column that people wrote is not given up for a computed one.
    if (was.generated === undefined && was.derived === undefined) throw impossible(to, from.object ?? '', name);
    if (
      was.generated !== is.generated ||
      was.type !== is.type ||
      widened.some((column) => reads(is.generated, column))
    ) {
      replaced.add(name);
    }
  }
  return replaced;
}

function changeColumn(
  table: string,
  name: string,
  was: Column,
  is: Column,
  to: Table,
  alter: (kind: StepKind, action: string, description: string) => Step,
): Step[] {
  const column = `alter column ${identifier(name)}`;
  const description = `Change column ${table}.${name}`;
  const steps: Step[] = [];
  if (was.generated !== undefined && is.generated === undefined) {
    steps.push(alter('change-column', `${column} drop expression if exists`, description));
  }
  if (was.type !== is.type) {
    if (!isWider(was.type, is.type)) throw impossible(to, table, name);
    steps.push(
      alter(
        'change-column',
        `${column} type ${is.type} using ${identifier(name)}::${is.type}`,
        `Widen ${table}.${name}`,
      ),
    );
  }
  if (was.default !== is.default) {
    steps.push(
      alter(
        'change-column',
        `${column} ${is.default === undefined ? 'drop default' : `set default ${is.default}`}`,
        description,
      ),
    );
  }
  if (was.notNull && !is.notNull) steps.push(alter('change-column', `${column} drop not null`, description));
  if (!was.notNull && is.notNull) {
    // The check is validated without stopping writers, and spares `set not null` its own look at every row.
    const check = identifier(shortName(`nn_${name}`));
    steps.push(
      alter('change-column', `drop constraint if exists ${check}`, description),
      alter('change-column', `add constraint ${check} check (${identifier(name)} is not null) not valid`, description),
      alter('validate-key', `validate constraint ${check}`, `Look for empty ${table}.${name}`),
      alter('change-column', `${column} set not null`, description),
      alter('change-column', `drop constraint ${check}`, description),
    );
  }
  return steps;
}

function createTable(name: string, table: Table, site: Site): Step[] {
  const lines = [
    ...Object.entries(table.columns).map(([column, shape]) => columnSql(column, shape)),
    `constraint ${identifier(primaryKeyName(name))} primary key (${table.primaryKey.map(identifier).join(', ')})`,
  ];
  const partitions = table.partitionBy ? ` partition by ${table.partitionBy}` : '';
  const on = qualified(name, site);
  const steps = [
    step(
      'create-table',
      name,
      `create table if not exists ${on} (\n  ${lines.join(',\n  ')}\n)${partitions}`,
      `Create table ${name}`,
    ),
  ];
  if (table.partitionBy) {
    const partition = qualified(`${name}_default`, site);
    const sql = `create table if not exists ${partition} partition of ${on} default`;
    steps.push(step('create-partition', name, sql, `Create partition ${name}_default`));
  }
  return steps;
}

/** A table that nobody knows any more keeps its rows and holds nobody back. */
function loosenTable(name: string, table: Table, site: Site): Step[] {
  return [
    ...names(table.foreignKeys).map((key) =>
      step(
        'drop-key',
        name,
        `alter table ${qualified(name, site)} drop constraint if exists ${identifier(key)}`,
        `Drop key ${key}`,
      ),
    ),
    ...names(table.indexes).map((index) =>
      step('drop-index', name, `drop index if exists ${qualified(index, site)}`, `Drop index ${index}`),
    ),
  ];
}

function dropTable(name: string, site: Site): Step {
  return {
    ...step('drop-table', name, `drop table if exists ${qualified(name, site)}`, `Drop table ${name}`),
    destructive: true,
  };
}

function createIndex(table: string, name: string, index: Index, site: Site, concurrently: boolean): Step {
  const keys = index.keys.map((key) => key.replace(EXTENSIONS, identifier(site.extensions))).join(', ');
  const sql =
    `create ${index.unique ? 'unique ' : ''}index ${concurrently ? 'concurrently ' : ''}if not exists ${identifier(name)} ` +
    `on ${qualified(table, site)} using ${index.method ?? 'btree'} (${keys})${index.with ? ` with (${index.with})` : ''}${index.where ? ` where ${index.where}` : ''}`;
  return { ...step('create-index', table, sql, `Create index ${name}`), transactional: !concurrently };
}

function addKey(table: string, name: string, key: ForeignKey, site: Site, hasRows: boolean): Step {
  const sql =
    `alter table ${qualified(table, site)} drop constraint if exists ${identifier(name)}, ` +
    `add constraint ${identifier(name)} foreign key (${identifier(key.column)}) ` +
    `references ${qualified(key.to, site)} ("id") on delete ${key.onDelete}${hasRows ? ' not valid' : ''}`;
  return step('add-key', table, sql, `Add key ${name}`);
}

function columnSql(name: string, column: Column): string {
  const generated = column.generated === undefined ? '' : ` generated always as (${column.generated}) stored`;
  const initial = column.default === undefined ? '' : ` default ${column.default}`;
  return `${identifier(name)} ${column.type}${generated}${column.notNull ? ' not null' : ''}${initial}`;
}

function step(kind: StepKind, table: string, sql: string, description: string): Step {
  return { kind, table, sql, description, transactional: true };
}

/** Values that can be computed again, so that dropping the column loses nothing. */
function isComputed(column: Column): boolean {
  return column.generated !== undefined || column.derived !== undefined;
}

/** Generated columns read others, so they come last. */
function rank(column: Column): number {
  return column.generated === undefined ? 0 : 1;
}

function mentions(index: Index, column: string): boolean {
  return [...index.keys, index.where ?? ''].some((part) => reads(part, column));
}

/** Whether SQL text made by the program, which quotes all columns, reads a column. Too often yes does no harm. */
function reads(sql: string | undefined, column: string): boolean {
  return sql?.includes(identifier(column)) ?? false;
}

/** Every value of the one type is a value of the other. */
function isWider(from: string, to: string): boolean {
  if (to === 'text') return !from.endsWith('[]') && from !== 'jsonb';
  const [was, is] = [digits(from), digits(to)];
  return was !== undefined && is !== undefined && is.before >= was.before && is.after >= was.after;
}

/** Digits before and after the decimal point that a type of exact numbers holds. */
function digits(type: string): { before: number; after: number } | undefined {
  if (type === 'smallint') return { before: 5, after: 0 };
  if (type === 'integer') return { before: 10, after: 0 };
  if (type === 'bigint') return { before: 19, after: 0 };
  if (type === 'numeric') return { before: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY };
  const [, precision, scale] = /^numeric\((\d+), ?(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? undefined : { before: Number(precision) - Number(scale), after: Number(scale) };
}

function impossible(table: Table, name: string, column: string): Problem {
  const object = table.object ?? name;
  return new Problem('object.invalid', { object }, [{ field: column, code: 'field.type-change' }]);
}

function qualified(name: string, site: Site): string {
  return `${identifier(site.schema)}.${identifier(name)}`;
}

function names(record: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(record).sort();
}
