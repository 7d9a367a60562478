import { defineObject } from '#kernel/object/definition.ts';

/** What somebody wants the others to know about a customer or a sale. Without a subject it takes its first words. */
export const note = defineObject({
  name: 'note',
  plural: 'notes',
  title: 'subject',
  icon: 'note',
  fields: {
    subject: { type: 'text', search: true, personal: true },
    body: { type: 'richText', required: true, search: true, personal: true },
    pinned: { type: 'boolean', required: true, default: false, index: true },
    account: { type: 'reference', to: 'account', index: true },
    /** What is noted is about them. */
    contact: { type: 'reference', to: 'contact', index: true, personal: true },
    opportunity: { type: 'reference', to: 'opportunity', index: true },
  },
  timeline: { at: 'createdAt', by: 'createdBy', pinned: 'pinned' },
  indexes: {
    ofAccount: ['account', '-createdAt'],
    ofContact: ['contact', '-createdAt'],
    ofOpportunity: ['opportunity', '-createdAt'],
  },
  views: {
    all: {
      type: 'list',
      columns: ['subject', 'account', 'contact', 'opportunity', 'createdBy', 'createdAt'],
      sort: ['-createdAt'],
    },
    pinned: {
      type: 'list',
      columns: ['subject', 'account', 'contact', 'opportunity', 'createdBy'],
      filter: { pinned: true },
      sort: ['-createdAt'],
    },
  },
  quickCreate: ['body', 'account', 'contact', 'opportunity'],
});
