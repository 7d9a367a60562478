import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roleOf } from '#kernel/access/access.ts';
import { findCandidates } from '#kernel/duplicates/candidates.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import type { Door } from '#kernel/records/door.ts';
import type { Records } from '#kernel/records/records.ts';
import { readTimeline } from '#kernel/timeline/timeline.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { lead, opportunity } from './index.ts';

type Lead = RecordOf<typeof lead>;

const { records, workspace, principal, as } = await buildWorkspace();
const door: Door = { workspace, principal, via: 'rest', trusted: false, unit: null };
const account = await buildAccount(records, { name: 'Kepykla' });
const contact = await buildContact(records, { account: account.id });

test('a lead is about somebody, and about their company with them', async () => {
  await assert.rejects(
    records.create(lead, { name: 'Nobody wants it' }),
    ({ errors }: Problem) => errors[0]?.field === 'contact' && errors[0].code === 'lead.nobody',
  );
  const one = await records.create(lead, { name: 'Ovens', contact: contact.id });
  assert.deepEqual([one.account, one.status, one.settledAt], [account.id, 'new', null]);
  assert.ok(await records.create(lead, { name: 'Ovens', account: account.id }), 'of a company alone');
});

test('qualified: it becomes an opportunity, once, that begins with what is known', async () => {
  const { id } = await records.create(lead, {
    ...{ name: 'Ovens', contact: contact.id, amount: 4_000, source: 'event', nextStep: 'Show them', tags: ['ovens'] },
  });
  const settled = await act('qualify', id);
  assert.ok(settled.settledAt);
  const sale = await records.read(opportunity, settled.opportunity!);
  assert.deepEqual(
    [sale.name, sale.contact, sale.account, sale.source, sale.nextStep, sale.tags, sale.owner],
    ['Ovens', contact.id, account.id, 'event', 'Show them', ['ovens'], settled.owner],
  );
  assert.equal(sale.amount?.amount, 4_000);
  await records.update(lead, id, { status: 'working' });
  const again = await records.update(lead, id, { status: 'qualified' });
  assert.equal(again.opportunity, settled.opportunity);
});

test('what comes over from another system as qualified makes no sale', async () => {
  const one = await records.create(lead, { name: 'Old', contact: contact.id, status: 'qualified' });
  assert.equal(one.opportunity, null);
});

test('disqualified: with a reason, which goes when somebody looks once more', async () => {
  const { id } = await records.create(lead, { name: 'Ovens', contact: contact.id });
  await assert.rejects(
    records.update(lead, id, { status: 'disqualified' }),
    ({ errors }: Problem) => errors[0]?.field === 'disqualifiedReason',
  );
  const settled = await act('disqualify', id, { reason: 'notNow', note: 'After Easter.' });
  assert.deepEqual([settled.disqualifiedReason, settled.disqualifiedNote], ['notNow', 'After Easter.']);
  assert.ok(settled.settledAt);
  const open = await act('reopen', id);
  assert.deepEqual(
    [open.status, open.disqualifiedReason, open.disqualifiedNote, open.settledAt],
    ['working', null, null, null],
  );
});

test('whoever takes up what nobody has, has it', async () => {
  const { id } = await records.create(lead, { name: 'Ovens', contact: contact.id, owner: null });
  assert.equal((await records.read(lead, id)).owner, null);
  assert.equal((await records.update(lead, id, { nextStep: 'Call' })).owner, null);
  assert.equal((await records.update(lead, id, { status: 'working' })).owner, principal.userId);
});

test('a second open lead of the same person, or of the same company, is told before it is made', async () => {
  const other = await buildContact(records, { account: account.id });
  const company = await buildAccount(records, { name: 'Malūnas' });
  const ofPerson = await records.create(lead, { name: 'Flour', contact: other.id });
  const ofCompany = await records.create(lead, { name: 'Flour', account: company.id });
  const found = async (typed: Record<string, unknown>) =>
    (await findCandidates(door, 'lead', { name: 'Bread', ...typed })).map(({ id }) => id);
  assert.deepEqual(await found({ contact: other.id }), [ofPerson.id]);
  assert.deepEqual(await found({ account: company.id }), [ofCompany.id]);
  assert.deepEqual(await found({ contact: (await buildContact(records)).id }), []);
  await act('disqualify', ofPerson.id, { reason: 'noNeed' });
  assert.deepEqual(await found({ contact: other.id }), []);
});

test('its timeline is that of its person, too', async () => {
  const person = await buildContact(records, { account: account.id });
  await records.create('note', { subject: 'Likes rye', body: '<p>Likes rye</p>', contact: person.id });
  const one = await records.create(lead, { name: 'Rye', contact: person.id });
  const subjects = async (reach: 'own' | 'parts') =>
    (await readTimeline(door, 'lead', one.id, { reach })).items.flatMap((entry) =>
      'record' in entry ? [entry.record.subject] : [],
    );
  assert.deepEqual(await subjects('own'), []);
  assert.deepEqual(await subjects('parts'), ['Likes rye']);
  // What became of it is told to whoever looks at the person, and at the company.
  for (const [object, id] of [
    ['contact', person.id],
    ['account', account.id],
  ] as const) {
    const { items } = await readTimeline(door, object, id, { reach: 'parts', kinds: ['change:lead'] });
    assert.ok(
      items.some((entry) => 'event' in entry && entry.event.record === one.id),
      object,
    );
  }
});

test('whoever does not see the person is told nothing of them', async () => {
  const person = await buildContact(records);
  await records.create('note', { subject: 'Ill at home', body: '<p>Ill at home</p>', contact: person.id });
  const one = await records.create(lead, { name: 'Rye', contact: person.id });
  const told = async (role: Parameters<typeof roleOf>[0]) => {
    const who = await as([roleOf(role)]);
    const { items } = await readTimeline({ ...door, principal: who.principal }, 'lead', one.id, { reach: 'parts' });
    return JSON.stringify(items);
  };
  const all = { '*': { read: 'all' } } as const;
  assert.match(await told({ name: 'all', grants: all }), /Ill at home/);
  for (const role of [
    { name: 'no contacts', grants: { ...all, contact: { read: 'none' } } },
    { name: 'hidden', grants: all, fields: { 'lead.contact': 'hidden' } },
  ] as const)
    assert.doesNotMatch(await told(role), new RegExp(`Ill at home|${person.id}`), role.name);
});

async function act(name: string, id: string, input: Record<string, unknown> = {}): Promise<Lead> {
  const action = workspace.actions.get('lead')!.find((one) => one.name === name)!;
  const { userId, timeZone } = principal;
  const context = { records: records as Records, now: new Date(), userId, timeZone };
  const record = { ...(await records.read(lead, id)) };
  return (await action.run({ records, record, input, context, changeSet: '' })) as Lead;
}
