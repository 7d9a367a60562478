import { makeAdministrator } from '#app/identity/people.ts';
import { forgetPolicy } from '#app/identity/policy.ts';
import { resetFactors } from '#app/identity/second-factor.ts';
import { forgetAttempts } from '#app/identity/throttle.ts';
import { noteSecurityEvent } from '#kernel/audit/security-events.ts';
import { sql } from '#kernel/database/sql.ts';
import type { Command } from './command.ts';
import { identityOf } from './keys.ts';

export const resetSignIn: Command = {
  usage: '--email <address> [--administrator] [--policy]',
  summary: 'Let somebody in again who lost the second factor, or whom the policy keeps out',
  details:
    'Takes away the app, the recovery codes and the passkeys, and forgets every wait after wrong guesses. The password stays:\n' +
    'tendero password gives a new one, with which an administrator comes in even where single sign-on is the only way.',
  options: {
    email: { type: 'string', value: '<address>', about: 'Who cannot sign in' },
    administrator: { type: 'boolean', about: 'They are active, and an administrator' },
    policy: { type: 'boolean', about: 'Second factors, session lengths and networks as at the beginning, for all' },
  },
  async run(call) {
    const email = call.needed('email');
    const [administrator, policy] = [call.flag('administrator'), call.flag('policy')];
    const runtime = await call.runtime();
    const { database } = runtime;
    const id = await identityOf(runtime, email);
    const [row] = await database.run(
      sql`select workspace_id::text, user_id::text from platform.identity where id = ${id}::uuid`,
    );
    const [workspaceId, userId] = row as [string, string];
    await resetFactors(database, id);
    await forgetAttempts(database);
    if (policy) await forgetPolicy(database, workspaceId);
    const workspace = await runtime.workspace(workspaceId);
    if (administrator) await makeAdministrator(database, workspace, id);
    await noteSecurityEvent(workspace, {
      ...{ operation: 'revoke', object: 'user', record: userId, actor: null, via: 'cli' },
      details: { secondFactor: 'reset', administrator, policy },
    });
    call.print(`${email} signs in with the password alone${policy ? ', from everywhere' : ''}.`);
    return { email, administrator, policy };
  },
};
