import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Answer, exchange } from './exchange.ts';
import { isSql, type Sql, statement } from './sql.ts';

/** @returns the statement under its name, when it has been sent before; without `values` a text that may be several */
export function statementOf(
  query: Sql | string,
  values?: readonly unknown[],
): { text: string; values: readonly unknown[] | undefined; name?: string } {
  const { text, values: parameters } = isSql(query) ? statement(query) : { text: query, values };
  // With very many parameters it is a batch, of another size each time.
  const name = parameters && parameters.length < 100 ? nameOf(text) : undefined;
  return { text, values: parameters, name };
}

export async function send(client: pg.PoolClient, query: Sql | string, values?: readonly unknown[]): Promise<Answer> {
  const { text, values: parameters, name } = statementOf(query, values);
  if (parameters) return exchange(client, { text, values: parameters, name });
  const { rows, rowCount } = await client.query({ text, rowMode: 'array' });
  return { rows, rowCount: rowCount ?? 0 };
}

/** Name by text; '' for a text that came once. The oldest go first. */
const names = new Map<string, string>();
const MOST_NAMES = 5_000;

/** What comes a second time is prepared, so that the server parses and plans each shape once per connection. */
function nameOf(text: string): string | undefined {
  const name = names.get(text);
  if (name) return name;
  if (name === undefined && names.size >= MOST_NAMES) names.delete(names.keys().next().value!);
  // What is never sent again (a time or a word written into it) takes no place on the server.
  names.set(text, name === undefined ? '' : createHash('sha1').update(text).digest('base64url'));
  return names.get(text) || undefined;
}
