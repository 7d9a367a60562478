import type pg from 'pg';
import type { Sql } from './sql.ts';

/** Runs statements: on the pool, each for itself; inside `transaction`, on one connection. Rows are arrays. */
export interface Connection {
  run(query: Sql): Promise<unknown[][]>;
  run(text: string, values?: readonly unknown[]): Promise<unknown[][]>;
  /** How many rows an insert, update or delete touched. */
  execute(query: Sql): Promise<number>;
  execute(text: string, values?: readonly unknown[]): Promise<number>;
}

export interface TransactionConnection extends Connection {
  /**
   * Sends a statement together with the next one, or with the commit: for a write whose answer nobody needs before that. Its
   * failure is that of the next one, too.
   *
   * @returns how to get its rows; asked before there was a next one, it is sent alone
   */
  later(text: string, values: readonly unknown[]): () => Promise<unknown[][]>;
  /** Runs the last statement together with the commit. */
  finish(query: Sql): Promise<unknown[][]>;
  /** The driver's client, for COPY. */
  readonly client: pg.PoolClient;
}
