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
  },
): Promise<{ identityId: string; userId: string }> {
  const passwordHash = person.password === undefined ? null : await hashPassword(person.password);
  const { email, name, language, timeZone } = person;
  const known = await database.run(sql`select 1 from platform.identity where lower(email) = lower(${email})`);
  if (known.length > 0) throw new Problem('record.invalid', {}, [{ field: 'email', code: 'field.not-unique' }]);
  const records = recordsFor(workspace, asSystem('a person is given access'), 'setup');
  const user = await records.create('user', { name, email, language, timeZone });
  const identityId = uuid();
  await database.execute(sql`
    insert into platform.identity (id, workspace_id, user_id, email, password_hash, active, administrator, created_at)
    values (${identityId}::uuid, ${workspace.id}::uuid, ${user.id}::uuid, ${email}, ${passwordHash}, true, ${person.administrator ?? false}::boolean, now())`);
  return { identityId, userId: user.id };
}
