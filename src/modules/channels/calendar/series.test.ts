import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeMeetings } from '#app/meeting-series.ts';
import { standardRoles } from '#app/standard-roles.ts';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildContact, buildWorkspace } from '#test/build.ts';
import { layAhead, meetingsOf, type Occurrence } from './series.ts';

const whole = await buildWorkspace();
const { workspace, principal, records } = whole;
const program = recordsFor(workspace, asSystem('test'), 'schedule');
const DAY_MS = 86_400_000;
/** The next Monday that is at least two weeks ahead. */
const monday = (() => {
  const day = new Date(Date.now() + 14 * DAY_MS);
  day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7));
  return day.toISOString().slice(0, 10);
})();
const day = (ahead: number) => new Date(Date.parse(monday) + ahead * DAY_MS).toISOString().slice(0, 10);
/** What a clock in Vilnius shows. */
const clock = (at: string) =>
  new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Vilnius', dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(at),
  );
const vilnius = (on: string, time: string) => {
  const winter = `${on}T${time}:00.000+02:00`;
  return new Date(clock(winter) === `${on} ${time}` ? winter : `${on}T${time}:00.000+03:00`).toISOString();
};

const plan = async (repeats: string, more: object = {}) => {
  const at = vilnius(monday, '09:00');
  const given = { channel: 'meeting', subject: 'Round', duration: 3600, at, repeats, owner: principal.userId, ...more };
  return (await records.create('interaction', given)) as unknown as Occurrence;
};
const times = async (series: string | null) => (await meetingsOf(records, series!)).map(({ at }) => clock(at));
const of = async (one: Occurrence) => meetingsOf(records, one.series!);
const undo = (changeSet: string) => records.undo(changeSet);

test('a meeting that repeats is made with those that follow, at the same hour whatever the clocks do', async () => {
  const first = await plan('FREQ=WEEKLY;BYDAY=MO');
  const all = await of(first);
  assert.ok(all.length >= 23 && all.length <= 26, String(all.length));
  assert.equal(all[0]!.id, first.id);
  assert.ok(
    all.every(({ at, state, subject }) => clock(at).endsWith(' 09:00') && state === 'planned' && subject === 'Round'),
  );
  assert.equal(new Set(all.map(({ at }) => at.slice(11))).size, 2, 'the clocks change within half a year');
  assert.equal(first.repeats, 'FREQ=WEEKLY;BYDAY=MO');
  // The days between the one that was typed and the first one of the rule are left out.
  const tuesday = await plan('FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3');
  assert.deepEqual(await times(tuesday.series), [`${day(1)} 09:00`, `${day(3)} 09:00`, `${day(8)} 09:00`]);
  const until = await plan(`FREQ=WEEKLY;BYDAY=MO;UNTIL=${day(14).replaceAll('-', '')}`);
  assert.equal((await of(until)).length, 3);
});

test('only meetings repeat, and how often is changed for a series', async () => {
  await assert.rejects(plan('FREQ=DAILY', { channel: 'phone' }), { code: 'record.invalid' });
  const first = await plan('FREQ=WEEKLY;BYDAY=MO;COUNT=3');
  await assert.rejects(records.update('interaction', first.id, { repeats: 'FREQ=DAILY' }), { code: 'record.invalid' });
  await assert.rejects(records.update('interaction', first.id, { series: null }), { code: 'record.invalid' });
  const alone = await records.create('interaction', {
    channel: 'meeting',
    subject: 'Alone',
    at: vilnius(monday, '08:00'),
  });
  await assert.rejects(changeMeetings(workspace, principal, alone.id, { scope: 'all', changes: {} }), {
    code: 'meeting.no-series',
  });
  // One that stood alone repeats from now on.
  const begun = (await records.update('interaction', alone.id, {
    repeats: 'FREQ=DAILY;COUNT=2',
  })) as unknown as Occurrence;
  assert.deepEqual(await times(begun.series), [`${monday} 08:00`, `${day(1)} 08:00`]);
});

test('this one, this and those that follow, and all are changed, and taken back', async () => {
  const client = await buildContact(records);
  const first = await plan('FREQ=WEEKLY;BYDAY=MO;COUNT=6', { contact: client.id });
  const [, second, third, fourth] = await of(first);
  // This one.
  await records.update('interaction', second!.id, { at: vilnius(day(8), '15:00'), subject: 'Moved' });
  assert.deepEqual((await times(first.series)).slice(0, 3), [`${monday} 09:00`, `${day(8)} 15:00`, `${day(14)} 09:00`]);
  // All of them: what the second has of its own stays.
  const all = await changeMeetings(workspace, principal, first.id, {
    scope: 'all',
    changes: { subject: 'Weekly', at: vilnius(monday, '10:30') },
  });
  assert.deepEqual(
    (await of(first)).map(({ subject, at }) => `${subject} ${clock(at).slice(11)}`),
    ['Weekly 10:30', 'Moved 15:00', 'Weekly 10:30', 'Weekly 10:30', 'Weekly 10:30', 'Weekly 10:30'],
  );
  assert.equal((await of(first))[0]!.contact, client.id);
  await undo(all);
  assert.deepEqual((await times(first.series)).slice(0, 3), [`${monday} 09:00`, `${day(8)} 15:00`, `${day(14)} 09:00`]);
  // This and those that follow: the series ends before, a new one has the same meetings.
  const following = await changeMeetings(workspace, principal, third!.id, {
    scope: 'following',
    changes: { at: vilnius(day(15), '11:00'), place: 'Kaunas' },
  });
  assert.equal((await of(first)).length, 2);
  assert.equal((await of(first))[0]!.repeats, `FREQ=WEEKLY;BYDAY=MO;UNTIL=${day(13).replaceAll('-', '')}`);
  const moved = (await records.read('interaction', third!.id)) as unknown as Occurrence;
  assert.notEqual(moved.series, first.series);
  assert.equal(moved.repeats, 'FREQ=WEEKLY;BYDAY=TU;COUNT=4');
  assert.deepEqual(
    await times(moved.series),
    [15, 22, 29, 36].map((ahead) => `${day(ahead)} 11:00`),
  );
  assert.equal((await of(moved))[1]!.id, fourth!.id);
  assert.ok((await of(moved)).every(({ place }) => place === 'Kaunas'));
  await undo(following);
  assert.equal((await of(first)).length, 6);
  assert.equal((await records.read('interaction', fourth!.id)).place, null);
});

test('another rule keeps the meetings it can, makes what is missing and deletes the rest', async () => {
  const first = await plan('FREQ=WEEKLY;BYDAY=MO;COUNT=4');
  const before = await of(first);
  await changeMeetings(workspace, principal, before[1]!.id, {
    scope: 'following',
    changes: { repeats: 'FREQ=DAILY;COUNT=5' },
  });
  const second = (await records.read('interaction', before[1]!.id)) as unknown as Occurrence;
  assert.deepEqual(
    await times(second.series),
    [7, 8, 9, 10, 11].map((ahead) => `${day(ahead)} 09:00`),
  );
  assert.deepEqual(
    (await of(second)).slice(0, 3).map(({ id }) => id),
    before.slice(1).map(({ id }) => id),
  );
  await changeMeetings(workspace, principal, second.id, {
    scope: 'all',
    changes: { repeats: 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=2' },
  });
  assert.equal((await of(second)).length, 2);
  // Nothing more of it.
  await changeMeetings(workspace, principal, second.id, { scope: 'all', changes: { repeats: null } });
  assert.equal((await records.read('interaction', second.id)).series, null);
  assert.deepEqual(await of(second), []);
});

test('one is left out, some that follow, and all that are to come', async () => {
  const first = await plan('FREQ=WEEKLY;BYDAY=MO;COUNT=5');
  const all = await of(first);
  await records.remove('interaction', all[1]!.id);
  // What was left out stays left out when the others move.
  await changeMeetings(workspace, principal, all[2]!.id, { scope: 'all', changes: { at: vilnius(day(14), '12:00') } });
  assert.deepEqual(
    await times(first.series),
    [0, 14, 21, 28].map((ahead) => `${day(ahead)} 12:00`),
  );
  const ended = await changeMeetings(workspace, principal, all[3]!.id, { scope: 'following', changes: null });
  assert.deepEqual(
    await times(first.series),
    [0, 14].map((ahead) => `${day(ahead)} 12:00`),
  );
  await undo(ended);
  assert.equal((await of(first)).length, 4);
  const gone = await changeMeetings(workspace, principal, all[3]!.id, { scope: 'all', changes: null });
  assert.deepEqual(await of(first), []);
  await undo(gone);
  assert.equal((await of(first)).length, 4);
});

test('what has been stays as it was', async () => {
  const past = new Date(Date.now() - 10 * DAY_MS).toISOString();
  const first = await plan('FREQ=WEEKLY;COUNT=6', { at: past });
  const all = await of(first);
  assert.deepEqual(
    all.map(({ state }) => state),
    ['done', 'done', 'planned', 'planned', 'planned', 'planned'],
  );
  const hour = (one: Occurrence) => clock(one.at).slice(11);
  const later = new Date(Date.parse(all[3]!.at) + 3_600_000).toISOString();
  await changeMeetings(workspace, principal, all[3]!.id, { scope: 'all', changes: { at: later } });
  const now = await Promise.all(all.map(({ id }) => records.read('interaction', id) as unknown as Promise<Occurrence>));
  assert.equal(new Set(now.slice(0, 2).map(({ at }) => at)).size, 2);
  assert.deepEqual(
    now.slice(0, 2).map(({ at }) => at),
    all.slice(0, 2).map(({ at }) => at),
  );
  assert.notEqual(hour(now[2]!), hour(now[1]!));
  assert.equal(new Set(now.slice(2).map(hour)).size, 1);
});

test('an endless series is made further and further ahead, with its people, each once', async () => {
  const first = await plan('FREQ=WEEKLY;BYDAY=MO');
  const [client, guest] = [await buildContact(records), await buildContact(records)];
  const takesPart = (interaction: string, contact: string) =>
    records.create('participant', { interaction, role: 'attendee', contact, name: 'Somebody' });
  const meetings = await of(first);
  const last = meetings.at(-1)!;
  for (const { id } of meetings.slice(0, -1)) await takesPart(id, client.id);
  // Out of the last one alone, and in the last one alone.
  await takesPart(last.id, guest.id);
  const before = meetings.length;
  const later = new Date(Date.now() + 21 * DAY_MS);
  assert.ok((await layAhead(program, later)) >= 3);
  assert.equal(await layAhead(program, later), 0);
  const all = await of(first);
  assert.equal(all.length, before + 3);
  assert.equal(new Set(all.map(({ at }) => at)).size, all.length);
  const people = await records.list('participant', { filter: { interaction: all.at(-1)!.id } });
  assert.deepEqual(
    people.items.map(({ contact }) => contact),
    [client.id],
  );
});

test('what nobody may do to one meeting, nobody does to its series', async () => {
  const { as } = whole;
  const seller = await as([standardRoles.find(({ name }) => name === 'representative')!]);
  const first = await plan('FREQ=WEEKLY;BYDAY=MO;COUNT=3');
  for (const changes of [{ subject: 'Theirs' }, null])
    await assert.rejects(changeMeetings(workspace, seller.principal, first.id, { scope: 'all', changes }));
  assert.deepEqual(
    (await of(first)).map(({ subject }) => subject),
    ['Round', 'Round', 'Round'],
  );
  // Their own they plan, move and end like anybody.
  const at = vilnius(monday, '09:00');
  const own = (await seller.records.create('interaction', {
    ...{ channel: 'visit', subject: 'Own', at, repeats: 'FREQ=WEEKLY;BYDAY=MO;COUNT=4' },
  })) as unknown as Occurrence;
  const third = (await of(own))[2]!;
  await changeMeetings(workspace, seller.principal, third.id, { scope: 'following', changes: { place: 'Kaunas' } });
  assert.deepEqual(
    (await of(own)).map(({ place }) => place),
    [null, null],
  );
  const ended = await changeMeetings(workspace, seller.principal, own.id, { scope: 'all', changes: null });
  assert.deepEqual(await of(own), []);
  await seller.records.undo(ended);
  assert.equal((await of(own)).length, 2);
});
