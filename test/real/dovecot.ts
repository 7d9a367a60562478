/**
 * Debian's Dovecot as a company's mail server: IMAP with and without TLS and LMTP on free ports, from a fresh folder, without
 * rights of root. Where it is missing it is installed when we are root; else the tests are skipped with a message, except
 * where CI=true.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { freePort, hasServer, makeCertificate, pathOf, untilReady } from '../debian.ts';

export interface MailServer {
  readonly imap: number;
  readonly imaps: number;
  /** Where other servers hand mails in: of an address, the part before the @ is the user. */
  readonly lmtp: number;
  /** Where other servers ask whether a password is right. */
  readonly auth: number;
  /** Who signed its certificate, in PEM. It is made for `localhost`. */
  readonly authority: string;
  /** Somebody with an empty mailbox and the password `secret`; with little room, the mailbox holds 20 kB. */
  newUser(room?: 'much' | 'little'): string;
  /** Hands a mail in as other servers do (LMTP). */
  deliver(user: string, raw: string | Buffer): Promise<void>;
  /** Puts many mails into a folder's files at once; for folders that nobody has open. */
  fill(user: string, folder: string, mails: Iterable<Buffer>): void;
  /** Makes the server forget what it called the mails of a folder: the next UIDVALIDITY is another one. */
  renumber(user: string, folder: string): Promise<void>;
  /** As if the power went. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Why there is no mail server here; false when there is one: `test(name, { skip: noDovecot }, …)`. */
export const noDovecot = findDovecot() ? false : 'no dovecot';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** @param introspection where it asks whose an access token is (RFC 7662); without it nobody signs in with one */
export async function startDovecot({ introspection }: { introspection?: string } = {}): Promise<MailServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tendero-dovecot-'));
  // Others' folders above would be closed to whom the server runs as.
  chmodSync(folder, 0o755);
  const file = (...names: string[]) => join(folder, ...names);
  for (const name of ['run', 'state', 'mail']) mkdirSync(file(name));
  const [imap, imaps, lmtp, auth] = [await freePort(), await freePort(), await freePort(), await freePort()];
  makeCertificate(folder, 'DNS:localhost');
  const { username } = isRoot ? { username: 'nobody' } : await import('node:os').then(({ userInfo }) => userInfo());
  const group = spawnSync('id', ['-gn', username], { encoding: 'utf8' }).stdout.trim();
  // Dovecot looks at the file once in a while only: everybody who may come stands in it.
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
  const lines = [
    ...numbers.map((number) => `much${number}:{PLAIN}secret::::::`),
    ...numbers.map((number) => `little${number}:{PLAIN}secret::::::userdb_quota_rule=*:bytes=20000`),
  ];
  writeFileSync(file('users'), `${lines.join('\n')}\n`);
  writeFileSync(
    file('dovecot.conf'),
    `
base_dir = ${file('run')}
state_dir = ${file('state')}
log_path = ${file('dovecot.log')}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <${file('server.pem')}
ssl_key = <${file('server.key')}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login${introspection ? ' xoauth2 oauthbearer' : ''}
auth_username_format = %Ln
default_internal_user = ${username}
default_internal_group = ${group}
default_login_user = ${username}
mail_uid = ${username}
mail_gid = ${group}
first_valid_uid = 1
first_valid_gid = 1
mail_home = ${file('mail')}/%u
mail_location = maildir:${file('mail')}/%u/Maildir
mail_plugins = quota
maildir_very_dirty_syncs = no
${introspection ? `passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${file('oauth2.conf')}\n}` : ''}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${file('users')}
}
userdb {
  driver = passwd-file
  args = username_format=%u ${file('users')}
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = ${imaps}
    ssl = yes
  }
}
service auth {
  inet_listener {
    port = ${auth}
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${lmtp}
  }
}
protocol imap {
  mail_plugins = quota imap_quota
  mail_max_userip_connections = 50
  imap_idle_notify_interval = 10 s
}
`,
  );
  if (introspection)
    writeFileSync(
      file('oauth2.conf'),
      `introspection_mode = post\nintrospection_url = ${introspection}\nusername_attribute = sub\nactive_attribute = active\nactive_value = true\n`,
    );
  if (isRoot) spawnSync('chown', ['-R', `${NOBODY}:${group}`, folder]);
  let server: ChildProcess | undefined;
  const start = async () => {
    // What it cannot do before it has a log it says here.
    const said = openSync(file('dovecot.err'), 'a');
    server = spawn('dovecot', ['-F', '-c', file('dovecot.conf')], {
      stdio: ['ignore', 'ignore', said],
      detached: true,
      env: pathOf(),
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    closeSync(said);
    try {
      await untilReady(() => isOpen(imap));
    } catch (error) {
      const logs = ['dovecot.err', 'dovecot.log'].map((name) => file(name)).filter((path) => existsSync(path));
      const log = logs.map((path) => readFileSync(path, 'utf8')).join('\n') || 'no log';
      throw new Error(`dovecot does not start: ${log.slice(-2_000)}`, { cause: error });
    }
  };
  const kill = async () => {
    const ended = new Promise((done) => server?.once('exit', done));
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    process.kill(-server.pid, 'SIGKILL');
    await ended;
    // Its children end a moment later: one may still be writing there, or take a connection.
    const answers = () =>
      isOpen(imap).then(
        () => true,
        () => false,
      );
    while (await answers()) await sleep(20);
    rmSync(file('run'), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    mkdirSync(file('run'));
    own(file('run'));
    await sleep(100);
  };
  after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const own = (path: string) => isRoot && chownSync(path, NOBODY, NOBODY);
  const maildir = (user: string, name: string) =>
    file('mail', user, 'Maildir', ...(name === 'INBOX' ? [] : [`.${name.replaceAll('/', '.')}`]));
  await start();
  let count = 0;
  let users = 0;
  return {
    imap,
    imaps,
    lmtp,
    auth,
    authority: readFileSync(file('ca.pem'), 'utf8'),
    newUser: (room = 'much') => `${room}${++users}`,
    async deliver(user, raw) {
      const transport = createTransport({
        lmtp: true,
        host: '127.0.0.1',
        port: lmtp,
        tls: { rejectUnauthorized: false },
      } as object);
      await transport.sendMail({ envelope: { from: 'sender@example.com', to: user }, raw });
      transport.close();
    },
    fill(user, name, mails) {
      const path = maildir(user, name);
      for (const part of ['', 'cur', 'new', 'tmp']) {
        mkdirSync(join(path, part), { recursive: true });
        own(join(path, part));
      }
      for (const part of [file('mail', user), file('mail', user, 'Maildir')]) own(part);
      for (const raw of mails) {
        const at = join(path, 'cur', `${1_700_000_000 + count}.M${count}P1.test:2,S`);
        writeFileSync(at, raw);
        own(at);
        count++;
      }
    },
    async renumber(user, name) {
      // The number is a time in seconds.
      await sleep(1_100);
      const forget = (path: string) => {
        for (const entry of readdirSync(path))
          if (/^dovecot[-.](uidlist|uidvalidity|index|list)/.test(entry)) rmSync(join(path, entry), { force: true });
      };
      forget(maildir(user, name));
      forget(maildir(user, 'INBOX'));
    },
    kill,
    start,
  };
}

/** Between a client and a server: passes on what is said until somebody cuts or silences it. */
export async function startProxy(
  to: number,
): Promise<{ port: number; cutAfter(bytes: number): void; silence(isSilent: boolean): void; cut(): void }> {
  const open = new Set<{ destroy(): void }>();
  let left = Number.POSITIVE_INFINITY;
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          open.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (data) => isSilent || upstream.write(data));
    upstream.on('data', (data) => {
      if (isSilent) return;
      client.write(data.subarray(0, left));
      left -= data.length;
      if (left > 0) return;
      left = Number.POSITIVE_INFINITY;
      client.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  after(() => {
    cut();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    cutAfter: (bytes) => {
      left = bytes;
    },
    silence: (silent) => {
      isSilent = silent;
    },
    cut,
  };
}

function findDovecot(): boolean {
  const packages = ['dovecot-imapd', 'dovecot-lmtpd', 'openssl'];
  const isInstalled = () =>
    spawnSync('dovecot', ['--version'], { env: pathOf() }).error === undefined && existsSync('/usr/lib/dovecot/lmtp');
  return hasServer('dovecot', packages, 'Mailboxes', isInstalled);
}

function isOpen(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', fail);
    socket.once('data', () => {
      socket.destroy();
      done();
    });
  });
}
