import { defineObject } from '#kernel/object/definition.ts';
import { publicPageFields } from './public-page.ts';

/**
 * A page with questions that anybody may answer: what it asks, in which words, what becomes of the answers. Its versions in
 * the history say what stood there when somebody agreed to something.
 */
export const webForm = defineObject({
  name: 'webForm',
  plural: 'webForms',
  title: 'name',
  icon: 'forms',
  detailOf: '*',
  fields: {
    ...publicPageFields,
    consents: { type: 'json' },
    /** Whoever answers has to follow a link in a letter before anything is made of it. */
    doubleOptIn: { type: 'boolean', required: true, default: false },
    /** What is made beside the contact. */
    makesAccount: { type: 'boolean', required: true, default: false },
    makesLead: { type: 'boolean', required: true, default: false },
    makesOpportunity: { type: 'boolean', required: true, default: false },
    /** Who looks after what comes: in turn, where they are several. */
    assignees: { type: 'references', to: 'user' },
    team: { type: 'reference', to: 'team' },
    /** Who is told by a letter, beside whoever looks after it. */
    told: { type: 'references', to: 'user' },
    /** Where visitors go on instead of the words of thanks. */
    redirect: { type: 'url' },
  },
  views: { all: { type: 'list', columns: ['name', 'slug', 'state', 'updatedAt'], sort: ['name'] } },
  quickCreate: ['name', 'slug'],
});
