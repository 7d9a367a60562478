import { administratorRole, asSystem, memberRole, type Principal } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';

/** A person as they may act now; null when they are not active. */
export async function principalOf(workspace: Workspace, userId: string): Promise<Principal | null> {
  const records = recordsFor(workspace, asSystem('what a person may do is not theirs to say'), 'session');
  const user = await records.find('user', { id: userId, active: true }, { fields: ['language', 'timeZone'] });
  if (!user) return null;
  const [identity] = await workspace.database.run(
    sql`select administrator from platform.identity where workspace_id = ${workspace.id}::uuid and user_id = ${userId}::uuid`,
  );
  const role = identity?.[0] === true ? administratorRole : memberRole;
  return { userId, roles: [role], language: user.language as string, timeZone: user.timeZone as string };
}
