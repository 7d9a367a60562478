import { fieldAccess, isShown, withoutHidden } from '../access/access.ts';
import { amongKept, and, identifier, join, not, or, raw, type Sql, sql } from '../database/sql.ts';
import type { EventRow } from '../events/event.ts';
import { foldSql } from '../fields/clean.ts';
import type { TimelinePlace } from '../object/definition.ts';
import { type ObjectModel, objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { begin, type Compilation, from, place, type QueryScope, visibility } from '../query/compilation.ts';
import { compileFilter, searchCondition, searchTerms } from '../query/condition.ts';
import type { Filter } from '../query/filter.ts';
import { connectionOf, type Door, scopeOf } from '../records/door.ts';
import { eventOf, openRecords } from '../records/open.ts';
import { allLabels } from '../transfer/labels.ts';
import type { Reach, Subject, TimelineEntry, TimelinePage } from './shapes.ts';
import { type Subjects, subjectsOf } from './subjects.ts';

export interface TimelineQuery {
  reach?: Reach;
  /** Objects, or of one what its `kind` says (`interaction:phone`); `change`, `change:opportunity`. All when left out. */
  kinds?: readonly string[];
  /** Done by this user. */
  person?: string;
  /** Done by somebody of this team. */
  team?: string;
  /** ISO dates in the reader's zone, both included. */
  from?: string;
  until?: string;
  search?: string;
  /** 1–200, 30 when left out. */
  limit?: number;
  /** From `next` or `previous` of a page. */
  cursor?: string;
}

const CHANGE = 'change';
const PAGE = 30;
/** Of those that belong to a record, looked through before the others. */
const FIRST = 10;
/** Of a team. */
const MOST_PEOPLE = 2_000;

/** Where a page begins: behind (or before) an entry. */
interface Cursor {
  backward: boolean;
  at: string;
  kind: string;
  /** Of a record its id, of a change its position. */
  id: string;
}

/** What one place of a timeline is read from, in the order `at desc, kind, id desc`. */
export interface Row {
  kind: string;
  at: string;
  id: string;
}

/**
 * What happened to a record and to what belongs to it, newest first.
 *
 * Each source is walked along its index of (subject, at) for each subject, as far as one page goes, and the pages are merged:
 * the hundred-thousandth entry costs what the first costs, and nothing is ever sorted but pages. Rights are a part of every
 * walk, so that a page is full for whoever sees little, too.
 *
 * @throws Problem `record.not-found`, `query.invalid`, `query.cursor-invalid`
 */
export async function readTimeline(door: Door, name: string, id: string, query: TimelineQuery): Promise<TimelinePage> {
  const scope = scopeOf(door);
  const object = objectOf(scope.model, name);
  const limit = query.limit ?? PAGE;
  const cursor = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const wanted = wantedOf(query.kinds);
  const subjects = await subjectsOf(door, object, id, query.reach ?? 'own');
  const people = await peopleOf(door, query);
  const kinds = [...sourcesOf(scope).map((source) => source.name), CHANGE].sort();
  const asked: Asked = { ...query, wanted, people, cursor, limit, bound: null };
  const order = cursor?.backward ? 't.at, t.rank desc, t.id collate "C"' : 't.at desc, t.rank, t.id collate "C" desc';
  let found: Found[] = [];
  const look = async (branches: readonly Sql[]) => {
    const more = await walk(door, branches, order, limit + 1).catch((error: unknown) => {
      const isOfCursor = /^22/.test(String((error as { code?: unknown }).code));
      throw cursor && isOfCursor ? new Problem('query.cursor-invalid') : error;
    });
    found = merged(found, more, cursor?.backward === true).slice(0, limit + 1);
    // What lies behind a full page needs not be looked for with the others.
    if (found.length > limit) asked.bound = found[limit]!.at;
  };
  const records = (some: Subjects) =>
    kinds.flatMap((kind, rank) =>
      kind === CHANGE ? [] : pastBranches(scope, objectOf(scope.model, kind), some, asked, rank),
    );
  const changes = (some: Subjects) => changeBranch(scope, some, asked, kinds.indexOf(CHANGE));
  const others = [...subjects.byObject.values()].flat().filter((one) => one !== subjects.root);
  const [few, rest] = [others.slice(0, FIRST), others.slice(FIRST)];
  // The record itself often fills the page, and leaves a short time in which to look for the others: of 300 contacts and
  // sales a page of each would be read for nothing.
  await look(records(part(subjects, [subjects.root])));
  if (asked.bound) await look([...records(part(subjects, others)), ...changes(subjects)]);
  else {
    await look([...records(part(subjects, few)), ...changes(part(subjects, [subjects.root, ...few]))]);
    await look([...records(part(subjects, rest)), ...changes(part(subjects, rest))]);
  }
  const rows = found.slice(0, limit).map(({ rank, ...row }): Row => ({ ...row, kind: kinds[rank]! }));
  if (cursor?.backward) rows.reverse();
  const hasMore = found.length > limit;
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    items: await entriesOf(door, subjects, rows),
    next: last && (cursor?.backward || hasMore) ? encodeCursor(last, false) : null,
    previous: first && (cursor?.backward ? hasMore : cursor !== null) ? encodeCursor(first, true) : null,
    isCut: subjects.isCut,
  };
}

/** Objects that stand on timelines and that the reader may see, by name. */
export function sourcesOf(scope: QueryScope): ObjectModel[] {
  return [...scope.model.objects.values()]
    .filter(({ definition }) => definition.timeline)
    .filter((source) => visibility(scope, source, 'read', 'r').length > 0)
    .filter((source) => areShown(scope, source, [source.definition.timeline!.at]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Asked extends Omit<TimelineQuery, 'cursor'> {
  /** Kind → what of it, or all of it; null when nothing was said. */
  wanted: ReadonlyMap<string, readonly string[] | 'all'> | null;
  people: readonly string[] | null;
  cursor: Cursor | null;
  limit: number;
  /** Behind this moment nothing is on the page any more; null while that is not known. */
  bound: string | null;
}

/** Only these of the subjects. */
function part(subjects: Subjects, some: readonly Subject[]): Subjects {
  const merged = some.includes(subjects.root) ? subjects.merged : [];
  return { ...subjects, byObject: Map.groupBy(some, ({ object }) => object), merged };
}

/** Two pages as one: what is in both comes once. Times are of one form and zone, so they are ordered as texts. */
function merged(one: readonly Found[], other: readonly Found[], backward: boolean): Found[] {
  const known = new Set(one.map(({ rank, id }) => `${rank} ${id}`));
  const both = [...one, ...other.filter(({ rank, id }) => !known.has(`${rank} ${id}`))];
  const compare = (a: string, b: string) => (a === b ? 0 : a < b ? 1 : -1);
  both.sort((a, b) => compare(a.at, b.at) || a.rank - b.rank || compare(a.id, b.id));
  return backward ? both.reverse() : both;
}

/** How records of a source hang on subjects of one object: a condition with `s.id` in it, for each of these ids. */
interface Link {
  readonly ids: readonly string[];
  readonly conditions: readonly Sql[];
}

export function linksOf(scope: QueryScope, source: ObjectModel, subjects: Subjects): Link[] {
  const { target } = source.definition;
  const links: Link[] = [];
  for (const [object, list] of subjects.byObject) {
    const ids = list.map(({ id }) => id);
    if (target) {
      if (!areShown(scope, source, [target.object, target.id])) continue;
      const [kind] = place(begin(scope, source), target.object).columns;
      const [key] = place(begin(scope, source), target.id).columns;
      const conditions = [raw(`${foldSql(kind!)} = '${object.toLowerCase()}'`), raw(`${foldSql(key!)} = s.id::text`)];
      links.push({ ids, conditions });
      continue;
    }
    for (const field of source.fields.values()) {
      if (field.target !== object || field.link || field.system || !areShown(scope, source, [field.name])) continue;
      if (!isWalked(source, field.name)) continue;
      const [column] = place(begin(scope, source), field.name).columns;
      links.push({ ids, conditions: [raw(`${column} = s.id`)] });
    }
  }
  return links;
}

/** Whether the records of a reference lie in the order of the timeline. */
function isWalked({ definition }: ObjectModel, field: string): boolean {
  const { at } = definition.timeline!;
  return Object.values(definition.indexes ?? {}).some(([first, second]) => first === field && second === `-${at}`);
}

function pastBranches(scope: QueryScope, source: ObjectModel, subjects: Subjects, asked: Asked, rank: number): Sql[] {
  const { at, by, kind, ahead } = source.definition.timeline!;
  const of = asked.wanted ? asked.wanted.get(source.name) : 'all';
  if (!of || (of !== 'all' && (!kind || !areShown(scope, source, [kind])))) return [];
  if (asked.people && !areShown(scope, source, [by])) return [];
  return linksOf(scope, source, subjects).map((link) => {
    const inner = begin(scope, source);
    const [moment] = place(inner, at).columns;
    const conditions = [...link.conditions, ...lying(inner), raw(`${moment} is not null`)];
    // What is to come later than it is entered; what has no time yet is not among what was anyway.
    if (ahead?.by === at && areShown(scope, source, Object.keys(ahead.filter)))
      conditions.push(not(isAhead(inner, ahead)));
    if (of !== 'all') conditions.push(compileFilter(inner, { [kind!]: { in: of } } as Filter));
    if (asked.people) conditions.push(amongKept(place(inner, by).columns[0]!, asked.people));
    if (asked.search) conditions.push(searchCondition(inner, asked.search));
    conditions.push(...period(scope, asked, moment!));
    const { cursor } = asked;
    if (cursor) conditions.push(behind(cursor, source.name, moment!, 'r."id"', 'uuid'));
    const order = cursor?.backward ? `${moment}, r."id"` : `${moment} desc, r."id" desc`;
    return along(link, inner, conditions, { rank, at: moment!, order, limit: asked.limit + 1 });
  });
}

/** Still to come. Where one stands for many, those that were forgotten before today stand where they would have been. */
export function isAhead(inner: Compilation, { by, filter, oneOf }: NonNullable<TimelinePlace['ahead']>): Sql {
  const condition = compileFilter(inner, filter);
  if (!oneOf || !areShown(inner.scope, inner.object, [oneOf])) return condition;
  return and([condition, compileFilter(inner, { or: [{ [oneOf]: null }, { [by]: { gte: 'today' } }] })]);
}

/** Changes of all subjects are one walk: there are as many event tables as months, and each is opened for each walk. */
function changeBranch(scope: QueryScope, subjects: Subjects, asked: Asked, rank: number): Sql[] {
  const of = asked.wanted ? asked.wanted.get(CHANGE) : 'all';
  const objects = [...subjects.byObject.keys()].filter((name) => of === 'all' || of?.includes(name));
  if (!of || objects.length === 0) return [];
  const ids = objects.flatMap((name) => [
    ...subjects.byObject.get(name)!.map(({ id }) => id),
    ...(name === subjects.root.object ? subjects.merged : []),
  ]);
  const conditions = [raw(`e."record_id" = s.id and e."version" > 0 and e."operation" <> 'derive'`)];
  // What of a change is hidden differs between objects.
  const shown = objects.map((name) => shownChanges(scope, objectOf(scope.model, name), asked.search));
  if (shown.some((some) => some.length > 0))
    conditions.push(or(shown.map((some, index) => and([raw(`e."object" = '${objects[index]}'`), ...some]))));
  if (asked.people) conditions.push(amongKept('e."actor_id"', asked.people));
  conditions.push(...period(scope, asked, 'e."at"'), ...months(asked));
  const { cursor } = asked;
  if (cursor) conditions.push(behind(cursor, CHANGE, 'e."at"', 'e."position"', 'bigint'));
  const order = cursor?.backward ? 'e."at", e."position"' : 'e."at" desc, e."position" desc';
  return [
    sql`(select x.* from unnest(${ids}::uuid[]) s(id) cross join lateral (
      select ${raw(`${rank}, e."at", lpad(e."position"::text, 20, '0')`)} from ${raw(identifier(scope.schema))}.event e
      where ${and(conditions)} order by ${raw(order)} limit ${raw(String(asked.limit + 1))}) x(rank, at, id))`,
  ];
}

/** Conditions on the changes of an object: that the reader sees something of them, and that the words are in what they see. */
function shownChanges(scope: QueryScope, object: ObjectModel, words: string | undefined): Sql[] {
  const hidden = [...object.fields.keys()].filter((field) => !isShown(scope.principal, object.name, field));
  const changes = hidden.length > 0 ? sql`(e."changes" - ${hidden}::text[])` : raw('e."changes"');
  return [
    ...(hidden.length > 0 ? [sql`(e."operation" <> 'update' or ${changes} <> '{}')`] : []),
    ...(words ? [saying(scope, object, words, changes)] : []),
  ];
}

/**
 * The months between the cursor and the end of the page, written out so that the planner leaves out the tables of all others:
 * with three years of them a page took 40 ms of CPU instead of 24.
 */
function months({ cursor, bound }: Pick<Asked, 'cursor' | 'bound'>): Sql[] {
  const monthOf = (at: string | undefined | null) => /^(\d{4})-(0[1-9]|1[0-2])-/.exec(at ?? '');
  const ends = cursor?.backward ? [cursor.at, bound] : [bound, cursor?.at];
  const [first, last] = ends.map(monthOf);
  const next = last && new Date(Date.UTC(Number(last[1]), Number(last[2]), 1)).toISOString().slice(0, 10);
  return [
    ...(first ? [raw(`e."at" >= '${first[1]}-${first[2]}-01 00:00:00+00'::timestamptz`)] : []),
    ...(next ? [raw(`e."at" < '${next} 00:00:00+00'::timestamptz`)] : []),
  ];
}

/** The records of each of a link's subjects in order, at most a page of each. @param more a column beside rank, moment and id */
export function along(
  { ids }: Link,
  inner: Compilation,
  conditions: readonly Sql[],
  { rank, at, order, limit, more }: { rank: number; at: string; order: string; limit: number; more?: string },
): Sql {
  return sql`(select x.* from unnest(${ids}::uuid[]) s(id) cross join lateral (
    select ${raw(`${rank}, ${at}::timestamptz, r."id"::text${more ? `, ${more}` : ''}`)} from ${from(inner)}
    where ${and(conditions)} order by ${raw(order)} limit ${raw(String(limit))}) x(rank, at, id))`;
}

/** Outside the trash, and what the reader may see. */
export function lying({ scope, object }: Compilation): Sql[] {
  const rights = visibility(scope, object, 'read', 'r');
  return rights === 'all' ? [raw('r."deleted_at" is null')] : [raw('r."deleted_at" is null'), or(rights)];
}

export type Found = { rank: number; at: string; id: string };

/** A record that hangs on two subjects comes once: it is the same row of the union. */
export async function walk(door: Door, branches: readonly Sql[], order: string, limit: number): Promise<Found[]> {
  if (branches.length === 0) return [];
  const rows = await connectionOf(door).run(
    sql`select t.rank, t.at::text, t.id from (${join(branches, ' union ')}) t(rank, at, id) order by ${raw(order)} limit ${raw(String(limit))}`,
  );
  return (rows as [number, string, string][]).map(([rank, at, id]) => ({ rank, at, id }));
}

/** The words have to be in the names of changed fields, in what they were and became, or in what was noted. */
function saying(scope: QueryScope, object: ObjectModel, words: string, changes: Sql): Sql {
  const terms = searchTerms(words);
  return and(
    terms.map((term) => {
      const named = [...object.fields.values()]
        .filter((field) => isShown(scope.principal, object.name, field.name))
        .filter((field) => allLabels(field).some((label) => label.toLowerCase().includes(term)))
        .map(({ name }) => name);
      const pattern = `%${term.replace(/[\\%_]/g, '\\$&')}%`;
      return sql`(${changes}::text ilike ${pattern} or e."note" ilike ${pattern} or ${changes} ?| ${named}::text[])`;
    }),
  );
}

function period(scope: QueryScope, { from: first, until, bound, cursor }: Asked, at: string): Sql[] {
  const { timeZone } = scope.env;
  const midnight = (day: string, plus: number) =>
    sql`((${day}::date + ${raw(String(plus))})::timestamp at time zone ${timeZone})`;
  return [
    ...(first ? [sql`${raw(at)} >= ${midnight(first, 0)}`] : []),
    ...(until ? [sql`${raw(at)} < ${midnight(until, 1)}`] : []),
    ...(bound ? [sql`${raw(`${at} ${cursor?.backward ? '<=' : '>='}`)} (select ${bound}::timestamptz)`] : []),
  ];
}

/** Entries of a kind behind the cursor; of the same moment those of a later kind are, too. */
function behind(cursor: Cursor, kind: string, at: string, id: string, type: 'uuid' | 'bigint'): Sql {
  // Hidden from the planner, which would plan each page anew for its own cursor.
  const moment = sql`(select ${cursor.at}::timestamptz)`;
  const sign = cursor.backward ? '>' : '<';
  if (kind === cursor.kind)
    return sql`${raw(`(${at}, ${id}) ${sign}`)} (${moment}, (select ${cursor.id}${raw(`::${type}`)}))`;
  const isOfTheMoment = cursor.backward ? kind < cursor.kind : kind > cursor.kind;
  return sql`${raw(`${at} ${sign}${isOfTheMoment ? '=' : ''}`)} ${moment}`;
}

/** Reads what was found, each object once, in the order it was found in. What has gone meanwhile is left out. */
export async function entriesOf(door: Door, subjects: Subjects, rows: readonly Row[]): Promise<TimelineEntry[]> {
  const scope = scopeOf(door);
  const known = new Map([...subjects.byObject.values()].flat().map((subject) => [subject.id, subject]));
  const whose = (id: string) => (id === subjects.root.id || subjects.merged.includes(id) ? null : known.get(id));
  const byKind = Map.groupBy(rows, ({ kind }) => kind);
  const read = async ([kind, found]: [string, readonly Row[]]) => {
    const ids = found.map(({ id }) => id);
    if (kind === CHANGE) return changesAt(door, subjects, found, whose);
    const source = objectOf(scope.model, kind);
    const { at, by, ahead } = source.definition.timeline!;
    const links = [...source.fields.values()].filter((field) => subjects.byObject.has(field.target ?? ''));
    const shown = (name: string) => fieldAccess(door.principal, kind, name) !== 'hidden';
    const expand = [...new Set([by, ...links.map(({ name }) => name)])].filter(shown);
    const page = await openRecords(door).list(kind, { filter: { id: { in: ids } }, limit: ids.length, expand });
    return page.items.map((record): [string, TimelineEntry] => {
      const { target } = source.definition;
      const named = target ? [record[target.id]] : links.map(({ name }) => record[name]);
      const owners = named.filter((one) => typeof one === 'string').map(whose);
      const of = owners.includes(null) ? null : (owners.find((one) => one) ?? null);
      const moment = record[at] ?? (ahead && record[ahead.by]) ?? '';
      return [record.id, { kind, at: String(moment), of, record }];
    });
  };
  const entries = new Map((await Promise.all([...byKind].map(read))).flat());
  return rows.flatMap(({ id }) => entries.get(id) ?? []);
}

async function changesAt(
  door: Door,
  subjects: Subjects,
  found: readonly Row[],
  whose: (id: string) => Subject | null | undefined,
): Promise<[string, TimelineEntry][]> {
  const times = found.map(({ at }) => at).sort();
  const ends = { bound: times[0]!, cursor: { backward: false, at: times.at(-1)!, kind: CHANGE, id: '' } };
  const rows = await connectionOf(door).run(sql`
    select position, at, change_set::text, object, record_id::text, operation, version, actor_id::text, via, changes, note
    from ${raw(identifier(door.workspace.schema))}.event e
    where position = any(${found.map(({ id }) => id)}::bigint[]) and ${and(months(ends))}`);
  return rows.map((row): [string, TimelineEntry] => {
    const event = eventOf(row);
    const changes = event.changes && withoutHidden(door.principal, event.object, event.changes);
    const shown: EventRow = { ...event, changes };
    if (subjects.merged.includes(event.record)) shown.merged = true;
    const entry: TimelineEntry = { kind: CHANGE, at: event.at, of: whose(event.record) ?? null, event: shown };
    return [String(event.position).padStart(20, '0'), entry];
  });
}

/** Null when everybody is meant. */
async function peopleOf(door: Door, { person, team }: TimelineQuery): Promise<string[] | null> {
  if (!team) return person ? [person] : null;
  const people: string[] = [];
  let cursor: string | undefined;
  do {
    const filter = { teams: { hasAny: [team] } } as Filter;
    const page = await openRecords(door).list('user', {
      filter,
      fields: [],
      limit: 500,
      ...(cursor ? { cursor } : {}),
    });
    people.push(...page.items.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor && people.length < MOST_PEOPLE);
  return person ? people.filter((id) => id === person) : people;
}

export function wantedOf(kinds: readonly string[] | undefined): Asked['wanted'] {
  if (!kinds || kinds.length === 0) return null;
  const wanted = new Map<string, readonly string[] | 'all'>();
  for (const text of kinds) {
    const [kind, ...rest] = text.split(':');
    const before = wanted.get(kind!);
    if (rest.length === 0 || before === 'all') wanted.set(kind!, 'all');
    else wanted.set(kind!, [...(before ?? []), rest.join(':')]);
  }
  return wanted;
}

export function areShown({ principal }: QueryScope, object: ObjectModel, fields: readonly string[]): boolean {
  return fields.every((field) => object.fields.has(field) && isShown(principal, object.name, field));
}

function encodeCursor({ at, kind, id }: Row, backward: boolean): string {
  return Buffer.from(JSON.stringify([backward ? 1 : 0, at, kind, id])).toString('base64url');
}

function decodeCursor(text: string): Cursor {
  try {
    const parts = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const [direction, at, kind, id] = Array.isArray(parts) ? parts : [];
    const isText = [at, kind, id].every((part) => typeof part === 'string' && /^[\w:.+ -]{1,64}$/.test(part));
    if ((direction === 0 || direction === 1) && isText)
      return { backward: direction === 1, at: at as string, kind: kind as string, id: id as string };
  } catch {
    // Not ours; said below.
  }
  throw new Problem('query.cursor-invalid');
}
