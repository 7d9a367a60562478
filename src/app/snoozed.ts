import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { wakeSnoozed } from '#modules/channels/index.ts';
import type { Runtime } from './runtime.ts';

/** Opens, in every workspace, the conversations that were put off until now. Two workers that do it change nothing twice. */
export async function wakeAllSnoozed(runtime: Runtime): Promise<void> {
  for (const id of await readyWorkspaces(runtime.database)) {
    const workspace = await runtime.workspace(id);
    if (!workspace.model.objects.has('conversation')) continue;
    const records = recordsFor(workspace, asSystem('what was put off comes back to everybody'), 'schedule');
    await wakeSnoozed(records, new Date());
  }
}
