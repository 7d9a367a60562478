import { UsageError } from '#app/exit-codes.ts';
import { principalOf } from '#app/principal.ts';
import type { Runtime } from '#app/runtime.ts';
import type { Principal } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import type { Workspace } from '#kernel/records/door.ts';

/**
 * Whoever a command acts as, in their workspace: the person with an address, or the first administrator.
 * @throws UsageError for an unknown address, or before the first visit
 */
export async function personOf(
  runtime: Runtime,
  email: string | undefined,
): Promise<{ workspace: Workspace; principal: Principal }> {
  const [row] = await runtime.database.run(sql`
    select workspace_id::text, user_id::text from platform.identity
    where active and (${email ?? null}::text is null or lower(email) = lower(${email ?? null}::text)) order by administrator desc, created_at, id limit 1`);
  if (!row)
    throw new UsageError(
      email === undefined ? 'Nobody can sign in yet: run tendero setup first.' : `Nobody signs in as ${email}.`,
    );
  const [workspaceId, userId] = row as [string, string];
  const workspace = await runtime.workspace(workspaceId);
  const principal = await principalOf(workspace, userId);
  if (!principal) throw new UsageError(`${email ?? 'The first administrator'} is not active.`);
  return { workspace, principal };
}
