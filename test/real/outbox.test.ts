/**
 * A mail from its first letter to the customer and back: the whole program (routes, outbox, reader) with a real Postfix to send
 * through and a real Dovecot on both sides.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { keepReaders } from '#app/background.ts';
import { keepMailboxes } from '#app/mailboxes.ts';
import { keepOutbox } from '#app/outbox.ts';
import { announce } from '#app/outgoing.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import { connect } from '#kernel/mail/imap/connection.ts';
import type { Message } from '#kernel/mail/message.ts';
import { parse } from '#kernel/mail/parse.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve } from '#test/http.ts';
import { noDovecot, startDovecot } from './dovecot.ts';
import { noPostfix, startPostfix } from './postfix.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

const skip = noDovecot || noPostfix;
const dovecot = skip ? null : await startDovecot();
const postfix = skip ? null : await startPostfix(dovecot!);
const { records, runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);
const said: string[] = [];
const onError = (error: unknown) => said.push(String((error as Error).stack ?? error));
const workers = [keepMailboxes(runtime, onError), keepOutbox(runtime, onError), keepReaders(runtime, onError)];
beforeDrop(() => Promise.all(workers.map((one) => one.stop())));

type Body = Record<string, never> & { status: number; id: string; revision: number; state: string; code: string };

async function ask(method: string, path: string, json?: unknown, key?: string): Promise<Body> {
  const answer = await server.call(`/api${path}`, {
    method,
    ...(key ? { key } : {}),
    ...(json === undefined ? {} : { json }),
  });
  const text = await answer.text();
  return { ...(text ? JSON.parse(text) : {}), status: answer.status };
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; !(await check()); await sleep(50))
    if (Date.now() > end)
      assert.fail(`${what} did not come; ${said.slice(-3).join(' | ')} ${postfix!.log().slice(-1_500)}`);
}

/** What lies in somebody's folder. */
async function mailsIn(user: string, folder = 'INBOX'): Promise<Message[]> {
  const host = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: user } as const;
  const connection = await connect(networkGuard(), { ...host, credential: { password: 'secret' } });
  try {
    const mails: Message[] = [];
    const { exists } = await connection.client.mailboxOpen(folder, { readOnly: true });
    if (exists === 0) return mails;
    for await (const { source } of connection.client.fetch('1:*', { source: true })) mails.push(await parse(source!));
    return mails;
  } finally {
    await connection.close();
  }
}

async function connectMailbox(smtpPort = postfix!.port): Promise<{ id: string; user: string; address: string }> {
  const user = dovecot!.newUser();
  const address = `${user}@shop.example`;
  const imap = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: user, password: 'secret' };
  const made = await ask('POST', '/mailboxes', { address, imap, smtp: { ...imap, port: smtpPort } });
  assert.equal(made.status, 201, JSON.stringify(made));
  return { id: made.id, user, address };
}

const content = (mailbox: string, to: string[], more: Record<string, unknown> = {}) => ({
  ...{ mailbox, to: to.map((address) => ({ name: '', address })), cc: [], bcc: [], subject: 'Doors' },
  ...{
    html: '<p>Good morning</p>',
    signature: '',
    quote: '',
    attachments: [],
    replyTo: null,
    about: {},
    language: null,
  },
  ...more,
});

async function draft(of: ReturnType<typeof content>): Promise<string> {
  const id = randomUUID();
  const kept = await ask('PUT', `/mails/${id}`, { content: of, revision: null });
  assert.equal(kept.status, 200, JSON.stringify(kept));
  return id;
}

async function send(id: string, more: Record<string, unknown> = {}): Promise<Body> {
  return ask('POST', `/mails/${id}/send`, more);
}

const stateOf = async (id: string) => (await ask('GET', `/mails/${id}`)).state;
const interactionOf = async (id: string) => {
  const { interaction } = (await ask('GET', `/mails/${id}`)) as unknown as { interaction: string };
  return records.read('interaction', interaction);
};
await ask('PUT', '/preferences/mail.undo', { value: 0 });

test('a mail goes to the customer, their answer comes into the same thread', { skip }, async () => {
  const account = await buildAccount(records);
  const us = await connectMailbox();
  const them = dovecot!.newUser();
  const secretly = dovecot!.newUser();
  const address = `${them}@client.example`;
  const contact = await buildContact(records, { account: account.id, emails: [address] });
  const form = new FormData();
  form.append('file', new Blob(['doors;2']), 'price.csv');
  const upload = await server.call('/api/files', { method: 'POST', body: form });
  const file = (await upload.json()) as { id: string };
  const id = await draft(
    content(us.id, [address], {
      subject: 'Durys\r\nBcc: everybody@client.example',
      html: '<p>Laba diena <img src=x onerror=alert(1)></p>',
      signature: '<p>Ona</p>',
      bcc: [{ name: '', address: `${secretly}@client.example` }],
      attachments: [file],
    }),
  );
  assert.equal((await send(id)).status, 200);
  await until('the mail', async () => (await mailsIn(them)).length === 1);
  const [came] = await mailsIn(them);
  assert.equal(came!.subject, 'Durys Bcc: everybody@client.example');
  assert.equal(came!.from!.address, us.address);
  assert.deepEqual([came!.bcc, came!.attachments.map(({ name }) => name)], [[], ['price.csv']]);
  assert.match(came!.text, /^Laba diena\s+-- ?\s+Ona/);
  assert.doesNotMatch(came!.html!, /onerror/);
  await until('the blind copy', async () => (await mailsIn(secretly)).length === 1);
  await until('its end', async () => (await stateOf(id)) === 'sent');
  await until('the copy', async () => (await mailsIn(us.user, 'Sent')).length === 1);
  const mail = await interactionOf(id);
  assert.deepEqual(
    [mail.state, mail.delivery, mail.direction, mail.account, mail.contact, mail.body],
    ['done', 'sent', 'out', account.id, contact.id, 'Laba diena'],
  );
  assert.equal((mail.original as unknown[]).length, 1);

  const transport = createTransport({ host: '127.0.0.1', port: postfix!.port, ignoreTLS: true });
  const answer = { from: address, to: us.address, subject: 'Re: Durys', text: 'Thank you!' };
  await transport.sendMail({ ...answer, inReplyTo: `<${came!.messageId}>`, references: `<${came!.messageId}>` });
  transport.close();
  const thread = { filter: { conversation: mail.conversation as string }, limit: 10 };
  await until('the answer', async () => (await records.list('interaction', thread)).items.length === 2);
  const replied = (await records.list('interaction', thread)).items.find(({ direction }) => direction === 'in')!;

  const { status: _, ...begun } = (await ask(
    'GET',
    `/mails/answer?to=${replied.id}&how=reply`,
  )) as unknown as ReturnType<typeof content> & { status: number };
  assert.deepEqual([begun.to.map((one) => one.address), begun.mailbox, begun.subject], [[address], us.id, 'Re: Durys']);
  assert.match(begun.quote, /wrote:<\/p><blockquote><p>Thank you!/);
  const second = await draft({ ...begun, html: '<p>See you</p>' });
  assert.equal((await send(second)).status, 200);
  await until('our answer', async () => (await mailsIn(them)).length === 2);
  const ours = (await mailsIn(them))[1]!;
  assert.equal(ours.inReplyTo, replied.messageId);
  assert.match(ours.text, /^See you[\s\S]*> Thank you!/);
  await until('the thread', async () => (await records.list('interaction', thread)).items.length === 3);
  const all = (await records.list('interaction', thread)).items;
  assert.deepEqual(all.map(({ body }) => body).sort(), ['Laba diena', 'See you', 'Thank you!']);
  // The reader has seen the folder of sent mails by now, and has kept nothing twice.
  await until('the second copy', async () => (await mailsIn(us.user, 'Sent')).length === 2);
  const { items } = await records.list('interaction', { filter: { account: account.id }, limit: 20 });
  assert.equal(items.length, 3);
});

test('until it has left it can be taken back, by nobody but its writer', { skip }, async () => {
  const us = await connectMailbox();
  const them = dovecot!.newUser();
  const id = await draft(content(us.id, [`${them}@client.example`]));
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const queued = await send(id, { sendAt: tomorrow });
  assert.equal(queued.state, 'waiting');
  const planned = await interactionOf(id);
  assert.deepEqual([planned.state, planned.delivery], ['planned', 'waiting']);
  const { key } = await server.person();
  for (const [method, path, json] of [
    ['GET', `/mails/${id}`, undefined],
    ['POST', `/mails/${id}/take-back`, {}],
    ['POST', `/mails/${id}/send`, {}],
    ['POST', `/mails/${id}/retry`, { how: 'again' }],
    ['PUT', `/mails/${id}`, { content: content(us.id, []), revision: 1 }],
    ['DELETE', `/mails/${id}`, undefined],
  ] as const)
    assert.equal((await ask(method, path, json, key)).status, 404, `${method} ${path}`);
  const stranger = randomUUID();
  await ask('PUT', `/mails/${stranger}`, { content: content(us.id, [`${them}@client.example`]), revision: null }, key);
  const refused = await ask('POST', `/mails/${stranger}/send`, {}, key);
  assert.deepEqual([refused.status, refused.code], [422, 'outgoing.sender']);
  const back = await ask('POST', `/mails/${id}/take-back`, {});
  assert.equal(back.state, 'draft');
  assert.equal(await records.find('interaction', { id: planned.id }), null);
  assert.equal(await records.find('conversation', { id: planned.conversation as string }), null);
  assert.equal((await ask('POST', `/mails/${id}/take-back`, {})).code, 'outgoing.too-late');
  // Two windows: the one that is behind is told.
  const first = await ask('PUT', `/mails/${id}`, { content: content(us.id, []), revision: back.revision });
  assert.equal(first.status, 200);
  const behind = await ask('PUT', `/mails/${id}`, { content: content(us.id, []), revision: back.revision });
  assert.deepEqual([behind.status, behind.code], [409, 'outgoing.stale']);
  assert.equal((await send(id)).code, 'outgoing.no-recipient');
  assert.equal((await ask('DELETE', `/mails/${id}`)).status, 204);
});

test('refused for good, refused for now, and not wanted', { skip }, async () => {
  const us = await connectMailbox();
  const them = dovecot!.newUser();
  const partly = await draft(content(us.id, [`${them}@client.example`, 'never@client.example']));
  await send(partly);
  await until('what is said of it', async () => (await stateOf(partly)) === 'sent');
  const told = (await ask('GET', `/mails/${partly}`)) as unknown as { recipients: { state: string; detail: string }[] };
  assert.deepEqual(
    told.recipients.map(({ state }) => state),
    ['accepted', 'refused'],
  );
  assert.match(told.recipients[1]!.detail, /550 5\.7\.1.*not you/);
  await until('its mark', async () => (await interactionOf(partly)).delivery === 'partly');
  await until('the news', async () => {
    const filter = { kind: 'mailFailed', targetId: (await interactionOf(partly)).id };
    return (await records.list('notification', { filter, limit: 5 })).items.length === 1;
  });

  const failed = await draft(content(us.id, ['never@client.example']));
  await send(failed);
  await until('the refusal', async () => (await stateOf(failed)) === 'failed');
  assert.equal((await interactionOf(failed)).state, 'planned');
  const back = await ask('POST', `/mails/${failed}/take-back`, {});
  assert.equal(back.state, 'draft');

  const later = await draft(content(us.id, ['later@client.example']));
  await send(later);
  await until('the delay', async () => {
    const { state, fault } = (await ask('GET', `/mails/${later}`)) as unknown as { state: string; fault: string };
    return state === 'waiting' && fault === 'delayed';
  });

  const shy = `${dovecot!.newUser()}@client.example`;
  await buildContact(records, { emails: [shy], doNotEmail: true });
  const unwanted = await draft(content(us.id, [shy]));
  const stopped = await send(unwanted);
  assert.deepEqual([stopped.status, stopped.code], [422, 'outgoing.not-allowed']);
  const advice = await draft(content(us.id, [`${them}@client.example`], { purpose: 'newsletter' }));
  assert.equal((await send(advice)).code, 'outgoing.not-allowed');
});

test('where the answer never comes its writer decides, and nothing is sent twice', { skip }, async () => {
  let taken = 0;
  const mute = createServer((socket) => {
    let inData = false;
    let tail = '';
    socket.on('error', () => {}).write('220 mute\r\n');
    socket.on('data', (data) => {
      if (!inData) {
        for (const line of String(data).trim().split('\r\n')) {
          if (/^DATA/i.test(line)) inData = true;
          const answer = /^EHLO/i.test(line) ? '250 AUTH PLAIN' : /^AUTH/i.test(line) ? '235 welcome' : '250 ok';
          socket.write(inData ? '354 go on\r\n' : `${answer}\r\n`);
        }
      } else {
        // The last line comes by itself.
        tail = `${tail}${data}`.slice(-5);
        if (tail !== '\r\n.\r\n') return;
        taken++;
        socket.destroy();
      }
    });
  });
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
  after(() => mute.close());
  const us = await connectMailbox((mute.address() as { port: number }).port);
  const id = await draft(content(us.id, ['somebody@client.example']));
  await send(id);
  // What is looked for is looked for at once, as if the time had passed.
  const hurry = async () => {
    await runtime.database.run(sql`update ${raw(workspace.schema)}.outgoing_mail set retry_at = now()
      where id = ${id}::uuid and retry_at > now()`);
    await announce(runtime.database, workspace.id);
  };
  await until('the doubt', async () => {
    await hurry();
    return (await stateOf(id)) === 'unsure';
  });
  assert.equal(taken, 1);
  const arrived = await ask('POST', `/mails/${id}/retry`, { how: 'arrived' });
  assert.equal(arrived.state, 'sent');
  await until('the copy', async () => (await mailsIn(us.user, 'Sent')).length === 1);
  await until('its mark', async () => (await interactionOf(id)).state === 'done');
  assert.equal(taken, 1);
});

test('what comes back is told, its address marked; an automatic reply is no answer', { skip }, async () => {
  const us = await connectMailbox();
  const them = dovecot!.newUser();
  const gone = `gone${them}@client.example`;
  const contact = await buildContact(records, { emails: [gone] });
  const id = await draft(content(us.id, [gone, `${them}@client.example`]));
  await send(id);
  await until('the report', async () => {
    const found = await records.find('bouncedAddress', { address: gone });
    return found?.contact === contact.id && found.reason === 'no-such-address';
  });
  await until('its mark', async () => (await interactionOf(id)).delivery === 'partly');
  const told = (await ask('GET', `/mails/${id}`)) as unknown as { recipients: { address: string; state: string }[] };
  assert.deepEqual(
    told.recipients.map(({ address, state }) => [address, state]),
    [
      [gone, 'bounced'],
      [`${them}@client.example`, 'accepted'],
    ],
  );
  const sent = await interactionOf(id);
  const reports = await records.list('interaction', {
    filter: { conversation: sent.conversation as string, automatic: 'report' },
    limit: 5,
  });
  assert.equal(reports.items.length, 1, 'the report stands in the thread');
  const notes = (await ask('POST', '/mails/check', content(us.id, [gone]))) as unknown as { items: { code: string }[] };
  assert.deepEqual(
    notes.items.map(({ code }) => code),
    ['bounced'],
  );
  // A stranger who does not know the mail cannot say that it came back.
  const forged = [
    'From: Mail Delivery System <mailer-daemon@client.example>',
    `To: ${us.address}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Message-ID: <forged@client.example>',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; client.example',
    '',
    `Final-Recipient: rfc822; ${them}@client.example`,
    'Action: failed',
    'Status: 5.1.1',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    'Message-ID: <guessed@shop.example>',
    '',
    '--b--',
    '',
  ].join('\r\n');
  await dovecot!.deliver(us.user, forged);
  const away = [
    `From: ${them}@client.example`,
    `To: ${us.address}`,
    'Subject: Automatic reply: Doors',
    'Message-ID: <away@client.example>',
    `In-Reply-To: <${sent.messageId}>`,
    'Auto-Submitted: auto-replied',
    `Date: ${new Date().toUTCString()}`,
    '',
    `I am out of the office until ${new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)}.`,
    '',
  ].join('\r\n');
  await dovecot!.deliver(us.user, away);
  await until('the automatic reply', async () => {
    const found = await records.find('interaction', { messageId: 'away@client.example' });
    return found?.automatic === 'away' && found.awayUntil !== null && found.conversation === sent.conversation;
  });
  assert.equal(await records.find('bouncedAddress', { address: `${them}@client.example` }), null);
  // Nobody has answered: its writer gets a task.
  await runtime.database.run(sql`update ${raw(workspace.schema)}.outgoing_mail set follow_up_at = now()
    where id = ${id}::uuid`);
  await until(
    'the task',
    async () => (await records.find('task', { subject: { contains: 'No answer from' } })) !== null,
  );
});
