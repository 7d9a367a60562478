import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '#kernel/mail/imap/connection.ts';
import { parse } from '#kernel/mail/parse.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { openBrowser } from '../test/browser.ts';
import { type Server, startServer, tendero } from '../test/program.ts';
import { noDovecot, startDovecot } from '../test/real/dovecot.ts';
import { type Figure, figure } from './figure.ts';
import { letters } from './letters.ts';
import type { Million } from './million.ts';
import { cpuOf } from './requests.ts';

const MAILS = 50_000 * Number(process.env.BENCH_SCALE ?? 1);
/** How many of them the floor takes: it is the same for each. */
const FLOOR_MAILS = Math.min(MAILS, 5_000);
const CONTACTS = 2_000;
const NEW_MAILS = 30;

type Dovecot = Awaited<ReturnType<typeof startDovecot>>;

/**
 * A mailbox of 50,000 mails is connected: how many a second come in, what each costs, and what the process weighs meanwhile.
 * Then a new mail: when somebody who looks at the customer sees it. A real Dovecot, the program as a process.
 */
export async function benchMailbox(say: (line: string) => void): Promise<Figure[]> {
  if (noDovecot) throw new Error(noDovecot);
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
  const dovecot = await startDovecot();
  const folder = mkdtempSync(join(tmpdir(), 'tendero-bench-mailbox-'));
  let server: Server | undefined;
  try {
    const env = { TENDERO_DATA: folder, TENDERO_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' };
    const company = ['--company', 'Bench', '--email', 'ona@example.com', '--password', 'kava ir pyragas'];
    const made = await tendero(env, 'setup', ...company);
    if (made.code !== 0) throw new Error(made.stderr);
    const { stdout } = await tendero(env, 'key', 'create', '--email', 'ona@example.com', '--json');
    const { key } = JSON.parse(stdout) as { key: string };
    server = await startServer(env);
    const ask = asker(server.url, key);
    const { account, address } = await customers(ask);

    const name = dovecot.newUser();
    let bytes = 0;
    dovecot.fill(
      name,
      'INBOX',
      letters(MAILS, CONTACTS).map((raw) => {
        bytes += raw.length;
        return raw;
      }),
    );
    say(`${MAILS} mails of ${Math.round(bytes / MAILS / 1024)} kB each on average`);
    const floor = await floorOf(dovecot, name);
    const told = await untilTold(dovecot, name);
    const come = await comeIn(server, ask, dovecot, name, `${folder}/postgres`);
    const perCore = 1000 / come.node;
    say(
      `${come.perSecond.toFixed(0)} mails/s; of each ${come.node.toFixed(2)} ms CPU of the server, ${come.postgres.toFixed(2)} of the database; ${perCore.toFixed(0)} a second of a core (floor ${(1000 / floor).toFixed(0)}); at most ${come.memory.toFixed(0)} MB`,
    );
    const seen = await untilSeen(server, dovecot, name, account, address);
    say(
      `a new mail is seen after ${seen.median.toFixed(0)} ms, p95 ${seen.p95.toFixed(0)} ms; Dovecot tells of it after ${told.median.toFixed(0)}, p95 ${told.p95.toFixed(0)}`,
    );
    const sync = `sync of ${MAILS} mails`;
    return [
      figure(sync, 'mails per second of a core, server', perCore, 'higher', 1_000, 1000 / floor),
      figure(sync, 'CPU ms/mail, database', come.postgres, 'lower'),
      figure(sync, 'mails/s', come.perSecond, 'higher'),
      figure(sync, 'MB RSS at most', come.memory, 'lower', 300),
      figure('new mail, from its delivery to an open browser', 'median ms', seen.median, 'lower', null, told.median),
      figure('new mail, from its delivery to an open browser', 'p95 ms', seen.p95, 'lower', 2_000, told.p95),
    ];
  } finally {
    await server?.stop();
    await dovecot.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

type Ask = ReturnType<typeof asker>;

function asker(url: string, key: string) {
  return async <Answer>(method: string, path: string, json?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Answer;
  };
}

/** A company's people: most who write are known. */
async function customers(ask: Ask): Promise<{ account: string; address: string }> {
  const { id } = await ask<{ id: string }>('POST', '/records/account', { name: 'Ąžuolas UAB' });
  for (let from = 0; from < CONTACTS; from += 500) {
    const items = Array.from({ length: Math.min(500, CONTACTS - from) }, (_, n) => ({
      ...{
        firstName: 'Client',
        lastName: `No ${from + n}`,
        emails: [`client${from + n}@customer${(from + n) % 300}.example`],
      },
      ...(from + n === 0 ? { account: id } : {}),
    }));
    await ask('POST', '/records/contact/bulk', { create: items });
  }
  return { account: id, address: 'client0@customer0.example' };
}

/** Connects the mailbox and waits until all of it is here. CPU in ms of each mail. */
async function comeIn(server: Server, ask: Ask, dovecot: Dovecot, name: string, pgdata: string) {
  const million = { embedded: { pgdata: `${pgdata}/data` } } as Million;
  const used = () => cpuOf(server as never, million);
  const before = used();
  const started = performance.now();
  const imap = { host: '127.0.0.1', port: dovecot.imap, security: 'none', username: name, password: 'secret' };
  const { id } = await ask<{ id: string }>('POST', '/mailboxes', { address: 'ona@example.com', imap });
  let memory = 0;
  for (let kept = 0; kept < MAILS; ) {
    await sleep(500);
    memory = Math.max(
      memory,
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))![1]) / 1024,
    );
    const { folders } = await ask<{ folders: { path: string; kept: number }[] }>('GET', `/mailboxes/${id}`);
    kept = folders.find(({ path }) => path === 'INBOX')?.kept ?? 0;
  }
  const seconds = (performance.now() - started) / 1000;
  const after = used();
  return {
    perSecond: MAILS / seconds,
    node: (after.node - before.node) / MAILS,
    postgres: (after.postgres - before.postgres) / MAILS,
    memory,
  };
}

/** CPU ms of a mail that is fetched by the bare library and parsed, and not kept. */
async function floorOf(dovecot: Dovecot, username: string): Promise<number> {
  const host = { host: '127.0.0.1', port: dovecot.imap, security: 'none', username } as const;
  const open = await connect(networkGuard(), { ...host, credential: { password: 'secret' } });
  await open.client.mailboxOpen('INBOX', { readOnly: true });
  const before = process.cpuUsage();
  let count = 0;
  for await (const { source } of open.client.fetch(`1:${FLOOR_MAILS}`, { source: true })) {
    await parse(source!);
    count++;
  }
  const { user, system } = process.cpuUsage(before);
  await open.close();
  return (user + system) / 1000 / count;
}

/**
 * When Dovecot tells a bare client that a mail was delivered, in milliseconds: 0.5 s by its own decision, and 1 s that it goes
 * through the files of a Maildir of 50,000.
 */
async function untilTold(dovecot: Dovecot, username: string) {
  const host = { host: '127.0.0.1', port: dovecot.imap, security: 'none', username } as const;
  const { client, close } = await connect(networkGuard(), { ...host, credential: { password: 'secret' } });
  await client.mailboxOpen('INBOX', { readOnly: true });
  const times: number[] = [];
  for (let n = 0; n < NEW_MAILS / 2; n++) {
    void client.idle();
    await sleep(1_000);
    const told = once(client, 'exists');
    await dovecot.deliver(
      username,
      [`Message-ID: <floor-${n}@customer0.example>`, 'Subject: Floor', '', 'text', ''].join('\r\n'),
    );
    const started = performance.now();
    await told;
    times.push(performance.now() - started);
    await client.noop();
  }
  await close();
  return middleOf(times);
}

function middleOf(times: number[]) {
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)]!;
  return { median: at(0.5), p95: at(0.95) };
}

/** Somebody looks at the account while mails come. Milliseconds from the end of the delivery. */
async function untilSeen(server: Server, dovecot: Dovecot, name: string, account: string, from: string) {
  const browser = await openBrowser();
  if (!browser) throw new Error('no browser');
  try {
    const context = await browser.newContext({ baseURL: server.url, serviceWorkers: 'block' });
    const sign = { email: 'ona@example.com', password: 'kava ir pyragas' };
    await context.request.post('/api/session', { data: sign });
    const page = await context.newPage();
    await page.goto(`/o/account/${account}`);
    await page.getByRole('heading', { name: 'Ąžuolas UAB' }).first().waitFor();
    const times: number[] = [];
    for (let n = 0; n < NEW_MAILS; n++) {
      const head = [`From: Client <${from}>`, 'To: ona@example.com', `Subject: News no. ${n} of today`];
      const seen = page.evaluate(`new Promise((done) => {
        const look = () => document.body.textContent.includes('News no. ${n} of today') && done();
        new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
      })`);
      const date = `Date: ${new Date().toUTCString()}`;
      await dovecot.deliver(
        name,
        [...head, `Message-ID: <news-${n}@customer0.example>`, date, '', 'Good news', ''].join('\r\n'),
      );
      const started = performance.now();
      await Promise.race([seen, sleep(30_000).then(() => Promise.reject(new Error('not seen')))]);
      times.push(performance.now() - started);
      await sleep(700);
    }
    return middleOf(times);
  } finally {
    await browser.close();
  }
}
