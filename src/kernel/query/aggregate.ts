import { and, join, raw, type Sql, sql } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { begin, type Compilation, from, type Place, place, type QueryScope } from './compilation.ts';
import { matching, seenRows } from './page.ts';
import type { AggregateQuery, AggregateRow } from './query.ts';

const BUCKETS = ['day', 'week', 'month', 'quarter', 'year'];
const MAX_GROUPS = 10_000;

/** An aggregation, ready to run, and how its rows are read. */
export interface AggregateStatement {
  readonly query: Sql;
  /** What the columns of a row are. The last one counts the records of the group. */
  readonly columns: readonly AggregateColumn[];
  /** Conditions and joins of the statement, for whoever has to know what it depends on. */
  readonly compilation: Compilation;
  read(rows: readonly (readonly unknown[])[]): AggregateRow[];
}

/** A `sum` is exact text, or null when there is nothing to add up, and is followed by the `count` of what it adds. */
export type AggregateColumn = 'key' | 'sum' | 'count' | 'extreme';

/**
 * Counts, sums, averages and extremes in groups. Money is never added across currencies: the statement groups by the
 * currency as well, and the groups are put together again with the sum in base currency beside the sums by currency.
 *
 * @param rows stand in for the object's table
 */
export function compileAggregate(
  scope: QueryScope,
  object: ObjectModel,
  query: AggregateQuery,
  rows?: Sql,
): AggregateStatement {
  const groupBy = query.groupBy ?? [];
  const measures = Object.entries(query.measures ?? {});
  if (groupBy.length > 3) throw invalid('too-many-groups', 'groupBy');
  if (measures.length === 0 || measures.length > 20) throw invalid('measures', 'measures');
  const compilation = begin(scope, object);
  const keys = groupBy.map((key) => groupKey(compilation, key));
  const parts = measures.map(([name, measure]) => measureOf(compilation, name, measure as Record<string, unknown>));
  const currencies = parts.flatMap((part) => (part.currency ? [part.currency] : []));

  const conditions = matching(compilation, query);
  const seen = seenRows(scope, object, compilation.alias, rows !== undefined);
  if (seen) conditions.push(seen);
  const grouped = [...keys, ...currencies.map(raw)];
  const limit = Math.min(query.limit ?? MAX_GROUPS, MAX_GROUPS);
  const measured = parts.flatMap((part) => part.columns);
  const selected = [...grouped, ...measured.map((column) => column.sql), raw('count(*)')];
  const statement = sql`select ${join(selected)} from ${from(compilation, rows)} where ${and(conditions)}${
    grouped.length > 0 ? raw(` group by ${grouped.map((_, index) => index + 1).join(', ')}`) : raw('')
  } limit ${MAX_GROUPS}`;

  return {
    query: statement,
    columns: [...grouped.map(() => 'key' as const), ...measured.map((column) => column.kind), 'count'],
    compilation,
    read(rows) {
      const groups = new Map<string, { row: AggregateRow; counted: Map<string, number> }>();
      for (const row of rows) {
        const key = row.slice(0, keys.length) as AggregateRow['key'];
        const identity = JSON.stringify(key);
        let group = groups.get(identity);
        if (!group) {
          group = { row: { key }, counted: new Map() };
          for (const part of parts) group.row[part.name] = part.empty();
          groups.set(identity, group);
        }
        let at = grouped.length;
        let currencyAt = keys.length;
        for (const part of parts) {
          const currency = part.currency ? (row[currencyAt++] as string | null) : null;
          part.add(group.row, row.slice(at, at + part.columns.length), currency, group.counted);
          at += part.columns.length;
        }
      }
      return sorted(
        [...groups.values()].map(({ row }) => row),
        query,
      ).slice(0, limit);
    },
  };
}

interface MeasurePart {
  readonly name: string;
  readonly columns: readonly { readonly sql: Sql; readonly kind: AggregateColumn }[];
  /** Money is grouped by this column too. */
  readonly currency: string | null;
  empty(): unknown;
  add(row: AggregateRow, values: readonly unknown[], currency: string | null, counted: Map<string, number>): void;
}

function groupKey(compilation: Compilation, key: string): Sql {
  const [path, bucket] = key.split(':') as [string, string | undefined];
  const at = place(compilation, path);
  const { behaviour: type } = at.field;
  const column = at.columns[0]!;
  if (bucket !== undefined) {
    if (!BUCKETS.includes(bucket) || type.groups !== 'bucket') throw invalid('bucket', key);
    const sqlType = at.field.columns[0]?.type;
    const zone = compilation.scope.env.timeZone.replaceAll("'", '');
    const local = sqlType === 'date' ? `${column}::timestamp` : `${column} at time zone '${zone}'`;
    return raw(`date_trunc('${bucket}', ${local})::date::text`);
  }
  if (type.groups === 'each')
    return raw(`unnest(case when cardinality(${column}) > 0 then ${column} else array[null] end)`);
  if (!type.groups) throw invalid('not-groupable', key);
  return raw(column);
}

function measureOf(compilation: Compilation, name: string, measure: Record<string, unknown>): MeasurePart {
  const entries = Object.entries(measure ?? {});
  const [kind, path] = entries[0] ?? [];
  // Beside the measures, a row has `key`.
  if (!/^[a-zA-Z]\w{0,39}$/.test(name) || name === 'key') throw invalid('measures', name.slice(0, 50));
  if (entries.length !== 1) throw invalid('measures', name);
  if (kind === 'count') {
    return {
      name,
      columns: [count('*')],
      currency: null,
      empty: () => 0,
      add: (row, [count]) => {
        row[name] = (row[name] as number) + Number(count);
      },
    };
  }
  const at = place(compilation, String(path));
  const allowed = at.field.behaviour.aggregations as readonly string[] | undefined;
  if (!kind || !allowed?.includes(kind)) throw invalid('not-measurable', name);
  return isMoney(at) ? moneyMeasure(name, kind, at) : plainMeasure(name, kind, at);
}

function plainMeasure(name: string, kind: string, at: Place): MeasurePart {
  const column = at.columns[0]!;
  // Sum and count of both, because groups split by another measure's currency are put together again.
  return {
    name,
    columns: kind === 'avg' || kind === 'sum' ? sum(column) : [extreme(kind, column)],
    currency: null,
    empty: () => null,
    add(row, [value, count], _currency, counted) {
      if (value === null) return;
      const before = row[name] as number | string | null;
      if (kind === 'avg') {
        const n = counted.get(name) ?? 0;
        row[name] = ((before as number | null) ?? 0) * (n / (n + Number(count))) + Number(value) / (n + Number(count));
        counted.set(name, n + Number(count));
      } else if (kind === 'sum') row[name] = ((before as number | null) ?? 0) + Number(value);
      else if (before === null || (kind === 'min') === (value as number) < (before as number)) row[name] = value;
    },
  };
}

function moneyMeasure(name: string, kind: string, at: Place): MeasurePart {
  const [amount, currency, base] = at.columns as [string, string, string];
  const both = (column: string) =>
    kind === 'avg' || kind === 'sum' ? sum(column) : [extreme(kind, column), count(column)];
  type Sums = { base: number | null; byCurrency: Record<string, number> };
  return {
    name,
    columns: [...both(amount), ...both(base)],
    currency,
    empty: () => null,
    add(row, [sum, count, baseSum, baseCount], code, counted) {
      if (code === null || sum === null) return;
      row[name] ??= { base: null, byCurrency: {} };
      const sums = row[name] as Sums;
      const combine = (before: number | null, value: number, n: number, key: string) => {
        if (kind === 'sum') return (before ?? 0) + value;
        if (kind === 'min') return before === null ? value : Math.min(before, value);
        if (kind === 'max') return before === null ? value : Math.max(before, value);
        const known = counted.get(key) ?? 0;
        counted.set(key, known + n);
        return ((before ?? 0) * known + value) / (known + n);
      };
      sums.byCurrency[code] = combine(sums.byCurrency[code] ?? null, Number(sum), Number(count), `${name}:${code}`);
      if (baseSum !== null) sums.base = combine(sums.base, Number(baseSum), Number(baseCount), name);
    },
  };
}

function sum(column: string): MeasurePart['columns'] {
  return [{ sql: raw(`sum(${column})::text`), kind: 'sum' }, count(column)];
}

function count(column: string): MeasurePart['columns'][number] {
  return { sql: raw(`count(${column})`), kind: 'count' };
}

function extreme(kind: string, column: string): MeasurePart['columns'][number] {
  return { sql: raw(`${kind}(${column})`), kind: 'extreme' };
}

function isMoney(at: Place): boolean {
  return at.field.columns.length === 3 && at.field.columns[2]!.name.endsWith('_base');
}

function sorted(rows: AggregateRow[], query: AggregateQuery): AggregateRow[] {
  const [term] = query.sort ?? [];
  const descending = term?.startsWith('-') ?? false;
  const name = descending ? term!.slice(1) : term;
  const index = name === undefined ? 0 : (query.groupBy ?? []).indexOf(name);
  if (name !== undefined && index < 0 && !Object.hasOwn(query.measures, name)) throw invalid('not-sortable', name);
  const sortValue = (row: AggregateRow) => {
    const value = index >= 0 ? row.key[index] : row[name!];
    return typeof value === 'object' && value !== null
      ? (value as { base: number | null }).base
      : (value as string | number | boolean | null);
  };
  return rows.sort((a, b) => {
    const [x, y] = [sortValue(a) ?? null, sortValue(b) ?? null];
    // The same answer in the same order, whichever way it was found.
    if (x === y) return JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1;
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * (descending ? -1 : 1);
  });
}

function invalid(reason: string, path: string): Problem {
  return new Problem('query.invalid', { reason, path });
}
