import { asSystem, type Principal } from '#kernel/access/access.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door, Workspace } from '#kernel/records/door.ts';
import { openRecords, recordsFor } from '#kernel/records/open.ts';
import { inUnit } from '#kernel/records/unit.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { changeSeries, endSeries, interaction, layAhead, type SeriesScope } from '#modules/channels/index.ts';
import type { Runtime } from './runtime.ts';

/**
 * Changes or deletes a meeting of a series together with those that follow it, or with all that are still to come: one change set,
 * with the rights of whoever does it on each of them.
 * @param changes of the fields of the meeting; null deletes
 * @returns the change set that takes it back
 * @throws Problem `record.not-found`, `meeting.no-series`, `record.invalid`, `access.denied`
 */
export function changeMeetings(
  workspace: Workspace,
  principal: Principal,
  id: string,
  { scope, changes }: { scope: SeriesScope; changes: Readonly<Record<string, unknown>> | null },
  changeSet?: string,
): Promise<string> {
  const door: Door = { workspace, principal, via: 'rest', trusted: false, unit: null, changeSet };
  return inUnit(door, {}, async (inside) => {
    const records = openRecords(inside);
    const keeper = openRecords({ ...inside, trusted: true });
    const edited = await records.read(interaction, id);
    if (!edited.series) throw new Problem('meeting.no-series');
    const now = inside.unit.at;
    if (changes === null) await endSeries(keeper, edited, scope, now);
    else {
      // The one at which it is done is changed as ever: what nobody may do to it, nobody does to all of them.
      const { repeats: _, version, ...own } = changes as { repeats?: unknown; version?: number };
      await records.update(interaction, id, own as never, version === undefined ? {} : { version });
      await changeSeries(keeper, edited, scope, changes, now);
    }
    return inside.unit.changeSet;
  });
}

/** Makes, in every company, the meetings of endless series that came near. */
export async function layAllAhead(runtime: Runtime): Promise<void> {
  const program = asSystem('what was planned without an end goes on, whoever planned it');
  for (const id of await readyWorkspaces(runtime.database)) {
    const workspace = await runtime.workspace(id);
    if (!workspace.model.objects.has('meetingSeries')) continue;
    await layAhead(recordsFor(workspace, program, 'schedule'), new Date());
  }
}
