import { asSystem, memberRole, type Principal } from '#kernel/access/access.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';

/** A person as they may act now; null when they are not active. */
export async function principalOf(workspace: Workspace, userId: string): Promise<Principal | null> {
  const records = recordsFor(workspace, asSystem('what a person may do is not theirs to say'), 'session');
  const user = await records.find('user', { id: userId, active: true }, { fields: ['language', 'timeZone'] });
  if (!user) return null;
  return { userId, roles: [memberRole], language: user.language as string, timeZone: user.timeZone as string };
}
