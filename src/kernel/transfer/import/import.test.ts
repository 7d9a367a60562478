import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { duplicateReaders } from '#kernel/duplicates/readers.ts';
import { catchUp, countRecordsReader } from '#kernel/events/readers.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { houseOf, imported, uploaded } from '#test/import/house.ts';
import { configureImport, errorFile, pauseImport, queueImport, undoImport } from './imports.ts';
import { runImport } from './run.ts';
import { dryRunImport, previewImport } from './try.ts';

let crm: TestWorkspace;
before(async () => {
  crm = await buildWorkspace();
});

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

test('a file becomes records, with history, by what its headers suggest', async () => {
  const done = await imported(
    crm,
    'contact',
    'First Name;Last Name;E-mail;Mobile;Company;City;Tags\nAldona;Žukauskienė;aldona@example.lt;+370 612 34567;;Kaunas;vip, gift\nJuan;Núñez;juan@example.es;+34 612 345 678;;Madrid;\n',
  );
  assert.equal(done.state, 'done', JSON.stringify(done.message));
  assert.deepEqual(done.counts, { created: 2, updated: 0, skipped: 0, failed: 0, duplicates: 0 });
  const { items } = await crm.records.list('contact', { sort: ['lastName'] });
  const aldona = items.find((one) => one.firstName === 'Aldona')!;
  assert.deepEqual(
    [aldona.name, aldona.emails, aldona.phones, aldona.tags, (aldona.address as { city: string }).city, aldona.owner],
    [
      'Aldona Žukauskienė',
      [{ value: 'aldona@example.lt', label: null }],
      [{ value: '+37061234567', label: 'mobile' }],
      ['vip', 'gift'],
      'Kaunas',
      crm.principal.userId,
    ],
  );
  const [event] = await crm.records.history('contact', aldona.id);
  assert.deepEqual(
    [event!.operation, event!.via, event!.changeSet, event!.actor],
    ['create', 'import', done.changeSet, crm.principal.userId],
  );
  assert.equal((await crm.records.list('contact', { search: 'zukauskiene' })).items.length, 1);
});

test('rows that are wrong are refused one by one, and told in the person’s words', async () => {
  const done = await imported(
    crm,
    'contact',
    'First Name,Last Name,Email,Birthday\nA,One,one@example.com,2001-02-30\n,,x@example.com,\nB,Two,not an address,\nC,Three,three@example.com,1990-01-02\n',
  );
  assert.deepEqual(done.counts, { created: 1, updated: 0, skipped: 0, failed: 3, duplicates: 0 });
  const file = await textOf(errorFile(houseOf(crm), done.id, 'lt'));
  const lines = file.trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[0]!, /First Name;Last Name;Email;Birthday/);
  for (const line of lines.slice(1)) assert.doesNotMatch(line, /field\.|import\.|problem\./);
});

test('preview and dry run show what would happen, and leave nothing', async () => {
  const before = await crm.records.count('account');
  const given = await uploaded(crm, 'account', 'Name,Employees\nOne,5\nTwo,many\n,7\n');
  const preview = await previewImport(houseOf(crm), given);
  assert.deepEqual(
    preview.rows.map((row) => [row.row, row.kind, row.errors.map(({ column, code }) => `${column} ${code}`)]),
    [
      [1, 'create', []],
      [2, 'refuse', ['1 field.not-a-number']],
      [3, 'refuse', ['0 field.required']],
    ],
  );
  assert.deepEqual(preview.rows[0]!.values, { name: 'One', employees: 5 });
  assert.deepEqual(await dryRunImport(houseOf(crm), given.id), {
    created: 1,
    updated: 0,
    skipped: 0,
    failed: 2,
    duplicates: 0,
  });
  assert.deepEqual(await crm.records.count('account'), before);
});

test('references are found by name, key and e-mail, made when they are missing, and resolved within the file', async () => {
  await crm.records.create('account', { name: 'Litera UAB', externalId: 'L-1' });
  const map = {
    columns: { 0: { target: 'lastName' }, 1: { target: 'account.externalId' }, 2: { target: 'owner.name' } },
  };
  const user = await crm.records.read('user', crm.principal.userId!);
  const byKey = await imported(crm, 'contact', `Who,Key,Owner\nKeyed,L-1,${user.name}\nLost,L-2,\n`, map);
  assert.deepEqual(byKey.counts, { created: 1, updated: 0, skipped: 0, failed: 1, duplicates: 0 });
  const made = await imported(
    crm,
    'contact',
    'Last Name,Account\nMaker,New Company SA\nOther,new company sa\nKnown,litera uab\n',
    {
      columns: { 0: { target: 'lastName' }, 1: { target: 'account', createMissing: true } },
    },
  );
  assert.equal(made.counts.created, 3);
  const { items } = await crm.records.list('contact', {
    filter: { lastName: { in: ['Maker', 'Other', 'Known', 'Keyed'] } },
    expand: ['account'],
  });
  assert.deepEqual(items.map((one) => (one.expanded as { account: { title: string } }).account.title).sort(), [
    'Litera UAB',
    'Litera UAB',
    'New Company SA',
    'New Company SA',
  ]);
  const tree = await imported(
    crm,
    'account',
    'Name,Parent\nLeaf,Branch\nBranch,Root\nRoot,\nSnake,Tail\nTail,Snake\nOrphan,Nobody\n',
    {
      columns: { 0: { target: 'name' }, 1: { target: 'parent' } },
    },
  );
  assert.equal(tree.counts.created, 6);
  const leaf = await crm.records.find(
    'account',
    { name: 'Leaf' },
    { fields: ['parent', 'parent.name', 'parent.parent'] },
  );
  assert.equal(leaf!['parent.name'], 'Branch');
  assert.ok(leaf!['parent.parent']);
  const errors = await textOf(errorFile(houseOf(crm), tree.id, 'en'));
  assert.match(errors, /Tail,Snake/);
  assert.match(errors, /Orphan,Nobody/);
});

test('update and upsert by key; the last of several rows with one key wins', async () => {
  const first = await imported(crm, 'account', 'Key,Name,Employees\nK1,First,1\nK2,Second,2\nK1,First again,3\n', {
    columns: { 0: { target: 'externalId' }, 1: { target: 'name' }, 2: { target: 'employees' } },
    mode: 'upsert',
    key: ['externalId'],
  });
  assert.deepEqual(first.counts, { created: 2, updated: 1, skipped: 0, failed: 0, duplicates: 0 });
  const update = await imported(crm, 'account', 'Key,Employees\nK1,10\nK2,2\nK3,1\n,5\n', {
    columns: { 0: { target: 'externalId' }, 1: { target: 'employees' } },
    mode: 'update',
    key: ['externalId'],
  });
  assert.deepEqual(update.counts, { created: 0, updated: 1, skipped: 1, failed: 2, duplicates: 0 });
  const k1 = await crm.records.find('account', { externalId: 'K1' });
  assert.deepEqual([k1!.name, k1!.employees], ['First again', 10]);

  const { undone } = await undoImport(houseOf(crm), update.id);
  assert.equal(undone, 1);
  assert.equal((await crm.records.find('account', { externalId: 'K1' }))!.employees, 3);
  await undoImport(houseOf(crm), first.id);
  assert.equal(await crm.records.find('account', { externalId: 'K2' }), null);
});

test('duplicates by exact key are skipped, updated, made anyway', async () => {
  const columns = { 0: { target: 'externalId' }, 1: { target: 'name' } };
  await imported(crm, 'account', 'Key,Name\nD1,Dup\n', { columns });
  const skipped = await imported(crm, 'account', 'Key,Name\nD1,Dup 2\nD3,Dup 3\nD3,Dup 4\n', { columns });
  assert.deepEqual(skipped.counts, { created: 1, updated: 0, skipped: 2, failed: 0, duplicates: 2 });
  const updated = await imported(crm, 'account', 'Key,Name\nD1,Dup 5\n', { columns, duplicates: 'update' });
  assert.deepEqual(updated.counts, { created: 0, updated: 1, skipped: 0, failed: 0, duplicates: 1 });
  const anyway = await imported(crm, 'account', 'Key,Name\nD1,Dup 6\n', { columns, duplicates: 'create' });
  assert.deepEqual(anyway.counts, { created: 1, updated: 0, skipped: 0, failed: 0, duplicates: 1 });
});

test('without a key, who is certainly known is not made twice', async () => {
  await crm.records.create('contact', {
    firstName: 'Rūta',
    lastName: 'Balčiūnaitė',
    emails: ['ruta.balciunaite@example.lt'],
    phones: ['+37061299999'],
  });
  await catchUpKeys();
  const file =
    'First Name,Last Name,Email,Phone,Title\nRuta,Balciunaite,ruta.balciunaite@example.lt,+370 612 99999,CEO\nSomebody,Else,else@example.lt,,\n';
  const skipped = await imported(crm, 'contact', file);
  assert.deepEqual(skipped.counts, { created: 1, updated: 0, skipped: 1, failed: 0, duplicates: 1 });
  const updated = await imported(crm, 'contact', file.split('Somebody')[0]!, { duplicates: 'update' });
  assert.deepEqual(updated.counts, { created: 0, updated: 1, skipped: 0, failed: 0, duplicates: 1 });
  assert.equal((await crm.records.find('contact', { emails: { is: 'ruta.balciunaite@example.lt' } }))!.jobTitle, 'CEO');
});

async function catchUpKeys(): Promise<void> {
  const workspace = await crm.runtime.workspace(crm.workspace.id);
  for (const reader of [countRecordsReader, ...duplicateReaders]) await catchUp(workspace, reader);
}

test('whoever loses the right in the middle stops; a pause waits; both go on with every row once', async () => {
  const rows = 7_000;
  const file = `Key,Name\n${Array.from({ length: rows }, (_, n) => `R${n},Row ${n}`).join('\n')}\n`;
  const { id } = await uploaded(crm, 'account', file);
  const workspace = await crm.runtime.workspace(crm.workspace.id);
  await configureImport(workspace, crm.principal, id, {
    settings: { columns: { 0: { target: 'externalId' }, 1: { target: 'name' } } },
  });
  await queueImport(workspace, crm.principal, id, ['ready']);
  let asked = 0;
  const house = houseOf(crm);
  const losing = { ...house, principal: async () => (++asked > 3 ? null : crm.principal) };
  const stopped = await runImport(losing, id);
  assert.deepEqual([stopped.state, stopped.message?.code], ['failed', 'problem.access.denied.title']);
  assert.ok(stopped.position > 0 && stopped.position < rows, String(stopped.position));

  await queueImport(workspace, crm.principal, id, ['failed']);
  const paused = await runImport(house, id, {
    onProgress: (done, _total, phase) =>
      void (phase === 'rows' && done > stopped.position && done < rows && pauseImport(workspace, id).catch(() => {})),
  });
  assert.ok(['paused', 'done'].includes(paused.state), paused.state);
  if (paused.state === 'paused') await queueImport(workspace, crm.principal, id, ['paused']);
  const done = await runImport(house, id);
  assert.deepEqual([done.state, done.position, done.counts.created], ['done', rows, rows]);
  const { value } = await crm.records.count('account', { externalId: { startsWith: 'R' } });
  assert.equal(value, rows);
  const started = performance.now();
  assert.equal((await undoImport(house, id)).undone, rows);
  assert.ok(performance.now() - started < 60_000);
  assert.equal((await crm.records.count('account', { externalId: { startsWith: 'R' } })).value, 0);
});
