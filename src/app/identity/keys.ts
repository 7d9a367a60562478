import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { hashToken } from './tokens.ts';

/** An API key, shown once. Its first letters stay visible so that its owner can tell keys apart. */
export async function createKey(
  database: Database,
  identityId: string,
  name: string,
): Promise<{ id: string; key: string }> {
  const id = uuid();
  const key = `tnd_${randomBytes(30).toString('base64url')}`;
  await database.execute(sql`
    insert into platform.api_key (id, identity_id, name, token_hash, prefix, created_at)
    values (${id}::uuid, ${identityId}::uuid, ${name.slice(0, 200)}, ${hashToken(key)}, ${key.slice(0, 8)}, now())`);
  return { id, key };
}
