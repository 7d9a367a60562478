import { v7 as uuid } from 'uuid';
import { asSystem } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { hashPassword } from './passwords.ts';

/** A person who may sign in: the identity, and their `user` record in the workspace. */
export async function createIdentity(
  database: Database,
  workspace: Workspace,
  person: {
    name: string;
    email: string;
    /** Left out, they choose it with a link. */
    password?: string;
    language: string;
    timeZone: string;
    administrator?: boolean;
    /** Ids. Without a role they work with everything but the administrators' matters. */
    roles?: readonly string[];
    teams?: readonly string[];
    /** Id of whom they report to. */
    manager?: string;
  },
): Promise<{ identityId: string; userId: string }> {
  const passwordHash = person.password === undefined ? null : await hashPassword(person.password);
  const { email, name, language, timeZone, roles = [], teams = [], manager = null } = person;
  const known = await database.run(sql`select 1 from platform.identity where lower(email) = lower(${email})`);
  if (known.length > 0) throw new Problem('record.invalid', {}, [{ field: 'email', code: 'field.not-unique' }]);
  const records = recordsFor(workspace, asSystem('a person is given access'), 'setup');
  const user = await records.create('user', {
    name,
    email,
    language,
    timeZone,
    roles: [...roles],
    teams: [...teams],
    manager,
  });
  const identityId = uuid();
  await database.execute(sql`
    insert into platform.identity (id, workspace_id, user_id, email, password_hash, active, administrator, created_at)
    values (${identityId}::uuid, ${workspace.id}::uuid, ${user.id}::uuid, ${email}, ${passwordHash}, true, ${person.administrator ?? false}::boolean, now())`);
  return { identityId, userId: user.id };
}

/**
 * Who is let go is out at once.
 * @throws Problem `user.last-administrator` when nobody would be left who can come in with a password and change settings
 */
export async function changeAccess(
  database: Database,
  workspaceId: string,
  identityId: string,
  { active, administrator }: { active?: boolean; administrator?: boolean },
): Promise<void> {
  await database.transaction(async (connection) => {
    // The row of the workspace: two administrators who let each other go wait here for one another.
    await connection.run(sql`select 1 from platform.workspace where id = ${workspaceId}::uuid for update`);
    await connection.execute(sql`
      update platform.identity set active = coalesce(${active ?? null}::boolean, active),
        administrator = coalesce(${administrator ?? null}::boolean, administrator) where id = ${identityId}::uuid`);
    const [left] = await connection.run(sql`
      select count(*) from platform.identity
      where workspace_id = ${workspaceId}::uuid and active and administrator and password_hash is not null`);
    if (left![0] === 0) throw new Problem('user.last-administrator');
    if (active === false)
      await connection.execute(sql`delete from platform.session where identity_id = ${identityId}::uuid`);
  });
}

/** Somebody who runs the house again, whatever was said of them before: for who can reach the command line. */
export async function makeAdministrator(database: Database, workspace: Workspace, identityId: string): Promise<void> {
  const [row] = await database.run(sql`
    update platform.identity set active = true, administrator = true where id = ${identityId}::uuid returning user_id::text`);
  const records = recordsFor(workspace, asSystem('a person is given access'), 'cli');
  await records.update('user', row![0] as string, { active: true });
}
