import type { Connection } from '../database/connection.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { Secrets } from '../workspace/secrets.ts';

/** What gateways want to be told before they send (a PIN, a password), sealed; beside their records, so that no history has it. */

/** @param secret null takes it away */
export async function saveGatewaySecret(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  gateway: string,
  secret: string | null,
): Promise<void> {
  if (secret === null) return forgetGatewaySecrets(connection, schema, [gateway]);
  await connection.execute(sql`
    insert into ${tableOf(schema)} (gateway_id, secret) values (${gateway}::uuid, ${secrets.seal(secret, purposeOf(gateway))})
    on conflict (gateway_id) do update set secret = excluded.secret`);
}

/** Null where it wants none. */
export async function gatewaySecret(
  connection: Connection,
  schema: string,
  secrets: Secrets,
  gateway: string,
): Promise<string | null> {
  const [row] = await connection.run(sql`select secret from ${tableOf(schema)} where gateway_id = ${gateway}::uuid`);
  return row ? secrets.open(row[0] as string, purposeOf(gateway)) : null;
}

/** Which of them have one. */
export async function gatewaysWithSecret(connection: Connection, schema: string): Promise<ReadonlySet<string>> {
  const rows = await connection.run(sql`select gateway_id::text from ${tableOf(schema)}`);
  return new Set(rows.map(([id]) => id as string));
}

export async function forgetGatewaySecrets(
  connection: Connection,
  schema: string,
  gateways: readonly string[],
): Promise<void> {
  await connection.execute(sql`delete from ${tableOf(schema)} where gateway_id = any(${gateways}::uuid[])`);
}

const purposeOf = (gateway: string) => `gateway ${gateway}`;

function tableOf(schema: string): Sql {
  return raw(`${identifier(schema)}."gateway_secret"`);
}
