import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '#kernel/problems/problem.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';

const { records } = await buildWorkspace();

function refusedFor(field: string, code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual(
      error.errors.map((one) => [one.field, one.code]),
      [[field, code]],
    );
    return true;
  };
}

test('a tax number is kept without separators and checked by the country of the address', async () => {
  const account = await buildAccount(records, {
    taxNumber: 'b-58 378 431',
    billingAddress: { city: 'Madrid', country: 'ES' },
  });
  assert.equal(account.taxNumber, 'B58378431');
  await assert.rejects(
    buildAccount(records, { taxNumber: 'LT119511516' }),
    refusedFor('taxNumber', 'account.tax-number-check'),
  );
  await assert.rejects(
    records.update('account', account.id, { taxNumber: '123' }),
    refusedFor('taxNumber', 'account.tax-number-structure'),
  );
});

test('an address that does not fit the tax number does not make the account unsaveable', async () => {
  const account = await buildAccount(records, { taxNumber: '123456789' });
  const moved = await records.update('account', account.id, { billingAddress: { city: 'Vilnius', country: 'LT' } });
  assert.equal(moved.taxNumber, '123456789');
});

test('a contact has a name made of what there is', async () => {
  assert.equal((await buildContact(records, { firstName: 'Rasa', lastName: 'Jonaitienė' })).name, 'Rasa Jonaitienė');
  assert.equal((await buildContact(records, { firstName: null, lastName: 'García López' })).name, 'García López');
  await assert.rejects(
    buildContact(records, { firstName: '', lastName: ' ' }),
    refusedFor('lastName', 'contact.name-missing'),
  );
});

test('the primary account of a contact is one, and stands on the contact', async () => {
  const contact = await buildContact(records);
  const [first, second] = [await buildAccount(records), await buildAccount(records)];
  const one = await records.create('accountContact', {
    contact: contact.id,
    account: first.id,
    role: 'user',
    primary: true,
  });
  assert.equal((await records.read('contact', contact.id)).account, first.id);
  await records.create('accountContact', { contact: contact.id, account: second.id, role: 'payer', primary: true });
  assert.equal((await records.read('contact', contact.id)).account, second.id);
  assert.equal((await records.read('accountContact', one.id)).primary, false);
  await assert.rejects(
    records.create('accountContact', { contact: contact.id, account: first.id, role: 'user' }),
    Problem,
  );
});

test('a role does not end before it began', async () => {
  const [contact, account] = [await buildContact(records), await buildAccount(records)];
  const role = { contact: contact.id, account: account.id, since: '2026-03-01', until: '2026-02-28' };
  await assert.rejects(records.create('accountContact', role), refusedFor('until', 'period.reversed'));
});

test('a relationship has one end on each side, two different ones, and is told once', async () => {
  const [one, other, contact] = [await buildAccount(records), await buildAccount(records), await buildContact(records)];
  await records.create('relationship', { kind: 'competitor', fromAccount: one.id, toAccount: other.id });
  await assert.rejects(
    records.create('relationship', { kind: 'competitor', fromAccount: other.id, toAccount: one.id }),
    refusedFor('kind', 'relationship.exists'),
  );
  await records.create('relationship', { kind: 'supplier', fromAccount: one.id, toAccount: other.id });
  await records.create('relationship', { kind: 'supplier', fromAccount: other.id, toAccount: one.id });
  await records.create('relationship', { kind: 'influencer', fromContact: contact.id, toAccount: one.id });
  await assert.rejects(
    records.create('relationship', { kind: 'partner', fromAccount: one.id, toAccount: one.id }),
    refusedFor('toAccount', 'relationship.with-itself'),
  );
  await assert.rejects(
    records.create('relationship', {
      kind: 'partner',
      fromAccount: one.id,
      fromContact: contact.id,
      toAccount: other.id,
    }),
    refusedFor('fromAccount', 'relationship.one-end'),
  );
  await assert.rejects(
    records.create('relationship', { kind: 'partner', fromAccount: one.id }),
    refusedFor('toAccount', 'relationship.one-end'),
  );
});

test('a company is not its own parent, however long the way', async () => {
  const [top, middle] = [await buildAccount(records), await buildAccount(records)];
  await records.update('account', middle.id, { parent: top.id });
  const bottom = await buildAccount(records, { parent: middle.id });
  await assert.rejects(records.update('account', top.id, { parent: bottom.id }), Problem);
});
