import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '#kernel/mail/parse.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { openMailSink } from '#test/mail-sink.ts';
import { fc } from '#test/property.ts';
import { faxAdapter } from './adapter.ts';
import { addressAt, type FaxGateway, fill, numberAt, numberIn } from './gateway.ts';
import { readFax } from './received-fax.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

const gateway: FaxGateway = {
  ...{ id: '1', number: '+37052000000', address: 'fax.{number}@fax.example', numberForm: 'digits', country: 'LT' },
  ...{
    subject: '',
    firstLine: '',
    senders: new Set(['fax.example']),
    numberIn: 'subject',
    numberAfter: '',
    header: '',
  },
  ...{ delivered: [], failed: [] },
};
const mailbox = { addresses: new Set(['fax@shop.example']), owner: null, team: null };
const pdf =
  'Content-Type: application/pdf; name=fax.pdf\r\nContent-Disposition: attachment; filename=fax.pdf\r\n\r\n%PDF-1.4\r\n';

async function read(headers: string, text: string, more: Partial<FaxGateway> = {}, hasFile = false) {
  const raw = Buffer.from(
    `Message-ID: <${Math.random()}@fax.example>\r\n${headers}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n${hasFile ? `--b\r\n${pdf}` : ''}--b--\r\n`,
  );
  return readFax(await parse(raw), raw, mailbox, new Date(), [{ ...gateway, ...more }]);
}

test('a number becomes an address and comes back', () => {
  for (const [numberForm, local] of [
    ['digits', '37061234567'],
    ['plus', '+37061234567'],
    ['zeros', '0037061234567'],
  ] as const) {
    const at = { ...gateway, numberForm };
    assert.equal(addressAt(at, '+37061234567'), `fax.${local}@fax.example`);
    assert.equal(numberAt(at, `Fax.${local}@FAX.example`), '+37061234567');
  }
  for (const other of ['fax.37061234567@other.example', 'ona@fax.example', 'fax.@fax.example', 'fax.ona@fax.example'])
    assert.equal(numberAt(gateway, other), null, other);
  assert.throws(() => addressAt(gateway, '37061234567'), RangeError);
  assert.throws(() => addressAt({ ...gateway, address: '{number}' }, '+37061234567'), RangeError);
  assert.throws(() => addressAt({ ...gateway, address: 'fax@fax.example' }, '+37061234567'), RangeError);
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (text, after) => {
      const number = numberIn(text, 'LT', after);
      return number === null || /^\+\d{7,15}$/.test(number);
    }),
  );
});

test('a number is found where people and gateways write it', () => {
  assert.equal(numberIn('Fax from +370 612 34567 (2 pages)', 'LT'), '+37061234567');
  assert.equal(numberIn('2026-11-22 10:30: fax from 00370-612-34567', 'ES'), '+37061234567');
  assert.equal(numberIn('Fax from 37061234567', 'ES'), '+37061234567');
  assert.equal(numberIn('Fax de 612 345 678', 'ES'), '+34612345678');
  assert.equal(numberIn('Job 12345678901 for you, caller ID: 1-212-555-0123', 'US', 'caller id:'), '+12125550123');
  assert.equal(numberIn('2 page(s) from unknown', 'LT'), null);
  assert.equal(numberIn('caller', 'LT', 'caller id'), null);
  for (const hostile of ['1 ', '1(', '+1', '(', '1-'])
    assert.notEqual(numberIn(hostile.repeat(500_000), 'LT'), '', 'it comes to an end');
});

test('templates are filled once, in one line', () => {
  const words = { subject: 'Doors {number}\r\n{secret}', number: '+37061234567' };
  assert.equal(fill('', words), 'Doors {number}');
  assert.equal(fill('{secret} {number}', words), '{secret} +37061234567');
});

test('a fax, what is said of one, a bill, and a mail of somebody else', async () => {
  const from = 'From: Gateway <fax@mail.fax.example>';
  const fax = await read(`${from}\r\nSubject: Fax from +370 612 34567`, '1 page', {}, true);
  assert.deepEqual(
    [fax?.received.channel, fax?.received.direction, fax?.received.participants, fax?.notice],
    ['fax', 'in', [{ role: 'from', name: '+37061234567', address: '+37061234567' }], null],
  );
  const hidden = await read(`${from}\r\nSubject: Fax`, '', { numberIn: 'header', header: 'X-Fax-From' }, true);
  assert.deepEqual(hidden?.received.participants, [{ role: 'from', name: 'Gateway', address: null }]);
  const named = { numberIn: 'header', header: 'X-Fax-From' } as const;
  const inHeader = await read(`${from}\r\nX-Fax-From: 37061234567\r\nSubject: Fax`, '', named, true);
  assert.equal(inHeader?.received.participants[0]?.address, '+37061234567');
  const local = await read('From: 37061234567@fax.example\r\nSubject: 2 pages', '', { numberIn: 'sender' }, true);
  assert.equal(local?.received.participants[0]?.address, '+37061234567');

  const answered = 'In-Reply-To: <one@shop.example>';
  const outcomes = [
    ['Your fax was delivered', '', 'delivered'],
    ['Your fax was not delivered', '', 'failed'],
    ['Report', 'Status: Successful', 'delivered'],
    ['Report', 'Status: busy', 'failed'],
    ['Faksas nepristatytas', '', 'failed'],
    ['Faksas sėkmingai išsiųstas', '', 'delivered'],
    ['Fax entregado', '', 'delivered'],
    ['Fax no entregado', '', 'failed'],
  ] as const;
  for (const [subject, text, outcome] of outcomes) {
    const told = await read(`${from}\r\n${answered}\r\nSubject: ${subject}`, text, {}, true);
    assert.equal(told?.notice?.outcome, outcome, subject);
    assert.equal(told?.received.automatic, 'report');
    assert.deepEqual(told?.notice?.references, ['one@shop.example']);
  }
  const own = { delivered: ['Alles klar'], failed: ['Schade'] };
  assert.equal((await read(`${from}\r\nSubject: Schade: 37061234567`, '', own, true))?.notice?.outcome, 'failed');
  assert.equal((await read(`${from}\r\n${answered}\r\nSubject: sent`, '', own))?.notice, undefined);
  const byNumber = await read(`${from}\r\nSubject: Fax to +37061234567 sent`, '');
  assert.deepEqual([byNumber?.notice?.number, byNumber?.notice?.outcome], ['+37061234567', 'delivered']);

  assert.equal(await read(`${from}\r\nSubject: Your bill was sent`, 'Please pay'), null);
  assert.equal(await read('From: jonas@client.example\r\nSubject: Fax from +37061234567', '', {}, true), null);
  assert.equal(await read('From: a@notfax.example\r\nSubject: Fax from +37061234567', '', {}, true), null);
});

test('what somebody sends to the gateway from their own mail program is a fax, too', async () => {
  const to = 'To: Jonas <fax.37061234567@fax.example>, ona@shop.example\r\nCc: fax.34612345678@fax.example';
  const sent = await read(`From: fax@shop.example\r\n${to}\r\nSubject: Doors`, 'See the plan', {}, true);
  assert.deepEqual(
    [sent?.received.direction, sent?.received.participants.map(({ role, address }) => `${role} ${address}`)],
    ['out', ['from +37052000000', 'to +37061234567', 'cc +34612345678']],
  );
  assert.equal(await read('From: fax@shop.example\r\nTo: jonas@client.example\r\nSubject: Doors', ''), null);
});

test('the secret goes to the gateway and stays nowhere', async () => {
  const sink = await openMailSink({ onAuth: (_, __, done) => done(null, { user: 'ona' }) });
  const secretive = { ...gateway, subject: '{secret}', firstLine: 'PIN {secret} for {number}' };
  const host = { host: '127.0.0.1', port: sink.port, security: 'none', username: 'ona' } as const;
  const mail = {
    guard: networkGuard(),
    hosts: { imap: host, smtp: host },
    credentials: { imap: { password: 'secret' }, smtp: { password: 'secret' } },
  };
  const access = { mail, gateway: secretive, sender: 'fax@shop.example', secret: 'ąž$&<42>' };
  const to = [{ name: 'Jonas', address: '+37061234567' }];
  const message = {
    ...{ id: 'one@shop.example', references: [], at: new Date('2026-11-22T11:00:00Z'), to, cc: [], bcc: [] },
    ...{ from: { name: 'Ona', address: '+37052000000' }, subject: 'Doors {secret}' },
    html: '<p>Tell me the {secret}: 1 &lt; 2 &amp; 3</p>',
    attachments: [{ name: 'plan.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n') }],
  };
  const written = await faxAdapter.sending.write(message, access);
  const kept = await parse(written.raw);
  assert.doesNotMatch(written.raw.toString(), /ž|=C5=BE|<42>|&lt;42/);
  assert.deepEqual([kept.subject, kept.text.trim().split(/\n+/)[0]], ['{secret}', 'PIN {secret} for +37061234567']);
  const sent = await faxAdapter.sending.send(written, ['+37061234567'], access, async () => {});
  assert.deepEqual([sent.outcome, sent.accepted], ['sent', ['+37061234567']], sent.detail);
  const came = await parse(Buffer.from((await sink.mailTo('fax.37061234567@fax.example')).source));
  assert.equal(came.subject, 'ąž$&<42>');
  assert.match(came.text, /^PIN ąž\$&<42> for \+37061234567\s+Tell me the : 1 < 2 & 3\s*$/);
  assert.deepEqual([came.key, came.messageId], [written.key, message.id]);
  assert.deepEqual(
    came.attachments.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    [['plan.pdf', '%PDF-1.4\n']],
  );
});
