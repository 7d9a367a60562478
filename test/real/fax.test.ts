/** Faxes through a gateway that is a mailbox: sent once, answered, refused, received, in a real Postfix and a real Dovecot. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { raw, sql } from '#kernel/database/sql.ts';
import { buildAccount, buildContact } from '#test/build.ts';
import { content, noMailHouse, openMailHouse } from './mail-house.ts';

const skip = noMailHouse;
const house = await openMailHouse();
const { records, runtime, workspace, dovecot, server } = house;
const { ask, until, mailsIn, connectMailbox, upload, draft, send, interactionOf } = house;
const pdf = '%PDF-1.4\n%%EOF\n';

const us = skip ? null! : await connectMailbox();
/** Whoever has the gateway's machines. */
const machine = skip ? '' : dovecot!.newUser();

async function openGateway(address: string, more: Record<string, unknown> = {}): Promise<string> {
  const made = await ask('POST', '/records/faxGateway', {
    ...{ name: 'Gateway', mailbox: us.id, number: '+37052000000', address, senders: ['fax.example'], ...more },
  });
  assert.equal(made.status, 201, JSON.stringify(made));
  return made.id;
}
const gateway = skip ? '' : await openGateway(`${machine}+{number}@fax.example`, { subject: '{secret} {subject}' });

const fax = (to: string[], more: Record<string, unknown> = {}) => content(us.id, to, { fax: gateway, ...more });

async function deliver(lines: readonly string[]): Promise<string> {
  const id = `${randomUUID()}@fax.example`;
  const date = `Date: ${new Date().toUTCString()}`;
  await dovecot!.deliver(us.user, [`Message-ID: <${id}>`, date, ...lines, ''].join('\r\n'));
  return id;
}

const withFile = (headers: readonly string[], name: string, bytes: string) => [
  ...headers,
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'You have a fax.',
  '--b',
  `Content-Type: application/octet-stream; name="${name}"`,
  `Content-Disposition: attachment; filename="${name}"`,
  '',
  bytes,
  '--b--',
];

test('a fax goes to the number, once; what the gateway says of it is seen with it', { skip }, async () => {
  const secret = await ask('PUT', `/fax/gateways/${gateway}/secret`, { secret: 'PIN-4711' });
  assert.equal(secret.status, 204, JSON.stringify(secret));
  const account = await buildAccount(records, { phones: [{ value: '+37052111111', label: 'fax' }] });
  const file = await upload(pdf, 'plan.pdf');
  const id = await draft(
    fax(['+370 5 211 1111'], { subject: 'Doors', attachments: [file], about: { account: account.id } }),
  );
  assert.equal((await send(id)).status, 200);
  await until('the mail', async () => (await mailsIn(machine)).length === 1);
  const [came] = await mailsIn(machine);
  assert.equal(came!.subject, 'PIN-4711 Doors');
  assert.equal(came!.to[0]!.address, `${machine}+37052111111@fax.example`);
  assert.deepEqual([came!.from!.address, came!.attachments.map(({ name }) => name)], [us.address, ['plan.pdf']]);
  await until('its end', async () => (await interactionOf(id)).delivery === 'sent');
  const sent = await interactionOf(id);
  assert.deepEqual([sent.channel, sent.direction, sent.state, sent.account], ['fax', 'out', 'done', account.id]);
  // The secret stands neither in what is kept nor in the copy among the sent mails.
  await until('the copy', async () => (await mailsIn(us.user, 'Sent')).length === 1);
  assert.equal((await mailsIn(us.user, 'Sent'))[0]!.subject, '{secret} Doors');
  const tables = ['outgoing_mail', 'interaction', 'event', 'gateway_secret'];
  for (const table of tables) {
    const rows = await runtime.database.run(sql`
      select 1 from ${raw(`${workspace.schema}.${table}`)} t where t::text like '%4711%'`);
    assert.equal(rows.length, 0, table);
  }

  const told = await deliver([
    `From: Gateway <report@fax.example>`,
    `To: ${us.address}`,
    'Subject: Transmission report',
    `In-Reply-To: <${came!.messageId}>`,
    '',
    'Status: Successful, 1 page',
  ]);
  await until('the report', async () => (await interactionOf(id)).delivery === 'delivered');
  const report = await records.find('interaction', { messageId: told });
  assert.deepEqual([report?.channel, report?.automatic, report?.conversation], ['fax', 'report', sent.conversation]);
  // Nobody has to answer it.
  const thread = await records.read('conversation', sent.conversation as string);
  assert.deepEqual([thread.status, thread.lastDirection], ['done', 'internal']);
  const mine = (await ask('GET', `/mails/${id}`)) as unknown as { recipients: { address: string; state: string }[] };
  assert.deepEqual(
    mine.recipients.map(({ address, state }) => [address, state]),
    [['+37052111111', 'delivered']],
  );
  assert.equal((await mailsIn(machine)).length, 1, 'it was sent once');
  const all = await records.list('interaction', { filter: { channel: 'fax' }, limit: 10 });
  assert.equal(all.items.length, 2, 'the fax and the report; the copy of the fax is no second one');
});

test('what did not arrive is told: by the gateway, and by the mail server before it', { skip }, async () => {
  const known = await buildContact(records, { phones: [{ value: '+37052222222' }] });
  const id = await draft(fax(['+37052222222'], { html: '<p>Only words</p>' }));
  await send(id);
  await until('its end', async () => (await interactionOf(id)).delivery === 'sent');
  // It names the number only.
  await deliver(['From: report@fax.example', 'Subject: Fax to 0037052222222 failed: busy', '', 'No answer']);
  await until('the report', async () => (await interactionOf(id)).delivery === 'bounced');
  const sent = await interactionOf(id);
  assert.equal(sent.contact, known.id);
  await until('the news', async () => {
    const filter = { kind: 'faxFailed', targetId: sent.id };
    return (await records.list('notification', { filter, limit: 5 })).items.length === 1;
  });
  // Who only says so, from elsewhere or of a fax that nobody sent, changes nothing.
  const before = await draft(fax(['+37052333333']));
  await send(before);
  await until('its end', async () => (await interactionOf(before)).delivery === 'sent');
  await deliver(['From: report@notfax.example', 'Subject: Fax to +37052333333 failed', '', '-']);
  const odd = await deliver(['From: report@fax.example', 'Subject: Fax to +37052999999 failed', '', '-']);
  await until('the odd report', async () => (await records.find('interaction', { messageId: odd })) !== null);
  assert.equal((await interactionOf(before)).delivery, 'sent');

  const lost = await openGateway('nobody+{number}@fax.example', { senders: [] });
  const returned = await draft(fax(['+37052444444'], { fax: lost }));
  await send(returned);
  await until('the bounce', async () => (await interactionOf(returned)).delivery === 'bounced');
});

test('faxes come to whoever has the number, and to "who is this?"', { skip }, async () => {
  const account = await buildAccount(records);
  const contact = await buildContact(records, { account: account.id, phones: [{ value: '+37052555555' }] });
  const head = (number: string) => ['From: Gateway <fax@fax.example>', `Subject: Fax from ${number} (2 pages)`];
  const known = await deliver(withFile(head('+370 5 255 5555'), 'fax.pdf', pdf));
  await until('the fax', async () => (await records.find('interaction', { messageId: known })) !== null);
  const came = await records.find('interaction', { messageId: known });
  assert.deepEqual(
    [came?.channel, came?.direction, came?.contact, came?.account],
    ['fax', 'in', contact.id, account.id],
  );
  assert.deepEqual(
    (came!.attachments as { name: string; type: string }[]).map(({ name, type }) => [name, type]),
    [['fax.pdf', 'application/pdf']],
  );
  const nobody = await deliver(withFile(head('00370 5 266 6666'), 'fax.tif', 'II*\0broken'));
  await until('the other fax', async () => (await records.find('interaction', { messageId: nobody })) !== null);
  const waiting = await records.find('knownAddress', { address: '+37052666666' });
  assert.deepEqual([waiting?.verdict, waiting?.messages], ['open', 1]);
  assert.equal(await records.find('knownAddress', { address: 'fax@fax.example' }), null);

  // An answer goes into the same thread.
  const id = await draft(fax(['+37052555555'], { replyTo: came!.id }));
  await send(id);
  await until('its end', async () => (await interactionOf(id)).delivery === 'sent');
  assert.equal((await interactionOf(id)).conversation, came!.conversation);
});

test('what is no fax is not sent, and nobody sends through another’s gateway', { skip }, async () => {
  const refused = async (of: ReturnType<typeof content>, key?: string) => {
    const id = randomUUID();
    await ask('PUT', `/mails/${id}`, { content: of, revision: null }, key);
    const { status, code } = await ask('POST', `/mails/${id}/send`, {}, key);
    return [status, code];
  };
  const text = await upload('doors;2', 'price.csv');
  // What it is called does not make it a PDF.
  const disguised = await upload('<script>alert(1)</script>', 'plan.pdf');
  for (const file of [text, disguised])
    assert.deepEqual(await refused(fax(['+37052111111'], { attachments: [file] })), [422, 'outgoing.no-fax']);
  assert.deepEqual(await refused(fax(['+37052111111'], { html: '' })), [422, 'outgoing.no-fax']);
  for (const to of ['ona@client.example', '12', `+37052111111@fax.example`])
    assert.deepEqual(await refused(fax([to])), [422, 'outgoing.not-allowed'], to);
  assert.deepEqual(await refused(fax(['+37052111111'], { fax: randomUUID() })), [422, 'outgoing.sender']);
  const { key } = await server.person();
  assert.deepEqual(await refused(fax(['+37052111111']), key), [422, 'outgoing.sender']);
  assert.deepEqual((await ask('GET', '/fax/gateways', undefined, key)) as object, { items: [], status: 200 });
  const own = (await ask('GET', '/fax/gateways')) as unknown as { items: { id: string }[] };
  assert.ok(own.items.some(({ id }) => id === gateway));
  assert.equal((await ask('GET', '/records/faxGateway', undefined, key)).status, 403);
  assert.equal((await ask('PUT', `/fax/gateways/${gateway}/secret`, { secret: 'x' }, key)).status, 403);
  const set = (await ask('GET', '/fax/secrets')) as unknown as { items: string[] };
  assert.deepEqual(set.items, [gateway]);
  for (const secret of ['', 'a\r\nBcc: x@y.example', 'x'.repeat(201)])
    assert.equal((await ask('PUT', `/fax/gateways/${gateway}/secret`, { secret })).status, 400);
  const shy = await buildContact(records, { phones: [{ value: '+37052777777' }], doNotContact: true });
  assert.ok(shy.id);
  assert.deepEqual(await refused(fax(['+37052777777'])), [422, 'outgoing.not-allowed']);
  // Whose mailbox keeps something to itself shows no faxes to all.
  await ask('PATCH', `/records/mailbox/${us.id}`, { visibility: 'subject' });
  assert.deepEqual(await refused(fax(['+37052111111'])), [422, 'outgoing.sender']);

  for (const [field, value] of [
    ['address', 'fax@fax.example'],
    ['address', '{number}'],
    ['address', '{number}@fax.example\r\nBcc: x@y.example'],
    ['senders', ['gmail.com']],
    ['senders', ['not a domain']],
    ['header', null],
  ] as const) {
    const given = {
      address: '{number}@fax.example',
      numberIn: field === 'header' ? 'header' : 'subject',
      [field]: value,
    };
    const made = await ask('POST', '/records/faxGateway', {
      name: 'x',
      mailbox: us.id,
      number: '+37052000000',
      ...given,
    });
    assert.equal(made.status, 422, `${field} ${value}`);
  }
});
