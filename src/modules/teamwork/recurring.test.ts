import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberRole } from '#kernel/access/access.ts';
import { addDays, dayIn } from '#kernel/fields/calendar.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { runAction } from '#kernel/records/actions.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { fc } from '#test/property.ts';
import { nextOccurrence } from './recurring.ts';

const { records, workspace, principal, as } = await buildWorkspace();
const today = dayIn(new Date(), 'Europe/Vilnius');
const run = (id: string, name: string) => runAction(workspace, principal, 'task', id, name, {});

test('what is done comes again on the next day of its rule, as it was', async () => {
  const account = await buildAccount(records);
  const first = await records.create('task', {
    ...{ subject: 'Call', account: account.id, dueOn: addDays(today, 10), dueTime: '9:30', priority: 'high' },
    ...{ repeats: 'FREQ=DAILY;INTERVAL=3', remindBefore: ['hour'], description: 'As always' },
  });
  assert.equal(first.occursOn, first.dueOn);
  const done = await records.update('task', first.id, { status: 'done' });
  const next = await records.read('task', done.next as string);
  assert.deepEqual(
    [next.subject, next.account, next.dueOn, next.occursOn, next.dueTime, next.priority, next.status, next.description],
    ['Call', account.id, addDays(today, 13), addDays(today, 13), '09:30', 'high', 'open', 'As always'],
  );
  assert.deepEqual(
    [next.repeats, next.owner, next.doneAt, next.next],
    ['FREQ=DAILY;INTERVAL=3', first.owner, null, null],
  );
  assert.ok(next.remindAt, 'its reminders come again too');
  assert.notEqual(next.remindAt, first.remindAt);
});

test('once only: reopened and done again, done by two at once, done and then cancelled', async () => {
  const task = await daily('Once');
  await records.update('task', task.id, { status: 'done' });
  const [next] = await series('Once', 'open');
  await records.update('task', next!.id, { subject: 'Once', description: 'touched' });
  await records.update('task', task.id, { status: 'open' });
  await records.update('task', task.id, { status: 'cancelled' });
  assert.equal((await series('Once')).length, 2, 'one that somebody worked on stays, and there is no second');
  const both = await daily('Both');
  await Promise.all(['done', 'done', 'cancelled'].map((status) => records.update('task', both.id, { status })));
  assert.equal((await series('Both', 'open')).length, 1);
});

test('reopening takes the next one back, and so does undoing', async () => {
  const task = await daily('Back');
  await records.update('task', task.id, { status: 'done' });
  await records.update('task', task.id, { status: 'open' });
  assert.equal((await series('Back')).length, 1);
  assert.equal((await records.read('task', task.id)).next, null);
  const { changeSet } = await records.updateMany('task', { ids: [task.id] }, { status: 'done' });
  assert.equal((await series('Back')).length, 2);
  assert.deepEqual((await records.undo(changeSet)).conflicts, []);
  const [left, ...others] = await series('Back');
  assert.deepEqual([left!.status, left!.next, others.length], ['open', null, 0]);
  await records.update('task', task.id, { status: 'done' });
  assert.equal((await series('Back', 'open')).length, 1, 'and it goes on afterwards');
});

test('one that was moved moves no other, unless the others are moved with it', async () => {
  const monday = addDays(today, 7 - (new Date(`${today}T00:00:00Z`).getUTCDay() || 7) + 8);
  const task = await records.create('task', { subject: 'Moved', dueOn: monday, repeats: 'FREQ=WEEKLY' });
  assert.equal(task.repeats, 'FREQ=WEEKLY;BYDAY=MO');
  await records.update('task', task.id, { dueOn: addDays(monday, -2) });
  await records.update('task', task.id, { status: 'done' });
  const [next] = await series('Moved', 'open');
  assert.equal(next!.dueOn, addDays(monday, 7), 'not the Monday that was moved from');
  await records.update('task', next!.id, { dueOn: addDays(monday, 10) });
  await run(next!.id, 'moveFollowing');
  assert.equal((await records.read('task', next!.id)).repeats, 'FREQ=WEEKLY;BYDAY=TH');
  await run(next!.id, 'skip');
  assert.deepEqual(
    (await series('Moved', 'open')).map(({ dueOn }) => dueOn),
    [addDays(monday, 17)],
  );
});

test('one can stand alone: what it becomes, the others do not', async () => {
  const task = await daily('Alone');
  await run(task.id, 'separate');
  await records.update('task', task.id, { subject: 'Something else' });
  assert.deepEqual(
    (await series('Alone')).map(({ dueOn }) => dueOn),
    [addDays(today, 2)],
  );
  await records.update('task', task.id, { status: 'done' });
  assert.equal((await series('Something else')).length, 1);
  assert.equal((await series('Alone')).length, 1);
  await assert.rejects(run(task.id, 'separate'), (error: Problem) => error.code === 'action.unknown');
});

test('days that have passed are left out; an end by number counts them', () => {
  const one = { repeatsFrom: 'due' as const, occursOn: '2026-03-02', dueOn: '2026-03-02' };
  const next = (repeats: string, now: string, more = {}) => nextOccurrence({ ...one, repeats, ...more }, now);
  assert.equal(next('FREQ=DAILY', '2026-03-20')?.day, '2026-03-20');
  assert.equal(next('FREQ=WEEKLY;BYDAY=MO', '2026-03-20')?.day, '2026-03-23');
  assert.equal(next('FREQ=WEEKLY;BYDAY=MO', '2026-02-20')?.day, '2026-03-09', 'done early');
  assert.deepEqual(next('FREQ=DAILY;COUNT=9', '2026-03-05'), { day: '2026-03-05', repeats: 'FREQ=DAILY;COUNT=6' });
  assert.equal(next('FREQ=DAILY;COUNT=3', '2026-03-05'), null);
  assert.equal(next('FREQ=DAILY;UNTIL=20260304', '2026-03-05'), null);
  assert.equal(next('FREQ=DAILY;UNTIL=20260305', '2026-03-05')?.day, '2026-03-05');
  const fromDone = { repeatsFrom: 'done' as const };
  assert.equal(next('FREQ=DAILY;INTERVAL=10', '2026-03-20', fromDone)?.day, '2026-03-30');
  assert.equal(next('FREQ=MONTHLY', '2026-01-31', fromDone)?.day, '2026-02-28');
  assert.equal(next('FREQ=DAILY;COUNT=2', '2026-03-20', fromDone)?.repeats, 'FREQ=DAILY;COUNT=1');
  assert.equal(next('FREQ=DAILY;COUNT=1', '2026-03-20', fromDone), null);
});

test('done on whatever days, a series comes on each day of its rule that was not over, and on no other', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        'FREQ=DAILY;INTERVAL=2',
        'FREQ=WEEKLY;BYDAY=MO,WE',
        'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1',
      ),
      fc.array(fc.integer({ min: -5, max: 40 }), { minLength: 1, maxLength: 12 }),
      (repeats, delays) => {
        const first = repeats.startsWith('FREQ=MONTHLY') ? '2027-12-31' : '2027-12-29';
        let one = { repeats: repeats as string, repeatsFrom: 'due' as const, occursOn: first, dueOn: first };
        for (const delay of delays) {
          const doneOn = addDays(one.occursOn, delay);
          const next = nextOccurrence(one, doneOn)!;
          let probe = nextOccurrence(one, first)!.day;
          while (probe < next.day) {
            assert.ok(probe < doneOn, `${probe} was left out`);
            probe = nextOccurrence({ ...one, occursOn: probe }, first)!.day;
          }
          assert.ok(next.day > one.occursOn && next.day >= doneOn);
          one = { ...one, repeats: next.repeats, occursOn: next.day, dueOn: next.day };
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a rule that is none is refused, and a series begins with its first day', async () => {
  await assert.rejects(records.create('task', { subject: 'Bad', repeats: 'FREQ=DAILY;BYHOUR=3' }), Problem);
  await assert.rejects(
    records.create('task', { subject: 'Bad', repeats: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }),
    Problem,
  );
  await assert.rejects(records.create('task', { subject: 'Bad', repeats: 'FREQ=DAILY', occursOn: today }), Problem);
  const task = await records.create('task', { subject: 'Begins', repeats: 'FREQ=DAILY' });
  assert.equal(task.dueOn, today);
  assert.equal((await records.update('task', task.id, { repeats: null })).occursOn, null);
  await records.update('task', task.id, { status: 'done' });
  assert.equal((await series('Begins')).length, 1);
});

test('whoever may not create tasks cannot make them by finishing one', async () => {
  const { records: theirs } = await as([
    { ...memberRole, grants: { ...memberRole.grants, task: { read: 'all', create: 'none', update: 'all' } } },
  ]);
  const task = await daily('Theirs');
  await assert.rejects(
    theirs.update('task', task.id, { status: 'done' }),
    (error: Problem) => error.code === 'access.denied',
  );
  assert.equal((await records.read('task', task.id)).status, 'open');
});

function daily(subject: string) {
  return records.create('task', { subject, dueOn: addDays(today, 1), repeats: 'FREQ=DAILY' });
}

async function series(subject: string, status?: string) {
  const { items } = await records.list('task', {
    filter: { subject: { is: subject }, ...(status ? { status } : {}) },
    limit: 50,
  });
  return items;
}
