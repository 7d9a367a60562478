/** The program is killed while it sends a mail, before and after the server has all of it: it arrives once, and is sent once. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connect } from '#kernel/mail/imap/connection.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { testDatabase } from '../database.ts';
import { type Server, startServer, tendero } from '../program.ts';
import { noDovecot, startDovecot } from './dovecot.ts';
import { noPostfix, startPostfix } from './postfix.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const skip = noDovecot || noPostfix;
const dovecot = skip ? null : await startDovecot();
const postfix = skip ? null : await startPostfix(dovecot!);
const folder = mkdtempSync(join(tmpdir(), 'tendero-outbox-'));
let server: Server | undefined;
after(() => {
  server?.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** Between the program and Postfix: keeps back the mail itself, or the answer to it. */
async function startValve(to: number) {
  const open = new Set<Socket>();
  let keepsBack: 'mail' | 'answer' | null = null;
  let isKept = false;
  const gate = createServer((client) => {
    const upstream = connectTo(to, '127.0.0.1');
    let isData = false;
    let hasAll = false;
    let tail = '';
    client.on('data', (data) => {
      tail = `${tail}${data}`.slice(-5);
      if (isData && tail === '\r\n.\r\n') hasAll = true;
      if (/^DATA\r\n/im.test(String(data))) isData = true;
      if (isData && keepsBack === 'mail') isKept = true;
      else upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!(hasAll && keepsBack === 'answer')) client.write(data);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          client.destroy();
          upstream.destroy();
        });
    }
  });
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done));
  after(() => {
    for (const socket of open) socket.destroy();
    gate.close();
  });
  return {
    port: (gate.address() as { port: number }).port,
    isKept: () => isKept,
    keepBack: (what: typeof keepsBack) => {
      keepsBack = what;
    },
  };
}

async function countOf(user: string, path: string, subject: string): Promise<number> {
  const host = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: user } as const;
  const connection = await connect(networkGuard(), { ...host, credential: { password: 'secret' } });
  try {
    await connection.client.mailboxOpen(path, { readOnly: true });
    const found = await connection.client.search({ subject }, { uid: true });
    return Array.isArray(found) ? found.length : 0;
  } finally {
    await connection.close();
  }
}

test('killed while a mail is being sent', { skip }, async () => {
  const { connection } = await testDatabase();
  const { user, password, database, host, port } = connection;
  const env = {
    TENDERO_DATA: folder,
    TENDERO_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    DATABASE_URL: `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(host!)}&port=${port}`,
  };
  const company = ['--company', 'Kill', '--email', 'ona@example.com', '--password', 'kava ir pyragas'];
  assert.equal((await tendero(env, 'setup', ...company)).code, 0);
  const { stdout } = await tendero(env, 'key', 'create', '--email', 'ona@example.com', '--json');
  const { key } = JSON.parse(stdout) as { key: string };
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  const valve = await startValve(postfix!.port);
  const [us, them] = [dovecot!.newUser(), dovecot!.newUser()];
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${server!.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = (await answer.json()) as { id: string; state: string };
    assert.ok(answer.ok, JSON.stringify(json));
    return json;
  };
  const until = async (what: string, check: () => Promise<boolean>) => {
    for (const end = Date.now() + 120_000; !(await check()); await sleep(50))
      if (Date.now() > end) assert.fail(`${what} did not come; ${server?.output().slice(-800)}`);
  };
  const isState = (id: string, state: string) => async () => (await ask('GET', `/mails/${id}`)).state === state;
  /** As if the time had passed for which it is waited whether the process lives, and for what is tried later. */
  const hurry = () =>
    client.query(`update ws_kill.outgoing_mail set leased_until = case when state in ('sending', 'ending') and
      leased_until > now() then now() - interval '1 second' else leased_until end,
      retry_at = case when state = 'ending' then now() else retry_at end where retry_at is not null`);

  server = await startServer(env);
  const imap = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: us, password: 'secret' };
  const smtp = { ...imap, port: valve.port };
  const mailbox = await ask('POST', '/mailboxes', { address: `${us}@shop.example`, imap, smtp });
  await ask('PUT', '/preferences/mail.undo', { value: 0 });
  const send = async (subject: string) => {
    const id = randomUUID();
    const content = {
      ...{ mailbox: mailbox.id, to: [{ name: '', address: `${them}@client.example` }], cc: [], bcc: [], subject },
      ...{ html: '<p>Good morning</p>', signature: '', quote: '', attachments: [], replyTo: null, about: {} },
      language: null,
    };
    await ask('PUT', `/mails/${id}`, { content, revision: null });
    await ask('POST', `/mails/${id}/send`, {});
    return id;
  };

  // The server does not have all of it: it is sent anew.
  valve.keepBack('mail');
  const before = await send('Killed before');
  await until('the mail', async () => valve.isKept());
  assert.equal((await ask('GET', `/mails/${before}`)).state, 'sending');
  await server.stop('SIGKILL');
  valve.keepBack(null);
  await hurry();
  server = await startServer(env);
  await until('the first mail', isState(before, 'sent'));
  await until('its copy', async () => (await countOf(us, 'Sent', 'Killed before')) === 1);

  // The server has it, and nobody heard: its writer is asked, and nothing goes out again.
  valve.keepBack('answer');
  const late = await send('Killed after');
  await until('the last line', isState(late, 'ending'));
  await until('the second mail', async () => (await countOf(them, 'INBOX', 'Killed after')) === 1);
  await server.stop('SIGKILL');
  valve.keepBack(null);
  await hurry();
  server = await startServer(env);
  await until('the doubt', async () => {
    const isThere = await isState(late, 'unsure')();
    if (!isThere) await client.query(`update ws_kill.outgoing_mail set retry_at = now() where retry_at > now()`);
    return isThere;
  });
  await ask('POST', `/mails/${late}/retry`, { how: 'arrived' });
  await until('its copy', async () => (await countOf(us, 'Sent', 'Killed after')) === 1);
  for (const subject of ['Killed before', 'Killed after'])
    assert.deepEqual([await countOf(them, 'INBOX', subject), await countOf(us, 'Sent', subject)], [1, 1], subject);
  const { rows } = await client.query(
    `select count(*)::integer as count from ws_kill.interaction where message_key is not null and state = 'done'`,
  );
  assert.equal(rows[0].count, 2, 'and both are here once');
  await client.end();
  assert.equal((await server.stop()).code, 0);
});
