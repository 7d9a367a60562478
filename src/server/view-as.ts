import { principalOf } from '#app/principal.ts';
import { isAdministrator, type Principal, type Role } from '#kernel/access/access.ts';
import type { Workspace } from '#kernel/records/door.ts';

/** Whoever looks through somebody's eyes sees what they see, and does nothing. What a mailbox holds back is no administrator's. */
const onlyLooking: Role['grants'] = { '*': { read: 'all' }, heldMail: { read: 'none' } };

/**
 * A person as an administrator sees them from within: their rights, read only, in the administrator's language. Null for
 * whoever has left or is an administrator now, and for whoever looks without being one any more.
 */
export async function seenThrough(workspace: Workspace, viewer: Principal, userId: string): Promise<Principal | null> {
  if (!isAdministrator(viewer)) return null;
  const person = await principalOf(workspace, userId);
  if (!person || isAdministrator(person)) return null;
  const { language, timeZone } = viewer;
  return { ...person, language, timeZone, limits: onlyLooking };
}
