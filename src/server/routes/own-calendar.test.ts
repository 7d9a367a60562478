import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);
const records = recordsFor(workspace, asSystem('test data'), 'setup');
const me = await server.person(true);
const other = await server.person(true);

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function link(key = me.key, scope: object = { kind: 'calendar' }) {
  const answer = await server.call('/api/keys', { key, json: { name: 'Calendar', scope } });
  assert.equal(answer.status, 201);
  return (await answer.json()) as { id: string; key: string };
}

async function read(key: string) {
  const answer = await fetch(`${server.url}/calendars/${key}.ics`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/calendar; charset=utf-8');
  const events = new ICAL.Component(ICAL.parse(await answer.text())).getAllSubcomponents('vevent');
  return new Map(events.map((one) => [new ICAL.Event(one).summary, one]));
}

test('a calendar program reads appointments, due tasks and absences, and no more', async () => {
  const account = await buildAccount(records, { name: 'Akmenė' });
  const own = { owner: me.userId, account: account.id, direction: 'out' };
  const at = `${day(3)}T08:00:00.000Z`;
  await records.create('interaction', {
    ...own,
    channel: 'meeting',
    subject: 'Offer',
    at,
    duration: 5400,
    place: 'Vilnius',
    state: 'planned',
  });
  await records.create('interaction', { ...own, channel: 'visit', subject: 'Cancelled', at, state: 'cancelled' });
  await records.create('interaction', { ...own, channel: 'phone', subject: 'To call', at, state: 'planned' });
  await records.create('interaction', { ...own, channel: 'phone', subject: 'Called', at: `${day(-3)}T08:00:00.000Z` });
  await records.create('interaction', { ...own, channel: 'email', subject: 'Mail', at });
  await records.create('interaction', {
    ...own,
    channel: 'meeting',
    subject: 'Long ago',
    at: `${day(-200)}T08:00:00.000Z`,
  });
  await records.create('interaction', {
    ...own,
    owner: other.userId,
    channel: 'meeting',
    subject: 'Theirs',
    at,
    state: 'planned',
  });
  await records.create('task', { owner: me.userId, subject: 'At ten', dueOn: '2027-01-11', dueTime: '10:00' });
  await records.create('task', { owner: me.userId, subject: 'Some time', dueOn: day(1) });
  await records.create('task', { owner: me.userId, subject: 'Done', dueOn: day(1), status: 'done' });
  await records.create('absence', { user: me.userId, from: day(10), until: day(12), delegate: other.userId });

  const { key } = await link();
  const events = await read(key);
  assert.deepEqual(
    [...events.keys()].sort(),
    ['Away', 'Cancelled · Akmenė', 'Offer · Akmenė', 'To call · Akmenė', '☐ At ten', '☐ Some time'].sort(),
  );
  const offer = new ICAL.Event(events.get('Offer · Akmenė'));
  assert.equal(offer.startDate.toJSDate().toISOString(), at);
  assert.equal(offer.duration.toSeconds(), 5400);
  assert.equal(offer.location, 'Vilnius');
  assert.match(String(offer.component.getFirstPropertyValue('url')), /\/o\/interaction\/[\w-]{36}$/);
  assert.equal(events.get('Cancelled · Akmenė')!.getFirstPropertyValue('status'), 'CANCELLED');
  // Ten o'clock in Vilnius, in January.
  assert.equal(new ICAL.Event(events.get('☐ At ten')).startDate.toJSDate().toISOString(), '2027-01-11T08:00:00.000Z');
  const away = new ICAL.Event(events.get('Away'));
  assert.deepEqual([away.startDate.toString(), away.endDate.toString()], [day(10), day(13)]);
});

test('what has not changed is not sent again', async () => {
  const { key } = await link();
  const address = `${server.url}/calendars/${key}.ics`;
  const etag = (await fetch(address)).headers.get('etag')!;
  assert.equal((await fetch(address, { headers: { 'if-none-match': etag } })).status, 304);
  await records.create('task', { owner: me.userId, subject: 'New', dueOn: day(2) });
  assert.equal((await fetch(address, { headers: { 'if-none-match': etag } })).status, 200);
});

test('the address opens nothing else, other keys open no calendar, and it ends when it is revoked', async () => {
  const calendar = await link();
  for (const path of ['/api/records/task', '/api/session', '/api/keys', '/api/records/account', '/scim/v2/Users'])
    assert.ok([401, 403].includes((await server.call(path, { key: calendar.key })).status), path);
  const all = await link(me.key, { kind: 'all' });
  for (const wrong of [all.key, 'tnd_wrong', '..%2f..%2fetc', `${calendar.key}x`])
    assert.equal((await fetch(`${server.url}/calendars/${wrong}.ics`)).status, 404, wrong);
  assert.equal((await fetch(`${server.url}/calendars/${calendar.key}`)).status, 404);
  assert.equal((await server.call(`/api/keys/${calendar.id}`, { method: 'DELETE', key: me.key })).status, 204);
  assert.equal((await fetch(`${server.url}/calendars/${calendar.key}.ics`)).status, 404);
});

test('what somebody may not read is not in their calendar', async () => {
  const limited = await server.person();
  await records.create('task', { owner: limited.userId, subject: 'Mine', dueOn: day(1) });
  await records.create('interaction', {
    ...{ owner: limited.userId, channel: 'meeting', direction: 'out', subject: 'Meeting', state: 'planned' },
    at: `${day(1)}T08:00:00.000Z`,
  });
  const role = await records.create('role', {
    name: 'Tasks only',
    grants: { task: { read: 'all' }, user: { read: 'all' } },
  });
  await records.update('user', limited.userId, { roles: [role.id] });
  const { key } = await link(limited.key);
  assert.deepEqual([...(await read(key)).keys()], ['☐ Mine']);
});

test('each meeting of a series is read where it is: moved, left out, and at its hour when the clocks change', async () => {
  const person = await server.person(true);
  const start = `${day(5)}T08:00:00.000Z`;
  const first = await records.create('interaction', {
    ...{ owner: person.userId, channel: 'meeting', subject: 'Round', at: start, duration: 3600 },
    repeats: 'FREQ=WEEKLY',
  });
  const filter = { series: first.series as string };
  const { items } = await records.list('interaction', { filter, sort: ['occursAt'], limit: 100 });
  const later = `${String(items[1]!.at).slice(0, 11)}15:00:00.000Z`;
  await records.update('interaction', items[1]!.id, { at: later });
  await records.remove('interaction', items[2]!.id);
  const { key } = await link(person.key);
  const text = await (await fetch(`${server.url}/calendars/${key}.ics`)).text();
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  const times = events.map((one) => new ICAL.Event(one).startDate.toJSDate().toISOString());
  const expected = items.flatMap(({ id, at }) => (id === items[1]!.id ? later : id === items[2]!.id ? [] : String(at)));
  assert.deepEqual(times.sort(), expected.sort());
  assert.ok(times.length > 20);
  const hours = new Set(
    times
      .filter((at) => at !== later)
      .map((at) =>
        new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Vilnius', timeStyle: 'short' }).format(new Date(at)),
      ),
  );
  assert.equal(hours.size, 1);
});
