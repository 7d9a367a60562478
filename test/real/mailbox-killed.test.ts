/** The program is killed while it reads a mailbox, or brings a calendar in step, and started again: all is here, each once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { testDatabase } from '../database.ts';
import { type Server, startServer, tendero } from '../program.ts';
import { noDovecot, startDovecot } from './dovecot.ts';
import { noRadicale, startRadicale } from './radicale.ts';

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

/** Between the program and Radicale: keeps back the answer to what was written. */
async function startGate(to: string) {
  let keepsBack = false;
  let kept = 0;
  const gate = createServer((asked, answer) => {
    const { method, headers, url } = asked;
    const onward = request(new URL(url!, to), { method, headers }, (answered) => {
      if (keepsBack && method === 'PUT') {
        kept++;
        answered.resume();
        return;
      }
      answer.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done));
  after(() => {
    gate.closeAllConnections();
    gate.close();
  });
  return {
    url: `http://127.0.0.1:${(gate.address() as { port: number }).port}/`,
    keepBack: (isKept: boolean) => {
      keepsBack = isKept;
      kept = 0;
    },
    kept: () => kept,
  };
}

test('killed in the middle of a mailbox, and of a calendar', { skip }, async () => {
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

  if (noRadicale) {
    await client.end();
    assert.equal((await server.stop()).code, 0);
    return;
  }
  const radicale = await startRadicale();
  const gate = await startGate(radicale.url);
  const calendar = await radicale.newUser();
  const ask = async (method: string, path: string, body: object) => {
    const answered = await fetch(`${server!.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const json = (await answered.json()) as { id: string };
    assert.ok(answered.ok, JSON.stringify(json));
    return json;
  };
  const ahead = (hour: number) =>
    `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const put = (uid: string, hour: number) => {
    const start = `DTSTART:${ahead(hour).replaceAll(/[-:]/g, '').replace('.000', '')}`;
    const lines = [`UID:${uid}`, 'DTSTAMP:20260101T000000Z', start, 'DURATION:PT1H', `SUMMARY:${uid}`];
    return calendar.put(`${uid}.ics`, 'BEGIN:VEVENT', ...lines, 'END:VEVENT');
  };
  const plan = (subject: string, hour: number) =>
    ask('POST', '/records/interaction', { channel: 'meeting', subject, at: ahead(hour) });
  /** As if the time had passed until its next turn, and for which it is waited whether the process lives. */
  const hurry = () =>
    client.query(
      'update ws_kill.calendar set retry_at = now(), leased_until = null where leased_until is not null or retry_at > now()',
    );
  const killed = async () => {
    await until('what was written', async () => gate.kept() === 1);
    await server!.stop('SIGKILL');
    gate.keepBack(false);
    await hurry();
    server = await startServer(env);
  };
  const meetings = `select count(*), count(distinct subject) from ws_kill.interaction where channel = 'meeting' and deleted_at is null`;
  const links = 'select count(*), count(distinct interaction_id), count(distinct href) from ws_kill.calendar_link';

  for (const [index, uid] of ['first', 'second'].entries()) await put(uid, 8 + index);
  const planned = await plan('Planned', 12);
  gate.keepBack(true);
  const access = { url: gate.url, username: calendar.user, password: 'secret', name: 'Work' };
  await ask('POST', '/calendars', { ...access, calendar: `${gate.url}${calendar.user}/work/` });
  // The server has what was planned here, and the program never came to note it.
  await killed();
  await until('all meetings', async () => (await numbers(links))[0] === 3);
  assert.deepEqual(await numbers(meetings), [3, 3]);
  assert.deepEqual([...(await calendar.all()).keys()].sort(), ['first.ics', `${planned.id}.ics`, 'second.ics'].sort());

  await put('third', 14);
  gate.keepBack(true);
  await ask('PATCH', `/records/interaction/${planned.id}`, { subject: 'Renamed' });
  await hurry();
  await killed();
  const agreed = `select count(*) from ws_kill.calendar_object where etag <> ''`;
  await until('both sides', async () => {
    await hurry();
    return (await numbers(links))[0] === 4 && (await numbers(agreed))[0] === 4;
  });
  assert.deepEqual(
    [await numbers(meetings), await numbers(links)],
    [
      [4, 4],
      [4, 4, 4],
    ],
  );
  assert.equal((await numbers(`select count(*) from ws_kill.interaction where subject = 'Renamed'`))[0], 1);
  const files = await calendar.all();
  assert.equal(files.size, 4);
  assert.match(files.get(`${planned.id}.ics`)!, /SUMMARY:Renamed/);
  await client.end();
  assert.equal((await server.stop()).code, 0);
});
