import { isAdministrator } from '#kernel/access/access.ts';
import type { JobDefinition } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { principalOf } from './principal.ts';
import type { Runtime } from './runtime.ts';

export interface Handover {
  /** Users. */
  readonly from: string;
  readonly to: string;
  /** One for all of it, so that it can be undone as one. */
  readonly changeSet: string;
}

/** What is a person's own, and of no use to somebody else. */
const personal: ReadonlySet<string> = new Set(['user', 'notification', 'follow', 'absence', 'savedView', 'homePage']);

/**
 * Gives everything that somebody owns, and everybody who reports to them, to somebody else. Begun again after a crash it
 * goes on with what is left.
 */
export function handoverJob(runtime: Runtime): JobDefinition<Handover> {
  return {
    kind: 'handover',
    async run({ from, to, changeSet }, { workspaceId, createdBy, progress, signal }) {
      const workspace = await runtime.workspace(workspaceId);
      const principal = createdBy === null ? null : await principalOf(workspace, createdBy);
      if (!principal || !isAdministrator(principal)) throw new Problem('access.denied');
      const records = recordsFor(workspace, principal, 'handover', changeSet);
      const owned: Filter = { owner: from };
      const objects = [...workspace.model.objects.keys()].filter((object) => !personal.has(object));
      let total = 0;
      const counts = new Map<string, number>();
      for (const object of objects) {
        const { value } = await records.count(object, owned);
        counts.set(object, value);
        total += value;
      }
      let changed = 0;
      let refused = 0;
      for (const [object, count] of counts) {
        // Those that are refused stay, and would be found again for ever.
        let cursor: string | undefined;
        let left = count;
        while (left > 0 && !signal.aborted) {
          const page = await records.list(object, {
            filter: owned,
            fields: [],
            sort: ['id'],
            limit: 500,
            ...(cursor ? { cursor } : {}),
          });
          const ids = page.items.map(({ id }) => id);
          if (ids.length === 0) break;
          const { succeeded, failed } = await records.updateMany(object, { ids }, { owner: to }, { changeSet });
          changed += succeeded;
          refused += failed;
          left -= ids.length;
          progress(changed + refused, total);
          if (!page.next) break;
          cursor = page.next;
        }
      }
      if (!signal.aborted) {
        const reports = await records.list('user', { filter: { manager: from }, fields: [], limit: 500 });
        for (const { id } of reports.items)
          if (id !== to) await records.update('user', id, { manager: to }, { changeSet });
      }
      return { changed, refused, changeSet };
    },
  };
}
