import { isAllowed, isShown } from '../access/access.ts';
import { amongKept, and, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { foldSql, foldText } from '../fields/clean.ts';
import { phone } from '../fields/phone/index.ts';
import { columnsOf, type FieldModel, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { FieldProblem } from '../problems/problem.ts';
import { type QueryScope, visibility } from '../query/compilation.ts';
import { has, lookedUp, searchTerms, shownWords } from '../query/condition.ts';
import { isBig, isFrequent, takeSample } from '../query/sample.ts';
import { isSeenInPart } from '../query/seen-share.ts';
import { seenTitle } from '../query/selection.ts';
import { connectionOf, type Door, envOf, scopeOf } from '../records/door.ts';
import { countOf } from '../records/kept-counts.ts';
import { nearWords } from './words.ts';

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

export interface SearchAnswer {
  groups: SearchGroup[];
  /** The words that were searched instead, when nothing has those that were typed. */
  corrected: string | null;
}

/** Records looked at where the words are anywhere in them; the best of them are answered. */
const CONSIDERED = 200;
/** With fewer letters a trigram index has nothing to go by. */
const SHORTEST_INFIX = 3;
/** Sorts behind every text that begins with what stands before it. */
const LAST = '\u{10ffff}';
/** Words tried instead of one that is mistyped, and searches with other words altogether. */
const MOST_WORDS = 3;
const MOST_ATTEMPTS = 8;

interface Candidate extends SearchHit {
  readonly object: ObjectModel;
  readonly rank: number;
}

/**
 * Searches all objects the reader may see: for the words as they were typed, then for a phone number as it is kept, then
 * for words that look like mistyped ones.
 */
export async function searchAll(
  door: Door,
  text: string,
  options: { objects?: readonly string[]; limit?: number } = {},
): Promise<SearchAnswer> {
  const typed = searchTerms(text);
  if (typed.length === 0) return { groups: [], corrected: null };
  const limit = Math.min(Math.max(options.limit ?? 5, 1), 50);
  const { model } = door.workspace;
  const objects = (options.objects ?? [...model.objects.keys()])
    .map((name) => objectOf(model, name))
    .filter((object) => object.searched.length > 0 && isAllowed(door.principal, object.name, 'read'));
  const inPart = new Set<ObjectModel>();
  for (const object of door.unit ? [] : objects) {
    const size = await countOf(door.workspace, object);
    await takeSample(door.workspace, object, size);
    if (await isSeenInPart(door.workspace.database, scopeOf(door), object, size)) inPart.add(object);
  }
  const searchFor = (terms: readonly string[]) => foundWith(door, objects, inPart, terms, limit);

  const groups = await searchFor(typed);
  if (groups.length > 0) return { groups, corrected: null };
  for (const number of numbersOf(door, text, typed)) {
    const found = await searchFor([number]);
    if (found.length > 0) return { groups: found, corrected: null };
  }
  for (const terms of await otherWords(door, typed)) {
    const found = await searchFor(terms);
    if (found.length > 0) return { groups: found, corrected: terms.join(' ') };
  }
  return { groups: [], corrected: null };
}

/** A phone number as it is kept, and what stays of one that was typed without its country when its trunk prefix goes. */
function numbersOf(door: Door, text: string, typed: readonly string[]): string[] {
  const [digits] = typed;
  if (typed.length > 1 || !/^\d{6,}$/.test(digits!)) return [];
  const numbers = [digits!.replace(/^00/, ''), digits!.replace(/^[08]/, '')];
  try {
    const number = phone.normalise(text.trim(), { name: 'phone' }, envOf(door));
    if (typeof number === 'string') numbers.unshift(number.slice(1).split('x')[0]!);
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
  }
  return [...new Set(numbers)].filter((number) => number !== digits && number.length >= 5);
}

/** The same words with one of them corrected, the likeliest first, then with all of them. */
async function otherWords(door: Door, typed: readonly string[]): Promise<string[][]> {
  const connection = connectionOf(door);
  const near: string[][] = [];
  for (const term of typed)
    near.push((await nearWords(connection, door.workspace.schema, term)).filter((word) => word !== term));
  const one = near.flatMap((words, at) => words.slice(0, MOST_WORDS).map((word) => typed.with(at, word)));
  const all = typed.map((term, at) => near[at]![0] ?? term);
  return [...one.slice(0, MOST_ATTEMPTS), ...(near.filter((words) => words.length > 0).length > 1 ? [all] : [])];
}

/**
 * First the titles and the fields with `search: 'prefix'` are asked for their first letters (B-tree, also for one letter);
 * objects where that finds too little are asked for the words anywhere in their search text (from three letters on, stopped
 * after 200 hits: a common word has a hundred thousand). What is found is ranked here by its title, and only what is
 * answered is read further. One statement that does it all took PostgreSQL 20 ms to plan; these stay prepared, but for rare
 * words in big objects.
 *
 * @param inPart objects of which the reader's records are met along an index before all their rights are read
 */
async function foundWith(
  door: Door,
  objects: readonly ObjectModel[],
  inPart: ReadonlySet<ObjectModel>,
  terms: readonly string[],
  limit: number,
): Promise<SearchGroup[]> {
  const scope = scopeOf(door);
  const byObject = new Map<ObjectModel, Candidate[]>();
  if (terms.length === 1)
    keep(byObject, await candidates(door, objects, terms, prefixBranches(scope, objects, inPart, terms[0]!, limit)));
  if (terms.some((term) => term.length >= SHORTEST_INFIX)) {
    const short = objects.filter((object) => (byObject.get(object)?.length ?? 0) < limit);
    const rare = short.filter(
      (object) => isBig(scope, object) && !isFrequent(scope, object, null, terms, CONSIDERED, 0.1),
    );
    const others = short.filter((object) => !rare.includes(object));
    for (const branches of [
      others.map((object) => infixBranch(scope, objects, object, terms, has)),
      rare.map((object) => infixBranch(scope, objects, object, terms, lookedUp)),
    ])
      keep(byObject, await candidates(door, objects, terms, branches));
  }
  const groups = objects.flatMap((object) => {
    const found = byObject.get(object);
    return found ? [{ object, found: best(found, limit) }] : [];
  });
  const details = await detailsOf(door, scope, groups);
  return groups
    .sort((a, b) => a.found[0]!.rank - b.found[0]!.rank)
    .map(({ object, found }) => ({
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

function prefixBranches(
  scope: QueryScope,
  objects: readonly ObjectModel[],
  inPart: ReadonlySet<ObjectModel>,
  term: string,
  limit: number,
): Sql[] {
  return objects.flatMap((object, at) =>
    prefixFields(scope, object).map((field) => {
      const key = raw(foldSql(columnsOf(field, 'r', scope.schema)[0]!));
      // A range, not `like`: also the plan that knows no values uses the index.
      const condition = and([
        sql`${key} >= ${term} and ${key} < ${term + LAST}`,
        ...seen(scope, object, inPart.has(object)),
      ]);
      return sql`(${head(scope, object, at)} where ${condition} order by ${key} limit ${raw(String(limit))})`;
    }),
  );
}

/** @param holds how the words are asked for: by the index, planned for each word, or on the way through the table */
function infixBranch(
  scope: QueryScope,
  objects: readonly ObjectModel[],
  object: ObjectModel,
  terms: readonly string[],
  holds: (alias: string, word: string) => Sql,
): Sql {
  const words = and(terms.map((term) => holds('r', term)));
  // A frequent word in a big object: no plan may think of the index.
  const condition = holds === has && isBig(scope, object) ? sql`coalesce(${words}, false)` : words;
  const shown = shownWords(scope, object, 'r', terms);
  return sql`(${head(scope, object, objects.indexOf(object))} where ${and([condition, ...(shown ? [shown] : []), ...seen(scope, object, holds === lookedUp)])} limit ${raw(String(CONSIDERED))})`;
}

function head(scope: QueryScope, object: ObjectModel, at: number): Sql {
  return raw(`select ${at}, r."id"::text, ${seenTitle(scope, object, 'r')} from ${tableOf(scope.schema, object)} r`);
}

/** @param areFew what is looked at: what the index finds of a rare word, or the way along it to a few */
function seen(scope: QueryScope, object: ObjectModel, areFew = false): Sql[] {
  const rights = visibility(scope, object, 'read', 'r', areFew);
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
      sql`select r.id::text, ${detailSql(scope, object)} from ${raw(tableOf(scope.schema, object))} r where ${amongKept(
        'r.id',
        found.map(({ id }) => id),
      )}`,
  );
  const rows = await connectionOf(door).run(join(parts, ' union all '));
  return new Map(rows.filter(([, detail]) => detail !== null) as [string, string][]);
}

/** The title of the record this one belongs to, or its first e-mail, phone or city. */
function detailSql(scope: QueryScope, object: ObjectModel): Sql {
  const fields = [...object.fields.values()].filter(({ name }) => isShown(scope.principal, object.name, name));
  const parent = fields.find(
    (field) => !field.system && field.type.name === 'reference' && ['account', 'contact'].includes(field.target ?? ''),
  );
  if (parent?.target) {
    const target = objectOf(scope.model, parent.target);
    const rights = visibility(scope, target, 'read', 'd', true);
    const seen = rights === 'all' ? raw('true') : or(rights);
    return sql`(select ${raw(seenTitle(scope, target, 'd'))} from ${raw(tableOf(scope.schema, target))} d
      where d.id = ${raw(columnsOf(parent, 'r', scope.schema)[0]!)} and ${seen})`;
  }
  const own = fields.find((field) => field !== object.title && ['email', 'phone'].includes(field.type.name));
  return raw(own ? `${columnsOf(own, 'r', scope.schema)[0]}::text` : 'null::text');
}

function prefixFields({ principal }: QueryScope, object: ObjectModel): FieldModel[] {
  const fields = new Set([object.title, ...object.searched.filter((field) => field.definition.search === 'prefix')]);
  return [...fields].filter(
    (field) => field.columns[0]?.type === 'text' && isShown(principal, object.name, field.name),
  );
}
