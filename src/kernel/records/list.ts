import { requireAllowed } from '../access/access.ts';
import { and, join, not, or, raw, sql } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { begin, from, isWithinRights, visibility } from '../query/compilation.ts';
import { compilePage, matching, type PageStatement } from '../query/page.ts';
import type { Count, ListQuery, Page } from '../query/query.ts';
import { takeSample } from '../query/sample.ts';
import { isSeenInPart, isWalkedInVain, walkedInVain } from '../query/seen-share.ts';
import { connectionOf, type Door, scopeOf } from './door.ts';
import { countFound } from './kept-aggregate.ts';
import { countOf } from './kept-counts.ts';
import { keptPage } from './kept-order.ts';

/** Counting stops here unless the exact number is asked for. */
const COUNT_UNTIL = 1_000;

/** A page of the records that somebody may see. */
export async function listRecords(
  door: Door,
  object: ObjectModel,
  query: ListQuery,
): Promise<Page<Record<string, unknown>>> {
  requireAllowed(door.principal, object.name, 'read');
  const scope = scopeOf(door);
  const { database } = door.workspace;
  // Not within a transaction: it has its connection, and must not wait for another one.
  const size = door.unit ? 0 : await countOf(door.workspace, object);
  if (!door.unit && (query.filter || query.search)) await takeSample(door.workspace, object, size);
  const isInPart = !door.unit && (await isSeenInPart(database, scope, object, size));
  const page = compilePage(scope, object, query, isInPart);

  const count = query.count === 'none' ? undefined : query.count;
  const isPlain = !query.search?.trim() && !query.deleted && !query.also;
  const isKept = isInPart && isPlain && !page.isOfAll;
  // How long a list is that is kept may be known.
  const counting = count && !isKept ? countRecords(door, object, query, count) : null;
  const plain = () => rowsOf(door, page);
  const found = isKept ? keptPage(door, object, page, plain) : plain().then((rows) => ({ rows, length: null }));
  const { rows, length } = await found.catch((error: unknown) => {
    // The cursor of a list in another order: its values are not of the types of this one's keys.
    const isOfValues = /^22/.test(String((error as { code?: unknown }).code));
    throw query.cursor !== undefined && isOfValues ? new Problem('query.cursor-invalid') : error;
  });

  const hasMore = rows.length > page.limit;
  const shown = hasMore ? rows.slice(0, page.limit) : [...rows];
  if (page.backward) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  const isBehind = page.backward ? page.cursorGiven : hasMore;
  const isBefore = page.backward ? hasMore : page.cursorGiven;
  const answer = {
    items: shown.map((row) => page.selection.read(row)),
    next: isBehind && last ? page.cursorOf(last, 'next') : null,
    previous: isBefore && first ? page.cursorOf(first, 'previous') : null,
  };
  if (!count) return answer;
  if (length !== null) return { ...answer, total: { value: length, kind: 'exact' } };
  return { ...answer, total: await (counting ?? countRecords(door, object, query, count)) };
}

/** The rows of a page, and one more where there is one. */
async function rowsOf(door: Door, { nearby, queries, limit }: PageStatement): Promise<unknown[][]> {
  if (nearby && !isWalkedInVain(nearby)) {
    const rows = await connectionOf(door).run(nearby);
    if (rows.length > limit) return rows;
    walkedInVain(nearby);
  }
  const rows: unknown[][] = [];
  for (const query of queries) if (rows.length <= limit) rows.push(...(await connectionOf(door).run(query)));
  return rows;
}

/** How many records somebody may see. */
export async function countRecords(
  door: Door,
  object: ObjectModel,
  query: ListQuery,
  how: 'exact' | 'estimate',
): Promise<Count> {
  requireAllowed(door.principal, object.name, 'read');
  const scope = scopeOf(door);
  const rights = isWithinRights(scope, object, query.filter) ? 'all' : visibility(scope, object, 'read', 'r');
  if (how === 'estimate' && rights === 'all' && !query.filter && !query.search?.trim() && !query.deleted) {
    const value = await countOf(door.workspace, object);
    if (value > COUNT_UNTIL) return { value, kind: 'estimate' as const };
  }
  // Each rule for itself, along its own index, and only what those before it leave: as one condition they would have every
  // record looked at, and as a union all of them to the end.
  const found = (rights === 'all' ? [raw('true')] : rights).map((rule, index, rules) => {
    const compilation = begin(scope, object);
    const conditions = [...matching(compilation, query), rule];
    if (index > 0) conditions.push(not(or(rules.slice(0, index))));
    return sql`select ${raw(`${compilation.alias}."id"`)} from ${from(compilation)} where ${and(conditions)}`;
  });
  const all = join(found, ' union all ', 'select null where false');
  const upTo = how === 'exact' ? Number.POSITIVE_INFINITY : COUNT_UNTIL;
  const value = await countFound(door, object, query, all, upTo);
  return value > upTo ? { value: upTo, kind: 'atLeast' as const } : { value, kind: 'exact' as const };
}
