/**
 * Debian's Postfix as a company's outgoing server: it takes mail on a free port and hands it to Dovecot over LMTP, from a
 * fresh folder. Its master process needs the rights of root, and its parts run as `postfix`; where we are not root, or it is
 * missing and cannot be installed, the tests are skipped with a message, except where CI=true.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort, hasServer, pathOf, untilReady } from '../debian.ts';
import type { MailServer } from './dovecot.ts';

export interface OutgoingServer {
  readonly port: number;
  /** What Postfix wrote down, for a test that fails. */
  log(): string;
}

const isRoot = process.getuid?.() === 0;
const daemons = '/usr/lib/postfix/sbin';

/** Why there is no outgoing server here; false when there is one: `test(name, { skip: noPostfix }, …)`. */
export const noPostfix =
  isRoot && hasServer('postfix', ['postfix', 'openssl'], 'Sending', () => existsSync(join(daemons, 'smtpd')))
    ? false
    : 'no postfix';

/**
 * Who is called `later…` is refused for now, who is called `never…` for good.
 * @param mailboxes the server that has the mailboxes of every domain that ends in `.example`, and their passwords
 */
export async function startPostfix({ lmtp, auth }: Pick<MailServer, 'lmtp' | 'auth'>): Promise<OutgoingServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tendero-postfix-'));
  chmodSync(folder, 0o755);
  const file = (...names: string[]) => join(folder, ...names);
  const port = await freePort();
  for (const name of ['queue', 'data', 'etc']) mkdirSync(file(name));
  spawnSync('chown', ['postfix', file('data')]);
  writeFileSync(
    file('etc', 'main.cf'),
    `
compatibility_level = 3.6
queue_directory = ${file('queue')}
data_directory = ${file('data')}
daemon_directory = ${daemons}
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${file('queue', 'log')}
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.example
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = regexp:${file('etc', 'domains')}
virtual_transport = lmtp:inet:127.0.0.1:${lmtp}
relayhost = 127.0.0.1:9
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${auth}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:${file('etc', 'recipients')}, permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
anvil_rate_time_unit = 1h
lmtp_tls_security_level = none
notify_classes =
bounce_queue_lifetime = 1h
`,
  );
  writeFileSync(file('etc', 'domains'), '/\\.example$/ ok\n');
  writeFileSync(file('etc', 'recipients'), '/^later/ 450 4.2.1 not now\n/^never/ 550 5.7.1 not you\n');
  const open = new Set(['cleanup', 'qmgr', 'postlog']);
  const service = (name: string, type: string, command: string, wakeUp = '-', most = '-') =>
    `${name} ${type} ${type === 'inet' || open.has(name) ? 'n' : 'y'} - n ${wakeUp} ${most} ${command}`;
  const master = [
    service(`127.0.0.1:${port}`, 'inet', 'smtpd'),
    service('cleanup', 'unix', 'cleanup', '-', '0'),
    service('qmgr', 'unix', 'qmgr', '300', '1'),
    service('rewrite', 'unix', 'trivial-rewrite'),
    ...['bounce', 'defer', 'trace'].map((name) => service(name, 'unix', 'bounce', '-', '0')),
    service('proxymap', 'unix', 'proxymap'),
    service('smtp', 'unix', 'smtp'),
    service('lmtp', 'unix', 'lmtp'),
    ...['error', 'retry'].map((name) => service(name, 'unix', 'error')),
    service('anvil', 'unix', 'anvil', '-', '1'),
    service('postlog', 'unix-dgram', 'postlogd', '-', '1'),
  ];
  writeFileSync(file('etc', 'master.cf'), `${master.join('\n')}\n`);
  const postfix = (...args: string[]) =>
    spawnSync('postfix', ['-c', file('etc'), ...args], { env: pathOf(), encoding: 'utf8' });
  const checked = postfix('check');
  if (checked.status !== 0) throw new Error(`postfix does not start: ${checked.stderr.slice(-2_000)}`);
  const server: ChildProcess = spawn(join(daemons, 'master'), ['-c', file('etc'), '-d'], {
    stdio: 'ignore',
    detached: true,
    env: pathOf(),
  });
  const log = () => (existsSync(file('queue', 'log')) ? readFileSync(file('queue', 'log'), 'utf8') : 'no log');
  after(async () => {
    const ended = new Promise((done) => server.once('exit', done));
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      process.kill(-server.pid, 'SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  try {
    await untilReady(() => greets(port));
  } catch (error) {
    throw new Error(`postfix does not start: ${log().slice(-2_000)}`, { cause: error });
  }
  return { port, log };
}

function greets(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('it hung up')));
    socket.once('data', (data) => {
      if (String(data).startsWith('220')) done();
      socket.destroy();
    });
  });
}
