import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

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
  const running = launch('src/server/main.ts', args, { PORT: '0', ...env });
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

function launch(file: string, args: readonly string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, [join(root, file), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, SystemRoot: process.env.SystemRoot, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const running: Running = { child, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    running.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    running.stderr += chunk;
  });
  return running;
}

async function ended(running: Running): Promise<Ended> {
  const [code] = (await once(running.child, 'close')) as [number | null];
  return { code, stdout: running.stdout, stderr: running.stderr };
}
