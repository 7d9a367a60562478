import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import { runAction } from '#kernel/records/actions.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { suggest } from './candidates.ts';
import { identityReader } from './identity.reader.ts';
import { keepInteractions, type Received } from './keep-interactions.ts';

const { records, workspace, principal } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('mail comes in'), 'channel');
let number = 0;

async function came(from: string, name: string, overrides: Partial<Received> = {}) {
  const id = `${++number}@somewhere.example`;
  const [kept] = await keepInteractions(system, [
    {
      ...{ channel: 'email', direction: 'in', key: `key-${number}`, messageId: id, references: [] },
      ...{ subject: `Doors ${number}`, body: 'When will they come?', owner: null, at: new Date() },
      participants: [{ role: 'from', name, address: from }],
      ...overrides,
    },
  ]);
  return kept!;
}

const open = async () =>
  (await records.list('knownAddress', { filter: { verdict: 'open' }, sort: ['address'], limit: 100 })).items;
const known = async (address: string) => (await records.find('knownAddress', { address }))!;
const decide = async (address: string, input: unknown) =>
  (await runAction(workspace, principal, 'knownAddress', (await known(address)).id, 'decide', input)) as {
    changeSet: string;
    moved: number;
    contact: string | null;
  };
const suggested = async (address: string) => suggest(records, (await known(address)) as never, 'LT');

test('who wrote and is not known waits for a decision, once; programs, colleagues and what is long past do not', async () => {
  await came('Nauja@Nezinoma.example', 'Nauja Pažintis');
  const second = await came('nauja@nezinoma.example', 'Nauja P.', { body: 'Hello?' });
  await came('no-reply@shop.example', 'Shop');
  await came('mailer-daemon@mx.example', 'MX');
  await came('old@nezinoma.example', 'Old', { at: new Date('2020-01-01T00:00:00Z') });
  await came('out@nezinoma.example', 'Out', { direction: 'out' });
  const waiting = await open();
  assert.deepEqual(
    waiting.map(({ address, name, messages, interaction }) => [address, name, messages, interaction]),
    [['nauja@nezinoma.example', 'Nauja P.', 2, second.id]],
  );
});

test('a decision tells what was said before, and is taken back as one', async () => {
  const account = await buildAccount(records, { name: 'Klevas' });
  const address = 'petras@klevas.example';
  const [first, second] = [await came(address, 'Petras Klevinis'), await came(address, 'Petras Klevinis')];
  const made = await decide(address, {
    ...{ verdict: 'contact' },
    create: { firstName: 'Petras', lastName: 'Klevinis', account: account.id, phones: ['+370 612 34567'] },
  });
  assert.equal(made.moved, 2);
  const person = await records.read('contact', made.contact!);
  assert.deepEqual([person.name, person.account], ['Petras Klevinis', account.id]);
  for (const { id, conversation } of [first, second]) {
    const message = await records.read('interaction', id);
    const thread = await records.read('conversation', conversation);
    assert.deepEqual([message.contact, message.account], [made.contact, account.id]);
    assert.deepEqual([thread.contact, thread.account], [made.contact, account.id]);
  }
  const third = await came(address, 'Petras Klevinis');
  assert.equal((await records.read('interaction', third.id)).contact, made.contact);
  await records.undo(made.changeSet);
  assert.equal((await known(address)).verdict, 'open');
  assert.equal((await records.read('interaction', first.id)).contact, null);
  assert.equal((await records.read('conversation', second.conversation)).account, null);
});

test('an account alone, nobody, and blocked', async () => {
  const account = await buildAccount(records);
  const one = await came('sales@beržas.example', 'Sales');
  assert.equal((await decide('sales@beržas.example', { verdict: 'account', account: account.id })).moved, 1);
  const message = await records.read('interaction', one.id);
  assert.deepEqual([message.account, message.contact], [account.id, null]);
  const ad = await came('ad@loud.example', 'Loud');
  await decide('ad@loud.example', { verdict: 'blocked' });
  assert.equal((await records.read('conversation', ad.conversation)).status, 'done');
  const other = await came('list@quiet.example', 'Quiet');
  await decide('list@quiet.example', { verdict: 'nobody' });
  await came('list@quiet.example', 'Quiet');
  assert.equal((await known('list@quiet.example')).verdict, 'nobody');
  assert.equal((await records.read('conversation', other.conversation)).status, 'open');
});

test('candidates come with their evidence, surest first; a free mailbox is no company', async () => {
  const account = await buildAccount(records, { name: 'UAB „Ąžuolo durys“', website: 'https://www.azuolas.example' });
  const ona = await buildContact(records, {
    ...{ firstName: 'Ona', lastName: 'Ąžuolienė', phones: ['+37061234567'], account: account.id },
  });
  const namesake = await buildContact(records, { firstName: 'Ona', lastName: 'Ąžuolienė' });
  const signature = 'Pagarbiai,\nOna Ąžuolienė\nDirektorė\nUAB Ąžuolo durys\nTel. +370 612 34567';
  await came('ona.privati@gmail.com', 'Ona Ąžuolienė', { signature });
  const { candidates, contact } = await suggested('ona.privati@gmail.com');
  assert.deepEqual(
    candidates.map(({ id, certainty, evidence }) => [id, certainty, evidence.map(({ kind }) => kind)]),
    [
      [ona.id, 'certain', ['phone', 'name', 'company']],
      [namesake.id, 'possible', ['name']],
      [account.id, 'possible', ['company']],
    ],
  );
  assert.deepEqual([contact.firstName, contact.lastName, contact.phones], ['Ona', 'Ąžuolienė', ['+37061234567']]);
  await buildAccount(records, { name: 'Somebody at home', emails: ['home@gmail.com'] });
  await came('stranger@gmail.com', 'stranger');
  assert.deepEqual((await suggested('stranger@gmail.com')).candidates, []);
  await came('kita@azuolas.example', 'Kita');
  assert.deepEqual(
    (await suggested('kita@azuolas.example')).candidates.map(({ id, evidence }) => [id, evidence[0]!.kind]),
    [[account.id, 'domain']],
  );
  // What is certain is linked without anybody; what was given to a contact meanwhile is too.
  await catchUp(workspace, identityReader);
  assert.deepEqual(
    [(await known('ona.privati@gmail.com')).contact, (await known('kita@azuolas.example')).verdict],
    [ona.id, 'open'],
  );
  const kita = await buildContact(records, { firstName: 'Kita', lastName: 'X', emails: ['kita@azuolas.example'] });
  await catchUp(workspace, identityReader);
  assert.equal((await known('kita@azuolas.example')).contact, kita.id);
});

test('what a mail does not tell colleagues, the queue does not tell either; nonsense is harmless', async () => {
  await came('secret@closed.example', 'Secret', { visibility: 'metadata', signature: 'Ona\n+370 600 00000' });
  assert.equal((await known('secret@closed.example')).signature, null);
  const nasty = `Ona %_\\ ' "<script>\u202e`.repeat(30);
  await came('nasty@closed.example', nasty.slice(0, 240), { signature: nasty.repeat(200) });
  assert.ok((await suggested('nasty@closed.example')).contact);
  await assert.rejects(decide('nasty@closed.example', { verdict: 'contact' }));
  await assert.rejects(decide('nasty@closed.example', { verdict: 'whoever' }), { code: 'request.invalid' });
});
