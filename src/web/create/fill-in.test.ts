import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Definition } from '../api/types.ts';
import { fillIn } from './fill-in.ts';

const field = (name: string, type: string, more: Record<string, unknown> = {}) => ({
  name,
  type,
  label: name,
  ...more,
});
const object = (title: string, fields: object[]) => ({ title, fields }) as unknown as Definition;
const contact = object('name', [
  field('name', 'formula', { readOnly: true }),
  ...['firstName', 'lastName', 'jobTitle'].map((name) => field(name, 'text')),
  field('emails', 'email', { options: { many: true } }),
  field('phones', 'phone', { options: { many: true } }),
  field('mailingAddress', 'address'),
]);
const account = object('name', [field('name', 'text'), field('email', 'email'), field('website', 'url')]);
const card =
  'Rasa Petraitytė\nDirektorė\nUAB „Litera“\nrasa@litera.lt\n+370 612 34567\nAušros g. 1, LT-49001 Kaunas\nwww.litera.lt';

test('a person’s fields are filled from a card', () => {
  assert.deepEqual(fillIn(contact, card), {
    firstName: 'Rasa',
    lastName: 'Petraitytė',
    jobTitle: 'Direktorė',
    emails: [{ value: 'rasa@litera.lt', label: null }],
    phones: [{ value: '+370 612 34567', label: null }],
    mailingAddress: { street: 'Aušros g. 1', postcode: '49001', city: 'Kaunas', country: null, region: null },
  });
});

test('a company’s fields too, and nothing it has no field for', () => {
  assert.deepEqual(fillIn(account, card), {
    name: 'UAB „Litera“',
    email: 'rasa@litera.lt',
    website: 'https://www.litera.lt',
  });
  assert.deepEqual(fillIn(account, 'nothing to see'), {});
});
