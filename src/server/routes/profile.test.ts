import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
});

const password = 'correct horse battery';
type Body = Record<string, unknown>;
interface Device {
  send(method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }>;
}

test('a person sets their name, and where and how they read', async () => {
  const { email } = await somebody();
  const device = await signIn(email);
  const set = await device.send('PATCH', '/session', {
    name: ' Ona Lukšienė ',
    timeZone: 'Europe/Madrid',
    language: 'es',
  });
  const { name, timeZone, language } = set.body.user as Body;
  assert.deepEqual([name, timeZone, language], ['Ona Lukšienė', 'Europe/Madrid', 'es']);
  assert.equal(((await device.send('GET', '/session')).body.user as Body).name, 'Ona Lukšienė');
  for (const wrong of [{ name: ' ' }, { name: '' }, { timeZone: 'Mars/Olympus' }, { administrator: true }])
    assert.ok([400, 422].includes((await device.send('PATCH', '/session', wrong)).status), JSON.stringify(wrong));
});

test('a person says when they work and what they can do, in words when it cannot be', async () => {
  const { email } = await somebody();
  const device = await signIn(email);
  const workingHours = [
    { day: 1, from: '09:00', to: '13:00' },
    { day: 1, from: '14:00', to: '18:00' },
  ];
  const set = await device.send('PATCH', '/session', { workingHours, languages: ['es', 'lt'], skills: ['Leasing'] });
  assert.equal(set.status, 200, JSON.stringify(set.body));
  const me = `/records/user/${(set.body.user as Body).id}`;
  const kept = async () => {
    const { body } = await device.send('GET', me);
    return [body.workingHours, body.languages, body.skills];
  };
  assert.deepEqual(await kept(), [workingHours, ['es', 'lt'], ['Leasing']]);
  // What one does not say stays.
  await device.send('PATCH', '/session', { name: 'Ona' });
  assert.deepEqual(await kept(), [workingHours, ['es', 'lt'], ['Leasing']]);
  const words: Record<string, RegExp> = {
    en: /09:00–13:00 and 12:00–18:00 overlap on the same day/,
    es: /09:00–13:00 y 12:00–18:00 se solapan el mismo día/,
    lt: /09:00–13:00 ir 12:00–18:00 tą pačią dieną persidengia/,
  };
  for (const language of ['es', 'lt', 'en']) {
    await device.send('PATCH', '/session', { language });
    const overlapping = [workingHours[0], { day: 1, from: '12:00', to: '18:00' }];
    const { status, body } = await device.send('PATCH', '/session', { workingHours: overlapping });
    const [error] = body.errors as Body[];
    assert.deepEqual([status, error?.field, error?.code], [422, 'workingHours', 'field.hours-overlap'], language);
    assert.match(String(error?.message), words[language]!);
  }
  for (const [wrong, code] of [
    [[{ day: 1, from: '18:00', to: '09:00' }], 'field.hours-end-early'],
    [[{ day: 1, from: '', to: '09:00' }], 'field.not-hours'],
    [[{ day: 9, from: '08:00', to: '09:00' }], 'field.not-hours'],
    [[{ day: 1, from: '08:00', to: '26:00' }], 'field.not-hours'],
    ['always', 'field.not-a-list'],
    [{ day: 1 }, 'field.not-a-list'],
  ] as const) {
    const { status, body } = await device.send('PATCH', '/session', { workingHours: wrong });
    assert.deepEqual([status, (body.errors as Body[])[0]?.code], [422, code], JSON.stringify(wrong));
  }
  for (const wrong of [{ languages: ['klingon'] }, { languages: 7 }, { skills: [7] }, { roles: [] }, { manager: null }])
    assert.ok([400, 422].includes((await device.send('PATCH', '/session', wrong)).status), JSON.stringify(wrong));
  assert.deepEqual(await kept(), [workingHours, ['es', 'lt'], ['Leasing']]);
  // Those of somebody else are not theirs to set.
  const boss = `/records/user/${server.userId}`;
  assert.equal((await device.send('PATCH', boss, { workingHours })).status, 403);
  const taken = await device.send('PATCH', '/session', { workingHours: null, languages: null, skills: null });
  assert.equal(taken.status, 200);
  assert.deepEqual(await kept(), [null, null, null]);
});

test('whose home page a person has, by their roles in the order in which they were given', async () => {
  const { email } = await somebody();
  const device = await signIn(email);
  const user = async () => (await device.send('GET', '/session')).body.user as Body;
  const { id, homePages } = await user();
  assert.deepEqual(homePages, ['member']);
  const [first, second] = [
    await crm.records.create('role', { name: 'First', grants: {} }),
    await crm.records.create('role', { name: 'Second', grants: {} }),
  ];
  await crm.records.update('user', id as string, { roles: [second.id, first.id] });
  assert.deepEqual((await user()).homePages, [second.id, first.id]);
  await crm.records.update('role', second.id, { name: 'Another name' });
  assert.deepEqual((await user()).homePages, [second.id, first.id]);
  await crm.records.update('user', id as string, { roles: [] });
  assert.deepEqual((await user()).homePages, ['member']);
  await crm.records.update('user', server.userId, { roles: [first.id] });
  const { user: boss } = (await (await server.call('/api/session')).json()) as { user: Body };
  assert.deepEqual(boss.homePages, ['administrator', first.id]);
});

test('another password: the old one has to be known, and the other devices are signed out', async () => {
  const { email } = await somebody();
  const [here, there] = [await signIn(email), await signIn(email)];
  const wrong = await here.send('PUT', '/session/password', {
    current: 'something else',
    password: 'another good one',
  });
  assert.deepEqual([wrong.status, (wrong.body.errors as Body[])[0]!.code], [400, 'password.wrong']);
  assert.equal((await here.send('PUT', '/session/password', { current: password, password: 'short' })).status, 400);
  assert.equal((await there.send('GET', '/session')).status, 200);
  assert.equal(
    (await here.send('PUT', '/session/password', { current: password, password: 'another good one' })).status,
    204,
  );
  assert.equal((await here.send('GET', '/session')).status, 200);
  assert.equal((await there.send('GET', '/session')).status, 401);
  await assert.rejects(signIn(email), /401/);
  await signIn(email, 'another good one');
});

test('sessions are listed, named and ended by their owner alone', async () => {
  const { email } = await somebody();
  const [here, there, elsewhere] = [await signIn(email), await signIn(email), await signIn(email)];
  const list = async (device = here) =>
    (await device.send('GET', '/sessions')).body.items as { id: string; isCurrent: boolean; userAgent: string }[];
  const all = await list();
  assert.equal(all.length, 3);
  assert.equal(all.filter(({ isCurrent }) => isCurrent).length, 1);
  assert.ok(all.every(({ userAgent }) => userAgent === 'a test'));
  const theirs = (await list(there)).find(({ isCurrent }) => isCurrent)!;
  const stranger = await signIn((await somebody()).email);
  assert.equal((await stranger.send('DELETE', `/sessions/${theirs.id}`)).status, 204);
  assert.equal((await there.send('GET', '/session')).status, 200);
  assert.equal((await here.send('DELETE', `/sessions/${theirs.id}`)).status, 204);
  assert.equal((await there.send('GET', '/session')).status, 401);
  const own = (await list()).find(({ isCurrent }) => isCurrent)!;
  await here.send('DELETE', `/sessions/${own.id}`);
  await here.send('DELETE', '/sessions/others');
  assert.equal((await here.send('GET', '/session')).status, 200);
  assert.equal((await elsewhere.send('GET', '/session')).status, 401);
});

test('a key is no session: it changes no password and sees no devices', async () => {
  const call = (method: string, path: string, json?: unknown) =>
    server.call(`/api${path}`, { method, ...(json === undefined ? {} : { json }) });
  const change = { current: password, password: 'another good one' };
  assert.equal((await call('PUT', '/session/password', change)).status, 403);
  assert.equal((await call('GET', '/sessions')).status, 403);
  assert.equal((await call('DELETE', '/sessions/others')).status, 403);
});

test('who signs in sees whose door it is, and its picture once there is one', async () => {
  const company = async () => ((await (await fetch(`${server.url}/api/setup`)).json()) as { company: Body }).company;
  assert.deepEqual(Object.keys(await company()), ['name']);
  const logo = 'data:image/png;base64,iVBORw0KGgo=';
  assert.equal((await server.call('/api/company', { method: 'PATCH', json: { logo } })).status, 200);
  assert.equal((await company()).logo, logo);
  const device = await signIn((await somebody()).email);
  assert.equal(((await device.send('GET', '/session')).body.workspace as Body).logo, logo);
});

async function somebody() {
  const { userId } = await server.person();
  const person = (await (await server.call(`/api/records/user/${userId}`)).json()) as { email: string };
  return { email: person.email };
}

async function signIn(email: string, word = password): Promise<Device> {
  const answer = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'a test' },
    body: JSON.stringify({ email, password: word }),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
  const { csrf } = (await answer.json()) as { csrf: string };
  return {
    async send(method, path, json) {
      const response = await fetch(`${server.url}/api${path}`, {
        method,
        headers: { cookie, 'x-csrf': csrf, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      const text = await response.text();
      return { status: response.status, body: text ? (JSON.parse(text) as Body) : {} };
    },
  };
}
