/**
 * The PostgreSQL server that the program starts itself when no DATABASE_URL is given. In the data folder:
 *
 *   postgres/data/    the database
 *   postgres/run/     its Unix socket; the server does not listen on the network (on Windows: loopback, a free port)
 *   postgres.secret   its password
 *   postgres.log      what the server says about its own life, never about the data in it
 *
 * The server is a process in a session of its own: Ctrl-C in the terminal does not reach it, and when the program is
 * killed it lives on and is adopted by the next start, found through postmaster.pid. When the server itself is killed,
 * it is started again within a second and recovers from its write-ahead log: nothing acknowledged is lost.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, findBinaries, type Owner } from './embedded-binaries.ts';
import { StartError } from './start-error.ts';

export type EmbeddedDatabase = {
  /** For a pg Pool or Client; names the database `tendero`. */
  connection: pg.ClientConfig;
  /** The server was running already: left by a killed program, or in use by another copy (see `tryOwnData`). */
  adopted: boolean;
  /** PostgreSQL's own data directory, for an online backup. */
  pgdata: string;
  /** Disconnects every client, writes everything out and ends the server. Only for the one who owns the data. */
  stop(): Promise<void>;
  /** Leaves the server running for others, and no longer looks after it. */
  release(): void;
  /** Ends the server at once, synchronously, for an exit handler; the next start recovers. Waits a second at most. */
  kill(): void;
};

export type EmbeddedOptions = {
  dataFolder: string;
  /** False makes a server whose data may be lost in a power cut, for tests. */
  fsync?: boolean;
  /** For how many connections; 60 when left out, which is several processes of the program. */
  connections?: number;
  /** Gets a line for the terminal when something takes longer than a second, or the server had to be restarted. */
  onProgress?: (line: string) => void;
};

/**
 * Starts the server of a data folder, making the database at the first time (1 s), or adopts the one that runs.
 *
 * @throws StartError
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const site = await prepareSite(options);
  const running = await findRunning(site);
  let pid = running ?? (await start(site));

  let ended = false;
  let reviving: Promise<void> | undefined;
  const watch = setInterval(() => {
    if (ended || reviving || isPostmaster(site, pid)) return;
    site.report('The database stopped unexpectedly; starting it again.');
    reviving = launch(site)
      .then((revived) => {
        pid = revived;
      })
      .catch((error: Error) => {
        site.report(error.message);
        return sleep(5_000, undefined, { ref: false });
      })
      .finally(() => {
        reviving = undefined;
      });
  }, 500).unref();
  const endWatch = (): void => {
    ended = true;
    clearInterval(watch);
  };

  return {
    connection: site.connection,
    adopted: running !== undefined,
    pgdata: site.pgdata,
    async stop() {
      endWatch();
      await reviving;
      await shutDown(site, pid);
      site.removeShortcut();
    },
    release() {
      endWatch();
      site.removeShortcut();
    },
    kill() {
      endWatch();
      if (isPostmaster(site, pid)) signal(site, pid, 'SIGQUIT');
      for (let tries = 0; tries < 100 && isPostmaster(site, pid); tries++) sleepSync(10);
      site.removeShortcut();
    },
  };
}

/**
 * Takes the data folder for this program, as a lock that lives as long as the connection of `client` does: only its
 * owner migrates, serves and stops the server. A second copy on the same folder adopts the server, and fails here.
 *
 * @throws StartError `already-running`
 */
export async function tryOwnData(client: pg.ClientBase, attempts = 10): Promise<void> {
  // A program that was just killed holds the lock until PostgreSQL notices that its connection is gone.
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await sleep(100);
    const { rows } = await client.query('select pg_catalog.pg_try_advisory_lock($1) as owned', [OWNER_LOCK]);
    if (rows[0].owned) return;
  }
  throw new StartError('already-running', 'Tendero is already running on this data folder.');
}

async function start(site: Site): Promise<number> {
  if (existsSync(join(site.pgdata, 'PG_VERSION'))) checkVersion(site);
  else await createDatabase(site);
  if (site.connection.password === '') await resetSecret(site);
  return await launch(site);
}

/** Any number that no other advisory lock in the database uses. */
const OWNER_LOCK = 7_363_336_001;

/** `nobody`: every system has it, so that no user needs to be made. */
const NOBODY: Owner = { uid: 65_534, gid: 65_534 };

const PORT_IN_SOCKET_NAME = 5432;
const isWindows = process.platform === 'win32';

/** Everything that is known about a data folder before its server runs. */
type Site = {
  pgdata: string;
  secretFile: string;
  logFile: string;
  binaries: Binaries;
  /** Whom the server runs as when we are root; undefined: as ourselves. */
  owner: Owner | undefined;
  connection: pg.ClientConfig & { port: number; password: string };
  fsync: boolean;
  connections: number;
  report: (line: string) => void;
  removeShortcut: () => void;
};

async function prepareSite({
  dataFolder,
  fsync = true,
  connections = 60,
  onProgress = () => {},
}: EmbeddedOptions): Promise<Site> {
  const folder = makeDataFolder(dataFolder);
  const home = join(folder, 'postgres');
  const pgdata = join(home, 'data');
  const run = join(home, 'run');
  const owner = findOwner(home, pgdata);
  for (const path of [home, run]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (owner) chownSync(path, owner.uid, owner.gid);
  }
  const secretFile = join(folder, 'postgres.secret');
  const { host, removeShortcut } = isWindows ? { host: '127.0.0.1', removeShortcut() {} } : socketFolder(run);
  return {
    pgdata,
    secretFile,
    logFile: openableLog(join(folder, 'postgres.log')),
    binaries: findBinaries(owner),
    owner,
    connection: {
      host,
      port: isWindows ? (readPidFile(pgdata)?.port ?? (await freePort())) : PORT_IN_SOCKET_NAME,
      user: 'tendero',
      password: existsSync(secretFile) ? readFileSync(secretFile, 'utf8').trim() : '',
      database: 'tendero',
    },
    fsync,
    connections,
    report: onProgress,
    removeShortcut,
  };
}

function makeDataFolder(dataFolder: string): string {
  const folder = resolve(dataFolder);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new StartError('data-folder-read-only', `The data folder ${folder} cannot be written to (${reason}).`);
  }
}

/**
 * As root the server runs as whoever owns the database already, or as nobody. A database that root copied here (a
 * restored backup) is handed over to nobody.
 */
function findOwner(home: string, pgdata: string): Owner | undefined {
  if (isWindows) return undefined;
  const self = process.getuid?.();
  if (self !== 0) {
    const uid = statSync(home, { throwIfNoEntry: false })?.uid ?? self;
    if (uid === self) return undefined;
    throw new StartError(
      'data-folder-read-only',
      `The database in ${home} belongs to another user (number ${uid}); start Tendero as that user or give the folder to yours.`,
    );
  }
  const present = statSync(pgdata, { throwIfNoEntry: false });
  if (!present) return NOBODY;
  if (present.uid !== 0) return { uid: present.uid, gid: present.gid };
  for (const name of ['', ...readdirSync(pgdata, { recursive: true, encoding: 'utf8' })]) {
    lchownSync(join(pgdata, name), NOBODY.uid, NOBODY.gid);
  }
  return NOBODY;
}

/**
 * The path of a Unix socket has room for 107 bytes (103 on macOS). The server names it relative to its own folder; a
 * client far from the root of the disk gets a short symbolic link to the folder, in a private temporary folder.
 */
function socketFolder(run: string): { host: string; removeShortcut: () => void } {
  if (Buffer.byteLength(join(run, `.s.PGSQL.${PORT_IN_SOCKET_NAME}`)) < 100) return { host: run, removeShortcut() {} };
  const shortcut = mkdtempSync(join(tmpdir(), 'tendero-'));
  symlinkSync(run, join(shortcut, 'run'));
  return {
    host: join(shortcut, 'run'),
    removeShortcut: () => rmSync(shortcut, { recursive: true, force: true }),
  };
}

/** Begins a new log when the last one has grown to 10 MB, keeping one old one. */
function openableLog(file: string): string {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) renameSync(file, `${file}.1`);
  return file;
}

function checkVersion({ pgdata, binaries }: Site): void {
  const major = Number.parseInt(readFileSync(join(pgdata, 'PG_VERSION'), 'utf8'), 10);
  if (major === binaries.major) return;
  throw new StartError(
    major > binaries.major ? 'database-too-new' : 'database-too-old',
    `The database in ${pgdata} was made by PostgreSQL ${major}, but this version of Tendero brings PostgreSQL ${binaries.major}. ` +
      `${major > binaries.major ? 'Use the newer version of Tendero' : 'Make a backup with the version of Tendero that wrote it and restore that here'}.`,
  );
}

/**
 * Made beside its final place and renamed there when complete, so that neither a kill nor a second start at the same
 * moment leaves half a database.
 */
async function createDatabase(site: Site): Promise<void> {
  const { pgdata, owner } = site;
  removeUnfinished(pgdata);
  const unfinished = `${pgdata}.new-${process.pid}`;
  const passwordFile = `${unfinished}.password`;
  mkdirSync(unfinished, { mode: 0o700 });
  try {
    const password = keepSecret(site);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (owner) for (const path of [unfinished, passwordFile]) chownSync(path, owner.uid, owner.gid);
    const progress = tickEachSecond((seconds) => site.report(`Making the database … ${seconds} s`));
    await initdb(site, unfinished).finally(progress.end);
    try {
      renameSync(unfinished, pgdata);
    } catch (error) {
      // Another copy was faster; its password is the one in the file, because that is written only once.
      if (!existsSync(join(pgdata, 'PG_VERSION'))) throw error;
    }
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function removeUnfinished(pgdata: string): void {
  const home = resolve(pgdata, '..');
  for (const name of readdirSync(home)) {
    const pid = Number(/^data\.new-(\d+)/.exec(name)?.[1]);
    if (pid && (pid === process.pid || !processExists(pid))) rmSync(join(home, name), { recursive: true, force: true });
  }
}

/**
 * The character type must know UTF-8: under the plain `C` locale pg_trgm takes ž, é or ñ for punctuation, and a search
 * for "Žuvėdra" finds "Ruvadra". The name of that locale depends on the system.
 */
async function initdb(site: Site, folder: string): Promise<void> {
  let failure = '';
  for (const characterType of ['C.UTF-8', 'en_US.UTF-8', 'en-US.UTF-8']) {
    const { code, output } = await run(site, folder, 'initdb', [
      ...['-D', ownFolder(folder), '-U', 'tendero', '--encoding=UTF8', '--locale=C', `--lc-ctype=${characterType}`],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--auth=scram-sha-256', '--no-instructions'],
      `--pwfile=../${folder.slice(folder.lastIndexOf('data.new'))}.password`,
      ...(site.fsync ? [] : ['--no-sync']),
    ]);
    if (code === 0) return;
    failure = lastComplaint(output);
    if (!/locale/i.test(failure)) break;
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }
  if (/user does not exist/.test(failure)) {
    failure = `PostgreSQL needs a user with a name, and number ${process.getuid?.()} has none in /etc/passwd. Start Tendero as a named user, or set DATABASE_URL.`;
  }
  throw new StartError('database-did-not-start', `The database could not be made: ${failure}`);
}

/** Writes a new password, or takes the one that another copy wrote at the same moment. */
function keepSecret(site: Site): string {
  const { connection, secretFile } = site;
  if (connection.password === '') {
    connection.password = randomBytes(24).toString('base64url');
    rmSync(secretFile, { force: true });
    try {
      writeFileSync(secretFile, connection.password, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      connection.password = readFileSync(secretFile, 'utf8');
    }
  }
  return connection.password;
}

/** A lost password file is no lost database: whoever may write the folder may set a new one, while the server rests. */
async function resetSecret(site: Site): Promise<void> {
  const statement = `alter user tendero password '${keepSecret(site)}';\n`;
  const { code, output } = await run(
    site,
    site.pgdata,
    'postgres',
    ['--single', '-D', ownFolder(site.pgdata), 'postgres'],
    statement,
  );
  if (code !== 0) {
    rmSync(site.secretFile);
    throw new StartError('database-did-not-start', `No new database password could be set: ${lastComplaint(output)}`);
  }
}

/** The process number of the server that runs on this folder, once it answers; undefined when there is none. */
async function findRunning(site: Site): Promise<number | undefined> {
  const progress = tickEachSecond((seconds) => site.report(`Waiting for the running database … ${seconds} s`));
  const deadline = Date.now() + 60_000;
  try {
    for (;;) {
      const written = readPidFile(site.pgdata);
      if (!written) return undefined;
      const answer = await ask(site.connection);
      if (answer === 'ready') return written.pid;
      if (answer === 'silent') {
        if (!isPostmaster(site, written.pid)) {
          removeStaleLocks(site, written.pid);
          return undefined;
        }
        if (Date.now() > deadline) {
          throw new StartError(
            'database-did-not-start',
            `Process ${written.pid} seems to be the database of ${site.pgdata} but does not answer; end it, then start again.`,
          );
        }
      }
      await sleep(50);
    }
  } finally {
    progress.end();
  }
}

/**
 * After a crash of the whole machine, or in a new container on the same disk, the number in a lock file may by now be
 * another process of the same user; PostgreSQL would then refuse to start. (Remaining children of a killed server are
 * still found by it, through the shared memory.)
 */
function removeStaleLocks({ pgdata }: Site, pid: number): void {
  if (!processExists(pid) || process.platform !== 'linux') return;
  rmSync(join(pgdata, 'postmaster.pid'), { force: true });
  rmSync(join(pgdata, '..', 'run', `.s.PGSQL.${PORT_IN_SOCKET_NAME}.lock`), { force: true });
}

/** Starts the server and waits until it answers, however long a recovery takes. Answers its process number. */
async function launch(site: Site): Promise<number> {
  const progress = tickEachSecond((seconds) => site.report(`Starting the database … ${seconds} s`));
  // Children of a killed server need a moment to end; until then the new one refuses.
  const deadline = Date.now() + 10_000;
  try {
    for (;;) {
      const log = openSync(site.logFile, 'a', 0o600);
      const logStart = statSync(site.logFile).size;
      const child = spawnAsOwner(site, site.pgdata, 'postgres', settings(site), log);
      closeSync(log);
      child.unref();
      let spawnFailure = '';
      child.once('error', (error) => {
        spawnFailure = error.message;
      });
      if (await becameReady(site, child)) return child.pid as number;
      const complaint = spawnFailure || lastComplaint(readFileSync(site.logFile).subarray(logStart).toString());
      // Two copies started at the same moment: the other one's server is ours too.
      const running = await findRunning(site);
      if (running !== undefined) return running;
      if (Date.now() > deadline || !/shared memory|lock file|in use/.test(complaint)) {
        throw new StartError('database-did-not-start', `The database did not start: ${complaint} (${site.logFile})`);
      }
      await sleep(200);
    }
  } finally {
    progress.end();
  }
}

async function becameReady({ pgdata, connection }: Site, child: ChildProcess): Promise<boolean> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const written = readPidFile(pgdata);
    if (written?.pid === child.pid && written?.isReady && (await ask(connection)) === 'ready') return true;
    await sleep(10);
  }
  return false;
}

function settings({ pgdata, fsync, connections, connection }: Site): string[] {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / 2 ** 20;
  const values = {
    ...(isWindows
      ? { listen_addresses: '127.0.0.1', port: connection.port }
      : { listen_addresses: '', port: PORT_IN_SOCKET_NAME, unix_socket_directories: '../run' }),
    max_connections: connections,
    shared_buffers: `${Math.round(Math.min(1024, Math.max(128, memory / 4)))}MB`,
    effective_cache_size: `${Math.round(Math.max(256, memory / 2))}MB`,
    work_mem: '8MB',
    maintenance_work_mem: `${Math.round(Math.min(256, Math.max(64, memory / 16)))}MB`,
    // Costs 0.1 s of compilation per large query and gains nothing on queries of a few milliseconds.
    jit: 'off',
    random_page_cost: 1.1,
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // The one compression that this server was built with took more CPU than the rest of an insert: after a checkpoint a
    // write of a contact touches fifteen pages for the first time. Nobody reads this log but the server itself.
    wal_compression: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors of statements reach the program; in a log they would only leave customers' data behind.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    // Commits still reach the operating system, so that a killed server loses nothing in tests either.
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return ['-D', ownFolder(pgdata), ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** `ready`, `busy` (starting, recovering or stopping) or `silent` (nobody listens). Makes the database if missing. */
async function ask(connection: pg.ClientConfig): Promise<'ready' | 'busy' | 'silent'> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    if (code === '3D000' && connection.database === 'tendero') return await makeTenderoDatabase(connection);
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return 'silent';
    if (code === '28P01' || code === '28000') {
      throw new StartError('database-did-not-start', `The running database does not accept our password: ${message}`);
    }
    return 'busy';
  } finally {
    await client.end().catch(() => {});
  }
}

async function makeTenderoDatabase(connection: pg.ClientConfig): Promise<'ready' | 'busy'> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('create database tendero');
    return 'ready';
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    // Another copy makes it at the same moment (42P04, 23505, 55006), or the server is being stopped.
    if (['42P04', '23505', '55006', '57P01', '57P03'].includes(code ?? '')) return 'busy';
    throw new StartError('database-did-not-start', `The database "tendero" could not be made: ${message}`);
  } finally {
    await client.end().catch(() => {});
  }
}

async function shutDown(site: Site, pid: number): Promise<void> {
  const progress = tickEachSecond((seconds) => site.report(`Stopping the database … ${seconds} s`));
  try {
    // 60 s are enough to write 2 GB of changes to a slow disk. After that the write-ahead log keeps them safe.
    for (const [name, patience] of [['SIGINT', 60_000] as const, ['SIGQUIT', 10_000] as const]) {
      if (isPostmaster(site, pid)) signal(site, pid, name);
      for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(10)) {
        if (!isPostmaster(site, pid)) return;
      }
    }
  } finally {
    progress.end();
  }
}

/** Windows has no signals; pg_ctl speaks to the server through a pipe. */
function signal({ binaries }: Site, pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  if (isWindows) spawn(join(binaries.folder, 'pg_ctl'), ['kill', name.slice(3), String(pid)], { stdio: 'ignore' });
  else process.kill(pid, name);
}

function readPidFile(pgdata: string): { pid: number; port: number; isReady: boolean } | undefined {
  try {
    const lines = readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** On Linux certain: a server's current folder is its data. Elsewhere a number used again is mistaken for it. */
function isPostmaster({ pgdata }: Site, pid: number): boolean {
  if (process.platform !== 'linux') return processExists(pid);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === pgdata;
  } catch {
    return false;
  }
}

function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * How a program that runs inside `folder` names it. On Linux by a name that needs no right to pass the folders above,
 * so that the server, as nobody, can also keep its data below a private folder of root.
 */
function ownFolder(folder: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : folder;
}

function spawnAsOwner(site: Site, cwd: string, program: string, args: string[], output: number | 'pipe'): ChildProcess {
  return spawn(join(site.binaries.folder, program), args, {
    cwd,
    ...site.owner,
    // None of the caller's PG… and LC_… variables; English messages, because we read some.
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, LC_ALL: 'C' },
    stdio: [output === 'pipe' ? 'pipe' : 'ignore', output, output],
    detached: output !== 'pipe',
    windowsHide: true,
  });
}

/** Runs one of the programs to its end. */
async function run(site: Site, cwd: string, program: string, args: string[], input = '') {
  const child = spawnAsOwner(site, cwd, program, args, 'pipe');
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk;
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.stdin?.on('error', () => {}).end(input);
  const code = await new Promise<number | null>((done) => {
    child.once('error', (error) => {
      output += error.message;
      done(null);
    });
    child.once('close', done);
  });
  return { code, output };
}

/** The line that says what went wrong, without time and process number. */
function lastComplaint(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'no reason given';
  return complaint.replace(/^.*?(FATAL|PANIC|ERROR|error): +/, '').trim();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function tickEachSecond(tick: (seconds: number) => void): { end: () => void } {
  let seconds = 0;
  const timer = setInterval(() => tick(++seconds), 1_000).unref();
  return { end: () => clearInterval(timer) };
}
