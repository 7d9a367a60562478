import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbedded, tryOwnData } from '#kernel/database/embedded.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { StartError } from '#kernel/database/start-error.ts';
import type { Runtime } from './runtime.ts';

export interface StartOptions {
  /** Holds files and, without `databaseUrl`, the embedded database. */
  dataFolder: string;
  databaseUrl?: string | undefined;
  /**
   * True for the server: it refuses to share the data folder and stops the embedded database at its end. False for a
   * command: it works beside a running server, and stops the database at its end only when it is the last one there.
   */
  own: boolean;
  /** Gets a line for the terminal when something takes longer than a second. */
  onProgress?: (line: string) => void;
  /** The data folder was lost to another program, after the database had stopped unexpectedly. */
  onLost?: (error: StartError) => void;
}

export interface Started {
  readonly runtime: Runtime;
  stop(): Promise<void>;
  /** Ends the embedded database at once, when a second Ctrl-C asks for it. */
  kill(): void;
}

/**
 * The database, brought up to date, and the runtime on it: what the server and the command line have in common.
 * @throws StartError
 */
export async function startRuntime(options: StartOptions): Promise<Started> {
  const { dataFolder, databaseUrl, onProgress = () => {} } = options;
  const opening = databaseUrl ? openRemote(databaseUrl) : openEmbedded(options, onProgress);
  // The definitions take half a second to load: meanwhile the database starts.
  const loading = Promise.all([
    import('./runtime.ts'),
    import('#kernel/jobs/jobs.ts'),
    import('#kernel/workspace/platform.ts'),
    import('#kernel/workspace/workspace.ts'),
    import('./announce.ts'),
  ]);
  loading.catch(() => {});
  const server = await opening;
  let database: Database | undefined;
  try {
    const [{ createRuntime, programVersion }, jobs, { preparePlatform }, workspaces, { announceCommits }] =
      await loading;
    database = openDatabase(server.connection);
    await preparePlatform(database, programVersion);
    await jobs.prepareJobs(database);
    const runtime = createRuntime(database, dataFolder);
    const endWatch = await workspaces.watchDefinitions(database);
    const announcing = announceCommits(runtime);
    const opened = database;
    return {
      runtime,
      async stop() {
        await announcing.stop();
        await endWatch();
        await opened.close();
        await server.stop();
      },
      kill: server.kill,
    };
  } catch (error) {
    await database?.close();
    await server.stop();
    throw error;
  }
}

interface DatabaseServer {
  readonly connection: pg.ClientConfig;
  stop(): Promise<void>;
  kill(): void;
}

async function openEmbedded(options: StartOptions, onProgress: (line: string) => void): Promise<DatabaseServer> {
  const { dataFolder, own, onLost = () => {} } = options;
  const embedded = await startEmbedded({ dataFolder, onProgress });
  const lock = await lockData(embedded, own, onLost).catch((error) => {
    embedded.release();
    throw error;
  });
  return {
    connection: embedded.connection,
    async stop() {
      const isLast = own || (await lock.isLast());
      await lock.end();
      if (isLast) await embedded.stop();
      else embedded.release();
    },
    kill: () => (own ? embedded.kill() : embedded.release()),
  };
}

/**
 * Holds the lock of the data folder. It ends with its connection, so a server takes it again when PostgreSQL was killed
 * and has been started again.
 */
async function lockData(embedded: EmbeddedDatabase, own: boolean, onLost: (error: StartError) => void) {
  let ended = false;
  let client = await connect();
  if (own) await tryOwnData(client).catch((error) => client.end().then(() => Promise.reject(error)));

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...embedded.connection, application_name: 'tendero lock' });
    fresh.on('error', () => {});
    await fresh.connect();
    if (own) fresh.once('end', () => ended || retake());
    return fresh;
  }

  async function retake(): Promise<void> {
    while (!ended) {
      try {
        client = await connect();
        return await tryOwnData(client);
      } catch (error) {
        if (error instanceof StartError) return onLost(error);
        await sleep(500, undefined, { ref: false });
      }
    }
  }

  return {
    /** Nobody serves this folder, and no other command works on it. Connections that were just closed may linger. */
    async isLast(): Promise<boolean> {
      try {
        for (let tries = 0; tries < 10; tries++) {
          const { rows } = await client.query(
            `select count(*)::integer as others from pg_stat_activity
             where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
          );
          if (rows[0].others === 0) return true;
          await sleep(30);
        }
      } catch {
        // The server that was there has stopped the database itself.
      }
      return false;
    },
    async end(): Promise<void> {
      ended = true;
      await client.end().catch(() => {});
    },
  };
}

/** @throws StartError `database-unreachable` with what is wrong with the address, never with the password in it */
async function openRemote(databaseUrl: string): Promise<DatabaseServer> {
  const connection = { connectionString: asLibpq(databaseUrl), connectionTimeoutMillis: 10_000 };
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new StartError(
      'database-unreachable',
      `The database of DATABASE_URL cannot be used: ${reasonOf(error, databaseUrl)}.`,
    );
  } finally {
    await client.end().catch(() => {});
  }
  return { connection, stop: async () => {}, kill() {} };
}

/** `sslmode` as every other PostgreSQL client reads it: `require` encrypts, `verify-full` also checks the certificate. */
function asLibpq(databaseUrl: string): string {
  if (!/^postgres(ql)?:\/\//i.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new StartError(
      'database-unreachable',
      'DATABASE_URL is not an address like postgresql://user:password@host:5432/database.',
    );
  }
  const url = new URL(databaseUrl);
  if (url.searchParams.has('sslmode') && !url.searchParams.has('uselibpqcompat'))
    url.searchParams.set('uselibpqcompat', 'true');
  return url.href;
}

function reasonOf(error: unknown, databaseUrl: string): string {
  const { code, message, errors } = error as {
    code?: string;
    message: string;
    errors?: { code?: string; message: string }[];
  };
  const { host, username, pathname } = new URL(databaseUrl);
  switch (code ?? errors?.[0]?.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host named ${host}`;
    case 'ECONNREFUSED':
      return `nothing listens at ${host}`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `${host} does not answer`;
    case '28P01':
    case '28000':
      return `user ${decodeURIComponent(username)} is not let in (${message})`;
    case '3D000':
      return `there is no database ${decodeURIComponent(pathname.slice(1))}`;
    case '53300':
      return 'the server has no connection left';
    default:
      return /timeout/.test(message) ? `${host} does not answer` : message || errors?.[0]?.message || 'no reason given';
  }
}
