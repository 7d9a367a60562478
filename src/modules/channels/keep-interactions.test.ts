import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildAccount, buildContact, buildUser, buildWorkspace } from '#test/build.ts';
import { identify, normalAddress } from './identify.ts';
import { type Kept, keepInteractions, type Received } from './keep-interactions.ts';
import { wakeSnoozed } from './wake-snoozed.ts';

const { records, workspace } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('mail comes in'), 'channel');
let number = 0;

async function keepInteraction(records: Records, received: Received): Promise<Kept> {
  return (await keepInteractions(records, [received]))[0]!;
}

function mail(overrides: Partial<Received> & { from?: string; to?: string } = {}): Received {
  const { from = 'ona@azuolas.example', to = 'info@tendero.example', ...rest } = overrides;
  const id = `${++number}@azuolas.example`;
  return {
    channel: 'email',
    direction: 'in',
    key: `key-${number}`,
    messageId: id,
    references: [],
    subject: 'Two oak doors',
    body: 'Good morning,\n\nwhen will they come?',
    at: new Date('2026-11-20T08:00:00Z'),
    participants: [
      { role: 'from', name: 'Ona', address: from },
      { role: 'to', name: '', address: to },
    ],
    owner: null,
    ...rest,
  };
}

const people = async (interaction: string) =>
  (await records.list('participant', { filter: { interaction }, sort: ['role'], limit: 50 })).items;

test('addresses are compared as they are kept', () => {
  for (const [written, kept] of [
    ['Ona.Petraitė@Ąžuolas.LT', 'ona.petraitė@ąžuolas.lt'],
    ['Ona <ONA@example.com>', 'ona@example.com'],
    ['+370 (612) 34-567', '+37061234567'],
    ['+1 212 555 0123 x5', '+12125550123'],
    ['0034 612 345 678', '+34612345678'],
    ['nobody', null],
    ['a@b', null],
    ['', null],
  ] as const)
    assert.equal(normalAddress(written), kept, written);
  assert.equal(normalAddress('8 612 34567', 'LT'), '+37061234567');
});

test('a message is kept once, with who took part, on the account of the contact who wrote', async () => {
  const account = await buildAccount(records);
  const ona = await buildContact(records, { emails: ['Ona@Azuolas.example'], account: account.id });
  const jonas = await buildUser(system, { email: 'Jonas@tendero.example' });
  const received = mail({ to: 'jonas@tendero.example' });
  const first = await keepInteraction(system, received);
  assert.equal(first.isNew, true);
  const kept = await records.read('interaction', first.id);
  assert.deepEqual(
    [kept.account, kept.contact, kept.channel, kept.direction, kept.state, kept.subject],
    [account.id, ona.id, 'email', 'in', 'done', 'Two oak doors'],
  );
  const thread = await records.read('conversation', first.conversation);
  assert.deepEqual(
    [thread.account, thread.contact, thread.status, thread.lastDirection, thread.preview],
    [account.id, ona.id, 'open', 'in', 'Good morning, when will they come?'],
  );
  const there = await people(first.id);
  assert.deepEqual(
    there.map(({ role, name, address, contact, user }) => [role, name, address, contact, user]),
    [
      ['from', 'Ona', 'ona@azuolas.example', ona.id, null],
      ['to', 'jonas@tendero.example', 'jonas@tendero.example', null, jonas.id],
    ],
  );

  // The copy that a colleague has, and the one after a crash.
  const again = await keepInteraction(system, { ...received, subject: 'Fwd' });
  assert.deepEqual(again, { ...first, isNew: false });
  assert.equal((await people(first.id)).length, 2);
});

test('an answer stands in the thread, whoever sends it; the customer’s opens it again', async () => {
  const question = mail({ from: 'stranger@nowhere.example', subject: 'Prices' });
  const { conversation } = await keepInteraction(system, question);
  await records.update('conversation', conversation, { status: 'done' });
  const answer = await keepInteraction(
    system,
    mail({
      direction: 'out',
      references: [question.messageId!],
      at: new Date('2026-11-20T09:00:00Z'),
      participants: [
        { role: 'from', name: '', address: 'info@tendero.example' },
        { role: 'to', name: '', address: 'stranger@nowhere.example' },
      ],
      body: 'From 200 €.',
    }),
  );
  assert.equal(answer.conversation, conversation);
  assert.equal((await records.read('conversation', conversation)).status, 'done');

  // Now it is known who asked: the thread learns it with the next message.
  const account = await buildAccount(records);
  const contact = await buildContact(records, { emails: ['stranger@nowhere.example'], account: account.id });
  const late = mail({
    from: 'Stranger@Nowhere.example',
    references: ['lost@nowhere.example', question.messageId!],
    at: new Date('2026-11-20T10:00:00Z'),
    body: 'Thank you!',
  });
  assert.equal((await keepInteraction(system, late)).conversation, conversation);
  const thread = await records.read('conversation', conversation);
  assert.deepEqual(
    [thread.status, thread.preview, thread.account, thread.contact],
    ['open', 'Thank you!', account.id, contact.id],
  );

  // Older mail that is read later (a mailbox of years is read from its end) leaves the thread as new as it is.
  await keepInteraction(system, mail({ references: [question.messageId!], at: new Date('2020-01-01T00:00:00Z') }));
  assert.equal((await records.read('conversation', conversation)).preview, 'Thank you!');
});

test('what answers within the second comes after what it answers, though mails tell whole seconds', async () => {
  const asked = mail({ direction: 'out', at: new Date('2026-11-20T08:00:00.700Z') });
  const { conversation } = await keepInteraction(system, asked);
  await system.update('conversation', conversation, { status: 'done' });
  const answer = mail({ references: [asked.messageId!], body: 'I am away', at: new Date('2026-11-20T08:00:00Z') });
  assert.equal((await keepInteraction(system, answer)).conversation, conversation);
  const thread = await records.read('conversation', conversation);
  assert.deepEqual(
    [thread.status, thread.lastDirection, thread.preview, thread.lastAt],
    ['open', 'in', 'I am away', '2026-11-20T08:00:00.700Z'],
  );
});

test('a thread that is read from its end is one conversation', async () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 9, 1, hour));
  const first = mail({ at: at(1) });
  const second = mail({ at: at(2), references: [first.messageId!] });
  const third = mail({ at: at(3), references: [first.messageId!, second.messageId!] });
  const apart = mail({ at: at(4), references: [first.messageId!] });
  // The newest, then one that knows only where the thread began, then two at once, and one that names its neighbour only.
  const kept = [await keepInteraction(system, third), await keepInteraction(system, apart)];
  kept.push(...(await keepInteractions(system, [second, first])));
  kept.push(await keepInteraction(system, mail({ at: at(5), references: [apart.messageId!] })));
  assert.equal(new Set(kept.map(({ conversation }) => conversation)).size, 1);
  assert.notEqual((await keepInteraction(system, mail())).conversation, kept[0]!.conversation);
  // Each names only the one before it.
  const chain = [mail({ at: at(6) })];
  for (let hour = 7; hour < 10; hour++) chain.push(mail({ at: at(hour), references: [chain.at(-1)!.messageId!] }));
  const conversations = new Set<string>();
  for (const one of chain.toReversed()) conversations.add((await keepInteraction(system, one)).conversation);
  assert.equal(conversations.size, 1);
});

test('whose an address is: a decision, a contact, a colleague, an account, its domain; never the domain of a free mailbox', async () => {
  const shop = await buildAccount(records, {
    website: 'https://www.parduotuve.example/lt',
    emails: ['info@parduotuve.example'],
  });
  const free = await buildAccount(records, { emails: ['kepykla@gmail.com'] });
  await buildAccount(records, { website: 'https://shared.example' });
  await buildAccount(records, { emails: ['b@shared.example'] });
  const [twin, other] = [
    await buildContact(records, { emails: ['office@twins.example'] }),
    await buildContact(records, { emails: ['Office@Twins.example'] }),
  ];
  const called = await buildContact(records, { phones: ['+37061299999'], account: shop.id });
  const found = await identify(system, [
    'info@parduotuve.example',
    'new.person@parduotuve.example',
    'kepykla@gmail.com',
    'someone@gmail.com',
    'x@shared.example',
    'office@twins.example',
    '+37061299999',
    'no.one@nowhere2.example',
  ]);
  const of = (address: string) => found.get(address)!;
  assert.deepEqual([of('info@parduotuve.example').by, of('info@parduotuve.example').account], ['account', shop.id]);
  assert.deepEqual(
    [of('new.person@parduotuve.example').by, of('new.person@parduotuve.example').account],
    ['domain', shop.id],
  );
  assert.equal(of('kepykla@gmail.com').account, free.id);
  for (const address of ['someone@gmail.com', 'x@shared.example', 'no.one@nowhere2.example'])
    assert.deepEqual([of(address).by, of(address).account, of(address).contact], ['nobody', null, null], address);
  assert.deepEqual(new Set(of('office@twins.example').candidates), new Set([twin.id, other.id]));
  assert.deepEqual([of('+37061299999').contact, of('+37061299999').account], [called.id, shop.id]);

  await records.create('knownAddress', { address: 'Office@twins.example', verdict: 'contact', contact: other.id });
  await records.create('knownAddress', { address: 'new.person@parduotuve.example', verdict: 'nobody' });
  const decided = await identify(system, ['office@twins.example', 'new.person@parduotuve.example']);
  assert.deepEqual(
    [decided.get('office@twins.example')!.by, decided.get('office@twins.example')!.contact],
    ['decision', other.id],
  );
  assert.deepEqual(decided.get('new.person@parduotuve.example')!.account, null);
  for (const wrong of [
    { address: 'nobody at all', verdict: 'nobody' },
    { address: 'a@b.example', verdict: 'contact' },
    { address: 'a@b.example', verdict: 'account', contact: other.id },
    { address: 'OFFICE@twins.example', verdict: 'nobody' },
  ])
    await assert.rejects(records.create('knownAddress', wrong), Problem, JSON.stringify(wrong));
});

test('odd messages are kept too', async () => {
  const long = 'x'.repeat(100_000);
  const empty = await keepInteraction(system, mail({ subject: '', body: '', messageId: null, participants: [] }));
  assert.equal((await records.read('conversation', empty.conversation)).subject, '…');
  const odd = await keepInteraction(
    system,
    mail({
      subject: 'سلام 🎉 <script>alert(1)</script>',
      body: long,
      messageId: long,
      references: Array.from({ length: 500 }, (_, n) => `${n}${long.slice(0, 900)}`),
      participants: Array.from({ length: 300 }, (_, n) => ({
        role: 'cc' as const,
        name: long.slice(0, 400),
        address: n % 2 ? `p${n}@many.example` : `not an address ${n}`,
      })),
    }),
  );
  assert.equal(await records.count('participant', { interaction: odd.id }).then(({ value }) => value), 300);
  const kept = await records.read('interaction', odd.id);
  assert.equal(kept.body, long);
});

test('what was logged by hand', async () => {
  const account = await buildAccount(records);
  const contact = await buildContact(records, { account: account.id });
  const call = await records.create('interaction', {
    ...{ channel: 'phone', contact: contact.id, duration: 320, outcome: 'callBack' },
    body: 'Wants the offer again, with the longer delivery time and the price of last year.\nCall on Monday.',
  });
  assert.equal(call.account, account.id);
  assert.equal(call.subject, 'Wants the offer again, with the longer delivery time and the price of last…');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const meeting = await records.create('interaction', {
    channel: 'meeting',
    at: tomorrow,
    subject: 'Show the new line',
  });
  assert.equal(meeting.state, 'planned');
  const refused = (field: string) => (error: Problem) => error.errors[0]?.field === field;
  await assert.rejects(records.update('interaction', meeting.id, { state: 'done' }), refused('state'));
  await assert.rejects(records.create('interaction', { channel: 'phone', duration: 99_999_999 }), refused('duration'));
  await assert.rejects(records.create('interaction', { channel: 'pigeon' }), refused('channel'));
});

test('a conversation is snoozed until a moment that is still to come', async () => {
  const { id } = await records.create('conversation', { subject: 'Later', channel: 'email' });
  const refused = (error: Problem) => error.errors[0]?.field === 'snoozedUntil';
  await assert.rejects(records.update('conversation', id, { status: 'snoozed' }), refused);
  const past = '2020-01-01T00:00:00Z';
  await assert.rejects(records.update('conversation', id, { status: 'snoozed', snoozedUntil: past }), refused);
  const later = new Date(Date.now() + 3_600_000).toISOString();
  await records.update('conversation', id, { status: 'snoozed', snoozedUntil: later });
  assert.equal(await wakeSnoozed(system, new Date()), 0);
  assert.equal(await wakeSnoozed(system, new Date(later)), 1);
  const awake = await records.read('conversation', id);
  assert.deepEqual([awake.status, awake.snoozedUntil], ['open', null]);
});

test('copies that come at the same moment are one', async () => {
  const received = [mail(), mail()];
  const kept = await Promise.all([1, 2, 3, 4].map(() => keepInteractions(system, received)));
  assert.equal(new Set(kept.flat().map(({ id }) => id)).size, 2);
  assert.equal(kept.flat().filter(({ isNew }) => isNew).length, 2);
});

test('a batch in any order is what one after the other is', async () => {
  const first = mail({ subject: 'Chairs', at: new Date('2026-11-01T08:00:00Z') });
  const second = mail({
    references: [first.messageId!],
    at: new Date('2026-11-02T08:00:00Z'),
    direction: 'out',
    body: 'On Friday.',
  });
  const third = mail({ references: [first.messageId!, second.messageId!], at: new Date('2026-11-03T08:00:00Z') });
  const other = mail({ subject: 'Tables' });
  const kept = await keepInteractions(system, [third, other, first, second, third]);
  assert.deepEqual(
    kept.map(({ isNew }) => isNew),
    [true, true, true, true, false],
  );
  assert.equal(kept[4]!.id, kept[0]!.id);
  assert.equal(new Set([kept[0], kept[2], kept[3]].map((one) => one!.conversation)).size, 1);
  assert.notEqual(kept[1]!.conversation, kept[0]!.conversation);
  const thread = await records.read('conversation', kept[0]!.conversation);
  assert.deepEqual([thread.subject, thread.lastDirection, thread.lastAt], ['Chairs', 'in', '2026-11-03T08:00:00.000Z']);
});
