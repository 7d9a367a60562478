import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { freeBusy, freeTimes, type PersonTimes } from '#modules/channels/index.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { fc } from '#test/property.ts';

const { runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);
const records = recordsFor(workspace, asSystem('test data'), 'setup');

// A Monday in January: Vilnius is two hours ahead of UTC.
const from = '2030-01-07T00:00:00.000Z';
const until = '2030-01-12T00:00:00.000Z';
const on = (day: number, time: string) => `2030-01-${String(day).padStart(2, '0')}T${time}:00.000Z`;
const hours = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' }));

async function person(more: Record<string, unknown> = {}) {
  const one = await server.person(true);
  await records.update('user', one.userId, { workingHours: hours, ...more });
  return one;
}

interface Answer {
  people: { busy: { kind: string; id: string | null; subject: string | null; place: string | null }[] }[];
}

const meeting = (owner: string, at: string, more: Record<string, unknown> = {}) =>
  records.create('interaction', {
    ...{ owner, at, channel: 'meeting', direction: 'out', subject: 'Offer', state: 'planned', duration: 3600 },
    ...more,
  });

const of = async (...users: string[]) => freeBusy(workspace, users, new Date(from), new Date(until));
const told = ({ busy }: PersonTimes) =>
  busy.map((one) => `${one.kind} ${one.from.toISOString().slice(8, 16)}-${one.until.toISOString().slice(8, 16)}`);

test('what takes time is told: appointments, invitations, planned calls, absences; and nothing else', async () => {
  const [rasa, jonas] = [await person(), await person({ timeZone: 'America/New_York' })];
  await meeting(rasa.userId, on(7, '08:00'));
  const invited = await meeting(rasa.userId, on(8, '08:00'), { duration: null, channel: 'visit' });
  await records.create('participant', { interaction: invited.id, role: 'attendee', user: jonas.userId, name: 'J' });
  await records.create('participant', { interaction: invited.id, role: 'attendee', user: rasa.userId, name: 'R' });
  const declined = await meeting((await person()).userId, on(9, '10:00'));
  for (const said of [{ response: 'declined' }, { role: 'uninvited', response: 'accepted' }])
    await records.create('participant', {
      ...{ interaction: declined.id, role: 'attendee', user: jonas.userId, name: 'J', ...said },
    });
  await meeting(rasa.userId, on(9, '08:00'), { state: 'cancelled' });
  await meeting(rasa.userId, on(9, '09:00'), { channel: 'email' });
  await meeting(rasa.userId, on(9, '10:00'), { channel: 'phone', duration: null });
  // Begins before the time that is asked for, and reaches into it.
  await meeting(rasa.userId, '2030-01-06T23:00:00.000Z', { duration: 7200 });
  await records.create('absence', {
    user: jonas.userId,
    delegate: rasa.userId,
    from: '2030-01-10',
    until: '2030-01-10',
  });
  const [first, second] = await of(rasa.userId, jonas.userId);
  assert.deepEqual(told(first!), [
    'interaction 06T23:00-07T01:00',
    'interaction 07T08:00-07T09:00',
    'interaction 08T08:00-08T09:00',
    'interaction 09T10:00-09T10:15',
  ]);
  assert.deepEqual(told(second!), ['interaction 08T08:00-08T09:00', 'absence 10T05:00-11T05:00']);
  assert.equal(first!.working![0]!.from.toISOString(), on(7, '07:00'));
  assert.equal(second!.working![0]!.from.toISOString(), on(7, '14:00'));
});

test('those who left, and those who are not there, have no times', async () => {
  const gone = await person();
  await records.update('user', gone.userId, { active: false });
  assert.deepEqual(await of(gone.userId, '019aa000-0000-7000-8000-000000000000'), []);
  assert.deepEqual(await of(), []);
});

test('details are for whoever may read the record; that somebody is busy, for everybody', async () => {
  const [rasa, limited] = [await person(), await server.person()];
  await meeting(rasa.userId, on(7, '08:00'), { subject: 'Secret', place: 'Vilnius' });
  await records.create('absence', {
    user: rasa.userId,
    delegate: server.userId,
    from: '2030-01-11',
    until: '2030-01-11',
  });
  const role = await records.create('role', { name: 'People only', grants: { user: { read: 'all' } } });
  await records.update('user', limited.userId, { roles: [role.id] });
  const path = `/api/free-busy?users=${rasa.userId}&from=${from}&until=${until}`;
  const asked = async (key: string) => ((await (await server.call(path, { key })).json()) as Answer).people[0]!.busy;
  const seen = await asked(rasa.key);
  assert.deepEqual([seen[0]!.kind, seen[0]!.subject, seen[0]!.place], ['interaction', 'Secret', 'Vilnius']);
  assert.equal(seen[1]!.kind, 'absence');
  const unseen = await asked(limited.key);
  assert.equal(unseen.length, 2);
  const { kind, id, subject, place } = unseen[0]!;
  assert.deepEqual([kind, id, subject, place], ['busy', null, null, null]);
  // Who is away is everybody's to know.
  assert.equal(unseen[1]!.kind, 'absence');
});

test('a time that suits all is within everybody’s hours and in nobody’s way', async () => {
  const [rasa, jonas] = [await person(), await person({ timeZone: 'Europe/Madrid' })];
  await meeting(rasa.userId, on(7, '09:00'));
  await meeting(jonas.userId, on(7, '12:00'), { duration: 5400 });
  const users = `${rasa.userId},${jonas.userId}`;
  const ask = async (more: string) =>
    (
      await server.call(`/api/free-busy/times?users=${users}&from=${from}&until=${on(8, '00:00')}&${more}`)
    ).json() as Promise<{ items: { from: string }[] }>;
  // Vilnius works 7–15 UTC, Madrid 8–16.
  const { items } = await ask('minutes=60');
  const starts = items.map((one) => one.from.slice(11, 16));
  assert.deepEqual([starts[0], starts[1], starts.at(-1)], ['08:00', '10:00', '14:00']);
  assert.equal(starts.includes('11:15'), false);
  const buffered = await ask('minutes=60&bufferMinutes=15');
  assert.deepEqual(
    buffered.items.map((one) => one.from.slice(11, 16)),
    ['10:15', '10:30', '10:45', '13:45', '14:00'],
  );
});

test('on a holiday of the company nobody is free, each by their own clock, and everybody is told why', async () => {
  const [rasa, jonas] = [await person(), await person({ timeZone: 'America/New_York' })];
  const given = { holidays: [{ on: '2030-01-09', name: 'Day of the shop' }] };
  const boss = await server.person(true);
  const saved = await server.call('/api/company', { method: 'PATCH', key: boss.key, json: given });
  assert.equal(saved.status, 200, await saved.text());
  try {
    const now = await runtime.workspace(workspace.id);
    const [here, there] = await freeBusy(now, [rasa.userId, jonas.userId], new Date(from), new Date(until));
    assert.deepEqual(told(here!), ['holiday 08T22:00-09T22:00']);
    assert.deepEqual(told(there!), ['holiday 09T05:00-10T05:00']);
    const free = freeTimes([here!], { from: new Date(from), until: new Date(until), lengthMs: 3_600_000 });
    assert.equal(
      free.some((one) => one.from.toISOString().slice(0, 10) === '2030-01-09'),
      false,
    );
    assert.equal(
      free.some((one) => one.from.toISOString().slice(0, 10) === '2030-01-08'),
      true,
    );
    const query = `users=${rasa.userId}&from=${from}&until=${until}`;
    const answer = (await (await server.call(`/api/free-busy?${query}`, { key: jonas.key })).json()) as Answer;
    assert.deepEqual(
      answer.people[0]!.busy.map(({ kind, subject }) => [kind, subject]),
      [['holiday', 'Day of the shop']],
    );
  } finally {
    await server.call('/api/company', { method: 'PATCH', key: boss.key, json: { holidays: null } });
  }
});

test('wrong questions are refused in words', async () => {
  for (const query of [
    `users=nobody&from=${from}&until=${until}`,
    `users=${server.userId}&from=${until}&until=${from}`,
    `users=${server.userId}&from=${from}&until=2040-01-01T00:00:00.000Z`,
    `users=${'0'.repeat(36)}&from=${from}&until=${until}`,
    `users=${server.userId}&from=yesterday&until=${until}`,
  ]) {
    const answer = await server.call(`/api/free-busy?${query}`);
    assert.ok([400, 422].includes(answer.status), query);
  }
});

test('free times never touch what is taken, and none is left out', () => {
  const stretch = fc
    .tuple(fc.integer({ min: 0, max: 96 }), fc.integer({ min: 1, max: 16 }))
    .map(([at, length]) => ({ from: new Date(at * 900_000), until: new Date((at + length) * 900_000) }));
  const someone = fc.record({
    working: fc.option(fc.array(stretch, { maxLength: 4 })),
    busy: fc.array(
      stretch.map((one) => ({ ...one, kind: 'interaction' as const, id: 'x' })),
      { maxLength: 6 },
    ),
  });
  const taken = ({ working, busy }: Pick<PersonTimes, 'working' | 'busy'>, quarter: number) => {
    const holds = (one: { from: Date; until: Date }) =>
      +one.from <= quarter * 900_000 && +one.until >= (quarter + 1) * 900_000;
    return busy.some(holds) || (working !== null && !working.some(holds));
  };
  fc.assert(
    fc.property(fc.array(someone, { maxLength: 3 }), fc.integer({ min: 1, max: 6 }), (people, length) => {
      const wanted = { from: new Date(0), until: new Date(96 * 900_000), lengthMs: length * 900_000 };
      const found = freeTimes(people, wanted).map(({ from: start }) => +start / 900_000);
      const expected = Array.from({ length: 96 - length + 1 }, (_, at) => at).filter((at) =>
        Array.from({ length }, (_, index) => at + index).every((one) => !people.some((who) => taken(who, one))),
      );
      assert.deepEqual(found, expected);
    }),
  );
});
