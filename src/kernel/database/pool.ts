import { createHash } from 'node:crypto';
import pg from 'pg';
import { Problem } from '../problems/problem.ts';
import { isSql, type Sql, statement } from '../query/sql.ts';
import { type Answer, exchange, isOutdated } from './exchange.ts';
import { typeParsers } from './parsers.ts';
import { inTransaction } from './transaction.ts';

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
 * which takes 0.5 ms without. Compiling to machine code never pays for statements of this size.
 */
const planner = '-c enable_memoize=off -c jit=off';

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
