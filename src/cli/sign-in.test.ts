import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicy, savePolicy } from '#app/identity/policy.ts';
import { sql } from '#kernel/database/sql.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { runCommand } from '#test/real/command.ts';
import { resetSignIn } from './sign-in.ts';

test('whoever can reach the command line lets an administrator in again, whatever was set', async () => {
  const { runtime, workspace } = await buildWorkspace();
  const server = await serve(runtime, workspace);
  const { identityId, userId } = await server.person();
  const { database } = runtime;
  await savePolicy(
    database,
    workspace.id,
    { secondFactor: true, idleMinutes: 5, longestHours: 1, networks: ['192.0.2.0/24'] },
    '192.0.2.1',
  );
  await database.execute(sql`
    insert into platform.authenticator (identity_id, secret, confirmed_at, created_at)
    values (${identityId}::uuid, 'lost', now(), now())`);
  await database.execute(sql`update platform.identity set active = false where id = ${identityId}::uuid`);
  const [person] = await database.run(sql`select email from platform.identity where id = ${identityId}::uuid`);
  const email = person![0] as string;
  const signIn = () =>
    fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'correct horse battery' }),
    });
  for (let guess = 0; guess < 7; guess++) await signIn();
  assert.equal((await signIn()).status, 429);

  await runCommand(runtime, resetSignIn, [], { email, administrator: true, policy: true });
  const answer = await signIn();
  assert.equal(answer.status, 200);
  const { user } = (await answer.json()) as { user: { id: string; administrator: boolean } };
  assert.deepEqual([user.id, user.administrator], [userId, true]);
  assert.deepEqual((await readPolicy(database, workspace.id)).networks, []);
});
