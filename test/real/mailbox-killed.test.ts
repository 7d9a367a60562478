/** The program is killed while it reads a mailbox, and started again: every mail is here, each once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { testDatabase } from '../database.ts';
import { type Server, startServer, tendero } from '../program.ts';
import { noDovecot, startDovecot } from './dovecot.ts';

const skip = noDovecot;
const mailServer = skip ? null : await startDovecot();
const folder = mkdtempSync(join(tmpdir(), 'tendero-mailbox-'));
let server: Server | undefined;
after(() => {
  server?.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const MAILS = 250;
const letter = (index: number) =>
  Buffer.from(
    [
      `From: Client ${index} <client${index % 40}@customer.example>`,
      'To: ona@example.com',
      `Subject: Order ${index}`,
      `Message-ID: <order-${index}@customer.example>`,
      ...(index % 5 === 0 ? [] : [`In-Reply-To: <order-${index - (index % 5)}@customer.example>`]),
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      `We need ${index} doors.`,
      '--b',
      `Content-Disposition: attachment; filename=order-${index}.csv`,
      'Content-Type: text/csv',
      '',
      `doors,${index}`,
      '--b--',
      '',
    ].join('\r\n'),
  );

test('killed in the middle of a mailbox', { skip }, async () => {
  const { connection } = await testDatabase();
  const { user, password, database, host, port } = connection;
  const env = {
    TENDERO_DATA: folder,
    TENDERO_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    DATABASE_URL: `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(host!)}&port=${port}`,
  };
  const company = ['--company', 'Kill', '--email', 'ona@example.com', '--password', 'kava ir pyragas'];
  const made = await tendero(env, 'setup', ...company);
  assert.equal(made.code, 0, made.stderr);
  const { stdout } = await tendero(env, 'key', 'create', '--email', 'ona@example.com', '--json');
  const { key } = JSON.parse(stdout) as { key: string };
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  const numbers = async (text: string) =>
    (await client.query<string[]>({ text, rowMode: 'array' })).rows[0]!.map(Number);
  const kept = async () => (await numbers('select count(*) from ws_kill.interaction'))[0]!;
  const until = async (what: string, check: () => Promise<boolean>) => {
    for (const end = Date.now() + 120_000; !(await check()); await sleep(20))
      if (Date.now() > end) assert.fail(`${what} did not come: ${await kept()} mails; ${server?.output().slice(-500)}`);
  };

  const name = mailServer!.newUser();
  mailServer!.fill(
    name,
    'INBOX',
    Array.from({ length: MAILS }, (_, index) => letter(index)),
  );
  server = await startServer(env);
  const answer = await fetch(`${server.url}/api/mailboxes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      address: 'ona@example.com',
      imap: { host: '127.0.0.1', port: mailServer!.imap, security: 'none', username: name, password: 'secret' },
    }),
  });
  assert.equal(answer.status, 201, await answer.text());
  await until('some mails', async () => (await kept()) >= 20);
  await server.stop('SIGKILL');
  assert.ok((await kept()) < MAILS, 'it was in the middle');
  // As if the time had passed for which it is waited whether it lives.
  await client.query(`update ws_kill.mailbox_state set leased_until = now() - interval '1 second'`);
  server = await startServer(env);
  await until('all mails', async () => (await kept()) === MAILS);
  const settled = 'select count(*) from ws_kill.mailbox_folder where succeeded_at is not null and path = $$INBOX$$';
  await until('the end of the folder', async () => (await numbers(settled))[0] === 1);
  assert.deepEqual(
    await numbers(`select count(*), count(distinct message_key), count(distinct subject),
      count(*) filter (where jsonb_array_length(attachments) = 1 and jsonb_array_length(original) = 1)
      from ws_kill.interaction`),
    [MAILS, MAILS, MAILS, MAILS],
  );
  assert.deepEqual(
    await numbers(`select (select count(*) from ws_kill.mailbox_mail), (select count(distinct uid) from ws_kill.mailbox_mail),
      (select count(*) from ws_kill.conversation), (select count(*) from ws_kill.participant)`),
    [MAILS, MAILS, MAILS / 5, MAILS * 2],
  );
  await client.end();
  assert.equal((await server.stop()).code, 0);
});
