import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { identifier } from '../database/sql.ts';
import { openSecrets, type Secrets } from '../workspace/secrets.ts';
import { sealEvents } from './seal.ts';
import { noteSecurityEvent } from './security-events.ts';
import { verifyEvents } from './verify.ts';

let world: TestWorkspace;
let secrets: Secrets;
let schema: string;

before(async () => {
  world = await buildWorkspace();
  secrets = await openSecrets(mkdtempSync(join(tmpdir(), 'tendero-audit-')));
  schema = identifier(world.workspace.schema);
});

const run = (text: string) => world.runtime.database.run(text);
const verify = (expected?: string) => verifyEvents(world.workspace, secrets, { expected });

/** What somebody does to the tables behind the program's back, found, and put back. */
async function tamper(statements: string, back: string): Promise<unknown> {
  await run(statements);
  const { fault } = await verify();
  await run(back);
  assert.equal((await verify()).fault, null, `put back: ${back}`);
  return fault;
}

test('a sealed stream fits, whatever happened', async () => {
  const { records, workspace } = world;
  for (let index = 0; index < 30; index++) await buildAccount(records);
  const contact = await buildContact(records);
  await records.update('contact', contact.id, { lastName: 'Žemaitė', description: '"quoted" \\ ūęė\n' });
  await noteSecurityEvent(workspace, {
    operation: 'signInFailed',
    object: 'user',
    actor: null,
    details: { address: '192.0.2.1', userAgent: 'x\u0000\ud800y'.repeat(1_000) },
  });
  const open = await verify();
  assert.equal(open.fault, null);
  assert.equal(open.unsealed, open.events);
  await sealEvents(workspace, secrets);
  await buildAccount(records);
  const sealed = await verify();
  assert.deepEqual(
    { fault: sealed.fault, unsealed: sealed.unsealed, pieces: sealed.pieces },
    { fault: null, unsealed: 1, pieces: 1 },
  );
  await sealEvents(workspace, secrets);
  assert.equal((await verify(sealed.head!)).fault, null, 'an earlier head is still in the chain');
  assert.equal((await verify(`1:${'0'.repeat(64)}`)).fault?.reason, 'head');
});

test('a change, a removal, an addition and another order are found where they are', async () => {
  const event = `${schema}.event`;
  assert.deepEqual(
    await tamper(
      `update ${event} set via = 'import' where position = 12`,
      `update ${event} set via = 'rest' where position = 12`,
    ),
    { position: 12, reason: 'changed' },
  );
  const [edited] = await run(
    `select position, changes::text from ${event} where object = 'contact' and changes is not null limit 1`,
  );
  const [position, changes] = edited as [number, string];
  const quoted = `'${changes.replaceAll("'", "''")}'::jsonb`;
  assert.deepEqual(
    await tamper(
      `update ${event} set changes = jsonb_set(changes, '{lastName,0}', '"Somebody"') where position = ${position}`,
      `update ${event} set changes = ${quoted} where position = ${position}`,
    ),
    { position, reason: 'changed' },
  );
  assert.deepEqual(
    await tamper(
      `update ${event} set changes = null where position = ${position}`,
      `update ${event} set changes = ${quoted} where position = ${position}`,
    ),
    { position, reason: 'changed' },
    'data that vanish without a word',
  );
  assert.deepEqual(
    await tamper(
      `create table ${schema}.aside as select * from ${event} where position = 20; delete from ${event} where position = 20`,
      `insert into ${event} select * from ${schema}.aside; drop table ${schema}.aside`,
    ),
    { position: 20, reason: 'missing' },
  );
  assert.deepEqual(
    await tamper(
      `insert into ${event} select position, at + interval '1 hour', change_set, object, record_id, operation, version, actor_id, via, changes, note
       from ${event} where position = 7`,
      `delete from ${event} e where position = 7 and at > (select min(at) from ${event} where position = 7)`,
    ),
    { position: 7, reason: 'added' },
  );
  const swap = `update ${event} set position = case position when 15 then -16 else -15 end where position in (15, 16);
    update ${event} set position = -position where position < 0`;
  assert.deepEqual(await tamper(swap, swap), { position: 15, reason: 'changed' });
});

test('a chain that was made anew is not signed', async () => {
  const seal = `${schema}.event_seal`;
  const event = `${schema}.event`;
  const shape = (text: string) => `(decode('${text}', 'hex'))`;
  const [row] = await run(`select encode(signature, 'hex'), encode(leaves, 'hex') from ${seal} where number = 1`);
  const [signature, leaves] = row as [string, string];
  assert.deepEqual(
    await tamper(
      `update ${seal} set signature = sha256('x') where number = 1`,
      `update ${seal} set signature = ${shape(signature)} where number = 1`,
    ),
    { position: 1, reason: 'signature' },
  );
  assert.deepEqual(
    await tamper(
      `update ${seal} set leaves = set_byte(leaves, 5, 255 - get_byte(leaves, 5)) where number = 1`,
      `update ${seal} set leaves = ${shape(leaves)} where number = 1`,
    ),
    { position: 1, reason: 'seal' },
  );
  const [end] = await run(`select first_position from ${seal} where number = 2`);
  assert.deepEqual(
    await tamper(
      `create table ${schema}.aside as select * from ${seal} where number = 1; delete from ${seal} where number = 1`,
      `insert into ${seal} select * from ${schema}.aside; drop table ${schema}.aside`,
    ),
    { position: 1, reason: 'seal' },
  );
  const other = await openSecrets(mkdtempSync(join(tmpdir(), 'tendero-audit-')));
  assert.equal((await verifyEvents(world.workspace, other)).fault?.reason, 'signature');

  // The end cut off, counter and all, fits in itself: whoever kept the head of before knows.
  const { head } = await verify();
  const cut = end![0] as number;
  await run(`create table ${schema}.aside as select * from ${event} where position >= ${cut};
    create table ${schema}.aside_seal as select * from ${seal} where number = 2;
    delete from ${event} where position >= ${cut}; delete from ${seal} where number = 2`);
  assert.deepEqual((await verify()).fault, { position: cut, reason: 'missing' });
  await run(`update ${schema}.counter set value = ${cut - 1} where name = 'event'`);
  assert.equal((await verify()).fault, null);
  assert.equal((await verify(head!)).fault?.reason, 'head');
  await run(`insert into ${event} select * from ${schema}.aside; insert into ${seal} select * from ${schema}.aside_seal;
    update ${schema}.counter set value = (select max(position) from ${event}) where name = 'event';
    drop table ${schema}.aside; drop table ${schema}.aside_seal`);
  assert.equal((await verify(head!)).fault, null);
});

test('what is erased leaves the chain as it was, and says who erased it', async () => {
  const { records, workspace } = world;
  const contact = await buildContact(records, { lastName: 'Vanishing' });
  await records.update('contact', contact.id, { lastName: 'Vanished' });
  await sealEvents(workspace, secrets);
  await records.update('contact', contact.id, { lastName: 'Unsealed' });
  await records.remove('contact', contact.id);
  await records.purge('contact', contact.id);
  const left = await run(
    `select 1 from ${schema}.event where record_id = '${contact.id}' and (changes is not null or note is not null)`,
  );
  assert.equal(left.length, 0);
  const result = await verify();
  assert.equal(result.fault, null);
  assert.equal(result.erased, 1, 'the one that was sealed');
  await sealEvents(workspace, secrets);
  assert.equal((await verify()).fault, null);

  const [row] = await run(`select position, change_set::text from ${schema}.event_erasure`);
  const [position, changeSet] = row as [number, string];
  assert.deepEqual(
    await tamper(
      `update ${schema}.event_erasure set change_set = gen_random_uuid()`,
      `update ${schema}.event_erasure set change_set = '${changeSet}'`,
    ),
    { position, reason: 'erased' },
  );
  assert.deepEqual(
    await tamper(
      `update ${schema}.event set changes = '{"lastName":["a","b"]}' where position = ${position}`,
      `update ${schema}.event set changes = null where position = ${position}`,
    ),
    { position, reason: 'changed' },
  );
});

test('two that seal at once seal everything once', async () => {
  const { records, workspace } = world;
  await records.createMany(
    'account',
    Array.from({ length: 4_500 }, (_, index) => ({ name: `Sealed ${index}` })),
  );
  const seal = async () => {
    for (let index = 0; index < 5; index++) await sealEvents(workspace, secrets);
  };
  await Promise.all([seal(), seal(), seal()]);
  const { fault, unsealed, events } = await verify();
  assert.equal(fault, null);
  assert.equal(unsealed, 0);
  assert.ok(events > 4_500);
});

test('what people did stands in the stream, and neither in the history nor in the counts of records', async () => {
  const { records, workspace, principal } = world;
  const contact = await buildContact(records);
  await noteSecurityEvent(workspace, {
    operation: 'view',
    object: 'contact',
    record: contact.id,
    actor: principal.userId,
  });
  const history = await records.history('contact', contact.id);
  assert.deepEqual(
    history.map(({ operation }) => operation),
    ['create'],
  );
});
