import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from '#kernel/database/sql.ts';
import { runJobs } from '#kernel/jobs/jobs.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve, type TestServer } from '#test/http.ts';
import { type MailSink, openMailSink } from '#test/mail-sink.ts';
import { jobsOf } from './jobs.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1/32';

let crm: TestWorkspace;
let server: TestServer;
let sink: MailSink;
before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
  sink = await openMailSink();
  const jobs = await runJobs(crm.runtime.database, jobsOf(crm.runtime), () => {});
  beforeDrop(() => jobs.stop());
});

type Body = Record<string, unknown> & { code: string; id: string; errors: { field: string }[] };
const usual = () => ({
  host: '127.0.0.1',
  port: sink.port,
  security: 'none',
  username: null as string | null,
  senderName: 'Litera UAB',
  senderAddress: 'crm@litera.example',
  site: 'https://crm.litera.example/some/page?x=1',
});

async function send(method: string, path: string, json?: unknown, key?: string) {
  const answer = await server.call(`/api${path}`, {
    method,
    ...(key ? { key } : {}),
    ...(json === undefined ? {} : { json }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Body };
}

const setUp = (changes: object = {}) => send('PUT', '/mail-server', { ...usual(), ...changes });
const anonymous = (path: string, json: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(json),
  });

test('without a server the link is shown, and nothing is promised', async () => {
  const invited = await send('POST', '/users', { name: 'Ona', email: 'ona@example.com' });
  assert.match(String(invited.body.path), /^\/password\/[\w-]{43}$/);
  assert.equal(invited.body.mailedTo, null);
  const tested = await send('POST', '/mail-server/test');
  assert.deepEqual([tested.status, tested.body.code], [409, 'mail.not-set-up']);
  assert.equal((await anonymous('/password-links', { email: 'ona@example.com' })).status, 204);
});

test('a server is set up by administrators, its password sealed and never shown', async () => {
  const saved = await setUp({ username: 'crm', password: 'a secret of the mail server' });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  assert.deepEqual([saved.body.hasPassword, saved.body.site], [true, 'https://crm.litera.example']);
  const shown = JSON.stringify((await send('GET', '/mail-server')).body);
  const [row] = await crm.runtime.database.run(`select to_jsonb(m)::text from platform.mail_server m`);
  for (const text of [shown, row![0] as string]) assert.ok(!text.includes('a secret'), text);
  assert.equal((await setUp({ username: 'crm', senderName: 'Litera' })).body.hasPassword, true, 'it stays');
  assert.equal((await setUp({ username: 'crm', host: '127.0.0.1 ' })).body.hasPassword, true);
  assert.equal((await setUp({ username: 'else' })).body.hasPassword, false, 'but not for another name');

  const { key } = await server.person();
  for (const [method, path] of [
    ['GET', '/mail-server'],
    ['PUT', '/mail-server'],
    ['DELETE', '/mail-server'],
    ['POST', '/mail-server/test'],
  ] as const)
    assert.equal((await send(method, path, method === 'PUT' ? usual() : undefined, key)).status, 403);
});

test('hosts of the company’s own network, and what is no host or sender, are refused', async () => {
  for (const [changes, status] of [
    [{ host: '10.0.0.1' }, 422],
    [{ host: '169.254.169.254' }, 422],
    [{ host: '::1' }, 422],
    [{ host: '127.0.0.1', port: 22 }, 422],
    [{ host: 'a b' }, 400],
    [{ host: 'evil\r\nRCPT TO:<x@y>' }, 400],
    [{ host: 'user@host' }, 400],
    [{ port: 0 }, 400],
    [{ security: 'maybe' }, 400],
    [{ senderAddress: 'x@y\r\nBcc: z@z' }, 400],
    [{ senderName: 'A\r\nBcc: z@z' }, 400],
    [{ site: 'javascript:alert(1)' }, 400],
    [{ site: 'https://user:word@host' }, 400],
    [{ username: 'x', password: 'a\u0000b' }, 400],
  ] as const)
    assert.deepEqual([(await setUp(changes)).status, changes], [status, changes]);
});

test('a test mail comes in the reader’s words, as text and HTML; what the server says is told', async () => {
  await setUp();
  const { body } = await send('POST', '/mail-server/test');
  const { source, text } = await sink.mailTo(body.sentTo as string);
  assert.match(source, /^From: "?Litera UAB"? <crm@litera\.example>/m);
  assert.match(source, /multipart\/alternative/);
  assert.match(text, /can send mail through its server/);
  sink.refuse = [550];
  const refused = await send('POST', '/mail-server/test');
  assert.deepEqual([refused.status, refused.body.code], [422, 'mail.not-sent']);
  assert.match(String(refused.body.detail), /550 not now/);
});

test('a name and a password are given to the server, and a wrong one is told', async () => {
  const strict = await openMailSink({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('who are you?')),
  });
  await setUp({ port: strict.port, username: 'crm', password: 'wrong' });
  assert.match(String((await send('POST', '/mail-server/test')).body.detail), /who are you/);
  await setUp({ port: strict.port, username: 'crm', password: 'right' });
  assert.equal((await send('POST', '/mail-server/test')).status, 200);
  assert.equal(strict.mails[0]!.user, 'crm');
});

test('what was to be encrypted never goes out in the clear, nor to whom nobody vouches for', async () => {
  await setUp({ security: 'starttls' });
  assert.equal((await send('POST', '/mail-server/test')).status, 422, 'a server without STARTTLS');
  const selfMade = await openMailSink({ disabledCommands: [] });
  await setUp({ security: 'starttls', port: selfMade.port });
  assert.equal((await send('POST', '/mail-server/test')).status, 422, 'a certificate of its own making');
  assert.equal(selfMade.mails.length, 0);
});

test('an invitation is mailed, its link works once, and stands nowhere in the clear', async () => {
  await setUp();
  const invited = await send('POST', '/users', {
    name: 'Žemyna <b>"O\'Neil"</b>',
    email: 'zemyna@example.com',
    language: 'lt',
  });
  assert.deepEqual([invited.status, invited.body.path, invited.body.mailedTo], [201, null, 'zemyna@example.com']);
  const { text, source } = await sink.mailTo('zemyna@example.com');
  assert.match(text, /suteikė jums prieigą/);
  assert.ok(!text.slice(text.indexOf('<!doctype html>')).includes('<b>'), 'names are text');
  assert.ok(!/^Bcc/im.test(source));
  const token = tokenIn(text);
  const [stored] = await crm.runtime.database.run(
    `select coalesce(string_agg(to_jsonb(p)::text, ''), '') || (select string_agg(to_jsonb(l)::text, '') from platform.password_link l) from platform.job_progress p`,
  );
  assert.ok(!(stored![0] as string).includes(token));
  assert.equal((await anonymous('/password-links/use', { token, password: 'žalias dviratis' })).status, 200);
  assert.equal((await anonymous('/password-links/use', { token, password: 'žalias dviratis' })).status, 404);
});

test('a forgotten password: the same answer for everybody, a link for whoever is known, the last one alone', async () => {
  await setUp();
  const ask = (email: string) => anonymous('/password-links', { email }, { host: 'evil.example' });
  const known = await ask('ZEMYNA@example.com');
  const unknown = await ask('stranger@example.com');
  assert.deepEqual([known.status, await known.text()], [unknown.status, await unknown.text()]);
  const first = tokenIn((await sink.mailTo('zemyna@example.com')).text);
  assert.equal((await ask('zemyna@example.com')).status, 204);
  const { text } = await sink.mailTo('zemyna@example.com');
  assert.ok(text.includes('https://crm.litera.example/password/'), 'not what whoever asked called this host');
  assert.equal((await anonymous('/password-links/check', { token: first })).status, 404, 'replaced');
  const token = tokenIn(text);
  await crm.runtime.database.execute(`update platform.password_link set expires_at = now() - interval '1 second'`);
  assert.equal((await anonymous('/password-links/check', { token })).status, 404, 'too old');
  assert.equal(sink.mails.length, 0, 'nobody else got any');
  const more = [];
  for (let index = 0; index < 4; index++) more.push((await ask('stranger@example.com')).status);
  assert.ok(more.includes(429), 'nobody’s mailbox is filled');
});

test('a server that is away is tried again; one that refuses for good is not', async () => {
  await setUp();
  sink.refuse = [451];
  await send('POST', '/users', { name: 'Later', email: 'later@example.com' });
  const waits = await eventually(async () => {
    const [row] = await crm.runtime.database.run(
      `select run_at > now() from graphile_worker._private_jobs where payload->>'attempt' = '1'`,
    );
    return row?.[0];
  });
  assert.equal(waits, true);
  await crm.runtime.database.execute(`update graphile_worker._private_jobs set run_at = now()`);
  await sink.mailTo('later@example.com');

  sink.refuse = [550];
  await send('POST', '/users', { name: 'Never', email: 'never@example.com' });
  const state = await eventually(async () => {
    const [row] = await crm.runtime.database.run(
      sql`select message from platform.job_progress where kind = 'mail' and state = 'failed'`,
    );
    return row?.[0];
  });
  assert.equal(state, 'mail.not-sent');
  assert.equal(sink.mails.length, 0);
});

function tokenIn(text: string): string {
  const [, token] = /https:\/\/crm\.litera\.example\/password\/([\w-]{43})/.exec(text) ?? [];
  assert.ok(token, text);
  return token;
}

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never happened');
}
