import { UsageError } from '#app/exit-codes.ts';
import { type KeyScope, parseScope } from '#app/identity/key-scope.ts';
import { createKey } from '#app/identity/keys.ts';
import type { Runtime } from '#app/runtime.ts';
import { RIGHTS_CHANNEL } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import type { Command } from './command.ts';

const email = { type: 'string', value: '<address>', about: 'Whose key it is; it may do what this person may' } as const;

export const createKeyCommand: Command = {
  usage: '--email <address> [--name <name>] [--scope <scope>] [--expires <when>]',
  summary: 'Make an API key; it is shown once',
  details: 'Programs send it as "Authorization: Bearer <key>".',
  options: {
    email,
    name: { type: 'string', value: '<name>', about: 'What it is for (command line)' },
    scope: {
      type: 'string',
      value: '<scope>',
      about: 'all, read, scim, or objects: "account:read,update contact:read" (all)',
    },
    expires: { type: 'string', value: '<when>', about: 'A day like 2027-01-31, or days from now like 90d (never)' },
  },
  async run(call) {
    const address = call.needed('email');
    const name = call.text('name') ?? 'command line';
    const runtime = await call.runtime();
    const identityId = await identityOf(runtime, address);
    const scope = await scopeOf(runtime, identityId, call.text('scope') ?? 'all');
    const expiresAt = expiryOf(call.text('expires'));
    const { id, key } = await createKey(runtime.database, identityId, name, { scope, expiresAt });
    call.print(key);
    return { id, key, name, scope, expiresAt };
  },
};

export const listKeys: Command = {
  usage: '[--email <address>]',
  summary: 'List API keys, by their first letters',
  options: { email: { ...email, about: 'Only the keys of this person' } },
  async run(call) {
    const address = call.text('email') ?? null;
    const { database } = await call.runtime();
    const rows = await database.run(sql`
      select k.id::text, k.prefix, k.name, i.email, k.scope->>'kind', k.created_at, k.last_used_at, k.expires_at
      from platform.api_key k join platform.identity i on i.id = k.identity_id
      where ${address}::text is null or lower(i.email) = lower(${address}::text) order by k.created_at, k.id`);
    const keys = rows.map(([id, prefix, name, email, scope, createdAt, lastUsedAt, expiresAt]) => ({
      id,
      prefix,
      name,
      email,
      scope,
      createdAt,
      lastUsedAt,
      expiresAt,
    }));
    for (const key of keys)
      call.print(
        `${key.id}  ${key.prefix}…  ${key.email}  ${key.name}  (${key.scope}, made ${key.createdAt}${key.expiresAt ? `, until ${key.expiresAt}` : ''})`,
      );
    if (keys.length === 0) call.print('There are no keys.');
    return keys;
  },
};

export const revokeKey: Command = {
  usage: '<id or first letters>',
  summary: 'Revoke an API key; nobody gets in with it any more',
  words: { least: 1, most: 1 },
  async run(call) {
    const [which] = call.words as [string];
    const { database } = await call.runtime();
    const found = await database.run(
      sql`select id::text, name from platform.api_key where id::text = ${which} or prefix = ${which.replace(/…$/, '')}`,
    );
    if (found.length === 0) throw new UsageError(`There is no key ${which}.`);
    if (found.length > 1) throw new UsageError(`${found.length} keys begin with ${which}; give the id.`);
    const [id, name] = found[0] as [string, string];
    const [owner] = await database.run(sql`
      delete from platform.api_key k using platform.identity i where k.id = ${id}::uuid and i.id = k.identity_id
      returning i.workspace_id::text`);
    // Whoever serves remembers for seconds who a key stands for.
    if (owner) await database.run('select pg_notify($1, $2)', [RIGHTS_CHANNEL, owner[0]]);
    call.print(`The key "${name}" is revoked.`);
    return { id };
  },
};

/** @throws UsageError for an unknown address */
export async function identityOf({ database }: Runtime, email: string): Promise<string> {
  const [row] = await database.run(
    sql`select id::text from platform.identity where lower(email) = lower(${email.trim()})`,
  );
  if (!row) throw new UsageError(`Nobody signs in as ${email}.`);
  return row[0] as string;
}

/** @throws UsageError */
async function scopeOf(runtime: Runtime, identityId: string, text: string): Promise<KeyScope> {
  const [row] = await runtime.database.run(
    sql`select workspace_id::text, administrator from platform.identity where id = ${identityId}::uuid`,
  );
  const [workspaceId, isAdministrator] = row as [string, boolean];
  const { objects } = (await runtime.workspace(workspaceId)).model;
  const scope = parseScope(text, (name) => objects.has(name));
  if (!scope)
    throw new UsageError(`--scope takes all, read, scim, or objects like "account:read,update", not ${text}.`);
  if (scope.kind === 'scim' && !isAdministrator)
    throw new UsageError('Only an administrator’s key may provision people.');
  return scope;
}

/** The end of a day in UTC, or of as many days. @throws UsageError */
function expiryOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const at = days === undefined ? Date.parse(`${text}T23:59:59Z`) : Date.now() + Number(days) * 24 * 3600 * 1_000;
  if (!(at > Date.now())) throw new UsageError(`--expires takes a day to come like 2027-01-31, or 90d, not ${text}.`);
  return new Date(at).toISOString();
}
