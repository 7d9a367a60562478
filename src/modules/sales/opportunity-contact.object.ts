import { defineObject } from '#kernel/object/definition.ts';

/** What a contact does in one sale. */
export const opportunityContact = defineObject({
  name: 'opportunityContact',
  plural: 'opportunityContacts',
  title: 'role',
  icon: 'users',
  detailOf: 'opportunity',
  fields: {
    opportunity: { type: 'reference', to: 'opportunity', required: true, onDelete: 'cascade', index: true },
    contact: { type: 'reference', to: 'contact', required: true, onDelete: 'cascade', index: true },
    role: {
      type: 'select',
      required: true,
      default: 'other',
      options: [
        { value: 'decisionMaker', color: 'red' },
        { value: 'champion', color: 'teal' },
        { value: 'user', color: 'blue' },
        { value: 'payer', color: 'green' },
        { value: 'influencer', color: 'violet' },
        { value: 'technical', color: 'cyan' },
        { value: 'gatekeeper', color: 'orange' },
        { value: 'other', color: 'gray' },
      ],
    },
    primary: { type: 'boolean', required: true, default: false },
    comment: { type: 'text', personal: true },
  },
  unique: { roleOnce: ['opportunity', 'contact', 'role'] },
  views: { all: { type: 'list', columns: ['contact', 'opportunity', 'role', 'primary'], sort: ['-createdAt'] } },
  quickCreate: ['contact', 'opportunity', 'role'],
});
