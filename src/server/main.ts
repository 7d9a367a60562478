/**
 * `npm start`: the server and the worker, in one process or, on a database of its own (DATABASE_URL), in several:
 *
 *   node src/server/main.ts [--run=web,worker]
 *
 *   PORT           3000
 *   HOST           all interfaces
 *   TENDERO_DATA   ./data
 *   DATABASE_URL   without it, the embedded database in TENDERO_DATA
 *   TENDERO_MAP_TILES, TENDERO_MAP_ATTRIBUTION   pictures for maps; outlines without
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exitCodeOf, isForeseen, lineOf, UsageError } from '#app/exit-codes.ts';
import { keepHeapSmall, tidyHeap } from '#app/heap.ts';
import { StartError } from '#kernel/database/start-error.ts';
import { type MapTiles, mapTilesOf } from './map-tiles.ts';
import { rateLimitOf } from './rate-limit.ts';

// Compiled once, the modules load in half the time.
enableCompileCache();
keepHeapSmall();

/** Requests under way get this long to finish. */
const PATIENCE_MS = 10_000;

const stops: (() => Promise<void>)[] = [];
let kill = (): void => {};
let stopping: Promise<void> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
process.on('uncaughtException', fail);
watchParent();

try {
  await start(settings());
  // When the readers have caught up, too.
  setTimeout(tidyHeap, 3_000).unref();
} catch (error) {
  fail(error);
}

interface Settings {
  roles: readonly string[];
  port: number;
  host: string | undefined;
  dataFolder: string;
  databaseUrl: string | undefined;
  tiles: MapTiles | null;
  rateLimit: number;
}

/** @throws UsageError */
function settings(): Settings {
  const { PORT = '3000', HOST, TENDERO_DATA = 'data', DATABASE_URL } = process.env;
  let roles: string[];
  try {
    roles = parseArgs({ options: { run: { type: 'string', default: 'web,worker' } } }).values.run.split(',');
  } catch (error) {
    throw new UsageError(lineOf(error));
  }
  if (!roles.every((role) => role === 'web' || role === 'worker'))
    throw new UsageError('--run takes web, worker or web,worker.');
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535)
    throw new UsageError(`PORT is ${PORT}, but a port is a number up to 65535.`);
  return {
    roles,
    port: Number(PORT),
    host: HOST || undefined,
    dataFolder: resolve(TENDERO_DATA),
    databaseUrl: DATABASE_URL || undefined,
    tiles: mapTilesOf(),
    rateLimit: rateLimitOf(),
  };
}

async function start({
  roles,
  port,
  host: wantedHost,
  dataFolder,
  databaseUrl,
  tiles,
  rateLimit,
}: Settings): Promise<void> {
  const isWeb = roles.includes('web');
  const host = isWeb ? await freeAddress(port, wantedHost) : '';
  const { startRuntime } = await import('#app/start.ts');
  const starting = startRuntime({
    dataFolder,
    databaseUrl,
    own: true,
    upgrade: 'apply',
    onProgress: say,
    onLost: fail,
  });
  // Meanwhile, where a database has to be started: one that runs would seem not to answer while modules load.
  const loading = isWeb && !databaseUrl ? import('./app.ts') : undefined;
  const started = await starting;
  stops.push(started.stop);
  kill = started.kill;
  if (stopping) return await stopAll();

  const { buildApp } = isWeb ? await (loading ?? import('./app.ts')) : {};
  if (roles.includes('worker')) {
    const { runBackground } = await import('#app/background.ts');
    stops.push((await runBackground(started.runtime, say)).stop);
  }
  if (buildApp) {
    const app = await buildApp(started.runtime, { log: true, tiles, rateLimit });
    stops.push(async () => {
      const timer = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS);
      await app.close();
      clearTimeout(timer);
    });
    await app
      .listen({ port, host, listenTextResolver: () => '' })
      .catch((error) => Promise.reject(asPortError(error, port)));
    const { port: taken } = app.server.address() as { port: number };
    say(
      `Tendero is ready at http://${wantedHost && !isEverywhere(wantedHost) ? bracketed(wantedHost) : 'localhost'}:${taken}`,
    );
  } else say('Tendero works in the background.');
  flushCompileCache();
}

/**
 * npm runs us through a shell, and where that shell stays between, it alone gets the SIGTERM that npm passes on: its end
 * is our signal.
 */
function watchParent(): void {
  if (process.env.npm_lifecycle_event !== 'start' || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    if (!stopping) onSignal();
  }, 100).unref();
}

/** Looked at before the database is started, which takes a second or more. Answers the address to listen on. */
async function freeAddress(port: number, host: string | undefined): Promise<string> {
  // A machine without IPv6 has only the second.
  const candidates = host === undefined ? ['::', '0.0.0.0'] : [host];
  // One that was told to stop a moment ago may still be at it.
  const deadline = Date.now() + 1_500;
  for (;;) {
    const candidate = candidates[0]!;
    const probe = createServer();
    try {
      await new Promise<void>((done, refuse) => {
        probe.once('error', refuse);
        probe.listen({ port, host: candidate }, done);
      });
      await new Promise((closed) => probe.close(closed));
      return candidate;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && Date.now() < deadline) await sleep(100);
      else if (candidates.length > 1 && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) candidates.shift();
      else throw asPortError(error, port);
    }
  }
}

function asPortError(error: unknown, port: number): StartError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartError(
      'port-in-use',
      `Port ${port} is in use by another program. Choose another: PORT=${port + 1} npm start`,
    );
  }
  if (code === 'EACCES')
    return new StartError('port-in-use', `Port ${port} needs rights that this user does not have.`);
  return new StartError('port-in-use', `Tendero cannot listen on port ${port}: ${message}`);
}

function onSignal(): void {
  if (stopping) {
    kill();
    process.exit(1);
  }
  stopping = stops.length > 0 ? stopAll() : Promise.resolve();
}

/** What was started last stops first: requests, then the worker, then the database. */
async function stopAll(): Promise<void> {
  const progress = setTimeout(() => say('Stopping …'), 1_000);
  try {
    for (const stop of stops.splice(0).reverse()) await stop();
    clearTimeout(progress);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** What was foreseen is one line. A mistake in the program shows where it is, so that it can be reported. */
function fail(error: unknown): void {
  process.stderr.write(`${isForeseen(error) ? lineOf(error) : (error as Error).stack}\n`);
  kill();
  process.exit(exitCodeOf(error));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
