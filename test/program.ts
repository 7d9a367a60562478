import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
/** With which `npm start` runs Node. */
const flags = scripts.start.split(' ').filter((part) => part.startsWith('-'));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The program as a process, the way `npm start` runs it. */
export interface Server {
  /** `http://localhost:<port>`; empty for a worker. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Runs a part of the program to its end. */
export async function runProgram(file: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  return ended(launch(file, args, env));
}

/** `tendero <args>` */
export function tendero(env: Record<string, string>, ...args: string[]): Promise<Ended> {
  return runProgram('src/cli/main.ts', args, env);
}

/** Starts the server on a free port and waits until it says that it is ready. @throws with what it said instead */
export async function startServer(env: Record<string, string>, ...args: string[]): Promise<Server> {
  return whenReady(launch('src/server/main.ts', args, { PORT: '0', ...env }, flags));
}

/** The same below a shell, as npm starts it; the process is that of the shell. */
export async function startServerInShell(env: Record<string, string>): Promise<Server> {
  const script = `"$0" ${flags.join(' ')} src/server/main.ts; exit $?`;
  const child = spawn(
    'sh',
    ['-c', script, process.execPath],
    options({ PORT: '0', npm_lifecycle_event: 'start', ...env }),
  );
  return whenReady(collected(child));
}

async function whenReady(running: Running): Promise<Server> {
  const url = await new Promise<string>((ready, refuse) => {
    const look = (): void => {
      const [line, url = ''] = /ready at (http:\S+)|in the background\.$/m.exec(running.stdout) ?? [];
      if (line) ready(url);
    };
    running.child.stdout!.on('data', look);
    running.child.once('close', () => refuse(new Error(`It ended: ${running.stdout}${running.stderr}`)));
  });
  return {
    url,
    process: running.child,
    output: () => running.stdout + running.stderr,
    async stop(signal = 'SIGTERM') {
      const end = ended(running);
      running.child.kill(signal);
      return end;
    },
  };
}

interface Running {
  child: ChildProcess;
  stdout: string;
  stderr: string;
}

function launch(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  flags: readonly string[] = [],
): Running {
  return collected(spawn(process.execPath, [...flags, join(root, file), ...args], options(env)));
}

function options(env: Record<string, string>): SpawnOptions {
  const { PATH, TMPDIR, SystemRoot } = process.env;
  return { cwd: root, env: { PATH, TMPDIR, SystemRoot, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
}

function collected(child: ChildProcess): Running {
  const running: Running = { child, stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk) => {
    running.stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    running.stderr += chunk;
  });
  return running;
}

async function ended(running: Running): Promise<Ended> {
  const [code] = (await once(running.child, 'close')) as [number | null];
  return { code, stdout: running.stdout, stderr: running.stderr };
}
