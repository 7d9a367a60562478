/**
 * Runs before `npm start`, `npm test`, `npm run bench` and `npm run tendero`: installs what package-lock.json names and,
 * with --build, builds the web app, each only when something changed (checked in 15 ms).
 *
 * It runs on whatever Node ≥ 20 is there and imports no package, because there is none yet. It brings Node 24 as an npm
 * package; npm has put node_modules/.bin on PATH before that folder exists, so the command that follows uses it.
 * Everything it says goes to stderr: the answer of `npm run -s tendero` is read by programs.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isWebSource } from './web-sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installStamp = join(root, 'node_modules', '.tendero-installed');
const buildStamp = join(root, 'dist', '.web-built');
const builtPage = join(root, 'dist', 'web', 'index.html');

await install();
if (process.argv.includes('--build')) await build();

async function install() {
  const wanted = hash([readFileSync(join(root, 'package-lock.json')), JSON.stringify(dependencies()), platform()]);
  if (read(installStamp) === wanted && existsSync(ownNode())) return;
  if (!isInstalled()) {
    const npm = npmCommand();
    const flags = ['--include=dev', '--include=optional', '--loglevel=error', '--no-fund', '--no-audit'];
    const clean = ['ci', ...flags];
    const keep = ['install', '--no-save', ...flags];
    // `npm ci` is faster and surer at first, but removes everything, also below a program that runs. It refuses a lock
    // without an entry for the packages of other platforms, which some registries cannot give; `npm install` does not.
    const [first, second] = wasCompleted() ? [keep, clean] : [clean, keep];
    let result = await run('Installing packages', npm, first);
    if (result.code !== 0) result = await run('Installing packages, second way', npm, second);
    if (result.code !== 0) fail(`npm could not install the packages.\n${result.output}`);
  }
  if (!existsSync(ownNode())) {
    fail(`Tendero needs Node 24, and npm brought none for ${platform()}. Install Node 24 or newer and try again.`);
  }
  writeFileSync(installStamp, wanted);
}

async function build() {
  const config = join(root, 'src', 'web', 'vite.config.ts');
  if (!existsSync(config)) return;
  const wanted = hash(webSources());
  if (read(buildStamp) === wanted && existsSync(builtPage)) return;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await run('Building the web app', [ownNode(), vite], ['build', '--config', config]);
  if (code !== 0) fail(`The web app could not be built.\n${output}`);
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, wanted);
}

/** What of package.json decides over the packages: a changed script does not. */
function dependencies() {
  const { dependencies, devDependencies, optionalDependencies, overrides } = readJson('package.json');
  return { dependencies, devDependencies, optionalDependencies, overrides };
}

/**
 * Whether node_modules holds just what the lock names for this platform, as after a manual `npm install`: then there is
 * no reason to remove and install 500 packages again.
 */
function isInstalled() {
  if (!wasCompleted() || !existsSync(ownNode())) return false;
  const { '': _, ...locked } = readJson('package-lock.json').packages;
  const present = readJson(join('node_modules', '.package-lock.json')).packages;
  return Object.entries(locked).every(([path, entry]) => {
    if (present[path]) return present[path].version === entry.version && existsSync(join(root, path));
    return entry.optional && !isForThisPlatform(entry);
  });
}

/** npm writes this file last: without it an installation was killed halfway. */
function wasCompleted() {
  return existsSync(join(root, 'node_modules', '.package-lock.json'));
}

/** Of optional packages, only those that name this very platform are missed when absent. */
function isForThisPlatform({ os, cpu, libc }) {
  return os && cpu && !libc && [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
}

/** Node 24 of the platform's package, or the running one when it is new enough. */
function ownNode() {
  const name = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const folder of [`node-${name}`, `node-bin-${name}`]) {
    const path = join(root, 'node_modules', folder, 'bin', file);
    if (existsSync(path)) return path;
  }
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : 'missing';
}

/** npm with the Node outside of node_modules: `npm ci` removes that folder and the Node in it. */
function npmCommand() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const node = folders.map((folder) => join(folder, file)).find((path) => existsSync(path)) ?? process.execPath;
  const npm = process.env.npm_execpath;
  return npm ? [node, npm] : ['npm'];
}

/** Tells after a second what it waits for; keeps the output for the case that it fails. */
function run(title, [command, ...before], args) {
  const started = Date.now();
  const timer = setTimeout(() => process.stderr.write(`${title} …\n`), 1_000);
  return new Promise((done) => {
    let output = '';
    const child = spawn(command, [...before, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command === 'npm' && process.platform === 'win32',
    });
    const finish = (code) => {
      clearTimeout(timer);
      const seconds = Math.round((Date.now() - started) / 1_000);
      if (seconds > 1 && code === 0) process.stderr.write(`${title} took ${seconds} s.\n`);
      done({ code, output });
    };
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => {
      output += error.message;
      finish(1);
    });
    child.on('close', finish);
  });
}

/** `path:size:time` of every file that the web app is built from. */
function webSources() {
  const paths = readdirSync(join(root, 'src'), { recursive: true }).map((path) => `src/${path.replaceAll('\\', '/')}`);
  return [...paths, 'package-lock.json', 'tsconfig.json', 'tsconfig.web.json']
    .filter((path) => isWebSource(path) && !/\.test\.tsx?$/.test(path))
    .sort()
    .map((path) => {
      const file = statSync(join(root, path), { throwIfNoEntry: false });
      return file?.isFile() ? `${path}:${file.size}:${file.mtimeMs}\n` : '';
    });
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

function hash(parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
