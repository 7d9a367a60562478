import { expireEvents } from '#kernel/audit/expire.ts';
import { sealEvents } from '#kernel/audit/seal.ts';
import { readAuditSettings } from '#kernel/audit/settings.ts';
import { verifyEvents } from '#kernel/audit/verify.ts';
import type { JobDefinition } from '#kernel/jobs/jobs.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Runtime } from './runtime.ts';

/** Seals what came since the last time, in every workspace. */
export async function sealAll(runtime: Runtime): Promise<void> {
  const secrets = await openSecrets(runtime.dataFolder);
  for (const id of await readyWorkspaces(runtime.database)) await sealEvents(await runtime.workspace(id), secrets);
}

/** What is older than the company wants to keep loses what it held. */
export async function expireAudit(workspace: Workspace, now = new Date()): Promise<number> {
  const { keepYears } = await readAuditSettings(workspace);
  if (keepYears === null) return 0;
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - keepYears);
  return expireEvents(workspace, before);
}

/** Its result is a `Verification`. */
export function verifyAuditJob(runtime: Runtime): JobDefinition {
  return {
    kind: 'verifyAudit',
    async run(_, { workspaceId, progress, signal }) {
      const workspace = await runtime.workspace(workspaceId);
      return verifyEvents(workspace, await openSecrets(runtime.dataFolder), { progress, signal });
    },
  };
}
