import { requireAllowed } from '../access/access.ts';
import { identifier, join, raw, type Sql, sql, statement } from '../database/sql.ts';
import { formulaSql, type ObjectModel, tableOf } from '../object/model.ts';
import { type AggregateColumn, type AggregateStatement, compileAggregate } from '../query/aggregate.ts';
import type { AggregateQuery, AggregateRow, ListQuery } from '../query/query.ts';
import { type Dependence, dependenceOf, toldSince } from './dependence.ts';
import { connectionOf, type Door, scopeOf } from './door.ts';
import { shelfByModel } from './shelf.ts';

/**
 * Counts, sums and averages, of a big table too: 500,000 sales summed by stage cost 400 ms of CPU, kept 1 ms.
 *
 * What took long is kept in memory together with the position in the event stream that it is of. Asked again, only the
 * records with later events are looked at: as they were at that position (their values now, with the first value that each
 * changed field had since put back) they are taken out, as they are now they are added. So the answer is exact at the moment
 * it is given, and writing costs nothing. What cannot be known from the stream is computed anew each time.
 *
 * @param keepFrom milliseconds that an aggregation has to take to be kept
 */
export async function aggregate(
  door: Door,
  object: ObjectModel,
  query: AggregateQuery,
  keepFrom = KEEP_FROM_MS,
): Promise<AggregateRow[]> {
  requireAllowed(door.principal, object.name, 'read');
  const compiled = compileAggregate(scopeOf(door), object, query);
  return compiled.read(await keptRows(door, object, query, compiled, keepFrom));
}

/**
 * How many records a list is of; counting stops behind `upTo`.
 *
 * @param found selects those that the reader may see
 */
export async function countFound(
  door: Door,
  object: ObjectModel,
  { filter, search, deleted, also }: ListQuery,
  found: Sql,
  upTo: number,
  keepFrom = KEEP_FROM_MS,
): Promise<number> {
  const query: AggregateQuery = { ...(filter && { filter }), measures: { n: { count: true } } };
  const limit = raw(Number.isFinite(upTo) ? ` limit ${upTo + 1}` : '');
  const counted = sql`select count(*), count(*) from (${found}${limit}) f`;
  const isPlain = !search?.trim() && !deleted && !also;
  const compiled = { ...compileAggregate(scopeOf(door), object, query), query: counted };
  const rows = isPlain
    ? await keptRows(door, object, query, compiled, keepFrom, upTo)
    : await connectionOf(door).run(counted);
  return rows[0]![0] as number;
}

/** @param upTo a count beyond it says no more than that: what is taken away from it may leave anything */
async function keptRows(
  door: Door,
  object: ObjectModel,
  query: AggregateQuery,
  compiled: AggregateStatement,
  keepFrom: number,
  upTo = Number.POSITIVE_INFINITY,
): Promise<readonly (readonly unknown[])[]> {
  // A transaction sees its own writes, whose events are appended at its end.
  const dependence = door.unit ? null : dependenceOf(door, object, compiled);
  if (!dependence) return connectionOf(door).run(compiled.query);
  const { text, values } = statement(compiled.query);
  const key = JSON.stringify([door.workspace.id, text, values]);
  const shelf = shelfOf(door.workspace.model);
  const kept = shelf.get(key);
  const current = kept && (await broughtUpToDate(door, object, query, compiled, dependence, kept));
  const isKnown = current && (current === kept || !isBeyond(kept, upTo) || isBeyond(current, upTo));
  if (isKnown) {
    shelf.put(key, current);
    return [...current.groups.values()];
  }
  const started = performance.now();
  const { position, rows } = await computed(door, compiled);
  const took = performance.now() - started;
  if (took >= keepFrom && rows.length <= MOST_GROUPS) {
    const groups = new Map(rows.map((row) => [keyOf(row, compiled.columns), row]));
    // Instants within the same millisecond are groups of their own that look the same here.
    if (groups.size === rows.length) shelf.put(key, { position, took, groups });
  }
  return rows;
}

function isBeyond({ groups }: Kept, upTo: number): boolean {
  return [...groups.values()].some((row) => (row.at(-1) as number) > upTo);
}

/** Cheaper ones are computed as fast as they are brought up to date. */
const KEEP_FROM_MS = 3;
const MOST_GROUPS = 2_000;
/** All that is kept for a model, some 6 MB; beside its rows each takes what its SQL takes. */
const MOST_ROWS = 20_000;
const ROWS_OF_SQL = 20;
/**
 * Events of anything since, for each millisecond that it took: going through them takes 0.4 µs each, so that an import of
 * 100,000 contacts costs a sum of sales 40 ms once instead of its 400.
 */
const EVENTS_PER_MS = 1_000;
/** Records from which on computing it anew is cheaper. */
const MOST_TOUCHED = 2_000;
/** Somebody may write between the two statements that have to see the same moment. */
const ATTEMPTS = 5;

/** An aggregation as it was at a position of the event stream. */
interface Kept {
  readonly position: number;
  /** Milliseconds, when it was computed. */
  readonly took: number;
  readonly groups: ReadonlyMap<string, readonly unknown[]>;
}

const shelfOf = shelfByModel<Kept>(MOST_ROWS, ({ groups }) => groups.size + ROWS_OF_SQL);

/** Computes it, in one statement with the position that it is of. */
async function computed(door: Door, compiled: AggregateStatement) {
  const answer = await connectionOf(door).run(
    sql`select c.value, a.* from ${counter(door)} c left join (${compiled.query}) a on true where c.name = 'event'`,
  );
  // The last column, a count, is null only where the join found nothing.
  const rows = answer.map((row) => row.slice(1)).filter((row) => row.at(-1) !== null);
  return { position: answer[0]![0] as number, rows };
}

/** Null when it has to be computed anew. */
async function broughtUpToDate(
  door: Door,
  object: ObjectModel,
  query: AggregateQuery,
  compiled: AggregateStatement,
  dependence: Dependence,
  kept: Kept,
): Promise<Kept | null> {
  const connection = connectionOf(door);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [now] = await connection.run(sql`select value from ${counter(door)} where name = 'event'`);
    const position = now![0] as number;
    if (position === kept.position) return kept;
    if (position < kept.position || position - kept.position > kept.took * EVENTS_PER_MS) return null;
    const touched = await touchedSince(door, object, dependence, kept.position, position);
    if (!touched) return null;
    if (touched.size === 0) return { ...kept, position };
    const scope = scopeOf(door);
    const after = compileAggregate(scope, object, query, rowsNow(door, object, [...touched.keys()]));
    const before = compileAggregate(scope, object, query, rowsBefore(door, object, dependence, touched));
    const rows = await connection.run(sql`
      select c.value, d.* from ${counter(door)} c
      left join ((select 1, a.* from (${after.query}) a) union all (select -1, b.* from (${before.query}) b)) d on true
      where c.name = 'event'`);
    if (rows[0]![0] === position) return combined(kept, position, rows, compiled.columns);
  }
  return null;
}

/** What happened to a record since: `existed` says whether it was alive before, null for as now. */
interface Touch {
  existed: boolean | null;
  readonly was: Map<string, unknown>;
}

/** Null when something happened that concerns others than the records it happened to. */
async function touchedSince(
  door: Door,
  object: ObjectModel,
  { written, far }: Dependence,
  from: number,
  to: number,
): Promise<Map<string, Touch> | null> {
  const events = await toldSince(door, object, far, from, to);
  if (!events) return null;
  const names = new Set([...written].map((field) => field.name));
  const touched = new Map<string, Touch>();
  for (const [, id, operation, changes] of events) {
    const touch = touched.get(id) ?? { existed: null, was: new Map() };
    touched.set(id, touch);
    touch.existed ??= existedBefore(operation);
    for (const [field, [was]] of Object.entries(changes ?? {}))
      if (names.has(field) && !touch.was.has(field)) touch.was.set(field, was);
  }
  for (const [id, touch] of touched) if (touch.existed === null && touch.was.size === 0) touched.delete(id);
  return touched.size > MOST_TOUCHED ? null : touched;
}

function existedBefore(operation: string): boolean | null {
  if (operation === 'create' || operation === 'restore' || operation === 'unmerge') return false;
  return operation === 'remove' || operation === 'merge' ? true : null;
}

function rowsNow(door: Door, object: ObjectModel, ids: readonly string[]): Sql {
  return sql`(select * from ${raw(tableOf(door.workspace.schema, object))} where id = any(${ids}::uuid[]))`;
}

/** Touched records that were alive then, as they were: only the columns that the aggregation reads. */
function rowsBefore(
  door: Door,
  object: ObjectModel,
  { written, generated }: Dependence,
  touched: ReadonlyMap<string, Touch>,
): Sql {
  const { model, schema } = door.workspace;
  const records = [...touched].filter(([, { existed }]) => existed !== false);
  const names = ['id', 'existed'];
  const lists = [
    sql`${records.map(([id]) => id)}::uuid[]`,
    sql`${records.map(([, { existed }]) => existed ?? false)}::boolean[]`,
  ];
  const columns = ['t."id"', 'case when w.existed then null else t."deleted_at" end as "deleted_at"'];
  for (const [at, field] of [...written].entries()) {
    if (field.name === 'id') continue;
    const isChanged = records.map(([, { was }]) => was.has(field.name));
    const cells = records.map(([, { was }]) => {
      const value = was.get(field.name) ?? null;
      return value === null ? [] : field.type.write(value, field.definition);
    });
    names.push(`f${at}`);
    lists.push(sql`${isChanged}::boolean[]`);
    for (const [part, { name, type }] of field.columns.entries()) {
      names.push(`v${at}_${part}`);
      lists.push(sql`${cells.map((cell) => cell[part] ?? null)}${raw(`::${type}[]`)}`);
      const column = identifier(name);
      columns.push(`case when w.f${at} then w.v${at}_${part} else t.${column} end as ${column}`);
    }
  }
  const base = sql`select ${raw(columns.join(', '))} from ${raw(tableOf(schema, object))} t
    join unnest(${join(lists)}) w(${raw(names.join(', '))}) on w.id = t.id`;
  const computedNow = [...generated].flatMap((field) =>
    formulaSql(model, schema, field, 'b').map(
      (expression, part) => `(${expression})::${field.columns[part]!.type} as ${identifier(field.columns[part]!.name)}`,
    ),
  );
  return sql`(select ${raw(['b.*', ...computedNow].join(', '))} from (${base}) b)`;
}

/** Adds what is there now and takes away what was there. Null when that is less than nothing: something was not told. */
function combined(
  { took, groups: before }: Kept,
  position: number,
  rows: readonly (readonly unknown[])[],
  columns: readonly AggregateColumn[],
): Kept | null {
  const groups = new Map(before);
  for (const [, sign, ...row] of rows) {
    if (sign === null) continue;
    const key = keyOf(row, columns);
    const known = groups.get(key);
    groups.set(
      key,
      row.map((cell, at) => {
        if (columns[at] === 'key') return cell;
        if (columns[at] === 'count') return ((known?.[at] as number) ?? 0) + (sign as number) * (cell as number);
        return addDecimal((known?.[at] as string | null) ?? '0', (cell as string | null) ?? '0', sign as number);
      }),
    );
  }
  for (const [key, row] of groups) {
    const isGrouped = columns[0] === 'key';
    if (row.some((cell, at) => columns[at] === 'count' && (cell as number) < 0)) return null;
    if (isGrouped && row.at(-1) === 0) groups.delete(key);
    // Nothing to add up is not a sum of 0.
    else if (row.some((_, at) => isEmptySum(row, columns, at)))
      groups.set(
        key,
        row.map((cell, at) => (isEmptySum(row, columns, at) ? null : cell)),
      );
  }
  return { position, took, groups };
}

function isEmptySum(row: readonly unknown[], columns: readonly AggregateColumn[], at: number): boolean {
  return columns[at] === 'sum' && row[at] !== null && row[at + 1] === 0;
}

function keyOf(row: readonly unknown[], columns: readonly AggregateColumn[]): string {
  return JSON.stringify(row.filter((_, at) => columns[at] === 'key'));
}

/** Exactly, however many digits and changes. */
function addDecimal(a: string, b: string, sign: number): string {
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  const digits = (text: string) => BigInt(text.replace('.', '') + '0'.repeat(decimals - decimalsOf(text)));
  const total = digits(a) + BigInt(sign) * digits(b);
  const text = String(total < 0n ? -total : total).padStart(decimals + 1, '0');
  const whole = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return total < 0n ? `-${whole}` : whole;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function counter(door: Door): Sql {
  return raw(`${identifier(door.workspace.schema)}.counter`);
}
