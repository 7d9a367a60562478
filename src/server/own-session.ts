import { asSystem, isAdministrator } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { lastPosition } from '#kernel/events/position.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import type { Session } from './answers.ts';
import type { Visitor } from './visitor.ts';

/** What people set for themself is theirs, whatever else they may change. */
export function ownRecords(visitor: Visitor, changeSet?: string) {
  return recordsFor(visitor.workspace, ownPrincipal(visitor), 'session', changeSet);
}

/** The same together with tables that are no records, in one transaction. */
export function ownTransaction<Result>(
  visitor: Visitor,
  work: (records: Records, connection: Connection) => Promise<Result>,
): Promise<Result> {
  return inTransaction(visitor.workspace, ownPrincipal(visitor), 'session', work);
}

function ownPrincipal({ principal }: Visitor) {
  const { userId, language, timeZone } = principal;
  return { ...asSystem('people set what is theirs'), userId, language, timeZone };
}

/** How somebody is called and what they read, before they have come in. */
export async function ownOf(
  workspace: Workspace,
  userId: string,
): Promise<{ name: string; email: string; language: string }> {
  const records = recordsFor(workspace, asSystem('a letter is in the words of its reader'), 'session');
  const user = await records.read('user', userId, { fields: ['name', 'email', 'language'] });
  const language = (user.language as string | null) ?? workspace.settings.language;
  return { name: user.name as string, email: user.email as string, language };
}

/** What a browser learns of who has signed in, and where. */
export async function sessionOf(visitor: Visitor): Promise<Session> {
  const { workspace, principal, viewer } = visitor;
  const [position, user] = await Promise.all([
    lastPosition(workspace.database, workspace.schema),
    ownRecords(visitor).read('user', principal.userId!, { fields: ['name', 'email', 'preferences', 'roles'] }),
  ]);
  const { theme = 'system', density = 'comfortable' } = (user.preferences ?? {}) as {
    theme?: string;
    density?: string;
  };
  return {
    user: {
      id: user.id,
      name: user.name as string,
      email: user.email as string,
      language: principal.language,
      timeZone: principal.timeZone,
      theme,
      density,
      roles: principal.roles.map((role) => role.name),
      homePages: homePagesOf(isAdministrator(principal), (user.roles ?? []) as string[]),
      administrator: isAdministrator(principal),
    },
    workspace: { name: workspace.name, slug: workspace.slug, ...workspace.settings },
    viewer: viewer === null ? null : { id: viewer, name: (await ownOf(workspace, viewer)).name },
    csrf: visitor.csrf,
    position,
  };
}

/**
 * Whose home page is a person's: that of the administrators, else of their roles in the order in which they were given to
 * them; of whoever has none of these, that of members.
 */
function homePagesOf(isAdmin: boolean, roles: readonly string[]): string[] {
  const whose = [...(isAdmin ? ['administrator'] : []), ...roles];
  return whose.length > 0 ? whose : ['member'];
}
