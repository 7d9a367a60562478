/** What tests need that start a real server of Debian's: its package, a free port, a certificate, patience. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Whether a server is here, after installing it when we are root on Debian. Where it is not, the tests are skipped with a
 * message, except where CI=true.
 * @param what `slapd`, `dovecot`; @param tested what then cannot be: `The directory`
 */
export function hasServer(
  what: string,
  packages: readonly string[],
  tested: string,
  isInstalled: () => boolean,
): boolean {
  const isThere = () => isInstalled() && spawnSync('openssl', ['version']).status === 0;
  if (isThere()) return true;
  install(what, packages);
  if (isThere()) return true;
  const message = `There is no ${what} here: install it ("apt-get install ${packages.join(' ')}"). ${tested} cannot be tested.`;
  if (process.env.CI === 'true') throw new Error(message);
  console.error(message);
  return false;
}

function install(what: string, packages: readonly string[]): void {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release) || process.getuid?.() !== 0) return;
  console.error(`Installing ${what} for the tests (apt-get, about half a minute) …`);
  // The package's own server is not wanted: no service is started while it is installed.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status === 0) continue;
    console.error(`apt-get ${args[0]} failed: ${stderr?.trim().split('\n').at(-1) ?? 'it is not there'}`);
    return;
  }
}

/**
 * An authority, and a certificate of it: `ca.pem`, `server.pem` and `server.key` in the folder.
 * @param names `DNS:localhost`, `IP:127.0.0.1`
 */
export function makeCertificate(folder: string, names: string): void {
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority', '-days', '2');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'names'), `subjectAltName=${names}`);
  openssl(
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'server.pem', '-days', '2', '-extfile', 'names'],
  );
}

export async function untilReady(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}

const given = new Set<number>();

/**
 * A port that a server may be told to stand on. Those from 32768 on the machine gives to whoever connects to somewhere: one of
 * them may be taken by the time the server wants it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Servers stand where not everybody looks. */
export function pathOf(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };
}
