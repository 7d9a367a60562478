import { randomInt } from 'node:crypto';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { hashToken } from './tokens.ts';

const CODES = 10;
/** Without letters that look like others (Crockford): 16 of them are 80 bits, too many to try even for who has the hashes. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten codes for the day the phone is lost, each good once, shown once. Earlier ones no longer work. */
export async function makeRecoveryCodes(database: Database, identityId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () =>
    Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => LETTERS[randomInt(32)]).join('')).join('-'),
  );
  const hashes = codes.map((code) => hashOf(identityId, code));
  await database.transaction(async (connection) => {
    await connection.execute(sql`delete from platform.recovery_code where identity_id = ${identityId}::uuid`);
    await connection.execute(sql`
      insert into platform.recovery_code (identity_id, code_hash) select ${identityId}::uuid, unnest(${hashes}::text[])`);
  });
  return codes;
}

/** Is it one of theirs? Then it is used up. */
export async function acceptRecoveryCode(database: Database, identityId: string, code: string): Promise<boolean> {
  const used = await database.execute(sql`
    delete from platform.recovery_code
    where identity_id = ${identityId}::uuid and code_hash = ${hashOf(identityId, code)}`);
  return used === 1;
}

/** Spaces, dashes and small letters do not matter, nor O for 0 and I or L for 1. */
function hashOf(identityId: string, code: string): string {
  const plain = code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return hashToken(`${identityId} ${plain}`);
}
