/**
 * `npm test`: types, style, generated files, then every test on one PostgreSQL server, then the browser journeys.
 * `npm test -- --only <text>` runs only the tests whose path holds the text. With `TEST_DATABASE_URL`, of somebody who may
 * create databases, the tests run on that PostgreSQL server instead of the built-in one. Every step runs, also after a failure; the
 * exit code is 1 when one failed, and the last line counts the tests: `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findChromium } from './browser.ts';
import { startTestServer } from './server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'])
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => only === undefined || path.includes(only))
  .sort();
const journeys = files.filter((path) => path.startsWith('test/journeys/'));
const others = files.filter((path) => !journeys.includes(path));

// Each file is a process, and most load the whole program: without its types taken off again, a tenth less CPU.
process.env.NODE_COMPILE_CACHE ??= join(root, '.cache/compiled');

// Ctrl-C reaches everything in the terminal's group; a plain SIGTERM only us, so we pass it on.
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

if (only === undefined) {
  await step('Types', () => runTool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'));
  if (globSync('src/{web/**,**/web/**,**/web}.{ts,tsx}').length > 0) {
    await step('Types of the web app', () => runTool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.web.json'));
  }
  await step('Style', () => runTool('@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'));
  if (existsSync('scripts/generate.ts')) {
    await step('Generated files', () => runNode('scripts/generate.ts', '--check'));
  }
  await step('Known holes in dependencies', () => runNode('scripts/audit-dependencies.mjs'));
}
if (files.length === 0) failures.push(`No test file matches "${only}".`);

let server: Awaited<ReturnType<typeof startTestServer>> | undefined;
if (files.length > 0) {
  const { TEST_DATABASE_URL: url } = process.env;
  if (!url) server = await startTestServer();
  process.env.TENDERO_TEST_SERVER = JSON.stringify(url ? connectionOf(new URL(url)) : server?.connection);
}
if (others.length > 0) {
  // One more than there are cores: many of them wait for a clock, a disk or a killed process.
  await step('Tests', () => runTests(others, availableParallelism() + 1));
}
if (journeys.length > 0) {
  await step('Browser journeys', async () => {
    const browser = await findChromium();
    if (browser) process.env.TENDERO_TEST_BROWSER = JSON.stringify(browser);
    return await runTests(journeys, Math.min(2, availableParallelism()));
  });
}
await server?.stop();

console.log();
for (const failure of failures) console.log(`Failed: ${failure}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(failures.length > 0 ? 1 : 0);

function connectionOf({ hostname, port, username, password, pathname }: URL) {
  const [user, secret] = [username, password].map(decodeURIComponent);
  return { host: hostname, port: Number(port || 5432), user, password: secret, database: pathname.slice(1) };
}

async function step(title: string, act: () => Promise<boolean>): Promise<void> {
  console.log(`\n── ${title} ──`);
  const started = performance.now();
  const succeeded = await act();
  if (!succeeded) failures.push(title);
  console.log(`${title}: ${succeeded ? 'ok' : 'FAILED'}, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}

function runTool(program: string, ...args: string[]): Promise<boolean> {
  return runNode(join('node_modules', program), ...args);
}

function runNode(...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], signal: stopping.signal });
  return new Promise((done) => {
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

/** Each file in a process of its own, `concurrency` at a time. A file that hangs fails after ten minutes. */
async function runTests(files: string[], concurrency: number): Promise<boolean> {
  const events = run({ files, concurrency, timeout: 600_000, signal: stopping.signal });
  let succeeded = false;
  events.on('test:summary', (summary) => {
    if (summary.file !== undefined) return;
    succeeded = summary.success;
    counts.passed += summary.counts.passed;
    counts.failed += summary.counts.tests - summary.counts.passed - summary.counts.skipped - summary.counts.todo;
    counts.skipped += summary.counts.skipped + summary.counts.todo;
  });
  const report = events.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await finished(report);
  return succeeded;
}
