import { join, raw, sql } from '../database/sql.ts';
import { objectOf } from '../object/model.ts';
import { begin, place } from '../query/compilation.ts';
import { type Door, scopeOf } from '../records/door.ts';
import type { Reach, TimelineTop } from './shapes.ts';
import { subjectsOf } from './subjects.ts';
import {
  along,
  areShown,
  entriesOf,
  type Found,
  isAhead,
  linksOf,
  lying,
  type Row,
  sourcesOf,
  walk,
} from './timeline.ts';

const MOST_PINNED = 10;
const MOST_AHEAD = 30;
/** Looked through on each way to a record where one stands for many: five meetings a day for half a year. */
const MOST_OF_MANY = 1_000;

/**
 * What is pinned, and what is still to come, the soonest first: of what belongs together (`oneOf`) the next one.
 *
 * @throws Problem `record.not-found`
 */
export async function readTimelineTop(
  door: Door,
  name: string,
  id: string,
  reach: Reach = 'own',
): Promise<TimelineTop> {
  const scope = scopeOf(door);
  const subjects = await subjectsOf(door, objectOf(scope.model, name), id, reach);
  const sources = sourcesOf(scope);
  const pinned = sources.flatMap((source, rank) => {
    const { at, pinned: field } = source.definition.timeline!;
    if (!field || !areShown(scope, source, [at, field])) return [];
    return linksOf(scope, source, subjects).map((link) => {
      const inner = begin(scope, source);
      const [moment] = place(inner, at).columns;
      const [column] = place(inner, field).columns;
      const conditions = [...link.conditions, ...lying(inner), raw(column!)];
      return along(link, inner, conditions, { rank, at: moment!, order: `${moment} desc`, limit: MOST_PINNED });
    });
  });
  const ahead = sources.flatMap((source, rank) => {
    const { ahead: coming } = source.definition.timeline!;
    if (!coming || !areShown(scope, source, [coming.by, ...Object.keys(coming.filter)])) return [];
    const oneOf = coming.oneOf && areShown(scope, source, [coming.oneOf]) ? coming.oneOf : null;
    return linksOf(scope, source, subjects).map((link) => {
      const inner = begin(scope, source);
      const [moment] = place(inner, coming.by).columns;
      const more = oneOf ? `coalesce(${place(inner, oneOf).columns[0]}, r."id")` : 'r."id"';
      const conditions = [...link.conditions, ...lying(inner), isAhead(inner, coming)];
      const limit = oneOf ? MOST_OF_MANY : MOST_AHEAD;
      return along(link, inner, conditions, { rank, at: moment!, order: `${moment} nulls last`, limit, more });
    });
  });
  const soonest = sql`select distinct on (u.one) u.rank, u.at, u.id
    from (${join(ahead, ' union ')}) u(rank, at, id, one) order by u.one, u.at nulls last, u.id`;
  const named = ({ rank, ...row }: Found): Row => ({ ...row, kind: sources[rank]!.name });
  const above = await walk(door, pinned, 't.at desc, t.rank, t.id collate "C" desc', MOST_PINNED);
  const order = 't.at nulls last, t.rank, t.id collate "C"';
  const next = await walk(door, ahead.length > 0 ? [soonest] : [], order, MOST_AHEAD);
  return {
    pinned: await entriesOf(door, subjects, above.map(named)),
    ahead: await entriesOf(door, subjects, next.map(named)),
  };
}
