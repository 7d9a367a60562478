import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { checkSignIn, type identityOfEmail, type KnownIdentity } from '../identity/sign-in.ts';
import type { Runtime } from '../runtime.ts';
import { signInWithDirectory } from './ldap.ts';
import { mayUsePassword } from './providers.ts';
import { SignInRefusal } from './refusal.ts';

/**
 * Whose password this is: that of the person here, else that of somebody in the company's directory.
 *
 * @param known who has the address here
 * @param onRefusal told why the directory, or its rule, lets nobody in; for the log
 * @throws Problem `session.wrong-password`, whatever is wrong, also that the directory does not answer
 */
export async function checkAnyPassword(
  runtime: Runtime,
  known: Awaited<ReturnType<typeof identityOfEmail>>,
  login: string,
  password: string,
  onRefusal: (reason: string) => void,
): Promise<{ known: KnownIdentity; kind: 'password' | 'directory' }> {
  const wrong = await checkSignIn(runtime.database, known, password).then(
    () => null,
    (error: unknown) => error,
  );
  if (wrong !== null && !(wrong instanceof Problem)) throw wrong;
  if (wrong === null && known && (await mayUsePassword(runtime, known))) return { known, kind: 'password' };
  const workspaceId = known?.workspaceId ?? (await onlyWorkspace(runtime));
  try {
    const identityId = workspaceId && (await signInWithDirectory(runtime, workspaceId, login, password));
    if (identityId) return { known: await identityById(runtime, identityId), kind: 'directory' };
    if (wrong === null) onRefusal('passwords-off');
  } catch (error) {
    if (!(error instanceof SignInRefusal)) throw error;
    onRefusal(error.reason);
  }
  throw new Problem('session.wrong-password');
}

async function onlyWorkspace({ database }: Runtime): Promise<string | null> {
  const rows = await database.run('select id::text from platform.workspace order by id limit 2');
  return rows.length === 1 ? (rows[0]![0] as string) : null;
}

async function identityById({ database }: Runtime, identityId: string): Promise<KnownIdentity> {
  const [row] = await database.run(
    sql`select workspace_id::text, user_id::text from platform.identity where id = ${identityId}::uuid`,
  );
  const [workspaceId, userId] = row as [string, string];
  return { identityId, workspaceId, userId };
}
