import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Role } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import { objectOf } from '#kernel/object/model.ts';
import { takeSample } from '#kernel/query/sample.ts';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { searchAll } from './search.ts';
import { addWords, errorsBetween, nearWords, searchWordsReader, wordsOf } from './words.ts';

let at: TestWorkspace;
before(async () => {
  at = await buildWorkspace();
  const { records } = at;
  const account = await buildAccount(records, { name: 'Žalgirio baldai UAB', phones: ['+37061234567'] });
  await buildContact(records, {
    firstName: 'Živilė',
    lastName: 'Kazlauskienė',
    account: account.id,
    phones: ['+34 655 345 678'],
    emails: 'zivile@zalgirio-baldai.example',
  });
  await buildContact(records, { firstName: 'José', lastName: 'Ibáñez Núñez', jobTitle: 'Comercial' });
  await buildContact(records, { firstName: 'Christopher', lastName: 'Montgomery' });
  await records.create('note', { subject: 'Susitikimas', body: '<p>Aptarėme pristatymą į Barselona sandėlį</p>' });
  await catchUp(at.workspace, searchWordsReader);
});

test('what has the words is found in every object, by its beginning and in the middle, without regard to case and accents', async () => {
  assert.deepEqual(await titles('zalg'), ['account: Žalgirio baldai UAB', 'contact: Živilė Kazlauskienė']);
  assert.deepEqual(await titles('ŽALGIRIO BALDAI'), ['account: Žalgirio baldai UAB', 'contact: Živilė Kazlauskienė']);
  assert.deepEqual(await titles('kazl'), ['contact: Živilė Kazlauskienė']);
  assert.deepEqual(await titles('lauskien'), ['contact: Živilė Kazlauskienė']);
  assert.deepEqual(await titles('nunez jose'), ['contact: José Ibáñez Núñez']);
  assert.deepEqual(await titles('barselona'), ['note: Susitikimas']);
  assert.deepEqual(await titles('mont'), ['contact: Christopher Montgomery']);
  assert.deepEqual(await titles("'; drop table"), []);
  assert.deepEqual(await titles('100%_\\'), []);
  assert.deepEqual((await search('kazl')).groups[0]!.items[0]!.detail, 'Žalgirio baldai UAB');
});

test('a phone number is found in any format', async () => {
  for (const typed of [
    '+370 612 34567', '37061234567', '00370 612 34567', '8 612 34567', '0 612 34567', '(8-612) 34567', '612 34567',
    '861234567', '+370-612-34567', '6123 4567', '3706123',
  ]) // biome-ignore format: many
    assert.deepEqual(await titles(typed), ['account: Žalgirio baldai UAB'], typed);
  for (const typed of ['655 345 678', '+34655345678', '0034 655 34 56 78'])
    assert.deepEqual(await titles(typed), ['contact: Živilė Kazlauskienė'], typed);
  assert.deepEqual(await titles('8 612 99999'), []);
});

test('a typing error is forgiven, in any of the languages, and said', async () => {
  const cases: [string, string, string][] = [
    ['kazlauskine', 'kazlauskiene', 'contact: Živilė Kazlauskienė'],
    ['kazlauskeine', 'kazlauskiene', 'contact: Živilė Kazlauskienė'],
    ['KAZLUASKIENĖ', 'kazlauskiene', 'contact: Živilė Kazlauskienė'],
    ['kaslauskienne', 'kazlauskiene', 'contact: Živilė Kazlauskienė'],
    ['živlė', 'zivile', 'contact: Živilė Kazlauskienė'],
    ['ibañes', 'ibanez', 'contact: José Ibáñez Núñez'],
    ['nuñze', 'nunez', 'contact: José Ibáñez Núñez'],
    ['comerical', 'comercial', 'contact: José Ibáñez Núñez'],
    ['cristopher', 'christopher', 'contact: Christopher Montgomery'],
    ['barcelona', 'barselona', 'note: Susitikimas'],
    ['christopher montgomrey', 'christopher montgomery', 'contact: Christopher Montgomery'],
    ['chris montgomrey', 'chris montgomery', 'contact: Christopher Montgomery'],
    ['cristopher montgomrey', 'christopher montgomery', 'contact: Christopher Montgomery'],
  ];
  for (const [typed, corrected, title] of cases) {
    const answer = await search(typed);
    assert.equal(answer.corrected, corrected, typed);
    assert.ok(titlesOf(answer).includes(title), typed);
  }
  assert.deepEqual(await search('qwertz'), { groups: [], corrected: null });
  assert.equal((await search('christopher')).corrected, null);
});

test('nobody finds by a typing error what they may not see', async () => {
  const role: Role = { name: 'own', grants: { contact: { read: 'own' }, account: { read: 'own' } } };
  const { principal } = await at.as([role]);
  const door = { workspace: at.workspace, principal, via: 'rest', trusted: false, unit: null };
  for (const text of ['kazlauskine', 'kazlauskiene', '8 612 34567', 'zalg'])
    assert.deepEqual(await searchAll(door, text), { groups: [], corrected: null });
});

test('in a big object frequent and rare words are found alike', async () => {
  const { workspace, records, principal } = await buildWorkspace();
  const count = 5_200;
  await records.createMany(
    'contact',
    Array.from({ length: count }, (_, n) => ({
      firstName: 'Marytė',
      lastName: n % 1_000 === 7 ? 'Vėjūnas' : `Sodas${n}`,
    })),
  );
  await takeSample(workspace, objectOf(workspace.model, 'contact'), count);
  const door = { workspace, principal, via: 'rest', trusted: false, unit: null };
  const found = async (text: string) =>
    (await searchAll(door, text, { limit: 50 })).groups.flatMap(({ items }) => items.map(({ title }) => title));
  assert.equal((await found('aryt')).length, 50);
  assert.deepEqual(new Set(await found('jun')), new Set(['Marytė Vėjūnas']));
  assert.equal((await found('jun')).length, 6);
  assert.deepEqual(await found('odas5199'), ['Marytė Sodas5199']);
  assert.deepEqual(await found('maryt odas5199'), ['Marytė Sodas5199']);
});

test('words are kept by the reader when a record is changed, and only words', async () => {
  const { records, workspace } = at;
  const { id } = await buildContact(records, { lastName: 'Palubinskaitė', emails: 'a1@b2.example' });
  await records.update('contact', id, { lastName: 'Vaitiekūnaitė' });
  await catchUp(workspace, searchWordsReader);
  assert.equal((await search('vaitekunaite')).corrected, 'vaitiekunaite');
  const rows = await workspace.database.run(`select word from ${workspace.schema}.search_word`);
  assert.ok(rows.every(([word]) => /^\p{L}{4,40}$/u.test(word as string)));
  await addWords(workspace.database, workspace.schema, ['vaitiekunaite', 'naujas']);
  assert.deepEqual(await nearWords(workspace.database, workspace.schema, 'naujas'), ['naujas']);
  assert.deepEqual(await nearWords(workspace.database, workspace.schema, 'nau'), []);
});

test('words of a record that is purged are forgotten, those of others and of the trash stay', async () => {
  const { records, workspace } = at;
  const known = async (typed: string) => (await nearWords(workspace.database, workspace.schema, typed))[0] === typed;
  const contact = (lastName: string) =>
    buildContact(records, { firstName: 'Pranciška', lastName, jobTitle: 'Burtininkė' });
  const [one, other] = [await contact('Žvirblevičienė'), await contact('Dauguvietytė')];
  await catchUp(workspace, searchWordsReader);
  await records.update('contact', one.id, { lastName: 'Šermukšnytė' });
  await catchUp(workspace, searchWordsReader);
  for (const word of ['zvirbleviciene', 'sermuksnyte', 'burtininke']) assert.ok(await known(word), word);
  await records.remove('contact', one.id);
  await catchUp(workspace, searchWordsReader);
  assert.ok(await known('sermuksnyte'));
  await records.purge('contact', one.id);
  for (const word of ['zvirbleviciene', 'sermuksnyte']) assert.ok(!(await known(word)), word);
  for (const word of ['dauguvietyte', 'burtininke', 'pranciska']) assert.ok(await known(word), word);

  // The last live one goes to the trash and comes back; a word that was forgotten is learned anew.
  await records.remove('contact', other.id);
  const third = await contact('Šermukšnytė');
  await records.remove('contact', third.id);
  await records.purge('contact', third.id);
  assert.ok(!(await known('burtininke')));
  await records.restore('contact', other.id);
  await contact('Šermukšnytė');
  await catchUp(workspace, searchWordsReader);
  for (const word of ['sermuksnyte', 'burtininke', 'dauguvietyte']) assert.ok(await known(word), word);
});

test('errors are counted as people make them', () => {
  assert.equal(errorsBetween('petras', 'petras'), 0);
  assert.equal(errorsBetween('petras', 'petrsa'), 1);
  assert.equal(errorsBetween('petras', 'perras'), 1);
  assert.equal(errorsBetween('petras', 'petas'), 1);
  assert.equal(errorsBetween('petras', 'peetras'), 1);
  assert.equal(errorsBetween('', 'ab'), 2);
  assert.equal(errorsBetween('李小龍', '李小'), 1);
  assert.deepEqual(
    [...wordsOf('jonas@uab12.example, 李小龍传奇 o’neil abc')],
    ['jonas', 'example', '李小龍传奇', 'neil'],
  );
});

function search(text: string) {
  return searchAll({ workspace: at.workspace, principal: at.principal, via: 'rest', trusted: false, unit: null }, text);
}

function titlesOf({ groups }: Awaited<ReturnType<typeof search>>): string[] {
  return groups.flatMap(({ object, items }) => items.map(({ title }) => `${object}: ${title}`));
}

async function titles(text: string): Promise<string[]> {
  return titlesOf(await search(text)).sort();
}
