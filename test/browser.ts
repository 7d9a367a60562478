/**
 * The browser of the journeys: the system's Chromium; else Debian's package, installed here when we are root; else the
 * one in the npm package @sparticuz/chromium. Without any, journeys are skipped with a message, except where CI=true.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/**
 * A browser without a window, to be closed by the caller; undefined when this machine cannot have one.
 *
 * @throws in CI, where journeys may not be skipped
 */
export async function openBrowser(): Promise<Browser | undefined> {
  const found = await findChromium();
  if (found) return await launch(found);
  if (process.env.CI === 'true') throw new Error(NO_BROWSER);
  console.error(NO_BROWSER);
  return undefined;
}

/** What `launch` needs to know of a Chromium. */
export type Chromium = { path: string; libraries?: string; fonts?: string };

/** The first Chromium that starts. test/run.ts asks once for all journeys and hands it on in TENDERO_TEST_BROWSER. */
export async function findChromium(): Promise<Chromium | undefined> {
  const handedOn = process.env.TENDERO_TEST_BROWSER;
  if (handedOn) return JSON.parse(handedOn) as Chromium;
  for (const candidate of [installedChromium, debianChromium, bundledChromium, bundledChromiumWithLibraries]) {
    const found = await candidate();
    if (found && (await starts(found))) return found;
  }
  return undefined;
}

const NO_BROWSER =
  'No Chromium starts here: install one ("apt-get install chromium") or name it in CHROMIUM_PATH. The browser journeys cannot run.';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function launch({ path, libraries, fonts }: Chromium): Promise<Browser> {
  const env = Object.fromEntries(Object.entries(process.env).filter((entry) => entry[1] !== undefined)) as Record<
    string,
    string
  >;
  if (libraries) env.LD_LIBRARY_PATH = libraries;
  if (fonts) env.FONTCONFIG_PATH = fonts;
  // `headless` is --headless; on this flag's side Playwright adds its own defaults.
  return chromium.launch({ executablePath: path, headless: true, args: FLAGS, env });
}

async function starts(found: Chromium): Promise<boolean> {
  try {
    const browser = await launch(found);
    await browser.close();
    return true;
  } catch (error) {
    console.error(`${found.path} does not start: ${(error as Error).message.split('\n')[0]}`);
    return false;
  }
}

function installedChromium(): Chromium | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) return { path: named };
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  paths.push('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  const path = paths.find((path) => existsSync(path));
  return path ? { path } : undefined;
}

/** Not on Ubuntu, whose package of that name is an empty pointer to a snap. */
function debianChromium(): Chromium | undefined {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release) || process.getuid?.() !== 0) return undefined;
  console.error('Installing Chromium for the browser journeys (apt-get, about a minute) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) {
      console.error(`apt-get ${args[0]} failed: ${stderr?.trim().split('\n').at(-1) ?? 'it is not there'}`);
      return undefined;
    }
  }
  return installedChromium();
}

/** Unpacked once (1.3 s, 209 MB) beside the packages: the package's own choice, /tmp/chromium, could be anyone's. */
async function bundledChromium(): Promise<Chromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const { default: bundled } = await import('@sparticuz/chromium');
  const path = await unpacking(() => bundled.executablePath());
  return existsSync('/etc/fonts') ? { path } : { path, fonts: join(dirname(path), 'fonts') };
}

/** The same with the system libraries (libnss3, libexpat …) that a bare container lacks. */
async function bundledChromiumWithLibraries(): Promise<Chromium | undefined> {
  const found = await bundledChromium();
  if (!found) return undefined;
  const { inflate } = await import('@sparticuz/chromium');
  const packed = join(dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium')))), 'bin');
  const libraries = join(await unpacking(() => inflate(join(packed, 'al2023.tar.br'))), 'lib');
  return { ...found, libraries };
}

async function unpacking<T>(act: () => Promise<T>): Promise<T> {
  const folder = fileURLToPath(new URL('../node_modules/.cache/chromium', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return await act();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
