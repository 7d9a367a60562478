import { defineObject } from '#kernel/object/definition.ts';

/**
 * What a contact allowed, or no longer allows: one row for each time they said something. Rows are neither changed nor
 * removed; whoever changes their mind gets another one. What counts is the latest of a purpose and a channel: see
 * `may-contact.ts`, which everybody who writes to people asks.
 */
export const consent = defineObject({
  name: 'consent',
  plural: 'consents',
  title: 'purpose',
  icon: 'contract',
  detailOf: 'contact',
  fields: {
    contact: { type: 'reference', to: 'contact', required: true, onDelete: 'cascade' },
    /** What for. The company's own list: an administrator changes it like any list of values. */
    purpose: {
      type: 'select',
      required: true,
      options: [
        { value: 'newsletter', color: 'blue' },
        { value: 'offers', color: 'violet' },
        { value: 'events', color: 'teal' },
        { value: 'surveys', color: 'orange' },
        { value: 'profiling', color: 'red' },
      ],
    },
    channel: {
      type: 'select',
      required: true,
      options: [{ value: 'email' }, { value: 'phone' }, { value: 'sms' }, { value: 'post' }, { value: 'chat' }],
    },
    state: {
      type: 'select',
      required: true,
      default: 'given',
      options: [
        { value: 'given', color: 'green' },
        { value: 'withdrawn', color: 'red' },
      ],
    },
    at: { type: 'datetime', required: true, default: 'now' },
    how: {
      type: 'select',
      required: true,
      default: 'other',
      options: [
        { value: 'form' },
        { value: 'email' },
        { value: 'phone' },
        { value: 'paper' },
        { value: 'inPerson' },
        { value: 'contract' },
        { value: 'other' },
      ],
    },
    /** The words they agreed to, as they stood there. */
    shownText: { type: 'longText' },
    /** What proves it: the address of the form, who heard it, where the paper lies. */
    evidence: { type: 'longText', personal: true },
    evidenceFile: { type: 'file', personal: true },
  },
  // What counts now for one contact; the ledger on their page.
  indexes: { ofContact: ['contact', 'purpose', 'channel', '-at'] },
  views: {
    all: {
      type: 'list',
      columns: ['contact', 'purpose', 'channel', 'state', 'at', 'how', 'createdBy'],
      sort: ['-at'],
    },
    withdrawn: {
      type: 'list',
      columns: ['contact', 'purpose', 'channel', 'at', 'how', 'createdBy'],
      filter: { state: 'withdrawn' },
      sort: ['-at'],
    },
  },
  measures: { count: { count: true } },
  quickCreate: ['contact', 'purpose', 'channel', 'state', 'at', 'how', 'shownText'],
});
