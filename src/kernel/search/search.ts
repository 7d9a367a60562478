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

/** Records looked at where a word is anywhere in them; the best of them are answered. */
const CONSIDERED = 200;
/** With fewer letters a trigram index has nothing to go by. */
const SHORTEST_INFIX = 3;

/**
 * Searches all objects the reader may see, in one statement.
 *
 * Two ways in per object, because neither is fast for every word: the title and fields with `search: 'prefix'` are asked for their first
 * letters (B-tree, 0.1 ms, also for one letter), and from three letters on the whole search text is asked (trigrams,
 * stopped after 200 hits: a common word would have a hundred thousand).
 */
export async function searchAll(door: Door, text: string, options: { objects?: readonly string[]; limit?: number } = {}): Promise<SearchGroup[]> {
  const terms = searchTerms(text);
  if (terms.length === 0) return [];
  const scope = scopeOf(door);
  const limit = Math.min(Math.max(options.limit ?? 5, 1), 50);
  const objects = (options.objects ?? [...door.workspace.model.objects.keys()])
    .map((name) => objectOf(door.workspace.model, name))
    .filter((object) => object.searched.length > 0 && isAllowed(door.principal, object.name, 'read'));
  const parts = objects.flatMap((object, index) => {
    const found = matches(scope, object, terms, limit);
    return found ? [present(scope, object, index, found, terms, limit)] : [];
  });
  if (parts.length === 0) return [];
  const rows = await connectionOf(door).run(sql`select * from (${join(parts, ' union all ')}) found(at, id, title, detail, rank) order by rank, at`);
  const groups = new Map<string, SearchHit[]>();
  for (const [at, id, title, detail] of rows as [number, string, string | null, string | null][]) {
    const { name } = objects[at]!;
    const items = groups.get(name) ?? [];
    groups.set(name, items);
    items.push({ id, title: title ?? '', detail });
  }
  return [...groups].map(([object, items]) => ({ object, items }));
}

/** Ids of an object's candidates. */
function matches(scope: QueryScope, object: ObjectModel, terms: readonly string[], limit: number): Sql | null {
  const table = raw(`${tableOf(scope.schema, object)} r`);
  const rights = visibility(scope, object, 'read', 'r');
  const seen = [raw('r.deleted_at is null'), ...(rights === 'all' ? [] : [or(rights)])];
  const branches: Sql[] = [];
  const [first] = terms as [string];
  if (terms.length === 1) {
    for (const field of prefixFields(object)) {
      const key = foldSql(columnsOf(field, 'r', scope.schema)[0]!);
      const condition = and([sql`${raw(key)} like ${`${escapeLike(first)}%`}`, ...seen]);
      branches.push(sql`(select r.id from ${table} where ${condition} order by ${raw(key)} limit ${raw(String(limit * 2))})`);
    }
  }
  const infixes = terms.filter((term) => term.length >= SHORTEST_INFIX);
  if (infixes.length > 0) {
    const condition = and([...terms.map((term) => sql`r.search_text like ${`%${escapeLike(term)}%`}`), ...seen]);
    branches.push(sql`(select r.id from ${table} where ${condition} limit ${raw(String(CONSIDERED))})`);
  }
  return branches.length === 0 ? null : join(branches, ' union ');
}

/** The best of the candidates with what a person needs to recognise them. */
function present(scope: QueryScope, object: ObjectModel, at: number, found: Sql, terms: readonly string[], limit: number): Sql {
  const title = titleSql(object, 'r', scope.schema);
  const [first] = terms as [string];
  const folded = foldSql(title);
  const rank = sql`case when ${raw(folded)} = ${first} then 0 when ${raw(folded)} like ${`${escapeLike(first)}%`} then 1
    when ${raw(folded)} like ${`% ${escapeLike(first)}%`} then 2 else 3 end`;
  return sql`(select ${raw(`${at}`)}, r.id::text, ${raw(title)}, ${detailSql(scope, object)}, ${rank} as rank
    from (${found}) f join ${raw(tableOf(scope.schema, object))} r on r.id = f.id order by rank, ${raw(folded)} limit ${raw(String(limit))})`;
}

/** The title of the record this one belongs to, or its first e-mail, phone or city. */
function detailSql(scope: QueryScope, object: ObjectModel): Sql {
  const fields = [...object.fields.values()];
  const parent = fields.find((field) => !field.system && field.type.name === 'reference' && ['account', 'contact'].includes(field.target ?? ''));
  if (parent?.target) {
    const target = objectOf(scope.model, parent.target);
    const rights = visibility(scope, target, 'read', 'd');
    const seen = rights === 'all' ? raw('true') : or(rights);
    return sql`(select ${raw(titleSql(target, 'd', scope.schema))} from ${raw(tableOf(scope.schema, target))} d
      where d.id = ${raw(columnsOf(parent, 'r', scope.schema)[0]!)} and ${seen})`;
  }
  const own = fields.find((field) => field !== object.title && ['email', 'phone'].includes(field.type.name));
  return raw(own ? columnsOf(own, 'r', scope.schema)[0]! : 'null::text');
}

function prefixFields(object: ObjectModel): FieldModel[] {
  const fields = new Set([object.title, ...object.searched.filter((field) => field.definition.search === 'prefix')]);
  return [...fields].filter((field) => field.columns[0]?.type === 'text');
}

function escapeLike(text: string): string {
  return foldText(text).replace(/[\\%_]/g, '\\$&');
}
