import { amongKept, and, identifier, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { type ObjectModel, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import {
  alive,
  begin,
  type Compilation,
  decidingFields,
  from,
  inTrash,
  isWithinRights,
  type QueryScope,
  visibility,
} from './compilation.ts';
import { compileFilter, searchCondition } from './condition.ts';
import { decodeCursor, encodeCursor, type Half, keyset, orderBy, sortTerms } from './order.ts';
import type { ListQuery } from './query.ts';
import { type Selection, select } from './selection.ts';

export const MAX_PAGE = 500;
/** Records that are walked along for each one of the page, and altogether: 1–5 ms. */
const STEPS = 200;
const MOST_STEPS = 10_000;
/** For so few nobody reads all their rights first. */
const FEW_STEPS = 1_000;

/** A page of records, ready to run: its statement, and how to make records and cursors of its rows. */
export interface PageStatement {
  /**
   * To be run before them, and in place of them when more rows than `limit` come: the page, if it is among the first records
   * of the order.
   */
  readonly nearby: Sql | null;
  /** To be run one after the other until more rows than `limit` are there: the later ones are seldom needed. */
  readonly queries: readonly Sql[];
  /** The reader sees all records. */
  readonly isOfAll: boolean;
  /** Ids of all records of the list in its order, `most` at most, and what it is made of. */
  order(most: number): { readonly ids: Sql; readonly compilation: Compilation };
  /** The page when it is known to be among these records, with `more` as a last column. */
  among(ids: readonly string[], more: Sql): Sql;
  readonly selection: Selection;
  readonly limit: number;
  readonly backward: boolean;
  readonly cursorGiven: boolean;
  /** Id of the record that the cursor given was made of. */
  readonly cursorId: string | null;
  /** The cursor that continues behind (or before) a row. */
  cursorOf(row: readonly unknown[], direction: 'next' | 'previous'): string;
}

/**
 * Compiles a list by keyset: page 1,600 costs what page 1 costs.
 *
 * For a key that may be null there is a statement for the records that have it and one for those that do not (nulls come
 * last in both directions, which no single B-tree order gives). Where several rules say which records the reader may see,
 * one statement is a union of ordered, limited branches, one for each.
 *
 * @param isSeenInPart the reader's rights had better be read before the records, see `isSeenInPart`
 */
export function compilePage(
  scope: QueryScope,
  object: ObjectModel,
  query: ListQuery,
  isSeenInPart = false,
): PageStatement {
  const limit = query.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new Problem('query.invalid', { reason: 'limit', path: 'limit' });
  const cursor = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const backward = cursor?.direction === 'previous';

  const outer = begin(scope, object);
  const selection = select(outer, query.fields, query.expand);
  const terms = sortTerms(outer, query.sort);
  if (cursor && cursor.values.length !== terms.length) throw new Problem('query.cursor-invalid');

  const rights = isWithinRights(scope, object, query.filter) ? 'all' : visibility(scope, object, 'read', outer.alias);
  const rules: (Sql | null)[] = rights === 'all' ? [null] : rights;
  // Ascending, an index has its nulls last by itself; only behind a cursor the two halves have to be told apart.
  const splits = terms[0]!.nullable && terms[0]!.indexed && (terms[0]!.descending || cursor !== null);
  const halves: readonly Half[] = splits ? (backward ? ['missing', 'present'] : ['present', 'missing']) : ['any'];
  // The last key is the id, which every selection begins with.
  const keys = raw(
    terms
      .slice(0, -1)
      .map((term) => term.kept)
      .join(', '),
  );

  /** `where … order by … limit …` of one branch; null when the cursor leaves nothing in it. */
  const branch = (compilation: Compilation, rule: Sql | null, half: Half, most = limit + 1): Sql | null => {
    compilation.walks = terms[0]!.indexed;
    const conditions = matching(compilation, query);
    const own = sortTerms(compilation, query.sort);
    if (rule) conditions.push(rule);
    if (half !== 'any') conditions.push(raw(`${own[0]!.expression} is ${half === 'present' ? 'not ' : ''}null`));
    if (cursor) {
      const behind = keyset(own, cursor.values, half, backward);
      if (!behind) return null;
      conditions.push(behind);
    }
    // Within a half nothing is said of nulls, so that the index gives the order, also where all keys are null.
    const [leading, ...others] = own;
    const ordered = half === 'any' ? own : [{ ...leading!, nullable: false }, ...others];
    return sql`where ${and(conditions)} order by ${raw(orderBy(ordered, backward))} limit ${raw(String(most))}`;
  };
  /** The page of records whose ids are found. */
  const pageOf = (found: Sql) =>
    sql`select ${selection.columns}, ${keys} from (${found}) p(id) join ${from(outer)} on p.id = ${raw(
      `${outer.alias}."id"`,
    )} order by ${raw(orderBy(terms, backward))} limit ${raw(String(limit + 1))}`;

  let queries: Sql[];
  if (rules.length === 1) {
    queries = halves.flatMap((half) => {
      const rest = branch(outer, rules[0]!, half);
      return rest ? [sql`select ${selection.columns}, ${keys} from ${from(outer)} ${rest}`] : [];
    });
  } else {
    const branches = rules.flatMap((rule) =>
      halves.flatMap((half) => {
        const inner = begin(scope, object);
        const rest = branch(inner, rule, half);
        return rest ? [sql`(select ${raw(`${inner.alias}."id"`)} from ${from(inner)} ${rest})`] : [];
      }),
    );
    queries = [pageOf(join(branches, ' union ', 'select null::uuid where false'))];
  }

  /** Along the order for a while, with rights that were read before: in a `coalesce` they are no join. */
  const walk = (): Sql | null => {
    const inner = begin(scope, object, 'i');
    const steps = Math.min(STEPS * limit, MOST_STEPS);
    const rest = branch(inner, null, halves[0]!, steps);
    const rights = visibility(scope, object, 'read', 'r', steps <= FEW_STEPS);
    const deciding = [...(decidingFields(scope, object) ?? [])].filter((field) => field.object === object.name);
    if (!rest || rights === 'all') return null;
    const own = sortTerms(inner, query.sort);
    const columns = ['id', 'owner_id', ...deciding.flatMap((field) => field.columns.map(({ name }) => name))];
    const along = [
      ...[...new Set(columns)].map((name) => `i.${identifier(name)}`),
      ...own.map((term, at) => `${term.expression} as "k${at}"`),
    ].join(', ');
    const ordered = own.map((term, at) => ({ ...term, expression: `r."k${at}"` }));
    if (halves[0] !== 'any') ordered[0] = { ...ordered[0]!, nullable: false };
    return pageOf(
      sql`select r."id" from (select ${raw(along)} from ${from(inner)} ${rest}) r where coalesce(${or(rights)}, false) order by ${raw(orderBy(ordered, backward))} limit ${raw(String(limit + 1))}`,
    );
  };

  const order = (most: number) => {
    const compilation = begin(scope, object);
    const conditions = matching(compilation, query);
    const seen = seenRows(scope, object, compilation.alias);
    if (seen) conditions.push(seen);
    const own = orderBy(sortTerms(compilation, query.sort), false);
    const ids = sql`select ${raw(`${compilation.alias}."id"`)} from ${from(compilation)} where ${and(conditions)}
      order by ${raw(own)} limit ${raw(String(most))}`;
    return { ids, compilation };
  };

  const among = (ids: readonly string[], more: Sql): Sql => {
    const compilation = begin(scope, object);
    const { columns } = select(compilation, query.fields, query.expand);
    const own = sortTerms(compilation, query.sort);
    const conditions = [amongKept(`${compilation.alias}."id"`, ids), ...matching(compilation, query)];
    const seen = visibility(scope, object, 'read', compilation.alias, true);
    if (seen !== 'all') conditions.push(or(seen));
    if (cursor) conditions.push(keyset(own, cursor.values, 'any', backward) ?? raw('false'));
    return sql`select ${columns}, ${keys}, (${more}) from ${from(compilation)} where ${and(conditions)}
      order by ${raw(orderBy(own, backward))} limit ${raw(String(limit + 1))}`;
  };

  const keyEnd = selection.width + terms.length - 1;
  return {
    nearby: isSeenInPart && rights !== 'all' && terms[0]!.indexed ? walk() : null,
    queries,
    isOfAll: rights === 'all',
    order,
    among,
    selection,
    limit,
    backward,
    cursorGiven: cursor !== null,
    cursorId: cursor?.values.at(-1) ?? null,
    cursorOf: (row, direction) =>
      encodeCursor([...(row.slice(selection.width, keyEnd) as (string | null)[]), row[0] as string], direction),
  };
}

/** Conditions of a query besides the rights: trash, filter, words. */
export function matching(
  compilation: Compilation,
  query: Pick<ListQuery, 'filter' | 'search' | 'deleted' | 'also'>,
): Sql[] {
  const conditions = query.deleted ? [inTrash(compilation)] : alive(compilation, false);
  const { scope, object, alias } = compilation;
  const rights = query.also ? visibility(scope, object, query.also, alias) : 'all';
  if (rights !== 'all') conditions.push(or(rights));
  if (query.filter) conditions.push(compileFilter(compilation, query.filter));
  if (query.search?.trim()) conditions.push(searchCondition(compilation, query.search));
  return conditions;
}

/** Where several rules let something through, each finds its own: as one condition they would have every record looked at. */
export function seenRows(scope: QueryScope, object: ObjectModel, alias: string, areFew = false): Sql | null {
  const own = visibility(scope, object, 'read', alias);
  if (own === 'all') return null;
  if (own.length < 2 || areFew) return or(own);
  const rules = visibility(scope, object, 'read', 'v');
  if (rules === 'all') return null;
  const table = raw(`${tableOf(scope.schema, object)} v`);
  const found = rules.map((rule) => sql`select v."id" from ${table} where ${rule}`);
  return sql`${raw(`${alias}."id"`)} in (${join(found, ' union ')})`;
}
