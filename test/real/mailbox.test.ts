import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendSent, findMail } from '#kernel/mail/imap/append.ts';
import {
  connect,
  findRenamed,
  type ImapServer,
  listFolders,
  type MailConnection,
} from '#kernel/mail/imap/connection.ts';
import type { FolderBatch, FolderCursor, FolderSink, SyncOptions } from '#kernel/mail/imap/contract.ts';
import { MailFault } from '#kernel/mail/imap/fault.ts';
import { syncFolder } from '#kernel/mail/imap/sync.ts';
import { type FollowState, follow, watch } from '#kernel/mail/imap/watch.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { noDovecot, startDovecot, startProxy } from './dovecot.ts';

const skip = noDovecot;
const guard = networkGuard('127.0.0.0/8,::1');
const server = skip ? null : await startDovecot();

/** A mailbox of its own for a test. */
function newUser(room?: 'much' | 'little'): { name: string; settings: ImapServer } {
  const name = server!.newUser(room);
  const credential = { password: 'secret' };
  return { name, settings: { host: '127.0.0.1', port: server!.imap, security: 'none', username: name, credential } };
}

/** Mails as a company has them: short answers, long HTML, files, several languages; 2 to 60 kB. */
function* letters(from: number, count: number): Generator<Buffer> {
  for (let index = from; index < from + count; index++) {
    const head = [
      `From: "Klientas ${index % 97}" <client${index % 97}@customer${index % 31}.example>`,
      'To: =?utf-8?q?Pardavim=C5=B3_skyrius?= <sales@example.org>',
      `Subject: =?utf-8?B?${Buffer.from(`Užsakymas Nr. ${index}`).toString('base64')}?=`,
      `Message-ID: <letter-${index}@customer.example>`,
      ...(index % 3 === 0 ? [`In-Reply-To: <letter-${index - 3}@customer.example>`] : []),
      `Date: ${new Date(Date.UTC(2024, 0, 1) + index * 600_000).toUTCString()}`,
      'Received: from mx.customer.example by mx.example.org with ESMTPS; Mon, 1 Jan 2024 10:00:00 +0000',
      'MIME-Version: 1.0',
    ];
    const text = `Laba diena,\r\n${`Siunčiame užsakymą ${index}. `.repeat(5 + (index % 60))}\r\n\r\nPagarbiai\r\nAgnė\r\n`;
    const body =
      index % 4 === 0
        ? ['Content-Type: text/plain; charset=utf-8', '', text]
        : [
            'Content-Type: multipart/mixed; boundary="b"',
            '',
            '--b',
            'Content-Type: text/html; charset=utf-8',
            'Content-Transfer-Encoding: base64',
            '',
            Buffer.from(`<p>${text}</p>`).toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
            ...(index % 10 === 1
              ? [
                  '--b',
                  'Content-Type: application/pdf; name=order.pdf',
                  'Content-Transfer-Encoding: base64',
                  '',
                  Buffer.alloc(30_000, index % 256)
                    .toString('base64')
                    .replaceAll(/.{76}/g, '$&\r\n'),
                ]
              : []),
            '--b--',
          ];
    yield Buffer.from([...head, ...body].join('\r\n'));
  }
}

const letter = (id: string, subject = id, ...lines: string[]) =>
  [
    `From: ana@example.com`,
    'To: us@example.org',
    `Subject: ${subject}`,
    `Message-ID: <${id}@example.com>`,
    ...lines,
    '',
    'text',
    '',
  ].join('\r\n');

/** What a keeper of mails does, in memory: one copy by key, where each is, and the cursor with every batch. */
function keeper() {
  const kept = {
    mails: new Map<string, { subject: string; deliveries: number; bytes: number }>(),
    /** folder → UID → key and flags */
    places: new Map<string, Map<number, { key: string; flags: readonly string[] }>>(),
    cursors: new Map<string, FolderCursor>(),
    skipped: [] as string[],
    order: [] as string[],
    batches: 0,
    /** Called before a batch is kept, and after: what it throws is a crash there. */
    before: (_batch: FolderBatch) => {},
    after: (_batch: FolderBatch) => {},
  };
  const sink: FolderSink = {
    known: async (keys) => new Set(keys.filter((key) => kept.mails.has(key))),
    uids: async (folder) => [...(kept.places.get(folder)?.keys() ?? [])],
    async commit(batch) {
      kept.before(batch);
      kept.batches++;
      const places = batch.isRenumbered ? new Map() : (kept.places.get(batch.folder) ?? new Map());
      kept.places.set(batch.folder, places);
      for (const { uid, key, message, raw, flags } of batch.arrived) {
        const known = kept.mails.get(key);
        kept.mails.set(key, { subject: message.subject, deliveries: (known?.deliveries ?? 0) + 1, bytes: raw.length });
        places.set(uid, { key, flags });
        kept.order.push(message.subject);
      }
      for (const { uid, key, flags } of batch.located) {
        assert.ok(kept.mails.has(key), 'a mail is said to be known that is not');
        places.set(uid, { key, flags });
      }
      for (const { uid, flags } of batch.changed) {
        const place = places.get(uid);
        if (place) places.set(uid, { ...place, flags });
      }
      for (const uid of batch.gone) places.delete(uid);
      for (const { reason, subject } of batch.skipped) kept.skipped.push(`${reason} ${subject}`);
      kept.cursors.set(batch.folder, JSON.parse(JSON.stringify(batch.cursor)));
      kept.after(batch);
    },
  };
  const sync = (connection: MailConnection, folder = 'INBOX', options: SyncOptions = {}) =>
    syncFolder(connection, folder, kept.cursors.get(folder) ?? null, sink, options);
  return { ...kept, kept, sync, subjects: () => [...kept.mails.values()].map(({ subject }) => subject).sort() };
}

async function withConnection<Result>(
  settings: ImapServer,
  work: (connection: MailConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(guard, settings);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const faultOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof MailFault, `no fault: ${error}`);
  return error.code;
};

test('2,000 mails: all, newest first, memory flat; then only what is new', { skip }, async (t) => {
  const { name, settings } = newUser();
  server!.fill(name, 'INBOX', letters(0, 2_000));
  const { sync, kept } = keeper();
  await withConnection(settings, async (connection) => {
    const [cpu, rss] = [process.cpuUsage(), process.memoryUsage().rss];
    let peak = 0;
    kept.after = () => {
      peak = Math.max(peak, process.memoryUsage().rss);
    };
    const report = await sync(connection);
    const { user, system } = process.cpuUsage(cpu);
    t.diagnostic(
      `${Math.round(2_000 / ((user + system) / 1e6))} mails a CPU second, ${Math.round((peak - rss) / 1024 ** 2)} MB more at the peak`,
    );
    assert.deepEqual([report.arrived, report.exists, report.isComplete, report.cursor.below], [2_000, 2_000, true, 0]);
    assert.equal(kept.mails.size, 2_000);
    assert.equal(kept.order[0], 'Užsakymas Nr. 1999');
    assert.ok(peak - rss < 200 * 1024 ** 2, `${Math.round((peak - rss) / 1024 ** 2)} MB`);
    const again = await sync(connection);
    assert.deepEqual([again.arrived, again.located, again.changed, again.gone], [0, 0, 0, 0]);
    await server!.deliver(name, letter('new', 'new one'));
    const third = await sync(connection);
    assert.deepEqual([third.arrived, kept.mails.size], [1, 2_001]);
  });
});

test('a file of 50 MB arrives whole', { skip }, async (t) => {
  const { name, settings } = newUser();
  const content = Buffer.alloc(50 * 1024 * 1024);
  for (let at = 0; at < content.length; at += 4_096) content.writeUInt32LE(at, at);
  const head = [
    ...letter('large').split('\r\n').slice(0, 4),
    'Content-Type: application/zip',
    'Content-Transfer-Encoding: base64',
  ];
  const body = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  server!.fill(name, 'INBOX', [Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}\r\n`)]);
  const { sync, kept } = keeper();
  await withConnection(settings, async (connection) => {
    const before = process.memoryUsage().rss;
    kept.before = ({ arrived }) => {
      if (arrived.length === 0) return;
      t.diagnostic(`${Math.round((process.memoryUsage().rss - before) / 1024 ** 2)} MB more`);
      assert.ok(content.equals(arrived[0]!.message.attachments[0]!.bytes));
    };
    assert.equal((await sync(connection)).arrived, 1);
  });
});

test('flags, deletions, moves and copies', { skip }, async () => {
  const { name, settings } = newUser();
  for (const id of ['a', 'b', 'c', 'd']) await server!.deliver(name, letter(id));
  const { sync, kept, subjects } = keeper();
  await withConnection(settings, async (connection) => {
    await sync(connection);
    const uidOf = (id: string, folder = 'INBOX') =>
      [...kept.places.get(folder)!].find(([, { key }]) => kept.mails.get(key)!.subject === id)?.[0];
    await withConnection(settings, async ({ client }) => {
      await client.mailboxOpen('INBOX');
      await client.messageFlagsAdd(String(uidOf('a')), ['\\Seen', '\\Flagged'], { uid: true });
      await client.messageDelete(String(uidOf('b')), { uid: true });
      await client.mailboxCreate('Clients');
      await client.messageMove(String(uidOf('c')), 'Clients', { uid: true });
      await client.messageCopy(String(uidOf('d')), 'Clients', { uid: true });
    });
    const report = await sync(connection);
    assert.deepEqual([report.arrived, report.gone], [0, 2]);
    assert.deepEqual(
      [...kept.places.get('INBOX')!.get(uidOf('a')!)!.flags].filter((flag) => flag !== '\\Recent').sort(),
      ['\\Flagged', '\\Seen'],
    );
    assert.deepEqual([uidOf('b'), uidOf('c')], [undefined, undefined]);
    const moved = await sync(connection, 'Clients');
    assert.deepEqual([moved.arrived, moved.located], [0, 2], 'what is known is not fetched again');
    assert.deepEqual(subjects(), ['a', 'b', 'c', 'd']);
    assert.ok([...kept.mails.values()].every(({ deliveries }) => deliveries === 1));
    await withConnection(settings, async ({ client }) => {
      await client.mailboxOpen('INBOX');
      await client.messageDelete('1:*', { uid: true });
    });
    await sync(connection);
    assert.equal(kept.places.get('INBOX')!.size, 0, 'an emptied folder');
  });
});

test('servers that keep no count of changes, or do not say what was deleted', { skip }, async () => {
  const { name, settings } = newUser();
  server!.fill(name, 'INBOX', letters(0, 30));
  const { sync, kept } = keeper();
  await withConnection(settings, async (connection) => {
    await sync(connection);
    connection.client.enabled.delete('QRESYNC');
    for (const forget of [false, true]) {
      const cursor = kept.cursors.get('INBOX')!;
      if (forget) kept.cursors.set('INBOX', { ...cursor, modseq: null });
      const [first, second] = [...kept.places.get('INBOX')!.keys()];
      await withConnection(settings, async ({ client }) => {
        await client.mailboxOpen('INBOX');
        await client.messageDelete(String(first), { uid: true });
        await client.messageFlagsAdd(String(second), ['\\Answered'], { uid: true });
      });
      const report = await sync(connection);
      assert.deepEqual([report.arrived, report.gone], [0, 1]);
      assert.ok(kept.places.get('INBOX')!.get(second!)!.flags.includes('\\Answered'));
      await sync(connection);
    }
    assert.equal(kept.places.get('INBOX')!.size, 28);
  });
});

test('a crash anywhere: nothing is lost, nothing is twice', { skip }, async () => {
  const { name, settings } = newUser();
  server!.fill(name, 'INBOX', letters(0, 700));
  const { sync, kept } = keeper();
  const crash = new Error('the power went');
  for (let round = 1; round <= 3; round++) {
    // Before a batch is kept, and after it was kept but nobody heard.
    for (const when of ['before', 'after'] as const) {
      const stopAt = kept.batches + 1;
      kept[when] = () => {
        if (kept.batches >= stopAt) throw crash;
      };
      await assert.rejects(
        withConnection(settings, (connection) => sync(connection)),
        crash,
      );
      kept.before = () => {};
      kept.after = () => {};
    }
    await server!.deliver(name, letter(`meanwhile-${round}`));
  }
  const report = await withConnection(settings, (connection) => sync(connection));
  assert.equal(report.isComplete, true);
  assert.equal(kept.mails.size, 703);
  assert.equal(kept.places.get('INBOX')!.size, 703);
  assert.ok([...kept.mails.values()].every(({ deliveries }) => deliveries === 1));
});

test('the server is killed and connections are cut in the middle: it goes on where it stood', { skip }, async () => {
  const { name, settings } = newUser();
  server!.fill(name, 'INBOX', letters(0, 900));
  const { sync, kept } = keeper();
  const proxy = await startProxy(server!.imap);
  const through = { ...settings, port: proxy.port };
  for (const bytes of [20_000, 300_000, 1_500_000]) {
    const code = await faultOf(
      withConnection(through, async (connection) => {
        proxy.cutAfter(bytes);
        await sync(connection);
      }),
    );
    assert.equal(code, 'connection-lost', `after ${bytes} bytes`);
  }
  const soFar = kept.mails.size;
  assert.ok(soFar > 0 && soFar < 900, `${soFar} mails were kept`);
  let killed: Promise<void> | undefined;
  kept.after = () => {
    killed ??= server!.kill();
  };
  const connection = await connect(guard, settings);
  assert.equal(await faultOf(sync(connection)), 'connection-lost');
  await connection.close();
  await killed;
  assert.equal(await faultOf(connect(guard, settings)), 'connection-refused');
  await server!.start();
  await withConnection(settings, (connection) => sync(connection));
  assert.equal(kept.mails.size, 900);
  assert.ok([...kept.mails.values()].every(({ deliveries }) => deliveries === 1));
});

test('another UIDVALIDITY: mails are found again by what they are', { skip }, async () => {
  const { name, settings } = newUser();
  server!.fill(name, 'INBOX', letters(0, 300));
  const { sync, kept } = keeper();
  const before = await withConnection(settings, (connection) => sync(connection));
  await server!.renumber(name, 'INBOX');
  await server!.deliver(name, letter('after'));
  const report = await withConnection(settings, (connection) => sync(connection));
  assert.notEqual(report.cursor.uidValidity, before.cursor.uidValidity);
  assert.deepEqual([report.arrived, report.located], [1, 300]);
  assert.equal(kept.mails.size, 301);
  assert.equal(kept.places.get('INBOX')!.size, 301);
});

test('a folder with another name, a folder that is gone', { skip }, async () => {
  const { name, settings } = newUser();
  server!.fill(name, 'Old', letters(0, 20));
  const { sync, kept } = keeper();
  await withConnection(settings, async (connection) => {
    const { cursor } = await sync(connection, 'Old');
    await connection.client.mailboxClose();
    await connection.client.mailboxRename('Old', 'Projects/Ąžuolas');
    assert.equal(await faultOf(sync(connection, 'Old')), 'folder-missing');
    const others = (await listFolders(connection)).filter(({ holdsMail }) => holdsMail).map(({ path }) => path);
    assert.equal(await findRenamed(connection, cursor.uidValidity, others), 'Projects/Ąžuolas');
    const report = await sync(connection, 'Projects/Ąžuolas');
    assert.deepEqual([report.arrived, report.located], [0, 20]);
    assert.equal(kept.mails.size, 20);
  });
});

test('why a mail is not here', { skip }, async () => {
  const { name, settings } = newUser();
  await server!.deliver(name, letter('fine'));
  await server!.deliver(name, letter('large', 'large', `X: ${'x'.repeat(800)}`) + 'y\r\n'.repeat(50_000));
  await server!.deliver(name, letter('unwanted').replace('ana@', 'spam@'));
  await server!.deliver(name, 'no header at all');
  await server!.deliver(name, `From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nbroken\r\n`);
  const { sync, kept } = keeper();
  await withConnection(settings, async (connection) => {
    await connection.client.append('INBOX', letter('old'), [], new Date('2020-05-05'));
    await connection.client.append('INBOX', letter('fine'), []);
    const options = {
      since: new Date('2024-01-01'),
      largest: 100_000,
      isBlocked: ({ from }: { from: string | null }) => from === 'spam@example.com',
    };
    const report = await sync(connection, 'INBOX', options);
    assert.deepEqual(kept.skipped.sort(), ['blocked unwanted', 'too-big large']);
    assert.deepEqual([report.exists, report.beforeStart, report.skipped, kept.mails.size], [7, 1, 2, 3]);
    assert.equal(report.located, 1, 'the same mail twice in the folder');
    const [place] = await findMail(connection, { messageId: 'old@example.com' });
    assert.deepEqual([place?.folder, place?.receivedAt.getUTCFullYear()], ['INBOX', 2020]);
    const earlier = await sync(connection, 'INBOX', { ...options, since: null });
    // The two without a Message-ID are told by their whole only.
    assert.deepEqual([earlier.arrived, earlier.beforeStart], [3, 0], 'an earlier start date reads further back');
    assert.equal(kept.mails.size, 4);
  });
});

test('new mail is told at once; a connection that is only silent is noticed', { skip }, async () => {
  const { name, settings } = newUser();
  const proxy = await startProxy(server!.imap);
  const { sync, kept } = keeper();
  await withConnection({ ...settings, port: proxy.port }, async (connection) => {
    await sync(connection);
    for (let round = 0; round < 3; round++) {
      const waiting = watch(connection, 'INBOX');
      await sleep(300);
      await server!.deliver(name, letter(`live-${round}`));
      assert.equal(await waiting, 'news');
      await sync(connection);
      assert.equal(kept.mails.size, round + 1);
    }
    await server!.deliver(name, letter('between'));
    await connection.client.noop();
    assert.equal(await watch(connection, 'INBOX', { patienceMs: 5_000 }), 'news', 'what came while nobody watched');
    await sync(connection);
    await connection.client.mailboxOpen('Sent', { readOnly: true });
    await server!.deliver(name, letter('elsewhere'));
    assert.equal(await watch(connection, 'INBOX', { patienceMs: 5_000 }), 'news', 'what came while another was open');
    await sync(connection);
    const stop = new AbortController();
    const stopped = watch(connection, 'INBOX', { signal: stop.signal });
    stop.abort();
    assert.equal(await stopped, 'stopped');
    assert.equal(await watch(connection, 'INBOX', { patienceMs: 200 }), 'quiet');
    const lost = faultOf(watch(connection, 'INBOX'));
    await sleep(300);
    proxy.cut();
    assert.equal(await lost, 'connection-lost');
  });
  await withConnection({ ...settings, port: proxy.port }, async (connection) => {
    await sync(connection);
    proxy.silence(true);
    assert.equal(await faultOf(watch(connection, 'INBOX', { patienceMs: 500, answerMs: 500 })), 'connection-lost');
    proxy.silence(false);
  });
});

test('a mailbox is followed through everything, and says how it is', { skip }, async () => {
  const { name, settings } = newUser();
  await server!.deliver(name, letter('first'));
  const proxy = await startProxy(server!.imap);
  const { sync, kept } = keeper();
  const states: FollowState[] = [];
  const stop = new AbortController();
  let password = 'secret';
  const following = follow({
    connect: () => connect(guard, { ...settings, port: proxy.port, credential: { password } }),
    folders: async () => ['INBOX', 'Gone', 'Sent'],
    sync: (connection, folder) => sync(connection, folder),
    watched: 'INBOX',
    onState: (state) => states.push(state),
    signal: stop.signal,
  });
  const until = async (what: string, check: () => boolean) => {
    for (const end = Date.now() + 20_000; !check(); await sleep(20))
      if (Date.now() > end) assert.fail(`${what}: ${JSON.stringify(states.slice(-5))}`);
  };
  const watching = () => states.at(-1)?.kind === 'watching';
  await until('the first mail', () => kept.mails.size === 1 && watching());
  assert.ok(
    states.some((state) => state.kind === 'failed' && state.folder === 'Gone' && state.fault === 'folder-missing'),
  );
  await server!.deliver(name, letter('second'));
  await until('the second mail', () => kept.mails.size === 2 && watching());
  proxy.cut();
  await server!.deliver(name, letter('third'));
  await until('the loss is said', () =>
    states.some((state) => state.kind === 'waiting' && state.fault === 'connection-lost'),
  );
  await until('the third mail', () => kept.mails.size === 3 && watching());
  password = 'another';
  proxy.cut();
  await until(
    'the refusal is said',
    () =>
      states.at(-1)?.kind === 'waiting' &&
      'fault' in states.at(-1)! &&
      (states.at(-1) as { fault: string }).fault === 'sign-in-refused',
  );
  stop.abort();
  await following;
  assert.equal(states.at(-1)?.kind, 'stopped');
});

test('what a server refuses is said in words that people know', { skip }, async () => {
  const { settings } = newUser();
  const fault = (over: Partial<ImapServer>) => faultOf(connect(guard, { ...settings, ...over }));
  assert.equal(await fault({ credential: { password: 'wrong' } }), 'sign-in-refused');
  assert.equal(
    await fault({ port: 1 + (await startProxy(1)).port }).catch(() => 'connection-refused'),
    'connection-refused',
  );
  assert.equal(await fault({ host: 'nowhere.invalid' }), 'host-unknown');
  assert.equal(await faultOf(connect(networkGuard(''), settings)), 'address-refused');
  assert.equal(await faultOf(connect(networkGuard(''), { ...settings, host: 'localhost' })), 'address-refused');
  assert.equal(await fault({ host: 'localhost', port: server!.imaps, security: 'tls' }), 'certificate');
  assert.equal(
    await fault({ port: server!.imaps, security: 'tls', authority: server!.authority }),
    'certificate',
    'not made for this name',
  );
  for (const [port, security] of [
    [server!.imaps, 'tls'],
    [server!.imap, 'starttls'],
  ] as const)
    await withConnection(
      { ...settings, host: 'localhost', port, security, authority: server!.authority },
      async ({ client }) => {
        assert.equal(client.secureConnection, true, security);
      },
    );
});

test('sent mail: into its folder, once, and a full mailbox says so', { skip }, async () => {
  const { settings } = newUser();
  await withConnection(settings, async (connection) => {
    const raw = Buffer.from(letter('sent-1', 'Our offer'));
    const first = await appendSent(connection, raw);
    assert.deepEqual([first.folder, first.wasThere, typeof first.uid], ['Sent', false, 'number']);
    assert.deepEqual(await appendSent(connection, raw), { ...first, wasThere: true });
    const { sync, kept } = keeper();
    await sync(connection, 'Sent');
    assert.equal(kept.mails.size, 1);
    const chosen = await appendSent(connection, Buffer.from(letter('sent-2')), 'Išsiųsta/2024');
    assert.equal(chosen.folder, 'Išsiųsta/2024');
  });
  const full = newUser('little');
  await withConnection(full.settings, async (connection) => {
    const raw = Buffer.from(letter('huge') + 'x\r\n'.repeat(20_000));
    assert.equal(await faultOf(appendSent(connection, raw)), 'quota');
    await appendSent(connection, Buffer.from(letter('small')));
  });
});
