import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem, memberRole } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { keepPreference } from '#kernel/workspace/preferences.ts';
import { buildWorkspace } from '#test/build.ts';
import { notify } from './notify.ts';
import { nextReminder, type OwnersTime, remind, reminderMoments } from './reminders.ts';

const { records, workspace, principal, as } = await buildWorkspace();
const me = principal.userId!;
const colleague = await as([memberRole]);
const other = colleague.principal.userId!;
const system = recordsFor(workspace, asSystem('a test of reminders'), 'schedule');

const vilnius: OwnersTime = { timeZone: 'Europe/Vilnius', hours: null };
const usual: OwnersTime = {
  timeZone: 'Europe/Vilnius',
  hours: [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '17:00' })),
};

test('moments follow from when it is due, on the owner’s clock', () => {
  assert.deepEqual(moments('2027-03-10', '14:30', ['hour', 'due', 'day']), [
    '2027-03-09T12:30:00.000Z',
    '2027-03-10T11:30:00.000Z',
    '2027-03-10T12:30:00.000Z',
  ]);
  assert.deepEqual(moments('2027-03-10', null, ['due', 'week']), [
    '2027-03-03T07:00:00.000Z',
    '2027-03-10T07:00:00.000Z',
  ]);
  assert.deepEqual(moments(null, null, ['due', 'week']), []);
  assert.deepEqual(moments('2027-03-10', null, ['due', 'yesterday'], vilnius, '2027-03-10T07:00:00.000Z'), [
    '2027-03-10T07:00:00.000Z',
  ]);
});

test('a day before is a day of the calendar, also in the night in which the clocks change', () => {
  assert.deepEqual(moments('2027-03-29', '09:00', ['day']), ['2027-03-28T06:00:00.000Z']);
  assert.deepEqual(moments('2027-03-28', '09:00', ['day']), ['2027-03-27T07:00:00.000Z']);
  assert.deepEqual(moments('2027-03-28', '03:30', ['due']), ['2027-03-28T01:30:00.000Z'], 'half past three never is');
  assert.deepEqual(moments('2027-10-31', '03:30', ['due']), ['2027-10-31T00:30:00.000Z'], 'it is twice');
  assert.deepEqual(moments('2028-03-01', '09:00', ['day']), ['2028-02-29T07:00:00.000Z']);
});

test('in working hours: what has no time is due when work begins, and what falls on a free day comes before it', () => {
  assert.deepEqual(moments('2027-03-10', null, ['due'], usual), ['2027-03-10T06:30:00.000Z']);
  assert.deepEqual(moments('2027-03-14', null, ['due'], usual), ['2027-03-12T06:30:00.000Z'], 'Sunday → Friday');
  assert.deepEqual(moments('2027-03-15', '14:00', ['day'], usual), ['2027-03-12T06:30:00.000Z'], 'Monday → Friday');
  assert.deepEqual(moments('2027-03-16', '14:00', ['day'], usual), ['2027-03-15T12:00:00.000Z']);
  assert.deepEqual(moments('2027-03-14', '20:00', ['due'], usual), ['2027-03-14T18:00:00.000Z'], 'a time is a time');
  assert.deepEqual(moments('2027-03-14', null, ['due'], { ...usual, hours: [] }), ['2027-03-14T07:00:00.000Z']);
});

test('a moment that has passed is owed as long as nobody was told of it, and no other one is', () => {
  const task = { dueOn: '2027-03-10', dueTime: '14:30', remindBefore: ['day', 'hour', 'due'] as never, remindOn: null };
  const [day, hour, due] = reminderMoments(task, vilnius).map((moment) => moment.toISOString());
  const next = (waiting: string | undefined, told: string | undefined, now: string) =>
    nextReminder({ remindAt: waiting ?? null }, { ...task, remindedAt: told ?? null }, vilnius, new Date(now));
  assert.equal(next(undefined, undefined, '2027-01-01T00:00:00Z'), day);
  assert.equal(next(day, undefined, '2027-03-10T11:45:00Z'), day, 'nobody looked for a day');
  assert.equal(next(day, day, '2027-03-10T11:45:00Z'), due, 'that of an hour before says nothing more');
  assert.equal(next(day, day, '2027-03-10T11:15:00Z'), hour);
  assert.equal(next('2027-03-01T00:00:00.000Z', undefined, '2027-03-10T12:00:00Z'), due, 'it was due another day');
  assert.equal(next(due, due, '2027-03-10T13:00:00Z'), null);
});

test('somebody is reminded once for each moment, whoever looks how often', async () => {
  await records.update('user', me, { timeZone: 'America/New_York' });
  const task = await records.create('task', {
    ...{ subject: 'Call', owner: me, dueOn: '2099-03-11', dueTime: '10:00', remindBefore: ['due', 'hour'] },
  });
  assert.equal(task.remindAt, '2099-03-11T13:00:00.000Z');
  await at('2099-03-11T12:59:59Z');
  assert.deepEqual(await told(), []);
  await Promise.all([at('2099-03-11T13:00:00Z'), at('2099-03-11T13:00:00Z'), at('2099-03-11T13:00:00Z')]);
  assert.deepEqual(await told(), [[me, 'Call', undefined]]);
  await at('2099-03-11T13:30:00Z');
  assert.deepEqual(await told(), []);
  await at('2099-03-11T14:00:00Z');
  await at('2099-03-11T14:00:00Z');
  assert.deepEqual(await told(), [[me, 'Call', undefined]]);
  assert.equal((await records.read('task', task.id)).remindAt, null);
  await records.update('user', me, { timeZone: 'Europe/Vilnius' });
});

test('what came due while nothing ran is told of afterwards, once, and not when the task has moved', async () => {
  const due = { dueOn: '2098-05-05', dueTime: '10:00', remindBefore: ['due'] };
  const [late, moved, done] = await Promise.all(
    ['Late', 'Moved', 'Done'].map((subject) => records.create('task', { subject, ...due })),
  );
  await records.update('task', late!.id, { owner: other });
  await records.update('task', moved!.id, { dueOn: '2098-06-05' });
  await records.update('task', done!.id, { status: 'done' });
  await at('2098-05-20T00:00:00Z');
  assert.deepEqual(await told(), [[other, 'Late', undefined]]);
  await records.update('task', moved!.id, { dueOn: '2098-06-06' });
  await at('2098-06-05T23:00:00Z');
  assert.deepEqual(await told(), []);
  await at('2098-06-07T00:00:00Z');
  assert.deepEqual(await told(), [[me, 'Moved', undefined]]);
  await records.update('task', done!.id, { status: 'open' });
  await at('2098-06-08T00:00:00Z');
  assert.deepEqual(await told(), [[me, 'Done', undefined]], 'reopened, it is to be done again');
});

test('a task that was done before anybody was told of its moment is no news', async () => {
  const task = await records.create('task', { subject: 'Quick', remindOn: '2097-01-01T10:00:00Z' });
  await at('2097-01-01T10:00:00Z');
  await records.update('task', task.id, { status: 'done' });
  assert.deepEqual(await told(), []);
});

test('a bulk of reminders comes one by one, and somebody else’s change at the same moment loses none', async () => {
  const tasks = await Promise.all(
    Array.from({ length: 7 }, (_, index) =>
      records.create('task', { subject: `Task ${index}`, remindOn: '2096-01-01T10:00:00Z' }),
    ),
  );
  await Promise.all([
    at('2096-01-01T10:00:00Z'),
    ...tasks.map(({ id }) => records.update('task', id, { description: 'More' })),
  ]);
  await at('2096-01-01T10:00:30Z');
  assert.equal((await told()).length, 7);
});

test('whoever does somebody’s work meanwhile is reminded too; who switched reminders off is not', async () => {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const absence = await records.create('absence', { user: me, from: day(-1), until: day(1), delegate: other });
  await records.create('task', { subject: 'Cover', remindOn: '2095-01-01T10:00:00Z' });
  await at('2095-01-01T10:00:00Z');
  assert.deepEqual(await told(), [
    [me, 'Cover', undefined],
    [other, 'Cover', me],
  ]);
  await keepPreference(workspace, me, 'notifications', { reminder: false });
  await records.create('task', { subject: 'Again', remindOn: '2095-01-02T10:00:00Z' });
  await at('2095-01-02T10:00:00Z');
  assert.deepEqual(await told(), [[other, 'Again', me]]);
  await records.remove('absence', absence.id);
});

function moments(dueOn: string | null, dueTime: string | null, before: string[], time = vilnius, remindOn?: string) {
  const task = { dueOn, dueTime, remindBefore: before as never, remindOn: remindOn ?? null };
  return reminderMoments(task, time).map((moment) => moment.toISOString());
}

/** The worker's look at a moment. */
async function at(moment: string): Promise<void> {
  await remind(system, new Date(moment));
}

let heard = new Set<string>();

async function told(): Promise<unknown[][]> {
  await catchUp(workspace, notify);
  const { items } = await records.list('notification', { filter: { kind: 'reminder' }, limit: 500 });
  const fresh = items.filter(({ id }) => !heard.has(id));
  heard = new Set(items.map(({ id }) => id));
  return fresh
    .map((row) => {
      const { title, insteadOf } = row.params as { title: string; insteadOf?: string };
      return [row.user, title, insteadOf];
    })
    .sort((one, two) => (one[0] === me ? 0 : 1) - (two[0] === me ? 0 : 1));
}
