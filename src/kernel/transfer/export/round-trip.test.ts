import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { recordsFor } from '#kernel/records/open.ts';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { houseOf, uploaded } from '#test/import/house.ts';
import { configureImport, queueImport } from '../import/imports.ts';
import { runImport } from '../import/run.ts';
import { readErrors } from '../import/store.ts';
import { type ExportFormat, exportRecords } from './export.ts';

let crm: TestWorkspace;
before(async () => {
  crm = await buildWorkspace();
  const fields = {
    score: { type: 'decimal' },
    rate: { type: 'percent' },
    met: { type: 'datetime' },
    spent: { type: 'duration' },
    stars: { type: 'rating' },
    notes: { type: 'richText' },
    extra: { type: 'json' },
    spot: { type: 'geo' },
    likes: {
      type: 'multiSelect',
      options: [
        { value: 'a', label: { en: 'Alpha' } },
        { value: 'b', label: { en: 'Be; ta' } },
      ],
    },
    friends: { type: 'references', to: 'contact' },
  } as const;
  for (const [name, definition] of Object.entries(fields)) {
    const change = { kind: 'addField' as const, object: 'account', name, definition: definition as never };
    await changeDefinitions(crm.runtime.database, crm.workspace, change, {
      shipped: crm.runtime.shipped,
      userId: null,
    });
  }
});

async function bytesOf(parts: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(Buffer.from(part as string));
  return Buffer.concat(all);
}

const tricky = [
  {
    name: '=cmd|calc!A0',
    annualRevenue: { amount: 1234.5678, currency: 'USD' },
    emails: [
      { value: 'a@example.com', label: 'work' },
      { value: 'b@example.com', label: null },
    ],
    phones: [{ value: '+12125550123x72946', label: 'mobile' }],
    billingAddress: {
      street: 'Calle Mayor 5\n2º "B", izq.',
      city: 'Alcalá',
      region: null,
      postcode: '28801',
      country: 'ES',
    },
    tags: ['a, b', 'c;d', '  e '],
    description: 'two\nlines, "quoted"; Null',
    employees: 7,
    score: -0.125,
    rate: 12.5,
    met: '2026-01-31T10:00:00.123Z',
    spent: 5400,
    stars: 4,
    notes: '<p>Hello <strong>you</strong></p>',
    extra: { deep: [1, 'two', null] },
    spot: { latitude: 54.6872, longitude: 25.2797 },
    likes: ['b', 'a'],
    website: 'https://example.com/?a=1,2;3',
    industry: 'retail',
    taxNumber: 'LT119511515',
  },
  { name: "'-1+1", annualRevenue: { amount: 0.5, currency: 'EUR' }, tags: ['one'], foundedYear: 1999 },
  { name: 'Null', description: '-', externalId: '007' },
  { name: 'Ž', annualRevenue: { amount: 123456.789, currency: 'EUR' }, score: 1234567.125 },
];

for (const language of ['en', 'lt', 'es']) {
  for (const format of ['csv', 'xlsx'] as ExportFormat[]) {
    test(`what is exported as ${format} in ${language} comes back the same`, async () => {
      const workspace = await crm.runtime.workspace(crm.workspace.id);
      const principal = { ...crm.principal, language };
      const records = recordsFor(workspace, principal, 'rest');
      const person = await records.create('contact', { firstName: 'Ona', lastName: 'Friend' });
      const made = await records.createMany(
        'account',
        tricky.map((values, index) => ({ ...values, ...(index === 0 ? { friends: [person.id] } : {}) })),
      );
      const ids = made.results.map(({ id, problem }) => {
        assert.equal(problem, undefined, JSON.stringify(problem));
        return id as string;
      });
      await records.update('account', ids[1]!, { parent: ids[0] });
      const all = { id: { in: ids } };
      const before = (await records.list('account', { filter: all, sort: ['id'] })).items.map(comparable);
      const file = await bytesOf(
        await exportRecords(workspace, principal, 'account', format, { filter: all, references: 'ids' }),
      );
      if (format === 'csv') assert.match(file.toString(), /'=cmd/);
      await records.removeMany('account', { ids });
      for (const id of ids) await records.purge('account', id);

      const somebody = { ...crm, workspace, principal };
      const { id, settings } = await uploaded(somebody, 'account', file);
      await configureImport(workspace, principal, id, { settings: { columns: settings.columns } });
      await queueImport(workspace, principal, id, ['ready']);
      const done = await runImport(houseOf(somebody), id);
      assert.deepEqual(
        [done.state, done.counts.created, done.counts.failed],
        ['done', tricky.length, 0],
        JSON.stringify(await readErrors(workspace.database, workspace.schema, id)),
      );
      assert.deepEqual((await records.list('account', { filter: all, sort: ['id'] })).items.map(comparable), before);
      await records.removeMany('account', { ids });
    });
  }
}

/** Without what an import may not set. */
function comparable(record: Record<string, unknown>): Record<string, unknown> {
  const { createdAt, createdBy, updatedAt, updatedBy, version, ...rest } = record;
  return rest;
}

test('people see what they may: hidden fields are not there, records of others neither', async () => {
  const workspace = await crm.runtime.workspace(crm.workspace.id);
  await crm.records.create('account', { name: 'Not yours' });
  const { principal } = await crm.as([
    {
      name: 'seller',
      grants: { account: { read: 'own', export: 'all', create: 'all' } },
      fields: { 'account.annualRevenue': 'hidden' },
    },
  ]);
  const own = recordsFor(workspace, principal, 'rest');
  await own.create('account', { name: 'Mine' });
  const text = (await bytesOf(await exportRecords(workspace, principal, 'account', 'csv'))).toString();
  assert.match(text, /Mine/);
  assert.doesNotMatch(text, /Not yours|Annual revenue/);
  await assert.rejects(
    exportRecords(workspace, principal, 'account', 'csv', { fields: ['annualRevenue'] }),
    /field.unknown/,
  );
  await assert.rejects(exportRecords(workspace, principal, 'contact', 'csv'), /access.denied/);
});

test('cards', async () => {
  const workspace = await crm.runtime.workspace(crm.workspace.id);
  const account = await crm.records.create('account', { name: 'Litera UAB' });
  await crm.records.create('contact', {
    firstName: 'Jonas',
    lastName: 'Kortelė',
    emails: ['jonas@example.lt'],
    phones: ['+37061234567'],
    account: account.id,
    jobTitle: 'Buyer',
    address: { city: 'Kaunas', postcode: 'LT-1' },
  });
  const text = (
    await bytesOf(await exportRecords(workspace, crm.principal, 'contact', 'vcf', { filter: { lastName: 'Kortelė' } }))
  ).toString();
  for (const line of [
    /^N:Kortelė;Jonas/m,
    /^FN:Jonas Kortelė/m,
    /jonas@example\.lt/,
    /\+37061234567/,
    /^ORG:Litera UAB/m,
    /^TITLE:Buyer/m,
    /Kaunas/,
  ])
    assert.match(text, line);
});
