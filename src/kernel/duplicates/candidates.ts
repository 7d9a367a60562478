import { isAllowed, isShown } from '../access/access.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import { translator } from '../i18n/translate.ts';
import type { Certainty, DuplicateMatching } from '../object/duplicate-matching.ts';
import { type ObjectModel, objectOf } from '../object/model.ts';
import { FieldProblem, Problem } from '../problems/problem.ts';
import { connectionOf, type Door, envOf } from '../records/door.ts';
import { openRecords } from '../records/open.ts';
import { KEYS_READER, type Prepared, prepareRecord, sharingKeys } from './keys.ts';

/** A record that may be the same as one that somebody is about to save. */
export interface Candidate {
  id: string;
  title: string;
  certainty: Certainty;
  /** Probability that both are the same, 0–1. */
  score: number;
  /** Sentences in the reader's language, strongest first. */
  reasons: string[];
}

/** Compared per record; the ten surest are answered. */
const MOST_COMPARED = 50;
const MOST_ANSWERED = 10;
/** With more rows at once each is compared with fewer: the best by shared keys. */
const MOST_COMPARED_OF_MANY = 12;
/** News that the reader of the keys has not read yet; more than this happen only during an import. */
const MOST_NEWS = 500;
const MOST_REASONS = 8;

/**
 * Records that may be the same as this one, surest first, by what the reader may see of them: neither a record nor a value
 * that is hidden from somebody shows in an answer, a score or a reason.
 *
 * @param typed a record as far as it was typed; values that do not fit their field are left out. With `id`, not itself
 * @throws Problem `access.denied`, `object.unknown`
 */
export async function findCandidates(
  door: Door,
  name: string,
  typed: Readonly<Record<string, unknown>>,
): Promise<Candidate[]> {
  const [candidates] = await findCandidatesOfMany(door, name, [typed], MOST_COMPARED);
  return candidates!;
}

/** The same for many rows (an import), in two statements for all of them. */
export async function findCandidatesOfMany(
  door: Door,
  name: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  mostCompared = MOST_COMPARED_OF_MANY,
): Promise<Candidate[][]> {
  const object = objectOf(door.workspace.model, name);
  const matching = door.workspace.duplicates.get(object.name);
  if (!isAllowed(door.principal, object.name, 'read')) throw new Problem('access.denied');
  if (!matching || rows.length === 0) return rows.map(() => []);
  const typed = await Promise.all(rows.map((row) => readTyped(door, object, matching, row)));
  const prepared = typed.map((record) => prepareRecord(matching, record));
  const { schema } = door.workspace;
  const connection = connectionOf(door);
  const [found, news] = await Promise.all([
    sharingKeys(connection, schema, prepared, mostCompared),
    newsOf(door, object.name),
  ]);
  const seen = await readVisible(door, object, matching, [...new Set([...found.flat(), ...news])]);
  const fresh = news.flatMap((id) => seen.get(id) ?? []);
  const population = await populationOf(door, object.name);
  return prepared.map((record, index) => {
    const close = fresh.filter((one) => one.prepared.keys.some((key) => record.keys.includes(key)));
    const others = new Set([...found[index]!.flatMap((id) => seen.get(id) ?? []), ...close]);
    return [...others]
      .filter(({ prepared: { id } }) => id !== record.id)
      .flatMap((other) => candidateOf(door, matching, record, other, population))
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_ANSWERED);
  });
}

/** By what a record that is being typed would be found; nothing where duplicates of its kind are not looked for. */
export async function keysOfTyped(
  door: Door,
  name: string,
  typed: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const matching = door.workspace.duplicates.get(name);
  if (!matching) return [];
  return prepareRecord(matching, await readTyped(door, objectOf(door.workspace.model, name), matching, typed)).keys;
}

/** Live records of an object, as the lists count them. */
export async function populationOf(door: Door, object: string): Promise<number> {
  const [row] = await connectionOf(door).run(
    sql`select live from ${raw(identifier(door.workspace.schema))}.object_count where object = ${object}`,
  );
  return (row?.[0] as number | undefined) ?? 0;
}

/** Why two records may be the same, as sentences. */
export function reasonsOf(
  door: Door,
  matching: DuplicateMatching,
  a: Prepared,
  b: Prepared,
  population: number,
): string[] {
  const words = translator(door.principal.language);
  return matching
    .explain(a.value, b.value, population)
    .slice(0, MOST_REASONS)
    .map(({ code, params }) => words(code, params));
}

export interface Seen {
  readonly title: string;
  readonly prepared: Prepared;
}

/** Records as a matching wants them, by id, as far as the reader may see them. */
export async function readVisible(
  door: Door,
  object: ObjectModel,
  matching: DuplicateMatching,
  ids: readonly string[],
): Promise<Map<string, Seen>> {
  const fields = matchedFields(door, object, matching);
  const canSeeTitle = isShown(door.principal, object.name, object.title.name);
  const seen = new Map<string, Seen>();
  for (let start = 0; start < ids.length; start += 500) {
    const page = await openRecords(door).list(object.name, {
      filter: { id: { in: ids.slice(start, start + 500) } },
      fields: canSeeTitle ? [...new Set([...fields, object.title.name])] : fields,
      limit: 500,
    });
    for (const record of page.items) {
      seen.set(record.id, {
        title: String(record[object.title.name] ?? ''),
        prepared: prepareRecord(matching, record),
      });
    }
  }
  return seen;
}

/** What a matching reads, without what does not exist here or is hidden from the reader. */
export function matchedFields(door: Door, object: ObjectModel, matching: DuplicateMatching): string[] {
  return matching.fields.filter((path) => {
    const [first, second] = path.split('.') as [string, string?];
    const field = object.fields.get(first);
    if (!field || !isShown(door.principal, object.name, first)) return false;
    if (second === undefined) return true;
    const target = field.target ? door.workspace.model.objects.get(field.target) : undefined;
    return target?.fields.has(second) === true && isShown(door.principal, target.name, second);
  });
}

function candidateOf(
  door: Door,
  matching: DuplicateMatching,
  record: Prepared,
  other: Seen,
  population: number,
): Candidate[] {
  const { score, certainty } = matching.judge(record.value, other.prepared.value, population);
  if (certainty === null) return [];
  const reasons = reasonsOf(door, matching, record, other.prepared, population);
  return [
    { id: other.prepared.id!, title: other.title, certainty, score: Math.round(score * 10_000) / 10_000, reasons },
  ];
}

/** Values as they would be stored, and those behind references. */
async function readTyped(
  door: Door,
  object: ObjectModel,
  matching: DuplicateMatching,
  typed: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const env = envOf(door);
  const record: Record<string, unknown> = typeof typed.id === 'string' ? { id: typed.id } : {};
  for (const path of matchedFields(door, object, matching)) {
    const [name, behind] = path.split('.') as [string, string?];
    const field = object.fields.get(name)!;
    const value = typed[name];
    if (value === undefined || value === null || value === '') continue;
    try {
      const normal = field.type.normalise(value, field.definition, env);
      record[path] =
        behind === undefined
          ? normal
          : (await openRecords(door).read(field.target!, normal as string, { fields: [behind] }))[behind];
    } catch (error) {
      if (!(error instanceof FieldProblem || error instanceof Problem)) throw error;
    }
  }
  return record;
}

/**
 * Records that changed since the reader of the keys last read: without them, whoever saves the same person twice within a
 * second would not be warned.
 */
async function newsOf(door: Door, object: string): Promise<string[]> {
  const schema = raw(identifier(door.workspace.schema));
  const rows = await connectionOf(door).run(sql`
    select record_id::text from ${schema}.event
    where position > (select coalesce(max(position), 0) from ${schema}.reader where name = ${KEYS_READER}) and object = ${object}
      and operation <> 'derive'
    order by position desc limit ${raw(String(MOST_NEWS))}`);
  return [...new Set(rows.map(([id]) => id as string))];
}
