import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { keepReaders } from '#app/background.ts';
import { bookingJob, bookingLink } from '#app/bookings.ts';
import { mailJob } from '#app/mail.ts';
import { sql } from '#kernel/database/sql.ts';
import { addDays, dayIn, instantIn, weekday } from '#kernel/fields/calendar.ts';
import type { RunningJob } from '#kernel/jobs/jobs.ts';
import { saveMailServer } from '#kernel/mail/mail-server.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { buildContact, buildUser, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { openMailSink } from '#test/mail-sink.ts';
import { pageToken } from '../public-pages/visit.ts';

const { runtime, workspace, records, principal } = await buildWorkspace();
const server = await serve(runtime, workspace);
const secrets = await openSecrets(runtime.dataFolder);
after(() => rmSync(runtime.dataFolder, { recursive: true, force: true }));

const zone = 'Europe/Vilnius';
let number = 0;

/** A working day that is to come: the first Monday at least a week from now. */
const monday = (() => {
  let day = addDays(dayIn(new Date(), zone), 7);
  while (weekday(day) !== 1) day = addDays(day, 1);
  return day;
})();
const at = (time: string, day = monday) => instantIn(`${day}T${time}:00.000`, zone);

async function makePage(more: Record<string, unknown> = {}) {
  const hosts = [(await buildUser(records)).id];
  const slug = `meet-${++number}`;
  const page = await records.create('bookingPage', {
    ...{ name: `Meet ${number}`, slug, state: 'open', texts: { title: { en: 'A visit', lt: 'Vizitas' } } },
    ...{ durations: [60], hosts, noticeHours: 1, aheadDays: 60, place: 'Pylimo 1, Vilnius', ...more },
  });
  return { id: page.id, slug, hosts: (more.hosts as string[] | undefined) ?? hosts };
}
type Page = Awaited<ReturnType<typeof makePage>>;

const address = () => `10.9.${Math.floor(++number / 200) % 200}.${number % 200}`;

function choose(
  page: Page,
  time: Date,
  values: Record<string, string> = {},
  token = pageToken(secrets, page.id, Date.now() - 60_000),
) {
  const body = new FormData();
  const all = {
    token,
    at: time.toISOString(),
    minutes: '60',
    zone,
    name: 'Ona Onaitė',
    email: `ona${++number}@example.com`,
    lang: 'en',
    ...values,
  };
  for (const [name, value] of Object.entries(all)) body.append(name, value);
  return fetch(`${server.url}/b/${page.slug}`, {
    ...{ method: 'POST', redirect: 'manual', body },
    headers: { 'x-forwarded-for': address(), 'accept-language': 'en' },
  });
}

async function open(path: string, method = 'GET') {
  const headers: Record<string, string> = { 'x-forwarded-for': address(), 'accept-language': 'en' };
  if (method === 'POST') headers['content-type'] = 'application/x-www-form-urlencoded';
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(method === 'POST' ? { body: '' } : {}),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const timesOf = (text: string) => [...text.matchAll(/class="slot"[^>]*>([^<]+)</g)].map(([, time]) => time);
/** Of the Monday. */
const shown = async (page: Page) => {
  const { text } = await open(`/b/${page.slug}?zone=${zone}&day=${monday}&minutes=60`);
  return timesOf(text.split('class="day"')[1] ?? '');
};
const bookingsOf = async (page: Page) =>
  (await records.list('booking', { filter: { page: page.id }, sort: ['createdAt'], limit: 200 })).items;

test('fifty choose one time at the same moment: one gets it', async () => {
  const page = await makePage();
  const answers = await Promise.all(Array.from({ length: 50 }, () => choose(page, at('10:00'))));
  const codes = answers.map(({ status }) => status);
  assert.equal(codes.filter((code) => code === 303).length, 1, codes.join(' '));
  assert.equal(codes.filter((code) => code === 409).length, 49);
  assert.match(await answers.find(({ status }) => status === 409)!.text(), /Somebody just took this time/);
  const [only, ...others] = await bookingsOf(page);
  assert.equal(others.length, 0);
  const meeting = await records.read('interaction', String(only!.interaction));
  assert.deepEqual(
    [meeting.channel, meeting.state, meeting.owner, meeting.duration, meeting.place],
    ['meeting', 'planned', page.hosts[0], 3600, 'Pylimo 1, Vilnius'],
  );
  assert.equal(meeting.at, at('10:00').toISOString());
  const contact = await records.read('contact', String(only!.contact));
  assert.deepEqual([contact.name, meeting.contact], ['Ona Onaitė', contact.id]);
  assert.equal((await shown(page)).includes('10:00'), false);
});

test('times are within the hours, around what is there, not too soon, not too many', async () => {
  const page = await makePage({ bufferBefore: 30, bufferAfter: 0, perDay: 2 });
  await records.create('interaction', {
    channel: 'visit',
    direction: 'out',
    subject: 'Elsewhere',
    at: at('12:00').toISOString(),
    duration: 3600,
    owner: page.hosts[0],
  });
  const tuesday = addDays(monday, 1);
  await records.create('absence', {
    user: page.hosts[0],
    from: tuesday,
    until: tuesday,
    delegate: (await buildUser(records)).id,
  });
  const { text } = await open(`/b/${page.slug}?zone=${zone}&day=${monday}&minutes=60`);
  const [first = ''] = text.split('class="day"').slice(1);
  // From 13:00 on, and half an hour before each.
  assert.deepEqual(timesOf(first), [
    '09:00',
    '09:30',
    '10:00',
    '10:30',
    '11:00',
    '13:30',
    '14:00',
    '14:30',
    '15:00',
    '15:30',
    '16:00',
  ]);
  assert.doesNotMatch(text, /Tuesday/);
  assert.match(text, /Wednesday/);
  assert.doesNotMatch(text, /Saturday|Sunday/);
  // Elsewhere the clock shows another time.
  assert.ok(
    timesOf((await open(`/b/${page.slug}?zone=Europe/Madrid&day=${monday}&minutes=60`)).text).includes('08:00'),
  );
  assert.equal((await choose(page, at('12:00'))).status, 409);
  assert.equal((await choose(page, at('08:00'))).status, 409);
  assert.equal((await choose(page, at('09:10'))).status, 409);
  assert.equal(
    (await choose(page, new Date(Math.floor(Date.now() / 3600_000) * 3600_000))).status,
    409,
    'it has begun',
  );
  assert.equal((await choose(page, at('10:00', addDays(monday, 70)))).status, 409, 'too far ahead');
  assert.equal((await choose(page, at('09:00'))).status, 303);
  assert.equal((await choose(page, at('15:00'))).status, 303);
  assert.equal((await choose(page, at('10:30'))).status, 409, 'two a day');
  assert.match((await open(`/b/${page.slug}?at=${at('12:00').toISOString()}&minutes=60`)).text, /Somebody just took/);
});

test('in turn: whoever is free and had the fewest; together: when all are free', async () => {
  const hosts = [(await buildUser(records)).id, (await buildUser(records)).id];
  const page = await makePage({ hosts });
  for (const time of ['10:00', '10:00', '11:00', '11:00'])
    assert.equal((await choose(page, at(time))).status, 303, time);
  assert.equal((await choose(page, at('10:00'))).status, 409);
  const owners = (await bookingsOf(page)).map(({ owner }) => owner);
  for (const host of hosts) assert.equal(owners.filter((owner) => owner === host).length, 2);
  const together = await makePage({ hosts, mode: 'together' });
  assert.equal((await choose(together, at('10:00'))).status, 409);
  assert.equal((await choose(together, at('14:00'))).status, 303);
  assert.equal((await choose(page, at('14:00'))).status, 409, 'both are taken');
  const [one] = await bookingsOf(together);
  const { items } = await records.list('participant', { filter: { interaction: String(one!.interaction) } });
  assert.deepEqual(items.flatMap(({ user }) => user ?? []).sort(), hosts.toSorted());
});

test('links move and cancel: each is good for one thing, once, and in time', async () => {
  const page = await makePage();
  await choose(page, at('10:00'));
  const [booked] = await bookingsOf(page);
  const known = { workspaceId: workspace.id, id: booked!.id, sequence: 0 };
  const soon = Date.now() + 3600_000;
  const [move, cancel] = [
    await bookingLink(runtime, known, 'move', soon),
    await bookingLink(runtime, known, 'cancel', soon),
  ];
  const target = `at=${at('15:00').toISOString()}`;
  for (const wrong of [
    `/b/move/${cancel}`,
    `/b/cancel/${move}`,
    `/b/move/${move}x`,
    `/b/cancel/${await bookingLink(runtime, known, 'cancel', Date.now() - 1)}`,
  ])
    assert.equal((await open(wrong)).status, 404, wrong);
  // Looking changes nothing; the time in its own way can be chosen by itself.
  const times = timesOf((await open(`/b/move/${move}?day=${monday}`)).text);
  assert.ok(times.includes('10:00') && times.includes('10:30'), times.join(' '));
  assert.match((await open(`/b/move/${move}?${target}`)).text, /Move it here/);
  assert.equal((await open(`/b/move/${move}?${target}`, 'POST')).status, 200);
  const [moved] = await bookingsOf(page);
  assert.deepEqual([moved!.at, moved!.sequence], [at('15:00').toISOString(), 1]);
  assert.equal((await records.read('interaction', String(moved!.interaction))).at, at('15:00').toISOString());
  // The letters before are old now.
  for (const old of [`/b/move/${move}?${target}`, `/b/cancel/${cancel}`])
    assert.equal((await open(old, 'POST')).status, 404);
  const next = await bookingLink(runtime, { ...known, sequence: 1 }, 'cancel', soon);
  assert.match((await open(`/b/cancel/${next}`)).text, /Cancel this meeting\?/);
  assert.equal((await records.read('booking', booked!.id)).state, 'booked');
  assert.match((await open(`/b/cancel/${next}`, 'POST')).text, /Cancelled/);
  assert.equal((await records.read('interaction', String(moved!.interaction))).state, 'cancelled');
  assert.equal((await open(`/b/cancel/${next}`, 'POST')).status, 404);
  assert.ok((await shown(page)).includes('15:00'), 'the time is free again');
});

test('known people are found, nothing of them is changed; a page that is sent twice books once', async () => {
  const known = await buildContact(records, {
    firstName: 'Vaidas',
    lastName: 'Vaidila',
    emails: ['vaidas@vaidila.example'],
  });
  const page = await makePage({
    questions: [{ key: 'contact.phones' }, { key: 'own.why', type: 'longText', label: { en: 'Why' } }],
    remindHours: 24,
  });
  const token = pageToken(secrets, page.id, Date.now() - 60_000);
  const values = {
    name: 'Vaidas Vaidila',
    email: 'Vaidas@vaidila.example',
    'contact.phones': '+37061111111',
    'own.why': 'Bread\r\nBcc: x@y.z',
  };
  const twice = await Promise.all([choose(page, at('10:00'), values, token), choose(page, at('10:00'), values, token)]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    [303, 303],
  );
  const [booked, ...others] = await bookingsOf(page);
  assert.equal(others.length, 0);
  assert.equal(booked!.contact, known.id);
  assert.equal((await records.read('contact', known.id)).phones, null);
  assert.equal((booked!.suggestions as unknown[]).length, 1);
  const [row] = await runtime.database.run(
    sql`select j.run_at from graphile_worker._private_jobs j join platform.job_progress p on p.id = (j.payload->>'$job')::uuid where p.kind = 'booking'`,
  );
  assert.equal(new Date(row![0] as string).getTime(), at('10:00').getTime() - 24 * 3600_000);
  const answer = await open(new URL(twice[0]!.headers.get('location')!, server.url).pathname);
  assert.match(answer.text, /Booked[\s\S]*Pylimo 1/);
});

test('other sites show the page where it says so, with all of its steps; never what links of letters lead to', async () => {
  const page = await makePage({ sites: 'https://www.shop.example\nhttps://blog.example' });
  const site = 'frame-ancestors https://www.shop.example https://blog.example';
  const ancestors = ({ headers }: { headers: Headers }) =>
    /frame-ancestors .*/.exec(headers.get('content-security-policy') ?? '')?.[0];
  const first = await open(`/b/${page.slug}?embed=1&utm_source=Letter&zone=${zone}&day=${monday}`);
  assert.equal(ancestors(first), site);
  assert.equal(first.headers.get('x-frame-options'), null);
  assert.equal(first.headers.get('set-cookie'), null);
  assert.match(first.text, /class="framed"/);
  const [slot] = /\/b\/[^"]*at=[^"]*/.exec(first.text) ?? [];
  assert.match(slot ?? '', /embed=1.*utm_source=letter/);
  const details = await open(slot!.replaceAll('&amp;', '&'));
  assert.match(details.text, /class="framed"[\s\S]*name="embed" value="1"/);
  assert.equal(ancestors(details), site);
  const wrong = await choose(page, at('10:00'), { embed: '1', name: '' });
  assert.deepEqual([wrong.status, ancestors(wrong)], [422, site]);
  const sent = await choose(page, at('10:00'), { embed: '1' });
  const booked = await open(sent.headers.get('location')!.replace(/^https?:\/\/[^/]+/, ''));
  assert.match(booked.text, /class="framed"[\s\S]*Booked/);
  assert.equal(ancestors(booked), site);
  const { id } = (await bookingsOf(page))[0]!;
  const known = { workspaceId: workspace.id, id, sequence: 0 };
  for (const what of ['move', 'cancel'] as const) {
    const link = `/b/${what}/${await bookingLink(runtime, known, what, Date.now() + 3600_000)}?embed=1`;
    const shown = await open(link);
    assert.deepEqual([ancestors(shown), shown.headers.get('x-frame-options')], ["frame-ancestors 'none'", 'DENY']);
    assert.doesNotMatch(shown.text, /class="framed"/);
  }
  await records.update('bookingPage', page.id, { state: 'closed' });
  const closed = await open(`/b/${page.slug}?embed=1`);
  assert.deepEqual([closed.status, ancestors(closed)], [410, site]);
  for (const sites of ["https://a.example'; script-src *", 'javascript:alert(1)', '*'])
    await assert.rejects(records.update('bookingPage', page.id, { sites }), sites);
});

test('hostile input: words at the field, nothing booked, no page for drafts', async () => {
  const page = await makePage();
  const wrong = await choose(page, at('10:00'), { name: '<script>alert(1)</script>', email: 'nobody' });
  assert.equal(wrong.status, 422);
  const text = await wrong.text();
  assert.match(text, /q-email-error/);
  assert.doesNotMatch(text, /<script>alert/);
  assert.equal((await choose(page, at('10:00'), { name: 'x'.repeat(5_000) })).status, 422);
  assert.equal((await choose(page, at('10:00'), {}, '')).status, 422);
  assert.equal((await choose(page, at('10:00'), { website_2: 'spam' })).status, 200);
  for (const time of ['nonsense', '2026-99-99T10:00:00.000Z', ''])
    assert.equal((await choose(page, at('10:00'), { at: time })).status, 200);
  assert.equal((await choose(page, at('10:00'), { zone: "'; drop table", minutes: '7' })).status, 303);
  assert.equal((await bookingsOf(page)).length, 1);
  assert.equal((await open('/b/nothing-here')).status, 404);
  const policy = (await open(`/b/${page.slug}`)).headers.get('content-security-policy')!;
  assert.match(policy, /frame-ancestors 'none'/);
  await records.update('bookingPage', page.id, { state: 'draft' });
  assert.equal((await open(`/b/${page.slug}`)).status, 404);
  const refused = (more: Record<string, unknown>) =>
    makePage(more).then(
      () => 'taken',
      ({ errors }) => errors?.[0]?.field,
    );
  assert.equal(await refused({ durations: [3] }), 'durations');
  assert.equal(await refused({ hosts: [] }), 'hosts');
  assert.equal(await refused({ aheadDays: 9_999 }), 'aheadDays');
  assert.equal(await refused({ texts: {} }), 'texts');
});

test('a reminder goes once, in the words and on the clock of the visitor, and not for what was moved or cancelled', async () => {
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
  const sink = await openMailSink();
  const outgoing = { host: '127.0.0.1', port: sink.port, security: 'none', username: null } as const;
  const sender = { senderName: 'Litera', senderAddress: 'crm@litera.example', site: server.url };
  await saveMailServer(runtime.database, secrets, workspace.id, { ...outgoing, ...sender }, null);
  const page = await makePage({ remindHours: 24 });
  const visitor = { lang: 'lt', zone: 'Europe/Madrid', email: 'ona@onaite.example' };
  for (const time of ['10:00', '11:00', '13:00', '14:00', '15:00'])
    assert.equal((await choose(page, at(time), visitor)).status, 303, time);
  const [reminded, moved, cancelled, put, called] = (await bookingsOf(page)).map(({ id, interaction }) => ({
    ...{ id, sequence: 0, workspaceId: workspace.id },
    interaction: String(interaction),
  }));
  const soon = Date.now() + 3600_000;
  const later = `at=${at('16:00').toISOString()}`;
  const press = async (path: string) => assert.equal((await open(path, 'POST')).status, 200, path);
  await press(`/b/move/${await bookingLink(runtime, moved!, 'move', soon)}?${later}`);
  await press(`/b/cancel/${await bookingLink(runtime, cancelled!, 'cancel', soon)}`);
  // In the calendar of whoever they meet.
  await records.update('interaction', put!.interaction, { at: at('12:00').toISOString() });
  await records.update('interaction', called!.interaction, { state: 'cancelled' });

  const jobs = async (kind: string) =>
    (
      await runtime.database.run(sql`select id::text, payload::text from platform.job_progress
        where kind = ${kind} and workspace_id = ${workspace.id}::uuid order by created_at, id`)
    ).map(([id, payload]) => ({ id: String(id), payload: JSON.parse(String(payload)) as Record<string, unknown> }));
  const run = ({ id, payload }: { id: string; payload: Record<string, unknown> }) =>
    bookingJob(runtime).run(payload, { id, workspaceId: workspace.id } as RunningJob) as Promise<{ sent: boolean }>;
  const of = async ({ id }: { id: string }) => (await jobs('booking')).filter(({ payload }) => payload.id === id);

  const lettersBefore = (await jobs('mail')).length;
  for (const one of [cancelled!, put!, called!])
    for (const job of await of(one)) assert.deepEqual(await run(job), { sent: false });
  const [first, second] = await of(moved!);
  assert.deepEqual(await run(first!), { sent: false }, 'of the time before');
  assert.deepEqual(await run(second!), { sent: true }, 'of the time to which it was moved');
  const [job] = await of(reminded!);
  const taken = await Promise.all([run(job!), run(job!)]);
  assert.deepEqual(taken.map(({ sent }) => sent).sort(), [false, true], 'two workers took it');
  assert.deepEqual(
    await run(job!),
    { sent: false },
    'begun again, as the first was killed before it could say that it was done',
  );

  const letters = (await jobs('mail')).slice(lettersBefore);
  assert.equal(letters.length, 2);
  for (const letter of letters)
    await mailJob(runtime).run(letter.payload, { id: letter.id, workspaceId: workspace.id } as RunningJob);
  const [text, other] = [(await sink.mailTo(visitor.email)).text, (await sink.mailTo(visitor.email)).text];
  assert.match(other, /09:00.10:00 \(Europe\/Madrid\)/);
  assert.match(other, /Primename jūsų susitikimą su Test/);
  assert.match(text, /15:00.16:00 \(Europe\/Madrid\)/);
});

test('a meeting that its host moves, calls off and plans again takes the booking along', async () => {
  const page = await makePage({ remindHours: 24, perDay: 1 });
  const visitor = { lang: 'en', zone, email: 'jonas@jonaitis.example' };
  assert.equal((await choose(page, at('10:00'), visitor)).status, 303);
  const [made] = await bookingsOf(page);
  const meeting = String(made!.interaction);
  const readers = keepReaders(runtime, (error) => assert.fail(String(error)));
  const known = { workspaceId: workspace.id, id: made!.id };
  const soon = Date.now() + 3600_000;
  const jobs = async (kind: string) =>
    (
      await runtime.database.run(sql`select id::text, payload::text from platform.job_progress
        where kind = ${kind} and workspace_id = ${workspace.id}::uuid and state = 'queued' order by created_at, id`)
    ).map(([id, payload]) => ({ id: String(id), payload: JSON.parse(String(payload)) as Record<string, unknown> }));
  /** Until the reader has seen it, and the job has run: twice, as after a crash. */
  const followed = async () => {
    const mine = async () =>
      (await jobs('booking')).filter(({ payload }) => payload.id === made!.id && payload.follows);
    while ((await mine()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const told = [];
    for (const { id, payload } of await mine()) {
      const run = () => bookingJob(runtime).run(payload, { id, workspaceId: workspace.id } as RunningJob);
      told.push(((await run()) as { told: string | null }).told);
      assert.deepEqual(await run(), { told: null });
      await runtime.database.run(
        sql`update platform.job_progress set state = 'done' where id = ${id}::uuid returning id`,
      );
    }
    return told.filter((one) => one !== null);
  };
  const letters = async () => (await jobs('mail')).length;
  const before = await letters();
  // Whoever does it themself gets no letter about it.
  const host = recordsFor(workspace, { ...principal, userId: page.hosts[0]! }, 'rest');
  try {
    await host.update('interaction', meeting, { at: at('13:00').toISOString(), duration: 1800 });
    assert.deepEqual(await followed(), ['bookingMoved']);
    const moved = await records.read('booking', made!.id);
    assert.deepEqual([moved.at, moved.minutes, moved.sequence], [at('13:00').toISOString(), 30, 1]);
    assert.equal(await letters(), before + 1);
    // The links of the letter before are old; the new ones show the new time, and the reminder is of it.
    const old = await bookingLink(runtime, { ...known, sequence: 0 }, 'move', soon);
    assert.equal((await open(`/b/move/${old}?at=${at('15:00').toISOString()}`, 'POST')).status, 404);
    const link = await bookingLink(runtime, { ...known, sequence: 1 }, 'cancel', soon);
    assert.match((await open(`/b/cancel/${link}`)).text, /13:00/);
    const reminders = (await jobs('booking')).filter(({ payload }) => payload.id === made!.id && !payload.follows);
    assert.deepEqual(
      reminders.map(({ payload }) => payload.sequence),
      [0, 1],
    );
    // Called off: they hear of it, and the day is free again, though there is one a day.
    const isFull = async () =>
      !(await open(`/b/${page.slug}?zone=${zone}&day=${monday}&minutes=60`)).text.includes('Monday');
    assert.equal(await isFull(), true);
    await host.update('interaction', meeting, { state: 'cancelled' });
    assert.deepEqual(await followed(), ['bookingCancelled']);
    assert.equal((await records.read('booking', made!.id)).state, 'cancelled');
    assert.equal(await letters(), before + 2);
    assert.equal(await isFull(), false);
    assert.ok((await shown(page)).includes('13:00'));
    // Planned again after all, and deleted.
    await host.update('interaction', meeting, { state: 'planned' });
    assert.deepEqual(await followed(), ['bookingMade']);
    await host.remove('interaction', meeting);
    assert.deepEqual(await followed(), ['bookingCancelled']);
    assert.equal(await letters(), before + 4);
  } finally {
    await readers.stop();
  }
});

test('nobody is booked on a holiday of the company', async () => {
  const page = await makePage();
  const boss = await server.person(true);
  const set = async (holidays: unknown) => {
    const answer = await server.call('/api/company', { method: 'PATCH', key: boss.key, json: { holidays } });
    assert.equal(answer.status, 200, await answer.text());
  };
  await set([{ on: monday, name: 'Day of the shop' }]);
  try {
    const { text } = await open(`/b/${page.slug}?zone=${zone}&day=${monday}&minutes=60`);
    assert.doesNotMatch(text, /Monday/);
    assert.match(text, /Tuesday/);
    assert.equal((await choose(page, at('10:00'))).status, 409);
  } finally {
    await set(null);
  }
  assert.equal((await choose(page, at('10:00'))).status, 303);
});
