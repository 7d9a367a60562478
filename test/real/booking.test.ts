import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepReaders } from '#app/background.ts';
import { book, bookingJob } from '#app/bookings.ts';
import { syncCalendar } from '#app/calendars.ts';
import { mailJob } from '#app/mail.ts';
import { connectCalendar } from '#kernel/calendar/calendar-state.ts';
import { sql } from '#kernel/database/sql.ts';
import { addDays, dayIn, instantIn, weekday } from '#kernel/fields/calendar.ts';
import type { RunningJob } from '#kernel/jobs/jobs.ts';
import { saveMailServer } from '#kernel/mail/mail-server.ts';
import { newId } from '#kernel/records/new-id.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { buildUser, buildWorkspace } from '#test/build.ts';
import { openMailSink } from '#test/mail-sink.ts';
import { noRadicale, startRadicale } from './radicale.ts';

const zone = 'Europe/Vilnius';

test('a booked meeting that its host moves and deletes in a calendar program takes the visitor along', {
  skip: noRadicale,
}, async () => {
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
  const [radicale, sink] = [await startRadicale(), await openMailSink()];
  const { runtime, workspace, records } = await buildWorkspace();
  const { database, schema } = workspace;
  const secrets = await openSecrets(runtime.dataFolder);
  const outgoing = { host: '127.0.0.1', port: sink.port, security: 'none', username: null } as const;
  const sender = { senderName: 'Litera', senderAddress: 'crm@litera.example', site: 'https://crm.litera.example' };
  await saveMailServer(runtime.database, secrets, workspace.id, { ...outgoing, ...sender }, null);
  const [host, colleague] = [await buildUser(records), await buildUser(records)];
  const calendar = await radicale.newUser();
  const id = newId();
  const access = { address: radicale.url, calendar: calendar.url, username: calendar.user };
  const connected = { id, user: host.id, name: 'Work', choice: 'customers', ...access } as const;
  await connectCalendar(database, schema, secrets, connected, 'secret');
  const sync = async () => {
    for (const _ of [1, 2]) {
      await database.execute(`update ${schema}.calendar set retry_at = now()`);
      assert.equal(await syncCalendar(runtime, workspace, id), true);
    }
  };

  let monday = addDays(dayIn(new Date(), zone), 7);
  while (weekday(monday) !== 1) monday = addDays(monday, 1);
  const at = (time: string) => instantIn(`${monday}T${time}:00.000`, zone);
  const page = await records.create('bookingPage', {
    ...{ name: 'Meet', slug: 'meet', state: 'open', texts: { title: { en: 'A visit' } }, durations: [60] },
    ...{ hosts: [host.id, colleague.id], mode: 'together', noticeHours: 1, aheadDays: 60, remindHours: 24 },
  });
  const visitor = { name: 'Ona Onaitė', email: 'ona@onaite.example', language: 'en', timeZone: zone };
  const wanted = { ...visitor, page: page.id, at: at('10:00'), minutes: 60, answers: {}, key: newId() };
  const made = (await book(runtime, workspace.id, wanted))!;
  const booked = () => records.read('booking', made.id);
  const meeting = String((await booked()).interaction);

  const jobs = async (kind: string) =>
    (
      await runtime.database.run(sql`select id::text, payload::text from platform.job_progress
        where kind = ${kind} and workspace_id = ${workspace.id}::uuid and state = 'queued' order by created_at, id`)
    ).map(([job, payload]) => ({ id: String(job), payload: JSON.parse(String(payload)) as Record<string, unknown> }));
  const running = (job: string) => ({ id: job, workspaceId: workspace.id }) as RunningJob;
  const end = (job: string) =>
    runtime.database.execute(sql`update platform.job_progress set state = 'done' where id = ${job}::uuid`);
  /** Who got a letter, after the booking has followed its meeting. */
  const told = async () => {
    const mine = async () => (await jobs('booking')).filter(({ payload }) => payload.follows);
    while ((await mine()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { id: job, payload } of await mine()) {
      await bookingJob(runtime).run(payload, running(job));
      await end(job);
    }
    return letters();
  };
  const letters = async () => {
    for (const { id: job, payload } of await jobs('mail')) {
      await mailJob(runtime).run(payload, running(job));
      await end(job);
    }
    return sink.mails.map(({ to }) => to[0]).sort();
  };
  assert.deepEqual(await letters(), [visitor.email, host.email, colleague.email].sort());
  sink.mails.splice(0);
  const readers = keepReaders(runtime, (error) => assert.fail(String(error)));
  try {
    // As its host sees it, and moves it to the afternoon, shorter.
    await sync();
    const [name, file] = [...(await calendar.all())][0]!;
    assert.match(file, /SUMMARY:A visit · Ona Onaitė/);
    const stamp = (time: Date) => time.toISOString().replaceAll(/[-:]|\.000/g, '');
    const lines = file.split('\r\n').filter((line) => !/^(DTSTART|DTEND)/.test(line));
    const event = lines.slice(lines.indexOf('BEGIN:VEVENT'), lines.indexOf('END:VEVENT'));
    const moved = [`DTSTART:${stamp(at('15:00'))}`, `DTEND:${stamp(at('15:30'))}`, 'END:VEVENT'];
    await calendar.put(name, ...event, ...moved);
    await sync();
    // Whoever moved it knows.
    assert.deepEqual(await told(), [colleague.email, visitor.email].sort());
    const { at: then, minutes, state, sequence } = await booked();
    assert.deepEqual([then, minutes, state, sequence], [at('15:00').toISOString(), 30, 'booked', 1]);
    const letter = await sink.mailTo(visitor.email);
    assert.match(letter.text, /15:00.15:30 \(Europe\/Vilnius\)/);
    assert.match(
      letter.text,
      new RegExp(`UID:${meeting}@crm\\.litera\\.example[\\s\\S]*DTSTART:${stamp(at('15:00'))}`),
    );
    const reminders = (await jobs('booking')).map(({ payload }) => payload.sequence);
    assert.deepEqual(reminders, [0, 1]);
    sink.mails.splice(0);
    // Nothing more is told of what both know.
    await sync();
    assert.equal((await jobs('booking')).filter(({ payload }) => payload.follows).length, 0);

    await calendar.remove(name);
    await sync();
    assert.deepEqual(await told(), [colleague.email, visitor.email].sort());
    assert.equal((await booked()).state, 'cancelled');
    assert.equal((await records.read('interaction', meeting)).state, 'cancelled');
    assert.match((await sink.mailTo(visitor.email)).text, /STATUS:CANCELLED/);
    assert.equal((await calendar.all()).size, 0);
  } finally {
    await readers.stop();
  }
});
