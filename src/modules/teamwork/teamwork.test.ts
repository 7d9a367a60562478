import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { asSystem, memberRole } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import { keepFile } from '#kernel/files/files.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { forgetPreference, keepPreference } from '#kernel/workspace/preferences.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { mentionsIn } from './comment.rules.ts';
import { firstWords } from './note.rules.ts';
import { collapse, notify, type Told } from './notify.ts';

const { records, workspace, principal, as } = await buildWorkspace();
const me = principal.userId!;
const colleague = await as([memberRole]);
const other = colleague.principal.userId!;

test('a task remembers when it was done, and forgets it when it is not', async () => {
  const task = await records.create('task', { subject: 'Call' });
  assert.equal(task.doneAt, null);
  const done = await records.update('task', task.id, { status: 'done' });
  assert.ok(done.doneAt);
  assert.equal((await records.update('task', task.id, { status: 'open' })).doneAt, null);
  const old = await records.create('task', { subject: 'Old', status: 'done', doneAt: '2024-01-02T10:00:00.000Z' });
  assert.equal(old.doneAt, '2024-01-02T10:00:00.000Z');
});

test('the time of a task is a time', async () => {
  for (const [typed, kept] of [
    ['9:30', '09:30'],
    ['14.05', '14:05'],
    ['23:59', '23:59'],
  ]) {
    assert.equal((await records.create('task', { subject: 'Call', dueTime: typed })).dueTime, kept);
  }
  for (const typed of ['25:00', '9', 'noon', '12:60']) {
    await assert.rejects(records.create('task', { subject: 'Call', dueTime: typed }), Problem);
  }
});

test('a note without a subject takes its first words', async () => {
  const note = await records.create('note', { body: '<p>Called <b>Rasa</b> &amp; agreed.</p><p>More.</p>' });
  assert.equal(note.subject, 'Called Rasa & agreed.');
  assert.equal((await records.create('note', { subject: 'Own', body: '<p>Text</p>' })).subject, 'Own');
  assert.equal(firstWords('<hr />'), null);
  assert.equal(firstWords(`<p>${'word '.repeat(40)}</p>`)?.length, 80);
  assert.ok(firstWords(`<p>${'ą'.repeat(200)}</p>`)!.endsWith('ą…'));
});

test('mentions are found once each', () => {
  assert.deepEqual(mentionsIn(`@{${me.toUpperCase()}} and @{${other}}, @{${me}} @{nobody} {${me}}`), [me, other]);
});

test('a comment stands on a record that exists, stays there, and is its author’s', async () => {
  const account = await buildAccount(records);
  const comment = await records.create('comment', { targetObject: 'account', targetId: account.id, body: 'Hello' });
  const elsewhere = { targetObject: 'account', targetId: '0190aaaa-0000-7000-8000-000000000001', body: 'x' };
  await assert.rejects(records.create('comment', elsewhere), (error: Problem) => error.code === 'record.not-found');
  await assert.rejects(
    records.create('comment', { ...elsewhere, targetObject: 'secret' }),
    (error: Problem) => error.code === 'object.unknown',
  );
  await assert.rejects(records.update('comment', comment.id, { targetObject: 'contact' }), Problem);
  await assert.rejects(
    colleague.records.update('comment', comment.id, { body: 'changed' }),
    (error: Problem) => error.code === 'comment.not-yours',
  );
  assert.equal((await records.update('comment', comment.id, { body: 'Hello again' })).body, 'Hello again');
});

test('whoever is mentioned hears of it; the owner hears of comments; nobody of their own', async () => {
  const account = await buildAccount(records, { name: 'Litera' });
  await told();
  await colleague.records.create('comment', {
    targetObject: 'account',
    targetId: account.id,
    body: `Look, @{${other}}`,
  });
  await records.create('comment', { targetObject: 'account', targetId: account.id, body: `You too, @{${other}}` });
  assert.deepEqual(await told(), [
    [me, 'commented', 'account', { title: 'Litera' }],
    [other, 'mentioned', 'account', { title: 'Litera' }],
  ]);
});

test('being given something is news, unless one takes it oneself', async () => {
  const task = await records.create('task', { subject: 'Call', owner: other });
  assert.deepEqual(await told(), [[other, 'assigned', 'task', { title: 'Call' }]]);
  await records.update('task', task.id, { owner: me });
  assert.deepEqual(await told(), []);
});

test('followers and the owner hear of changes by others, those who muted it do not', async () => {
  const account = await buildAccount(records, { name: 'Litera' });
  await colleague.records.update('account', account.id, { employees: 5 });
  assert.deepEqual(await told(), [[me, 'changed', 'account', { title: 'Litera', fields: ['employees'] }]]);

  await records.create('follow', { targetObject: 'account', targetId: account.id, muted: true });
  await colleague.records.update('account', account.id, { employees: 6 });
  assert.deepEqual(await told(), []);

  await colleague.records.create('follow', { targetObject: 'account', targetId: account.id });
  await records.update('account', account.id, { employees: 7 });
  assert.deepEqual(await told(), [[other, 'changed', 'account', { title: 'Litera', fields: ['employees'] }]]);
});

test('what comes over a channel is no news of its own; what a colleague gives is', async () => {
  await told();
  const program = recordsFor(workspace, asSystem('test data'), 'mail');
  const thread = await program.create('conversation', { subject: 'Doors', channel: 'email', owner: me });
  const mail = { channel: 'email', direction: 'in', subject: 'Doors', conversation: thread.id, owner: me };
  const { id } = await program.create('interaction', mail);
  await program.create('participant', { interaction: id, role: 'to', name: 'Me', user: me, owner: me });
  assert.deepEqual(await told(), []);
  await program.update('conversation', thread.id, { owner: other });
  await told();
  await colleague.records.update('conversation', thread.id, { owner: me });
  assert.deepEqual(await told(), [[me, 'assigned', 'conversation', { title: 'Doors' }]]);
});

test('a mail that leaves is no news to whoever sent it; a meeting that the other side calls off is', async () => {
  const program = recordsFor(workspace, asSystem('test data'), 'mail');
  const about = { direction: 'out', owner: me, state: 'planned' };
  const mail = await program.create('interaction', {
    ...about,
    channel: 'email',
    subject: 'Doors',
    delivery: 'waiting',
  });
  const meeting = await program.create('interaction', { ...about, channel: 'meeting', subject: 'Windows' });
  await told();
  await program.update('interaction', mail.id, { state: 'done', delivery: 'sent' });
  await program.update('interaction', mail.id, { openedAt: '2026-03-10T10:00:00Z', openings: 1 });
  assert.deepEqual(await told(), []);
  await program.update('interaction', meeting.id, { state: 'cancelled' });
  assert.deepEqual(await told(), [[me, 'changed', 'interaction', { title: 'Windows', fields: ['state'] }]]);
});

test('who follows all of an object hears of what comes later, too, but not of what they silenced', async () => {
  const all = await colleague.records.create('follow', { targetObject: 'account', targetId: '*' });
  const [one, silenced] = [await buildAccount(records, { name: 'Litera' }), await buildAccount(records)];
  await colleague.records.create('follow', { targetObject: 'account', targetId: silenced.id, muted: true });
  await told();
  for (const { id } of [one, silenced]) await records.update('account', id, { employees: 9 });
  assert.deepEqual(await told(), [[other, 'changed', 'account', { title: 'Litera', fields: ['employees'] }]]);
  await colleague.records.remove('follow', all.id);
  await records.update('account', one.id, { employees: 10 });
  assert.deepEqual(await told(), []);
  await assert.rejects(records.create('follow', { targetObject: 'nothing', targetId: '*' }), {
    code: 'object.unknown',
  });
});

test('a bulk edit is one notification', async () => {
  const accounts = await Promise.all(Array.from({ length: 8 }, () => buildAccount(records)));
  await told();
  await colleague.records.updateMany('account', { ids: accounts.map(({ id }) => id) }, { status: 'former' });
  assert.deepEqual(await told(), [[me, 'changedMany', 'account', { count: 8 }]]);
});

test('what a person switched off is not collected for them', async () => {
  await told();
  await keepPreference(workspace, me, 'notifications', { changed: false, mentioned: true });
  const account = await buildAccount(records);
  await told();
  await colleague.records.update('account', account.id, { employees: 5 });
  await colleague.records.create('task', { subject: 'Call', owner: me });
  assert.deepEqual(await told(), [[me, 'assigned', 'task', { title: 'Call' }]]);
  await forgetPreference(workspace, me, 'notifications');
  await colleague.records.update('account', account.id, { employees: 6 });
  assert.equal((await told()).length, 1);
});

test('what is in the trash is no news, and reading the same events again tells nothing twice', async () => {
  const account = await buildAccount(records);
  await colleague.records.update('account', account.id, { employees: 5 });
  await records.remove('account', account.id);
  assert.deepEqual(await told(), []);
  assert.deepEqual(await told(), []);
});

test('few of one kind stay single, many become one', () => {
  const one = (kind: Told['kind'], index: number): Told => ({
    ...{ user: me, kind, actor: other, targetObject: 'account', targetId: String(index), params: {}, changeSet: 'c' },
  });
  assert.equal(collapse(Array.from({ length: 5 }, (_, index) => one('changed', index))).length, 5);
  const many = collapse(Array.from({ length: 6 }, (_, index) => one('changed', index)));
  assert.deepEqual(
    many.map(({ kind, params, targetId, owner }) => [kind, params, targetId, owner]),
    [['changedMany', { count: 6 }, null, me]],
  );
  assert.equal(collapse(Array.from({ length: 9 }, (_, index) => one('mentioned', index))).length, 9);
});

test('a notification is read once', async () => {
  await records.create('task', { subject: 'Call', owner: other });
  await told();
  const [notification] = (await records.list('notification', { filter: { user: other, readAt: null }, limit: 1 }))
    .items;
  const action = workspace.actions.get('notification')!.find((one) => one.name === 'markRead')!;
  const context = { records: colleague.records, now: new Date(), userId: other, timeZone: 'UTC' };
  await action.run({ records: colleague.records, record: notification!, input: {}, context, changeSet: '' });
  assert.ok((await records.read('notification', notification!.id)).readAt);
});

let heard = new Set<string>();

/** What people were told since the last call, by recipient. */
async function told(): Promise<unknown[][]> {
  await catchUp(workspace, notify);
  const { items } = await records.list('notification', { limit: 500 });
  const fresh = items.filter(({ id }) => !heard.has(id));
  heard = new Set(items.map(({ id }) => id));
  return fresh
    .map((row) => [row.user, row.kind, row.targetObject, row.params])
    .sort((one, two) => (one[0] === me ? 0 : 1) - (two[0] === me ? 0 : 1));
}

test('a file belongs to a record that its bringer may see, and has a name', async () => {
  const account = await buildAccount(records);
  const kept = await keepFile(
    workspace,
    me,
    { put: async () => {}, get: async () => Readable.from([]), remove: async () => {} } as never,
    { path: '/nowhere', size: 3, sha256: 'a'.repeat(64), head: Buffer.alloc(0) } as never,
    { name: 'Sutartis <b>№1</b>.pdf', type: 'application/pdf' },
  );
  const target = { targetObject: 'account', targetId: account.id };
  const attachment = await records.create('attachment', { ...target, file: [kept] });
  assert.equal(attachment.name, 'Sutartis <b>№1</b>.pdf');
  await records.remove('attachment', attachment.id);
  const elsewhere = { targetObject: 'account', targetId: '0190aaaa-0000-7000-8000-000000000001', file: [kept] };
  await assert.rejects(records.create('attachment', elsewhere), (error: Problem) => error.code === 'record.not-found');
});
