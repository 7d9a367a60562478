import type { Connection } from '../database/connection.ts';
import { identifier, raw, sql } from '../database/sql.ts';

/** Of the newest event; 0 before the first. @param schema unquoted */
export async function lastPosition(connection: Pick<Connection, 'run'>, schema: string): Promise<number> {
  const [row] = await connection.run(sql`select value from ${raw(identifier(schema))}.counter where name = 'event'`);
  return Number(row?.[0] ?? 0);
}
