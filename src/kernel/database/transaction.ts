import type pg from 'pg';
import type { Sql } from '../query/sql.ts';
import { type Answer, commands, exchange, NO_COMMANDS } from './exchange.ts';
import { type Connection, send, statementOf, type TransactionConnection } from './pool.ts';

/** Transactions take their time: the limit is for reads. */
const BEGIN = 'begin; set local statement_timeout = 0';
const BEGIN_COMMANDS = commands('begin', 'set local statement_timeout = 0');
const COMMIT_COMMANDS = commands('commit');

/**
 * Runs work as one transaction. Every exchange with the server costs both sides about 0.1 ms of waking up, so the
 * transaction begins together with its first statement and may end together with its last one (`finish`): three exchanges
 * for a changed record instead of five.
 */
export async function inTransaction<T>(
  client: pg.PoolClient,
  work: (connection: TransactionConnection) => Promise<T>,
): Promise<T> {
  let state: 'new' | 'open' | 'finished' = 'new';
  const ask = async (query: Sql | string, values: readonly unknown[] | undefined, isLast: boolean): Promise<Answer> => {
    if (state === 'finished') throw new Error('The transaction has ended');
    const isFirst = state === 'new';
    state = isLast ? 'finished' : 'open';
    const statement = statementOf(query, values);
    if (statement.values)
      return exchange(
        client,
        { ...statement, values: statement.values },
        isFirst ? BEGIN_COMMANDS : NO_COMMANDS,
        isLast ? COMMIT_COMMANDS : NO_COMMANDS,
      );
    // A text without parameters may be several statements, which do not travel with others.
    if (isFirst) await client.query(BEGIN);
    const answer = await send(client, query);
    if (isLast) await commit(client);
    return answer;
  };
  const connection: TransactionConnection = {
    get client() {
      if (state === 'new') {
        state = 'open';
        // Whoever takes the driver's client sends statements in its queue, behind this one.
        client.query(BEGIN).catch(() => {});
      }
      return client;
    },
    run: (async (query: Sql | string, values?: readonly unknown[]) =>
      (await ask(query, values, false)).rows) as Connection['run'],
    execute: (async (query: Sql | string, values?: readonly unknown[]) =>
      (await ask(query, values, false)).rowCount) as Connection['execute'],
    finish: async (query) => (await ask(query, undefined, true)).rows,
  };
  // Read anew where it may have changed meanwhile.
  const now = () => state as 'new' | 'open' | 'finished';
  try {
    const result = await work(connection);
    if (now() === 'open') await commit(client);
    return result;
  } catch (error) {
    // When the connection is gone the server has rolled back already.
    if (now() !== 'new') await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  // After a statement that failed and was passed over in silence, the server answers a commit with a rollback.
  if (command === 'ROLLBACK') throw new Error('The transaction had failed, so nothing of it was kept');
}
