/** What every channel holds to, whatever it speaks. One more channel is one more row of `cases`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkGuard } from '#kernel/net/guard.ts';
import { freePort } from '#test/debian.ts';
import { openMailSink } from '#test/mail-sink.ts';
import { fc } from '#test/property.ts';
import { noDovecot, startDovecot } from '#test/real/dovecot.ts';
import type { ChannelAdapter, Outgoing } from './adapter.ts';
import { adapters } from './adapters.ts';
import type { MailAccess } from './email/adapter.ts';
import type { FaxAccess } from './fax/adapter.ts';
import type { FaxGateway } from './fax/gateway.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

interface Case<Access, Ways = undefined> {
  /** Addresses of the channel, and what is none. */
  readonly people: { readonly us: string; readonly them: string; readonly other: string; readonly nobody: string };
  /** Ours, as the channel's bytes name us; `us` where left out. */
  readonly ours?: string;
  readonly ways: Ways;
  /** What strangers send. */
  readonly hostile: readonly Uint8Array[];
  /** A server of its kind. */
  start(): Promise<{
    readonly access: Access;
    /** The same with a wrong password, and with nobody at its address. */
    readonly refused: Access;
    readonly away: Access;
    /** The server refuses the next one: later, or never. */
    refuse(how: 'later' | 'never'): void;
    /** What came to somebody. */
    receivedBy(address: string): Promise<Uint8Array>;
    count(): number;
    /** Puts it where the channel shows what was sent. */
    showAsSent(raw: Buffer): Promise<void>;
  }>;
}

/** A mail server on both sides: what the adapters of mails and of faxes have in common. */
async function startMailServers() {
  const sink = await openMailSink({
    onAuth: ({ username, password }, _session, done) =>
      done(password === 'secret' ? null : new Error('wrong password'), { user: username }),
  });
  const dovecot = await startDovecot();
  const user = dovecot.newUser();
  const hosts = {
    imap: { host: '127.0.0.1', port: dovecot.imap, security: 'none', username: user },
    smtp: { host: '127.0.0.1', port: sink.port, security: 'none', username: 'ona' },
  } as const;
  const guard = networkGuard();
  const credentials = { imap: { password: 'secret' }, smtp: { password: 'secret' } };
  const wrong = { imap: { password: 'wrong' }, smtp: { password: 'wrong' } };
  const away = { ...hosts, smtp: { ...hosts.smtp, port: await freePort() } };
  return {
    access: { guard, hosts, credentials } satisfies MailAccess,
    refused: { guard, hosts, credentials: wrong } satisfies MailAccess,
    away: { guard, credentials, hosts: away } satisfies MailAccess,
    refuse: (how: 'later' | 'never') => void sink.refuse.push(how === 'later' ? 451 : 550),
    receivedBy: async (address: string) => Buffer.from((await sink.mailTo(address)).source),
    count: () => sink.mails.length,
    showAsSent: async (raw: Buffer) => dovecot.fill(user, 'Sent', [raw]),
  };
}

const hostileMails = [
  'From: a@b.example\r\nFrom: ona@shop.example\r\nSubject: =?utf-8?B?AA==?=\r\n\r\n\0\0',
  `Message-ID: <${'x'.repeat(5_000)}@y>\r\nReferences: ${'<a@b> '.repeat(3_000)}\r\nTo: ${'x@y.example, '.repeat(3_000)}\r\n\r\nhi`,
  'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a',
  'Subject: =?utf-16?B?/////w==?=\r\nDate: never\r\n\r\n\ud83d',
];

const email: Case<MailAccess> = {
  people: {
    us: 'ona@shop.example',
    them: 'jonas@client.example',
    other: 'vita@client.example',
    nobody: 'no address',
  },
  ways: undefined,
  hostile: hostileMails.map((text) => Buffer.from(text)),
  start: startMailServers,
};

const gateway: FaxGateway = {
  ...{ id: '1', number: '+37052000000', address: '{number}@fax.example', numberForm: 'digits', country: 'LT' },
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

const fax: Case<FaxAccess, readonly FaxGateway[]> = {
  people: { us: '+37052000000', them: '+37061234567', other: '+34612345678', nobody: '8 612 34567' },
  ours: 'fax@shop.example',
  ways: [gateway],
  hostile: [
    ...hostileMails,
    `From: x@fax.example\r\nSubject: ${'1 '.repeat(50_000)}\r\nX-A: ${'+3'.repeat(9_000)}\r\n\r\nnot delivered ${'0-'.repeat(9_000)}`,
    `From: fax@shop.example\r\nTo: ${'37061234567@fax.example, '.repeat(3_000)}${'1'.repeat(64)}@fax.example, @fax.example\r\n\r\n`,
  ].map((text) => Buffer.from(text)),
  async start() {
    const { access, refused, away, ...server } = await startMailServers();
    const through = (mail: MailAccess): FaxAccess => ({ mail, gateway, sender: 'fax@shop.example', secret: null });
    return {
      ...server,
      ...{ access: through(access), refused: through(refused), away: through(away) },
      receivedBy: (number) => server.receivedBy(`${number.slice(1)}@fax.example`),
    };
  },
};

const cases: Readonly<Record<string, Case<unknown, unknown>>> = { email, fax } as never;

const into = { owner: null, team: null, receivedAt: new Date('2026-11-22T10:00:00Z') };

test('every adapter is held to the contract', () => {
  assert.deepEqual(Object.keys(cases).sort(), adapters.map(({ channel }) => channel).sort());
});

for (const adapter of adapters as readonly ChannelAdapter<unknown, unknown>[]) {
  const { people, ours = people.us, ways, hostile, start } = cases[adapter.channel]!;
  const addresses = new Set([ours]);

  test(`${adapter.channel}: whatever comes is plain data, the same each time`, async () => {
    const check = async (raw: Uint8Array) => {
      const received = await adapter.receive(raw, { ...into, addresses }, ways);
      assert.deepEqual(await adapter.receive(raw, { ...into, addresses }, ways), received);
      assert.deepEqual(structuredClone(received), received, 'plain data');
      const { key, channel, subject, body, at, participants, references, messageId } = received;
      assert.equal(channel, adapter.channel);
      assert.ok(key.length > 0 && key.length <= 120, key);
      for (const text of [subject, body, ...references, messageId ?? ''])
        assert.ok(text.isWellFormed() && !text.includes('\0'), text);
      assert.doesNotMatch(subject, /[\r\n]/);
      assert.ok(body.length <= 100_000);
      assert.ok(Number.isFinite(at.getTime()));
      assert.ok(participants.length <= 1_000);
    };
    for (const raw of hostile) await check(raw);
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), check), { numRuns: 50 });
  });

  const sending = adapter.sending;
  if (!sending) continue;

  test(`${adapter.channel}: what is no address is known as such`, () => {
    for (const address of [people.us, people.them, people.other]) assert.equal(sending.isAddress(address), true);
    for (const address of [people.nobody, '', '\r\n', `${people.them}\r\nX: y`])
      assert.equal(sending.isAddress(address), false, address);
  });

  test(`${adapter.channel}: sent, refused, put off, in doubt`, { skip: noDovecot }, async () => {
    const server = await start();
    const message: Outgoing = {
      ...{ id: 'one@shop.example', references: ['zero@client.example'], at: new Date('2026-11-22T11:00:00Z') },
      from: { name: 'Ona\r\nX-Injected: yes', address: people.us },
      to: [{ name: 'Jonas "J" <x@y.example>', address: people.them }],
      cc: [],
      bcc: [{ name: '', address: people.other }],
      subject: 'Durys, ąžuolo\r\nX-Injected: yes',
      html: '<p>Laba diena,<br />1 &lt; 2</p><blockquote><p>seniau</p></blockquote>',
      attachments: [{ name: 'kaina\r\n.csv', type: 'text/csv\r\nX-Injected: yes', bytes: Buffer.from('durys;1\n') }],
    };
    const written = await sending.write(message, server.access);
    const to = [people.them, people.other];
    const never = async () => assert.fail('the server had refused already');
    const calm = async () => {};

    assert.equal((await sending.send(written, to, server.away, never)).outcome, 'delayed');
    assert.equal((await sending.send(written, to, server.refused, never)).outcome, 'refused');
    server.refuse('later');
    assert.equal((await sending.send(written, to, server.access, calm)).outcome, 'delayed');
    server.refuse('never');
    const refusal = await sending.send(written, to, server.access, calm);
    assert.equal(refusal.outcome, 'refused');
    assert.notEqual(refusal.detail, '');
    const stopped = sending.send(written, to, server.access, () => Promise.reject(new Error('stopped')));
    await assert.rejects(stopped, /^Error: stopped$/);
    assert.equal(server.count(), 0, 'nobody got anything so far');

    const sent = await sending.send(written, to, server.access, calm);
    assert.deepEqual([sent.outcome, [...sent.accepted].sort(), sent.refused], ['sent', to.sort(), []]);
    const raw = await server.receivedBy(people.them);
    const came = await adapter.receive(raw, { ...into, addresses }, ways);
    const { key, messageId, references, direction, subject, body, at } = came;
    assert.deepEqual([key, messageId, references.at(-1)], [written.key, message.id, 'zero@client.example']);
    assert.deepEqual([direction, subject], ['out', 'Durys, ąžuolo X-Injected: yes']);
    assert.match(body, /Laba diena,\n1 < 2/);
    assert.equal(at.toISOString(), message.at.toISOString());
    assert.deepEqual(
      came.participants.map(({ role, address }) => [role, address]),
      [
        ['from', people.us],
        ['to', people.them],
      ],
    );
    assert.doesNotMatch(Buffer.from(raw).toString(), /^X-Injected/im);
    const kept = await adapter.receive(written.raw, { ...into, addresses }, ways);
    assert.equal(kept.key, written.key, 'its own copy is the same message');
    assert.ok(kept.participants.some(({ role, address }) => role === 'bcc' && address === people.other));

    assert.equal(await sending.hasLeft(written, server.access), false);
    await server.showAsSent(written.raw);
    assert.equal(await sending.hasLeft(written, server.access), true);
    assert.equal(await sending.health(server.access), null);
    assert.equal((await sending.health(server.refused))?.fault, 'sign-in-refused');
    assert.equal((await sending.health(server.away))?.fault, 'connection-refused');
    const hostileTo = [{ name: '', address: `${people.them}\r\nRCPT TO:<x@y>` }];
    await assert.rejects(sending.write({ ...message, to: hostileTo }, server.access));
  });
}
