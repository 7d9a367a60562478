import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { everything, type KeyScope } from './key-scope.ts';
import { hashToken } from './tokens.ts';

/** An API key, shown once. Its first letters stay visible so that its owner can tell keys apart. */
export async function createKey(
  database: Database,
  identityId: string,
  name: string,
  { scope = everything, expiresAt = null }: { scope?: KeyScope; expiresAt?: string | null } = {},
): Promise<{ id: string; key: string }> {
  const id = uuid();
  const key = `tnd_${randomBytes(30).toString('base64url')}`;
  await database.execute(sql`
    insert into platform.api_key (id, identity_id, name, token_hash, prefix, scope, created_at, expires_at)
    values (${id}::uuid, ${identityId}::uuid, ${name.slice(0, 200)}, ${hashToken(key)}, ${key.slice(0, 8)},
      ${JSON.stringify(scope)}::jsonb, now(), ${expiresAt}::timestamptz)`);
  return { id, key };
}
