/** Whoever comes to the door with something else than what is theirs: guesses, reused and forged things, odd input. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { sql } from '#kernel/database/sql.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
});

const password = 'correct horse battery';
type Body = Record<string, unknown> & { code: string; token: string; errors: { field: string; code: string }[] };
interface Answer {
  status: number;
  body: Body;
  headers: Headers;
}

/** Each from an address of its own, as a proxy on this machine tells it. */
let last = 0;
const somewhere = () => `203.0.113.${++last}`;

async function send(
  path: string,
  json: unknown,
  { from = somewhere(), method = 'POST', headers = {} as Record<string, string> } = {},
): Promise<Answer> {
  const answer = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      'x-forwarded-for': from,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Body, headers: answer.headers };
}

const signIn = (email: string, from?: string, word = password) =>
  send('/session', { email, password: word }, { ...(from ? { from } : {}) });

async function somebody(administrator = false) {
  const { userId, identityId, key } = await server.person(administrator);
  const { email } = (await (await server.call(`/api/records/user/${userId}`)).json()) as { email: string };
  return { userId, identityId, key, email };
}

interface Device {
  cookie: string;
  csrf: string;
  send(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

function deviceOf({ headers, body }: Answer): Device {
  const cookie = (headers.get('set-cookie') ?? '').split(';')[0]!;
  const { csrf } = ((body.session as Body | undefined) ?? body) as unknown as { csrf: string };
  return {
    cookie,
    csrf,
    send: (method, path, json, more = {}) => send(path, json, { method, headers: { cookie, 'x-csrf': csrf, ...more } }),
  };
}

const codeOf = (secret: string, at = Date.now()) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

/** Somebody whose app is set up, and the codes they wrote down. The code that set it up is used. */
async function withApp() {
  const person = await somebody();
  const device = deviceOf(await signIn(person.email));
  const { body } = await device.send('POST', '/session/authenticator', { current: password });
  const secret = body.secret as string;
  const confirmed = await device.send('POST', '/session/authenticator/confirm', { code: codeOf(secret) });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  return { ...person, secret, device, recoveryCodes: confirmed.body.recoveryCodes as string[] };
}

/** Thirty seconds later, for the database that remembers which codes were used. */
const forgetUsedCodes = (identityId: string) =>
  crm.runtime.database.execute(
    sql`update platform.authenticator set last_step = 0 where identity_id = ${identityId}::uuid`,
  );

test('guesses of a password wait longer and longer, at a known address as at an unknown one', async () => {
  const { email } = await somebody();
  const answers = new Map<string, string[]>();
  for (const address of [email, 'nobody@example.com']) {
    const from = somewhere();
    const seen: string[] = [];
    for (let guess = 0; guess < 7; guess++) {
      const { status, body, headers } = await signIn(address, from, `guess number ${guess}`);
      seen.push(`${status} ${body.code}`);
      if (status === 429) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    }
    answers.set(address, seen);
  }
  assert.deepEqual(answers.get(email), answers.get('nobody@example.com'));
  assert.deepEqual(answers.get(email)!.slice(0, 5), Array(5).fill('401 session.wrong-password'));
  assert.equal(answers.get(email)![5], '429 session.too-many-attempts');
});

test('whoever guesses does not lock out the person, who comes from elsewhere', async () => {
  const { email } = await somebody();
  const home = somewhere();
  assert.equal((await signIn(email, home)).status, 200);
  await guessFromEverywhere(email, 60);
  const stranger = await signIn(email, somewhere());
  assert.equal(stranger.status, 429, 'from a new address one waits, with the right password too');
  assert.equal((await signIn(email, home)).status, 200, 'where one was before one does not');
  await crm.runtime.database.execute(`update platform.throttle set blocked_until = now() where blocked_until > now()`);
  assert.equal((await signIn(email, somewhere())).status, 200, 'and nobody waits for good');
});

test('many guesses at once are no more than one after the other', async () => {
  const { email } = await somebody();
  const from = somewhere();
  const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => signIn(email, from, `at once ${index}`)));
  const checked = answers.filter(({ status }) => status === 401).length;
  assert.ok(checked <= 5, `${checked} were checked`);
  assert.ok(answers.every(({ status }) => status === 401 || status === 429));
});

test('one address that tries everybody is slowed down; a colleague beside it who knows the password is not counted', async () => {
  const from = somewhere();
  let refused = 0;
  for (let index = 0; index < 36 && refused === 0; index++) {
    await count(`person-${index}@nowhere.example`, from);
    if (index === 10) assert.equal((await signIn((await somebody()).email, from)).status, 200);
    refused = (await signIn(`somebody-${index}@nowhere.example`, from, 'x')).status === 429 ? 1 : 0;
  }
  assert.equal(refused, 1);
});

test('long and odd input is refused like any other', async () => {
  for (const email of ['a\u0000b@example.com', '\ud800@example.com', "' or 1=1 --", '%', '{"$ne":null}', ''])
    assert.deepEqual([(await signIn(email)).status, email], [401, email]);
  for (const body of [
    { email: 'x'.repeat(300), password },
    { email: 'a@b.c', password: 'x'.repeat(1_001) },
    { email: ['a@b.c'], password },
    { email: 'a@b.c' },
    [],
    null,
  ])
    assert.equal((await send('/session', body)).status, 400, JSON.stringify(body)?.slice(0, 80));
  for (const token of ['x'.repeat(20), '../../../../../etc/passwd', '\u0000'.repeat(30), 'ā'.repeat(50)]) {
    assert.equal((await send('/password-links/check', { token })).status, 404);
    assert.equal((await send('/session/second-factor', { token, code: '123456' })).status, 401);
    assert.equal((await send('/session/enrolment', { token })).status, 401);
  }
});

test('links are guessed at as little as passwords', async () => {
  const from = somewhere();
  const seen = new Set<number>();
  for (let index = 0; index < 40; index++)
    seen.add((await send('/password-links/check', { token: `guess-number-${index}-and-more` }, { from })).status);
  assert.deepEqual([...seen], [404, 429]);
});

test('an app is set up with the password, asked for at the next sign-in, and its code is good once', async () => {
  const { email, identityId, secret, device } = await withApp();
  const begun = await signIn(email);
  assert.deepEqual([begun.status, begun.body.step, begun.body.ways], [202, 'second-factor', ['code', 'recovery']]);
  assert.equal(begun.headers.get('set-cookie'), null);
  const { token } = begun.body;
  const asSession = { headers: { cookie: `tendero=${token}` } };
  assert.equal((await send('/session', undefined, { method: 'GET', ...asSession })).status, 401, 'no session');
  const asKey = { headers: { authorization: `Bearer ${token}` } };
  assert.equal((await send('/session', undefined, { method: 'GET', ...asKey })).status, 401, 'no key');

  const used = await send('/session/second-factor', { token, code: codeOf(secret) });
  assert.deepEqual([used.status, used.body.errors[0]!.code], [400, 'code.wrong'], 'the code that set it up');
  await forgetUsedCodes(identityId);
  const code = codeOf(secret);
  const entered = await send('/session/second-factor', { token, code });
  assert.equal(entered.status, 200, JSON.stringify(entered.body));
  assert.equal((await send('/session/second-factor', { token, code })).status, 401, 'the step is over');
  const second = await signIn(email);
  assert.equal((await send('/session/second-factor', { token: second.body.token, code })).status, 400, 'used');
  const sessions = (await deviceOf(entered).send('GET', '/sessions')).body.items as { kind: string }[];
  assert.deepEqual(sessions.map(({ kind }) => kind).sort(), ['password', 'second-factor']);

  assert.equal((await device.send('POST', '/session/authenticator', { current: password })).status, 409);
  assert.equal((await device.send('POST', '/session/authenticator/remove', { current: 'wrong' })).status, 400);
  assert.equal((await device.send('POST', '/session/authenticator/remove', { current: password })).status, 204);
  assert.equal((await signIn(email)).status, 200);
});

test('of two that give the same code at once, one is in', async () => {
  const { email, identityId, secret } = await withApp();
  await forgetUsedCodes(identityId);
  const tokens = [await signIn(email), await signIn(email)].map(({ body }) => body.token);
  const code = codeOf(secret);
  const answers = await Promise.all(tokens.map((token) => send('/session/second-factor', { token, code })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
});

test('a recovery code is good once, new ones replace it, and its spelling does not matter', async () => {
  const { email, recoveryCodes, device } = await withApp();
  assert.equal(new Set(recoveryCodes).size, 10);
  assert.match(recoveryCodes[0]!, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  const give = async (recoveryCode: string) =>
    send('/session/second-factor', { token: (await signIn(email)).body.token, recoveryCode });
  assert.equal((await give(recoveryCodes[0]!)).status, 200);
  assert.equal((await give(recoveryCodes[0]!)).status, 400);
  assert.equal((await give(recoveryCodes[1]!.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'))).status, 200);
  assert.equal((await device.send('GET', '/session/factors')).body.recoveryCodes, 8);
  const anew = await device.send('POST', '/session/recovery-codes', { current: password });
  assert.equal((await give(recoveryCodes[2]!)).status, 400);
  assert.equal((await give((anew.body.recoveryCodes as string[])[0]!)).status, 200);
});

test('codes are guessed at from one address, and from many, with longer and longer waits', async () => {
  const { email, secret } = await withApp();
  const { token } = (await signIn(email)).body;
  const from = somewhere();
  const wrong = () => String((Number(codeOf(secret)) + 111_111) % 1_000_000).padStart(6, '0');
  const seen = [];
  for (let guess = 0; guess < 7; guess++)
    seen.push((await send('/session/second-factor', { token, code: wrong() }, { from })).status);
  assert.deepEqual(seen, [400, 400, 400, 400, 400, 429, 429]);
  const spread = [];
  for (let guess = 0; guess < 8; guess++)
    spread.push((await send('/session/second-factor', { token, code: wrong() })).status);
  assert.ok(spread.includes(429), 'ten in all, from wherever');
  for (const code of ['', ' ', '12345', '1234567', 'abcdef', '１２３４５６', '-12345', '1e5'])
    assert.ok([400, 429].includes((await send('/session/second-factor', { token, code })).status), code);
});

test('a step that is begun ends with the password, with being let go, and with time', async () => {
  const { email, userId, identityId, secret } = await withApp();
  await forgetUsedCodes(identityId);
  const steps = [await signIn(email), await signIn(email)].map(({ body }) => body.token);
  await crm.runtime.database.execute(
    sql`update platform.pending_sign_in set expires_at = now() - interval '1 second' where identity_id = ${identityId}::uuid and ctid in
      (select ctid from platform.pending_sign_in where identity_id = ${identityId}::uuid limit 1)`,
  );
  await server.call(`/api/users/${userId}`, { method: 'PATCH', json: { active: false } });
  for (const token of steps)
    assert.equal((await send('/session/second-factor', { token, code: codeOf(secret) })).status, 401);
});

test('a cookie that somebody planted is not the session that begins', async () => {
  const { email } = await somebody();
  const planted = 'A'.repeat(43);
  const answer = await send('/session', { email, password }, { headers: { cookie: `tendero=${planted}` } });
  const device = deviceOf(answer);
  assert.notEqual(device.cookie, `tendero=${planted}`);
  const attributes = answer.headers.get('set-cookie') ?? '';
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/']) assert.ok(attributes.includes(part), attributes);
  const own = { method: 'GET', headers: { cookie: `tendero=${planted}` } };
  assert.equal((await send('/session', undefined, own)).status, 401);
  const again = deviceOf(await send('/session', { email, password }, { headers: { cookie: device.cookie } }));
  assert.notEqual(again.cookie, device.cookie, 'each sign-in has a token of its own');
});

test('stolen, ended, expired and forged cookies open nothing', async () => {
  const { email, identityId } = await somebody();
  const [here, there] = [deviceOf(await signIn(email)), deviceOf(await signIn(email))];
  const stored = await crm.runtime.database.run(
    sql`select token_hash from platform.session where identity_id = ${identityId}::uuid`,
  );
  for (const [hash] of stored)
    assert.equal(
      (await send('/session', undefined, { method: 'GET', headers: { cookie: `tendero=${hash}` } })).status,
      401,
    );
  await here.send('DELETE', '/session');
  assert.equal((await here.send('GET', '/session')).status, 401, 'signed out');
  for (const forged of [
    there.cookie.slice(0, -1),
    `${there.cookie}x`,
    'tendero=',
    'tendero=%00',
    `tendero=${'x'.repeat(5_000)}`,
  ])
    assert.equal(
      (await send('/session', undefined, { method: 'GET', headers: { cookie: forged } })).status,
      401,
      forged,
    );
  await age(identityId, `expires_at = now() - interval '1 second'`);
  assert.equal((await there.send('GET', '/session')).status, 401, 'expired');
});

test('another site cannot make a person’s browser change anything', async () => {
  const [ona, jonas] = [
    deviceOf(await signIn((await somebody()).email)),
    deviceOf(await signIn((await somebody()).email)),
  ];
  const change = (headers: Record<string, string>) =>
    send('/session', { name: 'Changed' }, { method: 'PATCH', headers: { cookie: ona.cookie, ...headers } });
  assert.equal((await change({})).status, 403);
  assert.equal((await change({ 'x-csrf': '' })).status, 403);
  assert.equal((await change({ 'x-csrf': jonas.csrf })).status, 403);
  assert.equal((await change({ 'x-csrf': ona.csrf })).status, 200);
  const form = await fetch(`${server.url}/api/records/account`, {
    method: 'POST',
    headers: { cookie: ona.cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'name=Evil',
  });
  assert.ok([403, 415].includes(form.status));
});

test('what changes how one signs in needs the password, and a key is no person', async () => {
  const { email, key } = await somebody();
  const device = deviceOf(await signIn(email));
  const paths = [
    '/session/authenticator',
    '/session/recovery-codes',
    '/session/passkeys/options',
    '/session/authenticator/remove',
  ];
  for (const path of paths) {
    assert.equal((await device.send('POST', path, {})).status, 400, path);
    const byKey = await server.call(`/api${path}`, { method: 'POST', key, json: { current: password } });
    assert.equal(byKey.status, 403, path);
  }
  const guesses = [];
  for (let guess = 0; guess < 8; guess++)
    guesses.push(
      (
        await device.send(
          'POST',
          '/session/recovery-codes',
          { current: `guess ${guess}` },
          { 'x-forwarded-for': '198.51.100.7' },
        )
      ).status,
    );
  assert.ok(guesses.includes(429), 'and is guessed at no faster than at the door');
});

test('an administrator takes away a second factor that was lost; others cannot', async () => {
  const { userId, email, key, device } = await withApp();
  assert.equal((await server.call(`/api/users/${userId}/factors/reset`, { method: 'POST', key })).status, 403);
  assert.equal((await server.call(`/api/users/${userId}/factors/reset`, { method: 'POST' })).status, 204);
  assert.equal((await device.send('GET', '/session')).status, 401, 'whoever was in is out');
  assert.equal((await signIn(email)).status, 200);
  const [row] = await crm.runtime.database.run(
    `select count(*) from "${crm.workspace.schema}".event where operation = 'revoke' and record_id = '${userId}'`,
  );
  assert.equal(row![0], 1);
});

test('a second factor that everybody needs is set up before anything else', async () => {
  const { email } = await somebody();
  await policy({ secondFactor: true });
  const begun = await signIn(email);
  assert.deepEqual([begun.status, begun.body.step, begun.body.ways], [202, 'enrolment', []]);
  const { token } = begun.body;
  assert.equal((await send('/session/second-factor', { token, code: '000000' })).status, 401, 'another step');
  const { secret } = (await send('/session/enrolment', { token })).body as unknown as { secret: string };
  assert.equal((await send('/session/enrolment/confirm', { token, code: '000000' })).status, 400);
  const done = await send('/session/enrolment/confirm', { token, code: codeOf(secret) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal((done.body.recoveryCodes as string[]).length, 10);
  assert.equal((await deviceOf(done).send('GET', '/session')).status, 200);
  assert.equal((await send('/session/enrolment', { token })).status, 401, 'the step is over');
  assert.equal((await signIn(email)).body.step, 'second-factor');
  const next = await signIn(email);
  assert.equal(
    (await send('/session/enrolment', { token: next.body.token })).status,
    401,
    'nobody sets up another one on the way in',
  );
  await policy({});
});

test('a new password by a link does not go past the second factor', async () => {
  const { userId, email } = await withApp();
  const link = (await (await server.call(`/api/users/${userId}/password-link`, { method: 'POST' })).json()) as {
    path: string;
  };
  const token = link.path.split('/').at(-1)!;
  const chosen = await send('/password-links/use', { token, password: 'žalias dviratis' });
  assert.deepEqual([chosen.status, chosen.body.step], [202, 'second-factor']);
  assert.equal(chosen.headers.get('set-cookie'), null);
  assert.equal((await signIn(email, undefined, 'žalias dviratis')).status, 202);
});

test('passwords that guessers try first are refused wherever one is chosen', async () => {
  const { userId, email } = await somebody();
  const device = deviceOf(await signIn(email));
  const link = (await (await server.call(`/api/users/${userId}/password-link`, { method: 'POST' })).json()) as {
    path: string;
  };
  const token = link.path.split('/').at(-1)!;
  for (const [word, code] of [
    ['Password123!', 'password.common'],
    ['short', 'password.too-short'],
    [email, 'password.own'],
    ['aaaaaaaaaaaaa', 'password.too-simple'],
  ]) {
    const byLink = await send('/password-links/use', { token, password: word });
    const byHand = await device.send('PUT', '/session/password', { current: password, password: word });
    for (const { status, body } of [byLink, byHand])
      assert.deepEqual([status, body.errors[0]], [400, { ...body.errors[0]!, field: 'password', code }]);
  }
  assert.equal((await send('/password-links/check', { token })).status, 200, 'the link was not used up');
});

test('a hash at an older cost is made anew at the next sign-in', async () => {
  const { identityId, email } = await somebody();
  const stored = () =>
    crm.runtime.database.run(sql`select password_hash from platform.identity where id = ${identityId}::uuid`);
  const [before] = await stored();
  const [, , salt, hash] = (before![0] as string).split('$');
  const old = `scrypt$${salt}$${hash}`;
  await crm.runtime.database.execute(
    sql`update platform.identity set password_hash = ${old} where id = ${identityId}::uuid`,
  );
  assert.equal((await signIn(email, undefined, 'not this one')).status, 401);
  assert.equal((await stored())[0]![0], old);
  assert.equal((await signIn(email)).status, 200);
  assert.match((await stored())[0]![0] as string, /^scrypt\$15\.8\.3\$/);
  assert.equal((await signIn(email)).status, 200);
});

test('sessions end when nobody uses them, and in any case, as the policy of the moment says', async () => {
  const { email, identityId } = await somebody();
  const device = deviceOf(await signIn(email));
  await age(identityId, `last_seen_at = now() - interval '20 minutes'`);
  await policy({ idleMinutes: 30 });
  assert.equal((await device.send('GET', '/session')).status, 200);
  await age(identityId, `last_seen_at = now() - interval '20 minutes'`);
  await policy({ idleMinutes: 15 });
  assert.equal((await device.send('GET', '/session')).status, 401);
  const another = deviceOf(await signIn(email));
  await age(identityId, `created_at = now() - interval '9 hours'`);
  await policy({ longestHours: 8 });
  assert.equal((await another.send('GET', '/session')).status, 401);
  await policy({});
});

test('networks: nobody locks themself out, sessions and keys come from within, and so does signing in', async () => {
  const colleague = await somebody();
  const boss = await somebody(true);
  const inside = { 'x-forwarded-for': '192.0.2.10' };
  const outside = { 'x-forwarded-for': '192.0.3.10' };
  const device = deviceOf(await signIn(boss.email));
  const usual = (await device.send('GET', '/sign-in-policy')).body as object;
  const put = (networks: string[], headers: Record<string, string> = inside) =>
    device.send('PUT', '/sign-in-policy', { ...usual, networks }, headers);
  const locked = await put(['198.51.100.0/24']);
  assert.deepEqual([locked.status, locked.body.errors[0]!.code], [400, 'network.locks-you-out']);
  for (const wrong of [
    'everywhere',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '300.0.0.0/8',
    '::/129',
    '192.0.2.0/24/24',
    '',
    'fe80::1%eth0/64',
  ])
    assert.deepEqual([(await put([wrong])).status, wrong], [400, wrong]);
  assert.equal((await put(['192.0.2.0/24', '2001:db8::/32', '127.0.0.1'])).status, 200);

  assert.equal((await device.send('GET', '/session', undefined, inside)).status, 200);
  const away = await device.send('GET', '/session', undefined, outside);
  assert.deepEqual([away.status, away.body.code], [403, 'access.network']);
  const mapped = await device.send('GET', '/session', undefined, { 'x-forwarded-for': '::ffff:192.0.2.77' });
  assert.equal(mapped.status, 200);
  assert.equal((await device.send('GET', '/session', undefined, { 'x-forwarded-for': '2001:db8:5::1' })).status, 200);
  const byKey = (from: Record<string, string>) => server.call('/api/session', { key: colleague.key, headers: from });
  assert.equal((await byKey(inside)).status, 200);
  assert.equal((await byKey(outside)).status, 403);
  assert.equal((await signIn(colleague.email, '192.0.2.99')).status, 200);
  const refused = await signIn(colleague.email, '192.0.3.99');
  assert.deepEqual(
    [refused.status, refused.body.code, refused.headers.get('set-cookie')],
    [403, 'access.network', null],
  );
  assert.equal(
    (await signIn(colleague.email, '192.0.3.98', 'wrong')).status,
    401,
    'told only to who knows the password',
  );
  assert.equal((await put([])).status, 200);
  assert.equal((await device.send('GET', '/session', undefined, outside)).status, 200);
});

test('the policy is the administrators’ matter', async () => {
  const { key } = await somebody();
  assert.equal((await server.call('/api/sign-in-policy', { key })).status, 403);
  const body = { secondFactor: false, idleMinutes: 60, longestHours: 24, networks: [] };
  assert.equal((await server.call('/api/sign-in-policy', { method: 'PUT', key, json: body })).status, 403);
});

async function policy(changes: object): Promise<void> {
  const usual = { secondFactor: false, idleMinutes: 43_200, longestHours: 720, networks: [] };
  const { status } = await server.call('/api/sign-in-policy', { method: 'PUT', json: { ...usual, ...changes } });
  assert.equal(status, 200);
}

async function age(identityId: string, change: string): Promise<void> {
  await crm.runtime.database.execute(`update platform.session set ${change} where identity_id = '${identityId}'`);
  const { forgetVisitors } = await import('../visitors.ts');
  forgetVisitors();
}

/** What many machines together try, without waiting for as many hashes. */
async function guessFromEverywhere(email: string, guesses: number): Promise<void> {
  for (let index = 0; index < guesses; index++) await count(email, `10.${index}.0.1`);
}

async function count(account: string, address: string): Promise<void> {
  const { countAttempt } = await import('#app/identity/throttle.ts');
  await countAttempt(crm.runtime.database, { account, address, kind: 'password' }).catch((error) =>
    assert.equal(error.code, 'session.too-many-attempts'),
  );
}
