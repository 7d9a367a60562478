import pg from 'pg';
import { Problem } from '../problems/problem.ts';
import type { Connection, TransactionConnection } from './connection.ts';
import { isOutdated } from './exchange.ts';
import { typeParsers } from './parsers.ts';
import type { Sql } from './sql.ts';
import { send } from './statement.ts';
import { inTransaction } from './transaction.ts';

/**
 * A PostgreSQL server as the program sees it. Connections have an empty `search_path` (an unqualified name fails instead
 * of reading another workspace) and run in UTC.
 */
export interface Database extends Connection {
  readonly pool: pg.Pool;
  transaction<T>(work: (connection: TransactionConnection) => Promise<T>): Promise<T>;
  /** A connection of its own, outside the pool, for LISTEN and long work. */
  dedicated(): Promise<pg.Client>;
  close(): Promise<void>;
}

/** A read that takes longer is ended: somebody asked for too much, and others wait. Transactions take their time. */
const STATEMENT_TIMEOUT_MS = 15_000;
/** How long a request waits for a connection. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Memoize sets up a table for as many keys as the planner thinks a join has: 0.4 ms for a page of 50 with its references,
 * which takes 0.5 ms without. Compiling to machine code never pays for statements of this size, and starting other
 * processes for a part of it only where a whole table is read: for a page it took three times the CPU.
 */
const planner = '-c enable_memoize=off -c jit=off -c parallel_setup_cost=20000';

export interface DatabaseOptions {
  /** Connections of the pool. */
  max?: number;
  /** Milliseconds; 0 is without end. */
  statementTimeout?: number;
  /** Milliseconds. */
  connectTimeout?: number;
}

export function openDatabase(config: pg.ClientConfig, options: DatabaseOptions = {}): Database {
  const parameters = `-c search_path= -c timezone=UTC -c datestyle=ISO ${planner}`;
  const settings: pg.PoolConfig = {
    ...config,
    max: options.max ?? 8,
    types: typeParsers,
    // A stuck transaction holds the event counter and with it all writers of its workspace.
    idle_in_transaction_session_timeout: 5_000,
    connectionTimeoutMillis: options.connectTimeout ?? CONNECT_TIMEOUT_MS,
    // Backends keep about 25 kB for each table they touched (scale.md 14).
    maxLifetimeSeconds: 900,
    options: `${parameters} -c statement_timeout=${options.statementTimeout ?? STATEMENT_TIMEOUT_MS}`,
  };
  const pool = new pg.Pool(settings);
  // A lost idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));

  const onPool = <T>(work: (client: pg.PoolClient) => Promise<T>) => withClient(pool, work);
  return {
    pool,
    run: (query: Sql | string, values?: readonly unknown[]) =>
      retrying(() => onPool(async (client) => (await send(client, query, values)).rows)),
    execute: (query: Sql | string, values?: readonly unknown[]) =>
      retrying(() => onPool(async (client) => (await send(client, query, values)).rowCount)),
    transaction: (work) => retrying(() => onPool((client) => inTransaction(client, work))),
    async dedicated() {
      const client = new pg.Client({ ...settings, options: parameters });
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    close: () => pool.end(),
  };
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    const isExhausted = pool.totalCount >= pool.options.max && pool.idleCount === 0;
    throw new Problem(isExhausted ? 'database.busy' : 'database.unavailable', { reason: (error as Error).message });
  }
  let broken: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    if (isConnectionLost(error)) broken = error as Error;
    if (broken) throw new Problem('database.unavailable', { reason: broken.message });
    throw meaningOf(error as PostgresError);
  } finally {
    client.release(broken);
  }
}

interface PostgresError extends Error {
  code?: string;
}

/** What is wrong with the server, not with the statement; anything else as it is. */
function meaningOf(error: PostgresError): Error {
  if (error.code === '57014') return new Problem('query.too-slow');
  // Out of disk, memory or connections (class 53), or its disk fails.
  const isAtItsEnd = String(error.code).startsWith('53') || error.code === '58030';
  return isAtItsEnd ? new Problem('database.unavailable', { reason: error.message }) : error;
}

/** Serialisation failures, deadlocks and tables changed under a prepared statement are the server's way to say "once more". */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (attempt === 4 || (code !== '40001' && code !== '40P01' && !isOutdated(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 20 * Math.random()));
    }
  }
}

function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    code === '57P01' ||
    code === '57P02' ||
    code === '57P03' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'ECONNREFUSED' ||
    /Connection terminated|Client has encountered a connection error|not queryable/.test(message ?? '')
  );
}
