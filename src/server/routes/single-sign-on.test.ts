import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';
import { type Accounts, clientId, clientSecret, comeBack, type Lies, startLiar, startProvider } from '#test/oidc.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1/32';

const accounts: Accounts = {};
const settings = {
  ...{ issuer: '', clientId, label: 'Litera', scope: 'openid email profile groups', groupsClaim: '' },
  ...{ domains: [] as string[], createsPeople: true, roles: [] as string[], isOnlyWay: false },
  groups: [] as { group: string; roles: string[]; teams: string[] }[],
};
let crm: TestWorkspace;
let server: TestServer;
let provider: Awaited<ReturnType<typeof startProvider>>;
/** Of that provider. */
let main: { id: string; redirectUri: string };

before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
  main = await nextProvider();
  provider = await startProvider(accounts, main.redirectUri);
});

/** What a provider that is not there yet would be known by. */
async function nextProvider(): Promise<{ id: string; redirectUri: string }> {
  const { nextOpenid } = (await (await server.call('/api/identity-providers')).json()) as {
    nextOpenid: { id: string; redirectUri: string };
  };
  return nextOpenid;
}

async function configure(changes: Partial<typeof settings> = {}, active = true, id = main.id): Promise<void> {
  const body = { active, secret: clientSecret, settings: { ...settings, issuer: provider.issuer, ...changes } };
  const answer = await server.call(`/api/identity-providers/openid/${id}`, { method: 'PUT', json: body });
  assert.equal(answer.status, 204, await answer.text());
}

/** @returns where the browser ends, and the session it has then */
async function signIn(
  login: string,
  next = '/o/contact?view=all',
  change?: (trip: Trip) => Promise<Trip> | Trip,
  by = '',
) {
  const start = `${server.url}/api/sign-in/openid?${new URLSearchParams({ next, ...(by ? { provider: by } : {}) })}`;
  const there = await comeBack(start, login).catch((error) => ({ callback: String(error), cookie: '' }));
  const trip = change ? await change(there) : there;
  if (!trip.callback.includes('/callback')) return { to: trip.callback.replace(server.url, ''), session: null, trip };
  return { ...(await finish(trip)), trip };
}

type Trip = { callback: string; cookie: string };

async function finish({ callback, cookie }: Trip) {
  const answer = await fetch(callback, { redirect: 'manual', headers: { cookie } });
  const token = answer.headers.getSetCookie().find((line) => line.startsWith('tendero='));
  const who = token && (await fetch(`${server.url}/api/session`, { headers: { cookie: token.split(';')[0]! } }));
  const session = who ? ((await who.json()) as { user: { id: string; email: string; name: string } }) : null;
  return { to: answer.headers.get('location'), session };
}

const refused = '/sign-in?refused=openid';

async function people(): Promise<number> {
  const [row] = await crm.runtime.database.run('select count(*) from platform.identity');
  return row![0] as number;
}

test('somebody new comes in through the provider, and is the same person the next time', async () => {
  await configure();
  const ways = (await (await fetch(`${server.url}/api/sign-in`)).json()) as object;
  assert.deepEqual(ways, {
    openid: [{ id: main.id, label: 'Litera' }],
    ...{ leadsTo: null, directory: false, passwords: true },
  });
  accounts.ona = { email: 'ona@litera.example', email_verified: true, name: 'Ona Lukšienė' };
  const first = await signIn('ona');
  assert.equal(first.to, '/o/contact?view=all');
  assert.deepEqual([first.session?.user.name, first.session?.user.email], ['Ona Lukšienė', 'ona@litera.example']);
  const count = await people();
  // Whoever is known stays who they are, whatever becomes of their address.
  accounts.ona = { email: 'ona.new@litera.example', email_verified: false, name: 'Ona' };
  const second = await signIn('ona');
  assert.equal(second.session?.user.id, first.session?.user.id);
  assert.equal(await people(), count);
});

test('a colleague with the same verified address is the same person; an address that nobody vouches for is nobody’s', async () => {
  await configure();
  const colleague = await server.person();
  const [row] = await crm.runtime.database.run(
    sql`select email from platform.identity where id = ${colleague.identityId}::uuid`,
  );
  const email = row![0] as string;
  for (const verified of [false, undefined, 'yes', null]) {
    accounts.forger = { email, email_verified: verified };
    assert.deepEqual((await signIn('forger')).to, refused, String(verified));
  }
  accounts.colleague = { email: email.toUpperCase(), email_verified: true };
  assert.equal((await signIn('colleague')).session?.user.id, colleague.userId);
  // Another account with that address is not that person.
  accounts.another = { email, email_verified: true };
  assert.equal((await signIn('another')).to, refused);
  accounts.unverified = { email: 'new@litera.example' };
  const count = await people();
  assert.equal((await signIn('unverified')).to, refused);
  assert.equal(await people(), count, 'nobody is made of an address that nobody vouches for');
});

test('domains, newcomers and people who left: each may be kept out, and the provider switched off', async () => {
  accounts.guest = { email: 'guest@elsewhere.example', email_verified: true };
  await configure({ domains: ['litera.example'] });
  assert.equal((await signIn('guest')).to, refused);
  await configure({ createsPeople: false });
  assert.equal((await signIn('guest')).to, refused);
  await configure();
  const { session } = await signIn('guest');
  assert.ok(session);
  await configure({ domains: ['LITERA.example'] });
  assert.equal((await signIn('guest')).to, refused, 'also who came in before');
  await configure();
  await server.call(`/api/users/${session.user.id}`, { method: 'PATCH', json: { active: false } });
  assert.equal((await signIn('guest')).to, refused);
  await configure({}, false);
  assert.equal((await signIn('guest')).to, refused);
  const ways = (await (await fetch(`${server.url}/api/sign-in`)).json()) as { openid: unknown[] };
  assert.deepEqual(ways.openid, []);
});

test('groups of the provider become roles and teams at each sign-in; what an administrator gave stays', async () => {
  const system = recordsFor(crm.workspace, asSystem('test data'), 'setup');
  const role = (name: string) => system.create('role', { name, grants: { account: { read: 'own' } } });
  const [seller, leader, own] = await Promise.all([role('Seller'), role('Leader'), role('Given by hand')]);
  const team = await system.create('team', { name: 'North' });
  await configure({
    groupsClaim: 'groups',
    roles: [seller.id],
    groups: [
      { group: 'sales', roles: [seller.id], teams: [team.id] },
      { group: 'Leaders', roles: [leader.id, '01900000-0000-7000-8000-000000000000'], teams: [] },
    ],
  });
  const has = async (id: string) => {
    const { roles, teams } = await system.read('user', id, { fields: ['roles', 'teams'] });
    return [new Set(roles as string[]), new Set(teams as string[])];
  };
  accounts.grouped = { email: 'grouped@litera.example', email_verified: true, groups: ['Sales', 'leaders', 'x'] };
  const { session } = await signIn('grouped');
  const { id } = session!.user;
  assert.deepEqual(await has(id), [new Set([seller.id, leader.id]), new Set([team.id])]);
  await system.update('user', id, { roles: [seller.id, leader.id, own.id] });
  accounts.grouped = { ...accounts.grouped, groups: 'leaders' };
  await signIn('grouped');
  assert.deepEqual(await has(id), [new Set([leader.id, own.id]), new Set()]);
  accounts.grouped = { ...accounts.grouped, groups: [] };
  await signIn('grouped');
  assert.deepEqual(await has(id), [new Set([own.id]), new Set()]);
  accounts.fresh = { email: 'fresh@litera.example', email_verified: true, groups: [] };
  assert.deepEqual(await has((await signIn('fresh')).session!.user.id), [new Set([seller.id]), new Set()]);
  // Without any role they could do everything: they get what newcomers get.
  await system.update('user', id, { roles: [leader.id] });
  await signIn('grouped');
  assert.deepEqual(await has(id), [new Set([seller.id]), new Set()]);
  const gone = '01900000-0000-7000-8000-000000000000';
  await configure({ roles: [gone] });
  accounts.late = { email: 'late@litera.example', email_verified: true };
  const count = await people();
  assert.equal((await signIn('late')).to, refused, 'nobody comes to everything because a role was removed');
  assert.equal(await people(), count);
  const open = await server.call(`/api/identity-providers/openid/${main.id}`, {
    method: 'PUT',
    json: {
      active: true,
      settings: { ...settings, issuer: provider.issuer, groups: [{ group: 'a', roles: [seller.id], teams: [] }] },
    },
  });
  assert.equal(open.status, 400);
});

test('when it is the only way in, passwords are the administrators’, and nobody is locked out', async () => {
  const colleague = await server.person();
  const boss = await server.person(true);
  const enter = async (identityId: string) => {
    const [row] = await crm.runtime.database.run(
      sql`select email from platform.identity where id = ${identityId}::uuid`,
    );
    const answer = await fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: row![0], password: 'correct horse battery' }),
    });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  await configure({ isOnlyWay: true });
  assert.deepEqual(await enter(colleague.identityId), [401, 'session.wrong-password']);
  assert.deepEqual(await enter(boss.identityId), [200, undefined]);
  await configure({ isOnlyWay: true }, false);
  assert.deepEqual(await enter(colleague.identityId), [200, undefined]);
  await configure();
});

test('whoever comes back otherwise than they went is refused: state, cookie, code, replay, another browser', async () => {
  await configure();
  accounts.eve = { email: 'eve@litera.example', email_verified: true };
  const altered = (name: string, value: string | null) => (trip: Trip) => {
    const callback = new URL(trip.callback);
    if (value === null) callback.searchParams.delete(name);
    else callback.searchParams.set(name, value);
    return { ...trip, callback: callback.href };
  };
  const count = await people();
  const tries: [string, (trip: Trip) => Trip][] = [
    ['another state', altered('state', 'AAAA')],
    ['no state', altered('state', null)],
    ['another code', altered('code', 'AAAA')],
    ['no code', altered('code', null)],
    ['an error', altered('error', 'access_denied')],
    ['another issuer', altered('iss', 'https://evil.example')],
    ['two states', (trip) => ({ ...trip, callback: `${trip.callback}&state=AAAA` })],
    ['no cookie', (trip) => ({ ...trip, cookie: '' })],
    ['a forged cookie', (trip) => ({ ...trip, cookie: `${trip.cookie.slice(0, -4)}AAAA` })],
    ['a cookie of nonsense', (trip) => ({ ...trip, cookie: 'tendero-trip=nonsense' })],
  ];
  for (const [what, change] of tries) {
    const { to, session } = await signIn('eve', '/', change);
    assert.deepEqual([to, session], [refused, null], what);
  }
  const { cookie: another } = await comeBack(`${server.url}/api/sign-in/openid`, 'eve');
  assert.equal((await signIn('eve', '/', (trip) => ({ ...trip, cookie: another }))).to, refused, 'another browser');
  assert.equal(await people(), count, 'nothing half-applied');
  const good = await signIn('eve');
  assert.ok(good.session);
  assert.equal((await finish(good.trip)).to, refused, 'the same code once more');
});

test('a sign-in leads nowhere but into this app', async () => {
  await configure();
  for (const next of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:0',
    '',
  ])
    assert.equal((await signIn('eve', next)).to, '/', next);
});

test('a provider that lies is refused with the same answer, whatever the lie, and leaves nothing behind', async () => {
  const liar = await startLiar({ sub: 'mallory', email: 'mallory@litera.example', email_verified: true });
  const use = () => configure({ issuer: liar.issuer });
  await use();
  const count = await people();
  const seconds = Math.floor(Date.now() / 1_000);
  const lies: [string, Lies][] = [
    ['a broken signature', { signature: 'broken' }],
    ['another key', { signature: 'other-key' }],
    ['a key nobody knows', { header: { kid: 'other' }, signature: 'other-key' }],
    ['no signature', { header: { alg: 'none' }, signature: 'none' }],
    ['another algorithm', { header: { alg: 'HS256' } }],
    ['another nonce', { claims: { nonce: 'AAAA' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'somebody-else' } }],
    ['several audiences', { claims: { aud: [clientId, 'somebody-else'], azp: 'somebody-else' } }],
    ['another issuer', { claims: { iss: 'https://evil.example' } }],
    ['expired', { claims: { iat: seconds - 900, exp: seconds - 600 } }],
    ['not yet', { claims: { nbf: seconds + 600 } }],
    ['nobody', { claims: { sub: undefined } }],
    ['a number of somebody', { claims: { sub: 7 } }],
    ['somebody else in userinfo', { claims: { email: undefined }, userinfo: { sub: 'rasa', email: 'a@b.example' } }],
    ['an error', { token: { status: 500, body: 'boom' } }],
    ['no JSON', { token: { body: '<html>' } }],
    ['no token', { token: { body: '{}' } }],
    ['a page without an end', { token: { body: `"${'x'.repeat(2_000_000)}"` } }],
    ['a state of its own', { callback: { state: 'AAAA' } }],
  ];
  for (const [what, lie] of lies) {
    liar.lie(lie);
    const { to, session } = await signIn('mallory');
    assert.deepEqual([to, session], [refused, null], what);
  }
  assert.equal(await people(), count);
  liar.lie({});
  assert.ok((await signIn('mallory')).session, 'and without a lie they come in');

  for (const discovery of [
    { issuer: 'https://evil.example' },
    { token_endpoint: 'http://169.254.169.254/latest/meta-data' },
    { jwks_uri: 'http://10.0.0.1/keys' },
    { authorization_endpoint: undefined },
  ]) {
    liar.lie({ discovery });
    await configure({ issuer: liar.issuer, clientId: 'unknown' });
    await use();
    const { to } = await signIn('mallory');
    assert.ok(!to?.startsWith('/o/'), JSON.stringify(discovery));
  }
  liar.stop();
  await use();
  assert.equal((await signIn('mallory')).to, refused, 'nobody answers');
});

test('the settings are the administrators’; the secret goes in and never comes out; the own network is not asked', async () => {
  await configure();
  const { key } = await server.person();
  const body = { active: true, settings: { ...settings, issuer: provider.issuer } };
  for (const [method, path, json] of [
    ['GET', '/api/identity-providers', undefined],
    ['PUT', `/api/identity-providers/openid/${main.id}`, body],
    ['POST', '/api/identity-providers/openid/test', { settings: body.settings }],
    ['DELETE', `/api/identity-providers/openid/${main.id}`, undefined],
  ] as const)
    assert.equal((await server.call(path, { method, key, json })).status, 403, path);
  const text = await (await server.call('/api/identity-providers')).text();
  assert.ok(!text.includes(clientSecret) && JSON.parse(text).openid[0].hasSecret);
  const [row] = await crm.runtime.database.run('select secret from platform.identity_provider');
  assert.ok(!(row![0] as string).includes(clientSecret));
  for (const issuer of [
    'http://idp.example',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'ftp://x',
    'nonsense',
    'https://a.example/?x=1',
  ]) {
    const answer = await server.call(`/api/identity-providers/openid/${main.id}`, {
      method: 'PUT',
      json: { active: true, settings: { ...settings, issuer } },
    });
    assert.equal(answer.status, 400, issuer);
  }
  const tried = async (issuer: string) =>
    (await (
      await server.call('/api/identity-providers/openid/test', { json: { settings: { ...settings, issuer } } })
    ).json()) as { ok: boolean; reason: string | null; issuer: string | null };
  const gone = await startLiar({});
  gone.stop();
  const found = await tried(provider.issuer);
  assert.deepEqual([found.ok, found.issuer], [true, provider.issuer]);
  assert.deepEqual(await tried(gone.issuer), {
    ok: false,
    reason: 'provider: ECONNREFUSED',
    issuer: null,
    scopes: [],
    claims: [],
  });
});

test('two providers, each its own people: what one gave is refused at the other, and neither brings anybody in as the other’s', async () => {
  await configure({ domains: ['litera.example'] });
  const second = await nextProvider();
  const people2: Accounts = {
    // The same subject as somebody of the first, and somebody else.
    twin: { email: 'jonas@agency.example', email_verified: true, name: 'Jonas' },
    // Somebody of the first, if one believes the second.
    thief: { email: 'twin@litera.example', email_verified: true },
    other: { email: 'other@agency.example', email_verified: true },
  };
  const agency = await startProvider(people2, second.redirectUri);
  await configure(
    { issuer: agency.issuer, label: 'Agency', domains: ['agency.example', 'both.example'] },
    true,
    second.id,
  );
  accounts.twin = { email: 'twin@litera.example', email_verified: true, name: 'Ieva' };
  const ways = async (domain: string) =>
    (await (await fetch(`${server.url}/api/sign-in?${new URLSearchParams({ domain })}`)).json()) as {
      openid: { label: string }[];
      leadsTo: string | null;
    };
  assert.deepEqual(
    (await ways('')).openid.map(({ label }) => label),
    ['Agency', 'Litera'],
  );
  assert.equal((await ways('LITERA.example')).leadsTo, main.id);
  assert.equal((await ways('agency.example')).leadsTo, second.id);
  for (const domain of ['', 'example', 'x.litera.example', "'", '\u0000', '%'])
    assert.equal((await ways(domain)).leadsTo, null, domain);

  const go = (login: string, by: string, change?: (trip: Trip) => Promise<Trip> | Trip) =>
    signIn(login, '/', change, by);
  for (const by of ['', crypto.randomUUID(), "' or true --"])
    assert.equal((await go('twin', by)).to, refused, `which of the two? ${by}`);
  const ieva = await go('twin', main.id);
  const jonas = await go('twin', second.id);
  assert.deepEqual(
    [ieva.session?.user.name, jonas.session?.user.name],
    ['Ieva', 'Jonas'],
    'one subject, two providers, two people',
  );

  const count = await people();
  // Every domain is the second's: only being bound to the first keeps Ieva from it.
  await configure({ issuer: agency.issuer, label: 'Agency' }, true, second.id);
  assert.deepEqual([(await go('thief', second.id)).to, await people()], [refused, count]);

  // Mixed up: the answer of one at the address, with the cookie, or in the name of the other.
  const at = (path: string) => (trip: Trip) => {
    const callback = new URL(trip.callback);
    callback.pathname = path;
    return { ...trip, callback: callback.href };
  };
  const ofFirst = await comeBack(`${server.url}/api/sign-in/openid?provider=${main.id}`, 'twin');
  const mixed: [string, (trip: Trip) => Promise<Trip> | Trip][] = [
    ['at the address of the other', at(new URL(main.redirectUri).pathname)],
    ['at the address of before', at('/api/sign-in/openid/callback')],
    ['with the cookie of the other', (trip) => ({ ...trip, cookie: ofFirst.cookie })],
    [
      'the code of the other',
      (trip) => {
        const callback = new URL(trip.callback);
        callback.searchParams.set('code', new URL(ofFirst.callback).searchParams.get('code')!);
        return { ...trip, callback: callback.href };
      },
    ],
    [
      'in the name of the other',
      (trip) => {
        const callback = new URL(trip.callback);
        callback.searchParams.set('iss', provider.issuer);
        return { ...trip, callback: callback.href };
      },
    ],
    [
      'in nobody’s name (RFC 9207)',
      (trip) => {
        const callback = new URL(trip.callback);
        assert.equal(callback.searchParams.get('iss'), agency.issuer);
        callback.searchParams.delete('iss');
        return { ...trip, callback: callback.href };
      },
    ],
  ];
  for (const [what, change] of mixed) {
    const { to, session } = await go('other', second.id, change);
    assert.deepEqual([to, session], [refused, null], what);
  }
  assert.equal(await people(), count, 'nothing half-applied');
  assert.equal((await go('other', second.id)).to, '/');

  // Removed: nobody is lost, and who was bound to it may come in through another provider, or with a password.
  const away = await comeBack(`${server.url}/api/sign-in/openid?provider=${main.id}`, 'twin');
  const remove = (id: string) => server.call(`/api/identity-providers/openid/${id}`, { method: 'DELETE' });
  assert.equal((await remove(main.id)).status, 204);
  assert.equal((await finish(away)).to, refused, 'who was on the way when it was removed');
  assert.equal((await go('twin', main.id)).to, refused);
  assert.equal((await go('thief', second.id)).session?.user.id, ieva.session?.user.id, 'bound to nobody any more');
  assert.equal((await go('twin', second.id)).session?.user.id, jonas.session?.user.id);
  assert.equal((await remove(second.id)).status, 204);
});

test('a provider from when a company had one keeps its address, its link and its people', async () => {
  const { href } = new URL('/api/sign-in/openid/callback', server.url);
  const before = await startProvider(accounts, href);
  const { id } = await nextProvider();
  await configure({ issuer: before.issuer }, true, id);
  await crm.runtime.database.run(
    sql`update platform.identity_provider set first_callback = true where id = ${id}::uuid`,
  );
  const { openid } = (await (await server.call('/api/identity-providers')).json()) as {
    openid: { redirectUri: string }[];
  };
  assert.deepEqual(
    openid.map(({ redirectUri }) => redirectUri),
    [href],
  );
  accounts.old = { email: 'old@litera.example', email_verified: true };
  const { to, session } = await signIn('old');
  assert.ok(to === '/o/contact?view=all' && session);
  // Saved anew, and beside another one.
  await configure({ issuer: before.issuer, label: 'Before' }, true, id);
  await configure({ label: 'After' });
  assert.equal((await signIn('old')).session?.user.id, session.user.id);
  assert.equal((await signIn('old', '/', undefined, id)).session?.user.id, session.user.id);
  assert.equal((await signIn('old', '/', undefined, main.id)).to, refused, 'bound to the other');
});
