import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { importHouse, newImportPath } from '#app/imports.ts';
import { asSystem } from '#kernel/access/access.ts';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { sealEvents } from '../audit/seal.ts';
import { noteSecurityEvent } from '../audit/security-events.ts';
import { verifyEvents } from '../audit/verify.ts';
import { identifier } from '../database/sql.ts';
import { duplicateReaders } from '../duplicates/readers.ts';
import { catchUp, countRecordsReader } from '../events/readers.ts';
import { keepFile } from '../files/files.ts';
import { openStorage } from '../files/open-storage.ts';
import { filesFolder, receive } from '../files/storage.ts';
import type { Door } from '../records/door.ts';
import { newId } from '../records/new-id.ts';
import { searchAll } from '../search/search.ts';
import { searchWordsReader } from '../search/words.ts';
import { configureImport, createImport, queueImport } from '../transfer/import/imports.ts';
import { runImport } from '../transfer/import/run.ts';
import { keepPreference } from '../workspace/preferences.ts';
import { openSecrets } from '../workspace/secrets.ts';
import { type ErasureTools, eraseRecord, listErasures, planErasure } from './erase.ts';

let world: TestWorkspace;
let door: Door;
let tools: ErasureTools;

before(async () => {
  world = await buildWorkspace();
  const { runtime, workspace, principal } = world;
  const eraser = { ...asSystem('a test'), userId: principal.userId };
  door = { workspace, principal: eraser, via: 'privacy', trusted: true, unit: null };
  tools = { importsFolder: join(runtime.dataFolder, 'imports'), storage: openStorage(runtime.dataFolder) };
});

const query = (text: string) => world.runtime.database.run(text);

/** Every place in the database and the data folder where a word stands, in small letters or large. */
async function placesOf(word: string): Promise<string[]> {
  const tables = await query(
    `select table_schema, table_name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  assert.ok(tables.length > 50, 'the tables were seen');
  const places: string[] = [];
  for (const [schema, table] of tables as [string, string][]) {
    const name = `${identifier(schema)}.${identifier(table)}`;
    const [row] = await query(`select count(*) from ${name} t where t::text ilike '%${word}%'`);
    if ((row![0] as number) > 0) places.push(`${table}: ${row![0]}`);
  }
  const { dataFolder } = world.runtime;
  for (const entry of await readdir(dataFolder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const text = entry.isFile() ? await readFile(path, 'latin1') : '';
    if (entry.name.toLowerCase().includes(word) || text.toLowerCase().includes(word))
      places.push(path.slice(dataFolder.length));
  }
  return places.sort();
}

async function upload(name: string, content: string) {
  const { workspace, runtime, principal } = world;
  const path = join(filesFolder(runtime.dataFolder), 'incoming');
  await mkdir(path, { recursive: true });
  const { Readable } = await import('node:stream');
  const received = await receive(runtime.dataFolder, Readable.from([Buffer.from(content)]), 1_000_000);
  return keepFile(workspace, principal.userId, tools.storage, received, { name, type: 'text/plain' });
}

/** Somebody of whom a rare word is everywhere. */
async function plant(word: string): Promise<{ contact: string; account: string }> {
  const { records, workspace, principal, runtime } = world;
  const Word = word[0]!.toUpperCase() + word.slice(1);
  const account = await buildAccount(records);
  const email = `${word}@example.com`;
  const contact = await records.create(
    'contact',
    {
      firstName: 'Ona',
      lastName: Word,
      account: account.id,
      emails: [{ value: email, label: 'work' }],
      phones: ['+37061234567'],
      description: `About ${word}`,
      jobTitle: `Head of ${word}`,
      address: { street: `${Word} street 1`, city: 'Vilnius', country: 'LT' },
      tags: ['customer'],
    },
    { note: `a note of ${word}` },
  );
  await records.update('contact', contact.id, { lastName: `${Word}ienė`, birthday: '1980-02-03' });
  const other = await records.create('contact', { firstName: 'Ona', lastName: Word, emails: [email] });
  await records.merge('contact', { survivor: contact.id, others: [other.id] });
  const note = await records.create('note', { body: `<p>${word} said</p>`, contact: contact.id, account: account.id });
  await records.update('note', note.id, { body: `<p>${word} wrote</p>` });
  await records.create('comment', { targetObject: 'note', targetId: note.id, body: `so ${word} it is` });
  await records.create('task', { subject: `Call ${word}`, description: word, contact: contact.id });
  const gone = await records.create('note', { body: `<p>${word} left</p>`, contact: contact.id });
  await records.remove('note', gone.id);
  const file = await upload(`${word}.txt`, `contract of ${word}`);
  await records.create('attachment', { targetObject: 'contact', targetId: contact.id, file: [file] });
  await records.create('accountContact', { account: account.id, contact: contact.id, role: 'user', comment: word });
  await records.create('relationship', {
    kind: 'partner',
    fromContact: contact.id,
    toAccount: account.id,
    comment: word,
  });
  await records.create('notification', {
    user: principal.userId,
    kind: 'changed',
    targetObject: 'contact',
    targetId: contact.id,
    params: { title: word },
  });
  for (const reader of [searchWordsReader, ...duplicateReaders, countRecordsReader]) await catchUp(workspace, reader);

  const house = importHouse(runtime, workspace.id, principal);
  const path = await newImportPath(house);
  await writeFile(
    join(house.folder, path),
    `First name,Last name,E-mail\nJonas,Paprastas,jonas@example.com\nOna,${Word},${email}\nOna,${Word},not an address ${email}\n`,
  );
  const made = await createImport(house, principal, { object: 'contact', fileName: `${word}.csv`, path, size: 100 });
  await configureImport(workspace, principal, made.id, { settings: { duplicates: 'create' } });
  await queueImport(workspace, principal, made.id, ['ready']);
  await runImport(house, made.id, {});
  const imported = await records.list('contact', { filter: { lastName: Word } });
  if (imported.items.length > 0)
    await records.merge('contact', { survivor: contact.id, others: imported.items.map(({ id }) => id) });

  await keepPreference(workspace, principal.userId!, `searches.${word.length}`, [
    { text: word, ids: [email] },
    { text: 'kept', id: contact.id },
    'kept',
  ]);
  await noteSecurityEvent(workspace, {
    operation: 'export',
    object: 'contact',
    actor: principal.userId,
    details: { filter: { emails: email } },
  });
  const schema = identifier(workspace.schema);
  const meeting = newId();
  await query(`
    insert into ${schema}.meeting_invitation (interaction_id, user_id, mailbox_id, organizer, organizer_name, message, sequence)
      values ('${meeting}', '${principal.userId}', '${newId()}', 'us@example.org', 'Us', 'Bring ${email} along', 1);
    insert into ${schema}.meeting_guest (interaction_id, address, participant_id, language, sequence, state)
      values ('${meeting}', '${email}', '${newId()}', 'lt', 1, 'invited');
    insert into ${schema}.meeting_received
        (interaction_id, address, mailbox_id, uid, recurrence, repeats, organizer, organizer_name, sequence)
      values ('${meeting}', 'us@example.org', '${newId()}', 'uid', '', false, '${email}', 'Ona ${Word}', 1);
    insert into ${schema}.invitation (key, organizer, sequence, stamped_at) values ('${meeting}', '${email}', 1, now());
  `);
  await query(`
    insert into platform.identity (id, workspace_id, user_id, email, created_at)
      values ('${newId()}', '${workspace.id}', '${principal.userId}', '${word.length}${contact.id}@example.org', now());
    insert into platform.idempotency (identity_id, key, request_hash, status, answer, created_at)
      select id, '${word}'::text || 'x', 'h', 200, '{"body":"${email}"}', now() from platform.identity limit 1;
    update platform.idempotency set key = 'k' || md5(key);
    insert into platform.job_progress (id, workspace_id, kind, state, payload, result, message, created_at, updated_at)
      values ('${newId()}', '${workspace.id}', 'import', 'done', '{"a":"${contact.id}"}', '{"rows":["${email}"]}', 'about ${contact.id}', now(), now());
    insert into ${schema}.webhook_delivery
      (id, webhook_id, position, object, record_id, operation, state, next_at, payload, response, created_at)
      values ('${newId()}', '${newId()}', 1, 'contact', '${contact.id}', 'update', 'delivered', now(), '${word}', '${word}', now());
    insert into ${schema}.mailbox_skip
      (mailbox_id, folder, uid, reason, message_id, subject, sender, size, received_at)
      values ('${newId()}', 'INBOX', 1, 'too-big', '${word}@mx.example', 'About ${word}', '${email}', 1, now());`);
  await sealEvents(workspace, await openSecrets(runtime.dataFolder));
  return { contact: contact.id, account: account.id };
}

for (const mode of ['anonymise', 'delete'] as const) {
  const word = mode === 'anonymise' ? 'kvepalinskaite' : 'zirgeliunaite';

  test(`${mode}: a rare word that stood everywhere stands nowhere`, { timeout: 120_000 }, async () => {
    const { workspace, records, runtime, principal } = world;
    const { contact, account } = await plant(word);
    const planted = await placesOf(word);
    assert.ok(planted.length >= 15, `planted in ${planted.length} places: ${planted.join(', ')}`);
    const request = { object: 'contact', id: contact, mode, reason: 'request' } as const;

    const plan = await planErasure(door, request, tools);
    assert.deepEqual(await placesOf(word), planted, 'a dry run changes nothing');
    const erasure = await eraseRecord(door, request, tools);
    assert.deepEqual(
      { ...erasure.report, records: undefined },
      { ...plan, records: undefined },
      'what was planned was done',
    );
    assert.ok(!JSON.stringify(erasure).toLowerCase().includes(word), 'the proof holds nothing of the person');
    assert.deepEqual(await placesOf(word), []);

    const sum = (name: 'anonymised' | 'deleted') =>
      erasure.report.records.reduce((total, record) => total + record[name], 0);
    assert.ok(sum(mode === 'delete' ? 'deleted' : 'anonymised') >= 7);
    assert.equal(erasure.report.files, 1);
    assert.ok(erasure.report.events > 5 && erasure.report.importFiles >= 1 && erasure.report.importRows >= 1);
    const contacts = await records
      .list('contact', { filter: { id: contact }, deleted: true as never })
      .catch(() => null);
    assert.ok(contacts === null || contacts.items.length === 0 || mode === 'anonymise');
    if (mode === 'anonymise') {
      const left = await records.read('contact', contact);
      assert.equal(left.lastName, null);
      assert.equal(left.account, account, 'statistics stay');
      assert.deepEqual(left.tags, ['customer']);
    }
    for (const reader of [searchWordsReader, ...duplicateReaders, countRecordsReader]) await catchUp(workspace, reader);
    assert.deepEqual(await placesOf(word), [], 'readers that come later bring nothing back');
    const found = await searchAll({ ...door, principal }, word);
    assert.ok(!JSON.stringify(found).toLowerCase().includes(`${word}@`));
    const [row] = await query(
      `select count(*) from ${identifier(workspace.schema)}.match_key where record_id = '${contact}'`,
    );
    assert.equal(row![0], 0);

    const secrets = await openSecrets(runtime.dataFolder);
    assert.equal((await verifyEvents(workspace, secrets)).fault, null);
    await sealEvents(workspace, secrets);
    assert.equal((await verifyEvents(workspace, secrets)).fault, null);

    const again = await eraseRecord(door, request, tools);
    assert.equal(again.id, erasure.id, 'once more finds nothing more');
    assert.equal((await listErasures(workspace, { limit: 10 }))[0]!.hash, erasure.hash);
    assert.ok((await records.list('account', { filter: { id: account } })).items.length === 1, 'others stay');
    await assert.doesNotReject(buildContact(records, { lastName: 'Next' }));
  });
}

test('other people’s records are told of, and stay; nobody unknown and nobody who works here is erased', async () => {
  const { records, principal } = world;
  const contact = await records.create('contact', {
    firstName: 'Elena',
    lastName: 'Paminėtoji',
    emails: ['e@example.com'],
  });
  const note = await records.create('note', { body: '<p>Elena Paminėtoji came along</p>' });
  const request = { object: 'contact', id: contact.id, mode: 'delete', reason: 'other' } as const;
  const plan = await planErasure(door, request, tools);
  assert.deepEqual(plan.left.mentions, [{ object: 'note', record: note.id }]);
  await eraseRecord(door, request, tools);
  assert.match(String((await records.read('note', note.id)).body), /Elena/);
  await assert.rejects(eraseRecord(door, { ...request, id: newId() }, tools), { code: 'record.not-found' });
  await assert.rejects(planErasure(door, { ...request, id: newId() }, tools), { code: 'record.not-found' });
  await assert.rejects(eraseRecord(door, { ...request, object: 'user', id: principal.userId! }, tools), {
    code: 'erasure.impossible',
  });
});
