import {
  administratorRole,
  asSystem,
  memberRole,
  type Principal,
  type Role,
  roleOf,
  type Standing,
} from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Database } from '#kernel/database/pool.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import { dayIn } from '#kernel/fields/calendar.ts';
import { columnsOf, objectOf, tableOf } from '#kernel/object/model.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { awayBetween, standingInFor } from '#modules/teamwork/index.ts';

/**
 * A person as they may act now; null when they are not active.
 * @param database or the transaction that asks: it must not wait for another connection
 */
export async function principalOf(
  of: Workspace,
  userId: string,
  database: Connection = of.database,
): Promise<Principal | null> {
  const workspace = { ...of, database: database as Database };
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
  const standsInFor = await standingsOf(workspace, records, userId);
  return {
    userId,
    roles,
    language: user.language as string,
    timeZone: user.timeZone as string,
    teams,
    teamNames: teams.length > 0 ? await namesOf(records, teams) : [],
    teammates: teams.length > 0 && uses('team') ? await membersOf(workspace, teams) : [],
    reports: uses('tree') ? await reportsOf(workspace, userId) : [],
    standsInFor,
    sharedObjects: await sharedWith(workspace, [userId, ...standsInFor.map((one) => one.userId)], teams),
  };
}

/** On the day that it is for the company. */
async function standingsOf(workspace: Workspace, records: Records, userId: string): Promise<readonly Standing[]> {
  if (!workspace.model.objects.has('absence')) return [];
  const today = dayIn(new Date(), workspace.settings.timeZone);
  return standingInFor(userId, await awayBetween(records, today, today));
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

async function namesOf(records: Records, teams: readonly string[]): Promise<string[]> {
  const page = await records.list('team', { filter: { id: { in: [...teams] } }, fields: ['name'], limit: 500 });
  return page.items.map(({ name }) => name as string);
}

async function membersOf(workspace: Workspace, teams: readonly string[]): Promise<string[]> {
  const { model, schema, database } = workspace;
  const [, link] = columnsOf(objectOf(model, 'user').fields.get('teams')!, 'u', schema);
  const rows = await database.run(
    sql`select distinct l.from_id::text from ${raw(link!)} l where l.to_id = any(${teams}::uuid[])`,
  );
  return rows.map(([id]) => id as string);
}

async function sharedWith(
  { model, schema, database }: Workspace,
  people: readonly string[],
  teams: readonly string[],
): Promise<string[]> {
  const share = model.objects.get('share');
  if (!share) return [];
  const rows = await database.run(sql`
    select distinct s.target_object from ${raw(tableOf(schema, share))} s
    where (s.user_id = any(${people}::uuid[]) or s.team_id = any(${teams}::uuid[])) and s.deleted_at is null`);
  return rows.map(([object]) => object as string);
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
