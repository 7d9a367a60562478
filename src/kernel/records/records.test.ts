import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace, type TestWorkspace } from '#test/build.ts';

let at: TestWorkspace;
before(async () => {
  at = await buildWorkspace();
});

test('a record is created, read, changed, removed and restored, and its history tells it', async () => {
  const { records, principal } = at;
  const created = await records.create('account', { name: 'Litera UAB', kind: 'business' });
  assert.equal(created.name, 'Litera UAB');
  assert.equal(created.version, 1);
  assert.equal(created.owner, principal.userId);
  const changed = await records.update('account', created.id, { name: 'Litera' }, { version: 1 });
  assert.equal(changed.version, 2);
  await assert.rejects(records.update('account', created.id, { name: 'x' }, { version: 1 }), hasCode('record.stale'));
  await records.remove('account', created.id);
  await assert.rejects(records.read('account', created.id), hasCode('record.not-found'));
  await records.restore('account', created.id);
  const history = await records.history('account', created.id);
  assert.deepEqual(
    history.map((event) => event.operation),
    ['restore', 'remove', 'update', 'create'],
  );
  assert.deepEqual(history[2]!.changes, { name: ['Litera UAB', 'Litera'] });
  assert.deepEqual(
    history.map((event) => event.position),
    [...history.map((event) => event.position)].sort((a, b) => b - a),
  );
});

test('only the program itself says that a record is older, and somebody else’s', async () => {
  const { workspace, records, principal } = at;
  const stamps = { createdAt: '2024-05-06T07:08:09.000Z', createdBy: principal.userId };
  await assert.rejects(records.create('account', { name: 'Old', ...stamps }), (problem: Problem) => {
    assert.deepEqual(
      problem.errors.map(({ field, code }) => `${field} ${code}`),
      ['createdAt field.read-only', 'createdBy field.read-only'],
    );
    return true;
  });
  const program = recordsFor(workspace, asSystem('test data'), 'setup');
  const later = { ...stamps, updatedAt: '2024-06-01T00:00:00.000Z' };
  const one = await program.create('account', { name: 'Old', ...later });
  const { results } = await program.createMany(
    'account',
    Array.from({ length: 12 }, (_, n) => ({ name: `Old ${n}`, ...(n > 0 && stamps) })),
  );
  const read = async (id: string) => {
    const { createdAt, createdBy, updatedAt, updatedBy } = await records.read('account', id);
    const [event] = await records.history('account', id);
    return [createdAt, createdBy, updatedAt, updatedBy, event!.at, event!.actor];
  };
  const { createdAt, createdBy } = stamps;
  assert.deepEqual(
    [one.createdAt, one.createdBy, one.updatedAt, one.updatedBy],
    [createdAt, createdBy, later.updatedAt, createdBy],
  );
  assert.deepEqual(await read(one.id), [createdAt, createdBy, later.updatedAt, createdBy, createdAt, createdBy]);
  assert.deepEqual(await read(results[7]!.id!), [createdAt, createdBy, createdAt, createdBy, createdAt, createdBy]);
  const [today, by] = await read(results[0]!.id!);
  assert.deepEqual([String(today).slice(0, 4), by], [new Date().toISOString().slice(0, 4), null]);
});

test('who comes too late hears what others changed since, as far as they may see it', async () => {
  const { records } = at;
  const { records: limited } = await at.as([
    {
      name: 'limited',
      grants: { '*': { read: 'all', update: 'all', delete: 'all' } },
      fields: { 'account.website': 'hidden' },
    },
  ]);
  const account = await records.create('account', { name: 'Litera', industry: 'retail' });
  await records.update('account', account.id, { industry: 'food' });
  await records.update('account', account.id, { website: 'https://litera.lt/', tags: ['book'] });
  const late = (by: typeof records, version: number) => [
    () => by.update('account', account.id, { name: 'Litera UAB' }, { version }),
    () => by.remove('account', account.id, { version }),
  ];
  const changed = (fields: readonly string[]) => (error: Problem) => {
    assert.equal(error.code, 'record.stale');
    assert.deepEqual(
      error.errors,
      fields.map((field) => ({ field, code: 'field.changed-meanwhile' })),
    );
    assert.equal((error.params.current as { version: number }).version, 3);
    return true;
  };
  for (const refused of late(records, 1)) await assert.rejects(refused, changed(['industry', 'tags', 'website']));
  for (const refused of late(records, 2)) await assert.rejects(refused, changed(['tags', 'website']));
  for (const refused of late(limited, 2)) await assert.rejects(refused, changed(['tags']));
});

test('who may not delete a record is told what needs it, as far as they may see that', async () => {
  const { records } = at;
  const account = await buildAccount(records);
  const held = [];
  for (let n = 1; n <= 7; n++) held.push(await buildOpportunity(records, { name: `Sale ${n}`, account: account.id }));
  await records.remove('opportunity', held.pop()!.id);
  const heldBy = async (by: typeof records) => {
    const refusal = await by.remove('account', account.id).catch((error: Problem) => error);
    assert.ok(refusal instanceof Problem && refusal.code === 'record.in-use');
    return refusal.params.heldBy as { object: string; field: string; count: number; records: { title: string }[] }[];
  };
  const [own] = await heldBy(records);
  assert.deepEqual([own!.object, own!.field, own!.count], ['opportunity', 'account', 6]);
  assert.equal(own!.records.length, 5);
  assert.ok(own!.records.every(({ title }) => /^Sale [1-6]$/.test(title)));
  const everything = { create: 'all', read: 'all', update: 'all', delete: 'all' } as const;
  const { records: blind } = await at.as([
    { name: 'blind', grants: { account: everything, opportunity: { read: 'own' } } },
  ]);
  assert.deepEqual(await heldBy(blind), [{ object: 'opportunity', field: 'account', count: 6, records: [] }]);
});

test('what is answered to a write is what is read afterwards', async () => {
  const { records } = at;
  const account = await buildAccount(records);
  const contact = await records.create('contact', {
    firstName: ' Ona ',
    lastName: 'Šimkutė',
    emails: ['ona@example.lt', { value: 'ONA@work.example', label: 'work' }],
    phones: '+370 612 34567',
    account: account.id,
    birthday: '1980-02-29',
    address: { street: 'Gedimino 1', city: 'Vilnius', country: 'LT' },
    tags: ['b', 'a'],
    website: 'example.lt',
  });
  assert.deepEqual(contact, await records.read('contact', contact.id));
  assert.deepEqual(Object.keys(contact), Object.keys(await records.read('contact', contact.id)));
  const changed = await records.update('contact', contact.id, { firstName: 'Onutė', emails: null, phones: [] });
  assert.deepEqual(changed, await records.read('contact', contact.id));
  assert.deepEqual([changed.name, changed.emails, changed.version], ['Onutė Šimkutė', null, 2]);
});

test('pages go forward and back over every record once, with nulls last in both directions', async () => {
  const { records } = at;
  const account = await buildAccount(records);
  for (let n = 0; n < 23; n++) {
    await buildOpportunity(records, {
      name: `Page ${n}`,
      account: account.id,
      ...(n % 3 === 0 ? {} : { closeOn: `2026-01-${String((n % 7) + 1).padStart(2, '0')}` }),
    });
  }
  for (const sort of [
    ['closeOn'],
    ['-closeOn'],
    ['name'],
    ['-name'],
    ['closeOn', '-name'],
    ['-amount', 'name'],
    ['account.name', 'name'],
  ]) {
    const filter = { account: account.id };
    const all = await records.list('opportunity', { filter, sort, limit: 500 });
    const walked: string[] = [];
    let cursor: string | null | undefined;
    let last: string | undefined;
    do {
      const page = await records.list('opportunity', { filter, sort, limit: 4, ...(cursor ? { cursor } : {}) });
      walked.push(...page.items.map((item) => item.id));
      cursor = page.next;
      last = page.previous ?? last;
    } while (cursor);
    assert.deepEqual(
      walked,
      all.items.map((item) => item.id),
      sort.join(),
    );
    const back = await records.list('opportunity', { filter, sort, limit: 4, cursor: last! });
    assert.deepEqual(
      back.items.map((item) => item.id),
      walked.slice(16, 20),
      `back ${sort.join()}`,
    );
    const dates = all.items.map((item) => item.closeOn);
    if (sort[0]?.endsWith('closeOn'))
      assert.ok(dates.indexOf(null) >= dates.findLastIndex((date) => date !== null), sort.join());
  }
});

test('what is wrong is said field by field, and nothing is half written', async () => {
  const { records } = at;
  const problem = await records.create('opportunity', { nonsense: 1, amount: 'much', closeOn: '2026-02-30' }).then(
    () => assert.fail('was taken'),
    (error: Problem) => error,
  );
  assert.equal(problem.code, 'record.invalid');
  const found = Object.fromEntries(
    problem.errors.map((error: { field: string; code: string }) => [error.field, error.code]),
  );
  assert.equal(found.nonsense, 'field.unknown');
  assert.ok(found.amount && found.closeOn && found.name);
  await assert.rejects(
    records.create('contact', { lastName: 'X', account: '0190aaaa-0000-7000-8000-000000000009' }),
    hasCode('record.invalid'),
  );
});

test('what only the database can refuse is said by field too', async () => {
  const { records } = at;
  const [user] = (await records.list('user', { limit: 1 })).items;
  const problem = await records.create('user', { name: 'Twin', email: (user!.email as string).toUpperCase() }).then(
    () => assert.fail('was taken'),
    (error: Problem) => error,
  );
  assert.deepEqual(
    problem.errors.map(({ field, code }) => [field, code]),
    [['email', 'field.not-unique']],
  );
});

test('bulk says what became of each row, and its undo takes back all of it', async () => {
  const { records } = at;
  const result = await records.createMany('account', [{ name: 'One' }, { name: '' }, { name: 'Three' }]);
  assert.deepEqual([result.succeeded, result.failed], [2, 1]);
  assert.equal(result.results[1]!.problem?.errors[0]?.code, 'field.required');
  const ids = result.results.filter((row) => !row.problem).map((row) => row.id!);
  const updated = await records.updateMany('account', { ids }, { description: 'together' });
  assert.equal(updated.succeeded, 2);
  await records.update('account', ids[0]!, { description: 'alone' });
  const undone = await records.undo(updated.changeSet);
  assert.equal(undone.undone, 1);
  assert.deepEqual(undone.conflicts, [{ object: 'account', record: ids[0], fields: ['description'] }]);
  assert.equal((await records.read('account', ids[1]!)).description, null);
});

test('what one change set created and changed goes with its undo, what others changed stays', async () => {
  const { records } = at;
  const changeSet = '0190aaaa-0000-7000-8000-00000000c5e7';
  const made = await records.createMany('account', [{ name: 'Made' }, { name: 'Kept' }], { changeSet });
  const [mine, theirs] = made.results.map((row) => row.id!) as [string, string];
  await records.updateEach('account', [{ id: mine, changes: { description: 'second pass' } }], { changeSet });
  await records.update('account', theirs, { description: 'somebody else' });
  const undone = await records.undo(changeSet);
  assert.deepEqual(undone.conflicts, [{ object: 'account', record: theirs, fields: [] }]);
  await assert.rejects(records.read('account', mine), hasCode('record.not-found'));
  assert.equal((await records.read('account', theirs)).description, 'somebody else');
});

test('sums keep currencies apart and add up in base currency', async () => {
  const { records } = at;
  const account = await buildAccount(records);
  await buildOpportunity(records, { account: account.id, amount: 100 });
  await buildOpportunity(records, { account: account.id, amount: { amount: 50, currency: 'USD' } });
  const [row] = await records.aggregate('opportunity', {
    filter: { account: account.id },
    measures: { total: { sum: 'amount' }, n: { count: true } },
  });
  assert.deepEqual(row, { key: [], total: { base: 100, byCurrency: { EUR: 100, USD: 50 } }, n: 2 });
});

test('references are expanded with their titles, and searched through', async () => {
  const { records } = at;
  const account = await buildAccount(records, { name: 'Žuvėdra', industry: 'retail' });
  const contact = await buildContact(records, { account: account.id });
  const page = await records.list('contact', {
    filter: { 'account.name': { contains: 'žuvė' } },
    expand: ['account', 'owner'],
    fields: ['lastName', 'account.industry'],
  });
  assert.equal(page.items.length, 1);
  assert.equal(page.items[0]!.id, contact.id);
  assert.deepEqual((page.items[0] as unknown as { expanded: { account: unknown } }).expanded.account, {
    id: account.id,
    title: 'Žuvėdra',
    industry: 'retail',
  });
  const found = await records.list('account', { search: 'zuved' });
  assert.deepEqual(
    found.items.map((item) => item.id),
    [account.id],
  );
});

test('nobody without a role that says so sees, counts or changes anything', async () => {
  const { records } = at;
  const account = await buildAccount(records);
  const nobody = (await at.as([])).records;
  await assert.rejects(nobody.read('account', account.id), hasCode('access.denied'));
  await assert.rejects(nobody.list('account'), hasCode('access.denied'));
  await assert.rejects(nobody.create('account', { name: 'x' }), hasCode('access.denied'));
  await assert.rejects(nobody.update('account', account.id, { name: 'x' }), hasCode('access.denied'));
  const own = await at.as([
    { name: 'own', grants: { '*': { read: 'own', create: 'own', update: 'own', delete: 'own' } } },
  ]);
  await assert.rejects(own.records.read('account', account.id), hasCode('record.not-found'));
  assert.equal((await own.records.list('account')).items.length, 0);
  const mine = await own.records.create('account', { name: 'Mine' });
  assert.deepEqual((await own.records.list('account', { sort: ['name'], count: 'exact' })).total, {
    value: 1,
    kind: 'exact',
  });
  assert.equal((await own.records.list('account')).items[0]!.id, mine.id);
});

function hasCode(code: string) {
  return (error: unknown) => error instanceof Problem && error.code === code;
}
