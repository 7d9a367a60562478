import { defineObject } from '#kernel/object/definition.ts';

/**
 * What somebody sent with a web form, as they sent it. It is kept before anything is made of it, and stays when a rule
 * refuses the records: then it waits, with the reason.
 */
export const formSubmission = defineObject({
  name: 'formSubmission',
  plural: 'formSubmissions',
  title: 'name',
  icon: 'forms',
  detailOf: '*',
  fields: {
    /** Who sent it, as far as they said. */
    name: { type: 'text', required: true, maxLength: 250, search: true, personal: true },
    form: { type: 'reference', to: 'webForm', required: true, readOnly: true, onDelete: 'cascade' },
    state: {
      type: 'select',
      required: true,
      default: 'received',
      readOnly: true,
      options: [
        /** Kept; records are made in a moment. */
        { value: 'received', color: 'blue' },
        /** A letter is on its way to the visitor. */
        { value: 'unconfirmed', color: 'yellow' },
        { value: 'done', color: 'green' },
        /** Records cannot be made of it: see `reason`. */
        { value: 'refused', color: 'red' },
      ],
    },
    at: { type: 'datetime', required: true, default: 'now', readOnly: true },
    confirmedAt: { type: 'datetime', readOnly: true },
    email: { type: 'email', readOnly: true, search: true, personal: true },
    language: { type: 'text', maxLength: 2, readOnly: true },
    /** By the key of its question, as it is stored in the field or as it was typed. */
    answers: { type: 'json', readOnly: true, personal: true },
    /** The consents that were given, each with the words that stood there. */
    consents: { type: 'json', readOnly: true, personal: true },
    files: { type: 'file', many: true, readOnly: true, personal: true },
    /** Where visitors came from: `utm` of the address, the page that showed the form, the page before. */
    source: { type: 'text', maxLength: 60, readOnly: true },
    origin: { type: 'json', readOnly: true, personal: true },
    formVersion: { type: 'integer', readOnly: true },
    /** The same when one page is sent twice. */
    key: { type: 'text', maxLength: 80, unique: true, readOnly: true },
    /** Why no records could be made, in words. */
    reason: { type: 'text', maxLength: 1_000, readOnly: true },
    contact: { type: 'reference', to: 'contact', readOnly: true, personal: true },
    account: { type: 'reference', to: 'account', readOnly: true },
    lead: { type: 'reference', to: 'lead', readOnly: true },
    opportunity: { type: 'reference', to: 'opportunity', readOnly: true },
    interaction: { type: 'reference', to: 'interaction', readOnly: true },
    /** What was said otherwise than it is known: nothing that is there is overwritten by a stranger. */
    suggestions: { type: 'json', personal: true },
  },
  indexes: { ofForm: ['form', '-at'], ofState: ['state', '-at'], ofContact: ['contact', '-at'] },
  views: {
    all: { type: 'list', columns: ['name', 'form', 'state', 'email', 'source', 'contact', 'at'], sort: ['-at'] },
    waiting: {
      type: 'list',
      columns: ['name', 'form', 'state', 'reason', 'at'],
      filter: { state: { in: ['refused', 'unconfirmed', 'received'] } },
      sort: ['-at'],
    },
  },
  measures: { count: { count: true } },
});
