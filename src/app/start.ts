import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbedded, tryOwnData } from '#kernel/database/embedded.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { StartError } from '#kernel/database/start-error.ts';
import type { UpgradeOptions } from '#kernel/workspace/upgrade.ts';
import { onceASecond } from './progress.ts';
import type { Runtime } from './runtime.ts';

export interface ServerOptions {
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

export interface StartOptions extends ServerOptions {
  /**
   * Tables of an older version: `apply` brings them up to date; `ask` does so only where no server can be at work on
   * them, and refuses otherwise; `leave` works with them as they are.
   */
  upgrade: 'apply' | 'ask' | 'leave';
}

export interface DatabaseServer {
  readonly connection: pg.ClientConfig;
  /** Whether no server can be at work on this data: this program holds its lock. */
  readonly isOwned: boolean;
  /** @throws StartError `already-running` when another program works on this database */
  requireAlone(): Promise<void>;
  stop(): Promise<void>;
  /** Ends the embedded database at once, when a second Ctrl-C asks for it. */
  kill(): void;
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
  const { dataFolder, onProgress = () => {} } = options;
  const opening = openServer(options);
  // Nothing else happens while the definitions load: half a second, ten on a busy machine, and a server that runs already would
  // seem not to answer.
  if (options.databaseUrl) await opening;
  // One that has to be started does so meanwhile.
  const loading = Promise.all([
    import('./runtime.ts'),
    import('./announce.ts'),
    import('#kernel/jobs/jobs.ts'),
    import('#kernel/workspace/platform.ts'),
    import('#kernel/workspace/upgrade.ts'),
    import('#kernel/workspace/workspace.ts'),
  ]);
  loading.catch(() => {});
  const server = await opening;
  let database: Database | undefined;
  try {
    const [{ createRuntime, programVersion }, { announceCommits }, jobs, platform, upgrades, workspaces] =
      await loading;
    database = openDatabase(server.connection);
    await platform.preparePlatform(database, programVersion);
    await jobs.prepareJobs(database);
    const runtime = createRuntime(database, dataFolder);
    if (options.upgrade === 'apply' || (options.upgrade === 'ask' && server.isOwned)) {
      await upgrades.upgradeWorkspaces(database, runtime.shipped, upgradeOptions(database, dataFolder, onProgress));
      const { upgradeContents } = await import('./upgrades/upgrade.ts');
      await upgradeContents(runtime, onceASecond(onProgress));
    } else if (options.upgrade === 'ask' && (await upgrades.planUpgrade(database, runtime.shipped)).length > 0) {
      throw new StartError(
        'database-too-old',
        'The tables are those of an older Tendero. Bring them up to date with: npm run tendero -- upgrade',
      );
    }
    const watching = workspaces.watchDefinitions(database);
    const announcing = announceCommits(runtime);
    const opened = database;
    return {
      runtime,
      async stop() {
        await announcing.stop();
        await watching.stop();
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

/** With the way back: a backup of everything, made before the first table is touched. */
export function upgradeOptions(
  database: Database,
  dataFolder: string,
  onProgress: (line: string) => void,
): UpgradeOptions {
  const say = onceASecond(onProgress);
  return {
    async backUp() {
      const { writeBackup } = await import('#kernel/database/backup.ts');
      const { programVersion } = await import('./runtime.ts');
      const { backupFolder } = await import('./backups.ts');
      const folder = backupFolder(dataFolder);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `before-${programVersion}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.tar.gz`);
      onProgress(`Backing up to ${file} before the upgrade …`);
      // Files are never changed, so that the tables are the whole way back.
      await writeBackup(database, file, { programVersion, onProgress: say });
    },
    async onDerived(connection, { id }, changes) {
      const { queueRecompute } = await import('./recompute.ts');
      await queueRecompute(connection, id, changes, null);
    },
    onProgress: ({ workspace, done, total, description }) =>
      say(`Upgrading ${workspace} … ${done + 1} of ${total}: ${description}`),
  };
}

/**
 * The embedded database, started or adopted, or the one of `databaseUrl`.
 * @throws StartError
 */
export function openServer(options: ServerOptions): Promise<DatabaseServer> {
  return options.databaseUrl ? openRemote(options.databaseUrl) : openEmbedded(options);
}

async function openEmbedded({
  dataFolder,
  own,
  onProgress = () => {},
  onLost = () => {},
}: ServerOptions): Promise<DatabaseServer> {
  const { embedded, lock } = await takeData();

  async function takeData() {
    for (let attempt = 1; ; attempt++) {
      const embedded = await startEmbedded({ dataFolder, onProgress });
      try {
        return { embedded, lock: await lockData(embedded, own, onLost) };
      } catch (error) {
        embedded.release();
        // Not refused but cut off: its owner was just ending the server.
        if (error instanceof StartError || attempt === 5) throw error;
        await sleep(200);
      }
    }
  }

  return {
    connection: { ...embedded.connection, application_name: PROGRAM },
    isOwned: lock.isOwned,
    async requireAlone() {
      if (!lock.isOwned || !(await lock.isAlone())) throw notAlone();
    },
    async stop() {
      // Held until the server is down, so that nobody takes a server that is ending for one that runs.
      if (own || (lock.isOwned && (await lock.isAlone()))) {
        lock.expectEnd();
        await embedded.stop();
      } else embedded.release();
      await lock.end();
    },
    kill: () => (own ? embedded.kill() : embedded.release()),
  };
}

/** By which copies of the program see each other in the server's list of connections. */
const PROGRAM = 'tendero';

function notAlone(): StartError {
  return new StartError('already-running', 'Another Tendero works on this database. Stop it first.');
}

/**
 * Holds the lock of the data folder. It ends with its connection, so a server takes it again when PostgreSQL was killed
 * and has been started again. A command takes it only when it is free.
 */
async function lockData(embedded: EmbeddedDatabase, own: boolean, onLost: (error: StartError) => void) {
  let ended = false;
  let client = await connect();
  let isOwned = true;
  try {
    // A server waits a second for one that is ending. What a killed one left is nobody's at once.
    await tryOwnData(client, own ? undefined : 1);
    if (own) retakeWhenLost();
  } catch (error) {
    isOwned = false;
    if (own || !(error instanceof StartError)) {
      ended = true;
      await client.end().catch(() => {});
      throw error;
    }
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...embedded.connection, application_name: `${PROGRAM} lock` });
    fresh.on('error', () => {});
    await fresh.connect();
    return fresh;
  }

  /** Only of a connection that holds the lock: two attempts at once would take it from each other. */
  function retakeWhenLost(): void {
    client.once('end', () => ended || retake());
  }

  async function retake(): Promise<void> {
    while (!ended) {
      try {
        client = await connect();
        await tryOwnData(client);
        return retakeWhenLost();
      } catch (error) {
        if (error instanceof StartError) return onLost(error);
        await sleep(500, undefined, { ref: false });
      }
    }
  }

  return {
    isOwned,
    /** Nobody else is connected. Connections that were just closed may linger. */
    async isAlone(): Promise<boolean> {
      for (let tries = 0; tries < 10; tries++) {
        if (tries > 0) await sleep(30);
        try {
          if ((await othersOn(client)) === 0) return true;
        } catch {
          // The server that was there has stopped the database itself.
          return false;
        }
      }
      return false;
    },
    expectEnd(): void {
      ended = true;
    },
    async end(): Promise<void> {
      ended = true;
      await client.end().catch(() => {});
    },
  };
}

/** Connections of this program, in any process, beside the one that asks. */
async function othersOn(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::integer as others from pg_stat_activity
     where datname = current_database() and application_name like '${PROGRAM}%' and pid <> pg_backend_pid()`,
  );
  return rows[0].others;
}

/** @throws StartError `database-unreachable` with what is wrong with the address, never with the password in it */
async function openRemote(databaseUrl: string): Promise<DatabaseServer> {
  const url = addressOf(databaseUrl);
  const connection = {
    connectionString: url.href,
    connectionTimeoutMillis: 10_000,
    application_name: PROGRAM,
  };
  const ask = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client(connection);
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      const reason = reasonOf(error, url);
      throw new StartError('database-unreachable', `The database of DATABASE_URL cannot be used: ${reason}.`);
    } finally {
      await client.end().catch(() => {});
    }
  };
  await ask(async () => {});
  return {
    connection,
    isOwned: false,
    async requireAlone() {
      if ((await ask(othersOn)) > 0) throw notAlone();
    },
    stop: async () => {},
    kill() {},
  };
}

/**
 * `sslmode` as every other PostgreSQL client reads it: `require` encrypts, `verify-full` also checks the certificate. A
 * socket is named by `host`: postgresql://user:password@/database?host=/run/postgresql
 */
function addressOf(databaseUrl: string): URL {
  const withHost = databaseUrl.replace(/^(postgres(?:ql)?:\/\/(?:[^/@]*@)?)\//i, '$1localhost/');
  if (!/^postgres(ql)?:\/\//i.test(databaseUrl) || !URL.canParse(withHost)) {
    throw new StartError(
      'database-unreachable',
      'DATABASE_URL is not an address like postgresql://user:password@host:5432/database.',
    );
  }
  const url = new URL(withHost);
  if (url.searchParams.has('sslmode') && !url.searchParams.has('uselibpqcompat')) {
    url.searchParams.set('uselibpqcompat', 'true');
  }
  return url;
}

function reasonOf(error: unknown, url: URL): string {
  const { code, message, errors } = error as {
    code?: string;
    message: string;
    errors?: { code?: string; message: string }[];
  };
  const { username, pathname } = url;
  const host = url.searchParams.get('host') ?? url.host;
  switch (code ?? errors?.[0]?.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host named ${host}`;
    case 'ECONNREFUSED':
    case 'ENOENT':
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
