import { administratorRole, asSystem, memberRole, type Principal, type Role, roleOf } from '#kernel/access/access.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import { columnsOf, objectOf, tableOf } from '#kernel/object/model.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';

/** A person as they may act now; null when they are not active. */
export async function principalOf(workspace: Workspace, userId: string): Promise<Principal | null> {
  const records = recordsFor(workspace, asSystem('what a person may do is not theirs to say'), 'session');
  const fields = ['language', 'timeZone', 'roles', 'teams'];
  const user = await records.find('user', { id: userId, active: true }, { fields });
  if (!user) return null;
  const [identity] = await workspace.database.run(
    sql`select administrator from platform.identity where workspace_id = ${workspace.id}::uuid and user_id = ${userId}::uuid`,
  );
  const teams = (user.teams ?? []) as string[];
  const named = (user.roles ?? []) as string[];
  // A role that is in the trash allows nothing: whoever had no other one does not become somebody who may do everything.
  const given = named.length > 0 ? await rolesOf(workspace, named) : [memberRole];
  const roles = identity?.[0] === true ? [administratorRole] : given;
  const uses = (scope: string) => roles.some(({ grants }) => JSON.stringify(grants).includes(`"${scope}"`));
  return {
    userId,
    roles,
    language: user.language as string,
    timeZone: user.timeZone as string,
    teams,
    teammates: teams.length > 0 && uses('team') ? await membersOf(workspace, teams) : [],
    reports: uses('tree') ? await reportsOf(workspace, userId) : [],
  };
}

/** One object per version of a role: what was compiled for a role is kept for that very one. */
const known = new Map<string, Role>();

async function rolesOf(workspace: Workspace, ids: readonly string[]): Promise<Role[]> {
  if (ids.length === 0) return [];
  const records = recordsFor(workspace, asSystem('what a person may do is not theirs to say'), 'session');
  const page = await records.list('role', { filter: { id: { in: [...ids] } }, fields: ['name', 'grants', 'fields'] });
  return page.items.map(({ id, version, name, grants, fields }) => {
    const key = `${id}/${version}`;
    const role = known.get(key) ?? roleOf({ name, grants, ...(fields ? { fields } : {}) } as Role);
    if (known.size > 1_000) known.clear();
    known.set(key, role);
    return role;
  });
}

async function membersOf(workspace: Workspace, teams: readonly string[]): Promise<string[]> {
  const { model, schema, database } = workspace;
  const [, link] = columnsOf(objectOf(model, 'user').fields.get('teams')!, 'u', schema);
  const rows = await database.run(
    sql`select distinct l.from_id::text from ${raw(link!)} l where l.to_id = any(${teams}::uuid[])`,
  );
  return rows.map(([id]) => id as string);
}

async function reportsOf(workspace: Workspace, userId: string): Promise<string[]> {
  const { model, schema, database } = workspace;
  const user = objectOf(model, 'user');
  const [manager] = columnsOf(user.fields.get('manager')!, 'u', schema);
  const rows = await database.run(sql`
    with recursive below(id) as (
      select ${userId}::uuid
      union select u."id" from ${raw(tableOf(schema, user))} u join below b on ${raw(manager!)} = b.id
    ) select id::text from below`);
  return rows.map(([id]) => id as string);
}
