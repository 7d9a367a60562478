import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Principal } from '#kernel/access/access.ts';
import { asSystem } from '#kernel/access/access.ts';
import { catchUp, countRecordsReader } from '#kernel/events/readers.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door } from '#kernel/records/door.ts';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { findCandidates, findCandidatesOfMany, readVisible } from './candidates.ts';
import { sharingKeys } from './keys.ts';
import { decidePair, listPairs } from './pairs.ts';
import { duplicateReaders } from './readers.ts';
import { searchAll } from './search-all.ts';

let at: TestWorkspace;
before(async () => {
  at = await buildWorkspace();
});

const ona = {
  firstName: 'Ona',
  lastName: 'Petraitienė',
  emails: ['ona.petraitiene@example.lt'],
  phones: ['+37061234567'],
};

test('who is typed again is found at once, and after the readers have read', async () => {
  const known = await buildContact(at.records, ona);
  const typed = { firstName: 'Ona', lastName: 'Petraitiene', emails: 'ona.petraitiene@example.lt' };
  for (const when of ['before', 'after']) {
    const [first, ...others] = await findCandidates(doorOf(at.principal), 'contact', typed);
    assert.deepEqual([first?.id, others.length], [known.id, 0], when);
    assert.notEqual(first!.certainty, 'possible');
    assert.equal(first!.title, 'Ona Petraitienė');
    assert.ok(first!.reasons.includes('Same e-mail address: ona.petraitiene@example.lt'), first!.reasons.join());
    await readNews();
  }
  const lithuanian = await findCandidates(doorOf({ ...at.principal, language: 'lt' }), 'contact', typed);
  assert.ok(lithuanian[0]!.reasons.length > 0);
  assert.doesNotMatch(lithuanian[0]!.reasons.join(), /Same/);
  assert.deepEqual(await findCandidates(doorOf(at.principal), 'contact', { ...typed, id: known.id }), []);
  assert.deepEqual(
    await findCandidates(doorOf(at.principal), 'contact', { firstName: 7, emails: { no: 1 }, nonsense: [] }),
    [],
  );
  assert.deepEqual(await findCandidates(doorOf(at.principal), 'task', { subject: 'Call' }), []);
  await assert.rejects(findCandidates(doorOf(at.principal), 'nothing', {}), hasCode('object.unknown'));
});

test('many rows are compared in one go', async () => {
  await readNews();
  const rows = [
    { firstName: 'Zigmas', lastName: 'Kitoks' },
    ona,
    { firstName: 'O.', lastName: 'Petraitienė', phones: ['861234567'] },
  ];
  const found = await findCandidatesOfMany(doorOf(at.principal), 'contact', rows);
  assert.deepEqual(
    found.map((candidates) => candidates.length > 0),
    [false, true, true],
  );
});

test('companies are recognised by their number and name', async () => {
  const known = await buildAccount(at.records, {
    name: 'UAB „Žalias ąžuolas“',
    registrationCode: '304512345',
    website: 'zaliasazuolas.lt',
  });
  const found = await findCandidates(doorOf(at.principal), 'account', {
    name: 'Zalias Azuolas, UAB',
    registrationCode: '304512345',
  });
  assert.equal(found[0]?.id, known.id);
  assert.deepEqual(await findCandidates(doorOf(at.principal), 'account', { name: 'Raudonas klevas' }), []);
});

test('what a person may not see is neither named nor used', async () => {
  const others = await at.as([{ name: 'own', grants: { '*': { create: 'own', read: 'own', update: 'own' } } }]);
  assert.deepEqual(await findCandidates(doorOf(others.principal), 'contact', ona), []);
  const nobody = await at.as([]);
  await assert.rejects(findCandidates(doorOf(nobody.principal), 'contact', ona), hasCode('access.denied'));
  const all = { create: 'all', read: 'all', update: 'all' } as const;
  const discreet = await at.as([
    { name: 'discreet', grants: { '*': all }, fields: { 'contact.emails': 'hidden', 'contact.phones': 'hidden' } },
  ]);
  const found = await findCandidates(doorOf(discreet.principal), 'contact', ona);
  for (const { reasons } of found) assert.doesNotMatch(reasons.join(), /@|\+370/);
});

test('pairs come into the queue, are dismissed for good, and come back when the records change', async () => {
  const [a, b] = [
    await buildContact(at.records, { firstName: 'Vytautas', lastName: 'Žvirgždas', birthday: '1961-03-04' }),
    await buildContact(at.records, { firstName: 'Vytas', lastName: 'Žvirgždas', birthday: '1961-03-04' }),
  ];
  await readNews();
  const door = doorOf(at.principal);
  const pairsOf = async (state?: 'open' | 'dismissed' | 'merged') =>
    (await listPairs(door, { object: 'contact', ...(state ? { state } : {}) })).items.filter(({ records }) =>
      records.some(({ id }) => id === a.id),
    );
  const [pair] = await pairsOf();
  assert.deepEqual(pair!.records.map(({ id }) => id).sort(), [a.id, b.id].sort());
  assert.ok(pair!.score >= 0.5 && pair!.reasons.length > 1, JSON.stringify(pair));

  const others = await at.as([{ name: 'own', grants: { '*': { read: 'own', update: 'own' } } }]);
  assert.deepEqual((await listPairs(doorOf(others.principal), { object: 'contact' })).items, []);
  await assert.rejects(decidePair(doorOf(others.principal), pair!.id, 'dismissed'), hasCode('duplicate.not-found'));

  await decidePair(door, pair!.id, 'dismissed');
  await at.records.update('contact', a.id, { birthday: '1961-03-04', firstName: 'VYTAUTAS' });
  await readNews();
  await searchAll(system(), 'contact');
  assert.equal((await pairsOf()).length, 0);
  assert.equal((await pairsOf('dismissed'))[0]?.decidedBy, at.principal.userId);

  for (const { id } of [a, b]) await at.records.update('contact', id, { emails: ['v.zvirgzdas@example.lt'] });
  await readNews();
  assert.equal((await pairsOf()).length, 1);

  const { changeSet } = await at.records.merge('contact', { survivor: a.id, others: [b.id] });
  await readNews();
  assert.deepEqual([(await pairsOf()).length, (await pairsOf('merged')).length], [0, 1]);
  await at.records.unmerge(changeSet);
  await readNews();
  assert.deepEqual([(await pairsOf()).length, (await pairsOf('dismissed')).length], [0, 1]);

  await at.records.remove('contact', b.id);
  await at.records.purge('contact', b.id);
  await readNews();
  assert.equal((await pairsOf('dismissed')).length, 0);
});

test('a search over all records finds what no event told of, goes on where it ended, and pages through it', async () => {
  const { workspace } = at;
  await workspace.database.run(
    `insert into "${workspace.schema}".contact (id, first_name, last_name, emails, emails_all, emails_labels, do_not_call, do_not_email, do_not_contact, created_at, updated_at)
     select ('0190eeee-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Jonas', w, w || '@example.lt', array[w || '@example.lt'], array[''], false, false, false, now(), now()
     from (select n, substr(translate(md5((n / 2)::text), '0123456789', 'ghijklmnop'), 1, 14) w from generate_series(0, 599) n) x`,
  );
  const stop = new AbortController();
  await assert.rejects(
    searchAll(system(), 'contact', { progress: (done) => done >= 250 && stop.abort(), signal: stop.signal }),
  );
  const rest = await searchAll(system(), 'contact');
  assert.ok(rest.records < 600 && rest.records > 300, String(rest.records));
  const ids = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listPairs>> = await listPairs(doorOf(at.principal), {
      object: 'contact',
      limit: 70,
      ...(cursor ? { cursor } : {}),
    });
    for (const { id, records } of page.items) if (records[0].id.startsWith('0190eeee')) ids.add(id);
    cursor = page.next;
  } while (cursor);
  assert.equal(ids.size, 300);
});

test('of ten thousand records under one key a few are looked at', async () => {
  const { workspace } = at;
  const known = await buildContact(at.records, ona);
  await readNews();
  await workspace.database.run(
    `insert into "${workspace.schema}".match_key (key, record_id)
     select key, gen_random_uuid() from (select distinct key from "${workspace.schema}".match_key m join "${workspace.schema}".contact c on c.id = m.record_id where c.last_name = 'Petraitienė') k, generate_series(1, 10000)`,
  );
  await workspace.database.run(`analyze "${workspace.schema}".match_key`);
  const seen = await readVisible(doorOf(at.principal), at.workspace.model.objects.get('contact')!, contactMatching(), [
    known.id,
  ]);
  const [found] = await sharingKeys(
    at.workspace.database,
    at.workspace.schema,
    [{ ...seen.get(known.id)!.prepared, id: null }],
    5_000,
  );
  // 64 of each key at most.
  assert.ok(found!.length > 64 && found!.length <= 16 * 64, String(found!.length));
});

async function readNews(): Promise<void> {
  for (const reader of [countRecordsReader, ...duplicateReaders]) await catchUp(at.workspace, reader);
  const rows = await at.workspace.database.run(
    `select name, error from "${at.workspace.schema}".reader where error is not null`,
  );
  assert.deepEqual(rows, []);
}

function contactMatching() {
  return at.workspace.duplicates.get('contact')!;
}

function doorOf(principal: Principal): Door {
  return { workspace: at.workspace, principal, via: 'rest', trusted: false, unit: null };
}

function system(): Door {
  return { workspace: at.workspace, principal: asSystem('a job'), via: 'job', trusted: true, unit: null };
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof Problem && error.code === code;
}
