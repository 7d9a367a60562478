import { defineObject } from '#kernel/object/definition.ts';

/** What a contact is to one of their accounts. One person may be a user at one company and the payer at another. */
export const accountContact = defineObject({
  name: 'accountContact',
  plural: 'accountContacts',
  title: 'role',
  icon: 'users',
  detailOf: 'account',
  fields: {
    account: { type: 'reference', to: 'account', required: true, onDelete: 'cascade', index: true },
    contact: { type: 'reference', to: 'contact', required: true, onDelete: 'cascade', index: true },
    role: {
      type: 'select',
      required: true,
      default: 'other',
      options: [
        { value: 'decisionMaker', color: 'red' },
        { value: 'user', color: 'blue' },
        { value: 'payer', color: 'green' },
        { value: 'influencer', color: 'violet' },
        { value: 'technical', color: 'cyan' },
        { value: 'gatekeeper', color: 'orange' },
        { value: 'other', color: 'gray' },
      ],
    },
    primary: { type: 'boolean', required: true, default: false },
    since: { type: 'date' },
    until: { type: 'date' },
    comment: { type: 'text', personal: true },
  },
  unique: { roleOnce: ['account', 'contact', 'role'] },
  views: {
    all: { type: 'list', columns: ['contact', 'account', 'role', 'primary', 'since', 'until'], sort: ['-createdAt'] },
  },
  quickCreate: ['contact', 'account', 'role', 'primary'],
});
