import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { remind } from '#modules/teamwork/index.ts';
import type { Runtime } from './runtime.ts';

/** Notes, in every workspace, which tasks their owners are to be reminded of now. */
export async function remindAll(runtime: Runtime): Promise<void> {
  for (const id of await readyWorkspaces(runtime.database)) {
    const workspace = await runtime.workspace(id);
    if (!workspace.model.objects.has('task')) continue;
    await remind(recordsFor(workspace, asSystem('reminders are for whoever set them'), 'schedule'), new Date());
  }
}
