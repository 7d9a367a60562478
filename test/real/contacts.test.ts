import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { createIdentity } from '#app/identity/people.ts';
import { openSource } from '#kernel/transfer/source.ts';
import { realData } from '#kernel/transfer/test-data.ts';
import { importCommand } from '../../src/cli/import.ts';
import { buildWorkspace, type TestWorkspace } from '../build.ts';
import { runCommand } from './command.ts';

let crm: TestWorkspace;
before(async () => {
  crm = await buildWorkspace();
  const person = {
    name: 'Administrator',
    email: 'admin@example.com',
    password: 'correct horse battery',
    language: 'en',
    timeZone: 'Europe/Vilnius',
  };
  await createIdentity(crm.runtime.database, crm.workspace, person);
});

type Counts = { created: number; updated: number; skipped: number; failed: number; duplicates: number };
type Answer = {
  id: string;
  state: string;
  total: number;
  counts: Counts;
  changeSet: string;
  errors: { errors: { message: string }[] }[];
};

async function importFile(
  object: string,
  file: string,
  map?: string,
  options: Record<string, string> = {},
): Promise<Answer> {
  return (await runCommand(crm.runtime, importCommand, [file], {
    object,
    ...(map ? { map } : {}),
    ...options,
  })) as Answer;
}

/** The cells of a file by the names of its columns. */
async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const source = await openSource(file);
  const rows: Record<string, string>[] = [];
  for await (const batch of source.rows())
    for (const row of batch.rows)
      rows.push(Object.fromEntries(source.columns.map((name, index) => [name, row[index] ?? ''])));
  await source.close();
  return rows;
}

test('a HubSpot account: people find their companies by domain, sales their people by e-mail', {
  skip: realData.skip,
}, async () => {
  const folder = realData.unpack('crm_full', 'hubspot_dummy.tar.gz');
  const file = (name: string) => join(folder, `hubspot_${name}.csv`);
  const map = (name: string) => join(import.meta.dirname, 'hubspot', `${name}.map.json`);
  const companies = await importFile('account', file('companies'), map('companies'));
  assert.deepEqual([companies.counts.created, companies.counts.failed], [200, 0], JSON.stringify(companies.errors));
  const contacts = await importFile('contact', file('contacts'), map('contacts'));
  assert.deepEqual([contacts.counts.created, contacts.counts.failed], [950, 0], JSON.stringify(contacts.errors));
  const deals = await importFile('opportunity', file('deals'), map('deals'));
  assert.deepEqual([deals.counts.created, deals.counts.failed], [500, 0], JSON.stringify(deals.errors));

  // Worked out anew from the files: a domain or an address that two have says nothing.
  const once = (values: string[]) => {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return new Set([...counts].filter(([value, count]) => count === 1 && value !== '').map(([value]) => value));
  };
  const domains = once((await rowsOf(file('companies'))).map((row) => row['Company Domain Name']!));
  const people = await rowsOf(file('contacts'));
  const emails = once(people.map((row) => row.Email!));
  const sales = await rowsOf(file('deals'));
  const { records } = crm;
  const withValue = async (object: string, field: string) =>
    (await records.count(object, { [field]: { empty: false } })).value;
  assert.equal(
    await withValue('contact', 'account'),
    people.filter((row) => domains.has(row['Associated Company Domain']!)).length,
  );
  assert.equal(
    await withValue('opportunity', 'account'),
    sales.filter((row) => domains.has(row['Associated Company Domain']!)).length,
  );
  assert.equal(
    await withValue('opportunity', 'contact'),
    sales.filter((row) => emails.has(row['Associated Contact Email']!)).length,
  );
  const [sum] = await records.aggregate('opportunity', { measures: { sum: { sum: 'amount' } } });
  const wanted = sales.reduce((total, row) => total + Number(row.Amount), 0);
  assert.ok(Math.abs((sum!.sum as { base: number }).base - wanted) < 0.01);
});

for (const [language, file, example] of [
  ['ES', 'contacts_ES_windows1252_semicolon.csv', 'Peluquería Núñez, S.L.'],
  ['LT', 'contacts_LT_windows1257_semicolon.csv', null],
  ['LT', 'contacts_LT_utf16le_bom_tab.csv', null],
  ['LT', 'contacts_LT_utf8bom_semicolon.csv', null],
] as const) {
  test(`${file}: names arrive as they are written`, { skip: realData.skip }, async () => {
    const expected = JSON.parse(
      readFileSync(realData.path('imports', 'derived_encodings', `expected_${language}.json`), 'utf8'),
    ) as { rows: string[][] };
    const options = join(crm.runtime.dataFolder, 'options.map.json');
    writeFileSync(options, JSON.stringify({ options: { leaveOutBadCells: true, createMissing: true } }));
    const done = await importFile('contact', realData.path('imports', 'derived_encodings', file), options);
    assert.deepEqual(
      [done.state, done.counts.created, done.counts.failed],
      ['done', expected.rows.length, 0],
      JSON.stringify(done.errors).slice(0, 1_000),
    );
    for (const [firstName = '', lastName = '', email = ''] of expected.rows.slice(0, 20)) {
      const found = await crm.records.find(
        'contact',
        { firstName, lastName, emails: { is: email } },
        { fields: ['account'], expand: ['account'] },
      );
      assert.ok(found, `${firstName} ${lastName} ${email}`);
    }
    if (example) assert.ok(await crm.records.find('account', { name: example }));
    await crm.records.undo(done.changeSet);
  });
}

test('exports of Outlook, Thunderbird, Gmail and Salesforce, and cards, by what their headers say', {
  skip: realData.skip,
}, async () => {
  const options = join(crm.runtime.dataFolder, 'options.map.json');
  writeFileSync(options, JSON.stringify({ options: { leaveOutBadCells: true, createMissing: true } }));
  const outlook = realData.unpack('imports', 'outlook_csv_gpc.tar.gz');
  const cards = realData.unpack('imports', 'roundcube_csv_vcard.tar.gz');
  const salesforce = realData.unpack('imports', 'salesforce_audiarmy.tar.gz');
  const done = await importFile('contact', join(outlook, 'outlook.csv'), options);
  assert.equal(done.counts.failed, 0, JSON.stringify(done.errors));
  const adam = await crm.records.find(
    'contact',
    { emails: { is: 'adam.glacius@anycom.com' } },
    { expand: ['account'] },
  );
  assert.deepEqual(
    [adam!.firstName, adam!.lastName, (adam!.expanded as { account: { title: string } }).account.title],
    ['Adam', 'Glacius', 'Acme Inc.'],
  );
  assert.equal((adam!.emails as unknown[]).length, 3);

  const files = [
    'Csv2vcard/gmail.csv',
    'Csv2vcard/tb_plain.csv',
    'johndoe.vcf',
    'thebat.vcf',
    'utf-16_sample.vcf',
    'photo.vcf',
  ];
  for (const file of files) {
    const { state, counts, total, errors } = await importFile('contact', join(cards, 'tests/src', file), options, {
      duplicates: 'create',
    });
    assert.equal(state, 'done', file);
    assert.equal(counts.created + counts.failed + counts.skipped, total, `${file}: ${JSON.stringify(errors)}`);
    assert.ok(counts.created > 0, `${file}: ${JSON.stringify(errors)}`);
  }
  // The card of a company is an account.
  assert.equal((await importFile('account', join(cards, 'tests/src/apple.vcf'), options)).counts.created, 1);
  const accounts = await importFile('account', join(salesforce, 'data/Account.csv'), options);
  assert.ok(
    accounts.counts.created > 10 && accounts.counts.failed === 0,
    JSON.stringify([accounts.counts, accounts.errors]),
  );
  const people = await importFile('contact', join(salesforce, 'data/Contact.csv'), options);
  assert.ok(people.counts.created > 10, JSON.stringify([people.counts, people.errors]));
  // Told once more, they are known by their key.
  const again = await importFile('account', join(salesforce, 'data/Account.csv'), options);
  assert.deepEqual([again.counts.created, again.counts.skipped], [0, accounts.counts.created]);
});
