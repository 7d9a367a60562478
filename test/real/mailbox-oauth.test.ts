/** A mailbox without a password: its owner signs in at a provider (OAuth 2.0), and a real Dovecot asks that provider whose the token is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepMailboxes } from '#app/mailboxes.ts';
import { buildContact, buildWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve } from '#test/http.ts';
import { clientId, clientSecret, comeBack, startProvider } from '#test/oidc.ts';
import { noDovecot, startDovecot } from './dovecot.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

const skip = noDovecot;
const { records, runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);
const callback = `${server.url}/api/mailboxes/sign-in/callback`;
const provider = await startProvider({ much1: { email: 'ona@example.com' } }, callback);
const introspection = provider.issuer.replace('://', `://${clientId}:${encodeURIComponent(clientSecret)}@`);
const mailServer = skip ? null : await startDovecot({ introspection: `${introspection}/token/introspection` });
const said: string[] = [];
const worker = keepMailboxes(runtime, (error) => said.push(String(error)));
beforeDrop(() => worker.stop());

type Answer = { id: string; code: string; items: { subject: string }[]; csrf: string } & Record<string, never>;

const settings = { issuer: provider.issuer, clientId, scope: 'openid offline_access', label: 'Example' };

async function ask(method: string, path: string, json?: unknown): Promise<Answer & { status: number }> {
  const answer = await server.call(`/api${path}`, { method, ...(json === undefined ? {} : { json }) });
  const text = await answer.text();
  return { ...(text ? JSON.parse(text) : {}), status: answer.status };
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; !(await check()); await sleep(50))
    if (Date.now() > end) assert.fail(`${what} did not come; ${said.slice(-3).join(' | ')}`);
}

/** Somebody's browser: a session, and whatever cookies come. */
async function browserOf(email: string) {
  const cookies = new Map<string, string>();
  let csrf = '';
  const go = async (path: string, init: RequestInit & { json?: unknown } = {}) => {
    const { json, ...rest } = init;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const url = path.startsWith('http') ? path : `${server.url}/api${path}`;
    const answer = await fetch(url, {
      redirect: 'manual',
      ...rest,
      headers: { cookie, 'x-csrf': csrf, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { method: 'POST', body: JSON.stringify(json) } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (pair.slice(at + 1) === '') cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  };
  const session = await go('/session', { json: { email, password: 'correct horse battery' } });
  csrf = ((await session.json()) as { csrf: string }).csrf;
  return {
    go,
    cookies,
    /** Signs in at the provider and comes back. */
    async signIn(login: string) {
      const start = `${server.url}/api/mailboxes/sign-in?provider=other&address=${login}@example.com`;
      const trip = await comeBack(start, login, [...cookies]);
      for (const pair of trip.cookie.split('; ')) cookies.set(pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1));
      return go(trip.callback);
    },
  };
}

const emailOf = async (userId: string) => String((await records.read('user', userId, { fields: ['email'] })).email);

test('a mailbox is connected by signing in at its provider; no password is anywhere', { skip }, async () => {
  const person = await server.person();
  const name = mailServer!.newUser();
  assert.equal(name, 'much1');
  await buildContact(records, { emails: 'client@customer.example' });
  const letter = ['From: Client <client@customer.example>', 'To: ona@example.com', 'Subject: Without a password'];
  await mailServer!.deliver(name, [...letter, 'Message-ID: <one@customer.example>', '', 'Hello', ''].join('\r\n'));
  assert.equal((await ask('PUT', '/mail-providers/other', { ...settings, secret: clientSecret })).status, 204);
  assert.deepEqual((await ask('GET', '/mailboxes/providers')).items, [{ name: 'other', label: 'Example' }]);
  assert.doesNotMatch(JSON.stringify(await ask('GET', '/mail-providers')), new RegExp(clientSecret));

  const browser = await browserOf(await emailOf(person.userId));
  const back = await browser.signIn(name);
  assert.equal(back.headers.get('location'), '/mailboxes?signedIn=other');
  const imap = { host: '127.0.0.1', port: mailServer!.imap, security: 'none', username: name };
  const made = await browser.go('/mailboxes', { json: { address: 'ona@example.com', imap, signedIn: true } });
  const mailbox = (await made.json()) as Answer;
  assert.equal(made.status, 201, JSON.stringify(mailbox));
  const isHere = async () => (await ask('GET', '/records/interaction?search=password')).items.length === 1;
  await until('the mail', isHere);

  // What the provider takes back is told in words; nothing else is tried.
  await browser.signIn(name);
  await ask('PUT', '/mail-providers/other', { ...settings, secret: 'another' });
  const other = await browser.go('/mailboxes/try', { json: { imap, signedIn: true } });
  const { imap: fault } = (await other.json()) as { imap: { fault: string } };
  assert.equal(fault.fault, 'token-refused');
});

test('who comes back is who went, and what came back is theirs alone', { skip }, async () => {
  await ask('PUT', '/mail-providers/other', { ...settings, secret: clientSecret });
  const [one, two] = [await server.person(), await server.person()];
  const [mine, others] = [await browserOf(await emailOf(one.userId)), await browserOf(await emailOf(two.userId))];
  const imap = { host: '127.0.0.1', port: mailServer!.imap, security: 'none', username: 'much1' };
  const before = await mine.go('/mailboxes/try', { json: { imap, signedIn: true } });
  assert.equal(before.status, 422, 'nobody signed in yet');
  await mine.signIn('much1');
  const grant = mine.cookies.get('tendero-mailbox')!;
  assert.ok(grant);
  for (const stolen of [grant, `${grant.slice(0, -4)}AAAA`, '1.x', '']) {
    others.cookies.set('tendero-mailbox', stolen);
    const answer = await others.go('/mailboxes/try', { json: { imap, signedIn: true } });
    assert.equal(answer.status, 422);
  }
  // A trip that somebody else began, an answer that nobody asked for.
  const start = `${server.url}/api/mailboxes/sign-in?provider=other`;
  const trip = await comeBack(start, 'much1', [...mine.cookies]);
  const forged = await others.go(trip.callback);
  assert.equal(forged.headers.get('location'), '/mailboxes?refused=sign-in');
  const unasked = await mine.go(`${callback}?code=abc&state=def`);
  assert.equal(unasked.headers.get('location'), '/mailboxes?refused=sign-in');
  assert.equal((await fetch(start, { redirect: 'manual' })).status, 401);
});

test('where one may sign in is the administrators’ matter, and no address of the inside', async () => {
  const { key } = await server.person();
  const put = (json: unknown, own?: string) =>
    server.call('/api/mail-providers/google', { method: 'PUT', json, ...(own ? { key: own } : {}) });
  assert.equal((await put(settings, key)).status, 403);
  for (const issuer of ['http://169.254.169.254/', 'file:///etc/passwd', 'https://login.example/{tenant}', 'nonsense'])
    assert.ok([400, 422].includes((await put({ ...settings, issuer })).status), issuer);
  assert.equal((await ask('DELETE', '/mail-providers/other')).status, 204);
});
