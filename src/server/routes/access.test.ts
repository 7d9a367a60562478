import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildAccount, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
let system: Records;
before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
  system = recordsFor(crm.workspace, asSystem('test data'), 'setup');
});

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes
type Body = any;

async function ask(path: string, key = server.key): Promise<{ status: number; body: Body }> {
  const response = await server.call(`/api${path}`, { key });
  return { status: response.status, body: await response.json() };
}

let number = 0;
async function seller(more: Record<string, unknown> = {}) {
  const person = await server.person();
  const grants = { account: { read: 'own', create: 'own', update: 'own', reassign: 'own' }, ...more };
  const role = await system.create('role', {
    name: `Seller ${++number}`,
    grants,
    fields: { 'account.phones': 'masked' },
  });
  await system.update('user', person.userId, { roles: [role.id] });
  return { ...person, role: role.id };
}

/** A browser in which somebody has signed in. */
async function browser(userId: string) {
  const { email } = await system.read('user', userId);
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${++number}` };
  const body = JSON.stringify({ email, password: 'correct horse battery' });
  const answer = await fetch(`${server.url}/api/session`, { method: 'POST', headers, body });
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  const { csrf } = (await answer.json()) as { csrf: string };
  return async (method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }> => {
    const response = await fetch(`${server.url}/api${path}`, {
      method,
      headers: { cookie, 'x-csrf': csrf, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  };
}

const viewsNoted = async () => {
  const { body } = await ask('/audit?operation=viewAs');
  return body.items as Body[];
};

test('administrators are told why, in their language; nobody else is told anything', async () => {
  const { userId, key } = await seller();
  const account = await buildAccount(crm.records, { name: 'Litera' });
  const path = `/access/explanation?user=${userId}&object=account&operation=read&record=${account.id}`;
  const { status, body } = await ask(path);
  assert.equal(status, 200);
  assert.equal(body.isAllowed, false);
  assert.equal(body.verdict, 'not-matched');
  assert.equal(body.text, 'No. No rule lets them do it with this record.');
  assert.match(body.reasons[0].source, /Seller/);
  assert.match(body.reasons[0].fact, /^this one belongs to /);
  const none = await ask(`/access/explanation?user=${userId}&object=contact&operation=read`);
  assert.equal(none.body.text, 'No. None of their roles gives this right on “Contacts” at all.');

  for (const denied of [path, `/access/people/${userId}`, '/access/ground'])
    assert.equal((await ask(denied, key)).status, 403);
  const nowhere = '00000000-0000-7000-8000-000000000000';
  for (const unknown of [
    `/access/explanation?user=${nowhere}&object=account&operation=read`,
    `/access/explanation?user=${userId}&object=nothing&operation=read`,
    `/access/explanation?user=${userId}&object=account&operation=read&record=${nowhere}`,
    `/access/people/${nowhere}`,
  ])
    assert.equal((await ask(unknown)).status, 404, unknown);
  assert.equal((await ask(`/access/explanation?user=${userId}&object=account&operation=see`)).status, 400);

  await system.update('user', userId, { active: false });
  assert.equal((await ask(path)).body.verdict, 'inactive');
});

test('all that somebody may do, each with the role that says so', async () => {
  const { userId } = await seller({ contact: { read: ['own', { through: 'account' }] } });
  const { body } = await ask(`/access/people/${userId}`);
  assert.equal(body.administrator, false);
  const of = (name: string) => body.objects.find((object: Body) => object.name === name);
  assert.deepEqual(
    of('contact').rights.read.map(({ rule }: Body) => rule),
    ['their own', 'those whose “Account” they may see'],
  );
  assert.deepEqual(of('contact').rights.delete, []);
  assert.equal(of('stage').rights.read[0].isGround, true);
  assert.equal(of('account').fields.find((field: Body) => field.name === 'phones').access, 'masked');
});

test('a page asks what its reader may do with the record', async () => {
  const { userId, key } = await seller();
  const mine = await buildAccount(system, { owner: userId });
  assert.deepEqual((await ask(`/access/records/account/${mine.id}`, key)).body.operations, ['update', 'reassign']);
  const foreign = await buildAccount(crm.records);
  assert.equal((await ask(`/access/records/account/${foreign.id}`, key)).status, 404);
  assert.deepEqual((await ask(`/access/records/account/${foreign.id}`)).body.operations.length, 4);
});

test('what a mailbox holds back and what somebody is writing is not seen through their eyes', async () => {
  const { userId, key } = await seller();
  const mailbox = await system.create('mailbox', {
    name: 'Own',
    address: `own${number}@litera.example`,
    owner: userId,
  });
  const held = { mailbox: mailbox.id, at: '2026-03-02T10:00:00Z', direction: 'in', subject: 'Secret', owner: userId };
  const { id } = await system.create('heldMail', held);
  const empty = { to: [], cc: [], bcc: [], html: '', signature: '', quote: '', attachments: [], about: {} };
  const content = { ...empty, mailbox: null, subject: 'Secret', replyTo: null, language: null };
  const draft = '019aa000-0000-7000-8000-000000000001';
  const saved = { method: 'PUT', json: { content, revision: null }, key };
  assert.equal((await server.call(`/api/mails/${draft}`, saved)).status, 200);
  const late = { ...saved, json: { content, revision: 2 ** 31 } };
  assert.equal((await server.call(`/api/mails/${draft}`, late)).status, 400);
  const seen = [`/records/heldMail/${id}`, '/records/heldMail', `/mails/${draft}`, '/mails?of=drafts'];
  for (const path of seen) assert.match(JSON.stringify((await ask(path, key)).body), /Secret/, path);

  const send = await browser(server.userId);
  await send('POST', '/session/view-as', { user: userId });
  for (const path of [...seen, '/search?q=Secret'])
    assert.doesNotMatch(JSON.stringify((await send('GET', path)).body), /Secret/, path);
});

test('an administrator sees what somebody sees, changes nothing, and it is noted', async () => {
  const { userId } = await seller();
  await buildAccount(system, { name: 'Theirs', owner: userId });
  const send = await browser(server.userId);
  const before = (await viewsNoted()).length;
  const began = await send('POST', '/session/view-as', { user: userId });
  assert.equal(began.status, 200);
  assert.equal(began.body.user.id, userId);
  assert.equal(began.body.viewer.id, server.userId);
  assert.equal(began.body.user.administrator, false);

  const names = (await send('GET', '/records/account')).body.items.map(({ name }: Body) => name);
  assert.deepEqual(names, ['Theirs']);
  assert.equal((await send('POST', '/records/account/query', {})).body.items.length, 1);
  const [account] = (await send('GET', '/records/account')).body.items;
  assert.deepEqual((await send('GET', `/access/records/account/${account.id}`)).body.operations, []);
  for (const [method, path, json] of [
    ['POST', '/records/account', { name: 'X' }],
    ['PATCH', `/records/account/${account.id}`, { name: 'X' }],
    ['DELETE', `/records/account/${account.id}`],
    ['PATCH', '/session', { name: 'X' }],
    ['PUT', '/preferences/home', { value: '/x' }],
    ['POST', '/keys', { name: 'mine' }],
    ['PUT', `/presence/account/${account.id}`, {}],
    ['POST', '/session/view-as', { user: userId }],
    ['DELETE', '/sessions/others'],
  ] as const) {
    const { status, body } = await send(method, path, json);
    assert.equal(status, 403, `${method} ${path}`);
    assert.equal(body.code, 'access.viewing', `${method} ${path}`);
  }
  assert.equal((await send('GET', '/users')).status, 403);
  assert.equal((await send('GET', '/exports/account.csv')).status >= 400, true);

  const ended = await send('DELETE', '/session/view-as');
  assert.equal(ended.body.user.id, server.userId);
  assert.equal(ended.body.viewer, null);
  assert.equal((await send('GET', '/users')).status, 200);
  const noted = await viewsNoted();
  assert.equal(noted.length, before + 2);
  for (const entry of noted.slice(0, 2)) {
    assert.equal(entry.actor, server.userId);
    assert.equal(entry.record, userId);
  }
});

test('nobody looks through an administrator’s eyes, nor without being one, nor with a key; it ends with the right to it', async () => {
  const { userId, key } = await seller();
  const other = await server.person(true);
  const boss = await browser(server.userId);
  const member = await browser(userId);
  const nowhere = '00000000-0000-7000-8000-000000000000';
  for (const user of [other.userId, server.userId, nowhere])
    assert.equal((await boss('POST', '/session/view-as', { user })).status, 403);
  assert.equal((await member('POST', '/session/view-as', { user: (await server.person()).userId })).status, 403);
  for (const own of [key, server.key]) {
    const answer = await server.call('/api/session/view-as', { method: 'POST', json: { user: userId }, key: own });
    assert.equal(answer.status, 403);
  }
  assert.equal((await member('DELETE', '/session/view-as')).body.viewer, null);

  // Whoever becomes an administrator is not looked at any more; whoever stops being one does not look.
  await boss('POST', '/session/view-as', { user: userId });
  await server.call(`/api/users/${userId}`, { method: 'PATCH', json: { administrator: true } });
  assert.equal((await boss('GET', '/session')).body.viewer, null);
  await server.call(`/api/users/${userId}`, { method: 'PATCH', json: { administrator: false } });
  assert.equal((await boss('GET', '/session')).body.viewer, null, 'nor does it begin again by itself');

  const second = await browser(other.userId);
  await second('POST', '/session/view-as', { user: userId });
  await server.call(`/api/users/${other.userId}`, { method: 'PATCH', json: { administrator: false } });
  const { body } = await second('GET', '/session');
  assert.equal(body.viewer, null);
  assert.equal(body.user.id, other.userId);
  assert.equal((await second('GET', '/users')).status, 403);
});
