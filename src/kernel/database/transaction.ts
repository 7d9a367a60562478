import type pg from 'pg';
import type { Connection, TransactionConnection } from './connection.ts';
import { type Answer, commands, type Deferred, exchange, NO_COMMANDS, type Statement } from './exchange.ts';
import type { Sql } from './sql.ts';
import { send, statementOf } from './statement.ts';

/** Transactions take their time: the limit is for reads. */
const BEGIN = 'begin; set local statement_timeout = 0';
const BEGIN_COMMANDS = commands('begin', 'set local statement_timeout = 0');
const COMMIT_COMMANDS = commands('commit');

/**
 * Runs work as one transaction. Every exchange with the server costs both sides about 0.1 ms of waking up, so the
 * transaction begins together with its first statement, may end together with its last one (`finish`), and a statement whose
 * answer nobody waits for goes out with the next (`later`): two exchanges for a changed record instead of five.
 */
export async function inTransaction<T>(
  client: pg.PoolClient,
  work: (connection: TransactionConnection) => Promise<T>,
): Promise<T> {
  let state = 'new' as 'new' | 'open' | 'finished';
  let waiting = null as Deferred | null;
  /** Sends a statement, and with it what has to go before and after it. */
  const dispatch = (statement: Statement, isLast: boolean): Promise<Answer> => {
    const before = state === 'new' ? BEGIN_COMMANDS : NO_COMMANDS;
    const earlier = waiting;
    waiting = null;
    state = isLast ? 'finished' : 'open';
    return exchange(client, statement, before, isLast ? COMMIT_COMMANDS : NO_COMMANDS, earlier);
  };
  /** Sends what waits for a next statement when there is none. */
  const flush = (isLast: boolean): Promise<Answer> => {
    const deferred = waiting!;
    waiting = null;
    const answer = dispatch(deferred.statement, isLast);
    answer.then(deferred.resolve, deferred.reject);
    return answer;
  };
  const ask = async (query: Sql | string, values: readonly unknown[] | undefined, isLast: boolean): Promise<Answer> => {
    if (state === 'finished') throw new Error('The transaction has ended');
    const { values: parameters, ...statement } = statementOf(query, values);
    if (parameters) return dispatch({ ...statement, values: parameters }, isLast);
    // A text without parameters may be several statements, which do not travel with others.
    if (waiting) flush(false);
    const isFirst = state === 'new';
    state = isLast ? 'finished' : 'open';
    if (isFirst) await client.query(BEGIN);
    const answer = await send(client, query);
    if (isLast) await commit(client);
    return answer;
  };
  const connection: TransactionConnection = {
    get client() {
      if (waiting) flush(false);
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
    later(text, values) {
      if (state === 'finished') throw new Error('The transaction has ended');
      if (waiting) flush(false);
      const answer = new Promise<Answer>((resolve, reject) => {
        waiting = { statement: { ...statementOf(text, values), values }, resolve, reject };
      });
      // Its failure is also that of the statement it goes with.
      answer.catch(() => {});
      const own = waiting;
      return async () => {
        if (waiting === own) flush(false);
        return (await answer).rows;
      };
    },
    finish: async (query) => (await ask(query, undefined, true)).rows,
  };
  try {
    const result = await work(connection);
    if (waiting) await flush(true);
    else if (state === 'open') await commit(client);
    return result;
  } catch (error) {
    waiting?.reject(error as Error);
    // When the connection is gone the server has rolled back already.
    if (state !== 'new') await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  // After a statement that failed and was passed over in silence, the server answers a commit with a rollback.
  if (command === 'ROLLBACK') throw new Error('The transaction had failed, so nothing of it was kept');
}
