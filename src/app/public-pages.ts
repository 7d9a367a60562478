import { asSystem, type Principal } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Runtime } from './runtime.ts';

/** Who acts when a stranger writes from outside: they have no rights, and what comes of it is the company's own doing. */
export function programFor({ settings }: Workspace): Principal {
  const { language, timeZone } = settings;
  return { ...asSystem('what a stranger sends is taken in by the company'), language, timeZone };
}

/** The door for what strangers open. */
export function programRecords(workspace: Workspace): Records {
  return recordsFor(workspace, programFor(workspace), 'public');
}

/** The page of that address, in whichever company has one; null also for what is not to be seen yet. */
export async function publicPageOf(
  runtime: Runtime,
  object: 'webForm' | 'bookingPage',
  slug: string,
): Promise<{ workspace: Workspace; page: Record<string, unknown> & { id: string; version: number } } | null> {
  for (const id of await readyWorkspaces(runtime.database)) {
    const workspace = await runtime.workspace(id);
    if (!workspace.model.objects.has(object)) continue;
    const page = await programRecords(workspace).find(object, { slug });
    if (page && page.state !== 'draft') return { workspace, page };
  }
  return null;
}

/** Names of sources that a day of a page keeps apart; strangers can make up as many as they like. */
const MOST_SOURCES = 40;

/** What is counted of a page: opened, begun, sent or booked, and of what was booked moved and cancelled. */
export type Counted = 'views' | 'starts' | 'submissions' | 'moves' | 'cancellations';

/** One more of what happens on a page. */
export async function countVisit(
  database: Database,
  workspaceId: string,
  page: string,
  what: Counted,
  source: string,
): Promise<void> {
  const one = raw(counted.map((name) => Number(name === what)).join(', '));
  await database.execute(sql`
    insert into platform.page_visit as v (workspace_id, page_id, on_day, source, ${columns})
    select ${workspaceId}::uuid, ${page}::uuid, current_date,
      case when exists (select from platform.page_visit where page_id = ${page}::uuid and on_day = current_date and source = ${source})
          or (select count(*) from platform.page_visit where page_id = ${page}::uuid and on_day = current_date) < ${MOST_SOURCES}
        then ${source} else 'other' end, ${one}
    on conflict (page_id, on_day, source) do update set ${added}`);
}

export type Counts = Readonly<Record<Counted, number>>;

/** How often a page was opened and what came of it in the last days, by where visitors came from; most views first. */
export async function visitsOf(
  database: Database,
  workspaceId: string,
  page: string,
  days: number,
): Promise<(Counts & { readonly source: string })[]> {
  const rows = await database.run(sql`
    select source, ${sums} from platform.page_visit
    where workspace_id = ${workspaceId}::uuid and page_id = ${page}::uuid and on_day > current_date - ${days}::integer
    group by source order by 2 desc, 1 limit 50`);
  return rows.map(([source, ...counts]) => ({ source: String(source), ...countsIn(counts) }));
}

/** The same by week, the last first; weeks in which nothing happened are left out. */
export async function weeksOf(
  database: Database,
  workspaceId: string,
  page: string,
): Promise<(Counts & { readonly from: string })[]> {
  const rows = await database.run(sql`
    select to_char(date_trunc('week', on_day::timestamp), 'YYYY-MM-DD'), ${sums} from platform.page_visit
    where workspace_id = ${workspaceId}::uuid and page_id = ${page}::uuid
      and on_day > current_date - ${SHOWN_WEEKS * 7}::integer
    group by 1 order by 1 desc`);
  return rows.map(([from, ...counts]) => ({ from: String(from), ...countsIn(counts) }));
}

const SHOWN_WEEKS = 12;
const counted = ['views', 'starts', 'submissions', 'moves', 'cancellations'] as const satisfies readonly Counted[];
const columns = raw(counted.join(', '));
const added = raw(counted.map((one) => `${one} = v.${one} + excluded.${one}`).join(', '));
const sums = raw(counted.map((one) => `sum(${one})::integer`).join(', '));

function countsIn(row: readonly unknown[]): Counts {
  return Object.fromEntries(counted.map((one, index) => [one, Number(row[index])])) as Record<Counted, number>;
}
