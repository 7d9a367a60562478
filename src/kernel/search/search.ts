import pg from 'pg';
import { isAllowed } from '../access/access.ts';
import { foldSql, foldText } from '../fields/clean.ts';
import { columnsOf, type FieldModel, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { type QueryScope, visibility } from '../query/compilation.ts';
import { searchTerms } from '../query/condition.ts';
import { titleSql } from '../query/selection.ts';
import { and, join, or, raw, type Sql, sql } from '../query/sql.ts';
import { connectionOf, type Door, scopeOf } from '../records/door.ts';

export interface SearchGroup {
  object: string;
  items: SearchHit[];
}

export interface SearchHit {
  id: string;
  title: string;
  /** What tells it from others of the same name: the account of a contact, its e-mail. */
  detail: string | null;
}

/** Records looked at where the words are anywhere in them; the best of them are answered. */
const CONSIDERED = 200;
/** With fewer letters a trigram index has nothing to go by. */
const SHORTEST_INFIX = 3;
/** Sorts behind every text that begins with what stands before it. */
const LAST = '\u{10ffff}';

interface Candidate extends SearchHit {
  readonly object: ObjectModel;
  readonly rank: number;
}

/**
 * Searches all objects the reader may see.
 *
 * First the titles and the fields with `search: 'prefix'` are asked for their first letters (B-tree, also for one letter);
 * objects where that finds too little are asked for the words anywhere in their search text (trigrams, from three letters
 * on, stopped after 200 hits: a common word has a hundred thousand). What is found is ranked here by its title, and only
 * what is answered is read further. One statement that does it all took PostgreSQL 20 ms to plan.
 */
export async function searchAll(
  door: Door,
  text: string,
  options: { objects?: readonly string[]; limit?: number } = {},
): Promise<SearchGroup[]> {
  const terms = searchTerms(text);
  if (terms.length === 0) return [];
  const scope = scopeOf(door);
  const limit = Math.min(Math.max(options.limit ?? 5, 1), 50);
  const objects = (options.objects ?? [...door.workspace.model.objects.keys()])
    .map((name) => objectOf(door.workspace.model, name))
    .filter((object) => object.searched.length > 0 && isAllowed(door.principal, object.name, 'read'));

  const byObject = new Map<ObjectModel, Candidate[]>();
  if (terms.length === 1)
    keep(byObject, await candidates(door, objects, terms, prefixBranches(scope, objects, terms[0]!, limit)));
  if (terms.some((term) => term.length >= SHORTEST_INFIX)) {
    const short = objects.filter((object) => (byObject.get(object)?.length ?? 0) < limit);
    keep(byObject, await candidates(door, objects, terms, infixBranches(scope, objects, short, terms)));
  }
  const groups = [...byObject].map(([object, found]) => ({ object, found: best(found, limit) }));
  groups.sort((a, b) => a.found[0]!.rank - b.found[0]!.rank);
  const details = await detailsOf(door, scope, groups);
  return groups.map(({ object, found }) => ({
    object: object.name,
    items: found.map(({ id, title }) => ({ id, title, detail: details.get(id) ?? null })),
  }));
}

function keep(byObject: Map<ObjectModel, Candidate[]>, found: readonly Candidate[]): void {
  for (const candidate of found) {
    const known = byObject.get(candidate.object) ?? [];
    byObject.set(candidate.object, known);
    if (!known.some(({ id }) => id === candidate.id)) known.push(candidate);
  }
}

function best(found: readonly Candidate[], limit: number): Candidate[] {
  return [...found].sort((a, b) => a.rank - b.rank || (foldText(a.title) < foldText(b.title) ? -1 : 1)).slice(0, limit);
}

async function candidates(
  door: Door,
  objects: readonly ObjectModel[],
  terms: readonly string[],
  branches: readonly Sql[],
): Promise<Candidate[]> {
  if (branches.length === 0) return [];
  const rows = (await connectionOf(door).run(join(branches, ' union all '))) as [number, string, string | null][];
  return rows.map(([at, id, title]) => ({
    object: objects[at]!,
    id,
    title: title ?? '',
    detail: null,
    rank: rankOf(title ?? '', terms[0]!),
  }));
}

/** The title itself, its beginning, the beginning of one of its words, anything else. */
function rankOf(title: string, term: string): number {
  const folded = foldText(title);
  if (folded === term) return 0;
  if (folded.startsWith(term)) return 1;
  return folded.includes(` ${term}`) ? 2 : 3;
}

function prefixBranches(scope: QueryScope, objects: readonly ObjectModel[], term: string, limit: number): Sql[] {
  return objects.flatMap((object, at) =>
    prefixFields(object).map((field) => {
      const key = raw(foldSql(columnsOf(field, 'r', scope.schema)[0]!));
      // A range, not `like`: also the plan that knows no values uses the index.
      const condition = and([sql`${key} >= ${term} and ${key} < ${term + LAST}`, ...seen(scope, object)]);
      return sql`(${head(scope, object, at)} where ${condition} order by ${key} limit ${raw(String(limit))})`;
    }),
  );
}

function infixBranches(
  scope: QueryScope,
  objects: readonly ObjectModel[],
  short: readonly ObjectModel[],
  terms: readonly string[],
): Sql[] {
  return short.map((object) => {
    // Written out, so that PostgreSQL plans for this word: a rare one by the index, a common one by walking the table.
    const words = terms.map((term) =>
      raw(`r."search_text" like ${pg.escapeLiteral(`%${term.replace(/[\\%_]/g, '\\$&')}%`)}`),
    );
    return sql`(${head(scope, object, objects.indexOf(object))} where ${and([...words, ...seen(scope, object)])} limit ${raw(String(CONSIDERED))})`;
  });
}

function head(scope: QueryScope, object: ObjectModel, at: number): Sql {
  return raw(
    `select ${at}, r."id"::text, ${titleSql(object, 'r', scope.schema)} from ${tableOf(scope.schema, object)} r`,
  );
}

function seen(scope: QueryScope, object: ObjectModel): Sql[] {
  const rights = visibility(scope, object, 'read', 'r');
  return [raw('r."deleted_at" is null'), ...(rights === 'all' ? [] : [or(rights)])];
}

async function detailsOf(
  door: Door,
  scope: QueryScope,
  groups: readonly { object: ObjectModel; found: readonly Candidate[] }[],
): Promise<Map<string, string>> {
  if (groups.length === 0) return new Map();
  const parts = groups.map(
    ({ object, found }) =>
      sql`select r.id::text, ${detailSql(scope, object)} from ${raw(tableOf(scope.schema, object))} r where r.id = any(${found.map(({ id }) => id)}::uuid[])`,
  );
  const rows = await connectionOf(door).run(join(parts, ' union all '));
  return new Map(rows.filter(([, detail]) => detail !== null) as [string, string][]);
}

/** The title of the record this one belongs to, or its first e-mail, phone or city. */
function detailSql(scope: QueryScope, object: ObjectModel): Sql {
  const fields = [...object.fields.values()];
  const parent = fields.find(
    (field) => !field.system && field.type.name === 'reference' && ['account', 'contact'].includes(field.target ?? ''),
  );
  if (parent?.target) {
    const target = objectOf(scope.model, parent.target);
    const rights = visibility(scope, target, 'read', 'd');
    const seen = rights === 'all' ? raw('true') : or(rights);
    return sql`(select ${raw(titleSql(target, 'd', scope.schema))} from ${raw(tableOf(scope.schema, target))} d
      where d.id = ${raw(columnsOf(parent, 'r', scope.schema)[0]!)} and ${seen})`;
  }
  const own = fields.find((field) => field !== object.title && ['email', 'phone'].includes(field.type.name));
  return raw(own ? `${columnsOf(own, 'r', scope.schema)[0]}::text` : 'null::text');
}

function prefixFields(object: ObjectModel): FieldModel[] {
  const fields = new Set([object.title, ...object.searched.filter((field) => field.definition.search === 'prefix')]);
  return [...fields].filter((field) => field.columns[0]?.type === 'text');
}
