import { isAllowed } from '../access/access.ts';
import { and, identifier, or, raw, type Sql, sql } from '../database/sql.ts';
import type { Certainty, DuplicateMatching } from '../object/duplicate-matching.ts';
import { objectOf, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { visibility } from '../query/compilation.ts';
import { connectionOf, type Door, scopeOf } from '../records/door.ts';
import { newId } from '../records/new-id.ts';
import { populationOf, readVisible, reasonsOf } from './candidates.ts';
import { fingerprintOf, type Prepared, sharingKeys, writeKeys } from './keys.ts';

export type PairState = 'open' | 'merged' | 'dismissed';

/** Two records that look the same, as somebody who may see both sees them. */
export interface DuplicatePair {
  id: string;
  object: string;
  records: [{ id: string; title: string }, { id: string; title: string }];
  certainty: Certainty;
  score: number;
  reasons: string[];
  state: PairState;
  foundAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
}

/** Compared per record: the best by shared keys. A pair that really is one shares several, or a rare one. */
const MOST_COMPARED = 8;

/**
 * Compares some records with those that share keys with them and puts what is at least likely into the queue. The pairs of
 * these records that no longer look the same leave it. A pair that somebody dismissed stays dismissed, unless the keys of
 * its records are others by now and speak for it at least as much as then.
 *
 * @param side `before` when all records are gone through in the order of their ids: each pair is then found from its later record
 */
export async function reviewRecords(
  door: Door,
  matching: DuplicateMatching,
  records: readonly (Prepared & { readonly id: string })[],
  side: 'all' | 'before' = 'all',
): Promise<number> {
  if (records.length === 0) return 0;
  const object = objectOf(door.workspace.model, matching.object);
  const { schema } = door.workspace;
  const connection = connectionOf(door);
  await writeKeys(connection, schema, records);
  const found = await sharingKeys(connection, schema, records, MOST_COMPARED, side);
  const known = await knownPairs(
    door,
    records.map(({ id }) => id),
    side,
  );
  const own = new Map(records.map((record) => [record.id, record]));
  const partners = new Set([...found.flat(), ...known.flat()].filter((id) => !own.has(id)));
  const seen = await readVisible(door, object, matching, [...partners]);
  const population = await populationOf(door, object.name);

  const pairs = new Map<string, { a: string; b: string; score: number; certainty: Certainty; fingerprint: string }>();
  const compare = (one: string, other: string) => {
    const [a, b] = one < other ? [one, other] : [other, one];
    const [left, right] = [a, b].map((id) => own.get(id) ?? seen.get(id)?.prepared);
    if (!left || !right || pairs.has(`${a} ${b}`)) return;
    const { score, certainty } = matching.judge(left.value, right.value, population);
    if (certainty !== 'likely' && certainty !== 'certain') return;
    pairs.set(`${a} ${b}`, { a, b, score, certainty, fingerprint: fingerprintOf(left, right) });
  };
  records.forEach(({ id }, index) => {
    for (const other of found[index]!) compare(id, other);
  });
  for (const [a, b] of known) compare(a, b);
  await writePairs(
    door,
    object.name,
    [...pairs.values()],
    records.map(({ id }) => id),
    side,
  );
  return pairs.size;
}

/** Records that left: their keys go, and what nobody decided about. */
export async function forgetRecords(door: Door, ids: readonly string[], how: 'trash' | 'purge'): Promise<void> {
  const connection = connectionOf(door);
  await writeKeys(
    connection,
    door.workspace.schema,
    ids.map((id) => ({ id, keys: [] })),
  );
  await connection.execute(sql`
    delete from ${table(door)} where (a_id = any(${ids}::uuid[]) or b_id = any(${ids}::uuid[]))
    and ${raw(how === 'purge' ? 'true' : `state = 'open'`)}`);
}

/** A merge decides about its pair; so does its undo: whoever separates two records says that they are not the same. */
export async function noteMerge(
  door: Door,
  record: string,
  survivor: string | null,
  at: string,
  by: string | null,
): Promise<void> {
  const decided = sql`decided_at = ${at}::timestamptz, decided_by_id = ${by}::uuid`;
  const isOf = sql`(a_id = ${record}::uuid or b_id = ${record}::uuid)`;
  await connectionOf(door).execute(
    survivor === null
      ? sql`update ${table(door)} set state = 'dismissed', ${decided} where ${isOf} and state = 'merged'`
      : sql`update ${table(door)} set state = 'merged', ${decided} where ${isOf} and (a_id = ${survivor}::uuid or b_id = ${survivor}::uuid)`,
  );
}

/**
 * The queue, surest first: pairs of which the reader may see both records.
 * @throws Problem `access.denied`, `query.cursor-invalid`
 */
export async function listPairs(
  door: Door,
  query: { object: string; state?: PairState; limit?: number; cursor?: string },
): Promise<{ items: DuplicatePair[]; next: string | null }> {
  const object = objectOf(door.workspace.model, query.object);
  if (!isAllowed(door.principal, object.name, 'read')) throw new Problem('access.denied');
  const matching = door.workspace.duplicates.get(object.name);
  if (!matching) return { items: [], next: null };
  const state = query.state ?? 'open';
  const limit = query.limit ?? 50;
  const conditions = [sql`p.object = ${object.name}`, sql`p.state = ${state}`];
  if (query.cursor !== undefined) {
    const [score, id] = readCursor(query.cursor);
    conditions.push(sql`(p.score, p.id) < (${score}::double precision, ${id}::uuid)`);
  }
  // A merged pair has lost one of its records to the other.
  const live = state === 'merged' ? [] : ['a', 'b'].map((alias) => raw(`${alias}.deleted_at is null`));
  const rights = ['a', 'b'].map((alias) => visibility(scopeOf(door), object, 'read', alias));
  for (const visible of rights) if (visible !== 'all') conditions.push(or(visible));
  const rows = await connectionOf(door).run(sql`
    select p.id::text, p.a_id::text, p.b_id::text, p.score, p.certainty, p.found_at, p.decided_at, p.decided_by_id::text
    from ${table(door)} p join ${raw(tableOf(door.workspace.schema, object))} a on a.id = p.a_id
      join ${raw(tableOf(door.workspace.schema, object))} b on b.id = p.b_id
    where ${and([...conditions, ...live])} order by p.score desc, p.id desc limit ${raw(String(limit + 1))}`);
  const page = rows.slice(0, limit) as [
    string,
    string,
    string,
    number,
    Certainty,
    string,
    string | null,
    string | null,
  ][];
  const seen = await readVisible(door, object, matching, [...new Set(page.flatMap(([, a, b]) => [a, b]))]);
  const population = await populationOf(door, object.name);
  const items = page.map(([id, a, b, score, certainty, foundAt, decidedAt, decidedBy]): DuplicatePair => {
    const [left, right] = [seen.get(a), seen.get(b)];
    const reasons = left && right ? reasonsOf(door, matching, left.prepared, right.prepared, population) : [];
    const records: DuplicatePair['records'] = [
      { id: a, title: left?.title ?? '' },
      { id: b, title: right?.title ?? '' },
    ];
    return {
      id,
      object: object.name,
      records,
      certainty,
      score: Math.round(score * 10_000) / 10_000,
      reasons,
      state,
      foundAt,
      decidedAt,
      decidedBy,
    };
  });
  const last = page.at(-1);
  return {
    items,
    next: rows.length > limit && last ? Buffer.from(JSON.stringify([last[3], last[0]])).toString('base64url') : null,
  };
}

/**
 * Two records are not the same, says who may change them; `open` takes that back.
 * @throws Problem `duplicate.not-found` also when one of the records may not be seen, `access.denied`
 */
export async function decidePair(door: Door, id: string, state: 'dismissed' | 'open'): Promise<void> {
  const pair = await readPair(door, id);
  if (!isAllowed(door.principal, pair.object, 'update')) throw new Problem('access.denied');
  await connectionOf(door).execute(sql`
    update ${table(door)} set state = ${state}, decided_at = ${state === 'open' ? null : new Date().toISOString()}::timestamptz,
      decided_by_id = ${state === 'open' ? null : door.principal.userId}::uuid
    where id = ${id}::uuid and state <> 'merged'`);
}

/** @throws Problem `duplicate.not-found` */
export async function readPair(door: Door, id: string): Promise<{ object: string; records: [string, string] }> {
  const [row] = await connectionOf(door).run(
    sql`select object, a_id::text, b_id::text from ${table(door)} where id = ${id}::uuid`,
  );
  const [name, a, b] = (row ?? []) as [string, string, string];
  const object = door.workspace.model.objects.get(name);
  const matching = door.workspace.duplicates.get(name);
  const seen =
    object && matching && isAllowed(door.principal, name, 'read')
      ? await readVisible(door, object, matching, [a, b])
      : null;
  if (seen?.size !== 2) throw new Problem('duplicate.not-found', { id });
  return { object: name, records: [a, b] };
}

async function knownPairs(door: Door, ids: readonly string[], side: 'all' | 'before'): Promise<[string, string][]> {
  const rows = await connectionOf(door).run(
    sql`select a_id::text, b_id::text from ${table(door)} where ${pairsOf(ids, side)}`,
  );
  return rows as [string, string][];
}

async function writePairs(
  door: Door,
  object: string,
  pairs: readonly { a: string; b: string; score: number; certainty: Certainty; fingerprint: string }[],
  reviewed: readonly string[],
  side: 'all' | 'before',
): Promise<void> {
  const connection = connectionOf(door);
  const sorted = [...pairs].sort((one, other) => (one.a + one.b < other.a + other.b ? -1 : 1));
  const [as, bs] = [sorted.map(({ a }) => a), sorted.map(({ b }) => b)];
  await connection.execute(sql`
    delete from ${table(door)} p where p.state = 'open' and ${pairsOf(reviewed, side)}
    and not exists (select 1 from unnest(${as}::uuid[], ${bs}::uuid[]) k(a, b) where k.a = p.a_id and k.b = p.b_id)`);
  if (sorted.length === 0) return;
  await connection.execute(sql`
    insert into ${table(door)} as p (id, object, a_id, b_id, score, certainty, state, fingerprint, found_at)
    select id, ${object}, a, b, score, certainty, 'open', fingerprint, now()
    from unnest(${sorted.map(() => newId())}::uuid[], ${as}::uuid[], ${bs}::uuid[], ${sorted.map(({ score }) => score)}::double precision[],
      ${sorted.map(({ certainty }) => certainty)}::text[], ${sorted.map(({ fingerprint }) => fingerprint)}::bigint[]) f(id, a, b, score, certainty, fingerprint)
    on conflict (a_id, b_id) do update
      set score = excluded.score, certainty = excluded.certainty, fingerprint = excluded.fingerprint, state = 'open',
        decided_at = null, decided_by_id = null
      where p.state = 'open' or (p.state = 'dismissed' and p.fingerprint <> excluded.fingerprint and excluded.score >= p.score)`);
}

function pairsOf(ids: readonly string[], side: 'all' | 'before'): Sql {
  return side === 'before'
    ? sql`b_id = any(${ids}::uuid[])`
    : sql`(a_id = any(${ids}::uuid[]) or b_id = any(${ids}::uuid[]))`;
}

function readCursor(cursor: string): [number, string] {
  try {
    const [score, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown];
    if (typeof score === 'number' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) return [score, id];
  } catch {
    // Said below.
  }
  throw new Problem('query.cursor-invalid');
}

function table(door: Door): Sql {
  return raw(`${identifier(door.workspace.schema)}.duplicate_pair`);
}
