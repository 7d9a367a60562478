import { defineObject } from '#kernel/object/definition.ts';

/** A person. `account` is where they mainly work; all the accounts they belong to, with a role each, are `accountContact`s. */
export const contact = defineObject({
  name: 'contact',
  plural: 'contacts',
  title: 'name',
  icon: 'user-circle',
  fields: {
    name: {
      type: 'formula',
      returns: 'text',
      formula: 'trim(concat(firstName, " ", lastName))',
      index: true,
      personal: true,
    },
    salutation: {
      type: 'select',
      personal: true,
      options: [{ value: 'mr' }, { value: 'ms' }, { value: 'dr' }, { value: 'prof' }],
    },
    firstName: { type: 'text', maxLength: 120, search: true, personal: true },
    lastName: { type: 'text', maxLength: 120, search: 'prefix', index: true, personal: true },
    jobTitle: { type: 'text', maxLength: 160, search: true, personal: true },
    department: { type: 'text', maxLength: 120 },
    account: { type: 'reference', to: 'account', index: true },
    emails: { type: 'email', many: true, search: true, personal: true },
    phones: { type: 'phone', many: true, search: true, personal: true },
    language: {
      type: 'select',
      options: [
        { value: 'lt' },
        { value: 'es' },
        { value: 'en' },
        { value: 'ca' },
        { value: 'de' },
        { value: 'fr' },
        { value: 'it' },
        { value: 'lv' },
        { value: 'pl' },
        { value: 'pt' },
        { value: 'ru' },
        { value: 'uk' },
      ],
    },
    birthday: { type: 'date', personal: true },
    address: { type: 'address', search: true, personal: true },
    website: { type: 'url', personal: true },
    doNotCall: { type: 'boolean', required: true, default: false },
    doNotEmail: { type: 'boolean', required: true, default: false },
    doNotContact: { type: 'boolean', required: true, default: false },
    tags: { type: 'tags' },
    description: { type: 'longText', personal: true },
    externalId: { type: 'text', maxLength: 100, index: true, personal: true },
  },
  // What is somebody's own, by name: without it their list walks through everybody's.
  indexes: { ownByName: ['owner', 'name'] },
  views: {
    all: {
      type: 'list',
      columns: ['name', 'jobTitle', 'account', 'emails', 'phones', 'owner', 'updatedAt'],
      sort: ['name'],
    },
    mine: {
      type: 'list',
      columns: ['name', 'jobTitle', 'account', 'emails', 'phones', 'updatedAt'],
      filter: { owner: { is: 'me' } },
      sort: ['name'],
    },
    recent: { type: 'list', columns: ['name', 'account', 'emails', 'phones', 'createdAt'], sort: ['-createdAt'] },
  },
  measures: { count: { count: true } },
  quickCreate: ['firstName', 'lastName', 'account', 'emails', 'phones', 'jobTitle'],
});
