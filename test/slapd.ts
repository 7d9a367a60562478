/**
 * Debian's `slapd` as a company's directory: started here on free ports from a fresh folder, and stopped with the test file.
 * Where it is missing it is installed when we are root; else the tests are skipped with a message, except where CI=true.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'ldapts';
import { beforeDrop } from './database.ts';
import { freePort, hasServer, makeCertificate, pathOf, untilReady } from './debian.ts';

export const base = 'dc=litera,dc=example';
export const searcher = { dn: `cn=tendero,${base}`, password: 'who searches' };
const root = { dn: `cn=root,${base}`, password: 'who may do all' };

export interface Directory {
  /** `ldaps://127.0.0.1:<port>` and `ldap://127.0.0.1:<port>`, and one that knows no TLS. */
  readonly ldaps: string;
  readonly ldap: string;
  /** Who signed its certificate, in PEM. */
  readonly certificate: string;
  add(dn: string, attributes: Record<string, string | string[]>): Promise<void>;
  stop(): Promise<void>;
}

/** Why there is no directory here; false when there is one: `test(name, { skip: noDirectory }, …)`. */
export const noDirectory = findSlapd() ? false : 'no slapd';

/** @param options.tls false: a server that has no certificate, and so no StartTLS either */
export async function startDirectory(options: { tls?: boolean } = {}): Promise<Directory> {
  const folder = mkdtempSync(join(tmpdir(), 'tendero-slapd-'));
  mkdirSync(join(folder, 'data'));
  const [plainPort, securePort] = [await freePort(), await freePort()];
  const isSecure = options.tls !== false;
  if (isSecure) makeCertificate(folder, 'IP:127.0.0.1,DNS:localhost');
  const file = (name: string) => join(folder, name);
  writeFileSync(
    file('slapd.conf'),
    [
      ...['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'moduleload memberof',
      `pidfile ${file('slapd.pid')}`,
      ...(isSecure
        ? [
            `TLSCACertificateFile ${file('ca.pem')}`,
            `TLSCertificateFile ${file('server.pem')}`,
            `TLSCertificateKeyFile ${file('server.key')}`,
            'security simple_bind=128',
          ]
        : []),
      'database mdb',
      `suffix "${base}"`,
      `rootdn "${root.dn}"`,
      `rootpw ${JSON.stringify(root.password)}`,
      `directory ${file('data')}`,
      'overlay memberof',
      'access to attrs=userPassword by anonymous auth by * none',
      `access to * by dn.exact="${searcher.dn}" read by anonymous auth by * none`,
      '',
    ].join('\n'),
  );
  const urls = `ldap://127.0.0.1:${plainPort}${isSecure ? ` ldaps://127.0.0.1:${securePort}` : ''}`;
  const server = spawn('slapd', ['-f', file('slapd.conf'), '-h', urls, '-d', '0'], { stdio: 'ignore', env: pathOf() });
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  beforeDrop(stop);
  const certificate = isSecure ? readFileSync(file('ca.pem'), 'utf8') : '';
  const [ldap, ldaps] = [`ldap://127.0.0.1:${plainPort}`, `ldaps://127.0.0.1:${securePort}`];
  const withRoot = async (work: (client: Client) => Promise<void>) => {
    const client = new Client(isSecure ? { url: ldaps, tlsOptions: { ca: certificate } } : { url: ldap });
    try {
      await client.bind(root.dn, root.password);
      await work(client);
    } finally {
      await client.unbind().catch(() => {});
    }
  };
  const add: Directory['add'] = (dn, attributes) => withRoot((client) => client.add(dn, attributes));
  await untilReady(() => withRoot(async () => {}));
  await add(base, { objectClass: ['dcObject', 'organization'], dc: 'litera', o: 'Litera' });
  await add(searcher.dn, {
    objectClass: ['organizationalRole', 'simpleSecurityObject'],
    cn: 'tendero',
    userPassword: searcher.password,
  });
  return { ldap, ldaps, certificate, add, stop };
}

function findSlapd(): boolean {
  const isInstalled = () => spawnSync('slapd', ['-VV'], { env: pathOf() }).error === undefined;
  return hasServer('slapd', ['slapd', 'openssl'], 'The directory', isInstalled);
}
