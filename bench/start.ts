import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/debian.ts';
import { type Figure, figure } from './figure.ts';
import { dataFolder } from './million.ts';

const RUNS = 5;

/** From the command to the first answer on the big workspace, and what the process weighs when nothing happens. */
export async function benchStart(say: (line: string) => void): Promise<Figure[]> {
  const times: number[] = [];
  let memory = 0;
  for (let run = 0; run < RUNS; run++) {
    const port = await freePort();
    const started = performance.now();
    const server = spawn(process.execPath, [resolve(import.meta.dirname, '../src/server/main.ts')], {
      env: { ...process.env, PORT: String(port), TENDERO_DATA: dataFolder },
      stdio: 'ignore',
    });
    while (!(await isUp(port))) await sleep(10);
    times.push(performance.now() - started);
    if (run === RUNS - 1) {
      await sleep(5_000);
      memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1024;
    }
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(RUNS / 2)]! / 1000;
  say(`start to first answer ${median.toFixed(2)} s, idle ${memory.toFixed(0)} MB RSS`);
  return [
    figure('start to first answer', 's', median, 'lower', 2),
    figure('server process idle', 'MB RSS', memory, 'lower', 200),
  ];
}

export async function isUp(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/api/health`).then(
    (response) => response.ok,
    () => false,
  );
}
