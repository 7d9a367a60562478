import { raw, type Sql, sql } from '../database/sql.ts';
import { objectOf } from '../object/model.ts';
import { begin, type Compilation, place } from '../query/compilation.ts';
import { type Door, scopeOf } from '../records/door.ts';
import type { Reach, TimelineDays, TimelineEntry } from './shapes.ts';
import { subjectsOf } from './subjects.ts';
import { along, areShown, entriesOf, linksOf, lying, sourcesOf, walk, wantedOf } from './timeline.ts';

/** More than a page of a month can show. */
const MOST = 500;

export interface DaysQuery {
  reach?: Reach;
  /** Objects that have something ahead, or of one what its `kind` says (`interaction:meeting`); all when left out. */
  kinds?: readonly string[];
  /** ISO dates in the reader's zone, both included. */
  from: string;
  until: string;
}

/**
 * What is due or takes place on some days, of a record and of what belongs to it, the earliest first: by the field that says
 * when it is ahead, whether it is still to come or over.
 *
 * @throws Problem `record.not-found`
 */
export async function readTimelineDays(
  door: Door,
  name: string,
  id: string,
  { reach = 'own', kinds, from, until }: DaysQuery,
): Promise<TimelineDays> {
  const scope = scopeOf(door);
  const subjects = await subjectsOf(door, objectOf(scope.model, name), id, reach);
  const wanted = wantedOf(kinds);
  const sources = sourcesOf(scope);
  const branches = sources.flatMap((source, rank) => {
    const { ahead, kind } = source.definition.timeline!;
    const of = wanted ? wanted.get(source.name) : 'all';
    if (!ahead || !of || !areShown(scope, source, [ahead.by, ...(of === 'all' || !kind ? [] : [kind])])) return [];
    return linksOf(scope, source, subjects).map((link) => {
      const inner = begin(scope, source);
      const [column] = place(inner, ahead.by).columns;
      const isDate = source.fields.get(ahead.by)!.type.name === 'date';
      const conditions = [...link.conditions, ...lying(inner), within(inner, column!, isDate, from, until)];
      if (of !== 'all')
        conditions.push(kind ? sql`${raw(place(inner, kind).columns[0]!)} = any(${of}::text[])` : sql`false`);
      return along(link, inner, conditions, { rank, at: column!, order: column!, limit: MOST + 1 });
    });
  });
  const found = await walk(door, branches, 't.at, t.rank, t.id collate "C"', MOST + 1);
  const rows = found.slice(0, MOST).map(({ rank, ...row }) => ({ ...row, kind: sources[rank]!.name }));
  const items = (await entriesOf(door, subjects, rows)).map((entry): TimelineEntry => {
    if (!('record' in entry)) return entry;
    const { by } = objectOf(scope.model, entry.kind).definition.timeline!.ahead!;
    return { ...entry, at: String(entry.record[by]) };
  });
  return { items, isCut: subjects.isCut || found.length > MOST };
}

function within({ scope }: Compilation, column: string, isDate: boolean, from: string, until: string): Sql {
  if (isDate) return sql`${raw(column)} between ${from}::date and ${until}::date`;
  const { timeZone } = scope.env;
  return sql`(${raw(column)} >= (${from}::date::timestamp at time zone ${timeZone})
    and ${raw(column)} < ((${until}::date + 1)::timestamp at time zone ${timeZone}))`;
}
