import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { asSystem, type Role } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildUser, buildWorkspace } from '#test/build.ts';
import { makeStandardRoles, standardGrants } from '../standard-roles.ts';
import { bringStandardRoles, mergeGrants } from './standard-roles.ts';
import { noteSteps, stepsToCome, upgradeContents } from './upgrade.ts';

const { runtime, workspace, principal, records: person } = await buildWorkspace();
const { database, schema, id: workspaceId } = { ...workspace, database: runtime.database };
const system = recordsFor(workspace, asSystem('test data'), 'setup');

/** What a seller was shipped with before there were conversations and playbooks. */
const older: Role['grants'] = Object.fromEntries(
  Object.entries(standardGrants.representative).filter(
    ([object]) => !['conversation', 'interaction', 'participant', 'playbook', 'playbookStep'].includes(object),
  ),
);

test('notes of calls, meetings and mails become conversations, whatever kills the program, with what hangs on them', async () => {
  const owner = await buildUser(system);
  const account = await buildAccount(system);
  const contact = await buildContact(system, { account: account.id });
  const at = '2025-03-04T10:20:30.000Z';
  const make = (body: string, more: object = {}) => {
    const dates = { createdAt: at, createdBy: owner.id, owner: owner.id };
    return system.create('note', { body, account: account.id, ...dates, ...more });
  };
  const call = await make('<p>Wants <b>rye</b></p><ul><li>20 a day</li></ul>', { contact: contact.id, pinned: true });
  const [meeting, mail, plain, trashed] = [
    await make('<p>Met at the fair</p>'),
    await make('<p>Wrote</p>', { account: null }),
    await make('<p>Likes cats</p>'),
    await make('<p>Gone</p>'),
  ];
  await system.remove('note', trashed.id);
  const target = { targetObject: 'note', targetId: call.id };
  const remark = await person.create('comment', { ...target, body: 'How much?' });
  await person.create('follow', { ...target, user: principal.userId });
  await intoTheOldShape({
    [call.id]: 'call',
    [meeting.id]: 'meeting',
    [mail.id]: 'email',
    [plain.id]: 'note',
    [trashed.id]: 'call',
  });
  // Enough of them for several transactions.
  await database.run(
    `insert into ${schema}.note (id, subject, body, kind, pinned, created_at, updated_at)
     select gen_random_uuid(), 'Call ' || n, '<p>Call ' || n || '</p>', 'call', false, $1, $1 from generate_series(1, 1100) n`,
    [at],
  );

  assert.deepEqual(await stepsToCome(runtime), [
    { slug: 'test', steps: ['notes of calls, meetings and mails become conversations'] },
  ]);
  assert.equal(await upgradeInChild(), 'SIGKILL');
  const halfWay = await count(`select count(*)::int from ${schema}.interaction`);
  assert.ok(halfWay >= 500 && halfWay < 1_103, `${halfWay} when it was killed`);
  // Two programs that start again at once.
  await Promise.all([upgradeContents(runtime), upgradeContents(runtime)]);
  assert.deepEqual(await stepsToCome(runtime), []);

  assert.equal(await count(`select count(*)::int from ${schema}.interaction`), 1_103);
  assert.equal((await system.count('note')).value, 1);
  const moved = await system.read('interaction', call.id);
  const { channel, subject, body, pinned, createdAt, createdBy } = moved;
  assert.deepEqual(
    { channel, subject, body, pinned, createdAt, createdBy, at: moved.at, owner: moved.owner, account: moved.account },
    {
      ...{ channel: 'phone', subject: 'Wants rye', body: 'Wants rye\n20 a day', pinned: true },
      ...{ createdAt: at, createdBy: owner.id, at, owner: owner.id, account: account.id },
    },
  );
  assert.equal(moved.contact, contact.id);
  assert.equal((await system.read('interaction', meeting.id)).channel, 'meeting');
  assert.equal((await system.read('interaction', mail.id)).channel, 'email');
  assert.equal((await system.read('comment', remark.id)).targetObject, 'interaction');
  const [follow] = (await person.list('follow', { filter: { targetId: call.id } })).items;
  assert.equal(follow!.targetObject, 'interaction');
  const [made] = await system.history('interaction', call.id);
  assert.deepEqual([made!.via, made!.note?.slice(0, 14)], ['upgrade', 'An interaction']);
  const [gone] = await system.history('note', call.id);
  assert.deepEqual([gone!.operation, gone!.via], ['remove', 'upgrade']);
  const columns = `select count(*)::int from information_schema.columns where table_schema = '${schema}' and table_name = 'note' and column_name = 'kind'`;
  assert.equal(await count(columns), 0);
  const [[kept]] = (await database.run(
    `select snapshot #> '{tables,note,columns,kind}' is null from platform.workspace`,
  )) as [[boolean]];
  assert.equal(kept, true);
});

test('a kind of note that a company added itself is not lost', async () => {
  const { id } = await system.create('note', { body: '<p>By fax</p>' });
  await intoTheOldShape({ [id]: 'fax' });
  await upgradeContents(runtime);
  assert.deepEqual(await stepsToCome(runtime), []);
  assert.deepEqual(await database.run(`select kind from ${schema}.note where id = $1`, [id]), [['fax']]);
});

test('roles of companies that were set up before get what ships with them, once, and keep what an administrator changed', async () => {
  const roles = await makeStandardRoles(system, 'es');
  const before = { ...older, '*': { ...older['*'], export: 'none' } } as Role['grants'];
  // As the older version made them.
  const asOlder = (id: string) =>
    database.run(`update ${schema}.role set grants = $2 where id = $1`, [id, JSON.stringify(older)]);
  for (const id of [roles.representative, roles.manager]) await asOlder(id);
  await database.run(`update ${schema}.role set grants = $2 where id = $1`, [roles.reader, JSON.stringify(before)]);
  // Renamed by an administrator, who also took the sales of the team away.
  const own = { ...older, opportunity: { ...older.opportunity, read: 'own' } };
  await person.update('role', roles.representative, { name: 'Vendedores', grants: own });
  const lookalike = await person.create('role', { name: 'Representative', grants: older });
  const whole = await system.create('role', { name: 'Komercijos atstovas', grants: older });

  await upgradeContents(runtime);
  const grantsOf = async (id: string) => (await system.read('role', id)).grants as Role['grants'];
  const { opportunity, ...rest } = standardGrants.representative;
  assert.deepEqual(await grantsOf(roles.representative), { ...rest, opportunity: { ...opportunity, read: 'own' } });
  assert.deepEqual(await grantsOf(lookalike.id), older);
  assert.deepEqual((await system.read('role', whole.id)).grants, older, 'a name the program does not give');
  const [told] = await system.history('role', roles.representative, { limit: 1 });
  assert.deepEqual([told!.actor, told!.via, told!.note], [null, 'upgrade', 'Brought up to date with this version']);

  // What was given once and taken away again is not given again.
  const { playbook: _playbook, ...taken } = await grantsOf(roles.representative);
  await person.update('role', roles.representative, { grants: taken });
  await upgradeContents(runtime);
  assert.deepEqual(await grantsOf(roles.representative), taken);
  // Until the program ships something else.
  const next = { ...standardGrants.representative, invoice: { read: 'own' } } as Role['grants'];
  assert.deepEqual(await bringStandardRoles(workspace, { ...standardGrants, representative: next }), ['Vendedores']);
  assert.deepEqual(await grantsOf(roles.representative), { ...taken, invoice: { read: 'own' } });
});

test('whoever took something away from everything meant also what was not there yet', () => {
  const shipped: Role['grants'] = { '*': { read: 'all', create: 'own', delete: 'own' } };
  const shipping: Role['grants'] = { ...shipped, invoice: { read: 'team', create: 'all', delete: 'none' } };
  assert.deepEqual(mergeGrants(shipped, shipped, shipping), shipping);
  const strict: Role['grants'] = { '*': { read: 'none', create: 'own', delete: 'own' } };
  assert.deepEqual(mergeGrants(shipped, strict, shipping), { ...strict, invoice: { create: 'all', delete: 'none' } });
  // What is not shipped any more goes, where it is as it was shipped.
  const wide: Role['grants'] = { '*': {}, account: { read: 'all', export: 'all' }, contact: { read: 'all' } };
  const own: Role['grants'] = { '*': {}, account: { read: 'all', export: 'own' }, contact: { read: 'all' } };
  assert.deepEqual(mergeGrants(wide, own, { '*': {} }), { '*': {}, account: { export: 'own' } });
});

async function intoTheOldShape(kinds: Readonly<Record<string, string>>): Promise<void> {
  await noteSteps(database, workspaceId, 0);
  await database.run(`alter table ${schema}.note add column if not exists kind text`);
  await database.run(
    `update platform.workspace set snapshot = jsonb_set(snapshot, '{tables,note,columns,kind}', '{"type":"text"}')`,
  );
  await database.run(`update ${schema}.note set kind = coalesce($1::jsonb ->> id::text, 'note')`, [
    JSON.stringify(kinds),
  ]);
}

async function count(statement: string): Promise<number> {
  return (await database.run(statement))[0]![0] as number;
}

/** In a process of its own, which kills itself after the first part of the notes. */
async function upgradeInChild(): Promise<NodeJS.Signals | null> {
  const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `
    const { openDatabase } = await import(${here('../../kernel/database/pool.ts')});
    const { createRuntime } = await import(${here('../runtime.ts')});
    const { upgradeContents } = await import(${here('./upgrade.ts')});
    const runtime = createRuntime(openDatabase(JSON.parse(process.env.CONNECTION)), '/nowhere');
    await upgradeContents(runtime, () => process.kill(process.pid, 'SIGKILL'));
  `;
  const { host, port, user, password, database: name } = database.pool.options;
  const connection = { host, port, user, password, database: name };
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, CONNECTION: JSON.stringify(connection) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}
