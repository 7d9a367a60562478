/**
 * A mailbox from the form in which it is connected to the account's timeline: the whole program (routes, worker, records)
 * against a real Dovecot.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepReaders } from '#app/background.ts';
import { keepMailboxes } from '#app/mailboxes.ts';
import { memberRole } from '#kernel/access/access.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import { connect } from '#kernel/mail/imap/connection.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve } from '#test/http.ts';
import { noDovecot, startDovecot } from './dovecot.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

const skip = noDovecot;
const mailServer = skip ? null : await startDovecot();
const crm = await buildWorkspace();
const { records, runtime, workspace } = crm;
const server = await serve(runtime, workspace);
const said: string[] = [];
let worker = startWorker();
const readers = keepReaders(runtime, (error) => said.push(String(error)));
beforeDrop(() => Promise.all([worker.stop(), readers.stop()]));

function startWorker(options = {}) {
  return keepMailboxes(runtime, (error) => said.push(String(error)), options);
}

type Body = Record<string, unknown> & {
  id: string;
  code: string;
  detail: string;
  items: Record<string, unknown>[];
  folders: Record<string, unknown>[];
  health: { doing: string | null; fault: { fault: string; text: string } | null };
};

async function ask(method: string, path: string, json?: unknown, key?: string): Promise<Body & { status: number }> {
  const answer = await server.call(`/api${path}`, {
    method,
    ...(key ? { key } : {}),
    ...(json === undefined ? {} : { json }),
  });
  const text = await answer.text();
  return { ...(text ? (JSON.parse(text) as Body) : ({} as Body)), status: answer.status };
}

const imapOf = (username: string, password = 'secret') => ({
  ...{ host: '127.0.0.1', port: mailServer!.imap, security: 'none', username, password },
});

async function connectMailbox(username: string, more: Record<string, unknown> = {}, key?: string) {
  const address = `${username}@tendero.example`;
  const made = await ask('POST', '/mailboxes', { address, imap: imapOf(username), ...more }, key);
  assert.equal(made.status, 201, JSON.stringify(made));
  return made.id;
}

let number = 0;
function letter(overrides: { from?: string; to?: string; subject?: string; id?: string; more?: string[] } = {}) {
  number++;
  const {
    from = 'ona@azuolas.example',
    to = 'us@tendero.example',
    subject = `Letter ${number}`,
    more = [],
  } = overrides;
  const id = overrides.id ?? `letter-${number}@azuolas.example`;
  const head = [`From: Ona <${from}>`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${id}>`, ...more];
  return [...head, 'Date: Sat, 21 Nov 2026 10:00:00 +0000', '', 'Good morning', ''].join('\r\n');
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; !(await check()); await sleep(50))
    if (Date.now() > end) assert.fail(`${what} did not come; ${said.slice(-3).join(' | ')}`);
}

const found = async (subject: string) =>
  (await records.list('interaction', { filter: { subject: { is: subject } }, limit: 10 })).items;
const isKept = (subject: string) => until(subject, async () => (await found(subject)).length > 0);
const isWatching = (id: string, key?: string) =>
  until('watching', async () => (await ask('GET', `/mailboxes/${id}`, undefined, key)).health.doing === 'watching');

test('a mailbox is connected, and its mails stand on the account', { skip }, async () => {
  const account = await buildAccount(records);
  const contact = await buildContact(records, { account: account.id, emails: 'ona@azuolas.example' });
  const name = mailServer!.newUser();
  await mailServer!.deliver(name, letter({ subject: 'Before' }));
  const tried = await ask('POST', '/mailboxes/try', { imap: imapOf(name) });
  assert.equal(tried.imap, null);
  assert.deepEqual(tried.folders.map(({ path, role }) => [path, role]).sort(), [
    ['INBOX', 'inbox'],
    ['Sent', 'sent'],
    ['Trash', 'trash'],
  ]);
  const id = await connectMailbox(name, { aliases: [`sales-${name}@tendero.example`] });
  await isKept('Before');
  await isWatching(id);
  await mailServer!.deliver(
    name,
    letter({
      subject: 'With a file',
      more: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
    }).replace(
      /Good morning\r\n$/,
      '--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\nContent-Type: text/csv; name=order.csv\r\nContent-Disposition: attachment; filename=order.csv\r\n\r\na,b\r\n1,2\r\n--b--\r\n',
    ),
  );
  await isKept('With a file');
  const [one] = await found('With a file');
  assert.deepEqual(
    [one?.account, one?.contact, one?.direction, one?.body, one?.owner],
    [account.id, contact.id, 'in', 'Here it is.', server.userId],
  );
  const [file] = one!.attachments as { id: string; name: string }[];
  assert.equal(file?.name, 'order.csv');
  const [original] = one!.original as { id: string; type: string }[];
  assert.equal(original?.type, 'message/rfc822');
  const raw = await (await server.call(`/api/files/${original!.id}`)).text();
  assert.match(raw, /^Return-Path|^Delivered-To|From: Ona/m);
  // What was sent is found where it is kept, whichever address it went out under.
  const open = await connect(networkGuard(), {
    ...imapOf(name),
    security: 'none',
    credential: { password: 'secret' },
  });
  await open.client.append(
    'Sent',
    letter({ from: `sales-${name}@tendero.example`, to: 'ona@azuolas.example', subject: 'Our answer' }),
    ['\\Seen'],
  );
  await open.close();
  await ask('POST', `/mailboxes/${id}/retry`);
  await isKept('Our answer');
  const [answer] = await found('Our answer');
  assert.deepEqual([answer?.direction, answer?.account], ['out', account.id]);
  const details = await ask('GET', `/mailboxes/${id}`);
  const inbox = details.folders.find(({ path }) => path === 'INBOX')!;
  assert.deepEqual([inbox.kept, inbox.missing, inbox.isRead, inbox.fault], [2, 0, true, null]);
  assert.equal(details.folders.find(({ path }) => path === 'Trash')?.chosen, false);
});

test('one mail in two mailboxes is one interaction', { skip }, async () => {
  const [first, second] = [mailServer!.newUser(), mailServer!.newUser()];
  const [one, other] = [await connectMailbox(first), await connectMailbox(second)];
  await Promise.all([isWatching(one), isWatching(other)]);
  const mail = letter({ subject: 'To both of you', to: 'a@tendero.example, b@tendero.example' });
  await Promise.all([mailServer!.deliver(first, mail), mailServer!.deliver(second, mail)]);
  const kept = async (id: string) =>
    (await ask('GET', `/mailboxes/${id}`)).folders.find((f) => f.path === 'INBOX')?.kept;
  await until('both', async () => (await kept(one)) === 1 && (await kept(other)) === 1);
  assert.equal((await found('To both of you')).length, 1);
});

test('what somebody threw away does not come back', { skip }, async () => {
  const name = mailServer!.newUser();
  const id = await connectMailbox(name);
  await mailServer!.deliver(name, letter({ subject: 'Not wanted' }));
  await isKept('Not wanted');
  const [one] = await found('Not wanted');
  await records.remove('interaction', one!.id);
  await ask('POST', `/mailboxes/${id}/replay`, { path: 'INBOX' });
  await mailServer!.deliver(name, letter({ subject: 'After it was read again' }));
  await isKept('After it was read again');
  assert.deepEqual(await found('Not wanted'), []);
});

test('a wrong password is told in words; the mailbox goes on with the new one', { skip }, async () => {
  const name = mailServer!.newUser();
  const refused = await ask('POST', '/mailboxes', {
    address: `${name}@tendero.example`,
    imap: imapOf(name, 'wrong'),
  });
  assert.deepEqual([refused.status, refused.code], [422, 'mailbox.unreachable']);
  assert.match(refused.detail, /does not accept the user name or the password/);
  const id = await connectMailbox(name);
  await isWatching(id);
  // The server knows another password from now on: as if ours had been changed there.
  await changePassword(id, 'old');
  await until('the refusal', async () => (await ask('GET', `/mailboxes/${id}`)).health.fault !== null);
  const { health } = await ask('GET', `/mailboxes/${id}`);
  assert.equal(health.fault?.fault, 'sign-in-refused');
  assert.match(health.fault!.text, /does not accept/);
  await mailServer!.deliver(name, letter({ subject: 'Meanwhile' }));
  await ask('PUT', `/mailboxes/${id}/access`, { imap: imapOf(name) });
  await isKept('Meanwhile');
  await isWatching(id);
  assert.equal((await ask('GET', `/mailboxes/${id}`)).health.fault, null);
});

/** What is kept of it is made wrong, through the program's own hands. */
async function changePassword(id: string, password: string): Promise<void> {
  const { saveAccess, mailboxStates, MAILBOX_CHANNEL } = await import('#kernel/mail/mailbox-state.ts');
  const { openSecrets } = await import('#kernel/workspace/secrets.ts');
  const [state] = await mailboxStates(runtime.database, workspace.schema, [id]);
  const secrets = await openSecrets(runtime.dataFolder);
  await saveAccess(runtime.database, workspace.schema, secrets, id, state!, { imap: password, smtp: null });
  await runtime.database.run('select pg_notify($1, $2)', [MAILBOX_CHANNEL, workspace.id]);
}

test('stopped in the middle, it loses nothing and doubles nothing', { skip }, async () => {
  const name = mailServer!.newUser();
  const mails = Array.from({ length: 400 }, (_, index) =>
    Buffer.from(letter({ subject: `Many ${index}`, id: `many-${index}@azuolas.example` })),
  );
  mailServer!.fill(name, 'INBOX', mails);
  const id = await connectMailbox(name);
  const count = async () => (await records.count('interaction', { messageId: { startsWith: 'many-' } })).value;
  for (const most of [50, 200]) {
    await until(`${most} mails`, async () => (await count()) >= most);
    await worker.stop();
    const [row] = await runtime.database.run(
      sql`select count(*) from ${raw(`"${workspace.schema}"`)}.mailbox_state where runner is not null`,
    );
    assert.deepEqual(row, [0], 'nobody holds what nobody works on');
    worker = startWorker();
  }
  await until('all mails', async () => (await count()) >= 400);
  await isWatching(id);
  assert.equal(await count(), 400);
  const inbox = (await ask('GET', `/mailboxes/${id}`)).folders.find(({ path }) => path === 'INBOX')!;
  assert.deepEqual([inbox.kept, inbox.missing, inbox.isRead], [400, 0, true]);
});

test('a mailbox that another process holds is left to it until its lease has ended', { skip }, async () => {
  const name = mailServer!.newUser();
  const id = await connectMailbox(name);
  await isWatching(id);
  const at = raw(`"${workspace.schema}"`);
  // As if another process had it: ours notices with the next batch, and keeps nothing.
  await runtime.database.execute(sql`
    update ${at}.mailbox_state set runner = gen_random_uuid(), leased_until = now() + interval '1 hour'
    where mailbox_id = ${id}::uuid`);
  await mailServer!.deliver(name, letter({ subject: 'Whose is it' }));
  await until('our process lets go', async () => said.some((line) => line.includes('Another process has')));
  assert.deepEqual(await found('Whose is it'), []);
  // And then it was killed.
  await runtime.database.execute(
    sql`update ${at}.mailbox_state set leased_until = now() - interval '1 second' where mailbox_id = ${id}::uuid`,
  );
  await isKept('Whose is it');
});

test('more mailboxes than places: each has its turn', { skip }, async () => {
  await worker.stop();
  worker = startWorker({ atOnce: 1, turnMs: 0 });
  const names = [mailServer!.newUser(), mailServer!.newUser()];
  for (const name of names) await connectMailbox(name);
  for (const name of names) await mailServer!.deliver(name, letter({ subject: `For ${name}` }));
  for (const name of names) await isKept(`For ${name}`);
  await worker.stop();
  worker = startWorker();
});

test('a folder with another name is the same folder; a new one is read, unless somebody chose', { skip }, async () => {
  const name = mailServer!.newUser();
  mailServer!.fill(name, 'Projects', [Buffer.from(letter({ subject: 'In a project' }))]);
  const id = await connectMailbox(name);
  await isKept('In a project');
  const open = await connect(networkGuard(), {
    ...imapOf(name),
    security: 'none',
    credential: { password: 'secret' },
  });
  await open.client.mailboxRename('Projects', 'Works');
  await open.client.append('Works', letter({ subject: 'In a work' }), []);
  await ask('POST', `/mailboxes/${id}/retry`);
  await isKept('In a work');
  assert.equal((await found('In a project')).length, 1);
  const paths = async () => (await ask('GET', `/mailboxes/${id}`)).folders.map(({ path }) => path);
  assert.ok(!(await paths()).includes('Projects'));
  await ask('PUT', `/mailboxes/${id}/folders`, { chosen: ['INBOX'] });
  await open.client.mailboxCreate('Private');
  await open.client.append('Private', letter({ subject: 'Private matter' }), []);
  await open.close();
  await ask('POST', `/mailboxes/${id}/retry`);
  await until('the new folder is known', async () => (await paths()).includes('Private'));
  await isWatching(id);
  const folder = (await ask('GET', `/mailboxes/${id}`)).folders.find(({ path }) => path === 'Private');
  assert.equal(folder?.chosen, false);
  assert.deepEqual(await found('Private matter'), []);
});

test('why a mail is not here', { skip }, async () => {
  const name = mailServer!.newUser();
  const id = await connectMailbox(name, { since: '2024-01-01' });
  await isWatching(id);
  const { version } = await ask('GET', `/mailboxes/${id}`);
  const blocked = await ask('PATCH', `/records/mailbox/${id}`, { version, blocked: ['*.SPAM.example'] });
  assert.deepEqual(blocked.blocked, ['spam.example']);
  const open = await connect(networkGuard(), {
    ...imapOf(name),
    security: 'none',
    credential: { password: 'secret' },
  });
  await open.client.append('INBOX', letter({ subject: 'Why old', id: 'old@x.example' }), [], new Date('2020-05-05'));
  await open.client.append('Trash', letter({ subject: 'Why binned', id: 'binned@x.example' }), []);
  await open.close();
  await mailServer!.deliver(
    name,
    letter({ subject: 'Why blocked', from: 'win@mail.spam.example', id: 'spam@x.example' }),
  );
  await mailServer!.deliver(name, letter({ subject: 'Why here', id: 'here@x.example' }));
  await isKept('Why here');
  const why = async (query: string) =>
    (await ask('GET', `/mailboxes/${id}/find?${query}`)).items.map((one) => `${one.folder}: ${one.why}`);
  assert.deepEqual(await why('messageId=%3Cold@x.example%3E'), ['INBOX: before-start']);
  assert.deepEqual(await why('messageId=binned@x.example'), ['Trash: folder-not-chosen']);
  assert.deepEqual(await why('from=spam.example&subject=Why'), ['INBOX: blocked']);
  assert.deepEqual(await why('day=2020-05-05'), ['INBOX: before-start']);
  assert.deepEqual(await why('messageId=nowhere@x.example'), []);
  const [here] = (await ask('GET', `/mailboxes/${id}/find?messageId=here@x.example`)).items;
  assert.equal(here?.interaction, (await found('Why here'))[0]!.id);
  assert.equal((await ask('GET', `/mailboxes/${id}/find`)).status, 400);
  const skipped = await ask('GET', `/mailboxes/${id}/skipped`);
  assert.deepEqual(
    skipped.items.map(({ subject, reason, text }) => [subject, reason, text]),
    [['Why blocked', 'blocked', 'Its sender is on the block list.']],
  );
});

test('paused, disconnected and connected again; its password is nowhere', { skip }, async () => {
  const name = mailServer!.newUser();
  const id = await connectMailbox(name);
  await isWatching(id);
  const state = async () => (await ask('GET', `/mailboxes/${id}`)).health?.doing ?? null;
  await ask('PATCH', `/records/mailbox/${id}`, { state: 'paused' });
  await until('the pause', async () => (await state()) === null);
  await mailServer!.deliver(name, letter({ subject: 'During the pause' }));
  await ask('PATCH', `/records/mailbox/${id}`, { state: 'active' });
  await isKept('During the pause');
  await isWatching(id);
  await ask('DELETE', `/records/mailbox/${id}`);
  assert.equal((await ask('GET', `/mailboxes/${id}`)).status, 404);
  assert.equal((await found('During the pause')).length, 1, 'its mails stay');
  await records.restore('mailbox', id);
  await mailServer!.deliver(name, letter({ subject: 'Connected again' }));
  await isKept('Connected again');
  const { rows } = {
    rows: await runtime.database.run(sql`select changes::text from ${raw(`"${workspace.schema}"`)}.event`),
  };
  const answers = JSON.stringify([await ask('GET', `/mailboxes/${id}`), await ask('GET', '/mailboxes'), rows, said]);
  assert.ok(!answers.includes('"secret"'));
  const [kept] = await runtime.database.run(
    sql`select secret from ${raw(`"${workspace.schema}"`)}.mailbox_state where mailbox_id = ${id}::uuid`,
  );
  assert.match(kept![0] as string, /^1\.[\w-]+$/);
  // To another host the kept one is not sent.
  const { password: _, ...elsewhere } = { ...imapOf(name), host: '127.0.0.2' };
  assert.equal((await ask('PUT', `/mailboxes/${id}/access`, { imap: elsewhere })).code, 'mailbox.password-needed');
  await ask('DELETE', `/records/mailbox/${id}`);
  await records.purge('mailbox', id);
  const left = sql`select count(*) from ${raw(`"${workspace.schema}"`)}.mailbox_state where mailbox_id = ${id}::uuid`;
  await until('the end of its password', async () => (await runtime.database.run(left))[0]![0] === 0);
});

test('a mailbox is its owner’s; shared ones are the administrators’ to connect', { skip }, async () => {
  const [owner, other] = [await server.person(), await server.person()];
  const name = mailServer!.newUser();
  const id = await connectMailbox(name, {}, owner.key);
  assert.equal((await ask('GET', `/mailboxes/${id}`, undefined, owner.key)).status, 200);
  for (const [method, path, json] of [
    ['GET', ''],
    ['GET', '/skipped'],
    ['GET', '/find?subject=x'],
    ['POST', '/retry'],
    ['POST', '/replay', { path: 'INBOX' }],
    ['PUT', '/folders', { chosen: [] }],
    ['PUT', '/access', { imap: imapOf(name) }],
  ] as const) {
    assert.equal((await ask(method, `/mailboxes/${id}${path}`, json, other.key)).status, 404, `${method} ${path}`);
    const nowhere = await ask(method, `/mailboxes/019aa000-0000-7000-8000-000000000000${path}`, json, other.key);
    assert.equal(nowhere.status, 404);
  }
  // An administrator sees how it is, and not what is in it.
  assert.equal((await ask('GET', `/mailboxes/${id}`)).status, 200);
  for (const path of ['skipped', 'find?subject=x'])
    assert.equal((await ask('GET', `/mailboxes/${id}/${path}`)).status, 403, path);
  assert.deepEqual((await ask('GET', '/mailboxes', undefined, other.key)).items, []);
  assert.equal((await ask('GET', '/mailboxes', undefined, owner.key)).items.length, 1);
  const shared = { kind: 'shared', address: 'info@tendero.example', imap: imapOf(mailServer!.newUser()) };
  assert.equal((await ask('POST', '/mailboxes', shared, owner.key)).status, 403);
  const info = await ask('POST', '/mailboxes', { ...shared, members: [other.userId] });
  assert.equal(info.status, 201);
  assert.equal((await ask('GET', `/mailboxes/${info.id}`, undefined, other.key)).status, 200);
  assert.equal((await ask('POST', `/mailboxes/${info.id}/retry`, undefined, other.key)).status, 403);
  assert.equal((await ask('GET', `/mailboxes/${info.id}`, undefined, owner.key)).status, 404);
  // Nobody makes another's mailbox, or a shared one, theirs by the record.
  const asOwner = recordsFor(
    workspace,
    { userId: owner.userId, roles: [memberRole], language: 'en', timeZone: 'UTC' },
    'rest',
  );
  await assert.rejects(asOwner.update('mailbox', id, { kind: 'shared' }));
  await assert.rejects(asOwner.update('mailbox', id, { address: 'boss@tendero.example' }));
  await assert.rejects(asOwner.create('mailbox', { name: 'x', address: 'x@tendero.example' }));
  assert.equal((await ask('PATCH', `/records/mailbox/${id}`, { address: null })).code, 'record.invalid');
  assert.equal((await ask('PUT', `/mailboxes/${id}/folders`, { chosen: ['a\u0000'] })).status, 400);
});

test('what cannot be a mail server is refused before anything is asked', { skip }, async () => {
  const imap = (over: object) => ({ imap: { ...imapOf('nobody'), ...over } });
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '';
  try {
    for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '[::1]', '::1'])
      assert.notEqual((await ask('POST', '/mailboxes/try', imap({ host }))).status, 200, host);
    const local = await ask('POST', '/mailboxes/try', imap({ host: 'localhost' }));
    assert.equal((local.imap as { fault: string }).fault, 'address-refused');
  } finally {
    process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
  }
  for (const over of [{ host: 'a b' }, { host: 'x\r\ny' }, { username: 'a\r\nb' }, { password: 'a\nb' }, { port: 22 }])
    assert.notEqual((await ask('POST', '/mailboxes/try', imap(over))).status, 200, JSON.stringify(over));
  const preset = await ask('GET', '/mailboxes/preset?address=ona@gmail.com');
  assert.deepEqual(
    [preset.needs, preset.isGuess, (preset.imap as { host: string }).host],
    ['app-password', false, 'imap.gmail.com'],
  );
});

test('what a mailbox holds back, colleagues and administrators read nowhere; its owner does, and may share it', {
  skip,
}, async () => {
  const owner = await server.person();
  const colleague = await server.person();
  const account = await buildAccount(records);
  const from = 'rasa@klevas.example';
  const contact = await buildContact(records, { account: account.id, emails: from });
  const held = async (visibility: string) => {
    const word = `secretof${visibility}`;
    const name = mailServer!.newUser();
    const raw = letter({ from, subject: `About ${word}` }).replace('Good morning', `Good ${word}body`);
    await mailServer!.deliver(name, raw);
    const mailbox = await connectMailbox(name, { visibility }, owner.key);
    await until(visibility, async () => (await heldOf(owner.key, `${word}body`)).length > 0);
    return { word, raw, mailbox, mail: (await heldOf(owner.key, `${word}body`))[0]! };
  };
  const heldOf = async (key: string | undefined, search: string) =>
    (await ask('GET', `/records/heldMail?search=${search}`, undefined, key)).items as (Body & {
      original: { id: string }[];
    })[];
  const shells = async (key?: string) =>
    (
      await ask(
        'GET',
        `/records/interaction?filter=${encodeURIComponent(JSON.stringify({ contact: contact.id }))}`,
        undefined,
        key,
      )
    ).items;
  const [subject, metadata, hidden] = [await held('subject'), await held('metadata'), await held('private')];

  for (const key of [colleague.key, undefined]) {
    const seen = await shells(key);
    assert.deepEqual(
      seen.map((one) => [one.visibility, one.subject, one.body, one.attachments, one.original]).sort(),
      [
        ['metadata', null, null, [], []],
        ['subject', `About ${subject.word}`, null, [], []],
      ].map((row) => row.map((cell) => (Array.isArray(cell) ? seen[0]!.attachments : cell))),
    );
    const told = [
      ...(await Promise.all(
        [subject, metadata, hidden].flatMap(({ word, mail }) => [
          ask('GET', `/records/heldMail?search=${word}body`, undefined, key),
          ask('GET', `/search?q=${word}body`, undefined, key),
          ask('GET', `/records/interaction?search=${word}body`, undefined, key),
          ask('GET', `/records/heldMail/${mail.id}`, undefined, key),
          ask('GET', `/records/heldMail/${mail.id}/history`, undefined, key),
        ]),
      )),
      await ask('GET', `/timeline/account/${account.id}?reach=parts`, undefined, key),
      await ask('GET', '/records/conversation', undefined, key),
      await ask('GET', '/records/heldMail', undefined, key),
    ];
    for (const answer of told) {
      const text = JSON.stringify(answer).replaceAll(`About ${subject.word}`, '');
      assert.doesNotMatch(text, /secretof(subject|metadata|private)body"|Good secretof|About secretof/);
    }
    for (const { mail } of [subject, metadata, hidden]) {
      assert.equal((await server.call(`/api/files/${mail.original[0]!.id}`, key ? { key } : {})).status, 404);
      assert.equal((await ask('POST', `/held-mails/${mail.id}/share`, undefined, key)).status, 404);
    }
  }
  assert.match(
    JSON.stringify(await ask('GET', `/search?q=${hidden.word}body`, undefined, owner.key)),
    /About secretofprivate/,
  );
  const own = await ask('GET', `/timeline/account/${account.id}?reach=parts`, undefined, owner.key);
  const kinds = own.items.map(({ kind }) => kind).filter((kind) => kind !== 'change');
  assert.deepEqual(kinds.sort(), ['heldMail', 'interaction', 'interaction']);
  assert.equal((await server.call(`/api/files/${hidden.mail.original[0]!.id}`, { key: owner.key })).status, 200);

  // A second mailbox that shows more lets more be seen; what was shared is all there.
  const open = mailServer!.newUser();
  await mailServer!.deliver(open, metadata.raw);
  await connectMailbox(open, {}, owner.key);
  await until('shown', async () =>
    (await shells(colleague.key)).some((one) => String(one.body).includes(metadata.word)),
  );
  const shared = await ask('POST', `/held-mails/${hidden.mail.id}/share`, undefined, owner.key);
  assert.equal(shared.status, 200, JSON.stringify(shared));
  const now = await ask('GET', `/records/interaction/${String(shared.interaction)}`, undefined, colleague.key);
  assert.deepEqual([now.subject, now.visibility, now.contact], [`About ${hidden.word}`, 'full', contact.id]);
  assert.equal((await shells(colleague.key)).length, 3);
  // Read again, nothing comes twice and nothing more is told.
  await ask('POST', `/mailboxes/${subject.mailbox}/replay`, { path: 'INBOX' }, owner.key);
  await isWatching(subject.mailbox, owner.key);
  assert.equal((await shells(colleague.key)).filter((one) => one.body === null).length, 1);
});

test('with people we know only: a stranger’s mail stays on the server, and it is said why', { skip }, async () => {
  const name = mailServer!.newUser();
  await mailServer!.deliver(name, letter({ from: 'nobody@elsewhere.example', subject: 'From a stranger' }));
  await buildContact(records, { emails: 'known@azuolas.example' });
  await mailServer!.deliver(name, letter({ from: 'known@azuolas.example', subject: 'From somebody we know' }));
  const id = await connectMailbox(name, { knownOnly: true });
  await isKept('From somebody we know');
  assert.deepEqual(await found('From a stranger'), []);
  const { items } = await ask('GET', `/mailboxes/${id}/skipped`);
  assert.deepEqual(
    items.map(({ subject, text }) => [subject, text]),
    [['From a stranger', 'Nobody takes part in it whom the company knows.']],
  );
});
