import { asSystem, type Principal } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
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

/** One more view, start or submission of a page. */
export async function countVisit(
  database: Database,
  workspaceId: string,
  page: string,
  what: 'views' | 'starts' | 'submissions',
  source: string,
): Promise<void> {
  const [views, starts, submissions] = ['views', 'starts', 'submissions'].map((one) => Number(one === what));
  await database.execute(sql`
    insert into platform.page_visit as v (workspace_id, page_id, on_day, source, views, starts, submissions)
    select ${workspaceId}::uuid, ${page}::uuid, current_date,
      case when exists (select from platform.page_visit where page_id = ${page}::uuid and on_day = current_date and source = ${source})
          or (select count(*) from platform.page_visit where page_id = ${page}::uuid and on_day = current_date) < ${MOST_SOURCES}
        then ${source} else 'other' end, ${views}::integer, ${starts}::integer, ${submissions}::integer
    on conflict (page_id, on_day, source) do update set views = v.views + excluded.views,
      starts = v.starts + excluded.starts, submissions = v.submissions + excluded.submissions`);
}

export interface Visits {
  readonly source: string;
  readonly views: number;
  readonly starts: number;
  readonly submissions: number;
}

/** How often a page was opened, begun and sent in the last days, by where visitors came from; most views first. */
export async function visitsOf(database: Database, workspaceId: string, page: string, days: number): Promise<Visits[]> {
  const rows = await database.run(sql`
    select source, sum(views)::integer, sum(starts)::integer, sum(submissions)::integer from platform.page_visit
    where workspace_id = ${workspaceId}::uuid and page_id = ${page}::uuid and on_day > current_date - ${days}::integer
    group by source order by 2 desc, 1 limit 50`);
  return rows.map(([source, views, starts, submissions]) => ({ source, views, starts, submissions }) as Visits);
}
