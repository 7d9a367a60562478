import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Server, startServer, tendero } from '../program.ts';

/** A data folder, the server on it, and its embedded database: to be looked into, and to be killed. */
export interface Site {
  readonly folder: string;
  /** Of the embedded database. */
  readonly connection: pg.ClientConfig;
  /** API key of the first administrator. */
  readonly key: string;
  /** The server that runs, or ran last. */
  server: Server;
  start(): Promise<void>;
  /** Process number of the embedded database, while it runs. */
  postmaster(): number | undefined;
  /** On a connection of its own, as soon as the database answers. */
  inside<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
}

/** A company that was just set up, with its server started. Nothing of it is left when the test file ends. */
export async function openSite(folder = makeFolder()): Promise<Site> {
  sites.add(folder);
  const company = ['--company', 'Kill', '--email', 'ona@example.com', '--password', 'kava ir pyragas'];
  const made = await tendero({ TENDERO_DATA: folder }, 'setup', ...company);
  if (made.code !== 0) throw new Error(made.stderr);
  return enterSite(folder, 'ona@example.com');
}

/** The same with a company that is there already. */
export async function enterSite(folder: string, email: string): Promise<Site> {
  sites.add(folder);
  const env = { TENDERO_DATA: folder };
  const server = await launch(env);
  const { stdout } = await tendero(env, 'key', 'create', '--email', email, '--name', 'kill', '--json');
  const site: Site = {
    folder,
    connection: connectionOf(folder),
    key: JSON.parse(stdout).key,
    server,
    async start() {
      site.server = await launch(env);
    },
    postmaster: () => postmasterOf(folder),
    inside: (work) => inside(folder, work),
  };
  return site;
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tendero-kill-'));
}

/** Whether a process is there and is not just waiting to be buried. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Signals a process that may have ended by itself. */
export function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid) process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks until nothing is missing any more. @throws with what still is */
export async function eventually(words: string, ms: number, missing: () => Promise<readonly string[]>): Promise<void> {
  for (const deadline = Date.now() + ms; ; await sleep(50)) {
    const still = await missing();
    if (still.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${words}: not after ${ms / 1_000} s. ${still.join('\n')}`);
  }
}

const sites = new Set<string>();
const servers = new Set<Server>();

after(async () => {
  for (const server of servers) server.process.kill('SIGKILL');
  for (const folder of sites) {
    signal(postmasterOf(folder), 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

async function launch(env: Record<string, string>): Promise<Server> {
  const server = await startServer(env);
  servers.add(server);
  server.process.once('exit', () => servers.delete(server));
  return server;
}

function pgdataOf(folder: string): string {
  return join(folder, 'postgres', 'data');
}

/** Only a process that works in this folder, so that a number used again is nobody we may kill. */
function postmasterOf(folder: string): number | undefined {
  const file = join(pgdataOf(folder), 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === pgdataOf(folder) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function connectionOf(folder: string): pg.ClientConfig {
  return {
    host: join(folder, 'postgres', 'run'),
    port: 5432,
    user: 'tendero',
    database: 'tendero',
    password: readFileSync(join(folder, 'postgres.secret'), 'utf8').trim(),
  };
}

async function inside<T>(folder: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
    const client = new pg.Client({ ...connectionOf(folder), application_name: 'kill test' });
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      continue;
    }
    try {
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
