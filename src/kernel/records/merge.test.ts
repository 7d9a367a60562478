import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Problem } from '#kernel/problems/problem.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { fc } from '#test/property.ts';

let at: TestWorkspace;
before(async () => {
  at = await buildWorkspace();
});

test('everything that points to the others points to the survivor, and the values are united', async () => {
  const { records } = at;
  const [survivor, other] = [
    await buildAccount(records, { name: 'Litera', emails: ['a@litera.lt'], tags: ['old'], industry: 'retail' }),
    await buildAccount(records, {
      name: 'UAB Litera',
      emails: ['b@litera.lt', 'a@litera.lt'],
      tags: ['new'],
      website: 'litera.lt',
      industry: 'food',
    }),
  ];
  const child = await buildAccount(records, { parent: other.id });
  const contact = await buildContact(records, { account: other.id });
  const sale = await buildOpportunity(records, { account: other.id, competitor: other.id });
  const comment = await records.create('comment', { targetObject: 'account', targetId: other.id, body: 'hello' });
  const binned = await buildContact(records, { account: other.id });
  await records.remove('contact', binned.id);

  const merged = await records.merge('account', {
    survivor: survivor.id,
    others: [other.id],
    fields: { industry: other.id },
  });

  assert.deepEqual([merged.moved, merged.dropped], [5, 0]);
  assert.equal(merged.record.name, 'Litera');
  assert.equal(merged.record.industry, 'food');
  assert.match(String(merged.record.website), /litera\.lt/);
  assert.deepEqual(merged.record.tags, ['old', 'new']);
  assert.deepEqual(
    (merged.record.emails as { value: string }[]).map(({ value }) => value),
    ['a@litera.lt', 'b@litera.lt'],
  );
  assert.equal((await records.read('account', child.id)).parent, survivor.id);
  assert.equal((await records.read('contact', contact.id)).account, survivor.id);
  const { account, competitor } = await records.read('opportunity', sale.id);
  assert.deepEqual([account, competitor], [survivor.id, survivor.id]);
  assert.equal((await records.read('comment', comment.id)).targetId, survivor.id);
  assert.equal((await records.restore('contact', binned.id)).account, survivor.id);

  await assert.rejects(
    records.read('account', other.id),
    (error: Problem) => error.code === 'record.merged' && error.params.mergedInto === survivor.id,
  );
  const history = await records.history('account', survivor.id);
  assert.deepEqual(
    history.filter((event) => event.merged).map((event) => [event.record, event.operation]),
    [
      [other.id, 'merge'],
      [other.id, 'create'],
    ],
  );
});

test('of children that would say the same twice one stays, and all come back', async () => {
  const { records } = at;
  const account = await buildAccount(records);
  const second = await buildAccount(records);
  const [survivor, other] = [await buildContact(records), await buildContact(records)];
  const role = (contact: string, on: string, overrides = {}) =>
    records.create('accountContact', { account: on, contact, role: 'user', ...overrides });
  const own = await role(survivor.id, account.id, { primary: true });
  const double = await role(other.id, account.id);
  const kept = await role(other.id, second.id, { primary: true });
  const relation = await records.create('relationship', {
    kind: 'household',
    fromContact: survivor.id,
    toContact: other.id,
  });
  const before = await stateOf();

  const merged = await records.merge('contact', { survivor: survivor.id, others: [other.id] });
  assert.deepEqual([merged.moved, merged.dropped], [3, 2]);
  const roles = await records.list('accountContact', { filter: { contact: survivor.id }, sort: ['createdAt'] });
  assert.deepEqual(
    roles.items.map(({ id, primary }) => [id, primary]),
    [
      [own.id, true],
      [kept.id, false],
    ],
  );
  await assert.rejects(records.read('accountContact', double.id));
  await assert.rejects(records.read('relationship', relation.id));

  const undone = await records.undo(merged.changeSet);
  assert.deepEqual(undone.conflicts, []);
  await unchanged(before);
  await assert.rejects(records.unmerge(merged.changeSet), hasCode('merge.undone'));
  await assert.rejects(records.undo(undone.changeSet), hasCode('merge.undone'));
});

test('three become one, are changed, and are separated but for what was changed', async () => {
  const { records } = at;
  const [a, b, c] = [
    await buildContact(records),
    await buildContact(records, { jobTitle: 'Buyer' }),
    await buildContact(records, { department: 'North' }),
  ];
  const tasks = await Promise.all([b, c].map(({ id }) => records.create('task', { subject: 'Call', contact: id })));
  const elsewhere = await buildContact(records);
  const merged = await records.merge('contact', { survivor: a!.id, others: [b!.id, c!.id] });
  assert.deepEqual([merged.record.jobTitle, merged.record.department], ['Buyer', 'North']);
  await records.update('contact', a!.id, { jobTitle: 'Director' });
  await records.update('task', tasks[1]!.id, { contact: elsewhere.id });

  const undone = await records.unmerge(merged.changeSet);
  const conflicts = undone.conflicts.map(({ object, record, fields }) => [object, record, fields].flat()).sort();
  assert.deepEqual(
    conflicts,
    [
      ['contact', a!.id, 'jobTitle'],
      ['task', tasks[1]!.id, 'contact'],
    ].sort(),
  );
  assert.equal((await records.read('contact', a!.id)).department, null);
  assert.equal((await records.read('contact', c!.id)).department, 'North');
  assert.equal((await records.read('task', tasks[0]!.id)).contact, b!.id);
  assert.equal((await records.read('task', tasks[1]!.id)).contact, elsewhere.id);
});

for (const order of ['last first', 'first first']) {
  test(`a chain of two merges is taken back, ${order}`, async () => {
    const { records } = at;
    const [a, b, c] = [
      await buildAccount(records, { emails: ['a@x.lt'], website: 'a.lt' }),
      await buildAccount(records, { emails: ['b@x.lt'] }),
      await buildAccount(records, { emails: ['c@x.lt'] }),
    ];
    for (const { id } of [a!, b!, c!]) {
      await buildContact(records, { account: id });
      await records.create('comment', { targetObject: 'account', targetId: id, body: 'x' });
      await records.create('follow', { targetObject: 'account', targetId: id });
    }
    const before = await stateOf();
    const one = await records.merge('account', { survivor: b!.id, others: [a!.id] });
    const two = await records.merge('account', { survivor: c!.id, others: [b!.id] });
    assert.equal((await records.list('contact', { filter: { account: c!.id } })).items.length, 3);
    await assert.rejects(records.read('account', a!.id), (error: Problem) => error.params.mergedInto === c!.id);
    const conflicts = [];
    for (const { changeSet } of order === 'last first' ? [two, one] : [one, two])
      conflicts.push(...(await records.unmerge(changeSet)).conflicts);
    assert.deepEqual(conflicts, []);
    await unchanged(before);
  });
}

test('a hierarchy stays without circles', async () => {
  const { records } = at;
  const top = await buildAccount(records);
  const parent = await buildAccount(records, { parent: top.id });
  const between = await buildAccount(records, { parent: parent.id });
  const child = await buildAccount(records, { parent: between.id });
  const before = await stateOf();
  const down = await records.merge('account', { survivor: child.id, others: [parent.id] });
  assert.equal(down.record.parent, top.id);
  assert.equal((await records.read('account', between.id)).parent, child.id);
  await records.unmerge(down.changeSet);
  await unchanged(before);
  const up = await records.merge('account', { survivor: parent.id, others: [between.id, child.id] });
  assert.equal(up.record.parent, top.id);
  await records.unmerge(up.changeSet);
  await unchanged(before);
  await assert.rejects(
    records.merge('account', { survivor: child.id, others: [parent.id], fields: { parent: child.id } }),
    (error: Problem) => error.errors[0]?.code === 'field.circle',
  );
  await unchanged(before);
});

test('two who merge the same records at once do not lose any of them', async () => {
  const { records } = at;
  const [a, b] = [await buildAccount(records), await buildAccount(records)];
  const contact = await buildContact(records, { account: a.id });
  const results = await Promise.allSettled([
    records.merge('account', { survivor: a.id, others: [b.id] }),
    records.merge('account', { survivor: b.id, others: [a.id] }),
    records.merge('account', { survivor: a.id, others: [b.id] }),
    ...Array.from({ length: 6 }, () => buildContact(records, { account: b.id })),
  ]);
  const merges = results.slice(0, 3);
  assert.equal(merges.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const result of merges) if (result.status === 'rejected') assert.equal(result.reason.code, 'record.merged');
  const live = (await records.list('account', { filter: { id: { in: [a.id, b.id] } } })).items;
  assert.equal(live.length, 1);
  const created = results.slice(3).filter(({ status }) => status === 'fulfilled').length;
  // Whoever wrote at that moment was either moved along or refused: nobody points to what is gone.
  assert.equal((await records.list('contact', { filter: { account: live[0]!.id } })).items.length, created + 1);
  assert.equal((await records.read('contact', contact.id)).account, live[0]!.id);
});

test('who may not change the survivor or delete the others may not merge, and is not told where they went', async () => {
  const { records } = at;
  const [a, b] = [await buildAccount(records), await buildAccount(records)];
  const all = { create: 'all', read: 'all', update: 'all', merge: 'all' } as const;
  const editor = await at.as([{ name: 'editor', grants: { '*': all } }]);
  await assert.rejects(editor.records.merge('account', { survivor: a.id, others: [b.id] }), hasCode('access.denied'));
  const own = await at.as([{ name: 'own', grants: { '*': { ...all, read: 'own', update: 'own', delete: 'own' } } }]);
  await assert.rejects(own.records.merge('account', { survivor: a.id, others: [b.id] }), hasCode('record.not-found'));
  const [mine, also] = [await buildAccount(own.records), await buildAccount(own.records)];
  await assert.rejects(
    own.records.merge('account', { survivor: mine.id, others: [a.id] }),
    hasCode('record.not-found'),
  );
  const foreign = await buildContact(records, { account: also.id });
  const { changeSet } = await own.records.merge('account', { survivor: mine.id, others: [also.id] });
  assert.equal((await records.read('contact', foreign.id)).account, mine.id);
  const stranger = await at.as([{ name: 'own', grants: { '*': { read: 'own', update: 'own', delete: 'own' } } }]);
  await assert.rejects(stranger.records.read('account', also.id), hasCode('record.not-found'));
  await assert.rejects(stranger.records.unmerge(changeSet), hasCode('record.not-found'));
  await own.records.unmerge(changeSet);
  assert.equal((await records.read('contact', foreign.id)).account, also.id);
});

test('a request that makes no sense is refused, value by value', async () => {
  const { records, principal } = at;
  const [a, b] = [await buildContact(records), await buildContact(records)];
  const refused = (request: Parameters<typeof records.merge>[1], object = 'contact') =>
    records.merge(object, request).then(
      () => assert.fail('was taken'),
      (error: Problem) => [error.code, ...error.errors.map(({ field, code }) => `${field} ${code}`)],
    );
  assert.deepEqual(await refused({ survivor: a.id, others: [a.id] }), ['request.invalid', 'others merge.with-itself']);
  assert.deepEqual(await refused({ survivor: a.id, others: [] }), ['request.invalid', 'others field.required']);
  const fields = { nonsense: a.id, name: a.id, lastName: principal.userId! };
  assert.deepEqual(await refused({ survivor: a.id, others: [b.id], fields }), [
    'request.invalid',
    'fields.nonsense field.unknown',
    'fields.name field.read-only',
    'fields.lastName merge.not-among',
  ]);
  assert.deepEqual(await refused({ survivor: principal.userId!, others: [principal.userId!] }, 'user'), [
    'merge.impossible',
  ]);
  assert.equal((await records.read('contact', b.id)).version, 1);
});

test('ten thousand children move, and move back', async () => {
  const { records, workspace } = at;
  const [a, b] = [await buildAccount(records), await buildAccount(records)];
  await workspace.database.run(
    `insert into "${workspace.schema}".task (id, subject, priority, status, account_id, created_at, updated_at)
     select ('0190eeee-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Task ' || n, 'normal', 'open', $1, now(), now() from generate_series(1, 10000) n`,
    [b.id],
  );
  const merged = await records.merge('account', { survivor: a.id, others: [b.id] });
  assert.equal(merged.moved, 10_000);
  assert.equal((await records.count('task', { account: a.id })).value, 10_000);
  const undone = await records.unmerge(merged.changeSet);
  assert.deepEqual(undone.conflicts, []);
  assert.equal((await records.count('task', { account: b.id })).value, 10_000);
  await workspace.database.run(`delete from "${workspace.schema}".task where account_id = $1`, [b.id]);
});

test('any merges, taken back in any order, leave everything as it was', async () => {
  const { records } = at;
  const index = fc.nat({ max: 5 });
  const merge = fc.tuple(index, fc.uniqueArray(index, { minLength: 1, maxLength: 2 }));
  const world = fc.record({
    parents: fc.array(fc.option(index), { minLength: 6, maxLength: 6 }),
    sites: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    contacts: fc.array(index, { maxLength: 4 }),
    roles: fc.array(fc.tuple(index, fc.constantFrom('user', 'payer')), { maxLength: 4 }),
    relations: fc.array(fc.tuple(index, index), { maxLength: 4 }),
    merges: fc.array(merge, { minLength: 1, maxLength: 4 }),
    order: fc.infiniteStream(fc.nat({ max: 100 })),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ parents, sites, contacts, roles, relations, merges, order }) => {
      const ids: string[] = [];
      for (const [n, parent] of parents.entries()) {
        const above = parent !== null && parent < n ? { parent: ids[parent] } : {};
        const account = await buildAccount(records, {
          emails: [`${n}@x.lt`],
          ...(sites[n] ? { website: `${n}.lt` } : {}),
          ...above,
        });
        ids.push(account.id);
      }
      const person = await buildContact(records);
      for (const account of contacts) await buildContact(records, { account: ids[account] });
      const skipDoubles = () => {};
      for (const [account, role] of roles)
        await records.create('accountContact', { account: ids[account], contact: person.id, role }).catch(skipDoubles);
      for (const [from, to] of relations) {
        await records
          .create('relationship', { kind: 'partner', fromAccount: ids[from], toAccount: ids[to] })
          .catch(skipDoubles);
      }
      for (const id of ids.slice(0, 3)) await records.create('follow', { targetObject: 'account', targetId: id });
      const before = await stateOf();
      const done: string[] = [];
      for (const [survivor, others] of merges) {
        const result = await records
          .merge('account', { survivor: ids[survivor]!, others: others.map((n) => ids[n]!) })
          .catch((error: Problem) => error);
        if (result instanceof Problem)
          assert.ok(['record.merged', 'request.invalid'].includes(result.code), result.message);
        else done.push(result.changeSet);
      }
      const conflicts: string[] = [];
      let isLastFirst = true;
      while (done.length > 0) {
        const next = order.next().value % done.length;
        if (next < done.length - 1) isLastFirst = false;
        const undone = await records.unmerge(done.splice(next, 1)[0]!);
        conflicts.push(...undone.conflicts.flatMap(({ fields }) => fields));
      }
      // An earlier merge taken back first may leave a place in the hierarchy that only a circle would give back: it is told.
      assert.ok(
        conflicts.length === 0 || (!isLastFirst && conflicts.every((field) => field === 'parent')),
        conflicts.join(),
      );
      if (conflicts.length === 0) await unchanged(before);
    }),
    { numRuns: Number(process.env.RUNS ?? 25) },
  );
});

/** All rows of all objects, without the stamps that every write leaves. */
async function stateOf(): Promise<Record<string, unknown[]>> {
  const { database, model, schema } = at.workspace;
  const tables = [...model.objects.values()].flatMap((object) => [
    object.table,
    ...[...object.fields.values()].flatMap(({ link }) => link ?? []),
  ]);
  const state: Record<string, unknown[]> = {};
  for (const table of [...tables, 'merged_record']) {
    const rows = await database.run(
      `select (to_jsonb(t) - array['version', 'updated_at', 'updated_by_id'])::text from "${schema}"."${table}" t order by 1`,
    );
    state[table] = rows.map(([row]) => row);
  }
  return state;
}

async function unchanged(before: Record<string, unknown[]>): Promise<void> {
  const now = await stateOf();
  for (const [table, rows] of Object.entries(before)) {
    assert.deepEqual(
      rows.filter((row) => !now[table]!.includes(row)),
      now[table]!.filter((row) => !rows.includes(row)),
      table,
    );
  }
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof Problem && error.code === code;
}
